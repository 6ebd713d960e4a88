#include "report/plot.h"

#include <math.h>

#include "base/escape.h"
#include "report/say.h"

/* "<12 digits> <mark>  " */
#define MARK_WIDTH 11
#define LABEL_WIDTH (12 + 1 + MARK_WIDTH + 2)
#define COLUMNS_MIN 20
#define COLUMNS_MAX 100

struct axis {
	double low, high;
	size_t columns;
};

static bool find_axis(const struct finding *f, size_t width, struct axis *axis)
{
	size_t nr = 0;

	axis->low = INFINITY;
	axis->high = -INFINITY;
	for (size_t i = 0; i < f->ncommits; i++) {
		nr += f->commits[i].nsamples > 0;
		for (size_t k = 0; k < f->commits[i].nsamples; k++) {
			axis->low = fmin(axis->low, f->commits[i].samples[k].value);
			axis->high = fmax(axis->high, f->commits[i].samples[k].value);
		}
	}
	width = width ? width : 80;
	axis->columns = width > LABEL_WIDTH + COLUMNS_MIN ? width - LABEL_WIDTH : COLUMNS_MIN;
	axis->columns = axis->columns < COLUMNS_MAX ? axis->columns : COLUMNS_MAX;
	return nr > 1 && axis->high > axis->low;
}

/* What lies beyond is at the edge. */
static size_t column_of(const struct axis *axis, double value)
{
	double share = (value - axis->low) / (axis->high - axis->low);

	return (size_t)lround(fmin(fmax(share, 0), 1) * (double)(axis->columns - 1));
}

static void add_scale(const struct axis *axis, const char *unit, struct strbuf *out)
{
	struct strbuf low = STRBUF_INIT, high = STRBUF_INIT;

	say_value(&low, axis->low, unit);
	say_value(&high, axis->high, unit);
	strbuf_addchars(out, ' ', LABEL_WIDTH);
	strbuf_addf(out, "%-*s%s\n", (int)(axis->columns - (high.len < axis->columns ? high.len : 0)),
		    low.buf, high.buf);
	strbuf_release(&low);
	strbuf_release(&high);
}

static void add_label(const struct finding *f, const struct finding_commit *c, struct strbuf *out)
{
	struct strbuf word = STRBUF_INIT;

	if (finding_is_end(f, c))
		strbuf_addf(&word, "%s end", c->at ? f->term_bad : f->term_good);
	else if (c->mark == FINDING_GOOD || c->mark == FINDING_BAD)
		strbuf_addstr(&word, c->mark == FINDING_BAD ? f->term_bad : f->term_good);
	else
		strbuf_addstr(&word, c->untestable             ? "untestable"
				     : c->mark == FINDING_SKIP ? "skip"
							       : "open");
	strbuf_addf(out, "%.12s %-*.*s  ", c->id, MARK_WIDTH, MARK_WIDTH, word.buf);
	strbuf_release(&word);
}

static void add_row(const struct finding *f, const struct axis *axis, const struct finding_commit *c,
		    struct strbuf *out)
{
	static const char levels[FINDING_MARKS] = { '?', 'o', '#', '?' };
	char line[COLUMNS_MAX];

	memset(line, ' ', axis->columns);
	if (isfinite(c->level.low) && isfinite(c->level.high)) {
		size_t low = column_of(axis, c->level.low), high = column_of(axis, c->level.high);

		memset(line + low, '-', high - low + 1);
		line[low] = line[high] = '|';
	}
	for (size_t i = 0; i < c->nsamples; i++) {
		char *at = &line[column_of(axis, c->samples[i].value)];

		*at = *at == '.' || *at == ':' ? ':' : '.';
	}
	if (isfinite(c->level.value))
		line[column_of(axis, c->level.value)] = levels[c->mark];
	add_label(f, c, out);
	strbuf_add(out, line, axis->columns);
	strbuf_rtrim(out);
	strbuf_addch(out, '\n');
}

void finding_plot(const struct finding *f, size_t width, struct strbuf *out)
{
	struct axis axis;

	if (!find_axis(f, width, &axis))
		return;
	add_scale(&axis, f->unit, out);
	for (size_t i = 0; i < f->ncommits; i++)
		if (f->commits[i].nsamples)
			add_row(f, &axis, &f->commits[i], out);
}
