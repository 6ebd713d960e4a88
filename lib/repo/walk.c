#include "repo/walk.h"

/* Rows of commits that a filter excludes, and of those of which nothing is known. */
#define ROW_NONE UINT32_MAX
#define ROW_ALL (UINT32_MAX - 1)
#define PROGRESS_EVERY 1024

static void number_parents(struct walk *w)
{
	const struct range *range = w->range;

	w->parents = xcalloc(range->nparents + 1, sizeof(*w->parents));
	for (size_t i = 0; i < range->nparents; i++) {
		const struct oid *id = &range->parents[i];
		ssize_t at = range_find(range, id);

		if (at < 0)
			at = (ssize_t)(range->nr +
				       strmap_intern(&w->outer, (const char *)id->raw, sizeof(id->raw)));
		w->parents[i] = (uint32_t)at;
	}
	if (range->nr + w->outer.nr >= ROW_ALL)
		BUG("too many commits");
	w->nothing = (uint32_t)(range->nr + w->outer.nr);
}

static uint32_t first_parent(const struct walk *w, size_t at)
{
	const struct range_commit *commit = &w->range->commits[at];

	return commit->nparents ? w->parents[commit->parent] : w->nothing;
}

/*
 * Filters speak of the first parent alone; but a merge that is as its first
 * parent cannot differ from every parent.
 */
static uint32_t filter_commit(struct walk *w, size_t at)
{
	size_t words = trie_words(w->blocks->trie);
	ssize_t place = w->graph ? graph_find(w->graph, &w->range->commits[at].id) : -1;
	struct bloom_filter filter;

	if (place < 0)
		return ROW_ALL;
	graph_filter(w->graph, (size_t)place, &filter);
	/* No filter tells of the root tree itself. */
	if (!filter.nbits || w->blocks->trie->nodes[0].nwants)
		return ROW_ALL;
	w->stats->with_filter++;
	ALLOC_GROW(w->masks, (w->nmasks + 1) * words, w->masks_alloc);
	memset(w->masks + w->nmasks * words, 0, words * sizeof(*w->masks));
	if (trie_maybe_changed(w->blocks->trie, &filter, w->masks + w->nmasks * words))
		return (uint32_t)w->nmasks++;
	w->stats->skipped_by_filter++;
	return ROW_NONE;
}

/* May the commit have changed a wanted path below the node against its first parent? */
static bool maybe_changed(const struct walk *w, size_t at, uint32_t node)
{
	uint32_t row = w->rows[at];

	if (row >= ROW_ALL)
		return row == ROW_ALL;
	return w->masks[row * trie_words(w->blocks->trie) + node / 64] >> (node % 64) & 1;
}

static void walk_init(struct walk *w)
{
	const struct trie *trie = w->blocks->trie;
	size_t nr = w->range->nr;

	number_parents(w);
	w->roots = xcalloc((size_t)w->nothing + 1, w->blocks->entry_size);
	w->root_blocks = xcalloc((size_t)w->nothing + 1, sizeof(*w->root_blocks));
	w->root_blocks[w->nothing] = w->blocks->absent;
	w->stand_in = xcalloc((size_t)w->nothing + 1, sizeof(*w->stand_in));
	for (uint32_t i = 0; i <= w->nothing; i++)
		w->stand_in[i] = i;
	w->same_until = xcalloc(nr + 1, sizeof(*w->same_until));
	w->same_parent = xcalloc(nr + 1, sizeof(*w->same_parent));
	w->chain = xcalloc(trie->nr, sizeof(*w->chain));
	w->rows = xcalloc(nr + 1, sizeof(*w->rows));
	for (size_t i = 0; i < nr; i++)
		w->rows[i] = filter_commit(w, i);
}

void walk_release(struct walk *w)
{
	free(w->found);
	strmap_release(&w->outer);
	free(w->parents);
	free(w->roots);
	free(w->root_blocks);
	free(w->rows);
	free(w->masks);
	free(w->stand_in);
	free(w->same_until);
	free(w->same_parent);
	free(w->chain);
	free(w->sides);
	free(w->side_blocks);
}

/* The root tree of a numbered commit: from the graph, else from the commit itself; NULL after an error. */
static const unsigned char *root_of(struct walk *w, uint32_t number)
{
	unsigned char *entry = w->roots + number * w->blocks->entry_size;
	struct oid id, tree;
	ssize_t place;

	if (*entry || number == w->nothing)
		return entry;
	if (number < w->range->nr)
		id = w->range->commits[number].id;
	else
		memcpy(&id, strmap_key(&w->outer, number - w->range->nr), sizeof(id));
	place = w->graph ? graph_find(w->graph, &id) : -1;
	if (place < 0)
		return blocks_root(w->blocks, &id, entry) ? NULL : entry;
	graph_tree(w->graph, (size_t)place, &tree);
	put_entry(entry, TOUCH_TREE, tree.raw, w->blocks->repo->rawlen);
	return entry;
}

static const unsigned char *root_block_of(struct walk *w, uint32_t number)
{
	const unsigned char *root;

	if (!w->root_blocks[number]) {
		root = root_of(w, number);
		w->root_blocks[number] = root ? blocks_get(w->blocks, 0, root) : NULL;
	}
	return w->root_blocks[number];
}

/* The entry of the node in hand in the tree of a numbered commit; NULL after an error. */
static const unsigned char *entry_of(struct walk *w, uint32_t number)
{
	const unsigned char *block, *entry;

	if (w->depth == 1)
		return root_of(w, number);
	block = root_block_of(w, number);
	for (size_t i = 1; block; i++) {
		entry = block_entry(w->blocks, block, w->chain[i]);
		if (i + 1 == w->depth)
			return entry;
		block = blocks_get(w->blocks, w->chain[i], entry);
	}
	return NULL;
}

/* The same where it takes no reading, else NULL. */
static const unsigned char *known_entry(struct walk *w, uint32_t number)
{
	const unsigned char *block = w->root_blocks[number], *entry;

	if (w->depth == 1)
		return root_of(w, number);
	for (size_t i = 1; block; i++) {
		entry = block_entry(w->blocks, block, w->chain[i]);
		if (i + 1 == w->depth)
			return entry;
		block = blocks_known(w->blocks, w->chain[i], entry);
	}
	return NULL;
}

/* As git's `path/`, which takes in submodules. */
static const unsigned char *as_directory(const struct walk *w, const unsigned char *entry)
{
	return *entry == TOUCH_TREE || *entry == TOUCH_SUBMODULE ? entry : w->blocks->absent;
}

/* Records the paths that end at `node`, where the sides' entries differ from that of every parent. */
static void report(struct walk *w, size_t at, const struct trie_node *node, size_t nsides)
{
	for (uint32_t i = 0; i < node->nwants; i++) {
		uint32_t path = w->blocks->trie->wanted[node->wants + i];
		bool directory = w->paths[path].want == TOUCH_DIR, same = false;
		struct found found = { .commit = (uint32_t)at, .path = path };

		found.after = directory ? as_directory(w, w->sides[0]) : w->sides[0];
		found.before = directory ? as_directory(w, w->sides[1]) : w->sides[1];
		for (size_t s = 1; s < nsides && !same; s++) {
			const unsigned char *before = directory ? as_directory(w, w->sides[s]) : w->sides[s];

			same = same_entry(w->blocks, found.after, before);
		}
		if (same)
			continue;
		ALLOC_GROW(w->found, w->nfound + 1, w->found_alloc);
		w->found[w->nfound++] = found;
	}
}

static uint32_t parent_of(const struct walk *w, size_t at, size_t side)
{
	const struct range_commit *commit = &w->range->commits[at];

	return commit->nparents ? w->parents[commit->parent + side - 1] : w->nothing;
}

/*
 * Is the node in hand what it is in a parent, or in its stand-in? Then
 * nothing below is the commit's own, however deep; remembers which parent.
 */
static bool as_parent(struct walk *w, size_t at, size_t nsides)
{
	for (size_t s = 1; s < nsides; s++) {
		uint32_t parent = parent_of(w, at, s);
		const unsigned char *entry = w->sides[s];

		if (!same_entry(w->blocks, w->sides[0], entry)) {
			entry = w->stand_in[parent] == parent ? NULL : known_entry(w, parent);
			if (!entry || !same_entry(w->blocks, w->sides[0], entry))
				continue;
		}
		w->same_until[at] = w->blocks->trie->nodes[w->chain[w->depth - 1]].skip;
		w->same_parent[at] = parent;
		w->stand_in[at] = w->stand_in[parent];
		return true;
	}
	return false;
}

/* Compares the children of the node in hand between a commit and its parents' stand-ins. */
static int compare_children(struct walk *w, size_t at, size_t nsides)
{
	const struct trie *trie = w->blocks->trie;
	uint32_t node = w->chain[w->depth - 1];

	for (size_t s = 0; s < nsides; s++) {
		w->side_blocks[s] = blocks_get(w->blocks, node, w->sides[s]);
		if (!w->side_blocks[s])
			return -1;
	}
	for (uint32_t kid = node + 1; kid < trie->nodes[node].skip; kid = trie->nodes[kid].skip) {
		if (!trie->nodes[kid].nwants)
			continue;
		for (size_t s = 0; s < nsides; s++)
			w->sides[s] = block_entry(w->blocks, w->side_blocks[s], kid);
		report(w, at, &trie->nodes[kid], nsides);
	}
	return 0;
}

static int compare_commit(struct walk *w, size_t at)
{
	const struct range_commit *commit = &w->range->commits[at];
	/* A root commit has nothing as its only parent. */
	size_t nsides = 1 + (commit->nparents ? commit->nparents : 1);

	if (nsides > w->sides_alloc) {
		w->sides_alloc = alloc_grown(w->sides_alloc, nsides);
		w->sides = xreallocarray(w->sides, w->sides_alloc, sizeof(*w->sides));
		w->side_blocks = xreallocarray(w->side_blocks, w->sides_alloc, sizeof(*w->side_blocks));
	}
	w->stand_in[at] = (uint32_t)at;
	for (size_t s = 0; s < nsides; s++) {
		w->sides[s] = entry_of(w, s ? w->stand_in[parent_of(w, at, s)] : (uint32_t)at);
		if (!w->sides[s])
			return -1;
	}
	if (as_parent(w, at, nsides))
		return 0;
	if (w->depth == 1)
		report(w, at, &w->blocks->trie->nodes[0], nsides);
	return compare_children(w, at, nsides);
}

/* The root, whose trees all change, is taken for half of the work. */
static void tell_progress(const struct walk *w, size_t at)
{
	size_t nr = w->range->nr, half = w->nodes > 1 ? nr / 2 : nr;

	if (!w->progress)
		return;
	if (!w->nodes_done)
		w->progress((size_t)((uint64_t)half * at / nr), w->progress_data);
	else
		w->progress(half + (size_t)((uint64_t)(nr - half) * (w->nodes_done - 1) / (w->nodes - 1)),
			    w->progress_data);
}

/* Parents come before children, so their stand-ins are known. */
static int walk_node(struct walk *w, uint32_t node)
{
	for (size_t i = 0; i < w->range->nr; i++) {
		if (i % PROGRESS_EVERY == 0)
			tell_progress(w, i);
		if (node < w->same_until[i])
			w->stand_in[i] = w->stand_in[w->same_parent[i]];
		else if (!maybe_changed(w, i, node))
			w->stand_in[i] = w->stand_in[first_parent(w, i)];
		else if (compare_commit(w, i))
			return -1;
	}
	return 0;
}

static void set_chain(struct walk *w, uint32_t node)
{
	const struct trie_node *nodes = w->blocks->trie->nodes;

	w->depth = 1;
	for (uint32_t at = node; at; at = nodes[at].parent)
		w->depth++;
	for (size_t i = w->depth; i-- > 0; node = nodes[node].parent)
		w->chain[i] = node;
}

static int compare_found(const void *a, const void *b)
{
	const struct found *x = a, *y = b;

	if (x->commit != y->commit)
		return x->commit < y->commit ? -1 : 1;
	return (x->path > y->path) - (x->path < y->path);
}

/* Nodes without children are compared with their parent's others. */
static bool is_inner(const struct trie *trie, uint32_t node)
{
	return !node || trie->nodes[node].nkids;
}

int walk_run(struct walk *w)
{
	const struct trie *trie = w->blocks->trie;

	walk_init(w);
	for (uint32_t node = 0; node < trie->nr; node++)
		w->nodes += is_inner(trie, node);
	for (uint32_t node = 0; node < trie->nr; node++) {
		if (!is_inner(trie, node))
			continue;
		set_chain(w, node);
		if (walk_node(w, node))
			return -1;
		w->nodes_done++;
	}
	if (w->progress)
		w->progress(w->range->nr, w->progress_data);
	if (w->nfound)
		qsort(w->found, w->nfound, sizeof(*w->found), compare_found);
	return 0;
}
