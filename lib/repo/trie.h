/*
 * A set of paths as a tree of their components, in the shape that a walk
 * over git's trees wants: nodes in pre-order, so that a subtree is a run of
 * nodes, and a fast answer to "is this tree entry one of my children?".
 *
 *	struct trie *trie = trie_new(paths, nr);
 *
 *	for (kid = node + 1; kid < trie->nodes[node].skip; kid = trie->nodes[kid].skip)
 *		... trie->nodes[kid].slot: 0, 1, 2, ...
 *	trie_free(trie);
 *
 * A path may be wanted and lie above other paths at once, and may be given
 * more than once. The empty path is the root, node 0.
 */
#ifndef REPO_TRIE_H
#define REPO_TRIE_H

#include "repo/bloom.h"

struct trie_node {
	/* The component; borrowed from the path, not NUL-terminated. */
	const char *name;
	uint32_t len;
	/* The first node behind this one's subtree. */
	uint32_t skip;
	/* The root is its own. */
	uint32_t parent;
	/* Place among its parent's children, and how many it has itself. */
	uint32_t slot;
	uint32_t nkids;
	/* The paths that end here: trie->wanted[wants .. wants + nwants). */
	uint32_t wants;
	uint32_t nwants;
	/* Its children by name: trie->buckets[buckets .. buckets + bucket_mask]. */
	uint32_t buckets;
	uint32_t bucket_mask;
	struct bloom_key key;
};

struct trie {
	struct trie_node *nodes;
	size_t nr;
	size_t alloc;
	/* Indexes into the paths that were given. */
	uint32_t *wanted;
	/* Nodes; 0 is an empty bucket, as the root is nobody's child. */
	uint32_t *buckets;
	/* The largest nkids. */
	uint32_t kids_max;
};

/* `paths` (without leading or trailing slash) are borrowed until trie_free(). */
struct trie *trie_new(const char *const *paths, size_t nr);
void trie_free(struct trie *trie);

/* How many words a set of nodes takes: node n is bit n % 64 of word n / 64. */
static inline size_t trie_words(const struct trie *trie)
{
	return (trie->nr + 63) / 64;
}

/*
 * Adds to `nodes` every node with a path below it that a commit with this
 * filter may have changed against its first parent. False: there is none.
 * The filter has bits, and the empty path is not wanted: no filter tells of it.
 */
bool trie_maybe_changed(const struct trie *trie, const struct bloom_filter *filter, uint64_t *nodes);

static inline uint32_t trie_bucket(const char *name, size_t len)
{
	return (unsigned char)name[0] * 31u + (unsigned char)name[len - 1] * 7u + (uint32_t)len;
}

/* The child of `node` with that name (at least one byte), or 0. */
static inline uint32_t trie_kid(const struct trie *trie, const struct trie_node *node, const char *name,
				size_t len)
{
	uint32_t at = trie_bucket(name, len), kid;

	while ((kid = trie->buckets[node->buckets + (at & node->bucket_mask)])) {
		if (trie->nodes[kid].len == len && !memcmp(trie->nodes[kid].name, name, len))
			return kid;
		at++;
	}
	return 0;
}

#endif
