/*
 * git perfbisect test: one measured verdict as an exit status, for git bisect
 * run and for scripts. Where git listens an error never looks like a verdict.
 */
#include <math.h>
#include <sys/stat.h>

#include "base/error.h"
#include "perfbisect.h"
#include "repo/bisect.h"
#include "runner.h"
#include "show.h"
#include "start.h"
#include "ui/term.h"

/* A threshold is decided after so many boots at most. */
#define THRESHOLD_BOOTS 12

struct test_options {
	struct measure_options measure;
	char *against, *context;
	char *larger, *smaller;
	char *kernel, *modules, *gitsha;
	int progress;
};

#define AT(member) offsetof(struct test_options, member)

static const struct option rows[] = {
	TEXT_ROW("against", "<rev>", AT(against), "rev",
		 "compare with this commit, not with a bisection's ends"),
	TEXT_ROW("fail-if-larger-than", "<x>", AT(larger), NULL, "bad is what is above this value"),
	TEXT_ROW("fail-if-smaller-than", "<x>", AT(smaller), NULL, "bad is what is below this value"),
	{ .type = OPTION_GROUP, .help = "A kernel that was built elsewhere" },
	TEXT_ROW("kernel", "<image>", AT(kernel), "file", "measure this image"),
	TEXT_ROW("modules", "<dir>", AT(modules), "dir", "its modules, as INSTALL_MOD_PATH leaves them"),
	TEXT_ROW("gitsha", "<id>", AT(gitsha), "rev", "the commit that it was built from"),
	{ .type = OPTION_GROUP, .help = "How to measure, where no bisection says so" },
	TEXT_ROW("context", "<file>", AT(context), "file", "the context to measure by"),
	MEASURE_OPTION_ROWS(test_options),
	{ .type = OPTION_TRISTATE,
	  .name = "progress",
	  .at = AT(progress),
	  .help = "report progress, or do not, whatever stderr is" },
	OPTION_END,
};

static const char *const usage[] = { "[<options>] [<commit>] [-- <benchmark command>]", NULL };

const struct option_set test_set = { .command = "git perfbisect test", .usage = usage, .rows = rows };

static bool has_threshold(const struct test_options *opts)
{
	return opts->larger || opts->smaller;
}

static double limit(const char *option, const char *text, double none)
{
	double value = none;

	if (text && !metric_number(text, strlen(text), &value))
		die("option `%s' expects a number, not '%s'", option, text);
	return value;
}

/* The commit to test: what is named, what git bisect asks for, or HEAD. */
static void find_commit(struct session *s, const struct test_options *opts, const struct strvec *words,
			struct oid *id)
{
	const char *name = opts->gitsha ? opts->gitsha : words->nr ? words->v[0] : NULL;

	if (opts->gitsha && words->nr)
		die("the commit is given twice, as '%s' and by --gitsha", words->v[0]);
	if (!name && (!git_bisect_active(s->repo) || range_commit_id(s->repo, "BISECT_HEAD", id)))
		name = "HEAD";
	if (name && range_commit_id(s->repo, name, id))
		die_error();
}

/* --- a kernel that was built elsewhere --- */

static void link_into(const char *dir, const char *name, const char *target)
{
	char *real = realpath(target, NULL), *path;

	if (!real)
		die("cannot find %s: %s", target, strerror(errno));
	path = xstrfmt("%s/%s", dir, name);
	unlink(path);
	if (symlink(real, path))
		die("cannot make %s: %s", path, strerror(errno));
	free(path);
	free(real);
}

/* A folder that looks like a worktree in which it was built. */
static char *given_kernel(struct session *s, const struct test_options *opts)
{
	char *dir;

	if (!opts->kernel) {
		if (opts->modules)
			die("--modules belongs to --kernel");
		return NULL;
	}
	if (!opts->gitsha)
		die("which commit is %s? give it with --gitsha", opts->kernel);
	session_make_dir(s);
	dir = xstrfmt("%s/given", s->dir);
	if (mkdir(dir, 0700) && errno != EEXIST)
		die("cannot make %s: %s", dir, strerror(errno));
	link_into(dir, "image", opts->kernel);
	if (opts->modules)
		link_into(dir, "modules", opts->modules);
	free(s->plan.build.image);
	free(s->plan.build.modules);
	s->plan.build.image = xstrdup("image");
	s->plan.build.modules = opts->modules ? xstrdup("modules") : NULL;
	return dir;
}

/* --- verdicts --- */

static int undecided(const char *why)
{
	warning("%s", why);
	return EXIT_FATAL;
}

static int verdict_status(struct session *s, size_t commit)
{
	switch (bisect_mark_of(s->engine, commit)) {
	case BISECT_GOOD:
		return EXIT_DONE;
	case BISECT_BAD:
		return EXIT_NEGATIVE;
	case BISECT_SKIP:
		return EXIT_UNTESTABLE;
	default:
		return undecided("the commit could be called neither good nor bad");
	}
}

static int stopped(struct session *s)
{
	struct bisect_answer answer = BISECT_ANSWER_INIT;
	int status;

	bisect_answer(s->engine, &answer);
	status = undecided(answer.why.len ? answer.why.buf : "the bisection has ended");
	bisect_answer_release(&answer);
	return status;
}

/* Measures what the engine wants until it has a verdict about the commit. */
static int judge(struct runner *r, size_t commit)
{
	struct session *s = r->session;
	struct bisect_event asked = { .kind = BISECT_CANDIDATE, .commit = commit };
	struct bisect_action action;

	if (session_close_boots(s) || session_record(s, &asked))
		die_error();
	for (;;) {
		bisect_next(s->engine, 0, &action);
		if (action.kind == BISECT_STOP && bisect_mark_of(s->engine, commit) == BISECT_UNMARKED)
			return stopped(s);
		if (action.kind != BISECT_MEASURE)
			return verdict_status(s, commit);
		if (runner_measure(r, &action))
			die_error();
	}
}

/* The session says how to measure: what is given beside it would be dropped. */
static void refuse_measure_options(const struct test_options *opts, const struct strvec *words, size_t dashes)
{
	/* All others are texts. */
	const struct measure_options *measure = &opts->measure;
	char *const *texts = &measure->build;
	bool given = opts->context || dashes < words->nr || measure->on.nr || measure->sut.nr;

	for (size_t i = 0; i < (sizeof(*measure) - offsetof(struct measure_options, build)) / sizeof(*texts);
	     i++)
		given = given || texts[i];
	if (given)
		die("the bisection here says how to measure; with --against <rev> or a limit something else can be measured");
}

/* Of a session: against the ends of the bisection. */
static int test_in_session(struct session *s, const struct test_options *opts, const struct strvec *words,
			   size_t dashes)
{
	struct runner r = RUNNER_INIT;
	struct oid id;
	size_t commit;
	char *given;
	int status;

	refuse_measure_options(opts, words, dashes);
	session_load(s);
	session_need_context(s);
	if (!s->whole)
		die("both ends have to be known before a commit can be tested; git perfbisect good and bad name them");
	find_commit(s, opts, words, &id);
	commit = session_find(s, &id);
	if (commit == BISECT_NONE)
		die("the commit is not between %s and %s; --against <rev> compares any two", s->plan.good,
		    s->plan.bad);
	if (s->options.strategy == BISECT_BAYES)
		session_replay(s, BISECT_SEQUENTIAL);
	given = given_kernel(s, opts);
	r.progress = opts->progress;
	r.built = given;
	r.built_for = commit;
	runner_open(&r, s);
	status = !commit ? EXIT_DONE : commit == s->nr - 1 ? EXIT_NEGATIVE : judge(&r, commit);
	runner_close(&r);
	free(given);
	return status;
}

/* Two commits, interleaved, until they differ or do not. */
static int compare(struct runner *r)
{
	struct session *s = r->session;
	struct bisect_answer answer = BISECT_ANSWER_INIT;
	struct strbuf text = STRBUF_INIT;
	struct bisect_commit_state state;
	struct bisect_action action;
	int status;

	for (;;) {
		bisect_next(s->engine, 0, &action);
		if (action.kind != BISECT_MEASURE)
			break;
		if (runner_measure(r, &action))
			die_error();
		bisect_commit_state(s->engine, 1, &state);
		if (state.untestable)
			return EXIT_UNTESTABLE;
	}
	bisect_answer(s->engine, &answer);
	/* Between ends that differ git would be asked for a commit to measure: there is none here. */
	if (answer.verdict != BISECT_NAMED && answer.verdict != BISECT_NOT_REPRODUCED &&
	    action.kind != BISECT_CHOOSE)
		return stopped(s);
	show_relative(&text, &answer.relative);
	status = answer.verdict == BISECT_NOT_REPRODUCED ? EXIT_DONE : EXIT_NEGATIVE;
	printf("%s: %.12s is %s than %.12s: %s\n", status ? "bad" : "good", session_hex(s, 1),
	       status ? "worse" : "not worse", session_hex(s, 0), text.buf);
	strbuf_release(&text);
	bisect_answer_release(&answer);
	return status;
}

static int compare_value(struct runner *r, const struct test_options *opts)
{
	struct session *s = r->session;
	struct bisect_action action = {
		.kind = BISECT_MEASURE, .commit = 1, .samples = s->options.repeats, .reason = "test"
	};
	double larger = limit("fail-if-larger-than", opts->larger, INFINITY);
	double smaller = limit("fail-if-smaller-than", opts->smaller, -INFINITY);
	struct bisect_commit_state state;
	struct strbuf text = STRBUF_INIT;
	const char *unit;
	bool higher, bad, clear = false;

	for (size_t i = 0; i < THRESHOLD_BOOTS && !clear; i++) {
		if (runner_measure(r, &action))
			die_error();
		bisect_commit_state(s->engine, 1, &state);
		if (state.untestable)
			return EXIT_UNTESTABLE;
		clear = state.boots > 1 && ((state.level.low > larger || state.level.high < smaller) ||
					    (state.level.high <= larger && state.level.low >= smaller));
	}
	session_metric(s, &unit, &higher);
	bad = state.level.value > larger || state.level.value < smaller;
	show_interval(&text, &state.level, unit);
	printf("%s: %.12s has %s\n", bad ? "bad" : "good", session_hex(s, 1), text.buf);
	strbuf_release(&text);
	if (!clear)
		warning("after %d boots the interval still holds the limit; this is the side of the mean",
			THRESHOLD_BOOTS);
	return bad ? EXIT_NEGATIVE : EXIT_DONE;
}

static void load_plan(struct session *s, const struct test_options *opts, const struct strvec *words,
		      size_t dashes)
{
	session_configure(s);
	if (opts->context ? plan_read(&s->plan, opts->context)
			  : s->exists && plan_read(&s->plan, s->context_path))
		die_error();
	start_fill_measure(s, &opts->measure, words, dashes);
	session_finish_plan(s);
}

/* No session: the samples are stored, and nothing else is left. */
static int test_alone(struct session *s, const struct test_options *opts, const struct strvec *words,
		      size_t dashes)
{
	struct runner r = RUNNER_INIT;
	struct strvec commits = STRVEC_INIT;
	struct oid id, against;
	int status;

	for (size_t i = 0; i < dashes; i++)
		strvec_push(&commits, words->v[i]);
	load_plan(s, opts, words, dashes);
	find_commit(s, opts, &commits, &id);
	against = id;
	if (opts->against && range_commit_id(s->repo, opts->against, &against))
		die_error();
	if (opts->against && oid_equal(&id, &against))
		die("'%s' is the commit that is tested; name another one to compare with", opts->against);
	store_session_release(&s->row);
	s->row = (struct store_session)STORE_SESSION_INIT;
	session_compare(s, &against, &id);
	session_replay(s, BISECT_SEQUENTIAL);
	r.progress = opts->progress;
	r.built = given_kernel(s, opts);
	r.built_for = 1;
	runner_open(&r, s);
	status = has_threshold(opts) ? compare_value(&r, opts) : compare(&r);
	free((char *)r.built);
	runner_close(&r);
	strvec_release(&commits);
	return status;
}

static int test(struct session *s, const struct test_options *opts, const struct strvec *words, size_t dashes)
{
	bool alone = opts->against || has_threshold(opts);

	if (opts->against && has_threshold(opts))
		return usage_error(&test_set, "--against and a limit exclude each other; give one of them");
	if (dashes > 1)
		return usage_error(&test_set, "one commit at a time, not '%s' as well", words->v[1]);
	session_open(s, alone ? 0 : SESSION_MUST_EXIST | SESSION_RUN);
	return alone ? test_alone(s, opts, words, dashes) : test_in_session(s, opts, words, dashes);
}

int cmd_test(int argc, char **argv)
{
	struct session s = SESSION_INIT;
	struct test_options opts = { .progress = -1 };
	struct strvec words = STRVEC_INIT;
	size_t dashes;
	enum options_result result;
	int status;

	options_default(rows, &opts);
	result = options_parse(&test_set, &opts, argc, argv, &words, &dashes);
	status = result == OPTIONS_OK ? test(&s, &opts, &words, dashes) : options_status(result);
	options_release(rows, &opts);
	strvec_release(&words);
	session_release(&s);
	return status;
}
