#include "bench/machine/machine.h"

#include "base/error.h"
#include "bench/environment.h"
#include "bench/machine/machine-private.h"

static const struct machine_ops *const table[] = { &machine_local, &machine_ssh, &machine_command,
						   &machine_qemu,  &machine_vng, &machine_slurm };

const struct machine_ops *machine_ops_find(const char *method)
{
	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		if (!strcmp(table[i]->method, method))
			return table[i];
	return NULL;
}

const struct machine_ops *machine_ops_nth(size_t n)
{
	return n < ARRAY_SIZE(table) ? table[n] : NULL;
}

enum outcome machine_nothing(struct machine *m UNUSED)
{
	return OUTCOME_MEASURED;
}

struct machine *machine_open(const struct plan *plan, const struct plan_machine *conf, const char *log_dir)
{
	const struct machine_ops *ops = machine_ops_find(conf->method ? conf->method : "local");
	struct machine *m;

	if (!ops) {
		error_set("perfsut.%s.method: '%s' is not known", conf->name, conf->method);
		return NULL;
	}
	if (ops->accept(conf)) {
		error_prefix("perfsut.%s", conf->name);
		return NULL;
	}
	m = xcalloc(1, sizeof(*m));
	m->ops = ops;
	m->plan = plan;
	m->conf = conf;
	m->log_dir = log_dir;
	m->old_sysctls = (struct strvec)STRVEC_INIT;
	m->console = (struct strbuf)STRBUF_INIT;
	return m;
}

void machine_use(struct machine *m, const struct machine_software *software)
{
	m->software = *software;
	free(m->release);
	m->release = NULL;
}

void machine_listen(struct machine *m, machine_tell_fn *tell, void *data)
{
	m->tell = tell;
	m->tell_data = data;
}

/* Every sentence begins with the machine's name. */
static enum outcome named(const struct machine *m, enum outcome outcome)
{
	if (outcome)
		error_prefix("%s", m->conf->name);
	return outcome;
}

enum outcome machine_check(struct machine *m)
{
	return named(m, m->ops->check(m));
}

enum outcome machine_install(struct machine *m)
{
	return named(m, m->ops->install(m));
}

enum outcome machine_boot(struct machine *m)
{
	return named(m, m->ops->boot(m));
}

enum outcome machine_verify(struct machine *m)
{
	return named(m, m->ops->verify(m));
}

enum outcome machine_run(struct machine *m, struct machine_run *run)
{
	strbuf_reset(&run->out);
	strbuf_reset(&run->file_text);
	run->status = 0;
	run->wall = run->cpu = run->count = -1;
	return named(m, m->ops->run(m, run));
}

void machine_leave(struct machine *m)
{
	if (m->ops->leave)
		m->ops->leave(m);
}

enum outcome machine_power(struct machine *m)
{
	return named(m, m->ops->power(m));
}

void machine_close(struct machine *m)
{
	if (!m)
		return;
	machine_restore_profile(m);
	if (m->ops->close)
		m->ops->close(m);
	strvec_release(&m->old_sysctls);
	strbuf_release(&m->console);
	free(m->console_log);
	free(m->boot_id);
	free(m->release);
	free(m);
}

const char *machine_boot_id(const struct machine *m)
{
	return m->boot_id ? m->boot_id : "";
}

const char *machine_name(const struct machine *m)
{
	return m->conf->name;
}

double machine_boot_seconds(const struct machine *m)
{
	return m->boot_seconds;
}

const char *machine_console(const struct machine *m)
{
	return m->console_log ? m->console.buf : NULL;
}

const char *machine_console_log(const struct machine *m)
{
	return m->console_log;
}

static void add_variable(struct strvec *env, const char *name, const char *value)
{
	strvec_pushf(env, "%s=%s", name, value ? value : "");
}

void machine_environment(const struct machine *m, struct strvec *env)
{
	bench_clear_git(env);
	add_variable(env, "PERF_COMMIT", m->software.commit);
	add_variable(env, "PERF_WORKTREE", m->software.worktree);
	add_variable(env, "PERF_OUT", m->software.out);
	add_variable(env, "PERF_CONTEXT_HASH", m->software.context_hash);
	add_variable(env, "PERF_SUT", m->conf->name);
	add_variable(env, "PERF_HOST", m->conf->host);
	add_variable(env, "PERF_CMDLINE", m->plan->profile.cmdline);
}

void machine_run_release(struct machine_run *run)
{
	strbuf_release(&run->out);
	strbuf_release(&run->file_text);
	*run = (struct machine_run)MACHINE_RUN_INIT;
}
