#include "bench/build.h"

#include <sys/stat.h>
#include <sys/statvfs.h>

#include "base/error.h"
#include "base/files.h"
#include "base/process.h"
#include "bench/build-job.h"
#include "bench/environment.h"
#include "bench/kept.h"

#define TIMEOUT_DEFAULT 900
#define LOG_MAX (8 << 20)
/* With less than that left, a failure is the disk's. */
#define DISK_MIN (1 << 20)
#define NOTE "perf-note: "
#define NOTES_MAX 16
/* Of what diff says of folders that differ. */
#define DIFF_MAX ((size_t)1 << 20)

/* Everything that a build leaves: outputs, image, modules. */
static void list_outputs(const struct plan_build *build, struct strvec *out)
{
	for (size_t i = 0; i < build->output.nr; i++)
		strvec_push(out, build->output.v[i]);
	if (build->image)
		strvec_push(out, build->image);
	if (build->modules)
		strvec_push(out, build->modules);
	strvec_sort_unique(out);
}

/*
 * A path in the worktree, for free(). NULL with a recorded error when a link
 * on its way leads out of it: what is deleted must be ours.
 */
static char *inside(const char *worktree, const char *path)
{
	char *whole = xstrfmt("%s/%s", worktree, path), *slash = strrchr(whole, '/');
	char *top = realpath(worktree, NULL), *parent;
	bool ok;

	*slash = '\0';
	parent = realpath(whole, NULL);
	/* No parent, nothing to delete. */
	ok = top &&
	     (!parent || (starts_with(parent, top) && (parent[strlen(top)] == '/' || !parent[strlen(top)])));
	*slash = '/';
	free(top);
	free(parent);
	if (ok)
		return whole;
	free(whole);
	error_set("'%s' leads out of the worktree '%s'", path, worktree);
	return NULL;
}

static int remove_outputs(const struct build_request *r)
{
	struct strvec outputs = STRVEC_INIT;
	int result = 0;

	list_outputs(&r->plan->build, &outputs);
	for (size_t i = 0; i < outputs.nr && !result; i++) {
		char *path = inside(r->worktree, outputs.v[i]);

		result = path ? remove_tree(path) : -1;
		free(path);
	}
	strvec_release(&outputs);
	return result;
}

/* The outputs to where artefacts are, under their own names. */
static enum outcome take_outputs(const struct build_request *r, const char *out)
{
	struct strvec outputs = STRVEC_INIT;
	struct process p = PROCESS_INIT;
	enum outcome outcome = OUTCOME_MEASURED;

	list_outputs(&r->plan->build, &outputs);
	strvec_pushl(&p.args, "cp", "-a", "--parents", "--", NULL);
	for (size_t i = 0; i < outputs.nr; i++) {
		char *path = inside(r->worktree, outputs.v[i]);
		struct stat st;

		if (!path || stat(path, &st)) {
			if (path)
				error_set("the build left no '%s'", outputs.v[i]);
			outcome = OUTCOME_BUILD_FAILED;
		}
		free(path);
		strvec_push(&p.args, outputs.v[i]);
	}
	strvec_push(&p.args, out);
	p.dir = r->worktree;
	p.err = PROCESS_PIPE;
	if (outcome || !outputs.nr) {
		strvec_release(&p.args);
	} else if (process_start(&p) || process_finish(&p)) {
		error_prefix("cannot keep what was built");
		outcome = OUTCOME_INFRASTRUCTURE;
	}
	strvec_release(&outputs);
	return outcome;
}

/* What files of a build of the commit are called after; for free(). */
static char *name_of(const struct build_request *r, size_t layout)
{
	if (!*r->commit || strspn(r->commit, "0123456789abcdef") != strlen(r->commit))
		BUG("'%s' is no id of a commit", r->commit);
	return layout ? xstrfmt("%s-%zu", r->commit, layout) : xstrdup(r->commit);
}

static char *artefacts_path(const struct build_request *r, size_t layout)
{
	char hash[PLAN_HASH_SIZE], *name = name_of(r, layout), *path;

	plan_build_hash(r->plan, hash);
	path = kept_path(r->store, hash, name);
	free(name);
	return path;
}

/* Byte for byte. What cannot be compared is taken for different. */
static bool is_same(const char *one, const char *other)
{
	struct process p = PROCESS_INIT;
	struct strbuf said = STRBUF_INIT;
	bool same;

	strvec_pushl(&p.args, "diff", "-r", "-q", "--no-dereference", "--", one, other, NULL);
	p.err = PROCESS_PIPE;
	same = !process_capture(&p, NULL, &said, DIFF_MAX);
	if (!same)
		error_clear();
	strbuf_release(&said);
	return same;
}

/*
 * A command that does not look at PERF_LAYOUT builds the same again. As another layout that would be
 * believed to be another draw, which is a way to a wrong culprit.
 */
static enum outcome check_layout(const struct build_request *r, const char *out)
{
	enum outcome outcome = OUTCOME_MEASURED;

	for (size_t i = 0; i < (size_t)r->plan->build.layouts && !outcome; i++) {
		char *other = artefacts_path(r, i);

		if (i != r->layout && kept_use(other) && is_same(out, other)) {
			error_set("layout %zu is the same as layout %zu; does perfbuild.command look at "
				  "PERF_LAYOUT?",
				  r->layout, i);
			outcome = OUTCOME_BUILD_FAILED;
		}
		free(other);
	}
	return outcome;
}

static bool disk_is_full(const char *path)
{
	struct statvfs fs;

	return !statvfs(path, &fs) && (uint64_t)fs.f_bavail * fs.f_frsize < DISK_MIN;
}

static void add_environment(const struct build_request *r, const char *out, struct strvec *env)
{
	long jobs = r->plan->build.jobs;

	bench_clear_git(env);
	strvec_pushf(env, "PERF_COMMIT=%s", r->commit);
	strvec_pushf(env, "PERF_WORKTREE=%s", r->worktree);
	strvec_pushf(env, "PERF_OUT=%s", out);
	strvec_pushf(env, "PERF_JOBS=%ld", jobs ? jobs : sysconf(_SC_NPROCESSORS_ONLN));
	strvec_pushf(env, "PERF_LAYOUT=%zu", r->layout);
	strvec_pushf(env, "PERF_CONTEXT_HASH=%s", r->context_hash ? r->context_hash : "");
}

static double timeout_of(const struct build_request *r)
{
	if (r->timeout > 0)
		return r->timeout;
	return r->plan->build.timeout > 0 ? r->plan->build.timeout : TIMEOUT_DEFAULT;
}

/* A kept build is put back where it was built: what runs in the worktree must not be that of another commit. */
static enum outcome put_back(const struct build_request *r, const char *out)
{
	struct strvec outputs = STRVEC_INIT;
	struct process p = PROCESS_INIT;
	enum outcome outcome = remove_outputs(r) ? OUTCOME_INFRASTRUCTURE : OUTCOME_MEASURED;

	list_outputs(&r->plan->build, &outputs);
	strvec_pushl(&p.args, "cp", "-a", "--parents", "--", NULL);
	for (size_t i = 0; i < outputs.nr; i++)
		strvec_push(&p.args, outputs.v[i]);
	strvec_push(&p.args, r->worktree);
	p.dir = out;
	p.err = PROCESS_PIPE;
	if (outcome || !outputs.nr) {
		strvec_release(&p.args);
	} else if (process_start(&p) || process_finish(&p)) {
		error_prefix("cannot put back what was kept");
		outcome = OUTCOME_INFRASTRUCTURE;
	}
	strvec_release(&outputs);
	return outcome;
}

/* Was it the commit's fault? */
static enum outcome judge(const struct build_request *r, const struct job *job, const char *log)
{
	struct strbuf how = STRBUF_INIT;
	enum outcome outcome = OUTCOME_MEASURED;

	if (job_failed(job, &how)) {
		outcome = OUTCOME_BUILD_FAILED;
		error_set("the build %s; see '%s'", how.buf, log);
		if (job->end == JOB_STOPPED) {
			outcome = OUTCOME_INFRASTRUCTURE;
		} else if (disk_is_full(r->worktree) || disk_is_full(r->store)) {
			outcome = OUTCOME_INFRASTRUCTURE;
			error_set("the build %s, and the disk is full", how.buf);
		}
	}
	strbuf_release(&how);
	return outcome;
}

struct listener {
	const struct build_request *request;
	struct build_result *result;
};

static int hear(const char *line, size_t len, bool is_err, void *data)
{
	struct listener *l = data;
	struct strvec *notes = &l->result->notes;

	if (len > strlen(NOTE) && !strncmp(line, NOTE, strlen(NOTE)) && notes->nr < NOTES_MAX)
		strvec_pushf(notes, "%.*s", (int)(len - strlen(NOTE)), line + strlen(NOTE));
	return l->request->line ? l->request->line(line, len, is_err, l->request->data) : 0;
}

/* What is the same wherever the command runs. */
static void fill_job(const struct build_request *r, struct listener *listener, struct job *job)
{
	job->dir = r->worktree;
	job->log = listener->result->log;
	job->log_max = LOG_MAX;
	job->line = hear;
	job->data = listener;
	unlink(job->log);
}

static enum outcome finish_job(const struct build_request *r, struct job *job, struct build_result *result)
{
	enum outcome outcome = job_run(job) ? OUTCOME_INFRASTRUCTURE : judge(r, job, result->log);

	if (outcome)
		strbuf_add(&result->tail, job->tail.buf, job->tail.len);
	return outcome;
}

static enum outcome run_command(const struct build_request *r, const char *out, struct build_result *result)
{
	struct listener listener = { .request = r, .result = result };
	struct job job = JOB_INIT;
	enum outcome outcome;

	fill_job(r, &listener, &job);
	job_shell(&job, r->plan->build.command);
	add_environment(r, out, &job.env);
	job.timeout = timeout_of(r);
	outcome = finish_job(r, &job, result);
	result->seconds = job.wall;
	job_release(&job);
	return outcome;
}

/* As a job of a cluster, which may be under way already. */
static enum outcome run_there(const struct build_request *r, const char *out, struct build_result *result)
{
	struct listener listener = { .request = r, .result = result };
	struct slurm_job slurm = SLURM_JOB_INIT;
	struct strvec env = STRVEC_INIT;
	struct job job = JOB_INIT;
	bool found;
	enum outcome outcome = build_job_find(r, out, &slurm, &found);

	if (!outcome && !found && (remove_outputs(r) || kept_begin(out)))
		outcome = OUTCOME_INFRASTRUCTURE;
	add_environment(r, out, &env);
	if (!outcome)
		outcome = build_job_run(r, out, &env, timeout_of(r), &slurm, found, &job, &result->seconds);
	if (!outcome) {
		fill_job(r, &listener, &job);
		outcome = finish_job(r, &job, result);
	}
	slurm_end(&slurm);
	slurm_release(&slurm);
	job_release(&job);
	strvec_release(&env);
	return outcome;
}

/* The build itself, with everything that must not be left when it fails. */
static enum outcome build_anew(const struct build_request *r, char *out, struct build_result *result)
{
	enum outcome outcome;

	if (build_job_machine(r)) {
		outcome = run_there(r, out, result);
	} else {
		if (remove_outputs(r) || kept_begin(out))
			return OUTCOME_INFRASTRUCTURE;
		outcome = run_command(r, out, result);
	}
	if (!outcome)
		outcome = take_outputs(r, out);
	if (!outcome)
		outcome = check_layout(r, out);
	if (outcome) {
		char *why = xstrdup(error_message());

		if (remove_outputs(r) || remove_tree(out))
			outcome = OUTCOME_INFRASTRUCTURE;
		else
			error_set("%s", why);
		free(why);
		return outcome;
	}
	if (kept_is_empty(out))
		return remove_tree(out) ? OUTCOME_INFRASTRUCTURE : OUTCOME_MEASURED;
	result->out = xstrdup(out);
	if (r->plan->build.keep && kept_finish(out))
		return OUTCOME_INFRASTRUCTURE;
	kept_limit(r->store, out, r->in_use, r->plan->build.keep);
	return OUTCOME_MEASURED;
}

enum outcome build_run(const struct build_request *r, struct build_result *result)
{
	enum outcome outcome = OUTCOME_MEASURED;
	char *out, *logs, *name;

	if (!r->plan->build.command)
		return OUTCOME_MEASURED;
	out = artefacts_path(r, r->layout);
	name = name_of(r, r->layout);
	logs = xstrfmt("%s/log", r->store);
	result->log = xstrfmt("%s/%s-build.log", logs, name);
	free(name);
	if (!r->anew && kept_use(out)) {
		result->kept = true;
		result->out = xstrdup(out);
		outcome = put_back(r, out);
	} else {
		outcome = make_directories(logs) ? OUTCOME_INFRASTRUCTURE : build_anew(r, out, result);
	}
	free(out);
	free(logs);
	return outcome;
}

enum outcome build_resume(const struct build_request *r, bool *under_way)
{
	struct slurm_job slurm = SLURM_JOB_INIT;
	enum outcome outcome;
	char *out;

	*under_way = false;
	if (!r->plan->build.command || !build_job_machine(r))
		return OUTCOME_MEASURED;
	out = artefacts_path(r, r->layout);
	outcome = build_job_find(r, out, &slurm, under_way);
	slurm_release(&slurm);
	free(out);
	return outcome;
}

bool build_is_kept(const struct build_request *r)
{
	char *out = r->plan->build.command ? artefacts_path(r, r->layout) : NULL;
	bool kept = out && kept_use(out);

	free(out);
	return kept;
}

bool build_keeps(const struct plan *plan)
{
	const struct plan_build *build = &plan->build;

	return build->command && build->keep && (build->output.nr || build->image || build->modules);
}

void build_result_release(struct build_result *result)
{
	free(result->out);
	free(result->log);
	strbuf_release(&result->tail);
	strvec_release(&result->notes);
	*result = (struct build_result)BUILD_RESULT_INIT;
}
