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
 * Several machines measure at once. Then each measures in a process of its own,
 * which lasts until trial_close(), in a worktree of its own; one more process
 * builds, one commit at a time, while others measure:
 *
 *	trial_begin(&trial, &request, &result);
 *	while (!trial_ended(&trial, &machine))
 *		trial_wait(&trial, milliseconds);
 *	outcome = trial_finish(&trial, machine);
 *
 * trial_boot() and trial_finish() return an outcome with a recorded sentence unless it is
 * OUTCOME_MEASURED, and have stored it. Time-outs that the plan leaves open
 * follow from what earlier trials took. Everything happens below `dir` and in the
 * worktree there; HEAD, index and files of the user's worktree are not touched.
 */
#ifndef TRIAL_TRIAL_H
#define TRIAL_TRIAL_H

#include "base/job.h"
#include "base/strmap.h"
#include "bench/bench.h"
#include "bench/build.h"
#include "repo/repo.h"
#include "store/store.h"

struct trial_event {
	const struct oid *id;
	size_t layout;
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

/* A worktree of ours: it is there (seen once), and has `at` checked out (zero: nothing known). */
struct trial_place {
	char *path;
	bool prepared;
	struct oid at;
};

/* A process of ours, and our end of its stdin (-1: it does not run). */
struct trial_process {
	struct job job;
	int requests;
};

/* A machine of the plan, as a trial uses it. */
struct trial_machine {
	struct trial *trial;
	size_t index;
	const struct plan_machine *conf;
	const struct plan_bench *bench;
	struct machine *machine;
	/* Where it puts what is short-lived. */
	char *log;
	struct metric_list metrics;
	/* Their lines where the plan names none and a preset found them at the first run. */
	struct strvec found;
	char hash[PLAN_HASH_SIZE];
	bool checked;
	/* What a good commit took so far, for time-outs; 0: not known. */
	double run_seconds;
	/* Where its commits are checked out: the trial's, or one of its own. */
	struct trial_place *place, own_place;
	/* The boot that is going on. */
	struct trial_current *current;
	/* What it was built to, as long as it measures: of the process that builds. */
	char *out;
	struct trial_process process;
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
	/* What results of each machine are filed under; NULL: plan_hash() of the plan as it is now. */
	const char (*context_hash)[PLAN_HASH_SIZE];
	/* Non-zero, with a recorded error, ends the trial as OUTCOME_INFRASTRUCTURE. May be NULL. */
	int (*record)(enum trial_moment moment, const struct trial_event *event, void *data);
	/* A stored sample, of whatever metric. May be NULL. */
	void (*show)(const struct bench_sample *sample, const struct trial_event *event, void *data);
	/* What is going on, in a few words, and on which machine; NULL: still the same, some time has passed. May be NULL. */
	void (*step)(const char *what, size_t machine, void *data);
	/* What the build for a machine wants the user to be told. May be NULL. */
	void (*note)(const char *text, size_t machine, void *data);
	void *data;

	/* The trial's own. Where commits are built, and measured where there is one machine. */
	struct trial_place place;
	/* Held while the trial is open; the kernel takes it back. -1: none. */
	int lock;
	/* Commits that this trial has pinned. */
	struct strmap pinned;
	char build_hash[PLAN_HASH_SIZE];
	struct trial_machine *machines;
	size_t nmachines;
	double build_seconds;
	struct trial_process builder;
};

/* Below `dir` at most one trial is open at a time; a second one is refused. */
#define TRIAL_INIT          \
	{                   \
		.lock = -1, \
	}

struct trial_request {
	struct oid id;
	/* Which build of the commit: PERF_LAYOUT. */
	size_t layout;
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
/* The file that says in which layout was built in a worktree; for free(). Without it: in the first. */
char *trial_layout_path(const char *worktree);
/* The worktrees that trials have made in a `dir`, by their paths. */
void trial_worktrees(const char *dir, struct strvec *paths);
/* Is the machine reachable, are its programs there? */
enum outcome trial_check(struct trial *trial, size_t machine) MUST_CHECK;
enum outcome trial_boot(struct trial *trial, const struct trial_request *request,
			struct trial_result *result) MUST_CHECK;
/* The same for a machine that measures beside others. `result` stays where it is until trial_finish(). */
void trial_begin(struct trial *trial, const struct trial_request *request, struct trial_result *result);
bool trial_is_busy(const struct trial *trial, size_t machine);
/* Has a boot that was begun come to its end? That of which machine? */
bool trial_ended(const struct trial *trial, size_t *machine);
/* Until something has come from a machine, or so many milliseconds have passed. At least one must be busy. */
void trial_wait(struct trial *trial, int milliseconds);
enum outcome trial_finish(struct trial *trial, size_t machine) MUST_CHECK;
/* Ends all boots that are going on: to be finished, as infrastructure. */
void trial_cancel(struct trial *trial);
/* Ends and starts a machine that hangs, where the plan says how. */
enum outcome trial_power(struct trial *trial, size_t machine) MUST_CHECK;
void trial_close(struct trial *trial);
void trial_result_release(struct trial_result *result);

#endif
