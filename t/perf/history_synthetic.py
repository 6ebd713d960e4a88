"""A made-up C source tree in memory, so that tests need neither a kernel tree nor network.

    tree = SyntheticTree(files=400, seed="1")

It holds every file that a profile names (HOT_FILES) and others spread over the subsystems as a
kernel spreads its commits, with the shapes of C that make attribution hard: headers of several
lines, return types on a line of their own, attributes before the name and after the
arguments, SYSCALL_DEFINEn, functions under #ifdef, conditionals and braces in strings and comments
inside bodies, one-line functions, old-style definitions, functions made by macros, nested
initialisers.  Same number and seed, same tree.
"""
import itertools
import os
import random

from history_words import HOT_FILES, SUBSYSTEMS, WORDS

KINDS = {                       # suffix or name by the top folder; the last entry is the rest
    "Documentation/": [".rst", ".rst", ".rst", ".txt", ".yaml"],
    "include/": [".h"],
    "scripts/": [".sh", ".py", "Makefile"],
    "rust/": [".rs"],
    "": [".c", ".c", ".c", ".c", ".c", ".c", ".h", ".h", "Makefile", "Kconfig", ".S", ".dts"],
}
ONE_OF_A_KIND = ("Makefile", "Kconfig")         # the whole name, so one in a folder

HEADERS = [
    "int {name}(struct {a} *{a}, int {b})",
    "static int {name}(struct {a} *{a},\n\t\t      unsigned long {b},\n\t\t      int {c})",
    "static inline bool {name}(const struct {a} *{a})",
    "static struct {a} *\n{name}(struct {b} *{b}, int {c})",
    "static void {name}(struct {a} *{a})\n\t__acquires(&{a}->lock)\n\t__releases(&{a}->lock)",
    "static __printf(1, 2) void {name}(const char *fmt, ...)",
    "void __init __attribute__((cold)) {name}(void)",
    "static unsigned long {name}(struct {a} *{a}, int (*{b})(void *, int))",
    "static noinline int __must_check __{name}(struct {a} *{a} /* { of the caller */)",
]
MADE_BY_MACRO = "DEFINE_{A}_HANDLER({name}, struct {a} *{a})"
OLD_STYLE = "int {name}({a}, {b})\n\tstruct {a} *{a};\n\tint {b};"
STATEMENTS = [
    "{a}_{b}({c}, {n});",
    "if ({a}->{b} > {n})\n\treturn {c};",
    "if ({a}_{b}({c})) {{\n\t{c}->{a} = {n};\n\t{b}_put({c});\n}} else {{\n\t{b}++;\n}}",
    "for (i = 0; i < {n}; i++) {{\n\t{a}[i] = {b}(i);\n\tif (!{a}[i])\n\t\tbreak;\n}}",
    "/* the {a} of a {b} has no }} of its own */",
    "pr_debug(\"{a} {{ %d: {b}\\n\", {c});",
    "{a} = {b}({c},\n\t {n},\n\t &{b});",
    "switch ({a}) {{\ncase {n}:\n\t{b} = {c};\n\tbreak;\ndefault:\n\t{b} = 0;\n}}",
    "do {{\n\t{a} = {b}->{c};\n}} while ({a} && --{b});",
    "#ifdef CONFIG_{A}\n{a}_{b}(&{c});\n#else\n{b}_{c}();\n#endif",
    "{a}->{b} = (struct {c}) {{\n\t.{a} = {n},\n}};",
    "WARN_ON(({{ int {a} = {b}; {a} > {n}; }}));",
]
OUTSIDE = [
    "struct {a}_{b} {{\n\tint {a};\n\tunion {{\n\t\tlong {b};\n\t\tvoid *{c};\n\t}};\n"
    "\tint (*{b}_{c})(struct {a} *{a});\n}};",
    "static const struct {a} {b}_{c}s[] = {{\n\t{{ .{a} = {n}, .{b} = \"}}\" }},\n\t"
    "{{ .{a} = 0 }},\n\t{{ }}\n}};",
    "enum {a}_{b} {{\n\t{A}_NONE,\n\t{A}_{B} = {n},\n\t{A}_LAST\n}};",
    "#define {a}_for_each({b}) \\\n\tfor ({b} = 0; \\\n\t     {b} < {n}; {b}++)",
    "static inline int {a}_{b}_{n}(void) {{ return {n}; }}",
    "static inline void {a}_{c}_{n}(int *{b}) {{\n\t*{b} = {n};\n}}",
    "/*\n * The {a} and its {b}:\n *\n *	if ({c}) {{\n *		return;\n */",
    "extern int {a}_{b}_{c};\nint {b}_{c}(int {a});",
]


class SyntheticTree:
    """A made-up tree of FILES files."""

    def __init__(self, files, seed):
        self.random = random.Random(f"tree {seed}")
        self.serial = itertools.count()
        self.contents = {}
        prefixes = list(itertools.accumulate(weight for _, weight in SUBSYSTEMS))
        for path in HOT_FILES[:files]:
            self.put(path)
        while len(self.contents) < files:
            prefix = self.random.choices(SUBSYSTEMS, cum_weights=prefixes)[0][0]
            self.put(self.new_path(prefix))
        self.entries = [(path, len(data), path.endswith(".sh"))
                        for path, data in sorted(self.contents.items())]
        self.links = [("include/shared", "linux"), ("README.first", HOT_FILES[0])]

    def read(self, path):
        """The bytes of the file at PATH."""
        return self.contents[path]

    def word(self):
        """One word."""
        return self.random.choice(WORDS)

    def fill(self, template, **more):
        """TEMPLATE with its {a}, {b}, {c}, {A}, {B} and {n} made up."""
        a, b, c = self.random.sample(WORDS, 3)
        return template.format(a=a, b=b, c=c, A=a.upper(), B=b.upper(),
                               n=self.random.randrange(2, 500), **more)

    def new_path(self, prefix):
        """A path under PREFIX."""
        kinds = next(kinds for top, kinds in KINDS.items() if prefix.startswith(top))
        kind = self.random.choice(kinds)
        folder = os.path.join(prefix or "init", self.word())
        if kind in ONE_OF_A_KIND:
            return os.path.join(folder, kind)
        return os.path.join(folder, f"{self.word()}-{next(self.serial)}{kind}")

    def put(self, path):
        """Make up the content of PATH by its kind."""
        if path in self.contents:
            return
        if path.endswith((".c", ".h")):
            text = self.c_file(path)
        else:
            text = "#!/bin/sh\n" if path.endswith(".sh") else f"# {os.path.basename(path)}\n"
            for _ in range(self.random.randrange(30, 90)):
                text += " ".join(self.word() for _ in range(self.random.randrange(9))) + "\n"
        self.contents[path] = text.encode()

    def c_file(self, path):
        """A C file: licence, includes, then functions and what is between them."""
        parts = ["// SPDX-License-Identifier: GPL-2.0\n#include <linux/kernel.h>",
                 self.fill("#include <linux/{a}.h>\n#include \"{b}.h\"")]
        least = 10 if path in HOT_FILES else 4
        for _ in range(self.random.randrange(least, least + 9)):
            if self.random.random() < .4:
                parts.append(self.fill(self.random.choice(OUTSIDE)))
            parts.append(self.function(path))
        return "\n\n".join(parts) + "\n"

    def function(self, path):
        """A function with its comment, conditional or export, as the case may be."""
        name = f"{self.word()}_{self.word()}_{next(self.serial)}"
        chance = self.random.random()
        if chance < .06 and path.endswith(".c"):
            arguments = self.fill("int, {a}, char __user *, {b}, size_t, {c}")
            return self.body(f"SYSCALL_DEFINE3({name}, {arguments})")
        if chance < .10:
            return self.body(self.fill(self.random.choice([MADE_BY_MACRO, OLD_STYLE]), name=name))
        header = self.random.choice(HEADERS).replace("{ of", "{{ of")
        text = self.body(self.fill(header, name=name))
        if chance < .18:
            twin = self.body(f"static inline void {name}_off(void)")
            return self.fill("#ifdef CONFIG_{A}\n") + text + "\n#else\n" + twin + "\n#endif"
        if chance < .4:
            text = self.fill("/**\n * {name} - the {a} of the {b}\n * @{c}: {n}\n */\n",
                             name=name) + text
        return text + (f"\nEXPORT_SYMBOL_GPL({name});" if chance > .7 else "")

    def body(self, header):
        """HEADER with a body."""
        lines = [self.fill("struct {a} *{b} = NULL;"), "int i, ret = 0;", ""]
        for _ in range(self.random.randrange(2, 12)):
            lines += self.fill(self.random.choice(STATEMENTS)).split("\n")
        lines += ["", "return ret;"]
        inner = "\n".join("\t" + line if line and line[0] != "#" else line for line in lines)
        return f"{header}\n{{\n{inner}\n}}"
