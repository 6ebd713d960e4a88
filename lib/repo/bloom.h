/*
 * git's changed-path Bloom filters: a few bits a commit that tell for most
 * paths that the commit certainly did not change them against its first
 * parent (a root commit: against nothing). The arithmetic only; where filters
 * lie is known to repo/graph.h.
 *
 *	struct bloom_key key;
 *
 *	bloom_key_init(&key, path, strlen(path));
 *	if (!bloom_maybe(&filter, &key)) ... the path is unchanged
 *
 * Filters hold every changed file and every directory above one, so a
 * directory's path is as good a key as a file's. Format: BDAT in
 * gitformat-commit-graph(5); MurmurHash3, double hashing.
 */
#ifndef REPO_BLOOM_H
#define REPO_BLOOM_H

#include "base/compat.h"

/*
 * The hashes of a path, made once per path: bytes taken as signed (what
 * filters of version 1 hold when git was built where char is signed) and as
 * unsigned (version 2, and version 1 elsewhere). They differ only for paths
 * with bytes beyond ASCII.
 */
struct bloom_key {
	uint32_t as_signed[2];
	uint32_t as_unsigned[2];
};

struct bloom_filter {
	/* Borrowed. */
	const unsigned char *bits;
	/* How many bits; 0: this commit has no filter, anything may have changed. */
	uint32_t nbits;
	uint32_t nhashes;
	/* 1 or 2. */
	uint32_t version;
};

/* `path` is relative to the root of the tree, without leading or trailing slash. */
void bloom_key_init(struct bloom_key *key, const char *path, size_t len);
/* False: the path certainly did not change. */
bool bloom_maybe(const struct bloom_filter *filter, const struct bloom_key *key);

#endif
