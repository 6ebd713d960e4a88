/*
 * Functions that a commit takes out of one file and puts into another. Renames
 * of whole files are git's to find (git diff-tree -M); this is for files that
 * are split, merged, or lose but some of their functions.
 *
 *	if (moved_functions(repo, &commit, "b.c", names, nr, note, data)) ...
 *
 * Bounded: a commit that changes more than MOVED_FILES source files is not
 * looked into.
 */
#ifndef REPO_MOVED_H
#define REPO_MOVED_H

#include "repo/repo.h"

#define MOVED_FILES 200

/* The index of a name, and the file that defined it before the commit and not after it. */
typedef void moved_fn(size_t name, const char *from, void *data);

/*
 * Where were these functions, which the commit brings to `path`, before it?
 * `fn` is called for each place, none for what is new. A commit with several
 * parents, or none, moves nothing. Returns 0, or -1 with a recorded error.
 */
int moved_functions(struct repo *repo, const struct oid *commit, const char *path, const char *const *names,
		    size_t nr, moved_fn *fn, void *data) MUST_CHECK;

/*
 * Which of these functions does the blob (zero: none) define? Sets `defined`, and
 * returns how many; -1 with a recorded error.
 */
int blob_defines(struct repo *repo, const struct oid *blob, const char *const *names, size_t nr,
		 bool *defined) MUST_CHECK;

#endif
