/*
 * The functions one call away from the hot ones, by an index of the tree: what
 * they call, and what calls them.
 *
 *	struct neighbours neighbours = NEIGHBOURS_INIT;
 *
 *	neighbours_called(&neighbours, definitions, row, body, len);
 *	neighbours_calling(&neighbours, definitions, row, name);
 *	... neighbours.v[i].name, .row, .weight ...
 *	neighbours_release(&neighbours);
 *
 * What many functions call says nothing of any of them: a callee that more than
 * NEIGHBOURS_FAN functions call is left out, and so are the callers of a
 * function that has more. The others weigh 1 / (1 + log2(fan)), the fan being
 * the number of functions that call the same. A name that more than
 * NEIGHBOURS_PLACES files define is left out too, unless the hot function's own
 * file is among them.
 */
#ifndef PROFILE_NEIGHBOURS_H
#define PROFILE_NEIGHBOURS_H

#include "repo/definitions.h"

#define NEIGHBOURS_FAN 32
#define NEIGHBOURS_PLACES 3

struct neighbour {
	/* Both borrowed from the index; the path is one of those that define it. */
	const char *name;
	const char *path;
	/* The caller's number for the hot function. */
	size_t row;
	/* It calls the hot function; else the hot one calls it. */
	bool calls;
	/* Above 0, at most 1. */
	double weight;
};

struct neighbours {
	struct neighbour *v;
	size_t nr, alloc;
};

#define NEIGHBOURS_INIT   \
	{                 \
		.v = NULL \
	}

/* `path` is the hot function's file, `text` its header and body. */
void neighbours_called(struct neighbours *neighbours, const struct definitions *definitions, size_t row,
		       const char *path, const char *text, size_t len);
void neighbours_calling(struct neighbours *neighbours, const struct definitions *definitions, size_t row,
			const char *name);
void neighbours_release(struct neighbours *neighbours);

#endif
