/*
 * The lines in which two versions of a text differ. Common ends are trimmed
 * by comparing words of memory; the middle is compared line by line with
 * Myers' O(ND) algorithm ("An O(ND) Difference Algorithm and Its Variations",
 * Algorithmica 1986) as long as D stays small; beyond that bound what is left
 * of the middle is one hunk, so that no input takes quadratic time.
 *
 *	struct linediff diff = LINEDIFF_INIT;
 *
 *	linediff_compute(&diff, old, old_len, new_, new_len);
 *	for (size_t i = 0; i < diff.nr; i++)
 *		... diff.hunks[i] ...
 *	linediff_release(&diff);
 *
 * One struct may be used for many pairs: it keeps its memory.
 */
#ifndef REPO_LINEDIFF_H
#define REPO_LINEDIFF_H

#include "base/compat.h"

/*
 * A run of whole lines that one version has instead of another run of the
 * other: byte offsets [from, to), each on the begin of a line or the end of
 * the text; either may be empty, never both.
 */
struct hunk {
	size_t old_from, old_to;
	size_t new_from, new_to;
};

struct linediff {
	/* In ascending order; two hunks never touch. */
	struct hunk *hunks;
	size_t nr, alloc;
	/* Work space: starts of the lines in the middle, and Myers' traces. */
	const char **lines;
	size_t lines_alloc;
	int *trace;
	size_t trace_alloc;
};

#define LINEDIFF_INIT         \
	{                     \
		.hunks = NULL \
	}

void linediff_release(struct linediff *diff);
void linediff_compute(struct linediff *diff, const char *old, size_t old_len, const char *new_, size_t new_len);

#endif
