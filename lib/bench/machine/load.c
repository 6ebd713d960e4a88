#include "base/error.h"
#include "bench/machine/machine-private.h"

/* Seconds between TERM and KILL; what is behind ssh needs them to end the rest there. */
#define GRACE 1

static enum outcome start_on_host(struct machine *m, const char *command, struct machine_load *load)
{
	const struct plan_machine *conf = plan_machine(m->plan, m->conf->load_host);

	load->host = conf ? machine_open(m->plan, conf, m->log_dir) : NULL;
	if (!load->host)
		return OUTCOME_INFRASTRUCTURE;
	machine_use(load->host, &m->software);
	if (!load->host->ops->start) {
		error_set("perfsut.%s.loadHost: '%s' cannot run a load", m->conf->name, conf->name);
		return OUTCOME_INFRASTRUCTURE;
	}
	return load->host->ops->start(load->host, command, &load->job, &load->input);
}

enum outcome machine_load_start(struct machine *m, const char *command, struct machine_load *load)
{
	if (m->conf->load_host) {
		if (start_on_host(m, command, load)) {
			error_prefix("the load generator");
			return OUTCOME_INFRASTRUCTURE;
		}
	} else {
		job_shell(&load->job, command);
		machine_environment(m, &load->job.env);
		load->job.dir = m->software.worktree;
	}
	load->job.grace = GRACE;
	if (!job_start(&load->job))
		return OUTCOME_MEASURED;
	error_prefix("the load generator");
	return OUTCOME_INFRASTRUCTURE;
}

void machine_load_end(struct machine_load *load)
{
	job_release(&load->job);
	machine_close(load->host);
	strbuf_release(&load->input);
	*load = (struct machine_load)MACHINE_LOAD_INIT;
}
