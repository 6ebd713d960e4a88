#include "show.h"

#include <math.h>

#include "base/escape.h"
#include "report/how.h"
#include "report/plot.h"
#include "report/say.h"
#include "ui/term.h"

#define SUBJECT_MAX 200

void show_text(FILE *out, const char *text)
{
	struct strbuf escaped = STRBUF_INIT;

	escape_terminal(&escaped, text, strlen(text), ESCAPE_ALL);
	fwrite(escaped.buf, 1, escaped.len, out);
	strbuf_release(&escaped);
}

void show_names(const struct strvec *names)
{
	for (size_t i = 0; i < names->nr; i++) {
		printf("%s", i ? ", " : "");
		show_text(stdout, names->v[i]);
	}
}

static struct stats_interval interval_of(const struct bisect_interval *i)
{
	return (struct stats_interval){ i->value, i->low, i->high };
}

void show_interval(struct strbuf *out, const struct bisect_interval *interval, const char *unit)
{
	struct stats_interval i = interval_of(interval);

	say_interval(out, &i, unit);
}

void show_relative(struct strbuf *out, const struct bisect_interval *interval)
{
	struct stats_interval i = interval_of(interval);

	say_relative(out, &i);
}

void show_range(const struct session *s, struct strbuf *out)
{
	say_count(out, s->nr - 1, "commit");
	strbuf_addf(out, " between %s and %s", s->plan.good, s->plan.bad);
}

void show_waiting(const struct session *s)
{
	struct strbuf text = STRBUF_INIT;

	session_waiting(s, &text);
	printf("Waiting: %s\n", text.buf);
	strbuf_release(&text);
}

bool show_difference(const struct session *s, size_t commit, struct bisect_interval *relative)
{
	struct bisect_commit_state here, good;
	double level, value, half;

	bisect_commit_state(s->engine, commit, &here);
	bisect_commit_state(s->engine, 0, &good);
	if (!here.samples || !good.samples || !commit || fabs(good.level.value) <= 0)
		return false;
	level = fabs(good.level.value);
	value = here.level.value - good.level.value;
	/* Of the difference of two means whose intervals are as good as independent. */
	half = hypot(here.level.high - here.level.value, good.level.high - good.level.value);
	*relative = (struct bisect_interval){ value / level, (value - half) / level, (value + half) / level };
	return true;
}

static void add_state(const struct session *s, size_t commit, struct strbuf *out)
{
	struct bisect_commit_state state;
	enum bisect_mark mark;

	bisect_commit_state(s->engine, commit, &state);
	/* A comparison of two commits has no good end and no bad one. */
	if (!s->row.id) {
		strbuf_addstr(out, commit ? "tested" : "against");
		return;
	}
	if (!commit || commit == s->nr - 1) {
		strbuf_addf(out, "%s end", session_term(s, commit ? BISECT_BAD : BISECT_GOOD));
		return;
	}
	mark = bisect_mark_of(s->engine, commit);
	if (state.untestable)
		strbuf_addstr(out, "untestable");
	else if (mark != BISECT_UNMARKED)
		strbuf_addstr(out, session_term(s, mark));
	else if (isfinite(state.p_bad))
		strbuf_addf(out, "P(%s) %.2f", session_term(s, BISECT_BAD), state.p_bad);
	else
		strbuf_addstr(out, "open");
}

void show_commit(const struct session *s, size_t commit, const char *reason, const char *machine)
{
	struct bisect_commit_state state;
	struct bisect_interval relative;
	struct strbuf level = STRBUF_INIT, difference = STRBUF_INIT, word = STRBUF_INIT;
	char *subject = session_subject(s, commit, SUBJECT_MAX);
	const char *unit;
	bool higher;

	session_metric(s, &unit, &higher);
	bisect_commit_state(s->engine, commit, &state);
	/* That of a machine that cannot be compared yet is none. */
	if (state.samples && isfinite(state.level.value))
		say_value(&level, state.level.value, unit);
	if (show_difference(s, commit, &relative))
		show_relative(&difference, &relative);
	add_state(s, commit, &word);
	printf("%-9s %s%.12s%s  %12s  %-28s %-11s ", reason, color(COLOR_COMMIT), session_hex(s, commit),
	       color(COLOR_RESET), level.buf, difference.buf, word.buf);
	show_text(stdout, subject);
	if (machine) {
		printf(" [");
		show_text(stdout, machine);
		putchar(']');
	}
	putchar('\n');
	fflush(stdout);
	free(subject);
	strbuf_release(&level);
	strbuf_release(&difference);
	strbuf_release(&word);
}

static void print_line(const char *title, const struct strbuf *text)
{
	printf("%-12s ", title);
	show_text(stdout, text->buf);
	putchar('\n');
}

/* "<12 digits> <subject>" */
static void add_commit(const struct session *s, size_t commit, struct strbuf *out)
{
	char *subject = session_subject(s, commit, SUBJECT_MAX);

	strbuf_addf(out, "%.12s %s", session_hex(s, commit), subject);
	free(subject);
}

static void print_commit(const struct session *s, const char *title, size_t commit)
{
	struct strbuf text = STRBUF_INIT;

	add_commit(s, commit, &text);
	print_line(title, &text);
	strbuf_release(&text);
}

static void print_culprit(const struct session *s, const struct bisect_answer *answer)
{
	struct strbuf text = STRBUF_INIT;
	size_t culprit = answer->culprit;

	print_commit(s, s->plan.find_fix ? "Fixed by" : "Culprit", culprit);
	for (uint32_t i = s->parent_at[culprit]; i < s->parent_at[culprit + 1]; i++)
		print_commit(s, "Parent", s->parents[i]);
	if (answer->confidence > 0) {
		say_confidence(&text, answer->confidence);
		print_line("Confidence", &text);
		strbuf_reset(&text);
	}
	if (isfinite(answer->step.value) && fabs(answer->good.value) > 0) {
		double level = fabs(answer->good.value);
		struct bisect_interval step = { answer->step.value / level, answer->step.low / level,
						answer->step.high / level };

		show_relative(&text, &step);
		strbuf_addf(&text, " of the %s level", session_term(s, BISECT_GOOD));
		if (isfinite(answer->step_share))
			strbuf_addf(&text, ", %.0f %% of the difference between the ends",
				    100 * answer->step_share);
		print_line("Step", &text);
	}
	strbuf_release(&text);
}

#define SET_SHOWN 20

static void print_set(const struct session *s, const struct bisect_answer *answer)
{
	if (answer->nset < 2)
		return;
	printf("%zu commits %s:\n", answer->nset,
	       answer->verdict == BISECT_SET ? "are left, and cannot be told apart"
					     : "hold the culprit with 95 % confidence");
	for (size_t i = 0; i < answer->nset && i < SET_SHOWN; i++)
		print_commit(s, "", answer->set[i]);
	if (answer->nset > SET_SHOWN)
		printf("%12s ... and %zu more\n", "", answer->nset - SET_SHOWN);
}

static void print_steps(const struct session *s, const struct bisect_answer *answer)
{
	struct strbuf text = STRBUF_INIT;

	for (size_t i = 0; i < answer->nsteps; i++) {
		strbuf_reset(&text);
		strbuf_addf(&text, "%.0f %% of the difference, %.1f %% sure: ", 100 * answer->steps[i].share,
			    100 * answer->steps[i].confidence);
		add_commit(s, answer->steps[i].culprit, &text);
		if (answer->steps[i].nset > 1)
			strbuf_addf(&text, ", the likeliest of %zu that cannot be told apart",
				    answer->steps[i].nset);
		print_line("Step", &text);
	}
	strbuf_release(&text);
}

static void print_end(const struct session *s, enum bisect_mark mark, const struct bisect_interval *level)
{
	struct strbuf text = STRBUF_INIT;
	struct bisect_commit_state state;
	const char *unit, *name = mark == BISECT_GOOD ? s->plan.good : s->plan.bad;
	bool higher;

	session_metric(s, &unit, &higher);
	bisect_commit_state(s->engine, mark == BISECT_GOOD ? 0 : s->nr - 1, &state);
	if (!isfinite(level->value) || !state.samples)
		return;
	show_interval(&text, level, unit);
	strbuf_addstr(&text, ", ");
	say_count(&text, state.boots, "boot");
	if (name)
		strbuf_addf(&text, ", %s", name);
	print_line(mark == BISECT_GOOD ? "Good end" : "Bad end", &text);
	strbuf_release(&text);
}

static void print_difference(const struct bisect_answer *answer)
{
	struct strbuf text = STRBUF_INIT;

	if (!isfinite(answer->relative.value))
		return;
	show_relative(&text, &answer->relative);
	print_line("Difference", &text);
	strbuf_release(&text);
}

void show_spent(const struct bisect_answer *answer, struct strbuf *out)
{
	say_count(out, answer->builds, "build");
	strbuf_addstr(out, ", ");
	say_count(out, answer->boots, "boot");
	strbuf_addstr(out, ", ");
	say_count(out, answer->samples, "sample");
}

static void print_spent(const struct bisect_answer *answer)
{
	struct strbuf text = STRBUF_INIT;

	show_spent(answer, &text);
	strbuf_addstr(&text, ", ");
	say_seconds(&text, answer->seconds);
	print_line("Spent", &text);
	if (answer->verdict == BISECT_OPEN && answer->seconds_left > 0) {
		strbuf_reset(&text);
		strbuf_addstr(&text, "about ");
		say_seconds(&text, answer->seconds_left);
		print_line("Left", &text);
	}
	strbuf_release(&text);
}

static void print_title(const struct session *s, const struct bisect_answer *answer)
{
	const char *unit, *name;
	bool higher;

	name = session_metric(s, &unit, &higher);
	switch (answer->verdict) {
	case BISECT_NAMED:
		/* "value" is what a metric without a name is called. */
		printf("%s%s is the commit that made %s %s%s\n", color(COLOR_BOLD),
		       session_hex(s, answer->culprit), *name && strcmp(name, "value") != 0 ? name : "it",
		       s->plan.find_fix ? "better" : "worse", color(COLOR_RESET));
		break;
	case BISECT_SET:
		printf("%sThe culprit is one of %zu commits%s\n", color(COLOR_BOLD), answer->nset,
		       color(COLOR_RESET));
		break;
	case BISECT_UNDECIDED:
		printf("%sUndecided%s\n", color(COLOR_BOLD), color(COLOR_RESET));
		break;
	case BISECT_NOT_REPRODUCED:
		printf("%sNot reproduced%s\n", color(COLOR_BOLD), color(COLOR_RESET));
		break;
	default:
		printf("%sNot decided yet%s\n", color(COLOR_BOLD), color(COLOR_RESET));
	}
}

static void print_near(const struct finding *f)
{
	struct strbuf text = STRBUF_INIT;

	how_near(f, &text);
	if (text.len) {
		show_text(stdout, text.buf);
		putchar('\n');
	}
	strbuf_release(&text);
}

void show_plot(const struct finding *f)
{
	struct strbuf text = STRBUF_INIT, escaped = STRBUF_INIT;

	finding_plot(f, output_width(), &text);
	if (text.len) {
		escape_terminal(&escaped, text.buf, text.len, ESCAPE_KEEP_LINES);
		printf("\nThe samples (. and :), with levels and their 95 %% intervals:\n%s", escaped.buf);
	}
	strbuf_release(&text);
	strbuf_release(&escaped);
}

void show_answer(const struct session *s, const struct bisect_answer *answer, const struct finding *f)
{
	print_title(s, answer);
	if (answer->why.len) {
		show_text(stdout, answer->why.buf);
		putchar('\n');
	}
	print_near(f);
	putchar('\n');
	if (answer->verdict == BISECT_NAMED)
		print_culprit(s, answer);
	print_end(s, BISECT_GOOD, &answer->good);
	print_end(s, BISECT_BAD, &answer->bad);
	print_difference(answer);
	print_steps(s, answer);
	print_set(s, answer);
	print_spent(answer);
	if (answer->more_steps_suspected)
		printf("\nNot all commits are at the level of one of the ends: there may be more than one step. "
		       "git perfbisect run --all-steps looks for them.\n");
	if (answer->own_spread > 0 && s->plan.build.command && s->plan.build.layouts < 2)
		printf("\nCommits of one side differ by about %.0f %% of the difference, boot after boot: as a rule "
		       "because code lies elsewhere in each build. Several builds of a commit tell what more boots "
		       "cannot; see perfbuild.layouts in gitperf-context(5).\n",
		       100 * answer->own_spread);
}
