/*
 * A command of the user's that takes a commit and prints numbers: it has the
 * machine, the boot and the benchmark for itself.
 */

#include "base/error.h"
#include "bench/machine/machine-private.h"

/* sysexits.h: worth another try. */
#define STATUS_TEMPFAIL 75

static int command_accept(const struct plan_machine *conf)
{
	if (!conf->command)
		return error_set("command: what measures a commit is wanted");
	if (conf->boot != PLAN_BOOT_NONE)
		return error_set("boot: the command boots what it needs");
	return 0;
}

static enum outcome command_boot(struct machine *m)
{
	char token[33];

	machine_token(token);
	free(m->boot_id);
	m->boot_id = xstrfmt("command/%.8s-%zu", token, ++m->boots);
	return OUTCOME_MEASURED;
}

static enum outcome judge(const struct job *job)
{
	struct strbuf how = STRBUF_INIT;
	enum outcome outcome = OUTCOME_MEASURED;

	if (job_failed(job, &how)) {
		bool ours = job->end == JOB_STOPPED ||
			    (job->end == JOB_EXITED && job->status == STATUS_TEMPFAIL);

		outcome = ours ? OUTCOME_INFRASTRUCTURE : OUTCOME_BENCH_FAILED;
		machine_add_last_line(&how, job->tail.buf);
		error_set("the command %s", how.buf);
	} else if (job->out_dropped) {
		error_set("the command printed more than %d MiB", MACHINE_OUT_MAX >> 20);
		outcome = OUTCOME_BENCH_FAILED;
	}
	strbuf_release(&how);
	return outcome;
}

/* sh -c <command> sh <commit>: the commit is "$1", and PERF_COMMIT. */
static enum outcome command_run(struct machine *m, struct machine_run *run)
{
	struct job job = JOB_INIT;
	enum outcome outcome;

	job_shell(&job, m->conf->command);
	strvec_pushl(&job.args, "sh", m->software.commit ? m->software.commit : "", NULL);
	machine_environment(m, &job.env);
	for (size_t i = 0; run->env && i < run->env->nr; i++)
		strvec_push(&job.env, run->env->v[i]);
	job.dir = m->software.worktree ? m->software.worktree : m->software.out;
	job.timeout = run->timeout;
	job.out = &run->out;
	job.out_max = MACHINE_OUT_MAX;
	job.line = run->line;
	job.data = run->data;
	outcome = job_run(&job) ? OUTCOME_INFRASTRUCTURE : judge(&job);
	run->status = job.status;
	run->wall = job.wall;
	run->cpu = job.user + job.sys;
	job_release(&job);
	return outcome;
}

const struct machine_ops machine_command = {
	.method = "command",
	.help = "a command that takes a commit and prints numbers",
	.accept = command_accept,
	.check = machine_nothing,
	.install = machine_nothing,
	.boot = command_boot,
	.verify = machine_nothing,
	.run = command_run,
	.power = machine_power_hook,
};
