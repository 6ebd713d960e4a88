/*
 * YAML as a tree, through libyaml: one document of plain texts, lists and
 * maps. What YAML can do beyond that (aliases, anchors, tags, several
 * documents, maps as keys) is refused, and so is what is too big or too deep;
 * see store/fastpath-yaml.h for the caps and the kinds of errors.
 */
#ifndef STORE_FASTPATH_TREE_H
#define STORE_FASTPATH_TREE_H

#include "store/fastpath-yaml.h"

enum fastpath_node_kind {
	NODE_TEXT,
	NODE_LIST,
	NODE_MAP,
};

struct fastpath_node {
	enum fastpath_node_kind kind;
	/* From 1. */
	size_t line;
	/* Of a child of a map. */
	char *key;
	/* Of a text; NULL is "null" or nothing at all. */
	char *text;
	struct fastpath_node *first, *last, *next;
	/* All nodes of the tree, to be freed. */
	struct fastpath_node *chain;
};

/*
 * Reads a document: its root, or NULL with a recorded sentence ("line 3: ...") and
 * *error. An empty document is a text of NULL.
 */
struct fastpath_node *fastpath_tree_read(const char *text, size_t len, struct fastpath_error *error);
/* NULL is harmless. */
void fastpath_tree_free(struct fastpath_node *root);
/* Records "line <n>: <sentence>" and the same in *error. Returns -1. */
int fastpath_tree_error(struct fastpath_error *error, enum fastpath_error_kind kind, size_t line,
			const char *fmt, ...) FORMAT_PRINTF(4, 5);

#endif
