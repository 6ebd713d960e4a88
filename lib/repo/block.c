#include "repo/block.h"

#include "base/error.h"

void blocks_init(struct blocks *blocks, struct repo *repo, const struct trie *trie)
{
	*blocks = (struct blocks){ .repo = repo, .trie = trie, .entry_size = 1 + repo->rawlen };
	memo_init(&blocks->memo, repo->rawlen);
	blocks->absent = xcalloc((size_t)trie->kids_max + 1, blocks->entry_size);
	blocks->scratch = xcalloc((size_t)trie->kids_max + 1, blocks->entry_size);
}

void blocks_release(struct blocks *blocks)
{
	memo_release(&blocks->memo);
	free(blocks->absent);
	free(blocks->scratch);
	*blocks = (struct blocks){ 0 };
}

static int read_object(struct blocks *blocks, const struct oid *id, enum object_kind kind, struct object *object)
{
	const char *name = kind == OBJECT_TREE ? "tree" : "commit";
	char hex[OID_HEX_MAX + 1];
	int result = repo_read(blocks->repo, id, kind, object);

	if (!result)
		return 0;
	if (result < 0)
		return error_prefix("%s %s", name, oid_to_hex(hex, id, blocks->repo->rawlen));
	/* The sentence for a missing object says what to do. */
	return -1;
}

/*
 * The kind of the entry whose mode stands at `mode`, closed by a blank; as
 * git has it, by the type and the owner's x bit.
 */
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

	if (*at < '0' || *at > '7')
		return NULL;
	/* In this order: the name itself may begin with a blank. */
	if (at[5] == ' ')
		return at + 6;
	if (at[6] == ' ')
		return at + 7;
	blank = memchr(at, ' ', 8);
	return blank ? blank + 1 : NULL;
}

/*
 * Finds the children of a node among a tree's entries, "<mode> <name>\0<id>",
 * and puts them into `block`. -1, without a message, when the tree is malformed.
 */
static int scan_tree(const struct blocks *blocks, const struct trie_node *node, const struct object *tree,
		     unsigned char *block)
{
	const struct trie *trie = blocks->trie;
	size_t rawlen = blocks->repo->rawlen;
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
		kid = trie_kid(trie, node, name, len);
		if (kid) {
			unsigned char *entry = block + trie->nodes[kid].slot * blocks->entry_size;

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

const unsigned char *blocks_known(const struct blocks *blocks, uint32_t node, const unsigned char *entry)
{
	return *entry == TOUCH_TREE ? memo_find(&blocks->memo, node, entry + 1) : blocks->absent;
}

const unsigned char *blocks_get(struct blocks *blocks, uint32_t node, const unsigned char *entry)
{
	const unsigned char *known = blocks_known(blocks, node, entry);
	size_t size = blocks->trie->nodes[node].nkids * blocks->entry_size;
	struct oid id = { { 0 } };
	struct object tree;

	if (known)
		return known;
	memcpy(id.raw, entry + 1, blocks->repo->rawlen);
	if (read_object(blocks, &id, OBJECT_TREE, &tree))
		return NULL;
	blocks->trees_read++;
	memset(blocks->scratch, 0, size);
	if (scan_tree(blocks, &blocks->trie->nodes[node], &tree, blocks->scratch)) {
		char hex[OID_HEX_MAX + 1];

		error_set("tree %s is malformed; try git fsck", oid_to_hex(hex, &id, blocks->repo->rawlen));
		return NULL;
	}
	return memcpy(memo_add(&blocks->memo, node, entry + 1, size), blocks->scratch, size);
}

int blocks_root(struct blocks *blocks, const struct oid *commit, unsigned char *entry)
{
	size_t rawlen = blocks->repo->rawlen;
	struct object object;
	struct oid tree;

	if (read_object(blocks, commit, OBJECT_COMMIT, &object))
		return -1;
	blocks->commits_read++;
	if (object.size < 5 + 2 * rawlen || memcmp(object.data, "tree ", 5) ||
	    oid_from_hex(&tree, object.data + 5, rawlen)) {
		char hex[OID_HEX_MAX + 1];

		return error_set("commit %s has no tree; try git fsck", oid_to_hex(hex, commit, rawlen));
	}
	put_entry(entry, TOUCH_TREE, tree.raw, rawlen);
	return 0;
}
