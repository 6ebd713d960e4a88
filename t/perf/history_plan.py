"""The plan of a history: every commit, its parents and what it changes, without any content.

    plan = Plan(files, Shape(commits, before, tags, seed)).make()

The shape is a kernel's: a main line, long-lived subsystem branches that start again from it after
they were merged, topic branches in them, and merges of all kinds (a branch or a topic, several
topics at once, the main line back into a branch, both sides having changed one file).

Bookkeeping: the main line's past is kept for each file (`past`), a branch keeps only what differs
from the main line as it was when the branch started.  A number `sequence` counts the main
line's commits; `landed` lists the ordinary commits that the main line reaches, so that a commit
can name one that is truly before it.
"""
import bisect
import itertools
import os
import random
from collections import namedtuple

from history_files import Origin, SMALLEST, LARGEST
from history_words import HOT_FILES, SUBSYSTEMS, longest_prefix

IMPORT, ORDINARY = "import", "ordinary"
TOPIC_MERGE, BRANCH_MERGE, BACK_MERGE = "merge of topics", "merge of a branch", "merge of main"
MERGES = (TOPIC_MERGE, BRANCH_MERGE, BACK_MERGE)
MAIN = 0                        # the main line's number among the lines of development
HOT = frozenset(HOT_FILES)
MOST_TOPICS = 3                 # open at once in one branch
SMALL = 10000       # a range of fewer commits has more merges, and starts with nothing under way
FIX_DISTANCE = 24   # a fix comes, on average, this part of the range after what it fixes

Shape = namedtuple("Shape", "commits before tags seed")

# Chances.  In an event: of merging topics, or else the branch, or else main back into it (each sum
# includes those before it); then of merging one topic only, and of opening a topic.
Rates = namedtuple("Rates", "topics branch back one_topic new_topic")
KERNEL_RATES = Rates(.022, .072, .0745, .93, .25)
SMALL_RATES = Rates(.06, .12, .13, .5, .6)


class Commit:
    """One commit: its parents' numbers, [(file, mark or None)], [(file, segment)] and more."""

    __slots__ = ("parents", "changes", "edits", "kind", "subsystem", "line", "cites")

    def __init__(self, kind, subsystem, line, parents, changes):
        self.kind, self.subsystem, self.line = kind, subsystem, line
        self.parents, self.changes = parents, changes
        self.edits = []
        self.cites = None               # ("Fixes" or "Revert", an earlier commit)


class Branch:
    """A line of development apart from the main line."""

    __slots__ = ("line", "subsystems", "base", "known", "over", "tip", "own", "ahead", "restart",
                 "topics")

    def __init__(self, line, subsystems, base=0, known=0, over=(), tip=0):
        self.line = line
        self.subsystems = subsystems    # [(path prefix, weight)]
        self.base = base                # the main line's sequence number where it started
        self.known = known              # how much of `landed` it reaches
        self.over = dict(over)          # file: state, where it may differ from base
        self.tip = tip
        self.own = {}                   # ordinary commits not yet on the main line (in order)
        self.ahead = 0                  # commits not yet on the main line
        self.restart = True             # merged: may start again from the main line
        self.topics = []

    def waiting(self):
        """How many merges it takes to bring all of this branch to the main line."""
        topics = sum(1 for topic in self.topics if topic.ahead)
        return topics + bool(topics or self.ahead)


class Pools:
    """Which files the commits of a subsystem edit, and how often."""

    def __init__(self, files, chance):
        self.files, self.chance = files, chance
        self.home, self.neighbours = {}, {}     # file: (prefix, folder), and the other way
        members = {prefix: [] for prefix, _ in SUBSYSTEMS}
        for number, file in enumerate(files.all):
            if SMALLEST < file.size < LARGEST:
                prefix = longest_prefix(file.path, members)
                members[prefix].append(number)
                self.settle(number, (prefix, os.path.dirname(file.path)))
        self.members = {prefix: m for prefix, m in members.items() if m}
        self.sums = {prefix: list(itertools.accumulate(self.weigh(numbers)))
                     for prefix, numbers in self.members.items()}

    def settle(self, number, home):
        """Let a file be edited together with the others of its home."""
        self.home[number] = home
        self.neighbours.setdefault(home, []).append(number)

    def weigh(self, numbers):
        """Weights of files: busy folders, large files, C, and the hot ones."""
        folders = sorted({self.home[number] for number in numbers})
        self.chance.shuffle(folders)
        busy = {folder: 1 / (k + 4) ** .8 for k, folder in enumerate(folders)}
        for number in numbers:
            file = self.files[number]
            weight = busy[self.home[number]] * file.size ** .5
            weight /= 1 + self.chance.expovariate(.3)
            if file.path in HOT:
                weight = max(weight, .5 * file.size ** .5)
            yield weight * (3 if file.path.endswith((".c", ".rs")) else 1)

    def pick(self, prefix, first):
        """A file for a commit in PREFIX that already edits the file FIRST (None: the first)."""
        chance = self.chance
        if first is not None:
            if chance.random() < .75:
                return chance.choice(self.neighbours[self.home[first]])
            if chance.random() < .4 and "include/" in self.members:
                prefix = "include/"
        return chance.choices(self.members[prefix], cum_weights=self.sums[prefix])[0]


class Plan:
    """All commits of a history (`commits`), and its tags: [(name, commit)]."""

    def __init__(self, files, shape):
        self.files, self.shape = files, shape
        self.chance = random.Random(f"plan {shape.seed}")
        self.pools = Pools(files, self.chance)
        self.current, self.past = {}, {}        # main line: file: state; file: ([when], [state])
        self.sequence = 0
        self.gone = set()                       # files renamed or removed on any line
        self.landed, self.landed_at = [], {}
        self.commits, self.tags, self.main = [], [], 0
        self.first_tag_reaches = None
        self.lines = itertools.count(MAIN + 1)
        self.branches, self.branch_weights = self.make_branches()
        self.rates = SMALL_RATES if shape.commits < SMALL else KERNEL_RATES

    def make_branches(self):
        """The subsystem branches and their summed weights; few commits get few branches."""
        trees = []
        for prefix, weight in SUBSYSTEMS:
            if prefix in self.pools.members:
                share = max(1, min(6, round(weight / 1.6)))
                trees += [(prefix, weight / share)] * share
        count = min(len(trees), max(4, self.shape.commits // 30))
        groups = [trees[k::count] for k in range(count)]
        branches = [Branch(next(self.lines), group) for group in groups]
        return branches, list(itertools.accumulate(sum(w for _, w in g) for g in groups))

    # The course of events

    def make(self):
        """Make the whole plan."""
        shape = self.shape
        self.commits.append(Commit(IMPORT, "", MAIN, [], []))
        while len(self.commits) <= shape.before:
            self.event()
        if shape.commits < SMALL:
            self.land_all()
        self.tags.append((shape.tags[0], self.main))
        self.first_tag_reaches = self.reach()
        while self.room_for_event():
            self.event()
            self.tag_when_due()
        self.land_all()
        while self.remaining() > 0:
            self.commit(None, *self.any_subsystem())
            self.tag_when_due()
        self.tags.append((shape.tags[-1], self.main))
        assert self.reach() == len(self.commits) == self.first_tag_reaches + shape.commits
        return self

    def remaining(self):
        """How many commits the range still lacks."""
        return self.shape.commits + self.first_tag_reaches - len(self.commits)

    def room_for_event(self):
        """Can one more event happen, and all that is open then still be merged and tagged?"""
        left = self.remaining() - len(self.shape.tags) - 3
        most = len(self.branches) * (MOST_TOPICS + 1)
        return left > most or left > sum(branch.waiting() for branch in self.branches)

    def tag_when_due(self):
        """Put the next tag on the main line when its share of the range is there."""
        if not self.tags:
            return
        tags, done = self.shape.tags, self.shape.commits - self.remaining()
        due = done >= self.shape.commits * len(self.tags) / (len(tags) - 1)
        if due and len(self.tags) < len(tags) - 1 and self.tags[-1][1] != self.main:
            self.tags.append((tags[len(self.tags)], self.main))

    def reach(self):
        """How many commits the main line reaches."""
        seen, todo = set(), [self.main]
        while todo:
            number = todo.pop()
            if number not in seen:
                seen.add(number)
                todo += self.commits[number].parents
        return len(seen)

    def event(self):
        """One thing happens in one branch: mostly a commit, sometimes a merge."""
        chance, rates = self.chance, self.rates
        branch = chance.choices(self.branches, cum_weights=self.branch_weights)[0]
        x = chance.random()
        if x < rates.topics and branch.topics:
            count = 1 if chance.random() < rates.one_topic else MOST_TOPICS
            self.merge_topics(branch, branch.topics[:count])
        elif x < rates.branch and branch.ahead > 2:
            self.merge_branch(branch)
        elif x < rates.back and branch.ahead and self.sequence > branch.base:
            self.merge_back(branch)
        else:
            line = self.line_for_commit(branch)
            self.commit(line, *self.subsystem_of(branch))

    def line_for_commit(self, branch):
        """Where a commit of BRANCH goes: to itself, a topic, or (None) straight to main."""
        chance = self.chance
        if branch.ahead == 0 and branch.restart and chance.random() < .6:
            branch.base, branch.known = self.sequence, len(self.landed)
            branch.over, branch.tip = {}, self.main
        branch.restart = False
        line = branch
        if branch.ahead > 1 and chance.random() < .3:
            if len(branch.topics) < MOST_TOPICS and chance.random() < self.rates.new_topic:
                branch.topics.append(Branch(next(self.lines), branch.subsystems, branch.base,
                                            branch.known, branch.over, branch.tip))
            if branch.topics:
                line = chance.choice(branch.topics)
        return None if chance.random() < .012 else line

    def subsystem_of(self, branch):
        """One of the subsystems of BRANCH, by weight."""
        prefixes, shares = zip(*branch.subsystems)
        return self.chance.choices(prefixes, shares)

    def any_subsystem(self):
        """Any subsystem that has files."""
        return [self.chance.choice(list(self.pools.members))]

    # The state of files on a line

    def state(self, branch, number):
        """The state of a file on BRANCH (None: the main line); None: not there."""
        first = () if self.files.is_imported(number) else None
        if branch is None:
            return self.current.get(number, first)
        if number in branch.over:
            return branch.over[number]
        if number in self.past:
            when, states = self.past[number]
            k = bisect.bisect_right(when, branch.base)
            if k:
                return states[k - 1]
        return first

    def set_state(self, branch, number, state):
        """Set the state of a file on BRANCH (None: the main line)."""
        if branch is not None:
            branch.over[number] = state
            return
        self.current[number] = state
        when, states = self.past.setdefault(number, ([], []))
        when.append(self.sequence)
        states.append(state)

    def change(self, number, state):
        """The entry of a commit's changes that puts a file in STATE."""
        return number, None if state is None else self.files.mark(number, state)

    def record(self, branch, commit):
        """Add a commit to the history and to its line; returns its number."""
        self.commits.append(commit)
        number = len(self.commits) - 1
        if branch is None:
            self.main = number
        else:
            branch.tip = number
            branch.ahead += 1
        return number

    # Ordinary commits

    def commit(self, branch, subsystem):
        """An ordinary commit on BRANCH (None: the main line) in SUBSYSTEM."""
        if branch is None:
            self.sequence += 1
        parent = self.main if branch is None else branch.tip
        commit = Commit(ORDINARY, subsystem, branch.line if branch else MAIN, [parent], [])
        for number in self.picks(branch, subsystem, self.size()):
            self.alter(branch, commit, number)
        while not commit.changes:
            for number in self.picks(branch, *self.any_subsystem(), 1):
                self.alter(branch, commit, number)
        commit.cites = self.cite(branch, commit)
        number = self.record(branch, commit)
        for file, segment in commit.edits:
            self.files[file].edits.append((number, segment))
        if branch is None:
            self.land([number])
        else:
            branch.own[number] = None

    def size(self):
        """How many files a commit edits."""
        x, chance = self.chance.random(), self.chance
        if x < .86:
            return 1 + (x >= .56) + (x >= .76)
        return chance.randrange(4, 11) if x < .985 else chance.randrange(10, 50)

    def picks(self, branch, subsystem, count):
        """Up to COUNT files that are there on BRANCH, near each other."""
        picked = {}
        for _ in range(6 * count + 8):
            number = self.pools.pick(subsystem, next(iter(picked), None))
            if number not in self.gone and self.state(branch, number) is not None:
                picked[number] = None
            if len(picked) == count:
                break
        return picked

    def alter(self, branch, commit, number):
        """Let COMMIT change one file: edit it, rename it, copy from it, or remove it."""
        file, x = self.files[number], self.chance.random()
        hot = file.path in HOT
        if x < .004 and file.path.endswith((".c", ".h")) and not hot:
            self.rename(branch, commit, number)
        elif x < .012:
            self.derive(branch, commit, number, "n", 5)
        elif x < .015 and not hot:
            self.remove(branch, commit, number)
        else:
            self.edit(branch, commit, number)

    def derive(self, branch, commit, number, letter, segments):
        """A new file that begins as a copy of SEGMENTS (None: all) of another."""
        old = self.files[number]
        stem, ext = os.path.splitext(old.path)
        path = f"{stem}-{letter}{len(self.files.all)}{ext}"
        origin = Origin(number, self.state(branch, number), segments)
        new = self.files.add(path, old.size, old.mode, origin)
        self.set_state(branch, new, ())
        commit.changes.append(self.change(new, ()))
        self.pools.settle(new, self.pools.home[number])

    def remove(self, branch, commit, number):
        """Remove a file; no line edits it from now on."""
        self.gone.add(number)
        self.set_state(branch, number, None)
        commit.changes.append(self.change(number, None))

    def rename(self, branch, commit, number):
        """Rename a file."""
        self.derive(branch, commit, number, "r", None)
        self.remove(branch, commit, number)

    def edit(self, branch, commit, number):
        """Move one to three segments of a file to versions that no line has yet."""
        chance, file = self.chance, self.files[number]
        versions = dict(self.state(branch, number))
        for _ in range(1 + (chance.random() < .22) + (chance.random() < .06)):
            segment = self.files.choose(number, chance)
            if segment is not None:
                file.top[segment] = versions[segment] = file.top.get(segment, 0) + 1
                commit.edits.append((number, segment))
        state = tuple(sorted(versions.items()))
        if state != self.state(branch, number):
            self.set_state(branch, number, state)
            commit.changes.append(self.change(number, state))

    def cite(self, branch, commit):
        """The earlier commit that COMMIT says it reverts or fixes, if any.

        It is an ancestor.  A reverted one changed the same segment, a fixed one mostly the same
        file.
        """
        x, found = self.chance.random(), None
        if x < .01:
            found = self.first_earlier(branch, commit.edits)
            return ("Revert", found) if found else None
        if x >= .17:
            return None
        if x < .12:
            found = self.first_earlier(branch, [(number, None) for number, _ in commit.edits])
        if found is None:
            back = 1 + int(self.chance.expovariate(FIX_DISTANCE / self.shape.commits))
            known = len(self.landed) if branch is None else branch.known
            found = self.landed[known - back] if back <= known else None
        return ("Fixes", found) if found else None

    def first_earlier(self, branch, places):
        """The last ancestor of BRANCH that edited one of PLACES: the first that has any."""
        found = (self.earlier(branch, *place) for place in places)
        return next((commit for commit in found if commit), None)

    def earlier(self, branch, number, segment):
        """The last ancestor of BRANCH that edited a file (in SEGMENT, unless None)."""
        for commit, place in reversed(self.files[number].edits[-40:]):
            if segment in (None, place) and self.is_before(branch, commit):
                return commit
        return None

    def is_before(self, branch, number):
        """Does BRANCH (None: the main line) reach a commit?  False when in doubt."""
        landed = self.landed_at.get(number)
        if branch is None:
            return landed is not None
        return number in branch.own or (landed is not None and landed < branch.known)

    def land(self, numbers):
        """The main line now reaches these ordinary commits."""
        for number in numbers:
            self.landed_at[number] = len(self.landed)
            self.landed.append(number)

    # Merges

    def joined(self, mine, theirs):
        """Both states in one: the newer version of each segment; gone on one side is gone."""
        if mine is None or theirs is None:
            return None
        versions = dict(mine)
        for segment, version in theirs:
            versions[segment] = max(version, versions.get(segment, 0))
        return tuple(sorted(versions.items()))

    def merged(self, number, mine, theirs, born):
        """The state of a file after a merge; BORN: it can be new on their side."""
        if mine is None and born and not self.files.is_imported(number):
            return theirs
        return mine if mine == theirs else self.joined(mine, theirs)

    def merge_topics(self, branch, topics):
        """Merge one or several topics in BRANCH."""
        changes, parents = {}, [branch.tip]
        for topic in topics:
            branch.topics.remove(topic)
            if not topic.ahead:
                continue
            for number, theirs in topic.over.items():
                mine = self.state(branch, number)
                new = self.merged(number, mine, theirs, number not in self.gone)
                if new != mine:
                    branch.over[number] = new
                    changes[number] = new
            parents.append(topic.tip)
            branch.own.update(topic.own)
        if len(parents) > 1:
            self.add_merge(TOPIC_MERGE, branch, branch, parents, changes)

    def merge_branch(self, branch):
        """Merge BRANCH in the main line."""
        self.sequence += 1
        changes = {}
        for number, theirs in branch.over.items():
            mine = self.state(None, number)
            new = self.merged(number, mine, theirs, number not in self.past)
            if new != mine:
                self.set_state(None, number, new)
                changes[number] = new
        self.add_merge(BRANCH_MERGE, None, branch, [self.main, branch.tip], changes)
        self.land(branch.own)
        branch.own, branch.ahead, branch.restart = {}, 0, True

    def merge_back(self, branch):
        """Merge the main line in BRANCH."""
        changes = {}
        for number, (when, states) in self.past.items():
            if when[-1] > branch.base:
                mine = self.state(branch, number)
                new = self.merged(number, mine, states[-1], number not in branch.over)
                if number in branch.over:
                    branch.over[number] = new
                if new != mine:
                    changes[number] = new
        branch.base, branch.known = self.sequence, len(self.landed)
        self.add_merge(BACK_MERGE, branch, branch, [branch.tip, self.main], changes)

    def add_merge(self, kind, onto, branch, parents, changes):
        """Record a merge on the line ONTO (None: the main line); BRANCH gives its subject."""
        commit = Commit(kind, branch.subsystems[0][0], onto.line if onto else MAIN, parents,
                        [self.change(number, state) for number, state in changes.items()])
        self.record(onto, commit)

    def land_all(self):
        """Bring everything that is open to the main line."""
        for branch in self.branches:
            while branch.topics:
                self.merge_topics(branch, branch.topics[:1])
                self.tag_when_due()
            if branch.ahead:
                self.merge_branch(branch)
                self.tag_when_due()
