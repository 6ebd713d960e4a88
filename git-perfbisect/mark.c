/* git perfbisect good, bad, skip, retry: the user's word; and undo. */
#include "base/clock.h"
#include "base/error.h"
#include "base/json.h"
#include "driver.h"
#include "events.h"
#include "perfbisect.h"
#include "report/say.h"
#include "show.h"
#include "start.h"

static const struct option rows[] = { OPTION_END };

static const char *const usage[] = { "[<rev>...]", NULL };

const struct option_set good_set = { .command = "git perfbisect good", .usage = usage, .rows = rows };
const struct option_set bad_set = { .command = "git perfbisect bad", .usage = usage, .rows = rows };
const struct option_set skip_set = { .command = "git perfbisect skip", .usage = usage, .rows = rows };
const struct option_set retry_set = { .command = "git perfbisect retry", .usage = usage, .rows = rows };

/* The commit that git would have tested next. */
static void push_next(struct session *s, struct strvec *words)
{
	struct bisect_action action;

	if (!s->whole)
		die("which commit? give one");
	bisect_next(s->engine, 0, &action);
	if (action.kind == BISECT_MEASURE)
		strvec_push(words, session_hex(s, action.commit));
	else if (git_bisect_active(s->repo))
		strvec_push(words, "BISECT_HEAD");
	else
		die("which commit? give one");
}

/* Before both ends are known, the word names an end. */
static int give_end(struct session *s, enum bisect_event_kind kind, const struct strvec *words)
{
	struct strvec more = STRVEC_INIT;
	struct git_bisect_answer answer = GIT_BISECT_ANSWER_INIT;
	bool good = kind == BISECT_USER_GOOD;

	if (kind != BISECT_USER_GOOD && kind != BISECT_USER_BAD)
		die("both ends have to be known before a commit can be skipped");
	if (git_operation_in_progress(s->repo))
		die("a %s is going on here; finish it or end it first", git_operation_in_progress(s->repo));
	if (good && (s->plan.good || (words->nr > 1 && !s->plan.bad)))
		die("give all good ends at once, after the bad one: git perfbisect bad <rev>, git perfbisect good <rev>...");
	if (!words->nr || (!good && words->nr > 1))
		die("which commit? git perfbisect %s <rev>", good ? "good" : "bad");
	if (plan_set(&s->plan, PLAN_OPTION, good ? "perfbisect.good" : "perfbisect.bad", words->v[0],
		     "the command line"))
		die_error();
	for (size_t i = 1; i < words->nr; i++)
		strvec_push(&more, words->v[i]);
	start_find_ends(s, &more);
	if (plan_write(&s->plan, s->context_path))
		die_error();
	if (s->whole) {
		session_list(s);
		start_store_ends(s);
		if (driver_start(s, &answer))
			die_error();
		printf("Both ends are known; next: git perfbisect run\n");
	} else {
		show_waiting(s);
	}
	strvec_release(&more);
	git_bisect_answer_release(&answer);
	return EXIT_DONE;
}

static size_t find_commit(const struct session *s, enum bisect_event_kind kind, const char *name)
{
	struct oid id;
	size_t commit;

	if (range_commit_id(s->repo, name, &id))
		die_error();
	commit = session_find(s, &id);
	if (commit == BISECT_NONE)
		die("'%s' is not between %s and %s", name, s->plan.good, s->plan.bad);
	if (kind != BISECT_RETRY && (!commit || commit == s->nr - 1))
		die("'%s' is an end of the bisection; it is %s by definition", name,
		    session_term(s, commit ? BISECT_BAD : BISECT_GOOD));
	return commit;
}

/* All words or none: a commit that is refused takes the others with it. */
static void record_words(struct session *s, enum bisect_event_kind kind, const struct strvec *words)
{
	size_t *commits = xcalloc(words->nr, sizeof(*commits));

	for (size_t i = 0; i < words->nr; i++)
		commits[i] = find_commit(s, kind, words->v[i]);
	if (store_begin(s->store))
		die_error();
	for (size_t i = 0; i < words->nr; i++) {
		struct bisect_event event = { .kind = kind, .commit = commits[i] };

		if (session_record(s, &event))
			die_error();
	}
	if (store_commit(s->store))
		die_error();
	for (size_t i = 0; i < words->nr; i++)
		show_commit(s, commits[i], kind == BISECT_RETRY ? "retry" : "by hand", NULL);
	free(commits);
}

static void tell_git(struct session *s)
{
	struct git_bisect_answer answer = GIT_BISECT_ANSWER_INIT;

	if (driver_sync(s, &answer))
		die_error();
	git_bisect_answer_release(&answer);
}

static int mark(const struct option_set *set, enum bisect_event_kind kind, int argc, char **argv)
{
	struct session s = SESSION_INIT;
	char none = 0;
	struct strvec words = STRVEC_INIT;
	size_t dashes;
	enum options_result result = options_parse(set, &none, argc, argv, &words, &dashes);
	int status = EXIT_DONE;

	if (result != OPTIONS_OK)
		return options_status(result);
	session_open(&s, SESSION_MUST_EXIST | SESSION_RUN);
	session_load(&s);
	if (!s.whole) {
		status = give_end(&s, kind, &words);
	} else {
		if (!words.nr)
			push_next(&s, &words);
		record_words(&s, kind, &words);
		tell_git(&s);
	}
	strvec_release(&words);
	session_release(&s);
	return status;
}

int cmd_good(int argc, char **argv)
{
	return mark(&good_set, BISECT_USER_GOOD, argc, argv);
}

int cmd_bad(int argc, char **argv)
{
	return mark(&bad_set, BISECT_USER_BAD, argc, argv);
}

int cmd_skip(int argc, char **argv)
{
	return mark(&skip_set, BISECT_USER_SKIP, argc, argv);
}

int cmd_retry(int argc, char **argv)
{
	return mark(&retry_set, BISECT_RETRY, argc, argv);
}

/* --- undo --- */

struct undo_options {
	long steps;
};

static const struct option undo_rows[] = {
	{ .type = OPTION_INT,
	  .letter = 'n',
	  .name = "steps",
	  .arg = "<n>",
	  .at = offsetof(struct undo_options, steps),
	  .initial = "1",
	  .min = 1,
	  .max = INT_MAX,
	  .help = "how many boots or words to take back" },
	OPTION_END,
};

static const char *const undo_usage[] = { "[-n <n>]", NULL };

const struct option_set undo_set = { .command = "git perfbisect undo", .usage = undo_usage, .rows = undo_rows };

/* What a machine is at: the step of its last boot, which begins with `issued` where several measure. */
struct at_work {
	char *name;
	int64_t boot;
	size_t step;
	bool issued;
};

/*
 * The evidence in steps, in the order in which they began: what belongs to one boot, to one
 * word of the user, or to one replay. Boots of several machines overlap.
 */
struct steps {
	int64_t *seqs;
	/* The step of each; git's words, and why a boot failed, belong to the step before. */
	size_t *step;
	/* Whether it says more than who was to measure what. */
	bool *found;
	size_t nr, seqs_alloc, step_alloc, found_alloc;
	size_t nsteps;
	struct at_work *machines;
	size_t nmachines;
	bool replaying;
};

static bool is_one_of(const char *kind, const char *const *kinds)
{
	for (; *kinds; kinds++)
		if (!strcmp(kind, *kinds))
			return true;
	return false;
}

static void add_seq(struct steps *steps, int64_t seq, size_t step, bool found)
{
	ALLOC_GROW(steps->seqs, steps->nr + 1, steps->seqs_alloc);
	ALLOC_GROW(steps->step, steps->nr + 1, steps->step_alloc);
	ALLOC_GROW(steps->found, steps->nr + 1, steps->found_alloc);
	steps->found[steps->nr] = found;
	steps->seqs[steps->nr] = seq;
	steps->step[steps->nr++] = step;
}

static struct at_work *machine_of(struct steps *steps, const char *name)
{
	for (size_t i = 0; i < steps->nmachines; i++)
		if (!strcmp(steps->machines[i].name, name))
			return &steps->machines[i];
	steps->machines = xreallocarray(steps->machines, steps->nmachines + 1, sizeof(*steps->machines));
	steps->machines[steps->nmachines] = (struct at_work){ .name = xstrdup(name) };
	return &steps->machines[steps->nmachines++];
}

/* The step of what a machine did; 0 where that is a step of its own, or of no machine. */
static size_t step_at_work(struct steps *steps, const char *kind, json_t *payload)
{
	const char *name = json_string_value(json_object_get(payload, "machine"));
	int64_t boot = json_integer_value(json_object_get(payload, "boot"));
	struct at_work *machine = name ? machine_of(steps, name) : NULL;

	if (!machine)
		return 0;
	if (!strcmp(kind, "issued")) {
		*machine = (struct at_work){ machine->name, 0, steps->nsteps + 1, true };
		return 0;
	}
	if (!boot)
		return machine->issued ? machine->step : 0;
	if (machine->boot != boot && (machine->boot || !machine->issued))
		*machine = (struct at_work){ machine->name, boot, steps->nsteps + 1, false };
	machine->boot = boot;
	return machine->step;
}

static size_t step_of(struct steps *steps, const char *kind, json_t *payload)
{
	static const char *const attached[] = { "candidate",      "first-bad",   "only-skipped",
						"build-failed",   "boot-failed", "bench-failed",
						EVENT_REPLAY_END, NULL };
	size_t step = steps->replaying ? steps->nsteps : step_at_work(steps, kind, payload);

	if (step > steps->nsteps)
		steps->nsteps = step;
	if (!steps->nsteps || (!step && !is_one_of(kind, attached)))
		steps->nsteps++;
	return step ? step : steps->nsteps;
}

static int add_step(const struct store_event *event, void *data)
{
	/* What the session is, rather than what was found. */
	static const char *const set_up[] = { "ends",  "metrics",   "baselines", EVENT_PRIOR,
					      "force", "all-steps", NULL };
	struct steps *steps = data;
	json_t *payload;
	int64_t taken;
	size_t step;

	if (is_one_of(event->kind, set_up))
		return 0;
	payload = json_loads(event->payload, JSON_REJECT_DUPLICATES, NULL);
	step = step_of(steps, event->kind, payload);
	taken = json_integer_value(json_object_get(payload, "taken"));
	json_decref(payload);
	if (!strcmp(event->kind, EVENT_REPLAY)) {
		steps->replaying = true;
		/* To take back what took the former evidence back is to have that again. */
		if (taken)
			add_seq(steps, taken, step, true);
	} else if (!strcmp(event->kind, EVENT_REPLAY_END)) {
		steps->replaying = false;
	}
	add_seq(steps, event->seq, step, strcmp(event->kind, "issued") && strcmp(event->kind, "returned"));
	return 0;
}

/* What was called off before it gave anything is no step, and goes with the one before. */
static void join_empty(struct steps *steps)
{
	size_t *number = xcalloc(steps->nsteps + 1, sizeof(*number));

	for (size_t i = 0; i < steps->nr; i++)
		if (steps->found[i])
			number[steps->step[i]] = 1;
	for (size_t k = 1; k <= steps->nsteps; k++)
		number[k] += number[k - 1];
	for (size_t i = 0; i < steps->nr; i++)
		steps->step[i] = number[steps->step[i]] ? number[steps->step[i]] : 1;
	steps->nsteps = number[steps->nsteps];
	free(number);
}

static void read_steps(struct session *s, struct steps *steps)
{
	*steps = (struct steps){ .nr = 0 };
	if (store_events_effective(s->store, s->row.id, add_step, steps))
		die_error();
	join_empty(steps);
}

static void steps_release(struct steps *steps)
{
	for (size_t i = 0; i < steps->nmachines; i++)
		free(steps->machines[i].name);
	free(steps->machines);
	free(steps->seqs);
	free(steps->step);
	free(steps->found);
}

/* Takes back up to `n` steps of those that count now; returns how many, and adds their events. */
static size_t take_back(struct session *s, size_t n, size_t *events)
{
	struct steps steps;
	size_t keep, nr = 0, nsteps;

	read_steps(s, &steps);
	nsteps = steps.nsteps;
	keep = nsteps > n ? nsteps - n : 0;
	for (size_t i = 0; i < steps.nr; i++)
		if (steps.step[i] > keep)
			steps.seqs[nr++] = steps.seqs[i];
	if (nr && store_event_undo(s->store, s->row.id, (int64_t)clock_wall(), steps.seqs, nr, NULL))
		die_error();
	*events += nr;
	steps_release(&steps);
	return nsteps - keep;
}

static int undo(struct session *s, const struct undo_options *opts)
{
	struct steps left;
	struct strbuf text = STRBUF_INIT;
	size_t taken = 0, events = 0, now;

	session_open(s, SESSION_MUST_EXIST | SESSION_RUN);
	session_load(s);
	if (store_begin(s->store))
		die_error();
	/* Behind a replay there is what it took the place of. */
	do {
		now = take_back(s, (size_t)opts->steps - taken, &events);
		taken += now;
	} while (now && taken < (size_t)opts->steps);
	if (!taken)
		die("there is nothing to take back yet");
	if (store_commit(s->store))
		die_error();
	read_steps(s, &left);
	session_replay(s, s->options.strategy);
	tell_git(s);
	say_count(&text, taken, "step");
	strbuf_addstr(&text, " (");
	say_count(&text, events, "event");
	printf("took back %s); %zu left\n", text.buf, left.nsteps);
	strbuf_release(&text);
	steps_release(&left);
	return EXIT_DONE;
}

int cmd_undo(int argc, char **argv)
{
	struct session s = SESSION_INIT;
	struct undo_options opts = { 1 };
	struct strvec words = STRVEC_INIT;
	size_t dashes;
	enum options_result result;
	int status;

	options_default(undo_rows, &opts);
	result = options_parse(&undo_set, &opts, argc, argv, &words, &dashes);
	if (result != OPTIONS_OK)
		status = options_status(result);
	else if (words.nr)
		status = usage_error(&undo_set, "undo takes no arguments; -n <n> takes back several steps");
	else
		status = undo(&s, &opts);
	strvec_release(&words);
	session_release(&s);
	return status;
}
