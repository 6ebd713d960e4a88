/* git perfbisect start: everything is checked before anything is begun. */
#include "start.h"

#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/tempfile.h"
#include "driver.h"
#include "perfbisect.h"
#include "runner.h"
#include "report/say.h"
#include "show.h"

#define AT(member) offsetof(struct start_options, member)
#define FLAG(name_, member, help_)                                                      \
	{                                                                               \
		.type = OPTION_BOOL, .name = (name_), .at = AT(member), .help = (help_) \
	}

static const struct option rows[] = {
	{ .type = OPTION_GROUP, .help = "What to bisect" },
	TEXT_ROW("good", "<rev>", AT(good), "rev", "the end that is as it should be"),
	TEXT_ROW("bad", "<rev>", AT(bad), "rev", "the end that got worse"),
	TEXT_ROW("term-good", "<term>", AT(term_good), NULL, "the word for the good state"),
	TEXT_ROW("term-bad", "<term>", AT(term_bad), NULL, "the word for the bad state"),
	FLAG("first-parent", first_parent, "follow only the first parent of merges"),
	{ .type = OPTION_LIST,
	  .name = "paths",
	  .arg = "<pathspec>",
	  .at = AT(paths),
	  .complete = "file",
	  .help = "only commits that change these files; may be given several times" },
	FLAG("find-fix", find_fix, "look for the commit that made it better"),
	{ .type = OPTION_GROUP, .help = "How to measure" },
	MEASURE_OPTION_ROWS(start_options),
	{ .type = OPTION_GROUP, .help = "How to decide" },
	TEXT_ROW("strategy", "(bayes|sequential|adaptive)", AT(strategy), NULL,
		 "how commits are chosen and judged"),
	TEXT_ROW("confidence", "<p>", AT(confidence), NULL, "how sure the answer must be"),
	TEXT_ROW("budget", "<time or boots>", AT(budget), NULL, "the best answer after 8h, 90m, 40boots"),
	TEXT_ROW("min-effect", "<share>", AT(min_effect), NULL, "smaller differences are none"),
	TEXT_ROW("prior", "<file>", AT(prior), "file",
		 "weights of commits, as git perfrank --format=prior prints them"),
	TEXT_ROW("rank", "<profile>", AT(rank), "file", "weigh the commits by git perfrank with this profile"),
	FLAG("force", force, "go on although the ends do not differ as they did"),
	{ .type = OPTION_GROUP, .help = "The context" },
	TEXT_ROW("context", "<file>", AT(context), "file", "write the context there, too"),
	TEXT_ROW("from", "<file>", AT(from), "file", "begin with the context of this file"),
	FLAG("no-check", no_check, "do not look whether the machine can be reached"),
	{ .type = OPTION_GROUP, .help = "Baselines of a result store, as in Fastpath" },
	TEXT_ROW("good-swprofile", "<profile>", AT(good_swprofile), NULL,
		 "the software profile that is as it should be"),
	TEXT_ROW("bad-swprofile", "<profile>", AT(bad_swprofile), NULL, "the software profile that got worse"),
	TEXT_ROW("resultstore", "<url>", AT(resultstore), NULL, "where its results are: csv:, sqlite:, mysql:"),
	OPTION_END,
};

static const char *const usage[] = { "[<options>] [<bad> [<good>...]] [-- <benchmark command>]", NULL };

const struct option_set start_set = { .command = "git perfbisect start", .usage = usage, .rows = rows };

static void refuse_what_is_there(struct session *s)
{
	const char *operation = git_operation_in_progress(s->repo);

	if (s->exists)
		die("a bisection is going on here already; git perfbisect run continues it, git perfbisect reset ends it");
	if (operation && !strcmp(operation, "bisect"))
		die("a git bisect of your own is going on here; end it first with git bisect reset");
	if (operation)
		die("a %s is going on here; finish it or end it first (git %s --abort)", operation, operation);
}

/* Several machines measure at once; what that needs. */
static void check_machines(const struct session *s)
{
	const struct strvec *sut = &s->plan.sut;

	for (size_t i = 0; i < sut->nr && sut->nr > 1; i++) {
		const struct plan_machine *m = plan_machine(&s->plan, sut->v[i]);

		if (!m->method || !strcmp(m->method, "local"))
			die("%s is this computer: it builds, and cannot measure beside other machines; "
			    "leave it out, or name it alone",
			    sut->v[i]);
	}
	if (sut->nr > 1 && session_strategy(s) != BISECT_BAYES)
		die("only the strategy bayes compares several machines (%s, %s); name one of them with --on",
		    sut->v[0], sut->v[1]);
}

/* The plan from configuration, file and command line, whole; nothing is begun yet. */
static void make_plan(struct session *s, const struct start_options *opts, const struct strvec *words,
		      size_t dashes)
{
	session_configure(s);
	start_fill_plan(s, opts, words, dashes);
	start_read_baselines(s);
	session_finish_plan(s);
	check_machines(s);
	if (plan_bench(&s->plan, s->plan.benchmark)->command == NULL &&
	    plan_machine(&s->plan, s->plan.sut.v[0])->command == NULL)
		die("the benchmark %s has no command; give it after --, or set perfbench.%s.command",
		    s->plan.benchmark, s->plan.benchmark);
}

/* What the check of the machine makes, and a start that is refused must not leave; innermost first. */
static char *made[4];

/* Only what is empty goes: somebody else may have come here meanwhile. */
static void drop_made(int sig UNUSED)
{
	for (size_t i = 0; i < ARRAY_SIZE(made) && made[i]; i++)
		if (remove(made[i]) && errno != ENOENT)
			return;
}

static void watch_made(const struct session *s)
{
	struct stat st;

	if (!lstat(s->dir, &st))
		return;
	made[0] = xstrfmt("%s/lock", s->dir);
	made[1] = xstrfmt("%s/log", s->dir);
	made[2] = xstrdup(s->dir);
	made[3] = xstrfmt("%s/perf", s->repo->git_dir);
	cleanup_add(drop_made);
}

static void keep_made(void)
{
	cleanup_block();
	for (size_t i = 0; i < ARRAY_SIZE(made); i++) {
		free(made[i]);
		made[i] = NULL;
	}
	cleanup_unblock();
}

/* git would refuse them as well, but only when the session has begun. */
static void check_terms(const struct session *s)
{
	static const char *const taken[] = { "help", "start", "skip",   "next", "reset", "visualize",
					     "view", "log",   "replay", "run",  "terms" };
	const char *terms[] = { session_term(s, BISECT_GOOD), session_term(s, BISECT_BAD) };

	if (!strcmp(terms[0], terms[1]))
		die("both terms are '%s'; give two different ones", terms[0]);
	for (size_t i = 0; i < ARRAY_SIZE(terms); i++)
		for (size_t k = 0; k < ARRAY_SIZE(taken); k++)
			if (!strcmp(terms[i], taken[k]))
				die("'%s' is a command of git bisect and cannot be a term", terms[i]);
}

static void reach_machines(struct session *s)
{
	struct runner r = RUNNER_INIT;

	runner_open(&r, s);
	for (size_t i = 0; i < s->plan.sut.nr; i++)
		if (trial_check(&r.trial, i) != OUTCOME_MEASURED)
			die_error();
	runner_close(&r);
}

/* Where the user wants it comes first: when that fails nothing was begun. */
static void write_wanted(const struct session *s, const struct start_options *opts)
{
	if (opts->context && plan_write(&s->plan, opts->context))
		die_error();
}

/* Session, ends and git's own bisection; when git refuses, nothing is left. */
static void begin(struct session *s, const struct start_options *opts)
{
	struct git_bisect_answer answer = GIT_BISECT_ANSWER_INIT;
	struct strbuf context = STRBUF_INIT;
	int64_t now = (int64_t)clock_wall();

	session_hash(s);
	if (strbuf_read_file(&context, s->context_path, 0) < 0 ||
	    store_session_start(s->store, s->worktree, "perfbisect", context.buf, s->context_hash, now,
				&s->row.id) ||
	    store_session_lock(s->store, s->row.id, now, &s->lock))
		die_error();
	strbuf_release(&context);
	if (opts->force && store_event_add(s->store, s->row.id, "force", now, NULL, NULL))
		die_error();
	if (s->whole) {
		start_store_baselines(s);
		start_store_ends(s);
		if (driver_start(s, &answer)) {
			char *why = xstrdup(error_message());

			/* git leaves a start that it refuses half made. */
			if (git_bisect_active(s->repo) && git_bisect_reset(s->repo))
				warning("%s", error_message());
			unlink(s->context_path);
			if (store_session_finish(s->store, s->row.id, now))
				die_error();
			die("%s", why);
		}
	}
	git_bisect_answer_release(&answer);
}

static void print_size(const struct session *s)
{
	struct strbuf text = STRBUF_INIT;
	size_t steps = 0;

	for (size_t n = 1; n < s->nr - 1; n *= 2)
		steps++;
	show_range(s, &text);
	if (steps) {
		strbuf_addstr(&text, ": both ends, and about ");
		say_count(&text, steps, "commit");
		strbuf_addf(&text, " to %smeasure.", s->plan.build.command ? "build and " : "");
	} else {
		strbuf_addstr(&text, ": only the ends are measured.");
	}
	show_text(stdout, text.buf);
	putchar('\n');
	strbuf_release(&text);
}

static void print_summary(struct session *s)
{
	const struct plan_bench *bench = plan_bench(&s->plan, s->plan.benchmark);

	if (!s->whole) {
		show_waiting(s);
		return;
	}
	print_size(s);
	printf("Build:     ");
	show_text(stdout,
		  s->plan.build.command ? s->plan.build.command : "none; the worktree is measured as it is");
	printf("\nBenchmark: ");
	show_text(stdout, bench->command ? bench->command : s->plan.benchmark);
	printf(s->plan.sut.nr > 1 ? "\nMachines:  " : "\nMachine:   ");
	show_names(&s->plan.sut);
	printf("\nContext:   ");
	show_text(stdout, s->context_path);
	printf("\n\nNext: git perfbisect run\n");
}

static int start(struct session *s, const struct start_options *opts, const struct strvec *words, size_t dashes)
{
	struct strvec more = STRVEC_INIT;

	session_open(s, SESSION_MAKE_LATER);
	refuse_what_is_there(s);
	for (size_t i = 2; i < dashes; i++)
		strvec_push(&more, words->v[i]);
	make_plan(s, opts, words, dashes);
	check_terms(s);
	start_find_ends(s, &more);
	strvec_release(&more);
	if (opts->rank)
		start_rank(s, opts->rank);
	if (s->whole)
		session_list(s);
	watch_made(s);
	session_make_dir(s);
	if (!opts->no_check)
		reach_machines(s);
	write_wanted(s, opts);
	keep_made();
	session_reopen(s);
	refuse_what_is_there(s);
	if (plan_write(&s->plan, s->context_path))
		die_error();
	begin(s, opts);
	print_summary(s);
	return EXIT_DONE;
}

int cmd_start(int argc, char **argv)
{
	struct session s = SESSION_INIT;
	struct start_options opts = { .paths = STRVEC_INIT };
	struct strvec words = STRVEC_INIT;
	size_t dashes;
	enum options_result result;
	int status;

	options_default(rows, &opts);
	result = options_parse(&start_set, &opts, argc, argv, &words, &dashes);
	status = result == OPTIONS_OK ? start(&s, &opts, &words, dashes) : options_status(result);
	options_release(rows, &opts);
	strvec_release(&words);
	session_release(&s);
	return status;
}
