/*
 * A kernel that is booted by QEMU on this computer, with an initramfs whose
 * /init runs the benchmark and says so on the console (console.h). A boot is a
 * guest; its runs are read as they come.
 */

#include <time.h>

#include "base/clock.h"
#include "base/error.h"
#include "bench/machine/qemu-private.h"

#define POLL_NANOSECONDS 5000000
#define SILENCE 60
/* Of a boot: the larger of that and ten times the longest. */
#define BOOT_FACTOR 10
#define BOOT_SECONDS 60
/* How long a kernel that is lost may go on to say why. */
#define LAST_WORDS 2
#define LOG_MAX (4 << 20)
#define SAID_MAX 200
#define VNG_CUT_OFF 255

static int qemu_accept(const struct plan_machine *conf)
{
	if (!conf->initramfs && !conf->qemu_options)
		return error_set(
			"initramfs: the file that holds the guest's /init is wanted; git perfbisect init-kernel "
			"makes one");
	if (conf->boot != PLAN_BOOT_NONE)
		return error_set("boot: QEMU always boots what was built");
	if (conf->verify == PLAN_VERIFY_BUILD_ID || conf->verify == PLAN_VERIFY_COMMAND)
		return error_set("verify: of a guest it is release, or none");
	if (conf->icount && conf->accel == PLAN_ACCEL_KVM)
		return error_set("icount: KVM does not count instructions; accel = tcg does");
	if (conf->host)
		return error_set("host: QEMU runs on this computer; is method = ssh missing?");
	if (conf->prepare || conf->cleanup)
		return error_set("prepare, cleanup: the guest has no shell");
	return 0;
}

struct qemu *qemu_of(struct machine *m)
{
	struct qemu *q = m->kind;

	if (!q) {
		q = m->kind = xcalloc(1, sizeof(*q));
		q->job = (struct job)JOB_INIT;
		q->console = (struct console)CONSOLE_INIT;
		q->errors = (struct strbuf)STRBUF_INIT;
		q->vng = m->ops == &machine_vng;
		q->accel = m->conf->icount ? PLAN_ACCEL_TCG : m->conf->accel;
	}
	return q;
}

static enum outcome qemu_check(struct machine *m)
{
	struct qemu *q = qemu_of(m);
	struct job job = JOB_INIT;
	struct strbuf how = STRBUF_INIT;
	enum outcome outcome = OUTCOME_MEASURED;

	strvec_pushl(&job.args, qemu_program(m->conf), "--version", NULL);
	job.timeout = MACHINE_HOOK_TIMEOUT;
	if (job_run(&job) || job_failed(&job, &how)) {
		error_set("cannot run '%s': install QEMU (Debian's qemu-system-x86), or set perfsut.%s.qemu",
			  qemu_program(m->conf), m->conf->name);
		outcome = OUTCOME_INFRASTRUCTURE;
	} else if (m->conf->initramfs && access(m->conf->initramfs, R_OK)) {
		error_set("cannot read the initramfs '%s': %s; git perfbisect init-kernel makes one",
			  m->conf->initramfs, strerror(errno));
		outcome = OUTCOME_INFRASTRUCTURE;
	} else if (qemu_check_words(m)) {
		outcome = OUTCOME_INFRASTRUCTURE;
	}
	if (!outcome && q->accel == PLAN_ACCEL_AUTO)
		q->accel = qemu_kvm_works(m) ? PLAN_ACCEL_KVM : PLAN_ACCEL_TCG;
	job_release(&job);
	strbuf_release(&how);
	return outcome;
}

/* Without a virtio console in the guest virtme-ng has its script write to the kernel's, which is on stderr. */
static void hear_vng(struct qemu *q, const char *line, size_t len)
{
	static const char first[] = "perf-guest: kernel ";

	q->mixed = q->mixed || (len > strlen(first) && !memcmp(line, first, strlen(first)));
	if (q->mixed)
		console_line(&q->console, line, len);
	else
		console_kernel_line(&q->console, line, len);
}

static int hear(const char *line, size_t len, bool is_err, void *data)
{
	struct qemu *q = data;

	q->heard = clock_monotonic();
	if (!is_err)
		console_line(&q->console, line, len);
	else if (q->vng)
		hear_vng(q, line, len);
	if (is_err && q->errors.len < JOB_LINE_MAX) {
		strbuf_add(&q->errors, line, len);
		strbuf_addch(&q->errors, '\n');
	}
	return 0;
}

/* The guest is ended; what its console said is kept. */
static void end_guest(struct machine *m)
{
	struct qemu *q = qemu_of(m);

	/* There is nothing in a guest that is worth a farewell. */
	q->job.grace = 0.2;
	job_stop(&q->job);
	if (q->job.state && job_wait(&q->job))
		error_clear();
	strbuf_reset(&m->console);
	strbuf_add(&m->console, q->console.tail.buf, q->console.tail.len);
}

static void forget_guest(struct qemu *q)
{
	job_release(&q->job);
	console_release(&q->console);
	strbuf_release(&q->errors);
	q->taken = 0;
	q->mixed = false;
}

static size_t runs_of(const struct machine *m)
{
	const struct plan_bench *bench = m->plan->benchmark ? plan_bench(m->plan, m->plan->benchmark) : NULL;

	if (m->software.runs)
		return m->software.runs;
	return bench ? (size_t)(bench->warmups + bench->repeats) : 1;
}

static enum outcome start_guest(struct machine *m)
{
	struct qemu *q = qemu_of(m);

	end_guest(m);
	forget_guest(q);
	free(m->console_log);
	m->console_log = xstrfmt("%s/%s-console.log", m->log_dir,
				 m->software.commit ? m->software.commit : "kernel");
	unlink(m->console_log);
	q->wanted = runs_of(m);
	if (q->vng) {
		q->job.dir = vng_dir(m);
		if (vng_words(m, q->accel, q->wanted, &q->job.args))
			return OUTCOME_INFRASTRUCTURE;
	} else {
		qemu_words(m, q->accel, q->wanted, &q->job.args);
	}
	q->job.log = m->console_log;
	q->job.log_max = LOG_MAX;
	q->job.line = hear;
	q->job.data = q;
	q->heard = clock_monotonic();
	return job_start(&q->job) ? OUTCOME_INFRASTRUCTURE : OUTCOME_MEASURED;
}

enum heard {
	HEARD_ENOUGH,
	HEARD_TROUBLE,
	HEARD_END,
	HEARD_NOTHING,
	HEARD_TOO_LITTLE,
};

/* Until there is something to be said of the guest. Seconds; 0: any. */
static enum heard listen(struct qemu *q, bool (*enough)(const struct qemu *q), double silence, double timeout)
{
	const struct timespec pause = { .tv_nsec = POLL_NANOSECONDS };
	double start = clock_monotonic(), lost = 0;

	while (!job_ended(&q->job)) {
		double now = clock_monotonic();

		if (q->console.trouble && lost <= 0)
			lost = now;
		if (lost > 0 && now - lost > LAST_WORDS)
			return HEARD_TROUBLE;
		if (lost <= 0 && enough(q))
			return HEARD_ENOUGH;
		if (silence > 0 && now - q->heard > silence)
			return HEARD_NOTHING;
		if (timeout > 0 && now - start > timeout)
			return HEARD_TOO_LITTLE;
		nanosleep(&pause, NULL);
	}
	if (q->console.trouble)
		return HEARD_TROUBLE;
	return enough(q) ? HEARD_ENOUGH : HEARD_END;
}

static bool has_begun(const struct qemu *q)
{
	return q->console.release;
}

static bool has_run(const struct qemu *q)
{
	return console_ended(&q->console) > q->taken || q->console.done;
}

/* A kernel that QEMU cannot load is the commit's; everything else that QEMU has to say is not. */
static bool blames_kernel(const struct qemu *q)
{
	return strstr(q->errors.buf, "kernel") && !strstr(q->errors.buf, "KVM") &&
	       !strstr(q->errors.buf, "kvm");
}

/* A status of virtme-ng's: QEMU ended, and the script in the guest had not. */
static bool was_cut_off(const struct qemu *q)
{
	return q->vng && q->console.booting && q->job.end == JOB_EXITED && q->job.status == VNG_CUT_OFF;
}

/* QEMU ended before the guest said that it is done. */
static enum outcome judge_end(const struct qemu *q, enum outcome blame)
{
	struct strbuf how = STRBUF_INIT;
	enum outcome outcome = OUTCOME_INFRASTRUCTURE;

	if (q->job.suspended) {
		error_set("this computer was suspended while the guest ran");
	} else if (job_failed(&q->job, &how) && !was_cut_off(q)) {
		machine_add_last_line(&how, q->vng ? q->job.tail.buf : q->errors.buf);
		error_set("%s %s", q->vng ? "vng" : "QEMU", how.buf);
		if (!q->console.lines && q->job.end == JOB_EXITED && blames_kernel(q))
			outcome = OUTCOME_BOOT_FAILED;
	} else {
		error_set("reset: the guest ended before its benchmark did");
		outcome = blame;
	}
	strbuf_release(&how);
	return outcome;
}

static void add_log(const struct machine *m)
{
	char *why = xstrdup(error_message());

	error_set("%s; its console is in '%s'", why, m->console_log);
	free(why);
}

/* What kept the guest from what was waited for; ends it. Every sentence begins with the kind of trouble. */
static enum outcome judge(struct machine *m, enum heard heard, enum outcome blame, double waited)
{
	struct qemu *q = qemu_of(m);
	enum outcome outcome = blame;

	end_guest(m);
	switch (heard) {
	case HEARD_TROUBLE:
		error_set("%s: %.*s", console_trouble_name(q->console.trouble), SAID_MAX, q->console.said);
		if (q->console.trouble == CONSOLE_SYSCTL)
			outcome = OUTCOME_INFRASTRUCTURE;
		break;
	case HEARD_ENOUGH:
	case HEARD_END:
		outcome = judge_end(q, blame);
		break;
	case HEARD_NOTHING:
		error_set("silent: the console said nothing for %g s", waited);
		break;
	case HEARD_TOO_LITTLE:
		error_set("hang: %s took more than %g s", q->console.release ? "a run" : "the boot", waited);
		break;
	}
	if (q->console.lines && outcome != OUTCOME_INFRASTRUCTURE)
		add_log(m);
	return outcome;
}

static double boot_timeout(const struct machine *m, const struct qemu *q)
{
	double seconds = BOOT_FACTOR * q->longest_boot;

	if (m->conf->boot_timeout > 0)
		return m->conf->boot_timeout;
	if (q->longest_boot <= 0)
		return MACHINE_BOOT_TIMEOUT;
	return seconds > BOOT_SECONDS ? seconds : BOOT_SECONDS;
}

static void name_boot(struct machine *m)
{
	char token[33];

	machine_token(token);
	free(m->boot_id);
	m->boot_id = xstrfmt("%s/%.16s", qemu_of(m)->accel == PLAN_ACCEL_KVM ? "kvm" : "tcg", token);
}

enum outcome qemu_boot(struct machine *m)
{
	struct qemu *q = qemu_of(m);
	double start = clock_monotonic(), timeout = boot_timeout(m, q);
	double silence = m->conf->silence > 0 ? m->conf->silence : SILENCE;
	enum outcome outcome = start_guest(m);
	enum heard heard;

	if (outcome)
		return outcome;
	name_boot(m);
	heard = listen(q, has_begun, silence, timeout);
	m->boot_seconds = clock_monotonic() - start;
	if (heard != HEARD_ENOUGH)
		return judge(m, heard, OUTCOME_BOOT_FAILED, heard == HEARD_NOTHING ? silence : timeout);
	if (m->boot_seconds > q->longest_boot)
		q->longest_boot = m->boot_seconds;
	return OUTCOME_MEASURED;
}

enum outcome qemu_verify(struct machine *m)
{
	struct qemu *q = qemu_of(m);
	const char *expected;

	if (m->conf->verify == PLAN_VERIFY_NONE)
		return OUTCOME_MEASURED;
	expected = machine_expected_release(m);
	if (expected && !strcmp(expected, q->console.release))
		return OUTCOME_MEASURED;
	end_guest(m);
	if (!expected)
		return OUTCOME_INFRASTRUCTURE;
	error_set("wrong release: runs %.80s, not the %s that was built", q->console.release, expected);
	return OUTCOME_BOOT_FAILED;
}

/* The next run of this guest, as machine_ops.run says. */
static enum outcome take_run(struct machine *m, struct machine_run *run)
{
	struct qemu *q = qemu_of(m);
	struct console_run *done = &q->console.runs[q->taken++];

	strbuf_add(&run->out, done->out.buf, done->out.len);
	strbuf_release(&done->out);
	run->status = done->status;
	run->wall = done->wall;
	run->cpu = done->cpu;
	if (run->status) {
		struct strbuf how = STRBUF_INIT;

		machine_add_last_line(&how, run->out.buf);
		error_set("the command ended with status %d%s", run->status, how.buf);
		strbuf_release(&how);
		return OUTCOME_BENCH_FAILED;
	}
	return OUTCOME_MEASURED;
}

enum outcome qemu_run(struct machine *m, struct machine_run *run)
{
	struct qemu *q = qemu_of(m);
	const struct plan_bench *bench = m->plan->benchmark ? plan_bench(m->plan, m->plan->benchmark) : NULL;
	enum heard heard;

	if (!bench || !bench->command || strcmp(run->command, bench->command) != 0) {
		error_set("the guest runs its benchmark, and no other command");
		return OUTCOME_INFRASTRUCTURE;
	}
	/* More runs than the guest was started for need another one. */
	if (q->taken == q->wanted) {
		enum outcome outcome = qemu_boot(m);

		if (!outcome)
			outcome = qemu_verify(m);
		if (outcome)
			return outcome;
	}
	heard = listen(q, has_run, 0, run->timeout);
	if (heard != HEARD_ENOUGH)
		return judge(m, heard, OUTCOME_BENCH_FAILED, run->timeout);
	if (console_ended(&q->console) > q->taken)
		return take_run(m, run);
	end_guest(m);
	error_set("the guest was done after %zu runs of %zu", q->taken, q->wanted);
	return OUTCOME_BENCH_FAILED;
}

void qemu_close(struct machine *m)
{
	struct qemu *q = qemu_of(m);
	char *why = xstrdup(error_message());

	end_guest(m);
	forget_guest(q);
	error_set("%s", why);
	free(why);
	free(q);
	m->kind = NULL;
}

const struct machine_ops machine_qemu = {
	.method = "qemu",
	.help = "a kernel that QEMU boots on this computer",
	.accept = qemu_accept,
	.check = qemu_check,
	.install = machine_nothing,
	.boot = qemu_boot,
	.verify = qemu_verify,
	.run = qemu_run,
	/* Each boot is a machine of its own. */
	.power = machine_nothing,
	.close = qemu_close,
};
