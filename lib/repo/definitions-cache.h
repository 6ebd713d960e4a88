/*
 * Private to lib/repo/: where the indexes of definitions are kept, below the
 * repository's common directory. Nothing here fails: what cannot be kept is
 * done without. The folder must be one of ours, no link and nobody else's.
 */
#ifndef REPO_DEFINITIONS_CACHE_H
#define REPO_DEFINITIONS_CACHE_H

#include "repo/definitions-image.h"

/* Maps and checks the index of `tree`; false where there is no sound one. */
bool cache_open(const struct repo *repo, const struct oid *tree, struct map *map, struct image *image);
/* The same for the one that was used last, of whatever tree. */
bool cache_open_last(const struct repo *repo, struct map *map, struct image *image);
/*
 * A file without a name to write an index to: in the folder where possible,
 * else in memory. -1 with a recorded error where there is neither.
 */
int cache_file(const struct repo *repo) MUST_CHECK;
/* Gives what such a file holds its name, and removes the oldest ones. */
void cache_keep(const struct repo *repo, const struct oid *tree, int fd);

#endif
