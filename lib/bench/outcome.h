/*
 * How a trial ended. Only "measured" can ever become good or bad; a commit is
 * blamed for the three that follow (it is untestable), never for the last.
 *
 * Functions of this module that try something return one of these; anything
 * but OUTCOME_MEASURED comes with one recorded sentence (base/error.h).
 */
#ifndef BENCH_OUTCOME_H
#define BENCH_OUTCOME_H

enum outcome {
	/* Also: the step succeeded. */
	OUTCOME_MEASURED = 0,
	OUTCOME_BUILD_FAILED,
	OUTCOME_BOOT_FAILED,
	OUTCOME_BENCH_FAILED,
	/* The connection, the machine, this computer; worth another try. */
	OUTCOME_INFRASTRUCTURE,
};

/* "measured", "build-failed", "boot-failed", "bench-failed", "infrastructure". */
const char *outcome_name(enum outcome outcome);
/* -1 when `name` is none. */
int outcome_parse(const char *name);

#endif
