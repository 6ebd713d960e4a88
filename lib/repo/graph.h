/*
 * git's commit-graph files, read as they lie on disk: trees of commits
 * without opening the commits, and the changed-path Bloom filters.
 *
 *	struct graph *graph = graph_open(repo->object_dir, repo->rawlen);
 *	ssize_t at = graph ? graph_find(graph, &id) : -1;
 *
 *	if (at >= 0)
 *		graph_tree(graph, at, &tree);
 *	graph_close(graph);
 *
 * Single files (info/commit-graph) and chains (info/commit-graphs/) are
 * layers, each with filters of its own settings or without any; those of
 * alternates (objects/info/alternates) are looked at as well. What a layer
 * says of a commit's tree and of its changed paths depends on no other layer.
 *
 * The files are untrusted: sizes and offsets are checked when a file is
 * opened, so that no look-up can leave it. A file that is absent, damaged, of
 * an unknown version or of another hash is no error: there is just less of
 * the graph. As in git, checksums are not verified; and the caller must not
 * use a graph where replace refs, grafts or a shallow boundary change what
 * commits say, or where core.commitGraph is false.
 *
 * Format: gitformat-commit-graph(5).
 */
#ifndef REPO_GRAPH_H
#define REPO_GRAPH_H

#include "repo/bloom.h"
#include "repo/oid.h"

struct graph;

/* Opens what there is below `object_dir`; NULL when there is no usable graph. */
struct graph *graph_open(const char *object_dir, size_t rawlen);
/* A single file that is in memory already, the caller's until graph_close(); for tests. */
struct graph *graph_from_memory(const void *file, size_t size, size_t rawlen);
void graph_close(struct graph *graph);

/* A commit's place in the graph, or -1. */
ssize_t graph_find(const struct graph *graph, const struct oid *id);
/* `at` is a place that graph_find() gave. */
void graph_tree(const struct graph *graph, size_t at, struct oid *tree);
/* How many commits have a changed-path filter; for hints. */
size_t graph_filters(const struct graph *graph);

/* A commit's filter, to ask with bloom_maybe(); borrows from the graph. */
void graph_filter(const struct graph *graph, size_t at, struct bloom_filter *filter);

#endif
