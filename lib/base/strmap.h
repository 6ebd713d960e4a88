/*
 * A map from strings to numbers, and thereby a way to give every distinct
 * string a small number of its own ("interning").
 *
 *	struct strmap map = STRMAP_INIT;
 *	size_t id = strmap_intern(&map, name, len);	0, 1, 2, ... by first sight
 *	ssize_t found = strmap_find(&map, name, len);	-1 when unknown
 *	const char *name = strmap_key(&map, id);
 *
 * Keys are copied into the map and live as long as it does; look-up is O(1)
 * and its order never depends on addresses, so output stays deterministic.
 */
#ifndef BASE_STRMAP_H
#define BASE_STRMAP_H

#include "base/compat.h"

struct strmap {
	struct strmap_entry *entries;
	uint32_t *slots;
	struct strmap_block *blocks;
	size_t nr;
	size_t alloc;
	size_t nslots;
};

#define STRMAP_INIT             \
	{                       \
		.entries = NULL \
	}

void strmap_release(struct strmap *map);
size_t strmap_intern(struct strmap *map, const char *key, size_t len);
ssize_t strmap_find(const struct strmap *map, const char *key, size_t len);
/* Borrowed; NUL-terminated. */
const char *strmap_key(const struct strmap *map, size_t id);

static inline ssize_t strmap_get(const struct strmap *map, const char *key)
{
	return strmap_find(map, key, strlen(key));
}

#endif
