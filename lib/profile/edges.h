/*
 * Who called whom, from stacks: how much of all time each call was on the
 * stack for. Functions are numbers of the caller's own.
 *
 *	struct edges edges = EDGES_INIT;
 *
 *	for each stack: edges_stack(&edges, functions, nr, weight);	the innermost first
 *	... edges_rename(&edges, to) gives them other numbers ...
 *	edges_sort(&edges, true);
 *	calls = edges_find(&edges, true, function, &nr);		who calls it
 *
 * A call that is several times on one stack (recursion) counts once; a
 * function's calls of itself do not count. At most EDGES_MAX different calls are kept.
 */
#ifndef PROFILE_EDGES_H
#define PROFILE_EDGES_H

#include "base/compat.h"

#define EDGES_MAX (4u << 20)
/* Frames of a stack that are looked at; more are beyond any use. */
#define EDGES_DEPTH 64
/* No function: what is called through it is not known. */
#define EDGES_UNKNOWN UINT32_MAX

struct edge {
	uint32_t caller;
	uint32_t callee;
	uint64_t weight;
};

struct edges {
	/* Distinct, in the order of first sight. */
	struct edge *v;
	size_t nr;
	size_t alloc;
	/* Open addressing over v: number + 1; 0: free. */
	uint32_t *slots;
	size_t nslots;
	/* Of the stacks that hold each function, anywhere; as many as the highest number needs. */
	uint64_t *on_stack;
	size_t non_stack;
	/* Of all stacks. */
	uint64_t total;
};

#define EDGES_INIT        \
	{                 \
		.v = NULL \
	}

void edges_stack(struct edges *edges, const uint32_t *functions, size_t nr, uint64_t weight);
/* Replaces function i by to[i] (or EDGES_UNKNOWN: drops it), adding up what becomes the same. */
void edges_rename(struct edges *edges, const uint32_t *to);
void edges_release(struct edges *edges);
/* The weight of all stacks that the function is on, however often. */
uint64_t edges_on_stack(const struct edges *edges, uint32_t function);

/* Sorts by callee (else by caller), the heaviest call of each first. */
void edges_sort(struct edges *edges, bool by_callee);
/* The calls of one function in edges so sorted; NULL when there are none. */
const struct edge *edges_find(const struct edges *edges, bool by_callee, uint32_t function, size_t *nr);

#endif
