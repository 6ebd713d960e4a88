#include "repo/memo.h"

#define CHUNK_MIN ((size_t)64 << 10)
#define CHUNK_MAX ((size_t)4 << 20)

struct memo_record {
	uint32_t node;
	/* The id, then the block. */
	unsigned char bytes[];
};

struct memo_chunk {
	struct memo_chunk *next;
	size_t size;
	unsigned char bytes[];
};

void memo_init(struct memo *memo, size_t rawlen)
{
	*memo = (struct memo){ .rawlen = rawlen, .nslots = 1024 };
	memo->slots = xcalloc(memo->nslots, sizeof(struct memo_record *));
}

void memo_release(struct memo *memo)
{
	while (memo->chunks) {
		struct memo_chunk *next = memo->chunks->next;

		free(memo->chunks);
		memo->chunks = next;
	}
	free(memo->slots);
	*memo = (struct memo){ 0 };
}

/* The slot that holds the pair, or the free one where it belongs. */
static size_t slot_of(const struct memo *memo, uint32_t node, const unsigned char *id)
{
	size_t mask = memo->nslots - 1, at = (get_be32(id) ^ node * 0x9e3779b1u) & mask;
	const struct memo_record *record;

	while ((record = memo->slots[at])) {
		if (record->node == node && !memcmp(record->bytes, id, memo->rawlen))
			break;
		at = (at + 1) & mask;
	}
	return at;
}

static void grow(struct memo *memo)
{
	struct memo_record **old = memo->slots;
	size_t nr = memo->nslots;

	memo->nslots *= 2;
	memo->slots = xcalloc(memo->nslots, sizeof(struct memo_record *));
	for (size_t i = 0; i < nr; i++)
		if (old[i])
			memo->slots[slot_of(memo, old[i]->node, old[i]->bytes)] = old[i];
	free(old);
}

const unsigned char *memo_find(const struct memo *memo, uint32_t node, const unsigned char *id)
{
	const struct memo_record *record = memo->slots[slot_of(memo, node, id)];

	return record ? record->bytes + memo->rawlen : NULL;
}

/* Chunks are zero, and are used from their end, which keeps the sum simple. */
static struct memo_record *cut(struct memo *memo, size_t size)
{
	size = (size + 7) & ~(size_t)7;
	if (size > memo->left) {
		size_t want = memo->chunks ? memo->chunks->size * 2 : CHUNK_MIN;
		struct memo_chunk *chunk;

		if (want > CHUNK_MAX)
			want = CHUNK_MAX;
		if (want < size)
			want = size;
		chunk = xcalloc(1, sizeof(*chunk) + want);
		chunk->size = want;
		chunk->next = memo->chunks;
		memo->chunks = chunk;
		memo->left = want;
	}
	memo->left -= size;
	return (struct memo_record *)(memo->chunks->bytes + memo->left);
}

unsigned char *memo_add(struct memo *memo, uint32_t node, const unsigned char *id, size_t size)
{
	struct memo_record *record;

	if (memo->nr * 4 >= memo->nslots * 3)
		grow(memo);
	record = cut(memo, sizeof(*record) + memo->rawlen + size);
	record->node = node;
	memcpy(record->bytes, id, memo->rawlen);
	memo->slots[slot_of(memo, node, id)] = record;
	memo->nr++;
	return record->bytes + memo->rawlen;
}
