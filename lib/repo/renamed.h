/*
 * The name that a file had before the commit that adds it, as git sees
 * renames (git diff-tree -M). Functions that move without their file:
 * repo/moved.h.
 *
 *	struct renamed renamed = RENAMED_INIT;
 *
 *	if (renamed_from(repo, &commit, "b.c", &renamed)) ...
 *	if (renamed.from) ...
 *	renamed_release(&renamed);
 */
#ifndef REPO_RENAMED_H
#define REPO_RENAMED_H

#include "repo/repo.h"

struct renamed {
	/* NULL: it is new. */
	char *from;
	struct oid before;
	/* It may have had a name that changed with its text, of which a partial clone lacks a version. */
	bool unknown;
};

#define RENAMED_INIT         \
	{                    \
		.from = NULL \
	}

/* A child of git. Returns 0, or -1 with a recorded error. */
int renamed_from(struct repo *repo, const struct oid *commit, const char *path,
		 struct renamed *renamed) MUST_CHECK;
void renamed_release(struct renamed *renamed);

#endif
