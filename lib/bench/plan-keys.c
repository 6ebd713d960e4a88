#include "bench/plan-keys.h"

#include "base/compat.h"

static const char *const strategies[] = { "bayes", "sequential", "adaptive", NULL };
static const char *const betters[] = { "", "higher", "lower", NULL };
static const char *const boots[] = { "none", "kexec", "oneshot", "command", NULL };
static const char *const accels[] = { "auto", "kvm", "tcg", NULL };
static const char *const verifies[] = { "", "none", "release", "build-id", "command", NULL };

const char *const plan_section_names[PLAN_SECTIONS] = { "perfbisect", "perfbuild", "perfprofile", "perfsut",
							"perfbench" };

bool plan_section_named(enum plan_section section)
{
	return section == PLAN_SECTION_MACHINE || section == PLAN_SECTION_BENCH;
}

/* A row whose value is text of some kind; and one with limits. HASHED marks what determines a measurement. */
#define HASHED .hashed = true
#define CONTENT .hashed = true, .content = true
#define ROW(part, structure, member, key, kind, text, ...)                            \
	{                                                                             \
		.section = PLAN_SECTION_##part, .name = (key), .type = PLAN_##kind,   \
		.at = offsetof(struct structure, member), .help = (text), __VA_ARGS__ \
	}
#define BISECT(member, key, kind, text, ...) ROW(BISECT, plan, member, key, kind, text, __VA_ARGS__)
#define BUILD(member, key, kind, text, ...) ROW(BUILD, plan_build, member, key, kind, text, __VA_ARGS__)
#define PROFILE(member, key, kind, text, ...) ROW(PROFILE, plan_profile, member, key, kind, text, __VA_ARGS__)
#define MACHINE(member, key, kind, text, ...) ROW(MACHINE, plan_machine, member, key, kind, text, __VA_ARGS__)
#define BENCH(member, key, kind, text, ...) ROW(BENCH, plan_bench, member, key, kind, text, __VA_ARGS__)

/* clang-format off */
const struct plan_key plan_key_table[] = {
	BISECT(good, "good", TEXT, "revision that is as it should be"),
	BISECT(bad, "bad", TEXT, "revision that is not"),
	BISECT(term_good, "termGood", TEXT, "word for good"),
	BISECT(term_bad, "termBad", TEXT, "word for bad"),
	BISECT(benchmark, "benchmark", TEXT, "benchmark that decides, by its name"),
	BISECT(sut, "sut", TEXTS, "machines that measure, by their names"),
	BISECT(result_class, "resultclass", TEXT, "metric that decides, by its name"),
	BISECT(strategy, "strategy", CHOICE, "how commits are chosen", .choices = strategies),
	BISECT(better, "better", CHOICE, "direction of the deciding metric", .choices = betters),
	BISECT(first_parent, "firstParent", BOOL, "follow first parents alone"),
	BISECT(paths, "paths", TEXTS, "only commits that touch these"),
	BISECT(find_fix, "findFix", BOOL, "look for what made it better"),
	BISECT(confidence, "confidence", SHARE, "of the answer", .min = 500001, .max = 999999),
	BISECT(budget_boots, "budget", BUDGET, "boots, or time, to spend at most"),
	BISECT(prior, "prior", TEXT, "file with a prior of the commits"),
	BISECT(min_effect, "minEffect", SHARE, "smallest difference of interest", .max = 900000),
	BISECT(source, "source", TEXT, "result store with baselines of the ends"),
	BISECT(good_swprofile, "goodSwprofile", TEXT, "software profile of the good end"),
	BISECT(bad_swprofile, "badSwprofile", TEXT, "software profile of the bad end"),

	BUILD(command, "command", COMMAND, "builds the worktree", HASHED),
	BUILD(sut, "sut", TEXT, "cluster that builds, a machine's name", HASHED),
	BUILD(timeout, "timeout", SECONDS, "of a build"),
	BUILD(output, "output", TEXTS, "what a build leaves", HASHED),
	BUILD(input, "input", TEXTS, "file of yours that a build reads", CONTENT),
	BUILD(image, "image", TEXT, "kernel image", HASHED),
	BUILD(modules, "modules", TEXT, "directory of installed modules", HASHED),
	BUILD(keep, "keep", BYTES, "size of kept builds"),
	BUILD(jobs, "jobs", LONG, "processes at a time", .max = 65536),
	BUILD(layouts, "layouts", LONG, "builds of a commit with its code elsewhere", .max = 32),

	PROFILE(cmdline, "cmdline", TEXT, "kernel command line, added", HASHED),
	PROFILE(sysctl, "sysctl", TEXTS, "name=value, set before measuring", HASHED),
	PROFILE(bootscript, "bootscript", COMMAND, "run on the machine after boot", HASHED),

	MACHINE(method, "method", TEXT, "kind of machine", HASHED),
	MACHINE(host, "host", TEXT, "name, address, or Host of ssh", HASHED),
	MACHINE(user, "user", TEXT, "user on the host"),
	MACHINE(port, "port", LONG, "of ssh", .max = 65535),
	MACHINE(keyfile, "keyfile", TEXT, "private key for ssh"),
	MACHINE(directory, "directory", TEXT, "ours on the machine"),
	MACHINE(install, "install", COMMAND, "brings a build to the machine", HASHED),
	MACHINE(boot, "boot", CHOICE, "how a kernel is booted", .choices = boots, HASHED),
	MACHINE(boot_command, "bootCommand", COMMAND, "boots it", HASHED),
	MACHINE(entry, "entry", TEXT, "boot entry to boot once", HASHED),
	MACHINE(boot_timeout, "bootTimeout", SECONDS, "of a boot"),
	MACHINE(verify, "verify", CHOICE, "how it is seen what runs", .choices = verifies, HASHED),
	MACHINE(verify_command, "verifyCommand", COMMAND, "sees what runs", HASHED),
	MACHINE(power, "power", COMMAND, "restarts a machine that hangs"),
	MACHINE(console, "console", COMMAND, "prints the console's last lines"),
	MACHINE(prepare, "prepare", COMMAND, "run there before measuring", HASHED),
	MACHINE(cleanup, "cleanup", COMMAND, "run there after measuring"),
	MACHINE(command, "command", COMMAND, "measures a commit and prints it", HASHED),
	MACHINE(load_host, "loadHost", TEXT, "machine that makes the load", HASHED),
	MACHINE(cpus, "cpus", TEXT, "processors to run on", HASHED),
	MACHINE(qemu, "qemu", TEXT, "the emulator", HASHED),
	MACHINE(initramfs, "initramfs", TEXT, "file that holds the guest's /init", CONTENT),
	MACHINE(qemu_machine, "machine", TEXT, "kind of computer that is emulated", HASHED),
	MACHINE(qemu_options, "qemuOptions", TEXT, "further words for the emulator", HASHED),
	MACHINE(vng, "vng", TEXT, "the program of virtme-ng", HASHED),
	MACHINE(vng_options, "vngOptions", TEXT, "further words for virtme-ng", HASHED),
	MACHINE(accel, "accel", CHOICE, "what runs the guest's code", .choices = accels, HASHED),
	MACHINE(icount, "icount", LONG, "counts instructions as time", .max = 10, HASHED),
	MACHINE(memory, "memory", BYTES, "of the guest", HASHED),
	MACHINE(silence, "silence", SECONDS, "until a quiet boot hangs"),
	MACHINE(sbatch, "sbatch", COMMAND, "submits a job to Slurm", HASHED),
	MACHINE(squeue, "squeue", COMMAND, "says what became of jobs"),
	MACHINE(scancel, "scancel", COMMAND, "cancels a job"),
	MACHINE(poll, "poll", SECONDS, "between questions to the cluster"),
	MACHINE(queue_timeout, "queueTimeout", SECONDS, "of a job's wait for its turn"),

	BENCH(command, "command", COMMAND, "the benchmark", HASHED),
	BENCH(metric, "metric", LINES, "a number and where it is", HASHED),
	BENCH(file, "file", TEXT, "where the numbers are", HASHED),
	BENCH(warmups, "warmups", LONG, "runs that do not count", .max = 1000, HASHED),
	BENCH(repeats, "repeats", LONG, "runs a boot", .min = 1, .max = 100000),
	BENCH(sessions, "sessions", LONG, "boots a commit", .min = 1, .max = 1000),
	BENCH(timeout, "timeout", SECONDS, "of a run"),
	BENCH(prepare, "prepare", COMMAND, "run before the runs of a boot", HASHED),
	BENCH(cleanup, "cleanup", COMMAND, "run after them"),
	BENCH(load, "load", COMMAND, "load generator, while it runs", HASHED),
	{ .name = NULL },
};
/* clang-format on */

const char *plan_key(size_t i)
{
	static char name[64];
	const struct plan_key *row = &plan_key_table[i];

	if (!row->name)
		return NULL;
	snprintf(name, sizeof(name), "%s.%s%s", plan_section_names[row->section],
		 plan_section_named(row->section) ? "<name>." : "", row->name);
	return name;
}

const char *plan_key_help(size_t i)
{
	return plan_key_table[i].help;
}
