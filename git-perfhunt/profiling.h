/*
 * Profile rounds: perf record of every workload of the suite, one run each, and what they
 * say together.
 *
 * A round is JSON, as the database and `git perfhunt profile` have it:
 *
 *	generation, iteration
 *	workloads: [{ workload, time_s, perf_data, samples,
 *		      hotspots: [{ symbol, children_pct, self_pct }] }]	by children_pct
 *	functions: [{ function, symbol, file, line, own, self: [], children: [],
 *		      callers: [{ function, percent }], callees: [] }]	numbers by workload
 */
#ifndef GIT_PERFHUNT_PROFILING_H
#define GIT_PERFHUNT_PROFILING_H

#include "hunt.h"

/* Dies when a workload fails, or perf cannot record. New reference. */
json_t *profile_round(struct hunt *h);
/* Warns of workloads that were too short to say much. */
void profile_check_lengths(const json_t *round);

/* The functions of a round as the engine wants them; borrows from `round` and the journal's lists. */
struct hot {
	struct hunt_function *functions;
	size_t nr;
	double *numbers;
};

#define HOT_INIT                   \
	{                          \
		.functions = NULL, \
	}

void hot_read(struct hot *hot, const struct hunt *h, const json_t *round, const struct strvec *noise);
void hot_release(struct hot *hot);
/* The candidates of a round as the skill's state has them; new reference. */
json_t *hot_candidates(const struct hot *hot, const struct hunt *h, const json_t *round);

#endif
