"""Authors and messages of the commits of a history.

    writer = Messages(plan, files, seed)
    author, text = writer.message(number, name_of)      # in order: a subject is quoted later on
"""
import random

from history_plan import BACK_MERGE, BRANCH_MERGE, IMPORT, MERGES, TOPIC_MERGE
from history_source import OUTSIDE, UNSAID
from history_words import ADJECTIVES, PERFORMANCE_NOTES, SYLLABLES, VERBS, WORDS

PEOPLE = 1500
MAINTAINERS = 80                # the first of the people commit what others wrote
LINE = 64                       # columns of a paragraph


class Messages:
    """Makes up who wrote a commit, and what the message says."""

    def __init__(self, plan, files, seed):
        self.commits, self.files, self.seed = plan.commits, files, seed
        self.subjects = {}
        chance = random.Random(f"people {seed}")
        self.people = [" ".join("".join(chance.choices(SYLLABLES, k=chance.choice((2, 3))))
                                .capitalize() for _ in range(2)) for _ in range(PEOPLE)]
        self.activity = [1 / (rank + 3) for rank in range(PEOPLE)]

    def message(self, number, name_of):
        """The author and the message of a commit; NAME_OF(number) gives an earlier one's id."""
        chance = random.Random(f"{self.seed} message {number}")
        commit = self.commits[number]
        author = chance.choices(self.people, self.activity)[0]
        if commit.kind == IMPORT:
            return author, "Import the base tree\n"
        if commit.kind in MERGES:
            return author, self.merge(chance, commit, number)
        place = self.place(commit)
        subject, body = self.subject(chance, commit, place), self.body(chance, place)
        trailers = self.trailers(chance, author)
        if commit.cites:
            verb, cited = commit.cites
            if verb == "Revert":
                subject = f'Revert "{self.subjects[cited]}"'
                body.insert(0, f"This reverts commit {name_of(cited)}.")
            else:
                trailers.insert(0, f'Fixes: {name_of(cited)[:12]} ("{self.subjects[cited]}")')
        self.subjects[number] = subject
        return author, "\n\n".join([subject] + body + ["\n".join(trailers)]) + "\n"

    def committer(self, number):
        """Who committed: the maintainer of the subsystem."""
        value = 0
        for char in self.commits[number].subsystem.encode():
            value = value * 31 + char & 0xffffffff
        return self.people[value % MAINTAINERS]

    def place(self, commit):
        """(what the subject is about, the function edited or None)."""
        number, segment = commit.edits[0] if commit.edits else (commit.changes[0][0], None)
        file = self.files[number]
        name = file.names[segment] if segment is not None else OUTSIDE
        return self.files.subject_name(number), name if name not in (OUTSIDE, UNSAID) else None

    @staticmethod
    def area(commit):
        """The subsystem as a subject names it."""
        return commit.subsystem.strip("/").replace("drivers/", "") or "treewide"

    def subject(self, chance, commit, place):
        """The first line."""
        leaf, function = place
        what = f"{chance.choice(VERBS)} {chance.choice(ADJECTIVES)} {chance.choice(WORDS)}"
        where = f"in {function}()" if function and chance.random() < .5 else chance.choice(WORDS)
        return f"{self.area(commit)}/{leaf}: {what} {where}"

    def body(self, chance, place):
        """One to three paragraphs, seldom with a figure."""
        paragraphs = [self.paragraph(chance) for _ in range(chance.randrange(1, 4))]
        if chance.random() < .05:
            note = chance.choice(PERFORMANCE_NOTES)
            paragraphs.append(note % (place[1] or place[0], chance.randrange(2, 40)))
        return paragraphs

    @staticmethod
    def paragraph(chance):
        """Some words, in lines."""
        lines = [""]
        for word in chance.choices(WORDS, k=chance.randrange(12, 60)):
            if len(lines[-1]) > LINE:
                lines.append("")
            lines[-1] += " " + word if lines[-1] else word
        return "\n".join(lines) + "."

    def trailers(self, chance, author):
        """Who reported, reviewed and signed."""
        lines = []
        if chance.random() < .1:
            lines.append("Reported-by: " + signature(chance.choice(self.people)))
        if chance.random() < .1:
            lines.append("Cc: stable@example.org")
        for _ in range(chance.choice((0, 0, 1, 1, 2, 3))):
            kind = chance.choice(("Reviewed-by", "Acked-by", "Tested-by"))
            lines.append(f"{kind}: {signature(chance.choice(self.people))}")
        lines.append("Signed-off-by: " + signature(author))
        if chance.random() < .8:
            lines.append(f"Link: https://list.example.org/r/{chance.getrandbits(64):016x}")
            lines.append("Signed-off-by: " + signature(chance.choice(self.people[:MAINTAINERS])))
        return lines

    def merge(self, chance, commit, number):
        """The message of a merge."""
        area, word = self.area(commit), chance.choice(WORDS)
        subject = {
            TOPIC_MERGE: f"Merge branch '{area}/{word}' into {area}-next",
            BRANCH_MERGE: f"Merge tag '{area.replace('/', '-')}-{word}-{number}' of "
                          f"tree.example.org/{area}",
            BACK_MERGE: f"Merge branch 'main' into {area}-next",
        }[commit.kind]
        items = [f" - {chance.choice(VERBS)} the {chance.choice(ADJECTIVES)} {chance.choice(WORDS)}"
                 for _ in range(chance.randrange(1, 9))]
        return "\n".join([subject, "", f"Pull {area} updates:", ""] + items) + "\n"


def signature(person):
    """A person with an address."""
    return f"{person} <{person.lower().replace(' ', '.')}@example.com>"
