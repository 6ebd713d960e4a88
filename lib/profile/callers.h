/*
 * The functions that call the hot ones, by an index of the tree.
 *
 *	struct callers callers = CALLERS_INIT;
 *
 *	callers_find(&callers, definitions, row, name);
 *	... callers.v[i].name, .row, .weight ...
 *	callers_release(&callers);
 *
 * What many functions call says nothing of any of them: the callers of a
 * function that has more than CALLERS_FAN are left out. The others weigh
 * 1 / (1 + log2(n)), n being how many there are.
 */
#ifndef PROFILE_CALLERS_H
#define PROFILE_CALLERS_H

#include "repo/definitions.h"

#define CALLERS_FAN 32

struct caller {
	/* Borrowed from the index. */
	const char *name;
	/* The number that the hot function was given. */
	size_t row;
	/* Above 0, at most 1. */
	double weight;
};

struct callers {
	struct caller *v;
	size_t nr, alloc;
};

#define CALLERS_INIT      \
	{                 \
		.v = NULL \
	}

void callers_find(struct callers *callers, const struct definitions *definitions, size_t row, const char *name);
void callers_release(struct callers *callers);

#endif
