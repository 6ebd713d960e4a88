/*
 * Rows on their way into a profile: readers hand over function, path and
 * numbers in any order, and rows of the same function and path become one.
 *
 *	struct build build = { .profile = profile };
 *
 *	if (build_row(&build, function, len, path, &add))
 *		... an error without the line is recorded ...
 *	build_release(&build);
 *
 * What compilers append to a function (.isra.0, .cold, ...) is taken off.
 * Errors: more than PROFILE_ROWS_MAX rows, more than PROFILE_SAMPLES_MAX samples.
 */
#ifndef PROFILE_BUILD_H
#define PROFILE_BUILD_H

#include "profile/profile.h"

struct build {
	struct profile *profile;
	/* How many rows were handed over. */
	size_t rows;
	/* Open addressing over profile->rows, by function and path. */
	struct build_slot *slots;
	size_t nslots;
};

/* Of `add`, samples, percent, children, line and calls count; calls are taken over, or freed on failure. */
int build_row(struct build *build, const char *function, size_t len, const char *path,
	      const struct profile_row *add) MUST_CHECK;
void build_release(struct build *build);

#endif
