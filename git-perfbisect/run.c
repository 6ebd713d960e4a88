/* git perfbisect run: measures until there is an answer. */
#include "base/clock.h"
#include "base/error.h"
#include "base/escape.h"
#include "driver.h"
#include "perfbisect.h"
#include "runner.h"
#include "report.h"
#include "report/say.h"
#include "show.h"
#include "ui/term.h"

/* git is told as it goes where its own choice costs little. */
#define TELL_COMMITS 20000

struct run_options {
	int progress;
	bool dry_run;
	bool force;
	bool all_steps;
};

static const struct option rows[] = {
	{ .type = OPTION_BOOL,
	  .letter = 'n',
	  .name = "dry-run",
	  .at = offsetof(struct run_options, dry_run),
	  .help = "say what would be done, and how long it may take" },
	{ .type = OPTION_BOOL,
	  .name = "force",
	  .at = offsetof(struct run_options, force),
	  .help = "go on although the ends do not differ as they did" },
	{ .type = OPTION_BOOL,
	  .name = "all-steps",
	  .at = offsetof(struct run_options, all_steps),
	  .help = "when one commit is named, look on both its sides for others" },
	{ .type = OPTION_TRISTATE,
	  .name = "progress",
	  .at = offsetof(struct run_options, progress),
	  .help = "report progress, or do not, whatever stderr is" },
	OPTION_END,
};

static const char *const usage[] = { "[<options>]", NULL };

const struct option_set run_set = { .command = "git perfbisect run", .usage = usage, .rows = rows };

/* What git says at the end; not what it said on the way there. */
static void print_git(const struct git_bisect_answer *answer)
{
	struct strbuf text = STRBUF_INIT;
	const char *said = answer->said.buf, *at = strstr(said, " is the first ");

	if (!at)
		at = strstr(said, "There are only");
	while (at && at > said && at[-1] != '\n')
		at--;
	if (!at)
		at = said;
	escape_terminal(&text, at, strlen(at), ESCAPE_KEEP_LINES);
	fwrite(text.buf, 1, text.len, stdout);
	if (text.len && text.buf[text.len - 1] != '\n')
		putchar('\n');
	strbuf_release(&text);
}

/* git is told all, says its own word, and the numbers follow. */
static int finish(struct session *s)
{
	struct git_bisect_answer said = GIT_BISECT_ANSWER_INIT;
	struct bisect_answer answer = BISECT_ANSWER_INIT;
	struct finding f;
	int status;

	bisect_answer(s->engine, &answer);
	session_finding(s, &f);
	status = session_status(answer.verdict);
	putchar('\n');
	if (driver_sync(s, &said))
		warning("%s", error_message());
	else if (answer.verdict == BISECT_NAMED || answer.verdict == BISECT_SET)
		print_git(&said);
	show_answer(s, &answer, &f);
	if (answer.verdict == BISECT_NOT_REPRODUCED)
		hint("git perfbisect run --force goes on all the same");
	git_bisect_answer_release(&said);
	bisect_answer_release(&answer);
	finding_release(&f);
	return status;
}

static int pause_session(struct session *s)
{
	char *why = xstrdup(error_message());

	/* Only status looks at it; on a full disk even that cannot be written. */
	if (store_session_set_state(s->store, s->row.id, STORE_PAUSED))
		error_clear();
	fflush(stdout);
	warning("paused: %s", why);
	hint("nothing is lost; git perfbisect run goes on from here");
	free(why);
	return EXIT_PAUSED;
}

/* git learns of verdicts while they come, so that git bisect log and view tell the truth. */
static int tell_git(struct session *s, size_t commit, enum bisect_mark before)
{
	struct git_bisect_answer said = GIT_BISECT_ANSWER_INIT;
	int result = 0;

	if (s->options.strategy == BISECT_BAYES && s->nr <= TELL_COMMITS && commit && commit != s->nr - 1 &&
	    bisect_mark_of(s->engine, commit) != before)
		result = driver_sync(s, &said);
	git_bisect_answer_release(&said);
	return result;
}

/* In the words that Fastpath's users know. */
static void say_verdict(const struct session *s, size_t commit, enum bisect_mark before)
{
	enum bisect_mark mark = bisect_mark_of(s->engine, commit);
	const char *unit, *good = s->plan.good_swprofile ? s->plan.good_swprofile : s->plan.good;
	bool higher;
	const char *metric = session_metric(s, &unit, &higher);

	if (s->options.strategy != BISECT_ADAPTIVE || mark == before || mark == BISECT_UNMARKED)
		return;
	printf("Result: %s for resultclass '",
	       mark == BISECT_BAD    ? (s->plan.find_fix ? "IMPROVEMENT detected" : "REGRESSION detected")
	       : mark == BISECT_SKIP ? "INCONCLUSIVE, skipped,"
				     : (s->plan.find_fix ? "no improvement" : "no regression"));
	show_text(stdout, metric);
	printf("' comparing 'bisect-%.12s' vs '", session_hex(s, commit));
	show_text(stdout, good);
	printf("'.\n");
	fflush(stdout);
}

static int choose(struct session *s)
{
	struct git_bisect_answer answer = GIT_BISECT_ANSWER_INIT;
	int result = driver_choose(s, &answer);

	git_bisect_answer_release(&answer);
	return result;
}

static int measure(struct runner *r, const struct bisect_action *action)
{
	struct session *s = r->session;
	bool end = !action->commit || action->commit == s->nr - 1;
	enum bisect_mark before = end ? BISECT_UNMARKED : bisect_mark_of(s->engine, action->commit);

	if (runner_measure(r, action))
		return -1;
	if (end)
		return 0;
	say_verdict(s, action->commit, before);
	return tell_git(s, action->commit, before);
}

/* git asked twice in a row says the same again: its log and the evidence contradict each other. */
static int choose_once(struct session *s, bool chosen)
{
	if (chosen)
		die("git bisect and the evidence do not agree; was the bisection changed by hand? "
		    "git perfbisect log keeps the evidence, git perfbisect reset ends the session");
	return choose(s);
}

/* One machine: measured here. */
static int loop(struct runner *r)
{
	struct session *s = r->session;
	struct bisect_action action;
	bool chosen = false;

	for (;;) {
		int result = 0;

		bisect_next(s->engine, 0, &action);
		switch (action.kind) {
		case BISECT_STOP:
			return finish(s);
		case BISECT_CHOOSE:
			result = choose_once(s, chosen);
			break;
		case BISECT_MEASURE:
			result = measure(r, &action);
			break;
		default:
			BUG("one machine has nobody to wait for");
		}
		chosen = action.kind == BISECT_CHOOSE;
		if (result)
			return pause_session(s);
	}
}

/* Work for a machine that has none; *stop when there is an answer. */
static int hand_out(struct runner *r, size_t machine, bool *stop)
{
	struct session *s = r->session;
	struct bisect_action action;

	bisect_next(s->engine, machine, &action);
	switch (action.kind) {
	case BISECT_STOP:
		*stop = true;
		return 0;
	case BISECT_MEASURE:
		return runner_begin(r, machine, &action);
	case BISECT_WAIT:
		return 0;
	default:
		BUG("several machines have a strategy that asks git");
	}
}

/* All that are free; what the others are at is called off when there is an answer. */
static int hand_out_all(struct runner *r, bool *stop)
{
	*stop = false;
	for (size_t i = 0; i < r->nslots && !*stop; i++)
		if (runner_is_free(r, i) && hand_out(r, i, stop))
			return -1;
	return 0;
}

static int take(struct runner *r)
{
	struct session *s = r->session;
	enum bisect_mark *before = xcalloc(r->nslots, sizeof(*before));
	size_t machine, commit;
	int result;

	for (size_t i = 0; i < r->nslots; i++)
		before[i] = bisect_mark_of(s->engine, r->slots[i].action.commit);
	result = runner_wait(r, &machine);
	commit = r->slots[machine].action.commit;
	if (!result)
		result = tell_git(s, commit, before[machine]);
	free(before);
	return result;
}

/* Several machines: each is given work when it has none. */
static int loop_many(struct runner *r)
{
	bool stop;

	for (;;) {
		if (hand_out_all(r, &stop))
			break;
		if (stop && !runner_is_busy(r))
			return finish(r->session);
		/* What was measured until now may have made the answer another one. */
		if (stop)
			runner_cancel(r);
		else if (!runner_is_busy(r))
			BUG("every machine waits");
		else if (take(r))
			break;
	}
	runner_cancel(r);
	return pause_session(r->session);
}

static int dry_run(struct session *s)
{
	struct bisect_answer answer = BISECT_ANSWER_INIT;
	struct bisect_action action;
	struct strbuf text = STRBUF_INIT;

	bisect_answer(s->engine, &answer);
	bisect_next(s->engine, 0, &action);
	if (action.kind == BISECT_STOP) {
		printf("There is an answer: git perfbisect report\n");
	} else {
		show_range(s, &text);
		strbuf_addstr(&text, "; ");
		show_spent(&answer, &text);
		strbuf_addstr(&text, " so far.");
		show_text(stdout, text.buf);
		putchar('\n');
		if (action.kind == BISECT_MEASURE)
			printf("Next: %s %.12s, %zu sample%s.\n", action.reason,
			       session_hex(s, action.commit), action.samples, action.samples == 1 ? "" : "s");
		strbuf_reset(&text);
		say_seconds(&text, answer.seconds_left);
		printf("Expected: about %s%s.\n", text.buf,
		       answer.boots ? "" : " (a guess until the ends were built and measured)");
	}
	strbuf_release(&text);
	bisect_answer_release(&answer);
	return EXIT_DONE;
}

/* What the user asks for on the way holds for the rest of the session. */
static void set_mode(struct session *s, const char *kind, bool wanted, bool *is)
{
	if (!wanted || *is)
		return;
	if (store_event_add(s->store, s->row.id, kind, (int64_t)clock_wall(), NULL, NULL))
		die_error();
	*is = true;
	session_replay(s, s->options.strategy);
}

static int run(struct session *s, const struct run_options *opts)
{
	struct runner r = RUNNER_INIT;
	int status;

	session_open(s, SESSION_MUST_EXIST | (opts->dry_run ? SESSION_READ_ONLY : SESSION_RUN));
	session_load(s);
	session_need_context(s);
	session_need_ends(s);
	if (opts->dry_run)
		return dry_run(s);
	if (opts->all_steps && session_strategy(s) != BISECT_BAYES)
		die("--all-steps is for the strategy bayes; this session was started with another one");
	set_mode(s, "force", opts->force, &s->force);
	set_mode(s, "all-steps", opts->all_steps, &s->all_steps);
	if (store_session_set_state(s->store, s->row.id, STORE_OPEN))
		die_error();
	r.progress = opts->progress;
	runner_open(&r, s);
	if (session_close_boots(s))
		die_error();
	status = r.nslots > 1 ? loop_many(&r) : loop(&r);
	runner_close(&r);
	return status;
}

int cmd_run(int argc, char **argv)
{
	struct session s = SESSION_INIT;
	struct run_options opts = { .progress = -1 };
	struct strvec words = STRVEC_INIT;
	size_t dashes;
	enum options_result result;
	int status;

	options_default(rows, &opts);
	result = options_parse(&run_set, &opts, argc, argv, &words, &dashes);
	if (result != OPTIONS_OK)
		status = options_status(result);
	else if (words.nr)
		status = usage_error(&run_set, "run takes no arguments; the benchmark is given to start");
	else
		status = run(&s, &opts);
	strvec_release(&words);
	session_release(&s);
	return status;
}
