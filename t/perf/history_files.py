"""The files of a history: their segments, and their content in any state.

A file's state is a tuple of (segment, version) for the segments that are not as they were cut: ()
is the file as it came.  A commit moves segments to newer versions; a merge takes the newer
version of each segment, so nothing is lost and nothing conflicts.  Every state in use has a
mark, the number that git fast-import knows the blob by.
"""
import itertools
import os
import random
from array import array
from collections import namedtuple

import history_source as source
from history_edit import Chain

NEVER_EDITED = b"."
SMALLEST, LARGEST = 200, 400000         # bytes of a file that is edited
WEIGHT_FUNCTION, WEIGHT_OUTSIDE = 3, .5

Origin = namedtuple("Origin", "file state segments")      # segments None: all of them


def weights(names, seed):
    """How often each segment of a file is edited: some of its functions are the busy ones."""
    order = list(range(len(names)))
    random.Random(seed).shuffle(order)
    result = array("d", bytes(8 * len(order)))
    for rank, segment in enumerate(order):
        named = names[segment] not in (source.OUTSIDE, source.UNSAID)
        result[segment] = (WEIGHT_FUNCTION if named else WEIGHT_OUTSIDE) / (rank + 2) ** .7
    return result


class File:
    """One path of the history."""

    __slots__ = ("path", "size", "mode", "origin", "names", "ends", "flags", "choice", "top",
                 "marks", "edits")

    def __init__(self, path, size, mode, origin=None):
        self.path, self.size, self.mode, self.origin = path, size, mode, origin
        # of each segment: its name, where it ends, its flags (None: not yet known)
        self.names = self.ends = self.flags = None
        self.choice = None              # summed weights of the segments
        self.top = {}                   # newest version of each edited segment
        self.marks = {}                 # state: mark, in the order of making
        self.edits = []                 # (commit, segment), oldest first


class Files:
    """All files of a history over one tree."""

    def __init__(self, tree, seed):
        self.tree, self.seed = tree, seed
        self.all = [File(path, size, b"100755" if executable else b"100644")
                    for path, size, executable in tree.entries]
        self.imported = len(self.all)
        self.marks = 0
        self.originals = {}             # content of files born later, by number
        self.last_read = (None, b"")

    def __getitem__(self, number):
        return self.all[number]

    def add(self, path, size, mode, origin):
        """A file made from another one; returns its number."""
        self.all.append(File(path, size, mode, origin))
        return len(self.all) - 1

    def is_imported(self, number):
        """Was the file there from the first commit?"""
        return number < self.imported

    def mark(self, number, state):
        """The mark of a file's content in STATE."""
        marks = self.all[number].marks
        if state not in marks:
            self.marks += 1
            marks[state] = self.marks
        return marks[state]

    def original(self, number):
        """The bytes of a file in state ()."""
        file = self.all[number]
        if file.origin is None:
            if self.last_read[0] != number:
                self.last_read = (number, self.tree.read(file.path))
            return self.last_read[1]
        if number not in self.originals:
            whole = self.content(file.origin.file, file.origin.state)
            pieces = source.cut(file.path, whole)[:file.origin.segments]
            self.originals[number] = b"".join(text for _, text, _ in pieces)
        return self.originals[number]

    def cut(self, number):
        """Fill in the segments of a file, once; returns the file."""
        file = self.all[number]
        if file.names is None:
            pieces = source.cut(file.path, self.original(number))
            file.names = [name for name, _, _ in pieces]
            file.flags = [flags for _, _, flags in pieces]
            file.ends = array("L", itertools.accumulate(len(text) for _, text, _ in pieces))
            chances = weights(file.names, os.fsencode(file.path))
            for segment, flags in enumerate(file.flags):
                if flags is not None and not flags.strip(NEVER_EDITED):
                    chances[segment] = 0
            file.choice = array("d", itertools.accumulate(chances))
        return file

    def text(self, number, segment):
        """The text of one segment of a file as it came."""
        ends = self.all[number].ends
        return self.original(number)[ends[segment - 1] if segment else 0:ends[segment]]

    def editable(self, number, segment):
        """May this segment be edited?  (Decides it, for functions, when first asked.)"""
        file = self.cut(number)
        if file.flags[segment] is None:
            file.flags[segment] = source.function_flags(self.text(number, segment))
        return bool(file.flags[segment].strip(NEVER_EDITED))

    def choose(self, number, chance):
        """A segment of a file to edit, by weight (CHANCE: a random.Random); None: none fits."""
        file = self.cut(number)
        for _ in range(8):
            if not file.choice or not file.choice[-1]:
                return None
            segment = chance.choices(range(len(file.names)), cum_weights=file.choice)[0]
            if self.editable(number, segment):
                return segment
        return None

    def content(self, number, state):
        """The bytes of a file in STATE."""
        return next(self.contents(number, [state]))

    def contents(self, number, states):
        """The bytes of a file in each of STATES, in order; one chain of versions serves all."""
        file, chains = self.all[number], {}
        if any(states):
            self.cut(number)
            original = [self.text(number, segment) for segment in range(len(file.ends))]
        for state in states:
            if not state:
                yield self.original(number)
                continue
            texts = list(original)
            for segment, version in state:
                if segment not in chains:
                    seed = os.fsencode(f"{self.seed}/{file.path}/{segment}")
                    chains[segment] = Chain(file.path, texts[segment], file.flags[segment], seed)
                texts[segment] = chains[segment].text(version)
            yield b"".join(texts)

    def subject_name(self, number):
        """What a commit's subject calls the file."""
        return os.path.splitext(os.path.basename(self.all[number].path))[0]
