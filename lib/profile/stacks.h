/*
 * From stacks to rows with callers and callees: what the readers of folded
 * stacks and of perf script share. Functions are numbers given by the reader.
 *
 *	stacks_copy(&by_caller, &edges);
 *	edges_sort(&edges, true);
 *	edges_sort(&by_caller, false);
 *	row.calls = stacks_calls(&edges, &by_caller, i, functions, total);
 */
#ifndef PROFILE_STACKS_H
#define PROFILE_STACKS_H

#include "profile/edges.h"
#include "profile/profile.h"

/* Borrowed. */
struct stacks_function {
	const char *name;
	const char *path;
};

/*
 * The calls of function `i`, each of at least 0.1 % of all: NULL when there are
 * none. The edges must be those of two structs, sorted by callee and by caller.
 */
struct profile_calls *stacks_calls(const struct edges *by_callee, const struct edges *by_caller, uint32_t i,
				   const struct stacks_function *functions, uint64_t total);

/* A copy of edges, for the other order. */
void stacks_copy(struct edges *to, const struct edges *from);

#endif
