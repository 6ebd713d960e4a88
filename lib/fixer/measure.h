/*
 * One run of one workload in a built tree: how long it took, and what it answered.
 *
 *	struct run run;
 *
 *	switch (workload_run(&request, &run)) {
 *	case 0:		run.wall, run.cpu, run.digest
 *	case 1:		it failed; error_message() says how
 *	default:	this side failed
 *	}
 *
 * A run has a world of its own (place.h) and finds tree and input as they were made: what
 * it changes in its tree is put back, and that it changed its input is a failure. So is
 * what outlives it. The answer is its standard output and the files below PERF_OUTPUT; that these
 * cannot be read, or are too large, is a failure of the run, too.
 *
 * GIT_TEST_PERF_SECONDS=1 in the environment, for tests: what the run writes to
 * $TMPDIR/seconds counts as its time, so that decisions are those of the work that was
 * done and not of the machine: one number for both clocks, or one for wall and one for
 * CPU time.
 */
#ifndef FIXER_MEASURE_H
#define FIXER_MEASURE_H

#include "fixer/suite.h"
#include "fixer/tree.h"

/* Borrowed. */
struct run_request {
	const struct workload *workload;
	struct tree *tree;
	uint64_t seed;
	/* NULL: none. */
	const char *input;
	/* A folder that is made anew. */
	const char *scratch;
	/* Seconds. */
	double timeout;
	/* Words that the command is run by ("perf", "record", ...), a shell behind them; NULL: none. */
	const struct strvec *by;
};

struct run {
	/* Seconds; CPU of the whole process tree, user and system. */
	double wall, cpu;
	char digest[SHA256_HEX_SIZE];
	/* The machine slept meanwhile: the times mean nothing. */
	bool suspended;
};

int workload_run(const struct run_request *request, struct run *run) MUST_CHECK;

#endif
