#include <math.h>

#include "sim-run.h"
#include "sim-setting.h"

/* Bits that one observation tells of a label that is as likely good as bad, `d` deviations apart. */
static double information(double d)
{
	double sum = 0, step = 0.01;

	for (double x = -8; x < 8 + d; x += step) {
		double a = exp(-0.5 * x * x), b = exp(-0.5 * (x - d) * (x - d)), m = (a + b) / 2;

		if (m > 1e-300)
			sum -= m * log2(m / sqrt(2 * M_PI)) / sqrt(2 * M_PI) * step;
	}
	return fmax(0, sum - 0.5 * log2(2 * M_PI * M_E));
}

/* No bisection that is right in 95 % costs less: each label is worth a bit at most, each boot its information. */
static double least_cost(const struct sim_options *o, size_t nr)
{
	double delta = 0.05, best = INFINITY;
	double bits = (1 - delta) * log2((double)(nr - 1)) + delta * log2(delta) +
		      (1 - delta) * log2(1 - delta);

	for (double n = 1; n < 200; n++) {
		double d = o->effect / sqrt(o->rho + (1 - o->rho) / n);

		best = fmin(best, (o->boot + n * o->sample) / information(d));
	}
	return bits * (o->build + best);
}

static int compare_doubles(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double field_of(const struct outcome *outcome, size_t offset)
{
	double value;

	memcpy(&value, (const char *)outcome + offset, sizeof(value));
	return value;
}

static double percentile(const struct outcome *outcomes, size_t nr, size_t offset, double share)
{
	double *values = xreallocarray(NULL, nr, sizeof(*values)), value;

	for (size_t i = 0; i < nr; i++)
		values[i] = field_of(&outcomes[i], offset);
	qsort(values, nr, sizeof(*values), compare_doubles);
	value = values[(size_t)(share * (double)(nr - 1) + 0.5)];
	free(values);
	return value;
}

static double mean_of(const struct outcome *outcomes, size_t nr, size_t offset)
{
	double sum = 0;

	for (size_t i = 0; i < nr; i++)
		sum += field_of(&outcomes[i], offset);
	return sum / (double)nr;
}

#define MEAN(field) mean_of(outcomes, nr, offsetof(struct outcome, field))

void sim_summarise(const struct sim_options *o, const struct sim_graph *graph, const struct outcome *outcomes,
		   struct sim_summary *s)
{
	size_t nr = (size_t)o->trials;
	double named = MEAN(named);

	s->right = MEAN(right);
	s->right_of_named = named > 0 ? s->right / named : 1;
	s->wrong = named - s->right;
	s->holds = MEAN(holds);
	s->both = MEAN(both);
	s->warned = MEAN(warned);
	s->suspected = MEAN(suspected);
	s->gone = MEAN(not_reproduced);
	s->builds = MEAN(builds);
	s->boots = MEAN(boots);
	s->samples = MEAN(samples);
	s->p95_samples = percentile(outcomes, nr, offsetof(struct outcome, samples), 0.95);
	s->most_boots = percentile(outcomes, nr, offsetof(struct outcome, boots), 1);
	s->cost = MEAN(cost);
	s->p95_cost = percentile(outcomes, nr, offsetof(struct outcome, cost), 0.95);
	s->wall = MEAN(wall);
	s->bound = s->cost / least_cost(o, graph->nr);
}

void sim_print_header(void)
{
	puts("| strategy | N | effect | world | right | of named | wrong | set holds | not reproduced | builds | boots "
	     "| samples | p95 | cost | p95 | wall | cost / bound | both steps |");
	puts("|--|--|--|--|--|--|--|--|--|--|--|--|--|--|--|--|--|--|");
}

void sim_print_row(const struct sim_options *o, const char *strategy, const char *what,
		   const struct sim_summary *s)
{
	printf("| %s | %.0f | %g | %s | %.3f | %.3f | %.3f | %.3f | %.3f | %.1f | %.1f | %.1f | %.0f | %.0f | %.0f "
	       "| %.0f | %.2f | %.3f |\n",
	       strategy, o->n, o->effect, what, s->right, s->right_of_named, s->wrong, s->holds, s->gone,
	       s->builds, s->boots, s->samples, s->p95_samples, s->cost, s->p95_cost, s->wall, s->bound,
	       s->both);
	fflush(stdout);
}

void sim_print_bins(const struct outcome *outcomes, size_t nr)
{
	static const double edges[] = { 0, 0.5, 0.9, 0.95, 0.99, 0.999, 1.1 };

	for (size_t k = 0; k + 1 < ARRAY_SIZE(edges); k++) {
		size_t claimed = 0, right = 0;

		for (size_t i = 0; i < nr; i++) {
			double c = outcomes[i].confidence;

			if (c > 0 && c >= edges[k] && c < edges[k + 1]) {
				claimed++;
				right += outcomes[i].right > 0;
			}
		}
		if (claimed)
			printf("<!-- claimed %g to %g: %zu, of which right %.3f -->\n", edges[k],
			       fmin(1, edges[k + 1]), claimed, (double)right / (double)claimed);
	}
}

int sim_expect(const struct sim_summary *s, const char *text)
{
	const struct sim_figure figures[] = {
		{ "right", s->right },     { "named", s->right_of_named },
		{ "wrong", s->wrong },     { "holds", s->holds },
		{ "gone", s->gone },       { "builds", s->builds },
		{ "samples", s->samples }, { "p95", s->p95_samples },
		{ "cost", s->cost },       { "both", s->both },
		{ "warned", s->warned },   { "suspected", s->suspected },
	};

	return sim_hold(figures, ARRAY_SIZE(figures), text);
}
