/*
 * The time, in seconds: monotonic for durations, wall for what is shown and
 * stored. Nothing else in the project asks the system for either.
 *
 *	double start = clock_monotonic();
 *	...
 *	double took = clock_monotonic() - start;
 *
 * Both can be fixed, so that tests see the same bytes every time: by
 * clock_fix(), or for a whole program by GIT_TEST_PERF_CLOCK=<wall seconds>.
 * What is fixed stands still until clock_advance(). Deadlines of children
 * (base/job.h) go by the real clock all the same.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include "base/compat.h"

/* Seconds since some point in the past; does not count while the system is suspended. */
double clock_monotonic(void);
/* Seconds since 1970-01-01 UTC. */
double clock_wall(void);
/* Seconds that the system has been suspended since it was started; 0 while the clock is fixed. */
double clock_suspended(void);

/* For tests. */
void clock_fix(double wall, double monotonic);
void clock_advance(double seconds);
void clock_unfix(void);

/* The real monotonic clock, fixed or not; for deadlines. */
double clock_real(void);

#endif
