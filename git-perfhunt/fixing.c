/* A fixer in its clone, and the gates that need no build. */
#include <signal.h>

#include "base/error.h"
#include "base/files.h"
#include "base/process.h"
#include "base/tempfile.h"
#include "brief.h"
#include "fixer/changes.h"
#include "fixer/place.h"
#include "guarding.h"
#include "iterate.h"
#include "repo/bisect.h"
#include "ticket.h"
#include "ui/command.h"

#define FIXER_DEFERRED 10
#define RESULT_MAX ((size_t)64 << 10)

struct fixing {
	struct hunt *h;
	/* Paths below the hunt's folder. */
	char *clone, *brief, *result, *log;
	size_t attempt;
	/* Seconds that are left. */
	double left;
	/* What came of it. */
	enum job_end end;
	int status;
	double seconds;
	size_t outlived;
};

static void write_brief(const struct fixing *f)
{
	struct strbuf text = STRBUF_INIT;
	struct tempfile file = TEMPFILE_INIT;
	const char *failed = f->attempt > 1 ? json_get(f->h->state.checked, "output") : NULL;

	brief_text(f->h, failed, &text);
	if (tempfile_create(&file, f->brief))
		die_error();
	fwrite(text.buf, 1, text.len, file.fp);
	if (tempfile_commit(&file) || remove_tree(f->result))
		die_error();
	strbuf_release(&text);
}

/* The base, or what the attempt before had come to. */
static void make_clone(const struct fixing *f)
{
	const char *hex = f->attempt > 1 ? json_get(f->h->state.fixed, "commit") : f->h->state.head;
	struct oid id = hunt_oid(f->h, hex);

	if (clone_shared(f->h->repo, f->clone, &id))
		die_error();
}

static void add_environment(const struct fixing *f, struct strvec *env)
{
	const json_t *picked = f->h->state.picked;

	strvec_pushf(env, "PERF_BRIEF=%s", f->brief);
	strvec_pushf(env, "PERF_TICKET=%s", json_get(picked, "ticket_id"));
	strvec_pushf(env, "PERF_RESULT=%s", f->result);
	strvec_pushf(env, "PERF_CLONE=%s", f->clone);
	strvec_pushf(env, "PERF_BASE=%s", f->h->state.head);
	strvec_pushf(env, "PERF_FUNCTION=%s", json_get(picked, "function"));
	strvec_pushf(env, "PERF_FILE=%s", json_get(picked, "file"));
	strvec_pushf(env, "PERF_LINE=%.0f", json_get_number(picked, "line"));
	strvec_pushf(env, "PERF_SHARE=%.2f", json_get_number(picked, "max_self_pct"));
	strvec_pushf(env, "PERF_ITERATION=%zu", f->h->state.iteration + 1);
	strvec_pushf(env, "PERF_ATTEMPT=%zu", f->attempt);
	strvec_pushf(env, "PERF_SECONDS=%.0f", f->left);
}

static void run_fixer(struct fixing *f)
{
	struct job job = JOB_INIT;

	place_command(&job, f->h->plan.fixer, f->clone);
	add_environment(f, &job.env);
	job.timeout = f->left;
	job.log = f->log;
	if (job_run(&job))
		die_error();
	f->end = job.end;
	f->status = job.status;
	f->seconds = job.wall;
	f->outlived = job.outlived;
	job_release(&job);
}

static void leave_it(int sig UNUSED)
{
}

/* A person has the terminal, and all the time. */
static void run_shell(struct fixing *f)
{
	static const int keys[] = { SIGINT, SIGQUIT };
	/* Caught, not ignored: what is started gets what is ignored, and could never be interrupted. */
	const struct sigaction ours = { .sa_handler = leave_it, .sa_flags = SA_RESTART };
	struct sigaction before[ARRAY_SIZE(keys)];
	struct process p = PROCESS_INIT;
	const char *shell = getenv("SHELL");

	hunt_say("the brief is %s; exit with 0 when it is done, with 10 to defer it", f->brief);
	strvec_push(&p.args, shell && *shell ? shell : "/bin/sh");
	add_environment(f, &p.env);
	git_leave_repository(&p.env);
	p.dir = f->clone;
	p.in = PROCESS_INHERIT;
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		sigaction(keys[i], &ours, &before[i]);
	if (process_start(&p))
		die_error();
	if (process_finish(&p))
		error_clear();
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		sigaction(keys[i], &before[i], NULL);
	f->end = JOB_EXITED;
	f->status = p.status;
}

/* The subject, and the rest; "" when nothing was written. */
static void read_result(const struct fixing *f, json_t *payload)
{
	struct strbuf text = STRBUF_INIT;
	size_t len;

	if (!access(f->result, F_OK) && strbuf_read_file(&text, f->result, RESULT_MAX) < 0)
		warning("%s", error_message());
	strbuf_rtrim(&text);
	len = strcspn(text.buf, "\n");
	json_set_textn(payload, "title", text.buf, len);
	json_set_text(payload, "body", text.buf + len + strspn(text.buf + len, "\n"));
	strbuf_release(&text);
}

static json_t *judge_changes(const struct fixing *f, const struct changes *changes)
{
	if (!changes->paths.nr)
		return outcome_payload("marginal", "nothing was changed%s",
				       changes->untracked ? "; new files are to be added to the index" : "");
	if (changes->paths.nr > (size_t)f->h->plan.max_files)
		return outcome_payload("deferred", "%zu files were changed, more than %ld", changes->paths.nr,
				       f->h->plan.max_files);
	if (changes->protected.nr)
		return outcome_payload("refused", "%s is protected", changes->protected.v[0]);
	if (changes->modes.nr)
		return outcome_payload("refused", "%s became, or was, no plain file of the same mode",
				       changes->modes.v[0]);
	return NULL;
}

static json_t *take_changes(const struct fixing *f)
{
	struct hunt *h = f->h;
	struct changes changes = CHANGES_INIT;
	struct oid base = hunt_oid(h, h->state.head), id;
	char *ref = xstrfmt("refs/perf/hunt/%" PRId64 "/%zu", h->row.id, h->state.iteration + 1);
	char hex[OID_HEX_MAX + 1];
	json_t *payload;

	if (changes_read(&changes, h->repo, f->clone, &base, &h->plan.protect)) {
		payload = outcome_payload("failed", "%s", error_message());
	} else if (!(payload = judge_changes(f, &changes))) {
		if (changes_commit(h->repo, f->clone, &changes, &base, ref, &id))
			die_error();
		payload = json_object();
		json_set_text(payload, "commit", oid_to_hex(hex, &id, h->repo->rawlen));
		json_set_int(payload, "files", (long long)changes.paths.nr);
		json_set_int(payload, "untracked", (long long)changes.untracked);
	}
	changes_release(&changes);
	free(ref);
	return payload;
}

/* How it ended is the first gate. */
static json_t *judge_end(const struct fixing *f)
{
	if (f->end == JOB_TIMED_OUT)
		return outcome_payload("failed", "the fixer took more than %.0f s and was ended", f->left);
	if (f->status == FIXER_DEFERRED)
		return outcome_payload("deferred", "the fixer deferred it");
	if (f->status)
		return outcome_payload("failed", "the fixer ended with status %d", f->status);
	return NULL;
}

static json_t *run_guarded(struct fixing *f, const struct iterate_options *options)
{
	struct guard before = GUARD_INIT, after = GUARD_INIT;
	enum guard_part part;
	json_t *payload;

	guarding_take(f->h, f->clone, &before);
	if (options->interactive)
		run_shell(f);
	else
		run_fixer(f);
	guarding_take(f->h, f->clone, &after);
	/* A build is from nothing, whatever stands there as one. */
	if (tree_forget(&f->h->candidate))
		die_error();
	if (guard_differs(&before, &after, &part)) {
		payload = outcome_payload("refused", "the fixer changed %s", guard_words(part));
		json_set_bool(payload, "abort", true);
		f->h->caught = guarding_advice(part);
		json_set_bool(payload, "tampered",
			      strcmp(before.hex[GUARD_EVENTS], after.hex[GUARD_EVENTS]) != 0);
		return payload;
	}
	payload = judge_end(f);
	return payload ? payload : take_changes(f);
}

static void fill_fixing(struct fixing *f, struct hunt *h)
{
	f->h = h;
	f->clone = hunt_path(h, "clone");
	f->brief = hunt_path(h, "BRIEF.md");
	f->result = hunt_path(h, "result.md");
	f->log = hunt_path(h, "log/fixer-%zu.log", h->state.iteration + 1);
	/* A fixer that was killed with us begins its attempt again. */
	f->attempt = h->state.checked ? 2 : 1;
	f->left = h->plan.fixer_timeout - (f->attempt > 1 ? h->state.fixer_seconds : 0);
	if (f->left < 1)
		f->left = 1;
}

void step_fix(struct hunt *h, const struct iterate_options *options)
{
	struct fixing f = { .h = NULL };
	json_t *payload = json_object();

	if (!options->interactive && (!h->plan.fixer || !*h->plan.fixer))
		die("there is no fixer; set perfhunt.fixer before the start, or work on it yourself with "
		    "git perfhunt run --interactive");
	fill_fixing(&f, h);
	json_set_int(payload, "attempt", (long long)f.attempt);
	json_set(payload, "guard", guarding_begin(h));
	hunt_record(h, "fixing", payload);
	make_clone(&f);
	write_brief(&f);
	hunt_say("the fixer works on %s (log: %s)", json_get(h->state.picked, "function"), f.log);
	payload = run_guarded(&f, options);
	json_set_int(payload, "attempt", (long long)f.attempt);
	json_set_real(payload, "seconds", f.seconds);
	json_set_int(payload, "outlived", (long long)f.outlived);
	read_result(&f, payload);
	if (f.outlived)
		ticket_note(h, json_get(h->state.picked, "ticket_id"),
			    "The fixer left processes behind, which were ended.");
	hunt_record(h, "fixed", payload);
	free(f.clone);
	free(f.brief);
	free(f.result);
	free(f.log);
}
