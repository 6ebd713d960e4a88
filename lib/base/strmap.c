#include "base/strmap.h"

/* The size of a block of keys, of the first and of later ones. */
#define BLOCK_MIN 256
#define BLOCK_MAX 65536

struct strmap_entry {
	const char *key;
	uint32_t len;
	uint32_t hash;
};

/* Keys lie one behind the other: a block of malloc's for each would be twice as large. */
struct strmap_block {
	struct strmap_block *next;
	size_t used, size;
	char text[];
};

/* FNV-1a: short keys, no hostile collisions worth fearing in a private map. */
static uint32_t hash_of(const char *key, size_t len)
{
	uint32_t hash = 2166136261u;

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ (unsigned char)key[i]) * 16777619u;
	return hash;
}

void strmap_release(struct strmap *map)
{
	for (struct strmap_block *block = map->blocks, *next; block; block = next) {
		next = block->next;
		free(block);
	}
	free(map->entries);
	free(map->slots);
	*map = (struct strmap)STRMAP_INIT;
}

/* The slot that holds the key, or the free one where it belongs. */
static size_t slot_of(const struct strmap *map, const char *key, size_t len, uint32_t hash)
{
	size_t mask = map->nslots - 1, at = hash & mask;

	while (map->slots[at]) {
		const struct strmap_entry *e = &map->entries[map->slots[at] - 1];

		if (e->hash == hash && e->len == len && !memcmp(e->key, key, len))
			break;
		at = (at + 1) & mask;
	}
	return at;
}

static void grow(struct strmap *map)
{
	map->nslots = map->nslots ? map->nslots * 2 : 64;
	free(map->slots);
	map->slots = xcalloc(map->nslots, sizeof(*map->slots));
	for (size_t i = 0; i < map->nr; i++) {
		const struct strmap_entry *e = &map->entries[i];

		map->slots[slot_of(map, e->key, e->len, e->hash)] = (uint32_t)i + 1;
	}
}

static const char *keep_key(struct strmap *map, const char *key, size_t len)
{
	struct strmap_block *block = map->blocks;
	char *kept;

	if (!block || block->size - block->used <= len) {
		size_t size = block ? 2 * block->size : BLOCK_MIN;

		if (size > BLOCK_MAX)
			size = BLOCK_MAX;
		if (size <= len)
			size = len + 1;
		block = xmalloc(sizeof(*block) + size);
		*block = (struct strmap_block){ .next = map->blocks, .size = size };
		map->blocks = block;
	}
	kept = block->text + block->used;
	if (len)
		memcpy(kept, key, len);
	kept[len] = '\0';
	block->used += len + 1;
	return kept;
}

size_t strmap_intern(struct strmap *map, const char *key, size_t len)
{
	uint32_t hash = hash_of(key, len);
	size_t at;

	if (map->nr * 2 >= map->nslots)
		grow(map);
	at = slot_of(map, key, len, hash);
	if (!map->slots[at]) {
		if (len > UINT32_MAX)
			BUG("a key of %zu bytes", len);
		ALLOC_GROW(map->entries, map->nr + 1, map->alloc);
		map->entries[map->nr] = (struct strmap_entry){ .key = keep_key(map, key, len),
							       .len = (uint32_t)len,
							       .hash = hash };
		map->slots[at] = (uint32_t)++map->nr;
	}
	return map->slots[at] - 1;
}

ssize_t strmap_find(const struct strmap *map, const char *key, size_t len)
{
	size_t at;

	if (!map->nr)
		return -1;
	at = slot_of(map, key, len, hash_of(key, len));
	return (ssize_t)map->slots[at] - 1;
}

const char *strmap_key(const struct strmap *map, size_t id)
{
	if (id >= map->nr)
		BUG("key %zu of %zu", id, map->nr);
	return map->entries[id].key;
}
