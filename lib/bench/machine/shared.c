#include <ctype.h>
#include <sys/random.h>

#include "base/error.h"
#include "bench/machine/machine-private.h"

void machine_token(char token[33])
{
	unsigned char bytes[16];

	if (getrandom(bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes))
		BUG("getrandom: %s", strerror(errno));
	for (size_t i = 0; i < sizeof(bytes); i++)
		snprintf(token + 2 * i, 3, "%02x", bytes[i]);
}

void machine_add_last_line(struct strbuf *out, const char *text)
{
	const char *end = text + strlen(text), *from;

	while (end > text && isspace((unsigned char)end[-1]))
		end--;
	from = end;
	while (from > text && from[-1] != '\n')
		from--;
	if (end > from)
		strbuf_addf(out, ": %.*s", (int)(end - from), from);
}

enum outcome machine_hook(struct machine *m, const char *what, const char *command, double timeout,
			  enum outcome blame, struct strbuf *out)
{
	struct job job = JOB_INIT;
	struct strbuf how = STRBUF_INIT;
	enum outcome outcome = OUTCOME_MEASURED;

	job_shell(&job, command);
	machine_environment(m, &job.env);
	job.dir = m->software.worktree ? m->software.worktree : m->software.out;
	job.timeout = timeout;
	job.out = out;
	job.out_max = MACHINE_OUT_MAX;
	if (job_run(&job)) {
		outcome = OUTCOME_INFRASTRUCTURE;
		error_prefix("%s", what);
	} else if (job_failed(&job, &how)) {
		outcome = job.end == JOB_STOPPED ? OUTCOME_INFRASTRUCTURE : blame;
		machine_add_last_line(&how, job.tail.buf);
		error_set("%s %s", what, how.buf);
	}
	job_release(&job);
	strbuf_release(&how);
	return outcome;
}

enum outcome machine_install_hook(struct machine *m)
{
	if (!m->conf->install)
		return OUTCOME_MEASURED;
	return machine_hook(m, "install", m->conf->install, MACHINE_HOOK_TIMEOUT, OUTCOME_INFRASTRUCTURE, NULL);
}

enum outcome machine_power_hook(struct machine *m)
{
	if (!m->conf->power) {
		error_set("perfsut.%s.power is not set, so nothing can restart it", m->conf->name);
		return OUTCOME_INFRASTRUCTURE;
	}
	return machine_hook(m, "power", m->conf->power, MACHINE_HOOK_TIMEOUT, OUTCOME_INFRASTRUCTURE, NULL);
}

void machine_add_console(struct machine *m)
{
	struct strbuf out = STRBUF_INIT, last = STRBUF_INIT;
	char *why = xstrdup(error_message());

	if (m->conf->console &&
	    !machine_hook(m, "console", m->conf->console, MACHINE_HOOK_TIMEOUT, OUTCOME_INFRASTRUCTURE, &out))
		machine_add_last_line(&last, out.buf);
	if (last.len)
		error_set("%s; the console's last line%s", why, last.buf);
	else
		error_set("%s", why);
	free(why);
	strbuf_release(&out);
	strbuf_release(&last);
}

enum outcome machine_script(struct machine *m, const char *what, const char *script, enum outcome blame,
			    struct strbuf *out)
{
	struct machine_run run = MACHINE_RUN_INIT;
	enum outcome outcome;

	run.command = script;
	run.timeout = MACHINE_HOOK_TIMEOUT;
	outcome = m->ops->run(m, &run);
	if (outcome == OUTCOME_BENCH_FAILED) {
		struct strbuf said = STRBUF_INIT;

		outcome = blame;
		/* What a script of ours has to say is on its stdout. */
		machine_add_last_line(&said, run.out.buf);
		if (said.len)
			error_set("%s%s", what, said.buf);
		else
			error_prefix("%s", what);
		strbuf_release(&said);
	}
	if (out)
		strbuf_add(out, run.out.buf, run.out.len);
	machine_run_release(&run);
	return outcome;
}

void machine_name_session(struct machine *m, const struct strbuf *id)
{
	size_t len = id->len;
	char token[33];

	while (len && isspace((unsigned char)id->buf[len - 1]))
		len--;
	machine_token(token);
	free(m->boot_id);
	/* A boot may have several sessions, and each is a boot to who counts them. */
	if (m->conf->boot == PLAN_BOOT_NONE)
		m->boot_id = xstrfmt("%.*s/%.8s-%zu", (int)len, id->buf, token, ++m->boots);
	else
		m->boot_id = xmemdupz(id->buf, len);
}

enum outcome machine_new_session(struct machine *m)
{
	struct strbuf id = STRBUF_INIT;
	enum outcome outcome = machine_script(m, "cannot read the boot id", "cat " MACHINE_BOOT_ID,
					      OUTCOME_INFRASTRUCTURE, &id);

	machine_name_session(m, &id);
	strbuf_release(&id);
	return outcome;
}

double machine_boot_timeout(const struct machine *m)
{
	return m->conf->boot_timeout > 0 ? m->conf->boot_timeout : MACHINE_BOOT_TIMEOUT;
}
