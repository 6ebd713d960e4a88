/*
 * Which files of a tree define a function, and who calls it: an index of all
 * C, C++ and assembler of the tree, made once and kept.
 *
 *	struct definitions_work *work;
 *	struct definitions *definitions;
 *
 *	if (definitions_start(repo, &commit, &work))	from the cache, or a child makes it
 *		return -1;
 *	... other work ...
 *	if (definitions_finish(work, &definitions))
 *		... the error says why there is none; do without
 *	nr = definitions_find(definitions, "mutex_lock", len, places, ARRAY_SIZE(places));
 *	definitions_close(definitions);
 *
 * It is cached by tree as <common dir>/perf/functions-<tree>.index, the last
 * DEFINITIONS_KEPT of them; where that cannot be written, it is made anew each
 * time. What an older index knows of a file's content is not found out again.
 * A cached index that is damaged, or of another version or kind of machine, is
 * made anew. Blobs that are not here (partial clones) or cannot be read are
 * left out and counted; a large file is data, and left out too.
 *
 * Places are in byte order of their paths, then by line. Paths and names are
 * borrowed until definitions_close().
 */
#ifndef REPO_DEFINITIONS_H
#define REPO_DEFINITIONS_H

#include "repo/facts.h"
#include "repo/repo.h"

#define DEFINITIONS_KEPT 4

struct definitions;
struct definitions_work;

struct definition {
	const char *name;
	const char *path;
	/* Of the header's begin, from 1. */
	uint32_t line;
	/* enum facts_flag */
	unsigned flags;
};

/*
 * Begins. Never fails for want of a place to write to. Returns 0, or -1 with a
 * recorded error (no such tree, no child).
 */
int definitions_start(struct repo *repo, const struct oid *commit, struct definitions_work **work) MUST_CHECK;
/* Was it in the cache, so that definitions_finish() does not wait? */
bool definitions_ready(const struct definitions_work *work);
/* Called with 0 to 100 while definitions_finish() waits; may be NULL. */
typedef void definitions_progress_fn(size_t percent, void *data);
/* Waits, frees `work`, and gives the index; -1 with a recorded error when there is none. */
int definitions_finish(struct definitions_work *work, definitions_progress_fn *fn, void *data,
		       struct definitions **definitions) MUST_CHECK;
/* Ends a child that is no longer wanted. Tolerates NULL. */
void definitions_cancel(struct definitions_work *work);
void definitions_close(struct definitions *definitions);

/* CPU seconds that the child took to make it; 0 where it was cached. */
double definitions_seconds(const struct definitions *definitions);
size_t definitions_files(const struct definitions *definitions);
/* Files of the tree that could not be read, and so are not in it. */
size_t definitions_missing(const struct definitions *definitions);

/* How many places define the function; the first `max` of them in `places`. */
size_t definitions_find(const struct definitions *definitions, const char *name, size_t len,
			struct definition *places, size_t max);
/* How many functions call one of this name; the first `max` of them in `callers`. */
size_t definitions_callers(const struct definitions *definitions, const char *name, size_t len,
			   struct definition *callers, size_t max);

#endif
