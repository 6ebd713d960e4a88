#include "repo/trie.h"

/* The end sorts first, then the slash: whatever lies below a path follows it at once. */
static unsigned rank(char c)
{
	if (!c)
		return 0;
	return c == '/' ? 1 : (unsigned char)c + 1u;
}

static int compare_paths(const char *a, const char *b)
{
	while (*a && *a == *b) {
		a++;
		b++;
	}
	return (int)rank(*a) - (int)rank(*b);
}

static int compare_wanted(const void *a, const void *b, void *paths)
{
	const char *const *v = paths;
	uint32_t i = *(const uint32_t *)a, k = *(const uint32_t *)b;
	int order = compare_paths(v[i], v[k]);

	return order ? order : (i > k) - (i < k);
}

/* The nodes from the root down to the one that was added last. */
struct chain {
	uint32_t *v;
	size_t nr;
	size_t alloc;
};

static void chain_cut(struct trie *trie, struct chain *chain, size_t nr)
{
	while (chain->nr > nr)
		trie->nodes[chain->v[--chain->nr]].skip = (uint32_t)trie->nr;
}

static void chain_add(struct trie *trie, struct chain *chain, const char *path, const char *name, size_t len)
{
	struct trie_node *node;

	if (trie->nr >= UINT32_MAX)
		BUG("too many paths");
	ALLOC_GROW(trie->nodes, trie->nr + 1, trie->alloc);
	node = &trie->nodes[trie->nr];
	*node = (struct trie_node){ .name = name, .len = (uint32_t)len };
	bloom_key_init(&node->key, path, (size_t)(name + len - path));
	if (chain->nr) {
		node->parent = chain->v[chain->nr - 1];
		node->slot = trie->nodes[node->parent].nkids++;
	}
	ALLOC_GROW(chain->v, chain->nr + 1, chain->alloc);
	chain->v[chain->nr++] = (uint32_t)trie->nr++;
}

/* Paths come in the order of compare_paths(), so only the chain can share components with `path`. */
static void add_path(struct trie *trie, struct chain *chain, const char *path, uint32_t want)
{
	size_t depth = 1;
	struct trie_node *node;

	for (const char *at = path; *at; depth++) {
		size_t len = (size_t)(strchrnul(at, '/') - at);

		node = depth < chain->nr ? &trie->nodes[chain->v[depth]] : NULL;
		if (!node || node->len != len || memcmp(node->name, at, len)) {
			chain_cut(trie, chain, depth);
			chain_add(trie, chain, path, at, len);
		}
		at += len + (at[len] == '/');
	}
	node = &trie->nodes[chain->v[depth - 1]];
	if (!node->nwants++)
		node->wants = want;
}

static void fill_buckets(struct trie *trie)
{
	size_t nr = 0;

	for (size_t i = 0; i < trie->nr; i++) {
		struct trie_node *node = &trie->nodes[i];
		uint32_t size = 4;

		/* Mostly empty: nearly every entry of a tree is none of ours. */
		while (size < 4 * (size_t)node->nkids && size < UINT32_MAX / 2)
			size *= 2;
		node->buckets = (uint32_t)nr;
		node->bucket_mask = size - 1;
		nr += size;
		if (nr > UINT32_MAX)
			BUG("too many paths");
		if (node->nkids > trie->kids_max)
			trie->kids_max = node->nkids;
	}
	trie->buckets = xcalloc(nr, sizeof(*trie->buckets));
	for (size_t i = 0; i < trie->nr; i++) {
		const struct trie_node *node = &trie->nodes[i];
		uint32_t *buckets = trie->buckets + node->buckets;

		for (uint32_t kid = (uint32_t)i + 1; kid < node->skip; kid = trie->nodes[kid].skip) {
			uint32_t at, len = trie->nodes[kid].len;

			/* "a//b": no tree holds an entry without a name. */
			if (!len)
				continue;
			for (at = trie_bucket(trie->nodes[kid].name, len); buckets[at & node->bucket_mask];)
				at++;
			buckets[at & node->bucket_mask] = kid;
		}
	}
}

struct trie *trie_new(const char *const *paths, size_t nr)
{
	struct trie *trie = xcalloc(1, sizeof(*trie));
	struct chain chain = { NULL, 0, 0 };

	if (nr >= UINT32_MAX)
		BUG("too many paths");
	trie->wanted = xcalloc(nr + 1, sizeof(*trie->wanted));
	for (size_t i = 0; i < nr; i++)
		trie->wanted[i] = (uint32_t)i;
	qsort_r(trie->wanted, nr, sizeof(*trie->wanted), compare_wanted, (void *)paths);
	chain_add(trie, &chain, "", "", 0);
	for (size_t i = 0; i < nr; i++)
		add_path(trie, &chain, paths[trie->wanted[i]], (uint32_t)i);
	chain_cut(trie, &chain, 0);
	free(chain.v);
	fill_buckets(trie);
	return trie;
}

void trie_free(struct trie *trie)
{
	if (!trie)
		return;
	free(trie->nodes);
	free(trie->wanted);
	free(trie->buckets);
	free(trie);
}

static void add_ancestors(const struct trie *trie, size_t at, uint64_t *nodes)
{
	do {
		uint64_t *word;

		at = trie->nodes[at].parent;
		word = &nodes[at / 64];
		if (*word >> (at % 64) & 1)
			return;
		*word |= (uint64_t)1 << (at % 64);
	} while (at);
}

bool trie_maybe_changed(const struct trie *trie, const struct bloom_filter *filter, uint64_t *nodes)
{
	bool any = false;

	for (size_t i = 1; i < trie->nr;) {
		const struct trie_node *node = &trie->nodes[i];

		if (!bloom_maybe(filter, &node->key)) {
			i = node->skip;
			continue;
		}
		if (node->nwants) {
			add_ancestors(trie, i, nodes);
			any = true;
		}
		i++;
	}
	return any;
}
