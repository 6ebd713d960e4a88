/*
 * git's commit-graph files, read as they lie on disk: trees of commits
 * without opening the commits, and the changed-path Bloom filters.
 * Single files (info/commit-graph) and chains (info/commit-graphs/), also of
 * alternates; filter versions 1 and 2. A graph that is absent, damaged, of an
 * unknown version or of another hash is no error: there is just less of it.
 * Format: gitformat-commit-graph(5).
 */
#ifndef REPO_GRAPH_H
#define REPO_GRAPH_H

#include "repo/oid.h"

struct graph;

/* Opens what there is below `object_dir`; NULL when there is no usable graph. */
struct graph *graph_open(const char *object_dir, size_t rawlen);
void graph_close(struct graph *graph);

/* A commit's place in the graph, or -1. */
ssize_t graph_find(const struct graph *graph, const struct oid *id);
void graph_tree(const struct graph *graph, size_t at, struct oid *tree);
/* How many commits have a changed-path filter; for hints. */
size_t graph_filters(const struct graph *graph);

/* The two hashes of a path under one filter version; made once per path. */
struct graph_key {
	uint32_t hash[2][2];
};

void graph_key_init(struct graph_key *key, const char *path, size_t len);
/*
 * May the commit have changed `key`'s path against its first parent?
 * 0: certainly not; 1: perhaps; -1: this commit has no filter.
 */
int graph_maybe_changed(const struct graph *graph, size_t at, const struct graph_key *key);

#endif
