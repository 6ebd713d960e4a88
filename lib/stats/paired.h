/*
 * What paired differences say of their centre: runs of two versions side by
 * side, one difference a pair. An outlier counts for one pair, no more.
 *
 *	struct stats_interval i = stats_paired(differences, nr, 2.5);
 *
 *	if (i.high < 0)
 *		... below 0, at 2.5 standard errors ...
 *
 * The estimate is that of Hodges and Lehmann (Annals of Mathematical Statistics
 * 34, 1963), the interval that of Tukey around it, as in Hollander, Wolfe and
 * Chicken, "Nonparametric Statistical Methods" (third edition, 2014), sections
 * 3.2 and 3.3. With the M = nr (nr + 1) / 2 Walsh averages
 * (d[i] + d[j]) / 2, i <= j, in order, W(1) to W(M):
 *
 *	estimate	their median
 *	C		nr (nr + 1) / 4 - z sqrt(nr (nr + 1) (2 nr + 1) / 24), rounded down
 *	interval	W(C) to W(M + 1 - C)
 *
 * C is where the normal distribution puts the tail of Wilcoxon's signed rank
 * statistic. Rounded down, and without a correction for continuity, the interval
 * is wider than z says while there are few pairs: with z = 2.5, which is 0.0124
 * for both sides, it misses the centre with 0.0039 (10 pairs), 0.0112 (48).
 *
 * The differences have to be symmetric around what is asked for, as those of
 * pairs in random order are. Equal ones and zeros need no special care here, as
 * they do in the test of ranks: they only make the interval wider.
 */
#ifndef STATS_PAIRED_H
#define STATS_PAIRED_H

#include "stats/compare.h"

/*
 * `z` is at least 0; differences are numbers. Infinite on both sides where C is below 1 (fewer
 * than 9 pairs at z = 2.5); NAN of nothing. O(nr^2 log nr).
 */
struct stats_interval stats_paired(const double *differences, size_t nr, double z);

#endif
