/*
 * Intervals, and two lists of numbers held against each other. `level` is the
 * probability that an interval covers, 0.95 say. An interval of which too
 * little is known is infinite; one of nothing is NAN.
 *
 *	struct stats_comparison c;
 *
 *	stats_compare(base, nbase, trial, ntrial, 0.95, &c);
 *	if (c.relative.low > 0.01)
 *		... trial is at least a percent above base ...
 *
 * Values of one boot are not independent of each other: give one number a
 * boot.
 */
#ifndef STATS_COMPARE_H
#define STATS_COMPARE_H

#include "base/compat.h"

struct stats_interval {
	double value, low, high;
};

/* An estimate with its standard error, and the degrees of freedom behind that (INFINITY: it is known). */
struct stats_estimate {
	double value, se, freedom;
};

struct stats_comparison {
	/* b - a, by Welch (Biometrika 34, 1947): variances may differ. */
	struct stats_interval difference;
	/* b / a - 1, by Fieller. */
	struct stats_interval relative;
	/* The median of all differences of one of b and one of a: outliers do not move it. */
	double hodges_lehmann;
	/* Of a difference at least as large where there is none; two-sided, Welch's t. */
	double p;
};

/* The mean of the list as an estimate; its error is INFINITY when there is one value only. */
struct stats_estimate stats_mean_estimate(const double *values, size_t nr);
struct stats_interval stats_estimate_interval(struct stats_estimate estimate, double level);
struct stats_interval stats_mean_interval(const double *values, size_t nr, double level);
/* b - a of independent estimates; degrees of freedom by Welch and Satterthwaite. */
struct stats_estimate stats_difference(struct stats_estimate a, struct stats_estimate b);
/*
 * b / a - 1 of independent estimates, by Fieller's theorem (Journal of the
 * Royal Statistical Society B 16, 1954), which allows for the error of `a`.
 * Infinite on both sides when `a` itself may be zero.
 */
struct stats_interval stats_relative(struct stats_estimate a, struct stats_estimate b, double level);
/* The median of b[j] - a[i] over all pairs; NAN when either is empty. O(na nb log). */
double stats_hodges_lehmann(const double *a, size_t na, const double *b, size_t nb);
void stats_compare(const double *a, size_t na, const double *b, size_t nb, double level,
		   struct stats_comparison *result);

#endif
