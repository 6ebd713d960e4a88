/*
 * A machine that measures. Each kind is a file of this folder with one
 * struct machine_ops, and a row in the table of machine.c.
 *
 *	struct machine *m = machine_open(&plan, conf, log_dir);
 *
 *	machine_use(m, &software)
 *	machine_check(m)	reachable? programs there? (once a session)
 *	machine_install(m)	artefacts to where they are run from
 *	machine_boot(m)		a fresh boot; for user-space software a fresh session
 *	machine_verify(m)	is what runs what was installed?
 *	machine_run(m, &run)	a command there, any number of times
 *	machine_leave(m)	nothing more in this boot: others may have what it holds
 *	machine_close(m)
 *
 * All return an outcome (bench/outcome.h) with a recorded sentence when it is
 * not OUTCOME_MEASURED. machine_close() puts back what was changed (the
 * connection is closed, our directory there is removed).
 */
#ifndef BENCH_MACHINE_MACHINE_H
#define BENCH_MACHINE_MACHINE_H

#include "base/job.h"
#include "bench/outcome.h"
#include "bench/plan.h"

/* What is to be measured; all borrowed. */
struct machine_software {
	/* Full id. */
	const char *commit;
	/* Where it was built. */
	const char *worktree;
	/* build_result.out: artefacts; NULL: the worktree itself. */
	const char *out;
	/* Of plan_hash(); may be NULL. */
	const char *context_hash;
	/* Runs of the benchmark that a boot will be asked for, for machines that have to know; 0: as the plan says. */
	size_t runs;
};

struct machine_run {
	/* For a shell on the machine. */
	const char *command;
	/* "NAME=value" beyond those of machine_environment(). May be NULL. */
	const struct strvec *env;
	/* Seconds; 0: none. */
	double timeout;
	/* A file on the machine, relative to where the command runs, that is put into `file_text`; or NULL. */
	const char *file;
	/* Count instructions as well, where perf stat can. */
	bool instructions;
	/* May be NULL. */
	job_line_fn *line;
	void *data;

	/* What came of it: only when OUTCOME_MEASURED was returned is there text. */
	struct strbuf out, file_text;
	/* Exit status of the command, as the machine says. */
	int status;
	/* Seconds on the machine; -1: not known. */
	double wall, cpu;
	double count;
};

#define MACHINE_RUN_INIT                                                                         \
	{                                                                                        \
		.out = STRBUF_INIT, .file_text = STRBUF_INIT, .wall = -1, .cpu = -1, .count = -1 \
	}

/* What a boot waits for; NULL: still the same, some time has passed. */
typedef void machine_tell_fn(const char *what, void *data);

struct machine;

struct machine_ops {
	const char *method;
	/* For perfsut.<name>.method in the manual. */
	const char *help;
	/* Checks the configuration alone; runs nothing. */
	int (*accept)(const struct plan_machine *conf);
	enum outcome (*check)(struct machine *m);
	enum outcome (*install)(struct machine *m);
	enum outcome (*boot)(struct machine *m);
	enum outcome (*verify)(struct machine *m);
	enum outcome (*run)(struct machine *m, struct machine_run *run);
	/* Fills a job that runs a command there until it is ended; `input` is for its use. NULL: not possible. */
	enum outcome (*start)(struct machine *m, const char *command, struct job *job, struct strbuf *input);
	/* Gives back what a boot holds; keeps the recorded error. NULL: a boot holds nothing of others'. */
	void (*leave)(struct machine *m);
	/* Ends and starts a machine that hangs. */
	enum outcome (*power)(struct machine *m);
	void (*close)(struct machine *m);
};

/* By name, NULL when there is none; and the n-th, NULL after the last. */
const struct machine_ops *machine_ops_find(const char *method);
const struct machine_ops *machine_ops_nth(size_t n);

/*
 * NULL with a recorded error when the configuration is not right. Everything
 * given stays the caller's, and must stay until machine_close(); `log_dir`
 * exists, and takes files that are short-lived.
 */
struct machine *machine_open(const struct plan *plan, const struct plan_machine *conf, const char *log_dir);
/* What the next install, boot and run are for. */
void machine_use(struct machine *m, const struct machine_software *software);
/* Until it is called again; `tell` may be NULL. */
void machine_listen(struct machine *m, machine_tell_fn *tell, void *data);
enum outcome machine_check(struct machine *m) MUST_CHECK;
enum outcome machine_install(struct machine *m) MUST_CHECK;
enum outcome machine_boot(struct machine *m) MUST_CHECK;
enum outcome machine_verify(struct machine *m) MUST_CHECK;
enum outcome machine_run(struct machine *m, struct machine_run *run) MUST_CHECK;
/* Until the next machine_boot(). */
void machine_leave(struct machine *m);
enum outcome machine_power(struct machine *m) MUST_CHECK;
void machine_close(struct machine *m);

/*
 * Identifies the boot (for user-space software: the session) that measures;
 * changes with every machine_boot(). Borrowed.
 */
const char *machine_boot_id(const struct machine *m);
/* perfsut.<name>. */
const char *machine_name(const struct machine *m);
/* Seconds the last machine_boot() took; for the time-out of the next. */
double machine_boot_seconds(const struct machine *m);
/* The last lines of the last boot's console, where the kind of machine reads one; NULL: it does not. Borrowed. */
const char *machine_console(const struct machine *m);
/* The file that has all of it; NULL as above. */
const char *machine_console_log(const struct machine *m);
/* PERF_COMMIT, PERF_WORKTREE, PERF_OUT, PERF_SUT, PERF_CONTEXT_HASH for a command, added to `env`. */
void machine_environment(const struct machine *m, struct strvec *env);
void machine_run_release(struct machine_run *run);

/*
 * A load generator: a command that runs on this computer, or on the machine
 * that perfsut.<name>.loadHost names, until machine_load_end(), which ends all
 * that it started and may be called in any case.
 */
struct machine_load {
	struct job job;
	struct machine *host;
	struct strbuf input;
};

#define MACHINE_LOAD_INIT                              \
	{                                              \
		.job = JOB_INIT, .input = STRBUF_INIT, \
	}

enum outcome machine_load_start(struct machine *m, const char *command, struct machine_load *load) MUST_CHECK;
void machine_load_end(struct machine_load *load);

#endif
