#!/usr/bin/env python3
"""Write a made-up history of kernel scale into a new bare repository.

The history starts with one commit that imports a source tree: an unpacked one (a kernel's, say; it
is only read), or a small made-up one that needs neither disk nor network.  After --before commits
comes the first tag, then exactly --commits commits in FIRST..LAST with the other tags evenly
between: a main line, long-lived subsystem branches, topic branches, merges of all kinds, edits in
existing functions, new, renamed and removed files, and messages with Fixes: and revert lines that
name real ancestors (a revert is one by its message only: it changes the same place again).

The same tree, seed and options give the same object ids.

--truth writes commit, path and function (or "-" for text outside functions), by tabs, for each edit
of an ordinary commit: what the plan says, no diff is made.  Of a commit and path that stand
there every changed function stands there.  Merges, whole files that come, go or move, and languages
other than C are left out.  --profile writes function,samples,sys_percent,file_path of a made-up
workload; its files are never renamed or removed.
"""
import argparse
import os
import shutil
import subprocess
import sys
import time

sys.dont_write_bytecode = True

from history_files import Files                     # noqa: E402
from history_plan import HOT, Plan, Shape           # noqa: E402
from history_synthetic import SyntheticTree         # noqa: E402
from history_tree import DirectoryTree              # noqa: E402
from history_words import HOT_FILES                 # noqa: E402
from history_write import Writer, write_profile     # noqa: E402

TAGS = "v6.12,v6.13,v6.14,v6.15,v6.16,v6.17"
MOST_FILES = 20000              # of a made-up tree


def fatal(message):
    """Say what is wrong, and end."""
    print(f"fatal: {message}", file=sys.stderr)
    sys.exit(128)


class Parser(argparse.ArgumentParser):
    """A parser whose errors end as ours do."""

    def error(self, message):
        """Say what is wrong with the options, and end."""
        fatal(message)


def parse(arguments):
    """The options, checked."""
    parser = Parser(description=__doc__.split("\n\n", maxsplit=1)[0], allow_abbrev=False)
    add = parser.add_argument
    add("--tree", metavar="DIR", help="import this unpacked source tree")
    add("--tree-files", metavar="N", type=int, help="or a made-up tree of N files")
    add("--repo", metavar="DIR", required=True, help="the repository to make")
    add("--seed", default="1", help="another seed, another history (default: 1)")
    add("--commits", metavar="N", type=int, default=72482, help="in FIRST..LAST (default: 72482)")
    add("--before", metavar="N", type=int, help="before the first tag (default: 1/18 of them)")
    add("--tags", default=TAGS, metavar="A,B,...", help=f"(default: {TAGS})")
    add("--profile", metavar="FILE", help="write the profile there")
    add("--truth", metavar="FILE", help="write the truth there")
    add("--quiet", action="store_true", help="report no progress")
    options = parser.parse_args(arguments)
    options.tags = options.tags.split(",")
    if options.before is None:
        options.before = options.commits // 18
    check_tree(options)
    check_numbers(options)
    check_places(options)
    return options


def check_tree(options):
    """Exactly one tree, and it is there."""
    if (options.tree is None) == (options.tree_files is None):
        fatal("give either --tree DIR or --tree-files N")
    if options.tree is not None and not os.path.isdir(options.tree):
        fatal(f"--tree: '{options.tree}' is not a folder")
    if options.tree_files is not None and not len(HOT_FILES) <= options.tree_files <= MOST_FILES:
        fatal(f"--tree-files must be from {len(HOT_FILES)} to {MOST_FILES}")


def check_numbers(options):
    """Tags that git takes, and commits enough for them."""
    if shutil.which("git") is None:
        fatal("there is no git on the PATH")
    for tag in options.tags:
        if subprocess.run(["git", "check-ref-format", f"refs/tags/{tag}"], check=False).returncode:
            fatal(f"--tags: '{tag}' is not a name that git takes for a tag")
    if len(options.tags) < 2 or len(set(options.tags)) < len(options.tags):
        fatal("--tags must be two or more different names")
    if options.commits < len(options.tags):
        fatal(f"--commits must be at least the number of tags, {len(options.tags)}")
    if options.before < 0:
        fatal("--before must not be negative")


def check_places(options):
    """Nothing is overwritten but profile and truth, and their folders are there."""
    if os.path.lexists(options.repo):
        fatal(f"--repo: '{options.repo}' is there already")
    for name in ("repo", "profile", "truth"):
        path = getattr(options, name)
        if path is not None and not os.path.isdir(os.path.dirname(os.path.abspath(path))):
            fatal(f"--{name}: the folder of '{path}' is not there")
        if path is not None and name != "repo" and os.path.isdir(path):
            fatal(f"--{name}: '{path}' is a folder")


def main(arguments):
    """Read the tree, plan, write."""
    options, start = parse(arguments), time.monotonic()

    def say(text):
        if not options.quiet:
            print(f"{time.monotonic() - start:7.1f}s  {text}", file=sys.stderr)

    tree = (DirectoryTree(options.tree) if options.tree is not None else
            SyntheticTree(options.tree_files, options.seed))
    files = Files(tree, options.seed)
    say(f"tree read: {files.imported} files")
    plan = Plan(files, Shape(options.commits, options.before, options.tags, options.seed))
    if not plan.pools.members:
        fatal(f"--tree: '{options.tree}' has no file that can be edited")
    if options.profile and not any(file.path in HOT for file in files.all):
        fatal("--profile: the tree has none of the kernel's files that a profile is made of")
    plan.make()
    merges = sum(len(commit.parents) > 1 for commit in plan.commits)
    say(f"planned: {len(plan.commits)} commits, {merges} merges, {files.marks} versions of files")
    if options.profile:
        write_profile(options.profile, files, options.seed)
    try:
        failed = Writer(plan, files, options.seed, options.repo).run(options.truth)
    except (BrokenPipeError, subprocess.CalledProcessError):
        failed = True
    if failed:
        fatal(f"git could not write '{options.repo}', which is not complete")
    say("written")


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except OSError as error:
        fatal(f"{error.filename}: {error.strerror}" if error.filename else str(error))
