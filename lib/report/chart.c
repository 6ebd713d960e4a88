#include "report/chart.h"

#include <math.h>

#include "report/chart-draw.h"
#include "report/how.h"
#include "report/markup.h"
#include "report/say.h"

#define WIDTH 880.0
#define LEFT 84.0
#define RIGHT 16.0
#define TOP 30.0
#define PLOT_HEIGHT 300.0
#define LABEL_HEIGHT 84.0
/* A tested commit's share of the width, at least; labels are as far apart. */
#define SLOT_MIN 11.0
#define LABEL_MIN 16.0
/* Bars of the posterior, at most. */
#define BARS_MAX 390
#define POSTERIOR_HEIGHT 150.0

/* --- samples --- */

static bool is_drawn(const struct finding_commit *c)
{
	return c->nsamples || c->untestable || c->tested;
}

static void widen(struct plot *p, double value)
{
	if (!isfinite(value))
		return;
	p->low = fmin(p->low, value);
	p->high = fmax(p->high, value);
}

/* Values of all that is drawn; intervals as far as they are no wider than the values are apart, twice. */
static bool find_limits(const struct finding *f, struct plot *p)
{
	double range;

	p->low = INFINITY;
	p->high = -INFINITY;
	for (size_t i = 0; i < f->ncommits; i++)
		for (size_t k = 0; k < f->commits[i].nsamples; k++)
			widen(p, f->commits[i].samples[k].value);
	if (!isfinite(p->low))
		return false;
	range = fmax(p->high - p->low, 1e-3 * fabs(p->high) + 1e-300);
	for (size_t i = 0; i < f->ncommits; i++) {
		const struct stats_interval *level = &f->commits[i].level;

		if (f->commits[i].nsamples && level->high - level->low < 2 * range) {
			widen(p, level->low);
			widen(p, level->high);
		}
	}
	range = fmax(p->high - p->low, range);
	p->low -= 0.06 * range;
	p->high += 0.06 * range;
	return true;
}

static double clamp_y(const struct plot *p, double value)
{
	return fmin(fmax(plot_y(p, value), p->top), p->top + p->height);
}

/* The level of an end: a line across, its interval a band. */
static void draw_end(const struct plot *p, const struct stats_interval *level, bool bad)
{
	const char *class = bad ? "bad" : "good";
	double high, low;

	if (!isfinite(level->value))
		return;
	if (isfinite(level->low) && isfinite(level->high)) {
		high = clamp_y(p, level->high);
		low = clamp_y(p, level->low);
		strbuf_addf(p->out, "<path class=\"band %s\" d=\"M%.1f %.1fh%.1fV%.1fh%.1fZ\"/>", class,
			    p->left, high, p->width, low, -p->width);
	}
	strbuf_addf(p->out, "<path class=\"level %s\" d=\"M%.1f %.1fh%.1f\"/>\n", class, p->left,
		    clamp_y(p, level->value), p->width);
}

/* What a pointer that rests on a commit is told. */
static void add_title(const struct finding *f, const struct finding_commit *c, struct strbuf *out)
{
	struct strbuf text = STRBUF_INIT;

	strbuf_addf(&text, "%.12s %s", c->id, c->subject);
	if (c->nsamples && isfinite(c->level.value)) {
		strbuf_addstr(&text, ": ");
		say_interval(&text, &c->level, f->unit);
		strbuf_addstr(&text, ", ");
		say_count(&text, c->nsamples, "sample");
	}
	if (c->untestable)
		strbuf_addstr(&text, ", untestable");
	strbuf_addstr(out, "<title>");
	markup_add(out, text.buf);
	strbuf_addstr(out, "</title>");
	strbuf_release(&text);
}

/* Boots stand beside each other, the samples of one above each other. */
static void draw_samples(const struct plot *p, const struct finding_commit *c, double x, double slot)
{
	double spread = fmin(slot * 0.7, 22), boots = 1, at = 0;

	for (size_t i = 1; i < c->nsamples; i++)
		boots += c->samples[i].boot != c->samples[i - 1].boot;
	for (size_t i = 0; i < c->nsamples; i++) {
		double off = boots > 1 ? spread * (at / (boots - 1) - 0.5) : 0;

		strbuf_addf(p->out, "<circle class=\"sample\" cx=\"%.1f\" cy=\"%.1f\" r=\"2.2\"/>", x + off,
			    plot_y(p, c->samples[i].value));
		at += i + 1 < c->nsamples && c->samples[i + 1].boot != c->samples[i].boot;
	}
}

static void draw_interval(const struct plot *p, const struct finding_commit *c, double x)
{
	if (isfinite(c->level.low) && isfinite(c->level.high)) {
		double high = clamp_y(p, c->level.high), low = clamp_y(p, c->level.low);

		strbuf_addf(p->out, "<path class=\"interval\" d=\"M%.1f %.1fh6M%.1f %.1fV%.1fM%.1f %.1fh6\"/>",
			    x - 3, high, x, high, low, x - 3, low);
	}
}

static enum finding_mark shown_mark(const struct finding_commit *c)
{
	return c->untestable ? FINDING_SKIP : c->mark;
}

static void draw_commit(const struct finding *f, const struct plot *p, const struct finding_commit *c,
			double x, double slot)
{
	strbuf_addstr(p->out, "<g>");
	add_title(f, c, p->out);
	if (c->nsamples && isfinite(c->level.value)) {
		draw_samples(p, c, x, slot);
		draw_interval(p, c, x);
		chart_shape(p->out, shown_mark(c), x, clamp_y(p, c->level.value), fmin(4.5, slot * 0.36));
	} else {
		/* Nothing was measured: on the ground. */
		chart_shape(p->out, shown_mark(c), x, p->top + p->height - 8, fmin(4.5, slot * 0.36));
	}
	strbuf_addstr(p->out, "</g>\n");
}

static void draw_label(const struct plot *p, double x, const char *text, bool strong)
{
	double y = p->top + p->height + 14;

	strbuf_addf(p->out,
		    "<text class=\"tick%s\" text-anchor=\"end\" transform=\"translate(%.1f %.1f) rotate(-60)\">",
		    strong ? " strong" : "", x + 4, y);
	markup_add(p->out, text);
	strbuf_addstr(p->out, "</text>");
}

static bool is_culprit(const struct finding *f, size_t row)
{
	return f->verdict == FINDING_NAMED && row == f->culprit;
}

static void draw_commits(const struct finding *f, const struct plot *p, double slot)
{
	double last_label = -INFINITY;
	size_t nr = 0;

	for (size_t i = 0; i < f->ncommits; i++) {
		const struct finding_commit *c = &f->commits[i];
		double x = p->left + slot * ((double)nr + 0.5);
		char id[9];

		if (!is_drawn(c))
			continue;
		nr++;
		if (is_culprit(f, i))
			strbuf_addf(
				p->out,
				"<path class=\"column\" d=\"M%.1f %.1fh%.1fv%.1fh%.1fZ\"/>"
				"<text class=\"tick strong\" text-anchor=\"middle\" x=\"%.1f\" y=\"%.1f\">%s</text>",
				x - slot / 2, p->top, slot, p->height, -slot,
				fmin(fmax(x, p->left + 24), p->left + p->width - 24), p->top - 13,
				f->find_fix ? "fix" : "culprit");
		draw_commit(f, p, c, x, slot);
		if (x - last_label < LABEL_MIN && !is_culprit(f, i))
			continue;
		/* The culprit's label has room, whatever was before. */
		if (f->verdict == FINDING_NAMED && i < f->culprit && f->commits[f->culprit].at - c->at == 1 &&
		    slot < LABEL_MIN)
			continue;
		snprintf(id, sizeof(id), "%.8s", c->id);
		draw_label(p, x, id, is_culprit(f, i));
		last_label = x;
	}
}

static void describe(const struct finding *f, size_t drawn, struct strbuf *out)
{
	strbuf_addf(out, "%zu commits from %s to %s in the order of the history. ", drawn, f->good_name,
		    f->bad_name);
	strbuf_addstr(out, "Level of the good end: ");
	say_interval(out, &f->good, f->unit);
	strbuf_addstr(out, "; of the bad end: ");
	say_interval(out, &f->bad, f->unit);
	strbuf_addch(out, '.');
}

void chart_samples(const struct finding *f, struct strbuf *out)
{
	struct plot p = { .out = out, .left = LEFT, .top = TOP, .height = PLOT_HEIGHT };
	struct strbuf text = STRBUF_INIT;
	double slot;
	size_t nr = 0;

	for (size_t i = 0; i < f->ncommits; i++)
		nr += is_drawn(&f->commits[i]);
	if (!nr || !find_limits(f, &p))
		return;
	slot = fmax((WIDTH - LEFT - RIGHT) / (double)nr, SLOT_MIN);
	p.width = slot * (double)nr;
	describe(f, nr, &text);
	chart_begin(out, "samples", LEFT + p.width + RIGHT, TOP + PLOT_HEIGHT + LABEL_HEIGHT,
		    "What was measured of each commit", text.buf);
	plot_grid(&p, false);
	strbuf_reset(&text);
	strbuf_addf(&text, "%s%s%s", how_metric(f), *f->unit ? ", " : "", f->unit);
	strbuf_addf(out, "<text class=\"tick\" x=\"4\" y=\"%.1f\">", TOP - 13);
	markup_add(out, text.buf);
	strbuf_addstr(out, "</text>\n");
	draw_end(&p, &f->good, false);
	draw_end(&p, &f->bad, true);
	draw_commits(f, &p, slot);
	chart_end(out);
	strbuf_release(&text);
}

/* --- posterior --- */

/* The set as lines below the axis: neighbours are one line. */
static void draw_set(const struct finding *f, const struct plot *p)
{
	double scale = p->width / (double)(f->nr - 1), y = p->top + p->height + 7;

	for (size_t i = 0; i < f->nset;) {
		size_t from = f->commits[f->set[i]].at, to = from;

		while (++i < f->nset && f->commits[f->set[i]].at == to + 1)
			to++;
		strbuf_addf(p->out, "<path class=\"set\" d=\"M%.1f %.1fv-4v4H%.1fv-4\"/>",
			    p->left + scale * (double)(from - 1), y,
			    p->left + fmax(scale * (double)to, scale * (double)(from - 1) + 2));
	}
}

static double *bars_of(const struct finding *f, size_t nr, double *most)
{
	double *bars = xcalloc(nr, sizeof(*bars));

	*most = 0;
	for (size_t i = 1; i < f->nr; i++) {
		size_t bar = (i - 1) * nr / (f->nr - 1);

		bars[bar] += f->culprits[i];
		*most = fmax(*most, bars[bar]);
	}
	return bars;
}

/* Is one of the set in this bar? `next` goes through the set beside it. */
static bool holds_set(const struct finding *f, size_t nr, size_t bar, size_t *next)
{
	bool holds = false;

	for (; *next < f->nset; (*next)++) {
		size_t at = f->commits[f->set[*next]].at, of = at ? (at - 1) * nr / (f->nr - 1) : 0;

		if (of > bar)
			break;
		holds |= of == bar;
	}
	return holds;
}

static void draw_bars(const struct finding *f, const struct plot *p, const double *bars, size_t nr)
{
	double width = p->width / (double)nr;
	size_t next = 0;

	for (size_t i = 0; i < nr; i++) {
		bool in_set = holds_set(f, nr, i, &next);
		double y = plot_y(p, bars[i]);

		/* What would be thinner than a hair is not to be seen. */
		if (p->top + p->height - y < 0.3)
			continue;
		strbuf_addf(p->out, "<path class=\"%s\" d=\"M%.2f %.1fV%.1fh%.2fV%.1fZ\"/>\n",
			    in_set ? "bar in" : "bar", p->left + width * ((double)i + (width > 4 ? 0.07 : 0)),
			    p->top + p->height, y, width * (width > 4 ? 0.86 : 1), p->top + p->height);
	}
}

static void draw_ends(const struct finding *f, const struct plot *p)
{
	double y = p->top + p->height + 24;

	strbuf_addf(p->out, "<text class=\"tick\" x=\"%.1f\" y=\"%.1f\">", p->left, y);
	markup_add(p->out, f->good_name);
	strbuf_addf(p->out, "</text><text class=\"tick\" text-anchor=\"end\" x=\"%.1f\" y=\"%.1f\">",
		    p->left + p->width, y);
	markup_add(p->out, f->bad_name);
	strbuf_addstr(p->out, "</text>\n");
}

void chart_posterior(const struct finding *f, struct strbuf *out)
{
	struct plot p = {
		.out = out, .left = LEFT, .top = TOP, .width = WIDTH - LEFT - RIGHT, .height = POSTERIOR_HEIGHT
	};
	struct strbuf text = STRBUF_INIT;
	size_t nr = f->nr - 1 < BARS_MAX ? f->nr - 1 : BARS_MAX;
	double *bars, most;

	if (!f->culprits)
		return;
	bars = bars_of(f, nr, &most);
	p.high = fmin(1, fmax(1.08 * most, 1e-6));
	strbuf_addf(
		&text,
		"%zu commits in the order of the history; %zu of them hold the culprit with 95 %% confidence.",
		f->nr - 1, f->nset);
	chart_begin(out, "posterior", WIDTH, TOP + POSTERIOR_HEIGHT + 36,
		    "Probability of each commit to be the culprit", text.buf);
	plot_grid(&p, true);
	strbuf_addf(out, "<text class=\"tick\" x=\"4\" y=\"%.1f\">probability</text>\n", TOP - 13);
	draw_bars(f, &p, bars, nr);
	draw_set(f, &p);
	draw_ends(f, &p);
	chart_end(out);
	free(bars);
	strbuf_release(&text);
}
