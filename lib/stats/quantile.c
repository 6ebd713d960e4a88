#include "stats/quantile.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <math.h>

static bool askable(double p, double freedom)
{
	gsl_set_error_handler_off();
	return p >= 0 && p <= 1 && freedom > 0;
}

double stats_normal_quantile(double p)
{
	return askable(p, 1) ? gsl_cdf_ugaussian_Pinv(p) : NAN;
}

/*
 * The library's quantiles stop once a step is small; one more Newton step over
 * its distribution gives the digits that are left.
 */
static double polish(double x, double error, double density)
{
	double step = error / density;

	return isfinite(step) && fabs(step) < 1e-3 * fabs(x) ? x - step : x;
}

static double t_density(double x, double freedom)
{
	return exp(lgamma((freedom + 1) / 2) - lgamma(freedom / 2) - 0.5 * log(freedom * M_PI) -
		   (freedom + 1) / 2 * log1p(x * x / freedom));
}

double stats_t_quantile(double p, double freedom)
{
	double x;

	if (!askable(p, freedom))
		return NAN;
	x = gsl_cdf_tdist_Pinv(p, freedom);
	if (!isfinite(x) || x == 0)
		return x;
	if (p > 0.5)
		return polish(x, 1 - p - gsl_cdf_tdist_Q(x, freedom), t_density(x, freedom));
	return polish(x, gsl_cdf_tdist_P(x, freedom) - p, t_density(x, freedom));
}

static double f_density(double x, double a, double b)
{
	return exp(lgamma((a + b) / 2) - lgamma(a / 2) - lgamma(b / 2) + a / 2 * log(a / b) +
		   (a / 2 - 1) * log(x) - (a + b) / 2 * log1p(a * x / b));
}

double stats_f_quantile(double p, double freedom1, double freedom2)
{
	double x;

	if (!askable(p, freedom1) || !askable(p, freedom2))
		return NAN;
	x = gsl_cdf_fdist_Pinv(p, freedom1, freedom2);
	if (!isfinite(x) || x <= 0)
		return x;
	return polish(x, gsl_cdf_fdist_P(x, freedom1, freedom2) - p, f_density(x, freedom1, freedom2));
}

double stats_normal_below(double x)
{
	return gsl_cdf_ugaussian_P(x);
}

double stats_t_below(double x, double freedom)
{
	return askable(0.5, freedom) ? gsl_cdf_tdist_P(x, freedom) : NAN;
}

double stats_f_below(double x, double freedom1, double freedom2)
{
	return askable(0.5, freedom1) && askable(0.5, freedom2) ? gsl_cdf_fdist_P(x, freedom1, freedom2) : NAN;
}
