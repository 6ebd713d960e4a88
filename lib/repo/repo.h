/*
 * One git repository, as git itself sees it from the current directory (so
 * git -C, GIT_DIR, GIT_WORK_TREE, safe.directory and linked worktrees hold),
 * and the only door to its objects.
 *
 *	struct repo *repo;
 *
 *	if (repo_open(&repo))
 *		return -1;
 *	if (repo_read(repo, &id, OBJECT_BLOB, &object)) ...
 *	repo_close(repo);
 *
 * Objects are read through libgit2's object database with hash verification
 * off. No repository is opened for it, so neither the kind of refs nor
 * extensions matter. What it cannot read (SHA-256, formats of a newer git)
 * comes from one `git cat-file --batch` child. Both honour refs/replace, and
 * neither ever fetches what a partial clone lacks. The caller sees no
 * difference but speed.
 *
 * GIT_TEST_PERF_PLUMBING=1 in the environment leaves all to git's plumbing; for
 * tests.
 */
#ifndef REPO_REPO_H
#define REPO_REPO_H

#include "base/strbuf.h"
#include "repo/oid.h"

enum object_kind {
	OBJECT_NONE,
	OBJECT_COMMIT,
	OBJECT_TREE,
	OBJECT_BLOB,
	OBJECT_TAG,
};

struct repo {
	/* Absolute paths, owned. The work tree is NULL in a bare repository. */
	char *git_dir;
	char *common_dir;
	char *object_dir;
	char *work_tree;
	/* Bytes of an object id. */
	size_t rawlen;
	bool shallow;
	/* A partial clone (packs from a promisor): objects may be missing. */
	bool partial;
	/* refs/replace or info/grafts exist: the commit-graph does not hold. */
	bool rewritten;
	/* Objects come from git's own plumbing, not from libgit2. */
	bool plumbing;
	/* Why, for a message; NULL when plumbing is false. */
	char *plumbing_why;
	struct repo_objects *objects;
};

/* An object's content, borrowed until the next repo_read() or repo_close(). */
struct object {
	enum object_kind kind;
	const char *data;
	size_t size;
};

/*
 * Opens the repository that git finds; the error is git's own sentence
 * (not a repository, dubious ownership).
 */
int repo_open(struct repo **repo) MUST_CHECK;
void repo_close(struct repo *repo);
/*
 * In a forked child that goes on reading: lets go of the git child that is the
 * parent's. (What libgit2 has open is mapped, and can be shared.)
 */
void repo_forked(struct repo *repo);

/*
 * Moves to `out` what git's children have said on stderr so far without failing:
 * lines such as "warning: refname 'x' is ambiguous.", foreign text.
 */
void repo_said(struct strbuf *out);

/*
 * Reads an object; `kind` OBJECT_NONE takes any. Returns 0, 1 when the object
 * is missing (a partial clone's blob, say; a message is recorded), or -1.
 * The data ends with a NUL that `size` does not count.
 */
int repo_read(struct repo *repo, const struct oid *id, enum object_kind kind, struct object *object) MUST_CHECK;

/*
 * Finds the entry of `path` ("" is the root) in the tree or commit `treeish`.
 * Returns 0 with the entry's id and mode, 1 when there is none, or -1.
 */
int repo_tree_entry(struct repo *repo, const struct oid *treeish, const char *path, struct oid *id,
		    unsigned *mode) MUST_CHECK;

/*
 * Calls `fn` for every entry that is not a tree, in git's order, with its full
 * path (git ls-tree -r). A non-zero answer of `fn` ends the walk and is returned.
 */
typedef int repo_path_fn(const char *path, const struct oid *id, unsigned mode, void *data);
int repo_list_tree(struct repo *repo, const struct oid *treeish, repo_path_fn *fn, void *data) MUST_CHECK;

/*
 * Calls `fn` with the name of every entry that is not a tree and that two trees
 * (zero: an empty one) do not have alike; not of what lies in trees below. The id
 * and mode are those of `after`, or of `before` where the entry is gone.
 */
int repo_tree_changes(struct repo *repo, const struct oid *before, const struct oid *after, repo_path_fn *fn,
		      void *data) MUST_CHECK;

#endif
