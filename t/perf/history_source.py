"""Cut a source file in segments of known name, and tell which of their lines may be edited.

The history's truth says "this commit changed that function".  It must hold for every line of it, so
nothing here guesses: a function whose name, start or end is not certain from the text is
left alone, and so is the text around it.

    segments = cut(path, data)          # joined, they give data again
    flags = function_flags(text)        # of a segment whose flags are None

A segment is a (name, text, flags).  The name is that of a function, OUTSIDE for
text that certainly lies in no function, or UNSAID for text of a language that is not read here
(to be edited, but not to enter the truth).  Flags hold one byte for each line:

    NONE       leave it alone
    BEFORE     a statement may be put before it (in a function)
    STATEMENT  the same, and the line is one whole statement: may change, may go
    TOP        text may be put before it (outside functions)
    DECLARED   one whole declaration outside functions: may change
    MEMBER     one whole member of a struct: may change, another may be put before it
    ELEMENT    one whole line of an initialiser or an enum: may change
    TEXT       a line of a file that is not C: anything may happen to it

Flags that hold nothing but NONE mean: never edit.  Flags of functions are None at first,
because most functions are never edited and flags take the most time.

The convention for names: SYSCALL_DEFINE3(read, ...) is the function read; every other header must
be type words, the name, its arguments, and known attributes anywhere.
"""
import os
import re

OUTSIDE, UNSAID = "-", ""
NONE, BEFORE, STATEMENT, TOP, DECLARED, MEMBER, ELEMENT, TEXT = b".bstdmex"

TEXT_LINES = 25                 # lines in a segment of a file that is not C
GAP_LINES = 40                  # least lines in a segment of C outside functions
HEADER_LINES = 24               # longest function header that is believed
PROSE = {".rst", ".txt", ".yaml", ".dts", ".dtsi", "Kconfig", "Makefile", "Kbuild"}

# Each alternative begins with a plain character: that lets the regex engine search fast.
TOKEN = re.compile(rb"""
      /(?:\*.*?\*/ | /[^\n]*)
    | "(?:\\.|[^"\\\n])*"
    | '(?:\\.|[^'\\\n])*'
    | \#(?:\\\n | "(?:\\.|[^"\\\n])*" | /\*.*?\*/ | //[^\n]* | \n[ \t]*\# | [^\n])*
    """, re.S | re.X)
FILL = {b"/": b"\1", b'"': b"x", b"'": b"x", b"#": b"#"}
JOINED = b"\2"                          # a newline inside one of them
NOT_CODE = b"\1\2 \t\f"

EDGE_BRACE = re.compile(rb"^[{}][^\n]*", re.M)
BRACE = re.compile(rb"[{}]")
WORD = re.compile(rb"[A-Za-z_]\w*")
HEADER_ODD = re.compile(rb"[;={}#\\\[]")
PARENTHESIS = re.compile(rb"([()])")
HEADER_TOKEN = re.compile(rb"[A-Za-z_]\w*|\S")
SYSCALL = re.compile(rb"SYSCALL_DEFINE[0-6]\(([A-Za-z_]\w*)[,)]")
MACRO_LIKE = re.compile(r"[A-Z][A-Z0-9_]*$")
TYPE_LIKE = re.compile(
    r"(?!__)|__(?:[us](?:8|16|32|64)|[bl]e(?:16|32|64)|sum16|wsum|poll_t|kernel)")
NOT_TYPES = set("static inline extern noinline asmlinkage notrace const volatile".split())
KEYWORDS = set("if for while switch do else return sizeof typeof case default goto".split())
ATTRIBUTES = set("""
    __attribute__ __printf __scanf __section __aligned __acquires __releases __must_hold
    __cond_acquires __alloc_size __assume_aligned __malloc __nonnull __target __optimize __alias
    __no_sanitize __diagnose_as
    """.split())

CONDITIONAL = re.compile(rb"^[ \t]*#[ \t]*(if|el|endif)", re.M)
IF_ZERO = re.compile(rb"^[ \t]*#[ \t]*if[ \t]+0\b", re.M)
CONTINUES = re.compile(rb"else|while|\{")
LABEL = re.compile(rb"(?:case.*|default|[A-Za-z_]\w*):$")
CASE = re.compile(rb"case|default")
BLOCK_AHEAD = re.compile(rb"(?:^|[);{}:]|\bdo|\belse)$")
AGGREGATE = re.compile(rb"(?:typedef|static|const|volatile|extern)*(?:struct|union)\w*$")
ENUM = re.compile(rb"(?:typedef|static)*enum\w*$")


def cut(path, data):
    """Cut DATA, the content of PATH: a list of (name, text, flags), see above."""
    ext = os.path.splitext(path)[1]
    if not data:
        return []
    if b"\0" in data:
        return [frozen(data)]
    if ext in (".c", ".h"):
        return cut_c(data)
    name = OUTSIDE if ext in PROSE or os.path.basename(path) in PROSE else UNSAID
    return cut_text(data, name)


def frozen(text):
    """A segment that is never edited."""
    return UNSAID, text, b"."


def cut_text(data, name):
    """Cut a file that is not C every few lines; its first line (#!, licence) stays as it is."""
    lines, segments = data.split(b"\n"), []
    ended = lines[-1] == b""
    if ended:
        lines.pop()
    for k in range(0, len(lines), TEXT_LINES):
        piece = lines[k:k + TEXT_LINES]
        flags = bytearray([TEXT]) * len(piece)
        if k == 0:
            flags[0] = NONE
        segments.append([name, b"\n".join(piece) + b"\n", bytes(flags)])
    if not ended:
        segments[-1][1] = segments[-1][1][:-1]
    return [tuple(s) for s in segments]


def cut_c(data):
    """Cut a C file in functions and in pieces of what is between them."""
    masked = mask(data)
    if b"\r" in data or b"/*" in masked:
        return [frozen(data)]
    segments, last, trusted = [], 0, True
    for name, start, end in functions(masked, switched_off(data)):
        segments += cut_gap(data[last:start], masked[last:start], trusted and name)
        segments.append((name, data[start:end], None) if name else frozen(data[start:end]))
        last, trusted = end, name
    segments += cut_gap(data[last:], masked[last:], trusted)
    return segments


# Masking: the same text, byte for byte, without comments, strings and directives

def mask(data):
    """DATA with comments, strings and directives blanked out, their newlines made JOINED.

    A line of the result is thus one logical line; directives on lines in a row are one.
    """
    return TOKEN.sub(blank, data)


def blank(match):
    """What stands in the mask for one comment, string or directive."""
    text = match.group()
    fill = FILL[text[:1]]
    if b"\n" not in text:
        return fill * len(text)
    return JOINED.join(fill * len(line) for line in text.split(b"\n"))


def logical_lines(source, masked):
    """The lines of MASKED: (code without blanks, source text, number of lines it covers)."""
    raw_lines = masked.split(b"\n")
    if not raw_lines[-1]:
        raw_lines.pop()
    at = 0
    for raw in raw_lines:
        yield raw.translate(None, NOT_CODE), source[at:at + len(raw)], 1 + raw.count(JOINED)
        at += len(raw) + 1


# Functions

def switched_off(data):
    """The (start, end) of all text under "#if 0": it is code to one reader, none to another."""
    if not IF_ZERO.search(data):
        return []
    spans, opened = [], []                  # opened: where, or None for another condition
    for match in CONDITIONAL.finditer(data):
        word = match.group(1)
        if word != b"if" and opened:
            start = opened.pop()
            if start is not None:
                spans.append((start, match.start()))
        if word == b"if":
            opened.append(match.start() if IF_ZERO.match(data, match.start()) else None)
        elif word == b"el":
            opened.append(None)
    return spans


def functions(masked, without):
    """Bodies between a "{" and a "}" alone in column 0: (name or None, start, end) in order.

    Name None: what is there is not certainly one function of known name, or lies in one of
    the spans WITHOUT.
    """
    edges = list(EDGE_BRACE.finditer(masked))
    floor = 0
    for opening, closing in zip(edges, edges[1:]):
        if code_of(opening) != b"{" or code_of(closing) != b"}":
            continue
        start = header_start(masked, opening.start(), floor)
        name = header_name(masked[start:opening.start()])
        if any(first < start < last for first, last in without):
            name = None
        floor = min(closing.end() + 1, len(masked))
        yield name, start, floor


def code_of(match):
    """The code of a matched line."""
    return match.group().translate(None, NOT_CODE)


def header_start(masked, brace, floor):
    """Where the header of the body that opens at BRACE starts (BRACE itself: no header)."""
    start = brace
    for _ in range(HEADER_LINES):
        if start <= floor:
            break
        above = masked.rfind(b"\n", floor, start - 1) + 1 or floor
        code = masked[above:start].translate(None, NOT_CODE + b"\n")
        if not code or code[:1] == b"#" or code[-1:] in (b";", b"}", b"{"):
            break
        start = above
    return start


def header_name(header):
    """The name of the function that a masked HEADER declares; None unless that is certain."""
    if not WORD.match(header) or HEADER_ODD.search(outside_parens(header)):
        return None
    syscall = SYSCALL.match(header.translate(None, NOT_CODE + b"\n"))
    items = header_items(header)
    if syscall and items and len(items) == 1:
        return syscall.group(1).decode()
    calls = [k for k, (word, is_call) in enumerate(items or ())
             if is_call and word not in ATTRIBUTES]
    if len(calls) != 1:
        return None
    name, before, after = items[calls[0]][0], items[:calls[0]], items[calls[0] + 1:]
    typed = any(word != "*" and word not in NOT_TYPES and not is_call and TYPE_LIKE.match(word)
                for word, is_call in before)
    attributed = all(is_call or word.startswith("__") for word, is_call in after)
    if not typed or not attributed or MACRO_LIKE.match(name) or name in KEYWORDS:
        return None
    return name


def outside_parens(header):
    """HEADER with its outermost pairs of parentheses emptied."""
    depth, kept = 0, []
    for piece in PARENTHESIS.split(header):
        depth -= piece == b")"
        if depth <= 0:
            kept.append(piece)
        depth += piece == b"("
    return b"".join(kept)


def header_items(header):
    """The outermost words of HEADER: a list of (word, followed by parentheses); None if odd."""
    items, depth, word_last = [], 0, False
    for token in HEADER_TOKEN.findall(header.translate(bytes.maketrans(b"\1\2", b"  "))):
        if token == b"(":
            if depth == 0:
                if not word_last:
                    return None
                items[-1] = (items[-1][0], True)
            depth += 1
        elif token == b")":
            depth -= 1
            if depth < 0:
                return None
        elif depth:
            continue
        elif token == b"*" or token[:1].isalpha() or token[:1] == b"_":
            items.append((token.decode(), False))
        else:
            return None
        word_last = depth == 0 and token not in (b"(", b")", b"*")
    return None if depth else items


class Body:
    """Follows braces, parentheses and statements through the code of one function."""

    def __init__(self):
        self.blocks = []            # for each open brace: does it hold statements?
        self.parens = self.conditionals = 0
        self.complete = self.broken = self.closed = False
        self.previous = b""

    def between_statements(self):
        """Is the text here between two statements of a block?"""
        return self.complete and bool(self.blocks) and all(self.blocks) and not self.parens

    def feed(self, code):
        """Take in the code of one logical line."""
        labelled = self.between_statements() and LABEL.match(code)
        self.broken |= self.closed
        if b"{" in code or b"}" in code:
            for brace in BRACE.finditer(code):
                self.brace(brace.group(), code[:brace.start()])
        self.parens += code.count(b"(") - code.count(b")")
        self.complete = bool(labelled) or code[-1:] in (b";", b"{", b"}")
        self.previous = code

    def brace(self, brace, ahead):
        """Take in one brace; AHEAD is the code before it on its line."""
        if brace == b"{":
            ahead = ahead or self.previous
            self.blocks.append(not self.blocks or
                               (bool(BLOCK_AHEAD.search(ahead)) and b"=(" not in ahead))
        elif self.blocks:
            self.blocks.pop()
            self.closed = not self.blocks
        else:
            self.broken = True

    def directives(self, source):
        """Take in directives: a conditional must begin and end inside the function."""
        for word in CONDITIONAL.findall(source):
            if word == b"if":
                self.conditionals += 1
            else:
                self.broken |= self.conditionals == 0
                self.conditionals -= word == b"endif"

    def sound(self):
        """Did every bracket and conditional that opened close, and nothing else?"""
        return self.closed and not (self.broken or self.parens or self.conditionals)


def function_flags(text):
    """The flags of the lines of a function (header and body); all NONE when it looks odd."""
    body, flags = Body(), bytearray()
    for code, source, count in logical_lines(text, mask(text)):
        flag = NONE
        if code[:1] == b"#":
            body.directives(source)
        elif code:
            begins = body.between_statements() and not CONTINUES.match(code)
            body.feed(code)
            if begins:
                whole = body.complete and not body.parens and not BRACE.search(code)
                flag = STATEMENT if whole and not CASE.match(code) and code[-1:] == b";" else BEFORE
        flags.append(flag)
        flags += bytes([NONE]) * (count - 1)
    return bytes(flags) if body.sound() else b"."


# Between functions

class Gap:
    """Follows declarations, structs and initialisers through code outside functions."""

    def __init__(self):
        self.kinds = []             # for each open brace: the flag of a whole line in it
        self.statement = b""        # code since the last boundary
        self.parens = 0
        self.broken = self.after_blank = False

    def at_top(self):
        """Is the text here outside everything, between two declarations?"""
        return not (self.kinds or self.statement or self.parens)

    def feed(self, code):
        """Take in the code of one logical line, and return the flag of that line."""
        begins, top = not self.statement and not self.parens, self.at_top()
        plain = not BRACE.search(code)
        at = 0
        for brace in BRACE.finditer(code):
            self.extend(code[at:brace.start()])
            self.brace(brace.group())
            at = brace.end()
        self.extend(code[at:])
        if top and self.after_blank:
            return TOP
        if not (begins and plain) or self.statement or self.parens:
            return NONE
        return self.kinds[-1] if self.kinds else DECLARED

    def extend(self, code):
        """Take in code without braces."""
        self.parens += code.count(b"(") - code.count(b")")
        self.statement += code
        ends = b"," if self.kinds and self.kinds[-1] == ELEMENT else b";"
        if not self.parens and self.statement.endswith(ends):
            self.statement = b""

    def brace(self, brace):
        """Take in one brace."""
        if brace == b"{":
            self.kinds.append(self.kind())
            self.statement = b""
        elif self.kinds:
            self.statement = b"" if self.kinds.pop() == NONE and not self.kinds else b"}"
        else:
            self.broken = True

    def kind(self):
        """The flag of a whole line between the braces that open now."""
        inside = self.kinds[-1] if self.kinds else None
        if inside == ELEMENT or (inside is None and
                                 (self.statement.endswith(b"=") or ENUM.match(self.statement))):
            return ELEMENT
        if inside in (None, MEMBER) and AGGREGATE.match(self.statement):
            return MEMBER
        return NONE


def gap_flags(source, masked):
    """The flags of the lines of a piece of C between two functions; all NONE if odd."""
    gap, flags = Gap(), bytearray()
    for code, text, count in logical_lines(source, masked):
        flag = NONE
        if code and code[:1] != b"#":
            flag = gap.feed(code)
        elif text and gap.after_blank and gap.at_top():
            flag = TOP
        flags.append(flag)
        flags += bytes([NONE]) * (count - 1)
        gap.after_blank = not text
    return b"." if gap.broken or gap.kinds or gap.parens else bytes(flags)


def cut_gap(source, masked, trusted):
    """Cut what is between two functions where a new top-level text begins.

    TRUSTED is false where a neighbour is not certain to be a function: then neither is
    what this text belongs to.
    """
    if not source:
        return []
    flags = gap_flags(source, masked) if trusted else b"."
    if not flags.strip(b"."):
        return [frozen(source)]
    lines, pieces, first = source.splitlines(keepends=True), [], 0
    for k in range(len(lines)):
        if k - first >= GAP_LINES and flags[k] == TOP:
            pieces.append((OUTSIDE, b"".join(lines[first:k]), flags[first:k]))
            first = k
    pieces.append((OUTSIDE, b"".join(lines[first:]), flags[first:]))
    return pieces
