#include "fixer/measure.h"

#include <fts.h>

#include "base/error.h"
#include "base/files.h"
#include "fixer/place.h"

#define ANSWER_MAX ((size_t)256 << 20)

static int by_path(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

/* Names and contents of all files below `path`, in the order of their names. */
static int add_files(struct strbuf *out, char *path)
{
	char *roots[] = { path, NULL };
	FTS *tree = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, by_path);
	const FTSENT *entry;
	int result = tree ? 0 : error_set("cannot read '%s': %s", path, strerror(errno));

	while (!result && (entry = fts_read(tree))) {
		if (entry->fts_info == FTS_DP || !entry->fts_level)
			continue;
		strbuf_addf(out, "%c%s%c", '\0', entry->fts_path + strlen(path), '\0');
		if (entry->fts_info == FTS_F && strbuf_read_file(out, entry->fts_path, ANSWER_MAX) < 0)
			result = -1;
	}
	if (tree)
		fts_close(tree);
	return result;
}

static int take_answer(const struct run_request *request, struct strbuf *answer, const struct job *job,
		       struct run *run)
{
	char *output = xstrfmt("%s/output", request->scratch);
	int result = add_files(answer, output);

	free(output);
	if (result)
		return -1;
	if (job->out_dropped) {
		error_set("workload '%s' prints more than %zu MiB; let it print less, or write to $PERF_OUTPUT",
			  request->workload->name, job->out_max >> 20);
		return 1;
	}
	sha256_hex(answer->buf, answer->len, run->digest);
	return 0;
}

/* The command as it is to be run: by a shell, perhaps below another program. */
static void set_command(struct job *job, const struct run_request *request)
{
	place_command(job, request->workload->command, request->tree->path);
	if (!request->by)
		return;
	strvec_release(&job->args);
	for (size_t i = 0; i < request->by->nr; i++)
		strvec_push(&job->args, request->by->v[i]);
	strvec_pushl(&job->args, "sh", "-c", request->workload->command, NULL);
}

static int check_end(const struct run_request *request, const struct job *job)
{
	struct strbuf why = STRBUF_INIT;
	int result = 1;

	if (job_failed(job, &why))
		error_set("workload '%s' %s: %s", request->workload->name, why.buf,
			  job->tail.len ? job->tail.buf : "it said nothing");
	else if (job->outlived)
		error_set("workload '%s' left %zu processes behind, which were ended; it is to wait for them",
			  request->workload->name, job->outlived);
	else
		result = 0;
	strbuf_release(&why);
	return result;
}

/* For tests: the time that the run itself says it took. */
static int take_seconds(const struct run_request *request, struct run *run)
{
	const char *test = getenv("GIT_TEST_PERF_SECONDS");
	struct strbuf text = STRBUF_INIT;
	char *path, *rest;
	int result = 0;

	if (!test || strcmp(test, "1") != 0)
		return 0;
	path = xstrfmt("%s/tmp/seconds", request->scratch);
	if (strbuf_read_file(&text, path, 4096) < 0) {
		result = -1;
	} else {
		run->wall = run->cpu = strtod(text.buf, &rest);
		if (*rest == ' ')
			run->cpu = strtod(rest, NULL);
	}
	strbuf_release(&text);
	free(path);
	return result;
}

/* With tree and input as they were before. */
static int run_job(const struct run_request *request, struct run *run)
{
	struct job job = JOB_INIT;
	struct strbuf answer = STRBUF_INIT;
	int result;

	set_command(&job, request);
	place_world(&job, request->scratch);
	workload_environment(request->workload, request->seed, request->input, &job);
	job.timeout = request->timeout;
	job.out = &answer;
	result = job_run(&job);
	strbuf_rtrim(&job.tail);
	*run = (struct run){ .wall = job.wall, .cpu = job.user + job.sys, .suspended = job.suspended };
	if (!result)
		result = check_end(request, &job);
	if (!result)
		result = take_answer(request, &answer, &job, run);
	if (!result)
		result = take_seconds(request, run);
	job_release(&job);
	strbuf_release(&answer);
	return result;
}

int workload_run(const struct run_request *request, struct run *run)
{
	char before[SHA256_HEX_SIZE], after[SHA256_HEX_SIZE];
	int result;

	if (place_fresh(request->scratch) || tree_restore(request->tree, NULL) ||
	    (request->input && tree_stamp(request->input, before)))
		return -1;
	result = run_job(request, run);
	if (!result && request->input && (tree_stamp(request->input, after) || strcmp(before, after) != 0)) {
		error_set("workload '%s' changed its input; it is only to read $PERF_INPUT",
			  request->workload->name);
		result = 1;
	}
	return result;
}
