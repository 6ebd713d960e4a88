#include "repo/touch.h"

#include "base/error.h"
#include "repo/memo.h"
#include "repo/trie.h"

/* A memo node of no trie: what commits say of their trees. */
#define COMMIT_NODE UINT32_MAX
#define PROGRESS_EVERY 1024

/*
 * Trees compare by entries: a byte for the kind, then the raw id; zeroes
 * stand for "absent". The children of a trie node are a block of entries, by
 * slot. A commit and its parents are the sides of a comparison, in this order.
 */
struct touch {
	struct repo *repo;
	const struct touch_path *paths;
	struct trie *trie;
	struct memo memo;
	struct graph *graph;
	bool use_graph;
	size_t entry_size;
	/* A block of absent entries, and one in the making. */
	unsigned char *absent;
	unsigned char *scratch;
	/* Nodes to look into, and for each its entry on every side. */
	uint32_t *stack;
	const unsigned char **sides;
	size_t sides_alloc;
	/* The block of the node in hand, and the root, of every side. */
	const unsigned char **blocks;
	unsigned char *roots;
	size_t nsides_alloc;
	struct touch_change *changes;
	size_t nchanges;
	void (*progress)(size_t done, void *data);
	void *progress_data;
	struct touch_stats stats;
};

struct touch *touch_new(struct repo *repo, const struct touch_path *paths, size_t nr)
{
	struct touch *touch = xcalloc(1, sizeof(*touch));
	const char **names = xcalloc(nr + 1, sizeof(*names));

	for (size_t i = 0; i < nr; i++)
		names[i] = paths[i].path;
	touch->repo = repo;
	touch->paths = paths;
	touch->trie = trie_new(names, nr);
	free(names);
	memo_init(&touch->memo, repo->rawlen);
	touch->use_graph = !repo->rewritten && !repo->shallow;
	touch->entry_size = 1 + repo->rawlen;
	touch->absent = xcalloc((size_t)touch->trie->kids_max + 1, touch->entry_size);
	touch->scratch = xcalloc((size_t)touch->trie->kids_max + 1, touch->entry_size);
	touch->stack = xcalloc(touch->trie->nr, sizeof(*touch->stack));
	touch->changes = xcalloc(nr + 1, sizeof(*touch->changes));
	return touch;
}

void touch_free(struct touch *touch)
{
	if (!touch)
		return;
	trie_free(touch->trie);
	memo_release(&touch->memo);
	graph_close(touch->graph);
	free(touch->absent);
	free(touch->scratch);
	free(touch->stack);
	free(touch->sides);
	free(touch->blocks);
	free(touch->roots);
	free(touch->changes);
	free(touch);
}

void touch_ignore_graph(struct touch *touch)
{
	touch->use_graph = false;
	graph_close(touch->graph);
	touch->graph = NULL;
}

void touch_on_progress(struct touch *touch, void (*fn)(size_t done, void *data), void *data)
{
	touch->progress = fn;
	touch->progress_data = data;
}

const struct touch_stats *touch_stats(const struct touch *touch)
{
	return &touch->stats;
}

static int read_object(struct touch *touch, const struct oid *id, enum object_kind kind, struct object *object)
{
	const char *name = kind == OBJECT_TREE ? "tree" : "commit";
	char hex[OID_HEX_MAX + 1];
	int result = repo_read(touch->repo, id, kind, object);

	if (!result)
		return 0;
	oid_to_hex(hex, id, touch->repo->rawlen);
	if (result < 0)
		return error_prefix("%s %s", name, hex);
	if (touch->repo->partial)
		return error_set("%s %s is missing from this partial clone; "
				 "'git fetch --refetch --filter=blob:none' fetches all commits and trees",
				 name, hex);
	return error_set("%s %s is missing; try git fsck", name, hex);
}

static void put_entry(unsigned char *entry, enum touch_kind kind, const void *id, size_t rawlen)
{
	entry[0] = (unsigned char)kind;
	memcpy(entry + 1, id, rawlen);
}

/* The kind of the entry whose mode stands at `mode`, closed by a blank; as git, by type and the owner's x bit. */
static enum touch_kind kind_of(const char *mode)
{
	unsigned bits = 0;

	for (; *mode != ' '; mode++)
		bits = bits << 3 | ((unsigned char)*mode & 7u);
	switch (bits & 0170000) {
	case 0100000:
		return bits & 0100 ? TOUCH_EXECUTABLE : TOUCH_FILE;
	case 0120000:
		return TOUCH_SYMLINK;
	case 0040000:
		return TOUCH_TREE;
	default:
		return TOUCH_SUBMODULE;
	}
}

/* The name behind a mode ("100644 " or "40000 "), or NULL; `at` can be read for 8 bytes. */
static const char *behind_mode(const char *at)
{
	const char *blank;

	if (at[6] == ' ')
		return at + 7;
	if (at[5] == ' ')
		return at + 6;
	blank = memchr(at, ' ', 8);
	return blank ? blank + 1 : NULL;
}

/*
 * Finds the children of a node among a tree's entries, "<mode> <name>\0<id>",
 * and puts them into `block`. -1, without a message, when the tree is malformed.
 */
static int scan_tree(const struct touch *touch, const struct trie_node *node, const struct object *tree,
		     unsigned char *block)
{
	size_t rawlen = touch->repo->rawlen;
	const char *at = tree->data, *end = tree->data + tree->size;

	for (uint32_t left = node->nkids; at < end && left;) {
		const char *name;
		size_t len, room;
		uint32_t kid;

		/* The id alone makes an entry longer than the 8 bytes that are looked at. */
		if ((size_t)(end - at) < rawlen || !(name = behind_mode(at)))
			return -1;
		len = strlen(name);
		room = (size_t)(end - name);
		if (!len || len >= room || room - len - 1 < rawlen)
			return -1;
		kid = trie_kid(touch->trie, node, name, len);
		if (kid) {
			unsigned char *entry = block + touch->trie->nodes[kid].slot * touch->entry_size;

			/* Only a malformed tree has a name twice. */
			if (*entry)
				return -1;
			put_entry(entry, kind_of(at), name + len + 1, rawlen);
			left--;
		}
		at = name + len + 1 + rawlen;
	}
	return 0;
}

/* The entries of a node's children in the tree that `entry` is; NULL after an error. */
static const unsigned char *block_of(struct touch *touch, uint32_t at, const unsigned char *entry)
{
	const struct trie_node *node = &touch->trie->nodes[at];
	size_t size = node->nkids * touch->entry_size;
	const unsigned char *known;
	struct oid id = { { 0 } };
	struct object tree;

	if (*entry != TOUCH_TREE)
		return touch->absent;
	known = memo_find(&touch->memo, at, entry + 1);
	if (known)
		return known;
	memcpy(id.raw, entry + 1, touch->repo->rawlen);
	if (read_object(touch, &id, OBJECT_TREE, &tree))
		return NULL;
	touch->stats.trees_read++;
	memset(touch->scratch, 0, size);
	if (scan_tree(touch, node, &tree, touch->scratch)) {
		char hex[OID_HEX_MAX + 1];

		error_set("tree %s is malformed; try git fsck", oid_to_hex(hex, &id, touch->repo->rawlen));
		return NULL;
	}
	return memcpy(memo_add(&touch->memo, at, entry + 1, size), touch->scratch, size);
}

/* Puts the root tree of a commit into `entry`. */
static int root_of(struct touch *touch, const struct oid *commit, unsigned char *entry)
{
	size_t rawlen = touch->repo->rawlen;
	ssize_t at = touch->graph ? graph_find(touch->graph, commit) : -1;
	const unsigned char *known;
	struct object object;
	struct oid tree;

	if (at >= 0) {
		graph_tree(touch->graph, (size_t)at, &tree);
		put_entry(entry, TOUCH_TREE, tree.raw, rawlen);
		return 0;
	}
	known = memo_find(&touch->memo, COMMIT_NODE, commit->raw);
	if (known) {
		put_entry(entry, TOUCH_TREE, known, rawlen);
		return 0;
	}
	if (read_object(touch, commit, OBJECT_COMMIT, &object))
		return -1;
	touch->stats.commits_read++;
	if (object.size < 5 + 2 * rawlen || memcmp(object.data, "tree ", 5) ||
	    oid_from_hex(&tree, object.data + 5, rawlen)) {
		char hex[OID_HEX_MAX + 1];

		return error_set("commit %s has no tree; try git fsck", oid_to_hex(hex, commit, rawlen));
	}
	memcpy(memo_add(&touch->memo, COMMIT_NODE, commit->raw, rawlen), tree.raw, rawlen);
	put_entry(entry, TOUCH_TREE, tree.raw, rawlen);
	return 0;
}

static void unpack_entry(const unsigned char *entry, size_t rawlen, enum touch_kind *kind, struct oid *id)
{
	*kind = (enum touch_kind)entry[0];
	memset(id, 0, sizeof(*id));
	memcpy(id->raw, entry + 1, rawlen);
}

static const unsigned char *as_directory(const struct touch *touch, const unsigned char *entry)
{
	return *entry == TOUCH_TREE ? entry : touch->absent;
}

/* Reports the paths that end at `node`, whose entries differ between the commit and every parent. */
static void report(struct touch *touch, const struct trie_node *node, const unsigned char **entries,
		   size_t nsides)
{
	for (uint32_t i = 0; i < node->nwants; i++) {
		uint32_t path = touch->trie->wanted[node->wants + i];
		const unsigned char *after = entries[0], *before = entries[1];
		struct touch_change *change = &touch->changes[touch->nchanges];

		if (touch->paths[path].want == TOUCH_DIR) {
			bool same = false;

			after = as_directory(touch, after);
			before = as_directory(touch, before);
			for (size_t s = 1; s < nsides && !same; s++)
				same = !memcmp(after, as_directory(touch, entries[s]), touch->entry_size);
			if (same)
				continue;
		}
		change->path = path;
		unpack_entry(before, touch->repo->rawlen, &change->before_kind, &change->before);
		unpack_entry(after, touch->repo->rawlen, &change->after_kind, &change->after);
		touch->nchanges++;
	}
}

/* An entry that any parent has as well holds nothing of the commit's own, however deep. */
static bool differs(const struct touch *touch, const unsigned char **entries, size_t nsides)
{
	for (size_t s = 1; s < nsides; s++)
		if (!memcmp(entries[0], entries[s], touch->entry_size))
			return false;
	return true;
}

static bool any_tree(const unsigned char **entries, size_t nsides)
{
	for (size_t s = 0; s < nsides; s++)
		if (*entries[s] == TOUCH_TREE)
			return true;
	return false;
}

/* Looks at the entries of one node: reports it, and leaves it on the stack when there is more below. */
static bool visit(struct touch *touch, uint32_t at, const unsigned char **entries, size_t nsides)
{
	const struct trie_node *node = &touch->trie->nodes[at];

	if (!differs(touch, entries, nsides))
		return false;
	report(touch, node, entries, nsides);
	return node->nkids && any_tree(entries, nsides);
}

static int compare_changes(const void *a, const void *b)
{
	const struct touch_change *x = a, *y = b;

	return (x->path > y->path) - (x->path < y->path);
}

/* Compares the sides, whose roots are set, into touch->changes. */
static int compare(struct touch *touch, size_t nsides)
{
	const struct trie *trie = touch->trie;
	size_t depth = 0;

	touch->nchanges = 0;
	for (size_t s = 0; s < nsides; s++)
		touch->sides[s] = touch->roots + s * touch->entry_size;
	touch->stack[0] = 0;
	depth += visit(touch, 0, touch->sides, nsides);
	while (depth) {
		const unsigned char **entries = touch->sides + --depth * nsides;
		uint32_t at = touch->stack[depth];

		for (size_t s = 0; s < nsides; s++) {
			touch->blocks[s] = block_of(touch, at, entries[s]);
			if (!touch->blocks[s])
				return -1;
		}
		for (uint32_t kid = at + 1; kid < trie->nodes[at].skip; kid = trie->nodes[kid].skip) {
			entries = touch->sides + depth * nsides;
			for (size_t s = 0; s < nsides; s++)
				entries[s] = touch->blocks[s] + trie->nodes[kid].slot * touch->entry_size;
			touch->stack[depth] = kid;
			depth += visit(touch, kid, entries, nsides);
		}
	}
	qsort(touch->changes, touch->nchanges, sizeof(*touch->changes), compare_changes);
	return 0;
}

/* The stack holds at most every node once. */
static void make_room(struct touch *touch, size_t nsides)
{
	if (nsides <= touch->nsides_alloc)
		return;
	touch->nsides_alloc = alloc_grown(touch->nsides_alloc, nsides);
	touch->sides = xreallocarray(touch->sides, touch->trie->nr,
				     touch->nsides_alloc * sizeof(*touch->sides));
	touch->blocks = xreallocarray(touch->blocks, touch->nsides_alloc, sizeof(*touch->blocks));
	touch->roots = xreallocarray(touch->roots, touch->nsides_alloc, touch->entry_size);
}

/* Filters speak of the first parent alone, but what equals that is no merge's own either. */
static bool filtered_out(struct touch *touch, const struct oid *id)
{
	struct graph_filter filter;
	ssize_t at = touch->graph ? graph_find(touch->graph, id) : -1;

	if (at < 0)
		return false;
	graph_filter(touch->graph, (size_t)at, &filter);
	touch->stats.with_filter += filter.nbits > 0;
	if (trie_maybe_changed(touch->trie, &filter))
		return false;
	touch->stats.skipped_by_filter++;
	return true;
}

static int walk_commit(struct touch *touch, const struct range *range, const struct range_commit *commit)
{
	/* A root has nothing as its only parent. */
	size_t nsides = 1 + (commit->nparents ? commit->nparents : 1);

	touch->nchanges = 0;
	if (filtered_out(touch, &commit->id))
		return 0;
	make_room(touch, nsides);
	if (root_of(touch, &commit->id, touch->roots))
		return -1;
	memset(touch->roots + touch->entry_size, 0, touch->entry_size);
	for (uint32_t i = 0; i < commit->nparents; i++)
		if (root_of(touch, &range->parents[commit->parent + i],
			    touch->roots + (i + 1) * touch->entry_size))
			return -1;
	return compare(touch, nsides);
}

int touch_walk(struct touch *touch, const struct range *range, touch_fn *fn, void *data)
{
	if (touch->use_graph && !touch->graph) {
		touch->graph = graph_open(touch->repo->object_dir, touch->repo->rawlen);
		touch->use_graph = touch->graph != NULL;
	}
	for (size_t i = 0; i < range->nr; i++) {
		int result = walk_commit(touch, range, &range->commits[i]);

		touch->stats.commits++;
		if (!result && touch->nchanges) {
			touch->stats.touching++;
			result = fn(i, touch->changes, touch->nchanges, data);
		}
		if (result)
			return result;
		if (touch->progress && (i + 1) % PROGRESS_EVERY == 0)
			touch->progress(i + 1, touch->progress_data);
	}
	if (touch->progress)
		touch->progress(range->nr, touch->progress_data);
	return 0;
}
