#include "base/error.h"
#include "bench/machine/qemu-private.h"

#define PROGRAM "qemu-system-x86_64"
/* No legacy devices, no firmware of a PC: a kernel of 12 MB is up in a second without KVM. */
#define X86_MACHINE "microvm,rtc=off,isa-serial=on,x-option-roms=off,auto-kernel-cmdline=off"
#define MEMORY (128LL << 20)
/* COMMAND_LINE_SIZE of x86. */
#define CMDLINE_MAX 2047

const char *qemu_program(const struct plan_machine *conf)
{
	return conf->qemu ? conf->qemu : PROGRAM;
}

/* For others neither machine nor console are known. */
static bool is_x86(const struct plan_machine *conf)
{
	return strstr(qemu_program(conf), "x86_64") || strstr(qemu_program(conf), "i386");
}

char *qemu_image(const struct machine *m)
{
	return xstrfmt("%s/%s", m->software.out ? m->software.out : m->software.worktree, m->plan->build.image);
}

static const struct plan_bench *bench_of(const struct machine *m)
{
	return m->plan->benchmark ? plan_bench(m->plan, m->plan->benchmark) : NULL;
}

/* This computer's, which a guest of TCG sees as its own and has no way to find out. */
static long host_khz(void)
{
	struct strbuf text = STRBUF_INIT;
	const char *at = NULL;
	double mhz = 0;

	if (strbuf_read_file(&text, "/proc/cpuinfo", 0) < 0)
		error_clear();
	else
		at = strstr(text.buf, "cpu MHz");
	if (at)
		at = strchr(at, ':');
	if (at)
		mhz = strtod(at + 1, NULL);
	strbuf_release(&text);
	return mhz > 0 ? (long)(mhz * 1000) : 1000000;
}

/*
 * What makes one boot like another: no reboot after a panic, an oops that is
 * one, addresses and random numbers that do not change, a clock that is told
 * its rate, since it cannot be measured under TCG.
 */
static void add_x86_cmdline(const struct machine *m, enum plan_accel accel, struct strbuf *out)
{
	strbuf_addstr(out, "console=ttyS0 reboot=t tsc=reliable ");
	if (accel == PLAN_ACCEL_TCG)
		strbuf_addf(out, "tsc_early_khz=%ld no_timer_check lpj=1000000 ",
			    m->conf->icount ? 1000000L : host_khz());
}

static void add_cmdline(const struct machine *m, enum plan_accel accel, size_t runs, struct strbuf *out)
{
	const struct plan_profile *profile = &m->plan->profile;
	const struct plan_bench *bench = bench_of(m);

	if (is_x86(m->conf))
		add_x86_cmdline(m, accel, out);
	strbuf_addf(out, "panic=-1 oops=panic random.trust_cpu=on norandmaps perf_runs=%zu", runs);
	for (size_t i = 0; i < profile->sysctl.nr; i++)
		strbuf_addf(out, " sysctl.%s", profile->sysctl.v[i]);
	if (profile->cmdline)
		strbuf_addf(out, " %s", profile->cmdline);
	/* The kernel gives what follows to /init as its arguments. */
	strbuf_addf(out, " -- %s", bench && bench->command ? bench->command : "");
	strbuf_rtrim(out);
}

int qemu_check_cmdline(const char *key, const char *text)
{
	for (const char *at = text; *at; at++)
		if (*at == '"' || *at == '\'' || *at == '\\' || (unsigned char)*at < ' ')
			return error_set(
				"%s: '%s' cannot stand on a kernel's command line: words without quotes and "
				"backslashes are wanted",
				key, text);
	return 0;
}

int qemu_check_words(const struct machine *m)
{
	const struct plan_profile *profile = &m->plan->profile;
	const struct plan_bench *bench = bench_of(m);
	struct strbuf cmdline = STRBUF_INIT;
	int result = 0;

	if (!m->plan->build.image)
		return error_set("perfbuild.image says what is booted, and is not set");
	if (bench && (bench->prepare || bench->cleanup || bench->file))
		return error_set("the guest has no shell: perfbench.%s.prepare, cleanup and file are not for it",
				 bench->name);
	if (profile->bootscript)
		return error_set("the guest has no shell: perfprofile.bootscript is not for it");
	if (bench && bench->command && qemu_check_cmdline("perfbench.<name>.command", bench->command))
		return -1;
	for (size_t i = 0; i < profile->sysctl.nr; i++)
		if (qemu_check_cmdline("perfprofile.sysctl", profile->sysctl.v[i]))
			return -1;
	add_cmdline(m, PLAN_ACCEL_TCG, 1000, &cmdline);
	if (cmdline.len > CMDLINE_MAX)
		result = error_set("the kernel's command line is longer than %d bytes", CMDLINE_MAX);
	strbuf_release(&cmdline);
	return result;
}

void qemu_push_split(struct strvec *words, const char *text)
{
	while (*(text += strspn(text, " \t"))) {
		size_t len = strcspn(text, " \t");

		strvec_push_owned(words, xmemdupz(text, len));
		text += len;
	}
}

void qemu_words(const struct machine *m, enum plan_accel accel, size_t runs, struct strvec *words)
{
	const struct plan_machine *conf = m->conf;
	const char *machine = conf->qemu_machine;
	struct strbuf cmdline = STRBUF_INIT;

	if (!machine && is_x86(conf))
		machine = X86_MACHINE;
	/* The user's configuration of QEMU, its default devices and its monitor are none of a measurement's. */
	strvec_pushl(words, qemu_program(conf), "-nodefaults", "-no-user-config", "-display", "none",
		     "-monitor", "none", "-no-reboot", "-smp", "1", "-seed", "1", NULL);
	strvec_pushl(words, "-accel", accel == PLAN_ACCEL_KVM ? "kvm" : "tcg,thread=single", "-cpu",
		     accel == PLAN_ACCEL_KVM ? QEMU_KVM_CPU : "max", NULL);
	if (conf->icount) {
		strvec_push(words, "-icount");
		strvec_pushf(words, "shift=%ld,sleep=off", conf->icount);
	}
	if (machine)
		strvec_pushl(words, "-M", machine, NULL);
	strvec_push(words, "-m");
	strvec_pushf(words, "%lldk", (conf->memory ? conf->memory : MEMORY) >> 10);
	/* A file is only written to; a console that is read as well would wake the guest up. */
	strvec_pushl(words, "-chardev", "file,id=console,path=/dev/fd/1", "-serial", "chardev:console",
		     "-kernel", NULL);
	strvec_push_owned(words, qemu_image(m));
	if (conf->initramfs)
		strvec_pushl(words, "-initrd", conf->initramfs, NULL);
	add_cmdline(m, accel, runs, &cmdline);
	strvec_pushl(words, "-append", cmdline.buf, NULL);
	if (conf->qemu_options)
		qemu_push_split(words, conf->qemu_options);
	strbuf_release(&cmdline);
}
