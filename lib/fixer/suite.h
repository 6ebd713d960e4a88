/*
 * The workloads of a hunt: each a spec "name[:seed[:params]]" and a command. Where there
 * is a generator, each has an input that follows from its spec alone.
 *
 *	struct suite suite = SUITE_INIT;
 *
 *	suite_add(&suite, "decode:7:20000", command)
 *	workload_generate(&suite.v[0], generator, suite.v[0].seed, path, dir, timeout)
 *	suite_release(&suite);
 *
 * Commands see PERF_SPEC, PERF_NAME, PERF_SEED and PERF_PARAMS, and, with a generator,
 * PERF_INPUT: the path that the generator is to make (a file or a folder), and that the
 * workload reads.
 */
#ifndef FIXER_SUITE_H
#define FIXER_SUITE_H

#include "base/job.h"

struct workload {
	/* All owned. */
	char *spec;
	char *name;
	/* What follows the seed; "" for none. */
	char *params;
	uint64_t seed;
	/* The spec has a seed, so that other inputs of the same kind can be made. */
	bool has_seed;
	char *command;
	/* NULL: there is none. */
	char *input;
};

struct suite {
	struct workload *v;
	size_t nr, alloc;
};

#define SUITE_INIT         \
	{                  \
		.v = NULL, \
	}

/* -1 with a recorded error that says what a spec looks like; or that the name is there already. */
int suite_add(struct suite *suite, const char *spec, const char *command) MUST_CHECK;
/* The workload of a name, or NULL. */
const struct workload *suite_find(const struct suite *suite, const char *name);
void suite_release(struct suite *suite);

/*
 * The spec with every whole number behind the seed doubled, for free(); NULL when there is
 * none. Numbers stand between characters that are no letters or digits.
 */
char *workload_larger(const char *spec);
/* The spec's variables, for `seed` in place of its own; `input` may be NULL. */
void workload_environment(const struct workload *workload, uint64_t seed, const char *input, struct job *job);
/*
 * Runs the generator in `dir`, which makes `path`. -1 with a recorded error: it failed, took
 * longer than `timeout` seconds, or made nothing.
 */
int workload_generate(const struct workload *workload, const char *generator, uint64_t seed, const char *path,
		      const char *dir, double timeout) MUST_CHECK;

#endif
