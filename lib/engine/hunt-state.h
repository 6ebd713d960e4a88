/*
 * Private to lib/engine/: sums over the suite, for hunt-decide.c and
 * hunt-calibrate.c.
 */
#ifndef ENGINE_HUNT_STATE_H
#define ENGINE_HUNT_STATE_H

#include "engine/hunt.h"

/* Of the suite in one round, without what is held out; `seconds` is one of the pairs' lists. */
double hunt_total(const struct hunt_pairs *pairs, const double *seconds, size_t round);
/* log(candidate / base) of the totals of the first `nr` rounds, into d. */
void hunt_log_ratios(const struct hunt_pairs *pairs, size_t nr, double *d);

#endif
