/*
 * A profile: which functions were hot, how hot, and in which file they are
 * said to be. CSV with the columns function, samples, sys_percent, file_path,
 * by name and in any order; other columns are ignored.
 */
#ifndef PROFILE_PROFILE_H
#define PROFILE_PROFILE_H

#include "base/compat.h"

#define PROFILE_BYTES_MAX ((size_t)256 << 20)
#define PROFILE_ROWS_MAX 2000000

struct profile_row {
	char *function;
	/* Cleaned: no "./", no doubled slashes; "" where the CSV has none. */
	char *path;
	/* 0 where the column is absent. */
	uint64_t samples;
	/* Share of all samples, 0 to 100, as given; -1 where the column is absent. */
	double percent;
	size_t line;
};

struct profile {
	/* The name for messages: the file's, or "standard input". Owned. */
	char *name;
	struct profile_row *rows;
	size_t nr;
	size_t alloc;
	/* A sys_percent column was there. */
	bool has_percent;
};

#define PROFILE_INIT         \
	{                    \
		.rows = NULL \
	}

/*
 * Reads `path` ("-": standard input). Errors name file, line and what was
 * expected: no such column, not a number, negative, above 100 %, a path that
 * is absolute or leaves the tree (".."), no rows, too many rows.
 */
int profile_read(struct profile *profile, const char *path) MUST_CHECK;
int profile_parse(struct profile *profile, const char *text, size_t len, const char *name) MUST_CHECK;
void profile_release(struct profile *profile);

/* Share of row `i` in percent: sys_percent, or samples of all samples. */
double profile_share(const struct profile *profile, size_t i);

#endif
