/*
 * One boot's measurement: a benchmark on a machine, any number of samples.
 *
 *	struct bench_request request = { .plan = &plan, .bench = bench, .machine = m, .sample = store_it };
 *	struct bench_result result = BENCH_RESULT_INIT;
 *
 *	bench_boot(&request, &result)		install, boot, verify
 *	bench_measure(&request, 3, &result)	prepare, load, warm-ups, 3 repeats, cleanup
 *	bench_measure(&request, 2, &result)	two more in the same boot
 *
 * Every sample goes to `sample` as soon as it is there, before the next run
 * begins, so that it can be stored before it is shown or used. A run that
 * fails, or gives other values than its metrics say, is OUTCOME_BENCH_FAILED;
 * samples that were reported before stay true. The cleanup hooks and the load
 * generator's end come in every case.
 */
#ifndef BENCH_BENCH_H
#define BENCH_BENCH_H

#include "bench/machine/machine.h"
#include "bench/metric.h"
#include "bench/outcome.h"
#include "bench/plan.h"

struct bench_sample {
	/* All borrowed. */
	const char *metric;
	const char *unit;
	bool higher_is_better;
	/* Of the metric that decides. */
	bool decides;
	double value;
	/* Counts the runs of this boot from 0, warm-ups not counted; and the values of one metric in a run. */
	size_t run, index;
	const char *boot_id;
	/* Wall-clock seconds at the run's start, and what it took. */
	double at, seconds;
};

/* Non-zero ends the measurement as OUTCOME_INFRASTRUCTURE, with the error it has recorded. */
typedef int bench_sample_fn(const struct bench_sample *sample, void *data);

/* What is going on: "booting", "warm-up 1 of 2", "run 2 of 3"; for progress. */
typedef void bench_step_fn(const char *what, void *data);

struct bench_request {
	const struct plan *plan;
	const struct plan_bench *bench;
	struct machine *machine;
	/* The metrics, the deciding one first; NULL: of the plan, or found by preset at the first run. */
	const struct metric_list *metrics;
	/* Seconds a run; 0: the plan's, or 3600 when it has none. */
	double timeout;
	bench_sample_fn *sample;
	bench_step_fn *step;
	void *data;
};

struct bench_result {
	/* Samples that were reported, and runs made, over all calls for this boot. */
	size_t samples, runs;
	/* Seconds of the boot, and of the longest run; what time-outs are made of. */
	double boot_seconds, run_seconds;
	/* Metric lines that a preset gave, when the plan has none; and its name. */
	struct strvec found;
	const char *preset;
	/* What the last run printed, at most 64 KiB; for messages. */
	struct strbuf output;
	struct metric_list metrics;
	bool warm;
};

#define BENCH_RESULT_INIT                                                                \
	{                                                                                \
		.found = STRVEC_INIT, .output = STRBUF_INIT, .metrics = METRIC_LIST_INIT \
	}

/* A fresh boot of the software that machine_use() named; resets the counts of `result`. */
enum outcome bench_boot(const struct bench_request *request, struct bench_result *result) MUST_CHECK;
/* `repeats` 0: the plan's. */
enum outcome bench_measure(const struct bench_request *request, size_t repeats,
			   struct bench_result *result) MUST_CHECK;
void bench_result_release(struct bench_result *result);

#endif
