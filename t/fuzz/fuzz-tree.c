/*
 * Feeds hostile tree objects to what reads trees: repo/repo.h's tree calls and
 * the walk's blocks (repo/block.h). A line of equals signs parts the trees;
 * ids are the tree's number, which the input may name in its entries, so that
 * trees can hold one another. Objects come from here instead of a repository.
 * The first byte says which hash there is. Built and run by `make fuzz`.
 */
#include "repo/block.h"
#include "repo/repo.h"

#include "base/strbuf.h"
#include "fuzz.h"

#define TREES_MAX 8
/* Trees that hold one another, or themselves, never end: so many paths and objects are enough. */
#define PATHS_MAX 200
#define READS_MAX 500

static struct object trees[TREES_MAX];
static size_t ntrees, reads;

static struct oid name_of(size_t tree)
{
	struct oid id = { { 0 } };

	memset(id.raw, 'a' + (int)tree, OID_RAW_SHA1);
	return id;
}

/* The object of that number, by the first byte of its id. */
int repo_read(struct repo *repo UNUSED, const struct oid *id, enum object_kind kind, struct object *object)
{
	size_t at = id->raw[0] - (size_t)'a';

	if (at >= ntrees || ++reads > READS_MAX) {
		error_set("missing");
		return 1;
	}
	if (kind != OBJECT_NONE && trees[at].kind != kind)
		return error_set("of another kind");
	*object = trees[at];
	return 0;
}

static int see_path(const char *path, const struct oid *id UNUSED, unsigned mode, void *data)
{
	size_t *seen = data;

	REQUIRE(*path && (mode & 0170000) != 0040000);
	return ++*seen == PATHS_MAX ? 1 : 0;
}

static void check_calls(struct repo *repo)
{
	struct oid first = name_of(0), second = name_of(1), id;
	size_t seen = 0, changed = 0;
	unsigned mode;

	if (repo_list_tree(repo, &first, see_path, &seen) < 0)
		REQUIRE(*error_message());
	if (!repo_tree_entry(repo, &first, "mm/vmscan.c", &id, &mode))
		REQUIRE(mode <= 07777777);
	if (!repo_tree_changes(repo, &first, &first, see_path, &changed))
		REQUIRE(!changed);
	if (repo_tree_changes(repo, &first, &second, see_path, &changed) < 0)
		REQUIRE(*error_message());
}

static void check_blocks(struct repo *repo)
{
	static const char *const paths[] = { "Makefile", "mm/vmscan.c", "mm/a/b", "", "mm", "a b" };
	static struct trie *trie;
	struct blocks blocks;

	if (!trie)
		trie = trie_new(paths, ARRAY_SIZE(paths));
	blocks_init(&blocks, repo, trie);
	for (size_t i = 0; i < ntrees; i++) {
		unsigned char root[1 + OID_RAW_MAX];
		struct oid id = name_of(i);

		put_entry(root, TOUCH_TREE, id.raw, repo->rawlen);
		for (uint32_t node = 0; node < trie->nr; node++) {
			const unsigned char *block = trie->nodes[node].nkids ? blocks_get(&blocks, node, root)
									     : NULL;

			if (block)
				REQUIRE(blocks_known(&blocks, node, root) == block);
		}
		if (!blocks_root(&blocks, &id, root))
			REQUIRE(*root == TOUCH_TREE);
	}
	blocks_release(&blocks);
}

/* As sources give it: a NUL behind the end, in a block of its own. */
static void take(const uint8_t *data, size_t len)
{
	struct object *object = &trees[ntrees++];

	object->kind = len && *data == 't' ? OBJECT_COMMIT : OBJECT_TREE;
	object->data = xmemdupz(data, len);
	object->size = len;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char part[] = "=====\n";
	struct repo repo = { .rawlen = size && data[0] & 1 ? OID_RAW_SHA256 : OID_RAW_SHA1 };
	const uint8_t *at = data + 1, *end = data + size;

	if (!size)
		return 0;
	for (ntrees = 0; ntrees < TREES_MAX && at <= end;) {
		const uint8_t *next = at < end ? memmem(at, (size_t)(end - at), part, strlen(part)) : NULL;

		take(at, (size_t)((next ? next : end) - at));
		at = next ? next + strlen(part) : end + 1;
	}
	reads = 0;
	error_clear();
	check_calls(&repo);
	check_blocks(&repo);
	while (ntrees)
		free((char *)trees[--ntrees].data);
	return 0;
}
