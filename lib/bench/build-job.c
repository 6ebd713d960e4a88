#include "bench/build-job.h"

#include <math.h>

#include "base/error.h"
#include "base/quote.h"
#include "base/sha256.h"

/* What timeout(1) ends with when it had to end the command. */
#define STATUS_LATE 124
/* Seconds that our end waits longer than the other. */
#define GRACE 120
#define END_MAX 4096

/*
 * A build that left children has ended all the same: the cluster ends them with the job. What is
 * ours there is for nobody else ($mask is what the cluster gave to the job); what is the user's is
 * as it would be without us.
 */
static const char script_text[] =
	"start=$(date +%s.%N)\n"
	"if cd \"$worktree\"\n"
	"then\n"
	"	(umask $mask && exec timeout -k 10 $limit sh -c \"$command\") </dev/null\n"
	"	status=$?\n"
	"else\n"
	"	status=none\n"
	"fi >\"$dir/log\" 2>&1\n"
	"echo $status $start $(date +%s.%N) >\"$dir/end.new\" && mv \"$dir/end.new\" \"$dir/end\"\n";

const struct plan_machine *build_job_machine(const struct build_request *r)
{
	return r->plan->build.sut ? plan_machine(r->plan, r->plan->build.sut) : NULL;
}

static void add_purpose(const struct build_request *r, const char *out, char hex[SHA256_HEX_SIZE])
{
	char *text, hash[PLAN_HASH_SIZE];

	plan_build_hash(r->plan, hash);
	text = xstrfmt("build\n%s\n%s\n%s\n%s\n", r->commit, hash, r->worktree, out);
	sha256_hex(text, strlen(text), hex);
	free(text);
}

enum outcome build_job_find(const struct build_request *r, const char *out, struct slurm_job *slurm, bool *found)
{
	char *base = xstrfmt("%s/log/slurm-build", r->store), purpose[SHA256_HEX_SIZE];
	enum outcome outcome;

	add_purpose(r, out, purpose);
	outcome = slurm_find(slurm, build_job_machine(r), base, purpose, found);
	free(base);
	return outcome;
}

static void add_assignment(struct strbuf *script, const char *name, const char *value)
{
	strbuf_addf(script, "%s=", name);
	quote_shell(script, value);
	strbuf_addch(script, '\n');
}

static void compose(const struct build_request *r, const struct strvec *env, double timeout, const char *dir,
		    struct strbuf *script)
{
	strbuf_addstr(script, "#!/bin/sh\nmask=$(umask)\numask 077\n");
	add_assignment(script, "dir", dir);
	add_assignment(script, "worktree", r->worktree);
	add_assignment(script, "command", r->plan->build.command);
	strbuf_addf(script, "limit=%.0f\n", ceil(timeout));
	for (size_t i = 0; i < env->nr; i++) {
		const char *equals = strchr(env->v[i], '=');
		char *name = equals ? xmemdupz(env->v[i], (size_t)(equals - env->v[i])) : NULL;

		if (name) {
			strbuf_addstr(script, "export ");
			add_assignment(script, name, equals + 1);
		} else {
			strbuf_addf(script, "unset %s\n", env->v[i]);
		}
		free(name);
	}
	/* Those of the node, not ours. */
	if (!r->plan->build.jobs)
		strbuf_addstr(script, "PERF_JOBS=${SLURM_CPUS_ON_NODE:-$(nproc)}\n");
	strbuf_addstr(script, script_text);
}

static enum outcome submit(const struct build_request *r, const char *out, const struct strvec *env,
			   double timeout, struct slurm_job *slurm)
{
	struct strbuf script = STRBUF_INIT;
	char purpose[SHA256_HEX_SIZE];
	enum outcome outcome;

	add_purpose(r, out, purpose);
	outcome = slurm_prepare(slurm, purpose);
	if (outcome)
		return outcome;
	compose(r, env, timeout, slurm->dir, &script);
	outcome = slurm_submit(slurm, &script, NULL);
	strbuf_release(&script);
	return outcome;
}

/* "<status> <start> <end>" */
static enum outcome read_end(const struct build_request *r, const struct slurm_job *slurm, int *status,
			     double *seconds)
{
	struct strbuf text = STRBUF_INIT;
	char *path = xstrfmt("%s/end", slurm->dir), word[64], start[64], end[64];
	enum outcome outcome = OUTCOME_INFRASTRUCTURE;
	double from, to;

	if (strbuf_read_file(&text, path, END_MAX) < 0) {
		error_prefix("the build's job");
	} else if (sscanf(text.buf, "%63s %63s %63s", word, start, end) != 3 ||
		   !slurm_small_number(word, status)) {
		error_set("the build's job on the cluster cannot enter '%s', which the nodes have to share",
			  r->worktree);
	} else {
		if (metric_number(start, strlen(start), &from) && metric_number(end, strlen(end), &to))
			*seconds = to - from;
		outcome = OUTCOME_MEASURED;
	}
	free(path);
	strbuf_release(&text);
	return outcome;
}

enum outcome build_job_run(const struct build_request *r, const char *out, const struct strvec *env,
			   double timeout, struct slurm_job *slurm, bool found, struct job *replay,
			   double *seconds)
{
	enum outcome outcome = found ? OUTCOME_MEASURED : submit(r, out, env, timeout, slurm);
	int status = 0;
	bool late = false;

	slurm->tell = r->wait;
	slurm->data = r->data;
	if (!outcome)
		outcome = slurm_wait(slurm, "end", timeout + GRACE, &late);
	if (late)
		error_set("the job %s took more than %g s and did not end by itself", slurm->id, timeout);
	if (!outcome)
		outcome = read_end(r, slurm, &status, seconds);
	/* What ends a job ends the command first. */
	if (!outcome && status)
		outcome = slurm_confirm(slurm, true);
	if (outcome) {
		error_prefix("the build");
		return outcome;
	}
	job_shell(replay, "cat -- \"$1\"; test \"$2\" != \"$3\" || echo \"took more than $4 s\"; exit \"$2\"");
	strvec_push(&replay->args, "sh");
	strvec_pushf(&replay->args, "%s/log", slurm->dir);
	strvec_pushf(&replay->args, "%d", status);
	strvec_pushf(&replay->args, "%d", STATUS_LATE);
	strvec_pushf(&replay->args, "%g", timeout);
	return OUTCOME_MEASURED;
}
