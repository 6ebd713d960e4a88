/*
 * Distributions, through the GNU Scientific Library: this is the only door to
 * it. Its error handler, which aborts, is turned off; what it cannot compute
 * is NAN here. `p` is the probability below the quantile.
 *
 *	half = stats_t_quantile(0.975, nr - 1) * se;
 */
#ifndef STATS_QUANTILE_H
#define STATS_QUANTILE_H

#include "base/compat.h"

/* NAN unless 0 <= p <= 1 and degrees of freedom are above 0; the ends are infinite. */
double stats_normal_quantile(double p);
double stats_t_quantile(double p, double freedom);
double stats_f_quantile(double p, double freedom1, double freedom2);
/* Probabilities below x; NAN of NAN. */
double stats_normal_below(double x);
double stats_t_below(double x, double freedom);
double stats_f_below(double x, double freedom1, double freedom2);

#endif
