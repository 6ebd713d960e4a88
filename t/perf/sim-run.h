/*
 * Many bisections of one kind of world, over the engine's public interface, two
 * processes at once; and what they came to together.
 */
#ifndef SIM_RUN_H
#define SIM_RUN_H

#include "engine/bisect.h"
#include "sim-world.h"

/* What one bisection came to; goes through a pipe. */
struct outcome {
	double named, right, holds, not_reproduced, confidence, set;
	/* Of two steps: both were found. The largest is named, or the user warned that there are more. */
	double both, warned, suspected;
	double builds, boots, samples, cost, wall;
};

/* o->trials of them; the outcome of a trial depends on its number and o->seed only. */
void sim_run(const struct sim_options *o, const struct sim_graph *graph, const struct bisect_options *options,
	     struct outcome *outcomes);

/* Means over the trials, and two percentiles. */
struct sim_summary {
	double right, right_of_named, wrong, holds, gone, both, warned, suspected;
	double builds, boots, samples, p95_samples, cost, p95_cost, most_boots, wall, bound;
};

void sim_summarise(const struct sim_options *o, const struct sim_graph *graph, const struct outcome *outcomes,
		   struct sim_summary *summary);
void sim_print_header(void);
void sim_print_row(const struct sim_options *o, const char *strategy, const char *what,
		   const struct sim_summary *summary);
/* Of the names that were claimed with such a confidence, how many were right. */
void sim_print_bins(const struct outcome *outcomes, size_t nr);
/* Holds "<name>>=<number>" or "<name><=<number>" against the summary, as sim_hold() does. */
int sim_expect(const struct sim_summary *summary, const char *text);

#endif
