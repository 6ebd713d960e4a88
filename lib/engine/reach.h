/*
 * For every commit t of a graph at once: P(t is bad), which is P(the culprit
 * is t or an ancestor of t).
 *
 *	reach_update(&reach, &problem, p);
 *	... reach.bad[t] ...
 *	exact = reach_exact(&reach, &problem, p, t);
 *
 * A commit of one parent adds its own probability to its parent's, exactly. At
 * a merge the sum over the union of ancestors is needed: there
 * 512 culprits stand for all, drawn from `p` at even distances of the
 * cumulative probability (stratified; no chance), and a pass ORs them as
 * bits from parents to children. A linear range has no merge, and is exact
 * throughout.
 */
#ifndef ENGINE_REACH_H
#define ENGINE_REACH_H

#include "engine/bisect.h"

#define REACH_CULPRITS 512
#define REACH_WORDS (REACH_CULPRITS / 64)

struct reach {
	double *bad;
	/* REACH_WORDS per commit; NULL without merges. */
	uint64_t *masks;
	/* A set of commits, for reach_exact(). */
	uint64_t *seen;
	bool merges;
};

void reach_init(struct reach *reach, const struct bisect_problem *problem);
/* p[t] is P(t is the culprit), p[0] 0. O(commits + parents). */
void reach_update(struct reach *reach, const struct bisect_problem *problem, const double *p);
/* O(commits + parents). */
double reach_exact(struct reach *reach, const struct bisect_problem *problem, const double *p, size_t commit);
void reach_release(struct reach *reach);

#endif
