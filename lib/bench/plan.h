/*
 * The context: everything that a trial needs to know, from a file in git's
 * configuration syntax, from git's own configuration, and from options.
 * gitperf-context(5) describes the keys; plan_keys() is the table of them.
 *
 *	struct plan plan = PLAN_INIT;
 *
 *	plan_set(&plan, PLAN_CONFIG, key, value, origin)	for each entry of git's
 *	plan_read(&plan, path)					the context file
 *	plan_set(&plan, PLAN_OPTION, "perfbisect.good", rev, "--good")
 *	plan_finish(&plan)					whole and consistent?
 *
 *	plan_write(&plan, path)
 *	plan_release(&plan)
 *
 * Later layers win; a key of several values gets those of the highest layer
 * that has any. Each error is one sentence: the origin, the key, the value,
 * what is allowed. Unknown keys are no errors: `warnings` has a sentence for
 * each, with the nearest key. Strings are owned by the plan, NULL when unset.
 */
#ifndef BENCH_PLAN_H
#define BENCH_PLAN_H

#include "base/strvec.h"
#include "bench/metric.h"

/* SHA-256 in hexadecimal, and its NUL. */
#define PLAN_HASH_SIZE 65

enum plan_layer {
	PLAN_CONFIG = 1,
	PLAN_FILE,
	PLAN_OPTION,
};

enum plan_strategy {
	PLAN_BAYES,
	PLAN_SEQUENTIAL,
	PLAN_ADAPTIVE,
};

/* Of the deciding metric: as its line says, or turned round. */
enum plan_better {
	PLAN_BETTER_AS_METRIC,
	PLAN_BETTER_HIGHER,
	PLAN_BETTER_LOWER,
};

enum plan_boot {
	PLAN_BOOT_NONE,
	PLAN_BOOT_KEXEC,
	PLAN_BOOT_ONESHOT,
	PLAN_BOOT_COMMAND,
};

enum plan_accel {
	/* KVM where it works, else TCG. */
	PLAN_ACCEL_AUTO,
	PLAN_ACCEL_KVM,
	PLAN_ACCEL_TCG,
};

enum plan_verify {
	/* release when something boots, else none. */
	PLAN_VERIFY_DEFAULT,
	PLAN_VERIFY_NONE,
	PLAN_VERIFY_RELEASE,
	PLAN_VERIFY_BUILD_ID,
	PLAN_VERIFY_COMMAND,
};

/* [perfbuild] */
struct plan_build {
	/* NULL: nothing is built, the worktree is what is measured. */
	char *command;
	/* A machine of method = slurm, whose jobs builds are; NULL: built here. */
	char *sut;
	/* Seconds; 0: max(900, 5 x what the good end took). */
	double timeout;
	/* What the build leaves, relative to the worktree: artefacts, deleted before a build. */
	struct strvec output;
	/* Files of ours, not of the commit, that a build reads: what they hold determines a measurement. */
	struct strvec input;
	/* For kernels: image and modules directory (as INSTALL_MOD_PATH leaves it), relative to the worktree. */
	char *image, *modules;
	/* Bytes of kept artefacts; 0: none are kept. */
	long long keep;
	/* 0: the number of processors. */
	long jobs;
	/* Builds of a commit that the command can make, whose code lies elsewhere in each; 0 or 1: one. */
	long layouts;
};

/* [perfsut "name"] */
struct plan_machine {
	char *name;
	/* A name of machine/machine.h: "local" when unset. */
	char *method;
	char *host, *user, *keyfile;
	/* 0: as ssh has it. */
	long port;
	/* Directory for ours on the machine; NULL: a fresh one below its temporary directory. */
	char *directory;
	/* User's commands; run on this computer, in the worktree, unless said otherwise in the manual. */
	char *install, *boot_command, *verify_command, *power, *console;
	/* Run on the machine. */
	char *prepare, *cleanup;
	/* method = command: what measures a commit. */
	char *command;
	enum plan_boot boot;
	enum plan_verify verify;
	/* Boot entry for boot = oneshot; NULL: made of the release. */
	char *entry;
	/* Seconds; 0: 300, or 10 x what the good end took when that is more. */
	double boot_timeout;
	/* Where load generators run: the name of another machine; NULL: on this computer. */
	char *load_host;
	/* Processors that the benchmark is bound to (taskset's syntax); NULL: any. */
	char *cpus;
	/* method = qemu: the program, the file that holds the guest's /init, -M, and further words. */
	char *qemu, *initramfs, *qemu_machine, *qemu_options;
	/* method = vng: the program, and further words. */
	char *vng, *vng_options;
	enum plan_accel accel;
	/* An instruction takes 2^icount nanoseconds of the guest's time; 0: time is this computer's. */
	long icount;
	/* Bytes of the guest's memory; 0: 128 MiB, or what virtme-ng gives. */
	long long memory;
	/* Seconds without a line from a guest that boots, until it hangs; 0: 60. */
	double silence;
	/* method = slurm: the user's commands, to which words of ours are added; NULL: by their names. */
	char *sbatch, *squeue, *scancel;
	/* Seconds between two questions to the cluster; 0: 10. */
	double poll;
	/* Seconds that a job may wait for its turn; 0: as long as it takes. */
	double queue_timeout;
};

/* [perfprofile]: the parts of a software profile that do not change with the commit. */
struct plan_profile {
	char *cmdline;
	/* "name=value". */
	struct strvec sysctl;
	char *bootscript;
};

/* [perfbench "suite/name"] */
struct plan_bench {
	char *name;
	char *command;
	/* Lines as metric.h reads them; empty: preset.h finds them at the first run. */
	struct strvec metric;
	/* Where the values are, relative to where the command runs; NULL: its stdout. */
	char *file;
	long warmups, repeats, sessions;
	/* Seconds a run; 0: max(60, 10 x what the good end took). */
	double timeout;
	char *prepare, *cleanup, *load;
};

struct plan {
	/* [perfbisect] */
	char *good, *bad;
	char *term_good, *term_bad;
	/* Names of benchmark and machines; plan_finish() sees that they are there. */
	char *benchmark;
	struct strvec sut;
	/* The metric that decides; NULL: the benchmark's first. */
	char *result_class;
	enum plan_strategy strategy;
	enum plan_better better;
	bool first_parent;
	struct strvec paths;
	/* Look for the commit that made it better: good is the slow end. */
	bool find_fix;
	/* Of the answer, 0.5 < c < 1. */
	double confidence;
	/* Boots, or seconds of machine time; 0: the strategy's own. */
	long budget_boots;
	double budget_seconds;
	/* File of `git perfrank --format=prior`. */
	char *prior;
	/* Smallest effect of interest, as a share of the level (0.005). */
	double min_effect;
	/* URL of a result store with baselines of both ends. */
	char *source;
	char *good_swprofile, *bad_swprofile;

	struct plan_build build;
	struct plan_profile profile;
	struct plan_machine *machines;
	size_t machines_nr, machines_alloc;
	struct plan_bench *benches;
	size_t benches_nr, benches_alloc;

	/* Sentences about keys that are not known. */
	struct strvec warnings;
	/* Which layer each value is from; plan.c's. */
	struct plan_origin *origins;
	size_t origins_nr, origins_alloc;
};

#define PLAN_INIT                                                                                     \
	{                                                                                             \
		.sut = STRVEC_INIT, .paths = STRVEC_INIT, .confidence = 0.99, .min_effect = 0.005,    \
		.build = { .output = STRVEC_INIT, .input = STRVEC_INIT, .keep = (long long)5 << 30 }, \
		.profile = { .sysctl = STRVEC_INIT }, .warnings = STRVEC_INIT                         \
	}

/*
 * One value. `key` is "section.name" or "section.subsection.name"; keys of
 * other sections are passed over. `value` NULL is git's bare key (true).
 * `origin` is for messages: "context:12", "file:.git/config", "--good".
 */
int plan_set(struct plan *plan, enum plan_layer layer, const char *key, const char *value,
	     const char *origin) MUST_CHECK;
/* The context file; refuses a value that an unquoted ";" or "#" cuts, with its line. */
int plan_read(struct plan *plan, const char *path) MUST_CHECK;
/*
 * Is it whole? Names that are referred to exist, metrics parse, the deciding
 * one is among them. A benchmark or machine that is named nowhere is taken
 * when it is the only one; without any machine, "local" is made.
 */
int plan_finish(struct plan *plan) MUST_CHECK;
/* Writes what is set, by `git config --file`, below a heading that explains the file; replaces it whole. */
int plan_write(const struct plan *plan, const char *path) MUST_CHECK;
void plan_release(struct plan *plan);

/* By name; NULL when there is none. plan_set() may move what they return. */
struct plan_machine *plan_machine(const struct plan *plan, const char *name);
struct plan_bench *plan_bench(const struct plan *plan, const char *name);
/* The metrics of a benchmark, compiled; the deciding one first. */
int plan_metrics(const struct plan *plan, const struct plan_bench *bench, struct metric_list *out) MUST_CHECK;

/*
 * Hash of what determines a measurement: all keys of build, profile, this
 * machine and this benchmark, in sorted order; not the ends, the strategy,
 * counts, time-outs, or how the machine is reached (port, key, power). Of
 * perfbuild.input and perfsut.<name>.initramfs it is what the files hold.
 */
void plan_hash(const struct plan *plan, const struct plan_machine *machine, const struct plan_bench *bench,
	       char hex[PLAN_HASH_SIZE]);
/* The same for results of another layout than the first, from the hash of that one. */
void plan_layout_hash(const char *hash, size_t layout, char hex[PLAN_HASH_SIZE]);
/* The same of what determines a build. */
void plan_build_hash(const struct plan *plan, char hex[PLAN_HASH_SIZE]);

/*
 * For completion, and for the manual: every key, "perfsut.<name>.host", in a
 * fixed order, until the next call; NULL after the last.
 */
const char *plan_key(size_t i);
/* What it is for, in a few words. */
const char *plan_key_help(size_t i);

#endif
