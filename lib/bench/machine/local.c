/* This computer: artefacts are run from where they are, a boot is a session. */

#include "base/clock.h"
#include "base/error.h"
#include "base/files.h"
#include "bench/machine/machine-private.h"

static int local_accept(const struct plan_machine *conf)
{
	if (conf->boot == PLAN_BOOT_KEXEC || conf->boot == PLAN_BOOT_ONESHOT)
		return error_set("boot: this computer does not boot another kernel while it waits for it; "
				 "use ssh, or a command");
	if (conf->host)
		return error_set("host: a local machine has none; is method = ssh missing?");
	return 0;
}

/* Where benchmarks run. */
static const char *work_dir(const struct machine *m)
{
	if (m->conf->directory)
		return m->conf->directory;
	return m->software.worktree ? m->software.worktree : m->software.out;
}

static enum outcome local_check(struct machine *m)
{
	struct machine_run run = MACHINE_RUN_INIT;
	enum outcome outcome;

	run.command = "true";
	run.timeout = MACHINE_HOOK_TIMEOUT;
	outcome = m->ops->run(m, &run);
	machine_run_release(&run);
	return outcome ? OUTCOME_INFRASTRUCTURE : OUTCOME_MEASURED;
}

/* No child is needed to read what is here. */
static enum outcome new_session(struct machine *m)
{
	struct strbuf id = STRBUF_INIT;
	enum outcome outcome = OUTCOME_MEASURED;

	if (strbuf_read_file(&id, MACHINE_BOOT_ID, MACHINE_BOOT_ID_MAX) < 0)
		outcome = OUTCOME_INFRASTRUCTURE;
	else
		machine_name_session(m, &id);
	strbuf_release(&id);
	return outcome;
}

static enum outcome local_boot(struct machine *m)
{
	double start = clock_monotonic();
	enum outcome outcome = OUTCOME_MEASURED;

	if (m->conf->boot == PLAN_BOOT_COMMAND)
		outcome = machine_hook(m, "boot", m->conf->boot_command, machine_boot_timeout(m),
				       OUTCOME_BOOT_FAILED, NULL);
	if (outcome)
		machine_add_console(m);
	else
		outcome = new_session(m);
	if (!outcome)
		outcome = machine_apply_profile(m);
	m->boot_seconds = clock_monotonic() - start;
	return outcome;
}

static char *file_path(const struct machine *m, const char *file)
{
	const char *dir = work_dir(m);

	return *file == '/' || !dir ? xstrdup(file) : xstrfmt("%s/%s", dir, file);
}

/* "<number>,<unit>,instructions[:u],..." as `perf stat -x,` writes it. */
static double read_count(const char *path)
{
	struct strbuf text = STRBUF_INIT;
	double count = -1;

	if (strbuf_read_file(&text, path, 65536) < 0)
		error_clear();
	for (const char *at = text.buf; *at; at += strcspn(at, "\n"), at += *at == '\n')
		if (*at != '#' && metric_number(at, strcspn(at, ","), &count))
			break;
	strbuf_release(&text);
	unlink(path);
	return count;
}

static void fill_job(struct machine *m, const struct machine_run *run, const char *counts, struct job *job)
{
	if (m->conf->cpus)
		strvec_pushl(&job->args, "taskset", "-c", m->conf->cpus, NULL);
	if (counts)
		strvec_pushl(&job->args, "perf", "stat", "-x,", "-e", "instructions", "-o", counts, "--", NULL);
	job_shell(job, run->command);
	machine_environment(m, &job->env);
	for (size_t i = 0; run->env && i < run->env->nr; i++)
		strvec_push(&job->env, run->env->v[i]);
	job->dir = work_dir(m);
	job->timeout = run->timeout;
	job->out_max = MACHINE_OUT_MAX;
	job->line = run->line;
	job->data = run->data;
}

/* What the ended job says of the run. */
static enum outcome judge(const struct job *job, const struct machine_run *run)
{
	struct strbuf how = STRBUF_INIT;
	enum outcome outcome = OUTCOME_MEASURED;

	if (job->suspended) {
		error_set("this computer was suspended while it measured");
		outcome = OUTCOME_INFRASTRUCTURE;
	} else if (job_failed(job, &how)) {
		outcome = job->end == JOB_STOPPED ? OUTCOME_INFRASTRUCTURE : OUTCOME_BENCH_FAILED;
		machine_add_last_line(&how, job->tail.buf);
		error_set("the command %s", how.buf);
	} else if (job->out_dropped) {
		error_set("the command printed more than %d MiB", MACHINE_OUT_MAX >> 20);
		outcome = OUTCOME_BENCH_FAILED;
	} else if (job->left) {
		error_set("%zu processes of '%s' could not be ended", job->left, run->command);
		outcome = OUTCOME_INFRASTRUCTURE;
	}
	strbuf_release(&how);
	return outcome;
}

static enum outcome read_result_file(const char *path, struct machine_run *run)
{
	if (strbuf_read_file(&run->file_text, path, MACHINE_OUT_MAX) >= 0)
		return OUTCOME_MEASURED;
	return OUTCOME_BENCH_FAILED;
}

static enum outcome local_run(struct machine *m, struct machine_run *run)
{
	char *file = run->file ? file_path(m, run->file) : NULL;
	char *counts = run->instructions ? xstrfmt("%s/instructions", m->log_dir) : NULL;
	struct job job = JOB_INIT;
	enum outcome outcome;

	fill_job(m, run, counts, &job);
	job.out = &run->out;
	/* What an earlier run left is no result of this one. */
	if ((file && remove_tree(file)) || job_run(&job))
		outcome = OUTCOME_INFRASTRUCTURE;
	else
		outcome = judge(&job, run);
	run->status = job.status;
	run->wall = job.wall;
	run->cpu = job.user + job.sys;
	if (counts)
		run->count = read_count(counts);
	if (!outcome && file)
		outcome = read_result_file(file, run);
	job_release(&job);
	free(file);
	free(counts);
	return outcome;
}

static enum outcome local_start(struct machine *m, const char *command, struct job *job,
				struct strbuf *input UNUSED)
{
	struct machine_run run = { .command = command };

	fill_job(m, &run, NULL, job);
	return OUTCOME_MEASURED;
}

const struct machine_ops machine_local = {
	.method = "local",
	.help = "this computer",
	.accept = local_accept,
	.check = local_check,
	.install = machine_install_hook,
	.boot = local_boot,
	.verify = machine_verify_software,
	.run = local_run,
	.start = local_start,
	.power = machine_power_hook,
};
