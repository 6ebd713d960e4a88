/*
 * Private to lib/repo/: unpacked objects by where they lie, least recently
 * used out first. Versions of one file are packed as deltas of each other, so
 * whoever reads one version will soon need its neighbours.
 *
 *	e = base_entry_new(size), then fill e->data	owned by the caller
 *	base_cache_add(cache, e)			owned by the cache
 *	e = base_cache_find(cache, pack, offset)	NULL when it is not there
 *
 * An entry is good until the next base_cache_add(); the one added last stays
 * then too, whatever its size.
 */
#ifndef REPO_BASECACHE_H
#define REPO_BASECACHE_H

#include "repo/repo.h"

struct base_entry {
	struct base_entry *next, *newer, *older;
	/* Where it lies. */
	uint32_t pack;
	enum object_kind kind;
	uint64_t offset;
	size_t size;
	/* `size` bytes and a NUL. */
	char data[];
};

struct base_cache {
	struct base_entry **slots;
	struct base_entry *newest, *oldest;
	/* Bytes held, and how many may be. */
	size_t bytes;
	size_t limit;
};

void base_cache_init(struct base_cache *cache, size_t limit);
void base_cache_release(struct base_cache *cache);
/* NULL when there is no memory for so much. */
struct base_entry *base_entry_new(size_t size);
void base_cache_add(struct base_cache *cache, struct base_entry *entry);
struct base_entry *base_cache_find(struct base_cache *cache, uint32_t pack, uint64_t offset);

#endif
