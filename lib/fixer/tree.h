/*
 * A commit checked out in a clone of its own and built, and a spare copy of what came of
 * it, so that every run finds it as the build left it. Objects are shared with the user's
 * repository; configuration, hooks, index and HEAD are the clone's own.
 *
 *	struct tree tree = TREE_INIT;
 *
 *	tree_init(&tree, path);
 *	if (tree_checkout(&tree, repo, &id) || tree_build(&tree, hex, command, seconds, log))
 *		return -1;
 *	... run something in tree.path ...
 *	if (tree_restore(&tree, &changed))
 *		return -1;
 *	tree_release(&tree);			files stay
 *
 * Paths are absolute. Errors: 0, or -1 with a recorded error; 1 where it says so.
 */
#ifndef FIXER_TREE_H
#define FIXER_TREE_H

#include "base/sha256.h"
#include "base/strbuf.h"
#include "repo/repo.h"

struct tree {
	/* <path>.spare is the copy, <path>.built says of which commit it is. Owned. */
	char *path;
	/* As the build left it, and as the copy was made. */
	char stamp[SHA256_HEX_SIZE], spare_stamp[SHA256_HEX_SIZE];
};

#define TREE_INIT             \
	{                     \
		.path = NULL, \
	}

void tree_init(struct tree *tree, const char *path);
/* A shared clone at `path`, made anew, with `id` checked out, detached, and no remote; no hook of the user's runs. */
int clone_shared(struct repo *repo, const char *path, const struct oid *id) MUST_CHECK;
/* The same for a tree; forgets its spare copy. */
int tree_checkout(struct tree *tree, struct repo *repo, const struct oid *id) MUST_CHECK;
/*
 * Builds, and makes the spare copy. Returns 1 with a recorded error when the build failed;
 * `log` has what it said, `tail` (may be NULL) its end.
 */
int tree_build(struct tree *tree, const char *hex, const char *command, double timeout, const char *log,
	       struct strbuf *tail) MUST_CHECK;
/* Is the tree of this commit there, built, by an earlier process? Then it is ready. */
bool tree_is_built(struct tree *tree, const char *hex);
/* Puts back what a run changed; `*changed` (may be NULL) says whether it did. -1 also when the copy was changed. */
int tree_restore(struct tree *tree, bool *changed) MUST_CHECK;
/* Is the spare copy as it was made? */
bool tree_is_spared(const struct tree *tree);
/* The next one who needs it builds it anew. */
int tree_forget(const struct tree *tree) MUST_CHECK;
/*
 * Runs a check in the built tree, and puts back what it changed. Returns 1 with a recorded error when it
 * failed, as tree_build().
 */
int tree_check(struct tree *tree, const char *command, double timeout, const char *log,
	       struct strbuf *tail) MUST_CHECK;
void tree_release(struct tree *tree);

#endif
