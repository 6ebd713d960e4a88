#include "fixer/measure.h"

#include <fts.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/files.h"
#include "fixer/place.h"

/* Bytes of all files. */
#define ANSWER_MAX (256 << 20)

static int by_path(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

/* Name and content of what is below `root`. 0, -1 with a recorded error, or why it can be no answer. */
static int add_entry(struct strbuf *out, const char *root, const FTSENT *entry, off_t *total)
{
	bool is_file = entry->fts_info == FTS_F;

	if (entry->fts_info == FTS_DNR || entry->fts_info == FTS_ERR || entry->fts_info == FTS_NS)
		/* That it removed its folder is no answer less. */
		return entry->fts_level || entry->fts_errno != ENOENT ? entry->fts_errno : 0;
	if (entry->fts_info == FTS_DP || !entry->fts_level)
		return 0;
	strbuf_addf(out, "%c%s%c", '\0', entry->fts_path + strlen(root), '\0');
	if (is_file && access(entry->fts_path, R_OK))
		return errno;
	if (is_file && (*total += entry->fts_statp->st_size) > ANSWER_MAX)
		return EFBIG;
	return is_file && strbuf_read_file(out, entry->fts_path, ANSWER_MAX) < 0 ? -1 : 0;
}

/* All files below `path`, in the order of their names; returns what add_entry() does. */
static int add_files(struct strbuf *out, char *path)
{
	char *roots[] = { path, NULL };
	FTS *tree = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, by_path);
	const FTSENT *entry;
	off_t total = 0;
	int result = tree ? 0 : errno;

	while (!result) {
		errno = 0;
		entry = fts_read(tree);
		result = entry ? add_entry(out, path, entry, &total) : errno;
		if (!entry)
			break;
	}
	if (tree)
		fts_close(tree);
	return result;
}

static int take_answer(const struct run_request *request, struct strbuf *answer, const struct job *job,
		       struct run *run)
{
	const char *name = request->workload->name;
	char *output = xstrfmt("%s/output", request->scratch);
	int result = add_files(answer, output);

	free(output);
	if (result < 0)
		return -1;
	if (result == EFBIG)
		error_set("workload '%s' leaves more than %d MiB in $PERF_OUTPUT; let its answer be smaller",
			  name, ANSWER_MAX >> 20);
	else if (result)
		error_set("workload '%s' leaves what cannot be read in $PERF_OUTPUT: %s", name,
			  strerror(result));
	else if (job->out_dropped)
		error_set("workload '%s' prints more than %zu MiB; let it print less, or write to $PERF_OUTPUT",
			  name, job->out_max >> 20);
	else
		sha256_hex(answer->buf, answer->len, run->digest);
	return result || job->out_dropped;
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
