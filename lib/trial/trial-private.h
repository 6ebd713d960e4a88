/*
 * What the parts of a trial know of each other: trial.c (open, close, a boot
 * from its begin to its end), trial-build.c (worktrees and builds),
 * trial-measure.c (the boot itself), trial-store.c (evidence); and where
 * several machines measure, trial-many.c (our side), trial-serve.c (what the
 * processes do) and trial-process.c (how these are told). For no one else.
 */
#ifndef TRIAL_TRIAL_PRIVATE_H
#define TRIAL_TRIAL_PRIVATE_H

#include "base/json.h"
#include "base/strmap.h"
#include "trial/trial.h"

/* What a build came to, here or in the process that builds. */
struct trial_built {
	enum outcome outcome;
	/* -1: nothing was built, there was nothing to build or it is kept. */
	double seconds;
	/* Artefacts, NULL: the worktree itself; the log of a build that failed. */
	char *out, *log;
	struct strbuf tail;
	/* What the build wants the user to be told. */
	struct strvec notes;
	/* The sentence that goes with an outcome that is not OUTCOME_MEASURED; NULL. */
	char *why;
};

#define TRIAL_BUILT_INIT                                                                                    \
	{                                                                                                   \
		.outcome = OUTCOME_INFRASTRUCTURE, .seconds = -1, .tail = STRBUF_INIT, .notes = STRVEC_INIT \
	}

/* The same of a measurement. */
struct trial_measured {
	enum outcome outcome;
	double boot_seconds, bench_seconds, run_seconds;
	/*
	 * What the user is shown of a failure: the end of the console where there is one, with its log
	 * (NULL: none), else what the benchmark printed.
	 */
	struct strbuf output;
	char *log;
	/* Metric lines that a preset found. */
	struct strvec found;
	char *why;
};

#define TRIAL_MEASURED_INIT                                                                 \
	{                                                                                   \
		.outcome = OUTCOME_INFRASTRUCTURE, .boot_seconds = -1, .bench_seconds = -1, \
		.output = STRBUF_INIT, .found = STRVEC_INIT                                 \
	}

enum trial_phase { TRIAL_BUILDING, TRIAL_MEASURING, TRIAL_OVER };

/* The boot that is going on on a machine. */
struct trial_current {
	struct trial_request request;
	struct trial_machine *machine;
	struct trial_result *result;
	struct store_boot boot;
	char hex[OID_HEX_MAX + 1];
	/* What its results are filed under. */
	char hash[PLAN_HASH_SIZE];
	bool identified;
	/* Metrics that do not decide, and how many values each has given. */
	struct strmap others;
	size_t *counts;
	size_t ncounts, counts_alloc;
	struct trial_built built;
	struct trial_measured measured;
	/* Where several machines measure. */
	enum trial_phase phase;
	/* When it is over. */
	enum outcome outcome;
	char *why;
};

void trial_say(const struct trial_machine *m, const char *what);
/* Takes what was built or measured into the boot; the outcome, with its sentence as the recorded error. */
enum outcome trial_take_built(struct trial_machine *m) MUST_CHECK;
enum outcome trial_take_measured(struct trial_machine *m) MUST_CHECK;

/* The boot's row, and what is to be known while it goes on; and its end. -1 with a recorded error. */
int trial_start(struct trial_machine *m, const struct trial_request *request,
		struct trial_result *result) MUST_CHECK;
enum outcome trial_end(struct trial_machine *m, enum outcome outcome) MUST_CHECK;

/* --- trial-many.c --- */

void trial_close_processes(struct trial *trial);

/* --- trial-store.c --- */

struct trial_event trial_event_of(const struct trial_current *now);
/* Stores what `write` stores (NULL: nothing) and what the caller records, both or neither. */
int trial_store_both(struct trial *trial, enum trial_moment moment, const struct trial_event *event,
		     int (*write)(struct store *, void *), void *what) MUST_CHECK;
/* A sample of the boot that is going on on a machine. */
int trial_take_sample(struct trial_machine *m, const struct bench_sample *sample) MUST_CHECK;
/* The end of its boot, stored whatever came before; the first error stays the one to tell. */
enum outcome trial_store_end(struct trial_machine *m, enum outcome outcome) MUST_CHECK;

/* --- trial-build.c --- */

/* The commit of the request checked out for the machine, and built. `step` gets `data`. */
void trial_build(struct trial_machine *m, const struct trial_request *request, bench_step_fn *step,
		 void *data, struct trial_built *built);
void trial_built_release(struct trial_built *built);

/* --- trial-measure.c --- */

struct trial_work {
	struct machine_software software;
	size_t samples;
};

/* `sample` and `step` get `data`. What the machine learned of run times and metrics, it keeps. */
void trial_measure(struct trial_machine *m, const struct trial_work *work, bench_sample_fn *sample,
		   bench_step_fn *step, void *data, struct trial_measured *measured);
/* The metrics that a preset found hold from now on; -1 with a recorded error. */
int trial_keep_found(struct trial_machine *m, const struct strvec *found) MUST_CHECK;
void trial_measured_release(struct trial_measured *measured);

/* --- trial-process.c --- */

/*
 * Starts it unless it runs: a fork of ours below a supervisor (base/job.h), whose stdin are our
 * requests, and whose lines go to `line`. Both sides say JSON objects, one a line.
 */
int trial_process_start(struct trial_process *process, const char *name, int (*run)(void *data),
			job_line_fn *line, void *data) MUST_CHECK;
/* -1 with a recorded error when it has ended. */
int trial_process_say(struct trial_process *process, const char *line) MUST_CHECK;
/* The same of an object, which is freed. */
int trial_process_ask(struct trial_process *process, json_t *object) MUST_CHECK;
/* Has it ended where it should not have? Then `how` gets how, in words. */
bool trial_process_is_gone(const struct trial_process *process, struct strbuf *how);
/* Its stdin ends, and so does it when it has done what it is at; or at once, with all that it began. */
void trial_process_close(struct trial_process *process);
void trial_process_end(struct trial_process *process);

/* In the process: an answer { kind: object }, and a line of stdin without its end. */
void trial_process_tell(const char *kind, json_t *object);
bool trial_process_hear(struct strbuf *line);

const char *trial_text_of(json_t *object, const char *key);
double trial_number_of(json_t *object, const char *key);

/* --- trial-serve.c --- */

/* What is said to a process that has sent a sample. */
#define TRIAL_STORED "stored\n"
#define TRIAL_REFUSED "refused\n"

/* The processes: `data` is the trial, or the machine. */
int trial_serve_builds(void *data);
int trial_serve_machine(void *data);

#endif
