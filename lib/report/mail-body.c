#include "report/mail-body.h"

#include <math.h>

#include "base/escape.h"
#include "report/how.h"
#include "report/say.h"

#define WIDTH 74
#define SET_SHOWN 50

/* Foreign text in one line. */
static void add_text(struct strbuf *out, const char *text)
{
	escape_terminal(out, text, strlen(text), ESCAPE_ALL);
}

/* A paragraph, folded at blanks. */
static void add_paragraph(struct strbuf *out, const char *text)
{
	struct strbuf clean = STRBUF_INIT;
	size_t column = 0;

	add_text(&clean, text);
	for (const char *at = clean.buf; *at;) {
		size_t len = strcspn(at, " ");

		if (column && column + 1 + len > WIDTH) {
			strbuf_addch(out, '\n');
			column = 0;
		}
		if (column)
			strbuf_addch(out, ' ');
		strbuf_add(out, at, len);
		column += len + (column ? 1 : 0);
		at += len + strspn(at + len, " ");
	}
	strbuf_addstr(out, "\n\n");
	strbuf_release(&clean);
}

static void add_indented(struct strbuf *out, const char *text)
{
	for (; *text; text += *text == '\n') {
		size_t len = strcspn(text, "\n");

		if (len)
			strbuf_addstr(out, "    ");
		strbuf_add(out, text, len);
		strbuf_addch(out, '\n');
		text += len;
	}
	strbuf_addch(out, '\n');
}

static void add_commit(struct strbuf *out, const char *title, const struct finding_commit *c)
{
	strbuf_addf(out, "%s%s ", title, c->id);
	add_text(out, c->subject);
	strbuf_addch(out, '\n');
}

static void add_what(const struct finding *f, struct strbuf *out)
{
	struct stats_interval step = finding_step_relative(f);
	struct strbuf text = STRBUF_INIT;

	strbuf_addf(&text, "%s got worse", how_metric(f));
	if (strcmp(how_metric(f), f->benchmark) != 0)
		strbuf_addf(&text, " in %s", f->benchmark);
	if (isfinite(step.value)) {
		strbuf_addstr(&text, ": ");
		say_relative(&text, &step);
	}
	if (isfinite(f->step.value) && fabs(f->step_share - 1) > 0.05) {
		strbuf_addstr(&text, " in one step, ");
		say_relative(&text, &f->relative);
		strbuf_addstr(&text, " in all");
	}
	strbuf_addf(&text, " between %s and %s. ", f->good_name, f->bad_name);
	if (isfinite(step.low))
		strbuf_addstr(&text, "The numbers in brackets are the 95 % interval. ");
	strbuf_addf(&text, "Measuring commits of the %zu between them shows ", f->nr - 1);
	strbuf_addstr(&text, f->verdict == FINDING_NAMED ? "that it begins with this one:"
							 : "that it begins with one of these:");
	add_paragraph(out, text.buf);
	strbuf_release(&text);
}

static void add_named(const struct finding *f, const struct mail *mail, struct strbuf *out)
{
	const struct finding_commit *culprit = &f->commits[f->culprit];

	add_commit(out, "First bad commit: ", culprit);
	for (size_t i = 0; i < f->nparents; i++)
		add_commit(out, "Last good commit: ", &f->commits[f->parents[i]]);
	strbuf_addch(out, '\n');
	if (mail->kernel)
		strbuf_addf(out, "#regzbot introduced: %s\n\n", culprit->id);
}

/* The rows of known sides that are nearest to the set: the newest good one before it, the oldest bad one in or after it. */
static void find_sides(const struct finding *f, size_t *good, size_t *bad)
{
	*good = 0;
	*bad = f->ncommits - 1;
	for (size_t i = 0; i < f->set[0]; i++)
		if (f->commits[i].mark == FINDING_GOOD)
			*good = i;
	for (size_t i = f->ncommits; i-- > f->set[f->nset - 1];)
		if (f->commits[i].mark == FINDING_BAD)
			*bad = i;
}

static void add_set(const struct finding *f, const struct mail *mail, struct strbuf *out)
{
	size_t good, bad;

	for (size_t i = 0; i < f->nset && i < SET_SHOWN; i++)
		add_commit(out, "    ", &f->commits[f->set[i]]);
	if (f->nset > SET_SHOWN)
		strbuf_addf(out, "    ... and %zu more\n", f->nset - SET_SHOWN);
	find_sides(f, &good, &bad);
	strbuf_addch(out, '\n');
	add_commit(out, "First bad commit measured: ", &f->commits[bad]);
	add_commit(out, "Last good commit measured: ", &f->commits[good]);
	strbuf_addch(out, '\n');
	if (mail->kernel)
		strbuf_addf(out, "#regzbot introduced: %s..%s\n\n", f->commits[good].id, f->commits[bad].id);
}

static void add_row(const struct finding *f, const struct finding_commit *c, const char *what,
		    struct strbuf *out)
{
	struct strbuf value = STRBUF_INIT, deviation = STRBUF_INIT, change = STRBUF_INIT;
	double mean = finding_mean(c), sd = finding_deviation(c), share = finding_change(f, mean);

	if (!c->nsamples)
		return;
	say_value(&value, mean, "");
	if (isfinite(sd) && fabs(mean) > 0)
		strbuf_addf(&deviation, "± %.*f%%", sd / fabs(mean) < 0.00995 ? 1 : 0, 100 * sd / fabs(mean));
	if (c->at && isfinite(share)) {
		say_percent(&change, share);
		strbuf_addch(&change, '%');
	}
	/* "±" is two bytes and one column. */
	strbuf_addf(out, "%.12s  %-9s %14s %*s %9s %6zu %8zu\n", c->id, what, value.buf,
		    deviation.len ? 9 : 8, deviation.buf, change.buf, c->boots, c->runs);
	strbuf_release(&value);
	strbuf_release(&deviation);
	strbuf_release(&change);
}

static const char *role_in_set(const struct finding *f, size_t row)
{
	size_t good, bad;

	for (size_t i = 0; i < f->nset; i++)
		if (f->set[i] == row)
			return "one of";
	find_sides(f, &good, &bad);
	return row == good ? "last good" : row == bad ? "first bad" : NULL;
}

static const char *role_of(const struct finding *f, size_t row)
{
	if (f->verdict == FINDING_NAMED && row == f->culprit)
		return "culprit";
	if (!row)
		return "good end";
	if (row == f->ncommits - 1)
		return "bad end";
	if (f->verdict == FINDING_SET)
		return role_in_set(f, row);
	for (size_t i = 0; i < f->nparents; i++)
		if (f->parents[i] == row)
			return "parent";
	return NULL;
}

static void add_table(const struct finding *f, struct strbuf *out)
{
	struct strbuf unit = STRBUF_INIT;

	add_text(&unit, f->unit);
	strbuf_addf(out, "%-12s  %-9s %14s %8s %9s %6s %8s\n", "commit", "",
		    unit.len && unit.len < 14 ? unit.buf : "value", "%stddev", "%change", "boots", "samples");
	strbuf_release(&unit);
	strbuf_addchars(out, '-', 12 + 2 + 9 + 15 + 9 + 10 + 7 + 9);
	strbuf_addch(out, '\n');
	for (size_t i = 0; i < f->ncommits; i++)
		if (role_of(f, i))
			add_row(f, &f->commits[i], role_of(f, i), out);
	strbuf_addch(out, '\n');
	strbuf_addstr(out, "%change is against the good end, %stddev that of a sample.\n\n");
}

static void add_how(const struct finding *f, struct strbuf *out)
{
	struct strbuf text = STRBUF_INIT;

	strbuf_addstr(out, "How it was measured:\n\n");
	how_measured(f, &text);
	add_indented(out, text.buf);
	strbuf_reset(&text);
	how_to_reproduce(f, &text);
	if (text.len) {
		strbuf_addstr(out, "To see it again, without the tool that found it:\n\n");
		add_indented(out, text.buf);
	}
	strbuf_release(&text);
}

void mail_body(const struct finding *f, const struct mail *mail, struct strbuf *out)
{
	struct strbuf sure = STRBUF_INIT;

	add_what(f, out);
	if (f->verdict == FINDING_NAMED)
		add_named(f, mail, out);
	else
		add_set(f, mail, out);
	add_table(f, out);
	how_sure(f, &sure);
	add_paragraph(out, sure.buf);
	strbuf_release(&sure);
	add_how(f, out);
	strbuf_addstr(out, "Found by git perfbisect.\n");
}
