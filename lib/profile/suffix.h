/*
 * Which path of a tree is the file that a compiler saw as
 * /build/linux-6.1/kernel/sched/fair.c? The one that shares its end, when one
 * of the two is an end of the other and no other path of the tree shares as much.
 *
 *	struct suffixes suffixes = SUFFIXES_INIT;
 *
 *	if (suffixes_load(&suffixes, repo, &commit))		of a tree; or suffixes_add()
 *		return -1;
 *	path = suffixes_find(&suffixes, "/build/linux-6.1/./kernel/sched/fair.c");
 *	suffixes_release(&suffixes);
 */
#ifndef PROFILE_SUFFIX_H
#define PROFILE_SUFFIX_H

#include "base/strbuf.h"
#include "base/strmap.h"
#include "repo/repo.h"

struct suffixes {
	/* File names; the first and the last path of each, as number + 1. */
	struct strmap names;
	uint32_t *first;
	size_t alloc_first;
	/* Owned; each with the number of the next one of its name + 1. */
	struct suffix_path {
		char *path;
		uint32_t next;
	} * paths;
	size_t nr;
	size_t alloc;
	/* The folder that the tree is checked out in, with a "/" behind; NULL: none. Owned. */
	char *work_tree;
	struct strbuf scratch;
};

#define SUFFIXES_INIT                                        \
	{                                                    \
		.names = STRMAP_INIT, .scratch = STRBUF_INIT \
	}

/* Returns 0, or -1 with a recorded error. */
int suffixes_load(struct suffixes *suffixes, struct repo *repo, const struct oid *commit) MUST_CHECK;
void suffixes_add(struct suffixes *suffixes, const char *path);
void suffixes_release(struct suffixes *suffixes);

/* The path in the tree, NULL when none or several fit; borrowed. */
const char *suffixes_find(struct suffixes *suffixes, const char *file);

/* Replaces `out` by `path` without "//", "/./" and "x/../". */
void suffix_normalize(struct strbuf *out, const char *path);

#endif
