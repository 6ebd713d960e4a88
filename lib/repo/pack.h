/*
 * Private to lib/repo/: one pack and its index (version 2), mapped and
 * searched as they lie on disk (gitformat-pack(5)). Nothing is believed:
 * every number is held against the size of the file it comes from.
 *
 * Mapped pages that were looked at count as memory of this process, so the
 * pages are given back to the system whenever more than PACK_RESIDENT bytes
 * of all packs may be resident.
 */
#ifndef REPO_PACK_H
#define REPO_PACK_H

#include "repo/oid.h"

#define PACK_RESIDENT ((size_t)96 << 20)

/* A file, and which of its regions were looked at since pages were given back. */
struct mapping {
	const unsigned char *data;
	size_t len;
	uint64_t *seen;
};

struct pack {
	struct mapping index;
	struct mapping data;
	/* How many more bytes of both may be resident since somebody last cleared this. */
	size_t fresh;
	uint32_t nr;
	size_t rawlen;
	/* In `index`: sorted ids, 32-bit offsets, 64-bit offsets. */
	const unsigned char *ids;
	const unsigned char *offsets;
	const unsigned char *large_offsets;
	size_t nlarge;
};

enum pack_type {
	PACK_COMMIT = 1,
	PACK_TREE = 2,
	PACK_BLOB = 3,
	PACK_TAG = 4,
	PACK_OFS_DELTA = 6,
	PACK_REF_DELTA = 7,
};

/* The head of an object in a pack. */
struct pack_entry {
	enum pack_type type;
	/* Of the object, or of the delta. */
	size_t size;
	/* Where the compressed bytes begin. */
	uint64_t at;
	/* Where the base of a delta lies. */
	uint64_t base;
};

/* `index_path` ends in ".idx". Returns 0, or -1 when this is no pack that we can read. */
int pack_open(struct pack *pack, const char *index_path, size_t rawlen) MUST_CHECK;
void pack_close(struct pack *pack);
/* Returns 1 and where the object lies, or 0. */
int pack_find(struct pack *pack, const struct oid *id, uint64_t *offset);
/* Returns 0, or -1 when there is no well-formed object. */
int pack_entry_at(struct pack *pack, uint64_t offset, struct pack_entry *entry) MUST_CHECK;

/* Notes that `len` bytes of the pack from `at` on were looked at. */
void pack_touch(struct pack *pack, uint64_t at, size_t len);
/* Gives all pages back; they come again when they are looked at. */
void pack_drop_pages(struct pack *pack);

#endif
