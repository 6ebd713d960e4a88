#include "runner.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/escape.h"
#include "base/json.h"
#include "repo/worktree.h"
#include "report/say.h"
#include "show.h"
#include "ui/command.h"
#include "ui/term.h"

/* A machine that fails gets so many tries at one boot, a commit that does not boot or run two. */
#define TRIES 3
#define COMMIT_TRIES 2
/* While several machines are at work, as long until the line is drawn again. */
#define DRAW_MILLISECONDS 1000
/* Without a terminal a line every so many seconds. */
#define LINE_SECONDS 60
/* The last lines of what failed. */
#define TAIL_LINES 8

static bool wants_screen(const struct runner *r)
{
	return r->progress > 0 || (r->progress < 0 && isatty(STDERR_FILENO));
}

static void clear_screen(struct runner *r)
{
	if (r->on_screen)
		fputs("\r\033[K", stderr);
	r->on_screen = false;
}

/* One line on a terminal, redrawn; elsewhere a line now and then. */
static void draw(struct runner *r)
{
	double now = clock_monotonic();
	struct strbuf line = STRBUF_INIT, time = STRBUF_INIT, left = STRBUF_INIT;
	size_t width = term_width(STDERR_FILENO);

	if (!r->progress || (!wants_screen(r) && now - r->last_line < LINE_SECONDS))
		return;
	escape_terminal(&line, r->doing.buf, r->doing.len, ESCAPE_ALL);
	say_seconds(&time, now - r->doing_since);
	strbuf_addf(&line, " ... %s", time.buf);
	if (r->left > 0) {
		say_seconds(&left, r->left);
		strbuf_addf(&line, "; about %s left", left.buf);
	}
	strbuf_setlen(&line, text_fit(line.buf, width ? width - 1 : SIZE_MAX));
	if (isatty(STDERR_FILENO)) {
		fprintf(stderr, "\r%s\033[K", line.buf);
		r->on_screen = true;
	} else {
		fprintf(stderr, "%s\n", line.buf);
	}
	r->last_line = now;
	strbuf_release(&line);
	strbuf_release(&time);
	strbuf_release(&left);
}

/* How long it will take from here, as far as the engine can say. */
static double expected_seconds(const struct session *s)
{
	struct bisect_answer answer = BISECT_ANSWER_INIT;
	double seconds;

	bisect_answer(s->engine, &answer);
	seconds = answer.boots ? answer.seconds_left : 0;
	bisect_answer_release(&answer);
	return seconds;
}

static void step(const char *what, size_t machine, void *data)
{
	struct runner *r = data;

	if (what) {
		strbuf_reset(&r->doing);
		if (r->nslots > 1)
			strbuf_addf(&r->doing, "%s: ", r->session->plan.sut.v[machine]);
		strbuf_addf(&r->doing, "%s: %s", r->slots[machine].subject, what);
		r->doing_since = clock_monotonic();
	}
	draw(r);
}

/* The commit is named by the step: "test 49b99c3e6172". */
static void note(const char *text, size_t machine, void *data)
{
	struct runner *r = data;

	clear_screen(r);
	warning("%s: %s", r->slots[machine].subject, text);
}

/* --- evidence --- */

static int record(enum trial_moment moment, const struct trial_event *event, void *data)
{
	static const enum bisect_event_kind kinds[] = {
		[TRIAL_BUILT] = BISECT_BUILT,
		[TRIAL_SAMPLE] = BISECT_SAMPLE,
		[TRIAL_END] = BISECT_BOOT_END,
	};
	struct runner *r = data;
	struct bisect_event taken = { .kind = kinds[moment],
				      .commit = session_find(r->session, event->id),
				      .layout = event->layout,
				      .machine = event->machine,
				      .boot = (size_t)event->boot,
				      .value = event->value,
				      .seconds = event->seconds };

	return session_record(r->session, &taken);
}

static int record_of(struct runner *r, size_t machine, enum bisect_event_kind kind)
{
	struct bisect_event event = { .kind = kind,
				      .commit = r->slots[machine].action.commit,
				      .layout = r->slots[machine].action.layout,
				      .machine = machine };

	return session_record(r->session, &event);
}

/* The metrics that a preset found hold from now on, whatever a later run prints. */
static int keep_metrics(struct runner *r, const struct trial_machine *m)
{
	struct session *s = r->session;
	struct plan_bench *bench = plan_bench(&s->plan, s->plan.benchmark);
	json_t *root, *lines;
	char *text;
	int result;

	if (bench->metric.nr || !m->found.nr)
		return 0;
	root = json_object();
	lines = json_array();
	for (size_t i = 0; i < m->found.nr; i++) {
		json_append(lines, json_text(m->found.v[i]));
		strvec_push(&bench->metric, m->found.v[i]);
	}
	json_set(root, "lines", lines);
	text = json_dumps(root, JSON_COMPACT | JSON_ENSURE_ASCII);
	json_decref(root);
	result = s->row.id ? store_event_add(s->store, s->row.id, "metrics", (int64_t)clock_wall(), text, NULL)
			   : 0;
	free(text);
	if (!result && r->show) {
		clear_screen(r);
		fprintf(stderr, "metric: ");
		show_text(stderr, m->found.v[0]);
		fprintf(stderr, "\n");
	}
	/* The direction of the metric was not known before. */
	if (!result)
		session_replay(s, s->options.strategy);
	return result;
}

/* --- failures --- */

static const char *last_lines(const struct strbuf *text)
{
	const char *at = text->buf + text->len;
	size_t lines = 0;

	while (at > text->buf && (at[-1] != '\n' || lines <= TAIL_LINES)) {
		at--;
		if (*at == '\n' && at + 1 < text->buf + text->len && ++lines > TAIL_LINES)
			return at + 1;
	}
	return at;
}

static void show_failure(struct runner *r, const struct bisect_action *action, enum outcome outcome,
			 const struct trial_result *result)
{
	struct strbuf escaped = STRBUF_INIT, layout = STRBUF_INIT;
	const char *at = last_lines(&result->tail);

	clear_screen(r);
	escape_terminal(&escaped, at, strlen(at), ESCAPE_KEEP_LINES);
	if (escaped.len)
		fprintf(stderr, "%s%s", escaped.buf, ends_with(escaped.buf, "\n") ? "" : "\n");
	strbuf_release(&escaped);
	if (action->layout)
		strbuf_addf(&layout, " in layout %zu", action->layout);
	warning("%.12s%s: %s: %s", session_hex(r->session, action->commit), layout.buf, outcome_name(outcome),
		error_message());
	strbuf_release(&layout);
}

/* Without its ends a bisection has nothing to compare with. */
static void check_end(const struct session *s, const struct bisect_action *action, enum outcome outcome)
{
	bool good = !action->commit;

	/* Of a comparison only the other commit is an end; the one that is tested may be untestable. */
	if (action->layout || (!good && (action->commit != s->nr - 1 || !s->row.id)))
		return;
	die("the %s end %s cannot be measured (%s); where something is missing here, mend that and run again; where "
	    "the context is wrong, git perfbisect reset and git perfbisect start --from=%s with what it lacks",
	    session_term(s, good ? BISECT_GOOD : BISECT_BAD), good ? s->plan.good : s->plan.bad,
	    outcome_name(outcome), s->context_path);
}

static enum bisect_event_kind failure_kind(enum outcome outcome)
{
	switch (outcome) {
	case OUTCOME_BUILD_FAILED:
		return BISECT_BUILD_FAILED;
	case OUTCOME_BOOT_FAILED:
		return BISECT_BOOT_FAILED;
	default:
		return BISECT_BENCH_FAILED;
	}
}

static bool has_power(const struct runner *r, size_t machine)
{
	return r->trial.machines[machine].conf->power;
}

static int infrastructure(struct runner *r, size_t machine, int tries)
{
	char *why;

	if (tries >= TRIES)
		return -1;
	why = xstrdup(error_message());
	clear_screen(r);
	warning("%s; trying again", why);
	if (has_power(r, machine) && trial_power(&r->trial, machine) != OUTCOME_MEASURED)
		warning("%s", error_message());
	(void)error_set("%s", why);
	free(why);
	/* What was recorded of the boot that broke off is in the database. */
	session_replay(r->session, r->session->options.strategy);
	return 0;
}

/* What is to be done after a boot. */
enum next { NEXT_DONE, NEXT_AGAIN, NEXT_FAILED };

static enum next take_failure(struct runner *r, size_t machine, enum outcome outcome)
{
	struct runner_slot *slot = &r->slots[machine];

	if (outcome == OUTCOME_INFRASTRUCTURE)
		return infrastructure(r, machine, ++slot->tries) ? NEXT_FAILED : NEXT_AGAIN;
	if (outcome != OUTCOME_BUILD_FAILED && ++slot->failures < COMMIT_TRIES) {
		clear_screen(r);
		warning("%.12s: %s: %s; trying once more", session_hex(r->session, slot->action.commit),
			outcome_name(outcome), error_message());
		if (outcome == OUTCOME_BOOT_FAILED && has_power(r, machine) &&
		    trial_power(&r->trial, machine) != OUTCOME_MEASURED)
			return NEXT_FAILED;
		return NEXT_AGAIN;
	}
	show_failure(r, &slot->action, outcome, &slot->result);
	check_end(r->session, &slot->action, outcome);
	return record_of(r, machine, failure_kind(outcome)) ? NEXT_FAILED : NEXT_DONE;
}

static enum next take_outcome(struct runner *r, size_t machine, enum outcome outcome)
{
	struct session *s = r->session;
	struct runner_slot *slot = &r->slots[machine];
	enum next next;

	if (outcome != OUTCOME_MEASURED) {
		next = take_failure(r, machine, outcome);
		trial_result_release(&slot->result);
		return next;
	}
	trial_result_release(&slot->result);
	if (keep_metrics(r, &r->trial.machines[machine]))
		return NEXT_FAILED;
	clear_screen(r);
	if (r->show)
		show_commit(s, slot->action.commit, slot->action.reason,
			    r->nslots > 1 ? s->plan.sut.v[machine] : NULL);
	return NEXT_DONE;
}

static void fill_slot(struct runner *r, size_t machine, const struct bisect_action *action)
{
	struct runner_slot *slot = &r->slots[machine];

	slot->action = *action;
	slot->tries = slot->failures = 0;
	free(slot->subject);
	slot->subject = xstrfmt("%s %.12s", action->reason, session_hex(r->session, action->commit));
	r->left = r->progress && r->session->row.id ? expected_seconds(r->session) : 0;
}

static struct trial_request request_of(const struct runner *r, size_t machine)
{
	const struct bisect_action *action = &r->slots[machine].action;

	return (struct trial_request){ .id = *session_oid(r->session, action->commit),
				       .layout = action->layout,
				       .machine = machine,
				       .samples = action->samples,
				       .built = action->commit == r->built_for ? r->built : NULL };
}

int runner_measure(struct runner *r, const struct bisect_action *action)
{
	enum next next;

	fill_slot(r, 0, action);
	do {
		struct trial_request request = request_of(r, 0);

		next = take_outcome(r, 0, trial_boot(&r->trial, &request, &r->slots[0].result));
	} while (next == NEXT_AGAIN);
	return next == NEXT_DONE ? 0 : -1;
}

/* --- several machines --- */

static int begin(struct runner *r, size_t machine)
{
	struct trial_request request = request_of(r, machine);

	if (record_of(r, machine, BISECT_ISSUED))
		return -1;
	trial_begin(&r->trial, &request, &r->slots[machine].result);
	return 0;
}

int runner_begin(struct runner *r, size_t machine, const struct bisect_action *action)
{
	fill_slot(r, machine, action);
	return begin(r, machine);
}

bool runner_is_free(const struct runner *r, size_t machine)
{
	return !r->slots[machine].gone && !trial_is_busy(&r->trial, machine);
}

bool runner_is_busy(const struct runner *r)
{
	for (size_t i = 0; i < r->nslots; i++)
		if (trial_is_busy(&r->trial, i))
			return true;
	return false;
}

/* The others go on without it, with what it was at. */
static int leave_out(struct runner *r, size_t machine)
{
	const struct session *s = r->session;
	size_t left = 0;

	r->slots[machine].gone = true;
	for (size_t i = 0; i < r->nslots; i++)
		left += !r->slots[i].gone;
	if (!left)
		return -1;
	clear_screen(r);
	warning("%s; the bisection goes on without %s, the next git perfbisect run tries it again",
		error_message(), s->plan.sut.v[machine]);
	return record_of(r, machine, BISECT_RETURNED);
}

int runner_wait(struct runner *r, size_t *machine)
{
	enum next next;

	while (!trial_ended(&r->trial, machine)) {
		trial_wait(&r->trial, DRAW_MILLISECONDS);
		draw(r);
	}
	next = take_outcome(r, *machine, trial_finish(&r->trial, *machine));
	if (next == NEXT_AGAIN)
		return begin(r, *machine);
	return next == NEXT_FAILED ? leave_out(r, *machine) : 0;
}

void runner_cancel(struct runner *r)
{
	size_t machine;

	trial_cancel(&r->trial);
	while (trial_ended(&r->trial, &machine)) {
		/* That it was called off is no failure of anything. */
		if (trial_finish(&r->trial, machine) != OUTCOME_MEASURED)
			error_clear();
		trial_result_release(&r->slots[machine].result);
	}
}

void runner_open(struct runner *r, struct session *s)
{
	r->session = s;
	r->last_line = clock_monotonic();
	r->trial.repo = s->repo;
	r->trial.plan = &s->plan;
	r->trial.store = s->store;
	r->trial.session = s->row.id;
	r->trial.dir = s->dir;
	r->pins = xstrfmt("bisect/%" PRId64, s->row.id);
	r->trial.pins = r->pins;
	r->trial.context_hash = (const char(*)[PLAN_HASH_SIZE])s->machine_hash;
	r->nslots = s->plan.sut.nr;
	r->slots = xcalloc(r->nslots, sizeof(*r->slots));
	for (size_t i = 0; i < r->nslots; i++)
		r->slots[i].result = (struct trial_result)TRIAL_RESULT_INIT;
	r->trial.record = record;
	r->trial.step = step;
	r->trial.note = note;
	r->trial.data = r;
	if (trial_open(&r->trial))
		die_error();
}

void runner_close(struct runner *r)
{
	clear_screen(r);
	trial_close(&r->trial);
	/* A comparison leaves its worktree and its results, but holds on to no commit. */
	if (r->session && !r->session->row.id && pin_drop(r->session->repo, r->pins))
		warning("%s", error_message());
	strbuf_release(&r->doing);
	free(r->pins);
	r->pins = NULL;
	for (size_t i = 0; i < r->nslots; i++) {
		free(r->slots[i].subject);
		trial_result_release(&r->slots[i].result);
	}
	free(r->slots);
	r->slots = NULL;
	r->nslots = 0;
}
