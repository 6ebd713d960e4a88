"""The source trees that a history can begin with.

A tree has `entries` (path, size, executable), `links` (path, target) and `read(path)`:
DirectoryTree is an unpacked tree on disk, history_synthetic.SyntheticTree a made-up one in memory.
Paths are str with surrogates for bytes that are not UTF-8 (os.fsencode gives the bytes).
"""
import os
import stat


class DirectoryTree:
    """An unpacked source tree; it is only read."""

    def __init__(self, root):
        self.root = root
        self.entries, self.links = [], []
        for folder, folders, names in os.walk(root):
            folders[:] = sorted(name for name in folders if name != ".git")
            for name in sorted(names + [f for f in folders if self.is_link(folder, f)]):
                if name != ".git":
                    self.add(os.path.join(folder, name))

    @staticmethod
    def is_link(folder, name):
        """Is NAME in FOLDER a symbolic link?"""
        return os.path.islink(os.path.join(folder, name))

    def add(self, full):
        """Take in one path; what git has no object for (sockets, devices) is left out."""
        path, status = os.path.relpath(full, self.root), os.lstat(full)
        if stat.S_ISLNK(status.st_mode):
            self.links.append((path, os.readlink(full)))
        elif stat.S_ISREG(status.st_mode):
            self.entries.append((path, status.st_size, bool(status.st_mode & stat.S_IXUSR)))

    def read(self, path):
        """The bytes of the file at PATH."""
        with open(os.path.join(self.root, path), "rb") as file:
            return file.read()
