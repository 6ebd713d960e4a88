#include "engine/sequential-state.h"

#include <math.h>

#include "stats/summary.h"

/* The probability of a boot that fits neither level; a sample that does not spoils a boot of one or two. */
#define FUZZ 0.01
#define FUZZ_SAMPLE 0.02
#define ROBUST_SAMPLES 3
/* What is believed of a boot's offset beforehand: half of sigma_w, worth so many boots. */
#define PRIOR_SHARE 0.5
#define PRIOR_FREEDOM 3.0
#define LEAST_BOOT_SHARE 0.1

/* Boots that say where a level is: values of one class, with their samples. */
struct sequential_class {
	double *values;
	size_t *samples;
	size_t nr, alloc, samples_alloc;
};

static void add_value(struct sequential_class *class, double value, size_t samples)
{
	ALLOC_GROW(class->values, class->nr + 1, class->alloc);
	ALLOC_GROW(class->samples, class->nr + 1, class->samples_alloc);
	class->values[class->nr] = value;
	class->samples[class->nr++] = samples;
}

static void add_commit(struct bisect *b, size_t commit, size_t nr, double sigma_w,
		       struct sequential_class *class)
{
	for (size_t i = 0; i < nr; i++) {
		const struct bisect_boot *boot = &b->boots[b->commits[commit].boots[i]];

		add_value(class, bisect_boot_value(boot, sigma_w), boot->nr);
	}
}

static void gather(struct bisect *b, double sigma_w, struct sequential_class *good, struct sequential_class *bad)
{
	const struct sequential *s = b->data;
	size_t last = b->problem.nr - 1;

	add_commit(b, 0, b->commits[0].nboots, sigma_w, good);
	add_commit(b, last, b->commits[last].nboots, sigma_w, bad);
	for (size_t i = 0; i < s->ntests; i++) {
		const struct sequential_test *t = &s->tests[i];
		/* What is being verified does not vouch for itself. */
		size_t nr = t->running ? t->first : b->commits[t->commit].nboots;

		if (t->verdict == BISECT_GOOD)
			add_commit(b, t->commit, nr, sigma_w, good);
		else if (t->verdict == BISECT_BAD)
			add_commit(b, t->commit, nr, sigma_w, bad);
	}
}

/* Squares of the distances to the level, cut at three sigma_w, less what is within boots. */
static double excess(const struct sequential_class *class, double level, double sigma_w)
{
	double sum = 0;

	for (size_t i = 0; i < class->nr; i++) {
		double r = fmin(fabs(class->values[i] - level), 3 * sigma_w);

		sum += r * r - sigma_w * sigma_w / (double)class->samples[i];
	}
	return sum;
}

void sequential_levels(struct bisect *b, struct sequential_levels *levels)
{
	struct sequential_class good = { 0 }, bad = { 0 };
	struct bisect_anchors anchors;
	double bound, w, freedom;

	bisect_anchors(b, &anchors);
	w = levels->sigma_w = anchors.sigma_w;
	gather(b, w, &good, &bad);
	bound = 1.5 * w * sqrt(PRIOR_SHARE * PRIOR_SHARE + 1 / (double)b->options.repeats);
	levels->good = stats_huber(good.values, good.nr, bound);
	levels->bad = stats_huber(bad.values, bad.nr, bound);
	levels->ngood = good.nr;
	levels->nbad = bad.nr;
	freedom = (double)(good.nr + bad.nr) - 2;
	levels->sigma_b = excess(&good, levels->good, w) + excess(&bad, levels->bad, w) +
			  PRIOR_FREEDOM * PRIOR_SHARE * PRIOR_SHARE * w * w;
	levels->sigma_b = sqrt(fmax(levels->sigma_b, 0) / (PRIOR_FREEDOM + fmax(freedom, 0)));
	levels->sigma_b = fmax(levels->sigma_b, LEAST_BOOT_SHARE * w);
	free(good.values);
	free(good.samples);
	free(bad.values);
	free(bad.samples);
}

double sequential_variance(const struct sequential_levels *levels, size_t samples)
{
	return levels->sigma_b * levels->sigma_b + levels->sigma_w * levels->sigma_w / (double)samples;
}

static double fuzz_of(size_t samples)
{
	return samples < ROBUST_SAMPLES ? FUZZ + FUZZ_SAMPLE / (double)samples : FUZZ;
}

/* That both levels are themselves measured adds to what a boot varies by. */
static double blurred(const struct sequential_levels *levels, size_t samples)
{
	size_t least = levels->ngood < levels->nbad ? levels->ngood : levels->nbad;

	return sequential_variance(levels, samples) * (1 + 1 / fmax(1, (double)least));
}

static double likelihood(double y, double level, double sd)
{
	double z = (y - level) / sd;

	return exp(-0.5 * z * z) / sd;
}

double sequential_llr(const struct sequential_levels *levels, const struct bisect_boot *boot)
{
	double sd = sqrt(blurred(levels, boot->nr)), fuzz = fuzz_of(boot->nr);
	double wide = fabs(levels->bad - levels->good) + 3 * sd;
	double y = bisect_boot_value(boot, levels->sigma_w);
	double neither = fuzz * likelihood(y, (levels->good + levels->bad) / 2, wide) + 1e-300;

	return log(((1 - fuzz) * likelihood(y, levels->bad, sd) + neither) /
		   ((1 - fuzz) * likelihood(y, levels->good, sd) + neither));
}

double sequential_sum(struct bisect *b, const struct sequential_levels *levels, size_t commit, size_t first)
{
	const struct bisect_commit *c = &b->commits[commit];
	double sum = 0;

	for (size_t i = first; i < c->nboots; i++)
		sum += sequential_llr(levels, &b->boots[c->boots[i]]);
	return sum;
}

double sequential_threshold(const struct bisect *b, bool verifying)
{
	double steps = ceil(log2((double)b->problem.nr - 1)), delta = 5 * (1 - b->options.confidence);

	return log(fmax(steps, 1) / fmin(delta, 0.2)) + (verifying ? 1 : 0);
}

/*
 * The information of a boot with a gap of d standard deviations is d^2 / 2 nats
 * on average, and at most what the share of boots that fit neither level leaves.
 */
static double boots_for(double nats, double d, double fuzz)
{
	double most = log((1 - fuzz) / fuzz * (d + 3)), each = fmin(d * d / 2, most);

	/* A sum oversteps its threshold, and a first boot is needed in any case. */
	return each > 0 ? fmax(1, nats / each + 0.5 * fmin(1, nats / each)) : 12;
}

size_t sequential_samples(struct bisect *b, const struct sequential_levels *levels, double nats, double *boots)
{
	double gap = fabs(levels->bad - levels->good), least = INFINITY;
	size_t best = b->options.repeats;

	for (size_t n = 1; n <= b->options.repeats; n++) {
		double nr = boots_for(nats, gap / sqrt(blurred(levels, n)), fuzz_of(n));
		double cost = nr * (bisect_boot_seconds(b) + (double)n * bisect_sample_seconds(b));

		/* More than a test may have would leave it to the sign. */
		if (nr > SEQUENTIAL_BOOTS / 2.0)
			cost *= nr / (SEQUENTIAL_BOOTS / 2.0);
		if (cost < least) {
			least = cost;
			best = n;
			*boots = nr;
		}
	}
	return best;
}
