#include "base/error.h"
#include "base/quote.h"
#include "bench/machine/machine-private.h"

/* Every word of the profile's command line must be among the kernel's. */
static enum outcome check_cmdline(struct machine *m)
{
	struct strbuf script = STRBUF_INIT;
	enum outcome outcome;

	if (!m->plan->profile.cmdline)
		return OUTCOME_MEASURED;
	strbuf_addstr(&script, "set -f; for word in $(printf %s ");
	quote_shell(&script, m->plan->profile.cmdline);
	strbuf_addstr(&script, "); do case \" $(cat /proc/cmdline) \" in *\" $word \"*) ;; "
			       "*) echo \"the kernel's command line lacks $word\"; exit 1;; esac; done");
	/* Without a boot of ours it is the machine that is not as it should be. */
	outcome = machine_script(m, "perfprofile.cmdline", script.buf,
				 m->conf->boot == PLAN_BOOT_NONE ? OUTCOME_INFRASTRUCTURE : OUTCOME_BOOT_FAILED,
				 NULL);
	strbuf_release(&script);
	return outcome;
}

static bool is_sysctl_name(const char *name, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!is_word_char(name[i]) && !strchr("./-", name[i]))
			return false;
	return len && *name != '.' && *name != '/' && *name != '-' && !memmem(name, len, "..", 2);
}

/*
 * One sysctl set and read back; prints what it was. Blanks between several
 * numbers are tabs when they are read.
 */
static enum outcome set_sysctl(struct machine *m, const char *setting, struct strbuf *old)
{
	const char *equals = strchr(setting, '=');
	size_t len = (size_t)(equals - setting);
	struct strbuf script = STRBUF_INIT;
	enum outcome outcome;

	if (!is_sysctl_name(setting, len)) {
		error_set("perfprofile.sysctl: '%.*s' is no name of a sysctl", (int)len, setting);
		return OUTCOME_INFRASTRUCTURE;
	}
	strbuf_addstr(&script, "file=/proc/sys/");
	for (size_t i = 0; i < len; i++)
		strbuf_addch(&script, setting[i] == '.' ? '/' : setting[i]);
	strbuf_addstr(&script, "; value=");
	quote_shell(&script, equals + 1);
	strbuf_addstr(&script,
		      "; old=$(cat \"$file\" 2>/dev/null) || { echo \"there is no $file\"; exit 1; }; "
		      "set -f; same() { test \"$(echo $(cat \"$file\"))\" = \"$(echo $value)\"; }; "
		      "same || { printf '%s\\n' \"$value\" >\"$file\"; } 2>/dev/null; "
		      "same || { echo \"$file is $(cat \"$file\"), and cannot be set to $value\"; exit 1; }; "
		      "printf '%s\\n' \"$old\"");
	outcome = machine_script(m, "perfprofile.sysctl", script.buf, OUTCOME_INFRASTRUCTURE, old);
	strbuf_rtrim(old);
	strbuf_release(&script);
	return outcome;
}

/* Remembers what it was, once, so that the machine is left as it was found. */
static void remember(struct machine *m, const char *setting, const char *old)
{
	size_t len = strcspn(setting, "=") + 1;

	for (size_t i = 0; i < m->old_sysctls.nr; i++)
		if (!strncmp(m->old_sysctls.v[i], setting, len))
			return;
	if (strcmp(setting + len, old) != 0)
		strvec_pushf(&m->old_sysctls, "%.*s%s", (int)len, setting, old);
}

enum outcome machine_apply_profile(struct machine *m)
{
	const struct plan_profile *profile = &m->plan->profile;
	enum outcome outcome = check_cmdline(m);

	for (size_t i = 0; i < profile->sysctl.nr && !outcome; i++) {
		struct strbuf old = STRBUF_INIT;

		outcome = set_sysctl(m, profile->sysctl.v[i], &old);
		if (!outcome && m->conf->boot == PLAN_BOOT_NONE)
			remember(m, profile->sysctl.v[i], old.buf);
		strbuf_release(&old);
	}
	if (!outcome && profile->bootscript)
		outcome = machine_script(m, "perfprofile.bootscript", profile->bootscript,
					 OUTCOME_INFRASTRUCTURE, NULL);
	return outcome;
}

void machine_restore_profile(struct machine *m)
{
	char *why = xstrdup(error_message());
	struct strbuf old = STRBUF_INIT;
	bool failed = false;

	for (size_t i = m->old_sysctls.nr; i > 0; i--)
		failed |= set_sysctl(m, m->old_sysctls.v[i - 1], &old) != OUTCOME_MEASURED;
	/* Nothing more can be done; what was recorded before matters more. */
	if (failed || *why)
		error_set("%s", *why ? why : error_message());
	strbuf_release(&old);
	free(why);
}
