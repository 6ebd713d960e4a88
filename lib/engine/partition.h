/*
 * Possible culprits, grouped by what tests can say of them. Commit t is bad when
 * the culprit is t or an ancestor of t; so culprits from which the same
 * tested commits descend cannot be told apart, and are one group. In a linear
 * range the groups are the intervals between tested commits; among merges
 * they are whatever the graph makes of it.
 *
 *	partition_init(&p, ncommits);
 *	partition_exclude(&p, bits, true);		whoever cannot be the culprit
 *	test = partition_add(&p, ancestors_of_the_tested);
 *	partition_weigh(&p, weights);
 *	for (i = 0; i < p.ngroups; i++)
 *		... p.groups[p.order[i]], partition_is_bad(&p, p.order[i], test) ...
 *	partition_release(&p);
 *
 * Adding a test costs O(commits). Commit 0 is never a culprit.
 */
#ifndef ENGINE_PARTITION_H
#define ENGINE_PARTITION_H

#include "base/compat.h"

#define PARTITION_NONE UINT32_MAX

struct partition_group {
	/* Summed weights of its commits, how many they are, and the last one. */
	double weight;
	size_t size, last;
};

struct partition {
	size_t ncommits, ntests;
	/* Per commit: its group, or PARTITION_NONE. */
	uint32_t *group_of;
	struct partition_group *groups;
	size_t ngroups, groups_alloc;
	/* `words` per group: which tests are bad when the culprit is in it. */
	uint64_t *signatures;
	size_t words;
	/* Groups by their last commits: neighbours differ in few tests. partition_weigh() sets it. */
	uint32_t *order;
	/* The tests that weights and order are of, plus 1. */
	size_t weighed;
};

#define PARTITION_INIT     \
	{                  \
		.words = 1 \
	}

/* All commits but 0 are one group. */
void partition_init(struct partition *p, size_t ncommits);
/* Commits that are (inside) or are not (!inside) in the set cannot be the culprit. Before the first test. */
void partition_exclude(struct partition *p, const uint64_t *bits, bool inside);
/* `ancestors` holds the tested commit itself. Returns the number of the test. */
size_t partition_add(struct partition *p, const uint64_t *ancestors);
/* Does nothing when no test came since. */
void partition_weigh(struct partition *p, const double *weights);
void partition_release(struct partition *p);

static inline bool partition_is_bad(const struct partition *p, size_t group, size_t test)
{
	return p->signatures[group * p->words + test / 64] >> test % 64 & 1;
}

#endif
