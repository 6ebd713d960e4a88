/*
 * Cuts a range at the release tags between its ends, so that each release is
 * ranked on its own before all are ranked together: v6.12..v6.17 becomes
 * v6.12..v6.13, v6.13..v6.14, ... Chunks are disjoint and sum to the range:
 * a commit belongs to the first chunk whose tip reaches it.
 */
#ifndef REPO_CHUNK_H
#define REPO_CHUNK_H

#include "repo/range.h"

enum chunk_mode {
	/* Release tags of the series of the ends: v6.13, v6.14, no -rc. */
	CHUNK_TAGS,
	/* Pre-releases as well: v6.13-rc1, v6.13-rc2, ... */
	CHUNK_RC,
	/* The range is one chunk. */
	CHUNK_NONE,
	/* Pieces of `size` commits, in the order of the list. */
	CHUNK_SIZE,
};

struct chunk {
	/* Names of the ends ("v6.13", an id's first 12 digits); owned. */
	char *from;
	char *to;
	/* How many commits of the range it has, merges included. */
	size_t nr;
};

struct chunks {
	struct chunk *v;
	size_t nr;
	size_t alloc;
	/* For each commit of the range (same index) the chunk it is in. */
	uint32_t *of;
};

#define CHUNKS_INIT       \
	{                 \
		.v = NULL \
	}

/*
 * What a user types for a mode: "tags", "rc", "none" (NULL is the same), or a
 * number above 0, which is the size. Returns 0, or -1 with a recorded error.
 */
int chunk_parse(const char *word, enum chunk_mode *mode, size_t *size) MUST_CHECK;

/*
 * Tags of a series share prefix and suffix around a dotted version number
 * (v6.12 and v6.17; 22.11 and 23.03), and the number of its parts with one of
 * the ends; those between the ends' versions cut. One end that is a tag is
 * enough (v6.12..HEAD); when none is, or the ends are of two series, the
 * range is one chunk. Between two pre-releases of one version (v2.4-dev3,
 * v2.4-dev6) those of that version cut even with CHUNK_TAGS. Chunks without a
 * commit are left out. `size` counts for CHUNK_SIZE only. `chunks` is to be
 * released even after an error.
 */
int chunks_make(struct repo *repo, const struct range *range, enum chunk_mode mode, size_t size,
		struct chunks *chunks) MUST_CHECK;
void chunks_release(struct chunks *chunks);

#endif
