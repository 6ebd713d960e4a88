/*
 * Which headers of a tree do some of its files include?
 *
 *	struct includes includes = INCLUDES_INIT;
 *
 *	includes_note(&includes, "mm/slub.c", text, len);	for each file
 *	if (includes_find(&includes, repo, &tip, &headers)) ...
 *	includes_release(&includes);
 *
 * Include paths of compilers are not known. Of the files whose path ends with
 * the name that is included, the nearest to the one that includes it counts,
 * then one below include/, then the shortest path.
 */
#ifndef REPO_INCLUDES_H
#define REPO_INCLUDES_H

#include "base/strvec.h"
#include "repo/repo.h"

struct includes {
	/* What is included, as it stands there, each with the folder of the file ("" or "mm/"). */
	struct strvec names, folders;
};

#define INCLUDES_INIT                                         \
	{                                                     \
		.names = STRVEC_INIT, .folders = STRVEC_INIT, \
	}

/* The `#include` lines of one file. */
void includes_note(struct includes *includes, const char *path, const char *text, size_t len);
/* The paths in the tree of `commit`, sorted, each once. Returns 0, or -1 with a recorded error. */
int includes_find(const struct includes *includes, struct repo *repo, const struct oid *commit,
		  struct strvec *headers) MUST_CHECK;
void includes_release(struct includes *includes);

#endif
