"""Put a planned history into a new bare repository, and its profile and truth into files.

Blobs go out file by file, so that git fast-import can make each a delta of the one before it, and
commits after them.  Each line of development has a ref of its own while it is
written, because fast-import then keeps its tree at hand instead of reading it back.
"""
import csv
import os
import random
import subprocess

from history_message import Messages, signature
from history_plan import MAIN
from history_source import OUTSIDE, UNSAID
from history_words import HOT_FILES

FIRST_DAY = 1720000000          # 3 July 2024
SPAN = 455 * 86400              # seconds from the first commit to the last
FUNCTIONS_PER_FILE = 4          # in the profile


def git_environment():
    """An environment in which nobody's settings change what git writes."""
    environment = {key: value for key, value in os.environ.items()
                   if not key.startswith("GIT_") or key == "GIT_EXEC_PATH"}
    environment.update(GIT_CONFIG_GLOBAL=os.devnull, GIT_CONFIG_NOSYSTEM="1",
                       GIT_DEFAULT_HASH="sha1")
    return environment


class Importer:
    """A git fast-import that fills a new bare repository."""

    def __init__(self, repository):
        environment = git_environment()
        subprocess.run(["git", "init", "-q", "--bare", "-b", "master", "--", repository],
                       check=True, env=environment)
        answers, answered = os.pipe()
        self.process = subprocess.Popen(
            ["git", "-C", repository, "-c", "core.compression=1", "fast-import", "--quiet",
             "--force", "--depth=50", "--active-branches=400", "--big-file-threshold=64m",
             f"--cat-blob-fd={answered}"],
            stdin=subprocess.PIPE, pass_fds=[answered], bufsize=1 << 20, env=environment)
        os.close(answered)
        self.answers = os.fdopen(answers, "rb")
        self.write = self.process.stdin.write

    def data(self, data):
        """Write a data block."""
        self.write(b"data %d\n" % len(data))
        self.write(data)
        self.write(b"\n")

    def id_of(self, mark):
        """The object id that a mark stands for."""
        self.write(b"get-mark :%d\n" % mark)
        self.process.stdin.flush()
        return self.answers.readline().strip().decode()

    def close(self):
        """Finish; 0 when all went well."""
        self.process.stdin.close()
        self.answers.close()
        return self.process.wait()


class Writer:
    """Writes one plan."""

    def __init__(self, plan, files, seed, repository):
        self.plan, self.files, self.seed = plan, files, seed
        self.messages = Messages(plan, files, seed)
        self.importer = Importer(repository)
        self.write = self.importer.write
        self.ids, self.dates = {}, []
        self.first_mark = 0             # of the first commit, known when all blobs are out

    def run(self, truth=None):
        """Write everything, and the truth to the file TRUTH; 0 when all went well."""
        self.blobs()
        self.first_mark = self.files.marks + 1
        for number in range(len(self.plan.commits)):
            self.commit(number)
        self.refs()
        if truth:
            self.write_truth(truth)
        return self.importer.close()

    def blobs(self):
        """Write every file in every state that a commit has it in."""
        for number, file in enumerate(self.files.all):
            if self.files.is_imported(number):
                self.files.mark(number, ())
            states = sorted(file.marks, key=file.marks.get)
            for state, data in zip(states, self.files.contents(number, states)):
                self.write(b"blob\nmark :%d\n" % file.marks[state])
                self.importer.data(data)

    def mark(self, number):
        """The mark of a commit."""
        return self.first_mark + number

    def id_of(self, number):
        """The object id of a commit that was written."""
        if number not in self.ids:
            self.ids[number] = self.importer.id_of(self.mark(number))
        return self.ids[number]

    def commit(self, number):
        """Write one commit."""
        commit = self.plan.commits[number]
        author, message = self.messages.message(number, self.id_of)
        written, committed = self.times(number, commit.parents)
        self.write(b"commit %s\nmark :%d\n" % (line_ref(commit.line), self.mark(number)))
        self.write(f"author {signature(author)} {written} +0100\n".encode())
        committer = signature(self.messages.committer(number))
        self.write(f"committer {committer} {committed} -0700\n".encode())
        self.importer.data(os.fsencode(message))
        for k, parent in enumerate(commit.parents):
            self.write(b"%s :%d\n" % (b"merge" if k else b"from", self.mark(parent)))
        if commit.parents:
            for file, mark in commit.changes:
                self.change(self.files[file], mark)
        else:
            self.base_tree()
        self.write(b"\n")

    def times(self, number, parents):
        """When a commit was written and committed: never before its parents."""
        chance = random.Random(f"{self.seed} time {number}")
        committed = FIRST_DAY + SPAN * number // len(self.plan.commits)
        if chance.random() < .3:
            committed += chance.randrange(-7200, 7200)
        committed = max([committed] + [self.dates[parent] + 1 for parent in parents])
        self.dates.append(committed)
        return committed - int(chance.expovariate(1 / (9 * 86400))), committed

    def change(self, file, mark):
        """Write what a commit does to one file."""
        if mark is None:
            self.write(b"D %s\n" % quoted(file.path))
        else:
            self.write(b"M %s :%d %s\n" % (file.mode, mark, quoted(file.path)))

    def base_tree(self):
        """Write the files and links of the first commit."""
        for file in self.files.all[:self.files.imported]:
            self.change(file, file.marks[()])
        for path, target in self.files.tree.links:
            self.write(b"M 120000 inline %s\n" % quoted(path))
            self.importer.data(os.fsencode(target))

    def refs(self):
        """Write tags and the branch, and take the refs of the lines away."""
        for name, number in self.plan.tags:
            self.write(f"tag {name}\nfrom :{self.mark(number)}\ntagger Tree Keeper "
                       f"<keeper@example.com> {self.dates[number] + 60} +0000\n".encode())
            self.importer.data(f"{name}\n".encode())
        for line in sorted({commit.line for commit in self.plan.commits} - {MAIN}):
            self.write(b"reset %s\nfrom %s\n\n" % (line_ref(line), b"0" * 40))

    def write_truth(self, path):
        """Write the truth: commit, path and function (or "-") of every edit that is certain."""
        with open(path, "w", encoding="utf-8", errors="surrogateescape") as out:
            for number, commit in enumerate(self.plan.commits):
                places = {(self.files[file].path, self.files[file].names[segment])
                          for file, segment in commit.edits}
                for file, function in sorted(places):
                    if function != UNSAID:
                        out.write(f"{self.id_of(number)}\t{file}\t{function}\n")


def line_ref(line):
    """The ref under which a line of development is written."""
    return b"refs/heads/master" if line == MAIN else b"refs/heads/line-%d" % line


def quoted(path):
    """A path as fast-import takes it."""
    raw = os.fsencode(path)
    if raw.startswith(b'"') or b"\n" in raw:
        raw = b'"%s"' % raw.replace(b"\\", b"\\\\").replace(b'"', b'\\"').replace(b"\n", b"\\n")
    return raw


def write_profile(path, files, seed):
    """Write a made-up profile: function,samples,sys_percent,file_path.

    Its rows are functions of the hot files that certainly are functions of that name: of each
    file those that the history edits most, and others by chance.
    """
    chance = random.Random(f"profile {seed}")
    numbers = {file.path: number for number, file in enumerate(files.all)}
    rows = []
    for rank, hot in enumerate(path for path in HOT_FILES if path in numbers):
        for function in profiled_functions(files.cut(numbers[hot]), chance):
            samples = int(3000 / (rank + 1) * (chance.random() + .1)) + 1
            rows.append((function, samples, hot))
    rows.sort(key=lambda row: (-row[1], row))
    total = sum(samples for _, samples, _ in rows)
    with open(path, "w", encoding="utf-8", newline="") as out:
        table = csv.writer(out, lineterminator="\n")
        table.writerow(["function", "samples", "sys_percent", "file_path"])
        for function, samples, hot in rows:
            table.writerow([function, samples, f"{100 * samples / total:.2f}", hot])


def profiled_functions(file, chance):
    """Some functions of a file: half of them the most edited ones."""
    edited = {}
    for segment, version in file.top.items():
        edited[file.names[segment]] = edited.get(file.names[segment], 0) + version
    names = sorted(set(file.names) - {OUTSIDE, UNSAID})
    busiest = sorted(names, key=lambda name: (-edited.get(name, 0), name))
    chosen = busiest[:FUNCTIONS_PER_FILE // 2]
    others = [name for name in names if name not in chosen]
    return chosen + chance.sample(others, min(len(others), FUNCTIONS_PER_FILE - len(chosen)))
