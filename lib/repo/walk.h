/*
 * Private to lib/repo/: compares the commits of a range node by node of the
 * trie, not commit by commit. All versions of one directory are then read in
 * a row, which is what packs, whose deltas lead from version to version, are
 * quick at; and what is known of the trees of a commit's relatives spares
 * reading those of its parents.
 */
#ifndef REPO_WALK_H
#define REPO_WALK_H

#include "base/strmap.h"
#include "repo/block.h"
#include "repo/graph.h"
#include "repo/range.h"

/* A commit of the range that changes a path; entries as in repo/block.h. */
struct found {
	uint32_t commit;
	uint32_t path;
	const unsigned char *before;
	const unsigned char *after;
};

struct walk {
	struct blocks *blocks;
	const struct graph *graph;
	const struct range *range;
	const struct touch_path *paths;
	void (*progress)(size_t done, void *data);
	void *progress_data;
	struct touch_stats *stats;

	/* What was found: by node, then commit, until walk_run() ends; by commit and path then. */
	struct found *found;
	size_t nfound;
	size_t found_alloc;

	/*
	 * Commits are numbered: those of the range by their index, then the
	 * parents outside of it, then one that stands for no commit, whose
	 * tree is empty.
	 */
	struct strmap outer;
	uint32_t nothing;
	/* For range->parents, their numbers. */
	uint32_t *parents;
	/* By number: the entry of the root tree, zero until needed; its block, NULL until needed. */
	unsigned char *roots;
	const unsigned char **root_blocks;
	/* By commit of the range: a row of `masks`, or one of the two below. */
	uint32_t *rows;
	uint64_t *masks;
	size_t nmasks;
	size_t masks_alloc;
	/*
	 * For the node in hand: in the tree of stand_in[n], all wanted paths
	 * below the node are what they are in the tree of n.
	 */
	uint32_t *stand_in;
	/* Below nodes less than this, a commit of the range is as its parent. */
	uint32_t *same_until;
	uint32_t *same_parent;
	/* How many nodes there are to take in hand, and how many were. */
	size_t nodes;
	size_t nodes_done;
	/* The nodes from the root down to the node in hand. */
	uint32_t *chain;
	size_t depth;
	/* What is compared: a commit, then its parents. */
	const unsigned char **sides;
	const unsigned char **side_blocks;
	size_t sides_alloc;
};

/* The fields above `found` are the caller's. Returns 0, or -1 with a recorded error. */
int walk_run(struct walk *walk) MUST_CHECK;
void walk_release(struct walk *walk);

#endif
