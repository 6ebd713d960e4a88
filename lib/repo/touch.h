/*
 * Which commits change one of a fixed set of paths, and from which blob to
 * which: the walk that makes perfrank fast.
 *
 * The paths form a trie. It is descended only where the tree ids of a commit
 * and its parents differ; what a tree says of a trie node's children is
 * remembered per (node, tree id), so every tree is read at most once; and
 * changed-path filters spare most commits even that (repo/walk.h).
 *
 *	struct touch *touch = touch_new(repo, paths, nr);
 *
 *	if (touch_walk(touch, range, fn, data)) ...
 *	touch_free(touch);
 *
 * Non-merge commits are compared with their parent (a root with nothing), as
 * `git log --full-history --no-merges -- <paths>` does; merges count only when
 * they differ from every parent in the same path. Renames are not followed.
 * A changed mode (an executable bit, a file that becomes a symbolic link) is
 * a change even where the ids are equal. Memory is linear in the commits.
 */
#ifndef REPO_TOUCH_H
#define REPO_TOUCH_H

#include "repo/range.h"

/* What kind of answer a path wants. */
enum touch_want {
	/* The path is a file or a directory; report it when it changes. */
	TOUCH_PATH = 0,
	/* As git's `path/`: only what is a directory or a submodule; something below changed. */
	TOUCH_DIR = 1,
};

struct touch_path {
	/*
	 * Relative to the root of the tree, no leading or trailing slash;
	 * borrowed until touch_free(). "" is the root. Paths may repeat, and
	 * may lie below one another.
	 */
	const char *path;
	enum touch_want want;
};

/* What lies at a path. git's other modes are canonical to these. */
enum touch_kind {
	TOUCH_ABSENT,
	TOUCH_FILE,
	TOUCH_EXECUTABLE,
	TOUCH_SYMLINK,
	TOUCH_TREE,
	/* The id is a commit of another repository. */
	TOUCH_SUBMODULE,
};

/* One changed path of one commit. Zero ids: absent on that side. */
struct touch_change {
	/* Index into the paths that were given. */
	uint32_t path;
	enum touch_kind before_kind;
	enum touch_kind after_kind;
	/* In the first parent. */
	struct oid before;
	struct oid after;
};

struct touch_stats {
	size_t commits;
	/* Commits with a changed-path filter; what it would help to have more of. */
	size_t with_filter;
	size_t skipped_by_filter;
	/* Objects opened: commits where no graph has their trees, and trees. */
	size_t commits_read;
	size_t trees_read;
	size_t touching;
};

/*
 * Called, once all have been compared, for each commit of the range that
 * changes something, in the order of the range. `index` is the commit's index
 * in the range; changes are sorted by path and borrowed for the call. Non-zero
 * ends the walk and is returned.
 */
typedef int touch_fn(size_t index, const struct touch_change *changes, size_t nr, void *data);

struct touch;

struct touch *touch_new(struct repo *repo, const struct touch_path *paths, size_t nr);
/* Does not use the commit-graph at all: for core.commitGraph=false, tests and measurements. */
void touch_ignore_graph(struct touch *touch);
/* Called now and then with a growing share of the range's commits, at last all; may be NULL. */
void touch_on_progress(struct touch *touch, void (*fn)(size_t done, void *data), void *data);
/*
 * May be called for one range after another; what was remembered helps the
 * next. Errors, each a sentence with the object's id: a commit or tree that is
 * missing (in a partial clone, say), unreadable or malformed.
 */
int touch_walk(struct touch *touch, const struct range *range, touch_fn *fn, void *data) MUST_CHECK;
/* Of all walks so far. */
const struct touch_stats *touch_stats(const struct touch *touch);
void touch_free(struct touch *touch);

#endif
