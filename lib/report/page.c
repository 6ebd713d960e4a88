#include "report/page.h"

#include <math.h>

#include "report/chart.h"
#include "report/how.h"
#include "report/markup.h"
#include "report/page-style.h"
#include "report/say.h"

#define SET_SHOWN 20

static void add_element(struct strbuf *out, const char *open, const char *text, const char *close)
{
	strbuf_addstr(out, open);
	markup_add(out, text);
	strbuf_addstr(out, close);
}

/* --- the answer --- */

static void sentence_of(const struct finding *f, struct strbuf *out)
{
	struct stats_interval step = finding_step_relative(f);

	switch (f->verdict) {
	case FINDING_NAMED:
		strbuf_addf(out, "%.12s made %s %s", f->commits[f->culprit].id, how_metric(f),
			    f->find_fix ? "better" : "worse");
		if (isfinite(step.value)) {
			strbuf_addstr(out, ": ");
			say_percent(out, step.value);
			strbuf_addstr(out, " %");
		}
		return;
	case FINDING_SET:
		strbuf_addf(out, "The culprit is one of %zu commits", f->nset);
		return;
	case FINDING_UNDECIDED:
		strbuf_addstr(out, "Undecided");
		if (f->nset > 1)
			strbuf_addf(out, ": %zu commits hold the culprit with 95 %% confidence", f->nset);
		return;
	case FINDING_NOT_REPRODUCED:
		strbuf_addstr(out, "Not reproduced");
		return;
	default:
		strbuf_addstr(out, "Not decided yet");
	}
}

static void add_number(struct strbuf *out, const char *title, const struct stats_interval *i, const char *unit)
{
	struct strbuf text = STRBUF_INIT;

	if (!isfinite(i->value))
		return;
	if (unit) {
		say_value(&text, i->value, unit);
	} else {
		say_percent(&text, i->value);
		strbuf_addstr(&text, " %");
	}
	add_element(out, "<div><dt>", title, "</dt><dd>");
	markup_add(out, text.buf);
	if (isfinite(i->low) && isfinite(i->high)) {
		strbuf_reset(&text);
		if (unit) {
			say_value(&text, i->low, "");
			strbuf_addstr(&text, " to ");
			say_value(&text, i->high, "");
		} else {
			say_percent(&text, i->low);
			strbuf_addstr(&text, " to ");
			say_percent(&text, i->high);
		}
		add_element(out, "<small>", text.buf, "</small>");
	}
	strbuf_addstr(out, "</dd></div>\n");
	strbuf_release(&text);
}

static void add_plain_number(struct strbuf *out, const char *title, const char *text, const char *small)
{
	add_element(out, "<div><dt>", title, "</dt><dd>");
	markup_add(out, text);
	add_element(out, "<small>", small, "</small></dd></div>\n");
}

static void add_numbers(const struct finding *f, struct strbuf *out)
{
	struct strbuf text = STRBUF_INIT, small = STRBUF_INIT;

	strbuf_addstr(out, "<dl class=\"numbers\">\n");
	add_number(out, "Good end", &f->good, f->unit);
	add_number(out, "Bad end", &f->bad, f->unit);
	add_number(out, "Difference", &f->relative, NULL);
	if (f->verdict == FINDING_NAMED && f->confidence > 0) {
		say_confidence(&text, f->confidence);
		add_plain_number(out, "Confidence", text.buf, "as far as the model holds");
	}
	strbuf_reset(&text);
	say_seconds(&text, f->seconds);
	say_count(&small, f->builds, "build");
	strbuf_addstr(&small, ", ");
	say_count(&small, f->boots, "boot");
	strbuf_addstr(&small, ", ");
	say_count(&small, f->samples, "sample");
	add_plain_number(out, "Spent", text.buf, small.buf);
	strbuf_addstr(out, "</dl>\n");
	strbuf_release(&text);
	strbuf_release(&small);
}

static void add_answer(const struct finding *f, const struct page *page, struct strbuf *out)
{
	struct strbuf text = STRBUF_INIT;

	sentence_of(f, &text);
	add_element(out, "<h1>", text.buf, "</h1>\n");
	if (f->verdict == FINDING_NAMED) {
		add_element(out, "<p><strong>", f->commits[f->culprit].subject, "</strong>");
		if (page->author)
			add_element(out, "<br /><span class=\"dim\">", page->author, "</span>");
		add_element(out, "<br /><span class=\"id\">", f->commits[f->culprit].id, "</span></p>\n");
	}
	strbuf_reset(&text);
	how_sure(f, &text);
	if (text.len)
		add_element(out, "<p>", text.buf, "</p>\n");
	else if (f->why && *f->why)
		add_element(out, "<p>", f->why, "</p>\n");
	strbuf_reset(&text);
	how_near(f, &text);
	if (text.len)
		add_element(out, "<p>", text.buf, ".</p>\n");
	add_numbers(f, out);
	strbuf_release(&text);
}

/* The commits that are left, unless it is one. */
static void add_set(const struct finding *f, struct strbuf *out)
{
	if (f->nset < 2)
		return;
	strbuf_addf(out, "<h2>%s</h2>\n<ul>\n",
		    f->verdict == FINDING_SET ? "The commits that are left"
					      : "The commits that hold the culprit with 95 % confidence");
	for (size_t i = 0; i < f->nset && i < SET_SHOWN; i++) {
		const struct finding_commit *c = &f->commits[f->set[i]];

		strbuf_addf(out, "<li><span class=\"id\">%.12s</span> ", c->id);
		add_element(out, "", c->subject, "</li>\n");
	}
	strbuf_addstr(out, "</ul>\n");
	if (f->nset > SET_SHOWN)
		strbuf_addf(out, "<p class=\"dim\">and %zu more</p>\n", f->nset - SET_SHOWN);
}

/* What --all-steps found, the largest first. */
static void add_steps(const struct finding *f, struct strbuf *out)
{
	if (f->nsteps < 2)
		return;
	strbuf_addstr(out, "<h2>The steps</h2>\n<ul>\n");
	for (size_t i = 0; i < f->nsteps; i++) {
		const struct finding_commit *c = &f->commits[f->steps[i].commit];

		strbuf_addf(out, "<li>%.0f %% of the difference, ", 100 * f->steps[i].share);
		say_confidence(out, f->steps[i].confidence);
		strbuf_addf(out, " sure: <span class=\"id\">%.12s</span> ", c->id);
		add_element(out, "", c->subject, "");
		if (f->steps[i].among > 1)
			strbuf_addf(out, ", the likeliest of %zu that cannot be told apart", f->steps[i].among);
		strbuf_addstr(out, "</li>\n");
	}
	strbuf_addstr(out, "</ul>\n");
}

/* --- drawings --- */

static void add_legend(const struct finding *f, struct strbuf *out)
{
	static const enum finding_mark order[] = { FINDING_GOOD, FINDING_BAD, FINDING_SKIP, FINDING_UNMARKED };
	const char *const words[FINDING_MARKS] = { "open", f->term_good, f->term_bad, "untestable or skipped" };

	strbuf_addstr(out, "<figcaption class=\"legend\">");
	for (size_t i = 0; i < ARRAY_SIZE(order); i++) {
		strbuf_addstr(out, "<span>");
		chart_mark(order[i], out);
		add_element(out, " ", words[order[i]], "</span>\n");
	}
	strbuf_addstr(out, "<span>dots: samples, a column for each boot</span>"
			   "<span>bars and bands: 95 % intervals</span></figcaption>\n");
}

static void add_charts(const struct finding *f, struct strbuf *out)
{
	struct strbuf chart = STRBUF_INIT;

	chart_samples(f, &chart);
	if (chart.len) {
		strbuf_addstr(out,
			      "<h2>What was measured</h2>\n<figure><div class=\"scroll\" tabindex=\"0\">\n");
		strbuf_add(out, chart.buf, chart.len);
		strbuf_addstr(out, "</div>\n");
		add_legend(f, out);
		strbuf_addstr(out, "</figure>\n");
	}
	strbuf_reset(&chart);
	chart_posterior(f, &chart);
	if (chart.len) {
		strbuf_addf(
			out,
			"<h2>How probable each commit is</h2>\n<figure><div class=\"scroll\" tabindex=\"0\">\n");
		strbuf_add(out, chart.buf, chart.len);
		strbuf_addf(out,
			    "</div>\n<figcaption class=\"legend\">The probability of each of the %zu commits; the line "
			    "below the axis spans the commits that hold 95 %%.</figcaption></figure>\n",
			    f->nr - 1);
	}
	strbuf_release(&chart);
}

/* --- the table --- */

static void add_mark(const struct finding *f, const struct finding_commit *c, struct strbuf *out)
{
	enum finding_mark mark = c->untestable ? FINDING_SKIP : c->mark;

	strbuf_addstr(out, "<td class=\"w\">");
	chart_mark(mark, out);
	strbuf_addch(out, ' ');
	if (finding_is_end(f, c))
		add_element(out, "", c->at ? f->term_bad : f->term_good, " end");
	else if (c->untestable)
		strbuf_addstr(out, "untestable");
	else if (mark == FINDING_GOOD || mark == FINDING_BAD)
		markup_add(out, mark == FINDING_BAD ? f->term_bad : f->term_good);
	else if (mark == FINDING_SKIP)
		strbuf_addstr(out, "skip");
	else if (isfinite(c->p_bad))
		strbuf_addf(out, "P(bad) %.2f", c->p_bad);
	else
		strbuf_addstr(out, "open");
	strbuf_addstr(out, "</td>");
}

static void add_row(const struct finding *f, size_t row, struct strbuf *out)
{
	const struct finding_commit *c = &f->commits[row];
	bool here = f->verdict == FINDING_NAMED && row == f->culprit;
	double change = finding_change(f, c->level.value);

	strbuf_addf(out, "<tr%s><td class=\"n\">%zu</td><td class=\"id w\">%.12s</td>",
		    here ? " class=\"here\"" : "", c->at, c->id);
	add_mark(f, c, out);
	strbuf_addstr(out, "<td class=\"n\">");
	if (c->nsamples && isfinite(c->level.value)) {
		double half = (c->level.high - c->level.low) / 2 / fabs(c->level.value);
		struct strbuf text = STRBUF_INIT;

		say_value(&text, c->level.value, f->unit);
		if (isfinite(half))
			strbuf_addf(&text, " ± %.2g %%", 100 * half);
		markup_add(out, text.buf);
		strbuf_release(&text);
	}
	strbuf_addstr(out, "</td><td class=\"n\">");
	if (c->nsamples && c->at && isfinite(change)) {
		say_percent(out, change);
		strbuf_addstr(out, " %");
	}
	strbuf_addf(out, "</td><td class=\"n\">%zu</td><td class=\"n\">%zu</td>", c->boots, c->runs);
	add_element(out, "<td class=\"subject\">", c->subject, "</td></tr>\n");
}

static void add_table(const struct finding *f, struct strbuf *out)
{
	strbuf_addstr(
		out,
		"<h2>The commits that were tested</h2>\n<div class=\"scroll\" tabindex=\"0\"><table>\n<thead><tr>"
		"<th class=\"n\" scope=\"col\">#</th><th scope=\"col\">Commit</th><th scope=\"col\">Is</th>"
		"<th class=\"n\" scope=\"col\">Level ± 95 %</th><th class=\"n\" scope=\"col\">Change</th>"
		"<th class=\"n\" scope=\"col\">Boots</th><th class=\"n\" scope=\"col\">Samples</th>"
		"<th scope=\"col\">Subject</th></tr></thead>\n<tbody>\n");
	for (size_t i = 0; i < f->ncommits; i++)
		if (f->commits[i].tested || finding_is_end(f, &f->commits[i]))
			add_row(f, i, out);
	strbuf_addstr(out, "</tbody></table></div>\n");
}

/* --- the commit --- */

static const char *class_of(const char *line)
{
	if (starts_with(line, "diff ") || starts_with(line, "--- ") || starts_with(line, "+++ "))
		return "head";
	switch (*line) {
	case '+':
		return "add";
	case '-':
		return "del";
	case '@':
		return "hunk";
	default:
		return "same";
	}
}

static void add_diff(const struct finding *f, const struct page *page, struct strbuf *out)
{
	strbuf_addstr(out, "<pre class=\"diff\">");
	for (const char *line = page->diff; *line;) {
		size_t len = strcspn(line, "\n");

		strbuf_addf(out, "<span class=\"%s\">", class_of(line));
		markup_addn(out, line, len, ESCAPE_KEEP_LINES);
		strbuf_addstr(out, "</span>");
		line += len + (line[len] == '\n');
	}
	strbuf_addstr(out, "</pre>\n");
	if (page->diff_cut)
		strbuf_addf(out, "<p class=\"dim\">Cut here; <code>git show %.12s</code> has all of it.</p>\n",
			    f->commits[f->culprit].id);
}

static void add_commit(const struct finding *f, const struct page *page, struct strbuf *out)
{
	if (f->verdict != FINDING_NAMED)
		return;
	if (page->message) {
		strbuf_addstr(out, "<h2>What the commit says</h2>\n<pre>");
		markup_addn(out, page->message, strlen(page->message), ESCAPE_KEEP_LINES);
		strbuf_addstr(out, "</pre>\n");
	}
	if (page->diff) {
		strbuf_addstr(out, "<h2>What it changes</h2>\n");
		add_diff(f, page, out);
	}
}

static void add_how(const struct finding *f, struct strbuf *out)
{
	struct strbuf text = STRBUF_INIT;

	how_measured(f, &text);
	strbuf_addstr(out, "<h2>How it was measured</h2>\n<pre>");
	markup_addn(out, text.buf, text.len, ESCAPE_KEEP_LINES);
	strbuf_addstr(out, "</pre>\n");
	strbuf_reset(&text);
	how_to_reproduce(f, &text);
	if (text.len) {
		strbuf_addstr(
			out,
			"<h2>To see it again</h2>\n<p>With git, the build and the benchmark alone:</p>\n<pre>");
		markup_addn(out, text.buf, text.len, ESCAPE_KEEP_LINES);
		strbuf_addstr(out, "</pre>\n");
	}
	strbuf_release(&text);
}

void page_write(const struct finding *f, const struct page *page, struct strbuf *out)
{
	struct strbuf title = STRBUF_INIT;

	sentence_of(f, &title);
	strbuf_addstr(out, "<!DOCTYPE html>\n<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"en\">\n<head>\n"
			   "<meta charset=\"utf-8\" />\n"
			   "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\" />\n");
	add_element(out, "<title>", title.buf, "</title>\n");
	strbuf_addf(out, "<style>\n%s</style>\n</head>\n<body>\n<main>\n", page_style);
	add_answer(f, page, out);
	add_steps(f, out);
	add_charts(f, out);
	add_set(f, out);
	add_table(f, out);
	add_commit(f, page, out);
	add_how(f, out);
	strbuf_addstr(out, "<p class=\"dim\">Made by git perfbisect.</p>\n</main>\n</body>\n</html>\n");
	strbuf_release(&title);
}
