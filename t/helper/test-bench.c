/*
 * Drives base/job and lib/bench from shell tests; what is printed is one fact
 * a line.
 *
 *	test-bench job <seconds> <grace> <command>
 *	test-bench plan <context> [<key>=<value>...]	reads, finishes, prints what is derived
 *	test-bench write <context> <file> [<key>=<value>...]
 *	test-bench keys
 *	test-bench preset <command> <output file>
 *	test-bench build <context> <commit> <worktree> <store>
 *	test-bench run <context> <machine> <seconds> <command>
 *	test-bench measure <context> <machine> <commit> <worktree> <out> <repeats>...
 *	test-bench accept <host> <user>
 */
#include "base/error.h"
#include "base/job.h"
#include "bench/bench.h"
#include "bench/build.h"
#include "bench/preset.h"

/* What is held then is let go as well, so that a sanitizer sees what the library does not. */
static int fail(void)
{
	fprintf(stderr, "fatal: %s\n", error_message());
	return 128;
}

static int print_line(const char *line, size_t len, bool is_err, void *data UNUSED)
{
	printf("%s: %.*s\n", is_err ? "err" : "out", (int)len, line);
	fflush(stdout);
	return 0;
}

static int cmd_job(char **argv)
{
	struct job job = JOB_INIT;
	struct strbuf how = STRBUF_INIT;
	int status = 0;

	job.timeout = strtod(argv[0], NULL);
	job.grace = strtod(argv[1], NULL);
	job.line = print_line;
	job_shell(&job, argv[2]);
	if (job_run(&job)) {
		status = fail();
		goto out;
	}
	job_failed(&job, &how);
	printf("%s, %zu left\n", how.len ? how.buf : "ended", job.left);
out:
	strbuf_release(&how);
	job_release(&job);
	return status;
}

static int read_plan(struct plan *plan, const char *path, char **settings)
{
	for (; *settings; settings++) {
		char *equals = strchr(*settings, '=');
		char *key = xmemdupz(*settings, (size_t)(equals - *settings));
		int result = plan_set(plan, PLAN_OPTION, key, equals + 1, "option");

		free(key);
		if (result)
			return -1;
	}
	return strcmp(path, "-") != 0 ? plan_read(plan, path) : 0;
}

static int cmd_plan(char **argv)
{
	struct plan plan = PLAN_INIT;
	struct metric_list metrics = METRIC_LIST_INIT;
	char hash[PLAN_HASH_SIZE];
	int status = 0;

	if (read_plan(&plan, argv[0], argv + 1)) {
		status = fail();
		goto out;
	}
	for (size_t i = 0; i < plan.warnings.nr; i++)
		printf("warning: %s\n", plan.warnings.v[i]);
	if (plan_finish(&plan) || plan_metrics(&plan, plan_bench(&plan, plan.benchmark), &metrics)) {
		status = fail();
		goto out;
	}
	printf("benchmark %s\n", plan.benchmark);
	for (size_t i = 0; i < plan.sut.nr; i++)
		printf("sut %s\n", plan.sut.v[i]);
	for (size_t i = 0; i < metrics.nr; i++)
		printf("metric %s %s\n", metrics.items[i].name,
		       metrics.items[i].higher_is_better ? "higher" : "lower");
	plan_hash(&plan, plan_machine(&plan, plan.sut.v[0]), plan_bench(&plan, plan.benchmark), hash);
	printf("hash %s\n", hash);
	plan_build_hash(&plan, hash);
	printf("build %s\n", hash);
out:
	metric_list_release(&metrics);
	plan_release(&plan);
	return status;
}

static int cmd_write(char **argv)
{
	struct plan plan = PLAN_INIT;
	int status = 0;

	if (read_plan(&plan, argv[0], argv + 2) || plan_write(&plan, argv[1]))
		status = fail();
	plan_release(&plan);
	return status;
}

static int cmd_keys(char **argv UNUSED)
{
	for (size_t i = 0; plan_key(i); i++)
		printf("%s\n", plan_key(i));
	return 0;
}

static int print_values(const struct metric *m, const struct strbuf *text)
{
	struct metric_source source = { text->buf, text->len, 1.5, 0.5, -1 };
	struct metric_values values = METRIC_VALUES_INIT;
	int result = metric_read(m, &source, &values);

	if (!result) {
		printf("%s %s %s", m->name, m->higher_is_better ? "higher" : "lower", m->unit);
		for (size_t i = 0; i < values.nr; i++)
			printf(" %.15g", values.v[i]);
		printf("\n");
	}
	metric_values_release(&values);
	return result;
}

static int cmd_preset(char **argv)
{
	struct strbuf text = STRBUF_INIT;
	struct strvec lines = STRVEC_INIT;
	struct metric_list metrics = METRIC_LIST_INIT;
	int status = 0;

	if (strbuf_read_file(&text, argv[1], 0) < 0) {
		status = fail();
		goto out;
	}
	printf("%s\n", preset_choose(argv[0], text.buf, text.len, &lines));
	for (size_t i = 0; i < lines.nr && !status; i++)
		if (metric_add(&metrics, lines.v[i]) || print_values(&metrics.items[i], &text))
			status = fail();
out:
	metric_list_release(&metrics);
	strvec_release(&lines);
	strbuf_release(&text);
	return status;
}

static int say(enum outcome outcome)
{
	printf("%s\n", outcome_name(outcome));
	if (outcome)
		printf("why: %s\n", error_message());
	fflush(stdout);
	return 0;
}

static int cmd_build(char **argv)
{
	struct plan plan = PLAN_INIT;
	struct build_request request = {
		.plan = &plan, .commit = argv[1], .worktree = argv[2], .store = argv[3], .context_hash = "hash"
	};
	struct build_result result = BUILD_RESULT_INIT;
	int status = 0;

	if (plan_read(&plan, argv[0])) {
		status = fail();
		goto out;
	}
	say(build_run(&request, &result));
	if (result.kept)
		printf("kept\n");
	if (result.out)
		printf("out %s\n", result.out);
	for (size_t i = 0; i < result.notes.nr; i++)
		printf("note: %s\n", result.notes.v[i]);
	printf("%s", result.tail.buf);
out:
	build_result_release(&result);
	plan_release(&plan);
	return status;
}

static struct machine *open_machine(struct plan *plan, const char *context, const char *name)
{
	if (plan_read(plan, context))
		return NULL;
	if (!plan_machine(plan, name)) {
		error_set("no machine %s", name);
		return NULL;
	}
	return machine_open(plan, plan_machine(plan, name), ".");
}

static int cmd_run(char **argv)
{
	struct plan plan = PLAN_INIT;
	struct machine *m = open_machine(&plan, argv[0], argv[1]);
	struct machine_run run = MACHINE_RUN_INIT;
	enum outcome outcome;
	int status = 0;

	if (!m) {
		status = fail();
		goto out;
	}
	run.timeout = strtod(argv[2], NULL);
	run.command = argv[3];
	run.line = print_line;
	outcome = machine_check(m);
	if (!outcome)
		outcome = machine_run(m, &run);
	say(outcome);
	if (!outcome)
		printf("%s", run.out.buf);
	if (run.status)
		printf("status %d\n", run.status);
	printf("wall %s, cpu %s\n", run.wall >= 0 ? "known" : "unknown", run.cpu >= 0 ? "known" : "unknown");
out:
	machine_run_release(&run);
	machine_close(m);
	plan_release(&plan);
	return status;
}

static int print_sample(const struct bench_sample *sample, void *data UNUSED)
{
	printf("%s%s %zu.%zu %.15g %s\n", sample->decides ? "*" : "", sample->metric, sample->run,
	       sample->index, sample->value, sample->unit);
	fflush(stdout);
	return getenv("REFUSE_SAMPLES") ? error_set("the store is full") : 0;
}

static void print_step(const char *what, void *data UNUSED)
{
	printf("- %s\n", what);
	fflush(stdout);
}

static int cmd_measure(char **argv)
{
	struct plan plan = PLAN_INIT;
	struct machine *m = open_machine(&plan, argv[0], argv[1]);
	struct machine_software software = { .commit = argv[2], .worktree = argv[3], .context_hash = "hash" };
	struct bench_request request = { .plan = &plan, .machine = m, .sample = print_sample, .step = print_step };
	struct bench_result result = BENCH_RESULT_INIT;
	enum outcome outcome;
	int status = 0;

	if (!m || plan_finish(&plan)) {
		status = fail();
		goto out;
	}
	if (strcmp(argv[4], "-") != 0)
		software.out = argv[4];
	request.bench = plan_bench(&plan, plan.benchmark);
	machine_use(m, &software);
	outcome = machine_check(m);
	if (!outcome)
		outcome = bench_boot(&request, &result);
	for (argv += 5; *argv && !outcome; argv++)
		outcome = bench_measure(&request, strtoul(*argv, NULL, 10), &result);
	say(outcome);
	printf("%zu samples, %zu runs\n", result.samples, result.runs);
	if (result.preset)
		printf("preset %s\n", result.preset);
out:
	bench_result_release(&result);
	machine_close(m);
	plan_release(&plan);
	return status;
}

static int cmd_accept(char **argv)
{
	struct plan_machine conf = { .name = (char[]){ "m" },
				     .host = argv[0],
				     .user = *argv[1] ? argv[1] : NULL };

	return machine_ops_find("ssh")->accept(&conf) ? fail() : 0;
}

static const struct {
	const char *name;
	int args;
	int (*run)(char **argv);
} commands[] = {
	{ "job", 3, cmd_job },   { "plan", 1, cmd_plan },       { "write", 2, cmd_write },
	{ "keys", 0, cmd_keys }, { "preset", 2, cmd_preset },   { "build", 4, cmd_build },
	{ "run", 4, cmd_run },   { "measure", 6, cmd_measure }, { "accept", 2, cmd_accept },
};

int main(int argc, char **argv)
{
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		if (argc >= 2 + commands[i].args && !strcmp(argv[1], commands[i].name))
			return commands[i].run(argv + 2);
	fprintf(stderr, "usage: test-bench <command> <arguments>\n");
	return 129;
}
