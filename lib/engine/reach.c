#include "engine/reach.h"

#include <math.h>

static size_t nparents(const struct bisect_problem *problem, size_t commit)
{
	return problem->parent_at[commit + 1] - problem->parent_at[commit];
}

void reach_init(struct reach *reach, const struct bisect_problem *problem)
{
	memset(reach, 0, sizeof(*reach));
	reach->bad = xcalloc(problem->nr, sizeof(*reach->bad));
	for (size_t t = 1; t < problem->nr && !reach->merges; t++)
		reach->merges = nparents(problem, t) > 1;
	if (!reach->merges)
		return;
	reach->masks = xcalloc(problem->nr, REACH_WORDS * sizeof(*reach->masks));
	reach->seen = xcalloc((problem->nr + 63) / 64, sizeof(*reach->seen));
}

void reach_release(struct reach *reach)
{
	free(reach->bad);
	free(reach->masks);
	free(reach->seen);
	memset(reach, 0, sizeof(*reach));
}

/* The bits of the drawn culprits: those whose quantile lies within the commit's own share. */
static void draw(struct reach *reach, const struct bisect_problem *problem, const double *p)
{
	double sum = 0;
	size_t next = 0;

	memset(reach->masks, 0, problem->nr * REACH_WORDS * sizeof(*reach->masks));
	for (size_t t = 1; t < problem->nr; t++) {
		sum += p[t];
		while (next < REACH_CULPRITS && sum > ((double)next + 0.5) / REACH_CULPRITS) {
			reach->masks[t * REACH_WORDS + next / 64] |= (uint64_t)1 << next % 64;
			next++;
		}
	}
}

static double at_merge(struct reach *reach, const struct bisect_problem *problem, size_t commit, double p)
{
	const uint64_t *mask = reach->masks + commit * REACH_WORDS;
	double sum, least = 0;
	int drawn = 0;

	for (size_t w = 0; w < REACH_WORDS; w++)
		drawn += __builtin_popcountll(mask[w]);
	sum = (double)drawn / REACH_CULPRITS;
	/* Not less than what any parent has. */
	for (uint32_t k = problem->parent_at[commit]; k < problem->parent_at[commit + 1]; k++)
		least = fmax(least, reach->bad[problem->parents[k]]);
	return fmin(fmax(sum, least + p), 1);
}

void reach_update(struct reach *reach, const struct bisect_problem *problem, const double *p)
{
	reach->bad[0] = 0;
	if (reach->merges)
		draw(reach, problem, p);
	for (size_t t = 1; t < problem->nr; t++) {
		for (uint32_t k = problem->parent_at[t]; reach->merges && k < problem->parent_at[t + 1]; k++) {
			const uint64_t *from = reach->masks + (size_t)problem->parents[k] * REACH_WORDS;

			for (size_t w = 0; w < REACH_WORDS; w++)
				reach->masks[t * REACH_WORDS + w] |= from[w];
		}
		if (nparents(problem, t) > 1)
			reach->bad[t] = at_merge(reach, problem, t, p[t]);
		else
			reach->bad[t] = p[t] + (nparents(problem, t)
							? reach->bad[problem->parents[problem->parent_at[t]]]
							: 0);
	}
}

double reach_exact(struct reach *reach, const struct bisect_problem *problem, const double *p, size_t commit)
{
	double sum = 0;

	if (!reach->merges)
		return fmin(reach->bad[commit], 1);
	memset(reach->seen, 0, (problem->nr + 63) / 64 * sizeof(*reach->seen));
	reach->seen[commit / 64] |= (uint64_t)1 << commit % 64;
	for (size_t t = commit; t > 0; t--) {
		if (!(reach->seen[t / 64] >> t % 64 & 1))
			continue;
		sum += p[t];
		for (uint32_t k = problem->parent_at[t]; k < problem->parent_at[t + 1]; k++) {
			uint32_t parent = problem->parents[k];

			reach->seen[parent / 64] |= (uint64_t)1 << parent % 64;
		}
	}
	return fmin(sum, 1);
}
