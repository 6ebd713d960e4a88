#include "repo/basecache.h"

/* Chains stay short: entries of 1 KB on average fill the cache with as many. */
#define SLOT_BITS 16

static size_t slot_of(uint32_t pack, uint64_t offset)
{
	/* Fibonacci hashing. */
	return (size_t)((offset * 31 + pack) * UINT64_C(0x9e3779b97f4a7c15) >> (64 - SLOT_BITS));
}

static size_t weight(const struct base_entry *e)
{
	return sizeof(*e) + e->size;
}

/* Entries above this share of the limit would push too much out: first to go. */
static bool is_big(const struct base_cache *cache, const struct base_entry *e)
{
	return weight(e) > cache->limit / 8;
}

void base_cache_init(struct base_cache *cache, size_t limit)
{
	*cache = (struct base_cache){ .limit = limit };
	cache->slots = xcalloc((size_t)1 << SLOT_BITS, sizeof(struct base_entry *));
}

void base_cache_release(struct base_cache *cache)
{
	for (struct base_entry *e = cache->newest, *older; e; e = older) {
		older = e->older;
		free(e);
	}
	free(cache->slots);
	*cache = (struct base_cache){ 0 };
}

struct base_entry *base_entry_new(size_t size)
{
	size_t bytes;

	if (__builtin_add_overflow(size, sizeof(struct base_entry) + 1, &bytes))
		return NULL;
	return malloc(bytes);
}

static void unlink_entry(struct base_cache *cache, struct base_entry *e)
{
	if (e->newer)
		e->newer->older = e->older;
	else
		cache->newest = e->older;
	if (e->older)
		e->older->newer = e->newer;
	else
		cache->oldest = e->newer;
}

static void link_newest(struct base_cache *cache, struct base_entry *e)
{
	e->newer = NULL;
	e->older = cache->newest;
	if (e->older)
		e->older->newer = e;
	else
		cache->oldest = e;
	cache->newest = e;
}

static void link_oldest(struct base_cache *cache, struct base_entry *e)
{
	e->older = NULL;
	e->newer = cache->oldest;
	if (e->newer)
		e->newer->older = e;
	else
		cache->newest = e;
	cache->oldest = e;
}

static void drop_oldest(struct base_cache *cache)
{
	struct base_entry *e = cache->oldest;
	struct base_entry **at = &cache->slots[slot_of(e->pack, e->offset)];

	while (*at != e)
		at = &(*at)->next;
	*at = e->next;
	cache->oldest = e->newer;
	if (cache->oldest)
		cache->oldest->older = NULL;
	else
		cache->newest = NULL;
	cache->bytes -= weight(e);
	free(e);
}

void base_cache_add(struct base_cache *cache, struct base_entry *e)
{
	size_t slot = slot_of(e->pack, e->offset);
	bool big = is_big(cache, e);

	/* A big one may stand above the limit; it goes with the next. */
	while (cache->oldest && cache->bytes + (big ? 0 : weight(e)) > cache->limit)
		drop_oldest(cache);
	e->next = cache->slots[slot];
	cache->slots[slot] = e;
	cache->bytes += weight(e);
	if (big)
		link_oldest(cache, e);
	else
		link_newest(cache, e);
}

struct base_entry *base_cache_find(struct base_cache *cache, uint32_t pack, uint64_t offset)
{
	struct base_entry *e = cache->slots[slot_of(pack, offset)];

	while (e && (e->offset != offset || e->pack != pack))
		e = e->next;
	if (e && e != cache->newest && !is_big(cache, e)) {
		unlink_entry(cache, e);
		link_newest(cache, e);
	}
	return e;
}
