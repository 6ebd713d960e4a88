#include "runner.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/escape.h"
#include "base/json.h"
#include "repo/worktree.h"
#include "show.h"
#include "ui/command.h"
#include "ui/term.h"

/* A machine that fails gets so many tries at one boot, a commit that does not boot or run two. */
#define TRIES 3
#define COMMIT_TRIES 2
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
	show_seconds(&time, now - r->doing_since);
	strbuf_addf(&line, " ... %s", time.buf);
	if (r->left > 0) {
		show_seconds(&left, r->left);
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

static void step(const char *what, void *data)
{
	struct runner *r = data;

	if (what) {
		strbuf_reset(&r->doing);
		strbuf_addf(&r->doing, "%s: %s", r->subject_id, what);
		r->doing_since = clock_monotonic();
	}
	draw(r);
}

/* The commit is named by the step: "test 49b99c3e6172". */
static void note(const char *text, void *data)
{
	struct runner *r = data;

	clear_screen(r);
	warning("%s: %s", r->subject_id, text);
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
				      .machine = event->machine,
				      .boot = (size_t)event->boot,
				      .value = event->value,
				      .seconds = event->seconds };

	return session_record(r->session, &taken);
}

static int record_failure(struct session *s, enum bisect_event_kind kind, const struct bisect_action *action)
{
	struct bisect_event event = { .kind = kind, .commit = action->commit };

	return session_record(s, &event);
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
	struct strbuf escaped = STRBUF_INIT;
	const char *at = last_lines(&result->tail);

	clear_screen(r);
	escape_terminal(&escaped, at, strlen(at), ESCAPE_KEEP_LINES);
	if (escaped.len)
		fprintf(stderr, "%s%s", escaped.buf, ends_with(escaped.buf, "\n") ? "" : "\n");
	strbuf_release(&escaped);
	warning("%.12s: %s: %s", session_hex(r->session, action->commit), outcome_name(outcome),
		error_message());
}

/* Without its ends a bisection has nothing to compare with. */
static void check_end(const struct session *s, const struct bisect_action *action, enum outcome outcome)
{
	bool good = !action->commit;

	/* Of a comparison only the other commit is an end; the one that is tested may be untestable. */
	if (!good && (action->commit != s->nr - 1 || !s->row.id))
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

/* One boot, and no more said than what it came to. */
static enum outcome try_boot(struct runner *r, const struct bisect_action *action, bool last)
{
	struct trial_request request = { .id = *session_oid(r->session, action->commit),
					 .samples = action->samples,
					 .built = action->commit == r->built_for ? r->built : NULL };
	struct trial_result result = TRIAL_RESULT_INIT;
	enum outcome outcome = trial_boot(&r->trial, &request, &result);

	if (outcome != OUTCOME_MEASURED && (last || outcome == OUTCOME_BUILD_FAILED))
		show_failure(r, action, outcome, &result);
	trial_result_release(&result);
	return outcome;
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

int runner_measure(struct runner *r, const struct bisect_action *action)
{
	struct session *s = r->session;
	int tries = 0, failures = 0;

	free(r->subject_id);
	r->subject_id = xstrfmt("%s %.12s", action->reason, session_hex(s, action->commit));
	r->left = r->progress && s->row.id ? expected_seconds(s) : 0;
	for (;;) {
		enum outcome outcome = try_boot(r, action, failures + 1 >= COMMIT_TRIES);

		if (outcome == OUTCOME_INFRASTRUCTURE) {
			if (infrastructure(r, 0, ++tries))
				return -1;
			continue;
		}
		if (outcome == OUTCOME_MEASURED)
			break;
		if (outcome != OUTCOME_BUILD_FAILED && ++failures < COMMIT_TRIES) {
			clear_screen(r);
			warning("%.12s: %s: %s; trying once more", session_hex(s, action->commit),
				outcome_name(outcome), error_message());
			if (outcome == OUTCOME_BOOT_FAILED && has_power(r, 0) &&
			    trial_power(&r->trial, 0) != OUTCOME_MEASURED)
				return -1;
			continue;
		}
		check_end(s, action, outcome);
		return record_failure(s, failure_kind(outcome), action);
	}
	if (keep_metrics(r, &r->trial.machines[0]))
		return -1;
	clear_screen(r);
	if (r->show)
		show_commit(s, action->commit, action->reason);
	return 0;
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
	r->trial.context_hash = *s->context_hash ? s->context_hash : NULL;
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
	free(r->subject_id);
	r->subject_id = NULL;
}
