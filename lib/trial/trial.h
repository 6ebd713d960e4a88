/*
 * One commit, end to end: worktree, build, machine, boot, benchmark, store.
 *
 *	struct trial trial = TRIAL_INIT;
 *
 *	trial.repo = repo; ... what is "to be given" below ...
 *	if (trial_open(&trial))
 *		return -1;
 *	outcome = trial_check(&trial, machine);
 *	outcome = trial_boot(&trial, &request, &result);
 *	trial_close(&trial);
 *
 * One boot is one call: the commit is built unless its build is kept, put on
 * the machine, booted there, verified, and measured `samples` times. Each
 * sample is durable before it is announced: `record` is called inside the
 * transaction that stores the sample, so that what the caller stores of it
 * is there exactly when the sample is; `show` comes after.
 *
 * trial_boot() returns an outcome with a recorded sentence unless it is
 * OUTCOME_MEASURED, and has stored it. Time-outs that the plan leaves open
 * follow from what earlier trials took. Everything happens below `dir` and in the
 * worktree there; HEAD, index and files of the user's worktree are not touched.
 */
#ifndef TRIAL_TRIAL_H
#define TRIAL_TRIAL_H

#include "base/strmap.h"
#include "bench/bench.h"
#include "bench/build.h"
#include "repo/repo.h"
#include "store/store.h"

struct trial_event {
	const struct oid *id;
	/* Index into the plan's perfbisect.sut. */
	size_t machine;
	/* The boot of store.h; 0 before it was begun. */
	int64_t boot;
	/* A sample of the metric that decides. */
	double value;
	/* Of the build, the run, the boot. */
	double seconds;
};

enum trial_moment {
	/* The commit was built; not when a kept build was taken. */
	TRIAL_BUILT,
	TRIAL_SAMPLE,
	/* The boot is over, however it ended. */
	TRIAL_END,
};

/* A machine of the plan, as a trial uses it. */
struct trial_machine {
	const struct plan_machine *conf;
	const struct plan_bench *bench;
	struct machine *machine;
	struct metric_list metrics;
	/* Their lines where the plan names none and a preset found them at the first run. */
	struct strvec found;
	char hash[PLAN_HASH_SIZE];
	bool checked;
	/* What a good commit took so far, for time-outs; 0: not known. */
	double run_seconds;
};

struct trial {
	/* To be given; borrowed. */
	struct repo *repo;
	struct plan *plan;
	struct store *store;
	int64_t session;
	/* Absolute: holds worktree/, kept/, log/. */
	const char *dir;
	/* Refs below refs/perf/<pins>/ keep tested commits. */
	const char *pins;
	/* What results are filed under; NULL: plan_hash() of the plan as it is now. */
	const char *context_hash;
	/* Non-zero, with a recorded error, ends the trial as OUTCOME_INFRASTRUCTURE. May be NULL. */
	int (*record)(enum trial_moment moment, const struct trial_event *event, void *data);
	/* A stored sample, of whatever metric. May be NULL. */
	void (*show)(const struct bench_sample *sample, const struct trial_event *event, void *data);
	/* What is going on, in a few words; NULL: still the same, some time has passed. May be NULL. */
	void (*step)(const char *what, void *data);
	/* What a build wants the user to be told. May be NULL. */
	void (*note)(const char *text, void *data);
	void *data;

	/* The trial's own. */
	char *worktree;
	/* Held while the trial is open; the kernel takes it back. -1: none. */
	int lock;
	/* The worktree is there, and has `at` checked out (zero: nothing known). */
	bool prepared;
	struct oid at;
	/* Commits that this trial has pinned. */
	struct strmap pinned;
	char build_hash[PLAN_HASH_SIZE];
	struct trial_machine *machines;
	size_t nmachines;
	double build_seconds;
	struct trial_current *current;
};

/* Below `dir` at most one trial is open at a time; a second one is refused. */
#define TRIAL_INIT          \
	{                   \
		.lock = -1, \
	}

struct trial_request {
	struct oid id;
	size_t machine;
	size_t samples;
	/* Built elsewhere: a directory that stands for the worktree; NULL: build it. */
	const char *built;
};

struct trial_result {
	int64_t boot;
	/* Samples of the deciding metric. */
	size_t samples;
	double build_seconds, boot_seconds, bench_seconds;
	/* The log of a failed build, of the console of a failed boot or benchmark; NULL: none. */
	char *log;
	/* Last lines of a failed build, of such a console; what a failed benchmark printed. */
	struct strbuf tail;
};

#define TRIAL_RESULT_INIT           \
	{                           \
		.tail = STRBUF_INIT \
	}

/* Opens the plan's machines and takes the lock of `dir`; their configuration is checked, nothing runs. */
int trial_open(struct trial *trial) MUST_CHECK;
/*
 * The lock of a `dir`, for who changes its worktree without a trial: two that check
 * out commits there would measure each other's. Closing *fd gives it back.
 */
int trial_lock(const char *dir, int *fd) MUST_CHECK;
/* Is the machine reachable, are its programs there? */
enum outcome trial_check(struct trial *trial, size_t machine) MUST_CHECK;
enum outcome trial_boot(struct trial *trial, const struct trial_request *request,
			struct trial_result *result) MUST_CHECK;
/* Ends and starts a machine that hangs, where the plan says how. */
enum outcome trial_power(struct trial *trial, size_t machine) MUST_CHECK;
void trial_close(struct trial *trial);
void trial_result_release(struct trial_result *result);

#endif
