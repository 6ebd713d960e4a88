/*
 * Remembers a block of bytes for each (node, object id): what a tree says of
 * a trie node's children. Blocks never move, and live as long as the memo.
 *
 *	struct memo memo;
 *
 *	memo_init(&memo, repo->rawlen);
 *	block = memo_find(&memo, node, id);
 *	if (!block)
 *		block = memo_add(&memo, node, id, size);
 *	memo_release(&memo);
 */
#ifndef REPO_MEMO_H
#define REPO_MEMO_H

#include "base/compat.h"

struct memo {
	struct memo_record **slots;
	size_t nslots;
	size_t nr;
	/* Memory that records are cut from; freed as a list. */
	struct memo_chunk *chunks;
	size_t left;
	size_t rawlen;
};

void memo_init(struct memo *memo, size_t rawlen);
void memo_release(struct memo *memo);
/* Borrowed; NULL when nothing is remembered. `id` is `rawlen` bytes. */
const unsigned char *memo_find(const struct memo *memo, uint32_t node, const unsigned char *id);
/* A zeroed block of `size` bytes for a pair that is not there yet. */
unsigned char *memo_add(struct memo *memo, uint32_t node, const unsigned char *id, size_t size);

#endif
