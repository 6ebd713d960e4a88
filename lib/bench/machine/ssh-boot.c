/*
 * Another kernel on the machine: started once, and seen to be another boot
 * before anything is measured. What the machine boots by itself afterwards is
 * never changed.
 */

#include <time.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/quote.h"
#include "bench/machine/ssh-private.h"

#define CONNECT_TIMEOUT 20
/* While it boots, a try is short and another follows. */
#define TRY_TIMEOUT 5
#define TRY_PAUSE 1
/* A word on the command line of a kernel that kexec started; its value is that boot's. */
#define MARK "perf_boot"

/* Image and modules to where they are booted from; the rest of boot = oneshot is the user's boot entry. */
static void add_files(const struct machine *m, struct strbuf *script)
{
	const struct plan_build *build = &m->plan->build;

	strbuf_addstr(script, "set -e; ");
	if (build->modules) {
		strbuf_addstr(script, "modules=");
		quote_shell(script, build->modules);
		strbuf_addstr(script, "; cp -a \"$modules\"/lib/modules/. /lib/modules/; ");
	}
	strbuf_addstr(script, "image=");
	quote_shell(script, build->image ? build->image : "");
	strbuf_addstr(script, "; cmdline=");
	quote_shell(script, m->plan->profile.cmdline ? m->plan->profile.cmdline : "");
	strbuf_addstr(script, "; ");
}

/* Detached from the connection, which ends with the system; without the mark that would end it before. */
#define LATER(command) "env -u PERF_MARK setsid sh -c 'sleep 1; " command "' </dev/null >/dev/null 2>&1 &"

/*
 * The command line is the machine's own, our mark, and the profile's words. What follows a mark is
 * of the boot before, whose kernel may still run.
 */
static void add_kexec(const char *mark, struct strbuf *script)
{
	strbuf_addf(script,
		    "own=$(sed -e 's/ *" MARK "=.*//' -e 's/^BOOT_IMAGE=[^ ]* *//' /proc/cmdline); "
		    "initrd=; test ! -f initrd || initrd=--initrd=initrd; "
		    "kexec -l \"$image\" $initrd --command-line=\"$own " MARK "=%s${cmdline:+ $cmdline}\"; "
		    "sync; " LATER("systemctl kexec || kexec -e"),
		    mark);
}

static void add_oneshot(const struct machine *m, struct strbuf *script)
{
	strbuf_addstr(script, "cp \"$image\" /boot/vmlinuz-perf; "
			      "test ! -f initrd || cp initrd /boot/initrd.img-perf; entry=");
	quote_shell(script, m->conf->entry ? m->conf->entry : "perf");
	strbuf_addstr(script, "; if command -v bootctl >/dev/null && bootctl is-installed >/dev/null 2>&1; "
			      "then bootctl set-oneshot \"$entry\"; else grub-reboot \"$entry\"; fi; "
			      "sync; " LATER("reboot"));
}

/* Sets the machine on its way. */
static enum outcome start_boot(struct machine *m, const char *mark)
{
	struct strbuf script = STRBUF_INIT;
	enum outcome outcome;

	if (m->conf->boot == PLAN_BOOT_COMMAND)
		return machine_hook(m, "boot", m->conf->boot_command, machine_boot_timeout(m),
				    OUTCOME_BOOT_FAILED, NULL);
	add_files(m, &script);
	if (m->conf->boot == PLAN_BOOT_KEXEC)
		add_kexec(mark, &script);
	else
		add_oneshot(m, &script);
	outcome = machine_script(m, "boot", script.buf, OUTCOME_BOOT_FAILED, NULL);
	strbuf_release(&script);
	return outcome;
}

/* The boot id over a new connection; false while there is none. */
static bool try_boot_id(struct machine *m, struct strbuf *id)
{
	struct machine_run run = MACHINE_RUN_INIT;
	bool ok;

	run.command = "cat " MACHINE_BOOT_ID;
	run.timeout = TRY_TIMEOUT;
	ssh_disconnect(m);
	ok = !ssh_connect(m, TRY_TIMEOUT) && !ssh_run_anywhere(m, &run);
	strbuf_reset(id);
	strbuf_add(id, run.out.buf, run.out.len);
	strbuf_rtrim(id);
	machine_run_release(&run);
	return ok && id->len;
}

/* Until the machine is there with another boot id; false when the time is over. */
static bool wait_for_boot(struct machine *m, const char *before, double timeout)
{
	const struct timespec pause = { .tv_sec = TRY_PAUSE };
	double limit = clock_real() + timeout;
	struct strbuf id = STRBUF_INIT;
	bool changed = false;

	while (!changed && clock_real() < limit) {
		changed = try_boot_id(m, &id) && strcmp(id.buf, before) != 0;
		if (!changed)
			nanosleep(&pause, NULL);
	}
	if (changed) {
		free(m->boot_id);
		m->boot_id = xstrdup(id.buf);
	}
	strbuf_release(&id);
	return changed;
}

/* It did not come back: the commit's fault, if the machine can be had again. */
static enum outcome rescue(struct machine *m, const char *before)
{
	double timeout = machine_boot_timeout(m);
	char *why;

	error_set("did not come back within %g s after booting %.12s", timeout, m->software.commit);
	machine_add_console(m);
	why = xstrdup(error_message());
	if (machine_power_hook(m) || !wait_for_boot(m, before, timeout)) {
		struct strbuf also = STRBUF_INIT;

		strbuf_addstr(&also, m->conf->power ? "nor after perfsut.<name>.power"
						    : "and perfsut.<name>.power is not set");
		error_set("%s, %s", why, also.buf);
		strbuf_release(&also);
		free(why);
		return OUTCOME_INFRASTRUCTURE;
	}
	error_set("%s", why);
	free(why);
	return OUTCOME_BOOT_FAILED;
}

/* A kernel that panics may give way to the machine's own one, whose release can be the same. */
static enum outcome check_mark(struct machine *m, const char *mark)
{
	struct strbuf script = STRBUF_INIT;
	enum outcome outcome;

	strbuf_addf(&script,
		    "case \" $(cat /proc/cmdline) \" in *\" " MARK "=%s \"*) ;; "
		    "*) echo \"it runs $(uname -r), which it boots by itself\"; exit 1;; esac",
		    mark);
	outcome = machine_script(m, "came back without the kernel that was loaded", script.buf,
				 OUTCOME_BOOT_FAILED, NULL);
	strbuf_release(&script);
	return outcome;
}

static enum outcome boot_kernel(struct machine *m)
{
	char mark[33];
	struct strbuf before = STRBUF_INIT;
	enum outcome outcome = machine_script(m, "cannot read the boot id", "cat " MACHINE_BOOT_ID,
					      OUTCOME_INFRASTRUCTURE, &before);

	strbuf_rtrim(&before);
	machine_token(mark);
	if (!outcome)
		outcome = start_boot(m, mark);
	if (!outcome && !wait_for_boot(m, before.buf, machine_boot_timeout(m)))
		outcome = rescue(m, before.buf);
	if (!outcome && m->conf->boot == PLAN_BOOT_KEXEC)
		outcome = check_mark(m, mark);
	strbuf_release(&before);
	return outcome;
}

enum outcome ssh_boot(struct machine *m)
{
	double start = clock_monotonic();
	enum outcome outcome = ssh_connect(m, CONNECT_TIMEOUT);

	if (!outcome && m->conf->boot == PLAN_BOOT_NONE)
		outcome = machine_new_session(m);
	else if (!outcome)
		outcome = boot_kernel(m);
	m->boot_seconds = clock_monotonic() - start;
	/* What is set lasts until the next boot; it is looked at before each measurement. */
	if (!outcome)
		outcome = machine_apply_profile(m);
	return outcome;
}
