/*
 * Private to lib/repo/: what git's trees say of a trie's nodes.
 *
 * An entry is what lies at one path in one commit: a byte for its kind
 * (enum touch_kind), then the raw id; all zero stands for "nothing". The
 * entries of a node's children in one tree are a block, ordered by slot. A
 * block is made once for each (node, tree id), and stays where it is until
 * blocks_release(), so entries are passed around as pointers.
 */
#ifndef REPO_BLOCK_H
#define REPO_BLOCK_H

#include "repo/memo.h"
#include "repo/repo.h"
#include "repo/touch.h"
#include "repo/trie.h"

struct blocks {
	struct repo *repo;
	const struct trie *trie;
	struct memo memo;
	size_t entry_size;
	/* A block of nothing, as large as any; its first entry is the entry of nothing. */
	unsigned char *absent;
	/* A block in the making. */
	unsigned char *scratch;
	size_t trees_read;
	size_t commits_read;
};

void blocks_init(struct blocks *blocks, struct repo *repo, const struct trie *trie);
void blocks_release(struct blocks *blocks);

/* The block of a node's children in what `entry` is; NULL with a recorded error. */
const unsigned char *blocks_get(struct blocks *blocks, uint32_t node, const unsigned char *entry);
/* The same without opening any object: NULL when the block is not known. */
const unsigned char *blocks_known(const struct blocks *blocks, uint32_t node, const unsigned char *entry);

/* Fills in the entry of the root tree that a commit object names. */
int blocks_root(struct blocks *blocks, const struct oid *commit, unsigned char *entry) MUST_CHECK;

static inline const unsigned char *block_entry(const struct blocks *blocks, const unsigned char *block,
					       uint32_t node)
{
	return block + blocks->trie->nodes[node].slot * blocks->entry_size;
}

static inline bool same_entry(const struct blocks *blocks, const unsigned char *a, const unsigned char *b)
{
	return a == b || !memcmp(a, b, blocks->entry_size);
}

static inline void put_entry(unsigned char *entry, enum touch_kind kind, const void *id, size_t rawlen)
{
	entry[0] = (unsigned char)kind;
	memcpy(entry + 1, id, rawlen);
}

#endif
