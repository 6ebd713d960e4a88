/*
 * Which paths of a tree come nearest to some that are not in it? Pure: the
 * caller offers every path of the tree, once, in any order.
 *
 *	struct near near = NEAR_INIT;
 *
 *	near_wish(&near, "kernel/sched/fiar.c");	0, 1, ... by call
 *	near_offer(&near, path);			for each path of the tree
 *	... near.v[0].best[0].path, near.v[0].nr ...
 *	near_release(&near);
 *
 * Paths of the same file name come first and, where there are any, alone;
 * then names at most two edits away (an insertion, a deletion, a change, two
 * neighbours swapped), the fewest first. Among equals, first the path
 * that shares more directories with the wish, from the top and from the file
 * upward together, then the one that sorts first.
 */
#ifndef PROFILE_NEAR_H
#define PROFILE_NEAR_H

#include "base/compat.h"

#define NEAR_BEST 3

struct near_path {
	/* Owned. */
	char *path;
	unsigned edits;
	/* Directories shared with the wish. */
	size_t shared;
};

struct near_wish {
	/* Borrowed. */
	const char *path;
	/* The file name in it; its length; a bit for each character that occurs in it, modulo 64. */
	const char *base;
	size_t base_len;
	uint64_t letters;
	/* Nearest first. */
	struct near_path best[NEAR_BEST];
	size_t nr;
};

struct near {
	struct near_wish *v;
	size_t nr;
	size_t alloc;
};

#define NEAR_INIT         \
	{                 \
		.v = NULL \
	}

/* `path` must live as long as `near` does. */
void near_wish(struct near *near, const char *path);
void near_offer(struct near *near, const char *path);
void near_release(struct near *near);

#endif
