"""The versions of one segment of a file, each made from the one before.

    chain = Chain(path, text, flags, seed)
    chain.text(3)                       # the third version; 0 is the segment as it was cut

A version puts in, changes or drops a few lines where the flags (history_source.py) allow it, so
that brackets, comments and conditionals stay whole, and an edit of a function stays between its
opening and its closing brace.  No two versions of a chain are the same: a commit that moves a
segment from any version to any later one changes it.
"""
import os
import random
import re

import history_source as source
from history_words import ADJECTIVES, VERBS, WORDS

INSERTABLE = bytes([source.BEFORE, source.STATEMENT, source.TOP, source.MEMBER, source.TEXT])
CHANGEABLE = bytes([source.STATEMENT, source.DECLARED, source.MEMBER, source.ELEMENT, source.TEXT])
DROPPABLE = bytes([source.STATEMENT, source.TEXT])
SHORTEST = 8                    # a segment of fewer lines loses none

REMARKS = {".c": "/* %s */", ".h": "/* %s */", ".S": "/* %s */", ".dts": "/* %s */",
           ".dtsi": "/* %s */", ".rs": "// %s", ".rst": "The %s.", ".txt": "The %s."}
NUMBER = re.compile(rb"\d+(?=(?:\);| \*/)?$)")


class Chain:
    """One segment and its versions so far."""

    def __init__(self, path, text, flags, seed):
        self.random = random.Random(seed)
        self.remark = REMARKS.get(os.path.splitext(path)[1], "# %s")
        self.lines = text.split(b"\n")
        self.flags = bytearray(flags.ljust(len(self.lines), bytes([source.NONE])))
        self.texts, self.seen = [text], {text}

    def text(self, version):
        """The text of VERSION."""
        while len(self.texts) <= version:
            self.grow()
        return self.texts[version]

    def grow(self):
        """Make one more version, unlike all that are there."""
        chance = self.random.random
        for _ in range(1 + (chance() < .35) + 3 * (chance() < .08)):
            self.edit(chance())
        text = b"\n".join(self.lines)
        while text in self.seen:
            self.edit(0)
            text = b"\n".join(self.lines)
        self.texts.append(text)
        self.seen.add(text)

    def edit(self, what):
        """One edit; WHAT, from 0 to 1, says which: 0 always makes the segment longer or new."""
        at = self.random.choice([k for k, flag in enumerate(self.flags) if flag != source.NONE])
        flag = self.flags[at]
        if what > .8 and flag in DROPPABLE and self.may_drop():
            del self.lines[at], self.flags[at]
        elif flag not in INSERTABLE or (what > .45 and flag in CHANGEABLE):
            self.lines[at] = self.changed(self.lines[at])
        else:
            lines, flags = self.fresh(flag, self.indent(at))
            self.lines[at:at] = [line.encode() for line in lines]
            self.flags[at:at] = bytes(flags)

    def may_drop(self):
        """Is the segment long enough to lose a line?"""
        return len(self.lines) > SHORTEST and sum(f != source.NONE for f in self.flags) > 3

    def changed(self, line):
        """LINE with its last number changed, or with a remark at its end."""
        new = b"%d" % self.random.randrange(100000)
        if NUMBER.search(line) and not line.lstrip().startswith(b"return"):
            return NUMBER.sub(new, line)
        return line.rstrip() + b" " + (self.remark % new.decode()).encode()

    def indent(self, at):
        """The white space for a line put before line AT."""
        line = self.lines[at].decode("latin-1")
        space = line[:len(line) - len(line.lstrip())]
        if self.flags[at] in (source.BEFORE, source.STATEMENT):
            if not space or line.lstrip().startswith(("}", "case ", "default:")):
                space += "\t"
        return space

    def fresh(self, flag, space):
        """New lines to put before a line with FLAG: (lines, their flags)."""
        if flag in (source.BEFORE, source.STATEMENT):
            return self.statement(space)
        if flag == source.MEMBER:
            line = "%sunsigned int %s_%s_%d;" % (space, self.word(), self.word(), self.number())
            return [line], [flag]
        if flag == source.TOP:
            return self.declaration()
        return [space + self.remark % self.phrase()], [flag]

    def statement(self, space):
        """A statement for a function."""
        one, two = self.word(), self.word()
        shape = self.random.randrange(4)
        if shape == 0:
            return ([f"{space}if (unlikely(!{one}_{two}))",
                     f"{space}\t{self.word()}_{self.word()}({one}, {self.number()});"],
                    [source.BEFORE, source.NONE])
        if shape == 1:
            return [f"{space}/* {self.phrase()} */"], [source.NONE]
        line = (f"{one}_{two}({self.word()}, {self.number()});" if shape == 2 else
                f"WRITE_ONCE({one}->{two}, {self.number()});")
        return [space + line], [source.STATEMENT]

    def declaration(self):
        """A declaration, definition or remark for outside functions."""
        one, two = self.word(), self.word()
        shape = self.random.randrange(3)
        if shape == 0:
            return [self.remark % self.phrase(), ""], [source.TOP, source.NONE]
        if shape == 1:
            name = f"{one}_{two}_{self.number()}".upper()
            return [f"#define {name}\t{self.number()}", ""], [source.TOP, source.NONE]
        return [f"extern int {one}_{two}_{self.number()};", ""], [source.DECLARED, source.NONE]

    def phrase(self):
        """A few words of prose, seldom the same twice."""
        return "%s the %s %s before the %s, %d" % (
            self.random.choice(VERBS), self.random.choice(ADJECTIVES), self.word(), self.word(),
            self.number())

    def word(self):
        """One word."""
        return self.random.choice(WORDS)

    def number(self):
        """One number."""
        return self.random.randrange(1000)
