/*
 * Private to lib/repo/: the version number in the name of a release tag.
 *
 *	v6.12		prefix "v", numbers 6 12
 *	v6.13-rc2	prefix "v", numbers 6 13, a pre-release
 *	curl-8_5_0	prefix "curl-", numbers 8 5 0
 *	1.2-stable	numbers 1 2, suffix "-stable"
 *
 * The number is the run of digits with the most parts, the first of equals.
 */
#ifndef REPO_VERSION_H
#define REPO_VERSION_H

#include "base/compat.h"

#define VERSION_PARTS 8

/* In the order in which they come out. */
enum version_stage {
	VERSION_DEV,
	VERSION_ALPHA,
	VERSION_BETA,
	VERSION_PRE,
	VERSION_RC,
	VERSION_RELEASE,
};

struct version {
	/* Borrowed from the name. */
	const char *prefix;
	size_t prefix_len;
	const char *suffix;
	size_t suffix_len;
	uint64_t parts[VERSION_PARTS];
	size_t nr;
	enum version_stage stage;
	/* The 2 of "-rc2". */
	uint64_t stage_nr;
};

/* False when the name holds no version number. */
bool version_parse(struct version *version, const char *name);
/* Same prefix and suffix? */
bool version_same_series(const struct version *a, const struct version *b);
/* The numbers alone; parts that are not there count as 0. */
int version_compare_numbers(const struct version *a, const struct version *b);
/* The numbers, then pre-releases before the release. */
int version_compare(const struct version *a, const struct version *b);

#endif
