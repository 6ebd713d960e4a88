/*
 * A machine that wanders: an offset common to both levels, d(i) at the i-th boot,
 * which takes a step of N(0, q) from boot to boot. Kalman's filter over the boots
 * that have a verdict, then the smoother of Rauch, Tung and Striebel (AIAA
 * Journal 3, 1965). q is the likeliest of a few; none, unless the evidence
 * for a wander is clear.
 */
#include <math.h>

#include "engine/sequential-state.h"

/* Nats that a wander must explain more than none. */
#define WANDER_NATS 2.0
#define CUT 3.0

/* Shares of a boot's variance. */
static const double steps[] = { 0.003, 0.01, 0.03, 0.1 };

struct track {
	const struct sequential_drift_boot *boots;
	size_t nr;
	/* Filtered and predicted offset, and their variances. */
	double *mean, *variance, *ahead;
};

/* Returns the log likelihood of the residuals for a step of `q`. */
static double filter(struct track *t, double q, double start)
{
	double mean = 0, variance = start, sum = 0;

	for (size_t i = 0; i < t->nr; i++) {
		const struct sequential_drift_boot *boot = &t->boots[i];

		variance += i ? q : 0;
		t->ahead[i] = variance;
		if (boot->known) {
			double total = variance + boot->variance, sd = sqrt(total);
			double miss = fmax(-CUT * sd, fmin(CUT * sd, boot->residual - mean));

			sum -= 0.5 * (log(total) + miss * miss / total);
			mean += variance / total * miss;
			variance -= variance * variance / total;
		}
		t->mean[i] = mean;
		t->variance[i] = variance;
	}
	return sum;
}

static void smooth(const struct track *t, double *offsets)
{
	for (size_t i = t->nr; i-- > 0;) {
		double gain;

		offsets[i] = t->mean[i];
		if (i + 1 == t->nr || !(t->ahead[i + 1] > 0))
			continue;
		gain = t->variance[i] / t->ahead[i + 1];
		offsets[i] += gain * (offsets[i + 1] - t->mean[i]);
	}
}

void sequential_drift(const struct sequential_drift_boot *boots, size_t nr, double *offsets)
{
	struct track t = { .boots = boots, .nr = nr };
	double none, best, step = 0, scale = 0;

	memset(offsets, 0, nr * sizeof(*offsets));
	if (!nr)
		return;
	for (size_t i = 0; i < nr; i++)
		scale += boots[i].variance / (double)nr;
	t.mean = xcalloc(nr, sizeof(*t.mean));
	t.variance = xcalloc(nr, sizeof(*t.variance));
	t.ahead = xcalloc(nr, sizeof(*t.ahead));
	none = best = filter(&t, 0, scale);
	for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
		double sum = filter(&t, steps[i] * scale, scale);

		if (sum > best && sum > none + WANDER_NATS) {
			best = sum;
			step = steps[i];
		}
	}
	if (step > 0) {
		filter(&t, step * scale, scale);
		smooth(&t, offsets);
	}
	free(t.mean);
	free(t.variance);
	free(t.ahead);
}
