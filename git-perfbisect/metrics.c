/*
 * Where a benchmark gives several numbers, all are stored, and one decides.
 * Which of them tells the ends apart best is seen at the ends themselves: the
 * gap between them against the deviation of a sample.
 */
#include "metrics.h"

#include <math.h>

#include "base/error.h"
#include "report/say.h"
#include "show.h"
#include "ui/command.h"
#include "ui/table.h"

/* Another metric is recommended when it is so many times clearer. */
#define CLEARER 1.5
/* Deviations of fewer samples say little. */
#define SAMPLES_MIN 3

struct end {
	size_t nr;
	/* Welford's running mean and sum of squared deviations. */
	double mean, squares;
};

struct seen {
	char *name, *unit;
	struct end ends[2];
};

struct gathering {
	const struct session *session;
	struct seen *metrics;
	size_t nr, alloc;
	int end;
};

static struct seen *find(struct gathering *g, const struct store_sample *sample)
{
	for (size_t i = 0; i < g->nr; i++)
		if (!strcmp(g->metrics[i].name, sample->resultclass))
			return &g->metrics[i];
	ALLOC_GROW(g->metrics, g->nr + 1, g->alloc);
	g->metrics[g->nr] = (struct seen){ .name = xstrdup(sample->resultclass),
					   .unit = xstrdup(sample->unit ? sample->unit : "") };
	return &g->metrics[g->nr++];
}

static int add_sample(const struct store_sample *sample, const struct store_boot *boot, void *data)
{
	struct gathering *g = data;
	struct end *end;
	double off;

	/* Copies of somebody else's baselines are not from today. */
	if (boot->context && !strcmp(boot->context, "baseline"))
		return 0;
	end = &find(g, sample)->ends[g->end];
	off = sample->value - end->mean;
	end->nr++;
	end->mean += off / (double)end->nr;
	end->squares += off * (sample->value - end->mean);
	return 0;
}

static void gather(struct gathering *g)
{
	const struct session *s = g->session;

	for (g->end = 0; g->end < 2; g->end++) {
		/* Numbers of several machines are not of one kind. */
		struct store_query query = { .session = s->row.id,
					     .machine = s->plan.sut.v[0],
					     .commit = session_hex(s, g->end ? s->nr - 1 : 0) };

		if (store_samples(s->store, &query, add_sample, g))
			die_error();
	}
}

/* The gap in standard deviations of a sample; NAN where there is too little to say. */
static double clearness(const struct seen *m)
{
	const struct end *good = &m->ends[0], *bad = &m->ends[1];
	double sigma;

	if (good->nr < SAMPLES_MIN || bad->nr < SAMPLES_MIN)
		return NAN;
	sigma = sqrt((good->squares + bad->squares) / (double)(good->nr + bad->nr - 2));
	return fabs(bad->mean - good->mean) / fmax(sigma, 1e-9 * fabs(good->mean) + 1e-300);
}

static void print_table(const struct gathering *g, const char *decides)
{
	struct table table = TABLE_INIT;
	struct strbuf good = STRBUF_INIT, bad = STRBUF_INIT;

	table_column(&table, "METRIC", TABLE_LEFT);
	table_column(&table, "GOOD END", TABLE_RIGHT);
	table_column(&table, "BAD END", TABLE_RIGHT);
	table_column(&table, "GAP / NOISE", TABLE_RIGHT);
	table_column(&table, "", TABLE_LEFT);
	for (size_t i = 0; i < g->nr; i++) {
		const struct seen *m = &g->metrics[i];
		double clear = clearness(m);

		strbuf_reset(&good);
		strbuf_reset(&bad);
		say_value(&good, m->ends[0].mean, m->unit);
		say_value(&bad, m->ends[1].mean, m->unit);
		table_cell(&table, COLOR_RESET, "%s", m->name);
		table_cell(&table, COLOR_RESET, "%s", good.buf);
		table_cell(&table, COLOR_RESET, "%s", bad.buf);
		if (isnan(clear))
			table_cell(&table, COLOR_RESET, "-");
		else
			table_cell(&table, COLOR_RESET, clear > 999 ? "> 999" : "%.1f", clear);
		table_cell(&table, COLOR_RESET, "%s", !strcmp(m->name, decides) ? "decides" : "");
	}
	printf("\nThe metrics at the ends; the gap in standard deviations of a sample:\n");
	table_print(&table, stdout, 0);
	table_release(&table);
	strbuf_release(&good);
	strbuf_release(&bad);
}

static void recommend(const struct gathering *g, const char *decides)
{
	const struct seen *best = NULL;
	double own = NAN;

	for (size_t i = 0; i < g->nr; i++) {
		double clear = clearness(&g->metrics[i]);

		if (!strcmp(g->metrics[i].name, decides))
			own = clear;
		if (!isnan(clear) && (!best || clear > clearness(best)))
			best = &g->metrics[i];
	}
	if (best && own >= 0 && clearness(best) > CLEARER * own && strcmp(best->name, decides) != 0)
		hint("%s tells the ends apart more clearly than %s; a new session with --resultclass %s takes fewer boots",
		     best->name, decides, best->name);
}

void metrics_show(const struct session *s)
{
	struct gathering g = { .session = s };
	const char *unit, *decides;
	bool higher;

	decides = session_metric(s, &unit, &higher);
	gather(&g);
	if (g.nr > 1) {
		print_table(&g, decides);
		recommend(&g, decides);
	}
	for (size_t i = 0; i < g.nr; i++) {
		free(g.metrics[i].name);
		free(g.metrics[i].unit);
	}
	free(g.metrics);
}
