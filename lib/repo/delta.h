/*
 * Private to lib/repo/: git's binary deltas, as packs hold them
 * (gitformat-pack(5)). Everything is checked: a delta may come from anyone.
 */
#ifndef REPO_DELTA_H
#define REPO_DELTA_H

#include "base/compat.h"

/*
 * Reads the sizes in front of a delta: of the base that it wants, of the
 * result that it makes. Returns where its instructions begin, 0 when it is
 * malformed.
 */
size_t delta_sizes(const unsigned char *delta, size_t len, uint64_t *base_size, uint64_t *result_size);

/*
 * Carries the instructions out; `size` is what delta_sizes() said of the
 * result, and all of `out` is written. Returns 0, or -1 when it is malformed.
 */
int delta_apply(const char *base, size_t base_size, const unsigned char *at, const unsigned char *end,
		char *out, size_t size);

#endif
