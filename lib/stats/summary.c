#include "stats/summary.h"

#include <math.h>

/* Three standard deviations over the median of normal residuals, a little less for a group of three. */
#define WITHIN_CUT 4.8
#define HUBER_STEPS 3

double stats_mean(const double *values, size_t nr)
{
	double sum = 0;

	for (size_t i = 0; i < nr; i++)
		sum += values[i];
	return nr ? sum / (double)nr : NAN;
}

double stats_variance(const double *values, size_t nr)
{
	double mean = stats_mean(values, nr), sum = 0;

	if (nr < 2)
		return 0;
	for (size_t i = 0; i < nr; i++)
		sum += (values[i] - mean) * (values[i] - mean);
	return sum / (double)(nr - 1);
}

double stats_sd(const double *values, size_t nr)
{
	return sqrt(stats_variance(values, nr));
}

static int compare_doubles(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Of a list that may be put in order. */
static double median_in_place(double *values, size_t nr)
{
	if (!nr)
		return NAN;
	qsort(values, nr, sizeof(*values), compare_doubles);
	return nr % 2 ? values[nr / 2] : (values[nr / 2 - 1] + values[nr / 2]) / 2;
}

static double *copy_of(const double *values, size_t nr)
{
	double *copy = xreallocarray(NULL, nr ? nr : 1, sizeof(*copy));

	if (nr)
		memcpy(copy, values, nr * sizeof(*copy));
	return copy;
}

double stats_median(const double *values, size_t nr)
{
	double *copy = copy_of(values, nr), median = median_in_place(copy, nr);

	free(copy);
	return median;
}

double stats_mad(const double *values, size_t nr)
{
	double *copy = copy_of(values, nr), median = median_in_place(copy, nr), mad;

	for (size_t i = 0; i < nr; i++)
		copy[i] = fabs(copy[i] - median);
	mad = median_in_place(copy, nr);
	free(copy);
	return mad;
}

static double cut(double x, double bound)
{
	return x < -bound ? -bound : x > bound ? bound : x;
}

double stats_huber(const double *values, size_t nr, double bound)
{
	double level;

	if (nr < 3 || !(bound > 0))
		return stats_mean(values, nr);
	level = stats_median(values, nr);
	for (int step = 0; step < HUBER_STEPS; step++) {
		double sum = 0;

		for (size_t i = 0; i < nr; i++)
			sum += cut(values[i] - level, bound);
		level += sum / (double)nr;
	}
	return level;
}

void stats_within_add(struct stats_within *within, const double *values, size_t nr)
{
	double median;

	if (nr < 2)
		return;
	median = stats_median(values, nr);
	ALLOC_GROW(within->residuals, within->nr + nr, within->alloc);
	for (size_t i = 0; i < nr; i++)
		within->residuals[within->nr++] = values[i] - median;
	within->freedom += nr - 1;
}

double stats_within_sd(const struct stats_within *within)
{
	double *sizes, bound, sum = 0;

	if (!within->nr)
		return 0;
	sizes = copy_of(within->residuals, within->nr);
	for (size_t i = 0; i < within->nr; i++)
		sizes[i] = fabs(sizes[i]);
	bound = WITHIN_CUT * median_in_place(sizes, within->nr);
	free(sizes);
	for (size_t i = 0; i < within->nr; i++) {
		/* More than half of them are the same number: there is no scale to cut by. */
		double r = bound > 0 ? cut(within->residuals[i], bound) : within->residuals[i];

		sum += r * r;
	}
	return sqrt(sum / (double)within->freedom);
}

void stats_within_release(struct stats_within *within)
{
	free(within->residuals);
	memset(within, 0, sizeof(*within));
}
