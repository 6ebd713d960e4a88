#!/usr/bin/env python3
"""How fast the path walk is, side by side with git log.

    bench-walk.py --repo DIR --range A..B --paths FILE [--plain DIR]
                  [--rounds N] [--helper build/helper/test-touch] [--check]

DIR is a repository whose commit-graph has changed-path filters
(git commit-graph write --reachable --changed-paths); --plain names the same
without filters, by default a passing clone that borrows DIR's objects.
FILE holds a path a line. The runs are interleaved, so that a busy machine
slows all alike; what counts is user + system time of a command and all its
children, and the ratio of medians. --check compares the ids with those of
git log --full-history --no-merges first.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile


def run(argv, directory, paths):
    """Runs to the end; CPU seconds, peak resident MiB, and the output."""
    with tempfile.TemporaryFile() as out:
        child = subprocess.Popen(argv, cwd=directory, stdin=subprocess.PIPE, stdout=out)
        child.stdin.write(paths)
        child.stdin.close()
        _, status, usage = os.wait4(child.pid, 0)
        if status:
            sys.exit(f"{' '.join(argv[:6])} ... failed in {directory}")
        out.seek(0)
        return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, out.read()


def git(*args):
    subprocess.run(["git", *args], check=True, stdout=subprocess.DEVNULL)


def make_plain(repo, directory):
    """A clone without filters in its commit-graph, which stands before DIR's own."""
    plain = os.path.join(directory, "plain.git")
    git("clone", "--quiet", "--bare", "--shared", repo, plain)
    git("-C", plain, "commit-graph", "write", "--reachable", "--no-changed-paths")
    return plain


def check(options, words, paths):
    expect = run(["git", "log", "--full-history", "--no-merges", "--format=%H", *words], options.repo, b"")[2]
    for directory in (options.repo, options.plain):
        actual = run([options.helper, options.range], directory, paths)[2]
        ids = sorted(line.split()[0] for line in actual.splitlines() if line.split()[1] == b"C")
        if ids != sorted(expect.split()):
            sys.exit(f"other commits than git log --full-history in {directory}")
    print(f"same {len(expect.split())} commits as git log --full-history --no-merges")


def measure(options, words, paths):
    log = ["git", "log", "--format=%H", *words]
    walk = [options.helper, options.range]
    rows = [
        ("git log, filters", log, options.repo),
        ("walk, filters", walk, options.repo),
        ("git log, no filters", log, options.plain),
        ("walk, no filters", walk, options.plain),
    ]
    cpu = {name: [] for name, _, _ in rows}
    peak = dict.fromkeys(cpu, 0)
    for _ in range(options.rounds):
        for name, argv, directory in rows:
            seconds, mebibytes, _ = run(argv, directory, paths)
            cpu[name].append(seconds)
            peak[name] = max(peak[name], mebibytes)
    for name, seconds in cpu.items():
        print(f"{name:20} median {statistics.median(seconds):6.2f} s  min {min(seconds):6.2f} s  peak {peak[name]:4.0f} MiB")
    for kind in ("filters", "no filters"):
        slow, fast = cpu[f"git log, {kind}"], cpu[f"walk, {kind}"]
        print(f"{kind}: {statistics.median(slow) / statistics.median(fast):.1f} x (of minima {min(slow) / min(fast):.1f} x)")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--repo", required=True)
    parser.add_argument("--plain")
    parser.add_argument("--range", required=True)
    parser.add_argument("--paths", required=True)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--helper", default="build/helper/test-touch")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    options.helper = os.path.abspath(options.helper)
    with open(options.paths, "rb") as file:
        paths = file.read()
    words = [options.range, "--", *paths.decode("utf-8", "surrogateescape").splitlines()]
    with tempfile.TemporaryDirectory() as directory:
        options.plain = options.plain or make_plain(os.path.abspath(options.repo), directory)
        if options.check:
            check(options, words, paths)
        measure(options, words, paths)


if __name__ == "__main__":
    main()
