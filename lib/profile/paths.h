/*
 * The profile's paths held against a tree: which exist, and what is near
 * those that do not (same file name elsewhere, else the nearest spelling).
 */
#ifndef PROFILE_PATHS_H
#define PROFILE_PATHS_H

#include "profile/profile.h"
#include "repo/repo.h"

struct profile_path {
	/* Borrowed from the profile. */
	const char *path;
	/* Best row share and number of rows that name it. */
	double share;
	size_t rows;
	bool exists;
	/* Up to three nearest paths of the tree, owned, when it does not exist. */
	char *near[3];
	size_t nnear;
};

struct profile_paths {
	/* Distinct paths in byte order. */
	struct profile_path *v;
	size_t nr;
};

#define PROFILE_PATHS_INIT \
	{                  \
		.v = NULL  \
	}

/*
 * Looks up every distinct path in the tree of `commit` (a directory counts as
 * existing). The tree is listed only when some are missing, and once; near
 * ones are sought for the thousand hottest of them. `profile` must live as
 * long as `paths`. Returns 0, or -1 with a recorded error; profile_paths_release()
 * may follow either.
 */
int profile_paths_check(const struct profile *profile, struct repo *repo, const struct oid *commit,
			struct profile_paths *paths) MUST_CHECK;
void profile_paths_release(struct profile_paths *paths);

#endif
