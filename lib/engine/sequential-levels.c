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
/* How often levels and wander are told from each other. */
#define WANDER_STEPS 3

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

double sequential_value(const struct bisect *b, const struct sequential_levels *levels, size_t boot)
{
	const struct sequential *s = b->data;

	return bisect_boot_value(&b->boots[boot], levels->sigma_w) - s->offsets[boot];
}

static void add_commit(const struct bisect *b, const struct sequential_levels *levels, size_t commit,
		       size_t nr, struct sequential_class *class)
{
	for (size_t i = 0; i < nr; i++) {
		size_t boot = b->commits[commit].boots[i];

		add_value(class, sequential_value(b, levels, boot), b->boots[boot].nr);
	}
}

/* What vouches for a level: how many boots of a test's commit. */
static size_t vouching(const struct bisect *b, const struct sequential_test *t)
{
	/* What is being verified does not vouch for itself. */
	return t->running ? t->first : b->commits[t->commit].nboots;
}

static void gather(const struct bisect *b, const struct sequential_levels *levels,
		   struct sequential_class *good, struct sequential_class *bad)
{
	const struct sequential *s = b->data;
	size_t last = b->problem.nr - 1;

	good->nr = bad->nr = 0;
	add_commit(b, levels, 0, b->commits[0].nboots, good);
	add_commit(b, levels, last, b->commits[last].nboots, bad);
	for (size_t i = 0; i < s->ntests; i++) {
		const struct sequential_test *t = &s->tests[i];

		if (t->verdict)
			add_commit(b, levels, t->commit, vouching(b, t),
				   t->verdict == BISECT_GOOD ? good : bad);
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

/* Both levels and the boots' own spread, the wander being what it is. */
static void estimate(const struct bisect *b, struct sequential_levels *levels, struct sequential_class *good,
		     struct sequential_class *bad)
{
	double w = levels->sigma_w, freedom, sum;
	double bound = 1.5 * w * sqrt(PRIOR_SHARE * PRIOR_SHARE + 1 / (double)b->options.repeats);

	gather(b, levels, good, bad);
	levels->good = stats_huber(good->values, good->nr, bound);
	levels->bad = stats_huber(bad->values, bad->nr, bound);
	levels->ngood = good->nr;
	levels->nbad = bad->nr;
	freedom = fmax((double)(good->nr + bad->nr) - 2, 0);
	sum = excess(good, levels->good, w) + excess(bad, levels->bad, w) +
	      PRIOR_FREEDOM * PRIOR_SHARE * PRIOR_SHARE * w * w;
	levels->sigma_b = fmax(sqrt(fmax(sum, 0) / (PRIOR_FREEDOM + freedom)), LEAST_BOOT_SHARE * w);
}

/* The level that a boot of the commit is known to have; NAN when it is not known. */
static double level_of(struct bisect *b, const struct sequential_levels *levels, size_t boot)
{
	const struct bisect_commit *c;
	const struct sequential_test *t;
	size_t commit = b->boots[boot].commit;

	if (!commit)
		return levels->good;
	if (commit + 1 == b->problem.nr)
		return levels->bad;
	t = sequential_find(b, commit);
	if (!t || !t->verdict)
		return NAN;
	c = &b->commits[commit];
	for (size_t i = 0; i < vouching(b, t); i++)
		if (c->boots[i] == boot)
			return t->verdict == BISECT_GOOD ? levels->good : levels->bad;
	return NAN;
}

/* Writes the wander at each boot. False when there is none. */
static bool follow(struct bisect *b, const struct sequential_levels *levels)
{
	struct sequential_drift_boot *boots = xcalloc(b->nended + 1, sizeof(*boots));
	double *offsets = xcalloc(b->nended + 1, sizeof(*offsets));
	struct sequential *s = b->data;
	bool any = false;

	for (size_t i = 0; i < b->nended; i++) {
		const struct bisect_boot *boot = &b->boots[b->ended[i]];
		double level = boot->dropped ? NAN : level_of(b, levels, b->ended[i]);

		boots[i].known = !isnan(level);
		boots[i].residual = bisect_boot_value(boot, levels->sigma_w) - level;
		boots[i].variance = sequential_variance(levels, boot->nr);
	}
	sequential_drift(boots, b->nended, offsets);
	for (size_t i = 0; i < b->nended; i++) {
		s->offsets[b->ended[i]] = offsets[i];
		any |= offsets[i] != 0;
	}
	free(boots);
	free(offsets);
	return any;
}

void sequential_levels(struct bisect *b, struct sequential_levels *levels)
{
	struct sequential_class good = { 0 }, bad = { 0 };
	struct sequential *s = b->data;
	struct bisect_anchors anchors;

	ALLOC_GROW(s->offsets, b->nboots + 1, s->offsets_alloc);
	memset(s->offsets, 0, (b->nboots + 1) * sizeof(*s->offsets));
	bisect_anchors(b, &anchors);
	levels->sigma_w = anchors.sigma_w;
	estimate(b, levels, &good, &bad);
	levels->wanders = false;
	for (int step = 0; step < WANDER_STEPS && follow(b, levels); step++) {
		levels->wanders = true;
		estimate(b, levels, &good, &bad);
	}
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

static double llr_of(const struct bisect *b, const struct sequential_levels *levels, size_t boot)
{
	size_t samples = b->boots[boot].nr;
	double sd = sqrt(blurred(levels, samples)), fuzz = fuzz_of(samples);
	double wide = fabs(levels->bad - levels->good) + 3 * sd;
	double y = sequential_value(b, levels, boot);
	double neither = fuzz * likelihood(y, (levels->good + levels->bad) / 2, wide) + 1e-300;

	return log(((1 - fuzz) * likelihood(y, levels->bad, sd) + neither) /
		   ((1 - fuzz) * likelihood(y, levels->good, sd) + neither));
}

double sequential_sum(struct bisect *b, const struct sequential_levels *levels, size_t commit, size_t first)
{
	const struct bisect_commit *c = &b->commits[commit];
	double sum = 0;

	for (size_t i = first; i < c->nboots; i++)
		sum += llr_of(b, levels, c->boots[i]);
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
