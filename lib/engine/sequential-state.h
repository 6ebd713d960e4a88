/*
 * Private to lib/engine/: the sequential strategy. sequential.c follows git and
 * decides, sequential-levels.c holds boots against both levels,
 * sequential-answer.c says what came out. See Documentation/technical/bisection.adoc.
 */
#ifndef ENGINE_SEQUENTIAL_STATE_H
#define ENGINE_SEQUENTIAL_STATE_H

#include "engine/bisect-state.h"

/* Boots of a test, at most: then its sign decides. Noise is never a reason to skip. */
#define SEQUENTIAL_BOOTS 12

/* What is decided, or being decided, about one commit. */
struct sequential_test {
	size_t commit;
	/* The running test counts the commit's boots from this one on. */
	size_t first;
	/* A test is running; with `verifying`, it is one of a verdict. */
	bool running, verifying;
	/* The verdict stands after fresh boots. */
	bool verified;
	enum bisect_mark verdict;
	/* Of the last test that ended. */
	double llr;
};

struct sequential {
	struct sequential_test *tests;
	size_t ntests, tests_alloc;
	/* Verdicts that verification turned round. */
	size_t refuted;
	/* Boots since an end was booted. */
	size_t since_anchor;
	/* The machine's wander at each of b->boots, as sequential_levels() saw it last. */
	double *offsets;
	size_t offsets_alloc;
};

/* A boot in the order of time: its distance from its level, where a verdict says which that is. */
struct sequential_drift_boot {
	bool known;
	double residual, variance;
};

/* The smoothed wander at each of `nr` boots; all 0 unless there clearly is one. */
void sequential_drift(const struct sequential_drift_boot *boots, size_t nr, double *offsets);

/* Both levels of today, from the ends and from every commit with a verdict. */
struct sequential_levels {
	double good, bad;
	/* SD of a sample within its boot, of a boot's own offset. */
	double sigma_w, sigma_b;
	size_t ngood, nbad;
	/* The machine wanders: the boots' offsets are not nothing. */
	bool wanders;
};

struct sequential_test *sequential_find(struct bisect *b, size_t commit);

void sequential_levels(struct bisect *b, struct sequential_levels *levels);
/* Variance of the statistic of a boot of `samples`. */
double sequential_variance(const struct sequential_levels *levels, size_t samples);
/* The statistic of one of b->boots without the machine's wander. */
double sequential_value(const struct bisect *b, const struct sequential_levels *levels, size_t boot);
/* Log likelihood ratio bad : good of the commit's boots from `first` on. */
double sequential_sum(struct bisect *b, const struct sequential_levels *levels, size_t commit, size_t first);
/* What a test must reach. */
double sequential_threshold(const struct bisect *b, bool verifying);
/* Samples of a boot that make a test of `commit` cheapest, and how many such boots it is expected to take for `nats`. */
size_t sequential_samples(struct bisect *b, const struct sequential_levels *levels, double nats, double *boots);

/* The `i`-th commit that verification wants to see at last, or BISECT_NONE; and which way. */
size_t sequential_target(struct bisect *b, size_t i, enum bisect_mark *expected);
/* Is there nothing to verify about it (any more)? */
bool sequential_is_settled(struct bisect *b, size_t commit);
/* Verification turned round too many verdicts. */
bool sequential_is_lost(const struct sequential *s);
void sequential_answer(struct bisect *b, struct bisect_answer *answer);

#endif
