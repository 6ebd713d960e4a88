/*
 * A profile: which functions were hot, how hot, and in which file they are
 * said to be. CSV with the columns function, samples, sys_percent, file_path,
 * by name and in any order; other columns are ignored.
 *
 * Names compare without case, and may also be symbol (function), percent or
 * overhead (sys_percent; a "%" may follow the number), file or path
 * (file_path). function and one of samples and sys_percent must be there.
 * What compilers append to a function (.isra.0, .constprop.0, .cold, ...) is
 * taken off; rows of the same function and path are summed.
 */
#ifndef PROFILE_PROFILE_H
#define PROFILE_PROFILE_H

#include "base/compat.h"

#define PROFILE_BYTES_MAX ((size_t)256 << 20)
#define PROFILE_ROWS_MAX 2000000
/* What a double holds exactly, so that shares are right. */
#define PROFILE_SAMPLES_MAX ((uint64_t)1 << 53)

struct profile_row {
	char *function;
	/* Cleaned: no "./", no doubled slashes; "" where the CSV has none. */
	char *path;
	/* 0 where the column is absent. */
	uint64_t samples;
	/* Share of all samples, 0 to 100, as given; -1 where the column is absent. */
	double percent;
	/* Where the first row of this function and path begins. */
	size_t line;
};

struct profile {
	/* The name for messages: the file's, or "standard input". Owned. */
	char *name;
	/* In the order of the file. */
	struct profile_row *rows;
	size_t nr;
	size_t alloc;
	/* Of all rows. */
	uint64_t samples;
	/* A sys_percent column was there. */
	bool has_percent;
};

#define PROFILE_INIT         \
	{                    \
		.rows = NULL \
	}

/*
 * Reads `path` ("-": standard input) as it comes, so that only rows take
 * memory. Errors name file, line and what was expected: no such column, not a
 * number, negative, above 100 %, a path that is absolute or leaves the tree
 * (".."), no rows, too many rows.
 */
int profile_read(struct profile *profile, const char *path) MUST_CHECK;
int profile_parse(struct profile *profile, const char *text, size_t len, const char *name) MUST_CHECK;
void profile_release(struct profile *profile);

/* Share of row `i` in percent: sys_percent, or samples of all samples. */
double profile_share(const struct profile *profile, size_t i);

#endif
