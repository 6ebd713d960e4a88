/*
 * Tracing by area, as git's: GIT_TRACE_PERF_<AREA> is unset, 0 or false
 * (off), 1, 2 or true (stderr), or an absolute path (appended to). Anything
 * else, and a file that cannot be opened, is off: a trace never gets in the way.
 *
 *	static struct trace_key trace_run = TRACE_KEY("RUN");
 *
 *	trace_printf(&trace_run, "%s: %.3f s", what, seconds);
 */
#ifndef BASE_TRACE_H
#define BASE_TRACE_H

#include "base/compat.h"

struct trace_key {
	const char *area;
	int fd;
	/* Opened since the last trace_forget(). */
	unsigned opened;
};

#define TRACE_KEY(name)                  \
	{                                \
		.area = (name), .fd = -1 \
	}

bool trace_on(struct trace_key *key);
/* One line with the area in front; control bytes escaped. */
void trace_printf(struct trace_key *key, const char *fmt, ...) FORMAT_PRINTF(2, 3);
/* In a fork of this process whose descriptors were closed: all are opened again. */
void trace_forget(void);
/* Seconds of CPU time (user and system) of this process and of its reaped children; for traces. */
double trace_cpu_seconds(void);

#endif
