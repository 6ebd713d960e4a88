#include "stats/compare.h"

#include <math.h>

#include "stats/quantile.h"
#include "stats/summary.h"

struct stats_estimate stats_mean_estimate(const double *values, size_t nr)
{
	struct stats_estimate e = { stats_mean(values, nr), INFINITY, 0 };

	if (nr < 2)
		return e;
	e.se = stats_sd(values, nr) / sqrt((double)nr);
	e.freedom = (double)(nr - 1);
	return e;
}

/* The quantile for both sides together; of the normal distribution when the error is known. */
static double two_sided(double level, double freedom)
{
	double p = 0.5 + level / 2;

	return isinf(freedom) ? stats_normal_quantile(p) : stats_t_quantile(p, freedom);
}

struct stats_interval stats_estimate_interval(struct stats_estimate e, double level)
{
	double half = isfinite(e.se) ? e.se * two_sided(level, e.freedom) : INFINITY;

	if (isnan(e.value))
		return (struct stats_interval){ NAN, NAN, NAN };
	return (struct stats_interval){ e.value, e.value - half, e.value + half };
}

struct stats_interval stats_mean_interval(const double *values, size_t nr, double level)
{
	return stats_estimate_interval(stats_mean_estimate(values, nr), level);
}

/* Welch and Satterthwaite, of the variance a^2 + b^2. */
static double joint_freedom(double a, double freedom_a, double b, double freedom_b)
{
	double va = a * a, vb = b * b, down = va * va / freedom_a + vb * vb / freedom_b;

	return down > 0 ? (va + vb) * (va + vb) / down : INFINITY;
}

struct stats_estimate stats_difference(struct stats_estimate a, struct stats_estimate b)
{
	struct stats_estimate d = { b.value - a.value, INFINITY, 0 };

	if (!isfinite(a.se) || !isfinite(b.se))
		return d;
	d.se = hypot(a.se, b.se);
	d.freedom = joint_freedom(a.se, a.freedom, b.se, b.freedom);
	return d;
}

struct stats_interval stats_relative(struct stats_estimate a, struct stats_estimate b, double level)
{
	double ratio = b.value / a.value, freedom, t, g, half;

	if (!isfinite(ratio))
		return (struct stats_interval){ NAN, NAN, NAN };
	if (!isfinite(a.se) || !isfinite(b.se))
		return (struct stats_interval){ ratio - 1, -INFINITY, INFINITY };
	/* The variance of b - ratio a, which is what Fieller's theorem studentises. */
	freedom = joint_freedom(ratio * a.se, a.freedom, b.se, b.freedom);
	t = two_sided(level, freedom);
	g = t * a.se / a.value * (t * a.se / a.value);
	if (!(g < 1))
		return (struct stats_interval){ ratio - 1, -INFINITY, INFINITY };
	half = t / fabs(a.value) * sqrt(b.se * b.se * (1 - g) + ratio * ratio * a.se * a.se);
	return (struct stats_interval){ ratio - 1, (ratio - half) / (1 - g) - 1, (ratio + half) / (1 - g) - 1 };
}

double stats_hodges_lehmann(const double *a, size_t na, const double *b, size_t nb)
{
	double *differences, median;
	size_t nr = 0;

	if (!na || !nb)
		return NAN;
	if (na > SIZE_MAX / nb)
		BUG("%zu times %zu pairs", na, nb);
	differences = xreallocarray(NULL, na * nb, sizeof(*differences));
	for (size_t i = 0; i < na; i++)
		for (size_t j = 0; j < nb; j++)
			differences[nr++] = b[j] - a[i];
	median = stats_median(differences, nr);
	free(differences);
	return median;
}

/* Two-sided, of a difference that is `d.value / d.se` errors from nothing. */
static double p_of(struct stats_estimate d)
{
	double t = fabs(d.value) / d.se;

	if (!isfinite(d.se) || isnan(d.value) || (d.se == 0 && d.value == 0))
		return 1;
	if (d.se == 0)
		return 0;
	return 2 * (isinf(d.freedom) ? stats_normal_below(-t) : stats_t_below(-t, d.freedom));
}

void stats_compare(const double *a, size_t na, const double *b, size_t nb, double level,
		   struct stats_comparison *result)
{
	struct stats_estimate x = stats_mean_estimate(a, na), y = stats_mean_estimate(b, nb);
	struct stats_estimate d = stats_difference(x, y);

	result->difference = stats_estimate_interval(d, level);
	result->relative = stats_relative(x, y, level);
	result->hodges_lehmann = stats_hodges_lehmann(a, na, b, nb);
	result->p = p_of(d);
}
