#include "base/clock.h"

#include <math.h>
#include <time.h>

static struct {
	bool asked, fixed;
	double wall, monotonic;
} state;

static double read_clock(clockid_t id)
{
	struct timespec now;

	if (clock_gettime(id, &now))
		return 0;
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Is the time fixed? Asks the environment once. */
static bool is_fixed(void)
{
	const char *text;
	char *end;
	double wall;

	if (state.asked)
		return state.fixed;
	state.asked = true;
	text = getenv("GIT_TEST_PERF_CLOCK");
	if (text && *text) {
		wall = strtod(text, &end);
		if (!*end && isfinite(wall))
			clock_fix(wall, 0);
	}
	return state.fixed;
}

double clock_real(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

double clock_monotonic(void)
{
	return is_fixed() ? state.monotonic : clock_real();
}

double clock_wall(void)
{
	return is_fixed() ? state.wall : read_clock(CLOCK_REALTIME);
}

double clock_suspended(void)
{
	/* The two are read one after the other: microseconds apart. */
	return is_fixed() ? 0 : read_clock(CLOCK_BOOTTIME) - read_clock(CLOCK_MONOTONIC);
}

void clock_fix(double wall, double monotonic)
{
	state.asked = state.fixed = true;
	state.wall = wall;
	state.monotonic = monotonic;
}

void clock_advance(double seconds)
{
	state.wall += seconds;
	state.monotonic += seconds;
}

void clock_unfix(void)
{
	state.asked = true;
	state.fixed = false;
}
