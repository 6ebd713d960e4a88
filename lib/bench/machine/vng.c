/*
 * A kernel that virtme-ng boots, with this computer's own files as the guest's: no
 * initramfs is made, and benchmarks are commands for a shell. The guest runs a
 * script of ours that says what /init of the QEMU machine does (console.h), and
 * is read by the same code.
 */

#include "base/error.h"
#include "base/quote.h"
#include "base/tempfile.h"
#include "bench/machine/qemu-private.h"

#define PROGRAM "vng"

static const char *program(const struct plan_machine *conf)
{
	return conf->vng ? conf->vng : PROGRAM;
}

static int vng_accept(const struct plan_machine *conf)
{
	if (conf->boot != PLAN_BOOT_NONE)
		return error_set("boot: virtme-ng always boots what was built");
	if (conf->verify == PLAN_VERIFY_BUILD_ID || conf->verify == PLAN_VERIFY_COMMAND)
		return error_set("verify: of a guest it is release, or none");
	if (conf->host)
		return error_set("host: virtme-ng runs on this computer; is method = ssh missing?");
	if (conf->initramfs || conf->qemu_machine || conf->qemu_options || conf->icount)
		return error_set("initramfs, machine, qemuOptions, icount: these are for method = qemu; words for "
				 "virtme-ng are vngOptions");
	if (conf->prepare || conf->cleanup)
		return error_set(
			"prepare, cleanup: a guest runs its benchmark alone, whose command may be a script");
	return 0;
}

static int check_plan(const struct machine *m)
{
	const struct plan_profile *profile = &m->plan->profile;
	const struct plan_bench *bench = m->plan->benchmark ? plan_bench(m->plan, m->plan->benchmark) : NULL;

	if (!m->plan->build.image)
		return error_set("perfbuild.image says what is booted, and is not set");
	if (bench && (bench->prepare || bench->cleanup || bench->file))
		return error_set("perfbench.%s.prepare, cleanup and file: a guest runs its benchmark alone, whose "
				 "command may be a script",
				 bench->name);
	if (profile->bootscript)
		return error_set("perfprofile.bootscript: a guest runs its benchmark alone, whose command may be "
				 "a script");
	if (profile->cmdline && qemu_check_cmdline("perfprofile.cmdline", profile->cmdline))
		return -1;
	for (size_t i = 0; i < profile->sysctl.nr; i++)
		if (qemu_check_cmdline("perfprofile.sysctl", profile->sysctl.v[i]))
			return -1;
	return 0;
}

static enum outcome vng_check(struct machine *m)
{
	struct qemu *q = qemu_of(m);
	struct job job = JOB_INIT;
	struct strbuf how = STRBUF_INIT;
	enum outcome outcome = OUTCOME_MEASURED;

	strvec_pushl(&job.args, program(m->conf), "--version", NULL);
	job.timeout = MACHINE_HOOK_TIMEOUT;
	if (job_run(&job) || job_failed(&job, &how)) {
		error_set("cannot run '%s': install virtme-ng, or set perfsut.%s.vng", program(m->conf),
			  m->conf->name);
		outcome = OUTCOME_INFRASTRUCTURE;
	} else if (check_plan(m)) {
		outcome = OUTCOME_INFRASTRUCTURE;
	}
	if (!outcome && q->accel == PLAN_ACCEL_AUTO)
		q->accel = qemu_kvm_works(m) ? PLAN_ACCEL_KVM : PLAN_ACCEL_TCG;
	job_release(&job);
	strbuf_release(&how);
	return outcome;
}

const char *vng_dir(const struct machine *m)
{
	return m->software.out ? m->software.out : m->software.worktree;
}

/* $dir, $runs, $command. Seconds of processors are the second line of `times`. */
static const char script_text[] =
	"cd \"$dir\" || exit 1\n"
	"tmp=$(mktemp -d) || exit 1\n"
	"took() {\n"
	"	awk -v from=\"$from\" -v to=\"$to\" '\n"
	"	FNR == 2 { split($0, t, /[ms \\t]+/); last = now; now = 60 * (t[1] + t[3]) + t[2] + t[4] }\n"
	"	END { printf \"%.9f %.6f\", to - from, now - last }' \"$tmp/before\" \"$tmp/after\"\n"
	"}\n"
	"printf '\\nperf-guest: kernel %s\\n' \"$(uname -r)\"\n"
	"while test $runs -gt 0\n"
	"do\n"
	"	echo 'perf-guest: run'\n"
	"	times >\"$tmp/before\"\n"
	"	from=$(date +%s.%N)\n"
	"	sh -c \"$command\" </dev/null\n"
	"	status=$?\n"
	"	to=$(date +%s.%N)\n"
	"	times >\"$tmp/after\"\n"
	"	printf '\\nperf-guest: ran %s %s\\n' $status \"$(took)\"\n"
	"	runs=$((runs - 1))\n"
	"done\n"
	"echo 'perf-guest: done'\n"
	"exit 0\n";

static void add_assignment(FILE *fp, const char *name, const char *value)
{
	struct strbuf text = STRBUF_INIT;

	quote_shell(&text, value);
	fprintf(fp, "%s=%s\n", name, text.buf);
	strbuf_release(&text);
}

static void write_script(const struct machine *m, size_t runs, FILE *fp)
{
	const struct plan_bench *bench = m->plan->benchmark ? plan_bench(m->plan, m->plan->benchmark) : NULL;
	struct strvec env = STRVEC_INIT;

	machine_environment(m, &env);
	for (size_t i = 0; i < env.nr; i++) {
		char *equals = strchr(env.v[i], '=');

		/* What git is not to find is not there, either: the guest has an environment of its own. */
		if (!equals)
			continue;
		*equals = '\0';
		fputs("export ", fp);
		add_assignment(fp, env.v[i], equals + 1);
	}
	add_assignment(fp, "dir", vng_dir(m));
	fprintf(fp, "runs=%zu\n", runs);
	add_assignment(fp, "command", bench && bench->command ? bench->command : ":");
	fputs(script_text, fp);
	strvec_release(&env);
}

/* The kernel's command line has no room for the script itself. */
static char *make_script(const struct machine *m, size_t runs)
{
	struct tempfile file = TEMPFILE_INIT;
	char *dir = realpath(m->log_dir, NULL), *path;

	if (!dir) {
		error_set("cannot find '%s': %s", m->log_dir, strerror(errno));
		return NULL;
	}
	path = xstrfmt("%s/%s-guest", dir, m->software.commit ? m->software.commit : "kernel");
	free(dir);
	if (!tempfile_create(&file, path)) {
		write_script(m, runs, file.fp);
		if (!tempfile_commit(&file))
			return path;
	}
	free(path);
	return NULL;
}

static void push_append(struct strvec *words, const char *prefix, const char *text)
{
	struct strbuf word = STRBUF_INIT;

	strbuf_addf(&word, "--append=%s%s", prefix, text);
	strvec_push(words, word.buf);
	strbuf_release(&word);
}

/* All that follows --run is taken apart at blanks by virtme-ng itself: the image's path is a relative one. */
int vng_words(const struct machine *m, enum plan_accel accel, size_t runs, struct strvec *words)
{
	const struct plan_machine *conf = m->conf;
	const struct plan_profile *profile = &m->plan->profile;
	struct strbuf command = STRBUF_INIT;
	char *script = make_script(m, runs);

	if (!script)
		return -1;
	strvec_pushl(words, program(conf), "--run", NULL);
	strvec_pushf(words, "./%s", m->plan->build.image);
	/* The kernel's console is on stderr. */
	strvec_push(words, "--verbose");
	if (accel == PLAN_ACCEL_TCG)
		strvec_push(words, "--disable-kvm");
	if (conf->qemu)
		strvec_pushf(words, "--qemu=%s", conf->qemu);
	if (conf->memory)
		strvec_pushf(words, "--memory=%lldM", conf->memory >> 20);
	push_append(words, "", "oops=panic norandmaps");
	for (size_t i = 0; i < profile->sysctl.nr; i++)
		push_append(words, "sysctl.", profile->sysctl.v[i]);
	if (profile->cmdline)
		push_append(words, "", profile->cmdline);
	if (conf->vng_options)
		qemu_push_split(words, conf->vng_options);
	strbuf_addstr(&command, "sh ");
	quote_shell_word(&command, script);
	strvec_pushl(words, "--exec", command.buf, NULL);
	strbuf_release(&command);
	free(script);
	return 0;
}

const struct machine_ops machine_vng = {
	.method = "vng",
	.help = "a kernel that virtme-ng boots on this computer",
	.accept = vng_accept,
	.check = vng_check,
	.install = machine_nothing,
	.boot = qemu_boot,
	.verify = qemu_verify,
	.run = qemu_run,
	.power = machine_nothing,
	.close = qemu_close,
};
