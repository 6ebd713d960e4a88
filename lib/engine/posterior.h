/*
 * Where the culprit is, given all boots: over groups of commits
 * (partition.h), with the unknown levels summed over exactly (grid.h).
 *
 *	P(group) ~ weight(group) * sum over cells of prior(cell) *
 *		exp(sum over tests of the cell's log likelihood, bad or good as the group has it)
 *
 *	posterior_update(&posterior, &partition, tests, &grid);
 *
 * The sums of neighbouring groups differ by the tests in which their signatures
 * do, so that a linear range of k tests costs k * 3,510 steps.
 */
#ifndef ENGINE_POSTERIOR_H
#define ENGINE_POSTERIOR_H

#include "engine/grid.h"
#include "engine/partition.h"

/* What the boots of one tested commit say: grid_commit(). Its number is that of partition_add(). */
struct posterior_test {
	double *good, *bad;
};

struct posterior {
	/* Per group of the partition; they sum to 1. */
	double *mass;
	size_t alloc;
	/* Of the cells, over all groups. */
	double cells[GRID_CELLS];
	/* sum of p * log2(1 / p) over groups. */
	double entropy;
	struct grid_moments moments;
};

/* False when no commit can be the culprit; then nothing is set. */
bool posterior_update(struct posterior *posterior, const struct partition *partition,
		      const struct posterior_test *tests, const struct grid *grid);
/* P(the tested commit is bad). */
double posterior_bad(const struct posterior *posterior, const struct partition *partition, size_t test);
void posterior_release(struct posterior *posterior);

#endif
