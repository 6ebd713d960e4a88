/*
 * What a list of numbers says as a whole. Pure arithmetic: nothing here fails;
 * the headers say what comes of too few values. Lists are borrowed and left as
 * they are.
 *
 *	double level = stats_huber(values, nr, 1.5 * sigma);
 */
#ifndef STATS_SUMMARY_H
#define STATS_SUMMARY_H

#include "base/compat.h"

/* NAN of nothing. */
double stats_mean(const double *values, size_t nr);
/* The sample variance and standard deviation, over nr - 1; 0 of fewer than two values. */
double stats_variance(const double *values, size_t nr);
double stats_sd(const double *values, size_t nr);
/* The middle value, or the mean of both; NAN of nothing. */
double stats_median(const double *values, size_t nr);
/*
 * The median distance from the median, raw: times 1.4826 it is the standard
 * deviation of a normal distribution.
 */
double stats_mad(const double *values, size_t nr);
/*
 * Huber's estimate of the location (P. J. Huber, Annals of Mathematical
 * Statistics 35, 1964): as the mean, but what lies further than `bound` from
 * the result pulls no harder than `bound`. Three steps from the median, which
 * is what one boot's few samples need. The mean of fewer than three values,
 * and of any when `bound` is 0 or less.
 */
double stats_huber(const double *values, size_t nr, double bound);

/* The variance within groups, pooled, for any number of groups; add them one by one. */
struct stats_within {
	/* Distances from their group's median. */
	double *residuals;
	size_t nr, alloc;
	/* Values minus groups. */
	size_t freedom;
};

void stats_within_add(struct stats_within *within, const double *values, size_t nr);
/*
 * The standard deviation within the groups: residuals are cut at 4.8 times
 * their median, which is three standard deviations or so, so that an outlier
 * does not count for more. 0 without a group of at least two.
 */
double stats_within_sd(const struct stats_within *within);
void stats_within_release(struct stats_within *within);

#endif
