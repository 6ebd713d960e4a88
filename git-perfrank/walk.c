/* Which commits change the profile's files, under the names that these had at the time. */
#include "base/error.h"
#include "base/process.h"
#include "query.h"
#include "ui/progress.h"

/* How often a file's past names are followed; a chain of renames in one range is rare. */
#define RENAMES_MAX 4

struct walk {
	struct query *query;
	/* The paths that are asked for, and the one of hot->paths that each stands for. */
	struct touch_path *asked;
	uint32_t *stands_for;
	size_t npaths;
	struct progress progress;
};

static void append(struct change **v, size_t *nr, size_t *alloc, const struct change *change)
{
	ALLOC_GROW(*v, *nr + 1, *alloc);
	(*v)[(*nr)++] = *change;
}

static int note(size_t index, const struct touch_change *changes, size_t nr, void *data)
{
	struct walk *walk = data;
	struct query *query = walk->query;
	bool merge = query->range.commits[index].nparents > 1;

	for (size_t i = 0; i < nr; i++) {
		struct change change = { .commit = (uint32_t)index,
					 .path = walk->stands_for[changes[i].path],
					 .before = changes[i].before,
					 .after = changes[i].after };

		if (merge)
			append(&query->merges, &query->nmerges, &query->merges_alloc, &change);
		else
			append(&query->changes, &query->nchanges, &query->changes_alloc, &change);
	}
	return 0;
}

static void show_progress(size_t done, void *data)
{
	progress_update(data, done);
}

static int run(struct walk *walk, struct touch_stats *stats)
{
	struct touch *touch = touch_new(walk->query->repo, walk->asked, walk->npaths);
	int ret;

	touch_on_progress(touch, show_progress, &walk->progress);
	ret = touch_walk(touch, &walk->query->range, note, walk);
	*stats = *touch_stats(touch);
	touch_free(touch);
	return ret;
}

/* A commit that gave a file its name. */
struct rename {
	/* Into query->changes. */
	size_t change;
	char *from;
	struct oid before;
};

/* ":100644 100644 <id> <id> R090" NUL old NUL new NUL ... */
static int read_renames(struct query *query, struct process *p, const char *path, struct rename *rename)
{
	struct strbuf meta = STRBUF_INIT, from = STRBUF_INIT, to = STRBUF_INIT;
	size_t hex = 2 * query->repo->rawlen;
	int ret;

	while ((ret = process_read_record(p, &meta, '\0', 65536)) > 0) {
		ret = process_read_record(p, &from, '\0', 65536);
		if (ret <= 0)
			break;
		/* Only renames and copies have a second name. */
		if (!strchr(meta.buf, 'R') && !strchr(meta.buf, 'C'))
			continue;
		ret = process_read_record(p, &to, '\0', 65536);
		if (ret <= 0)
			break;
		if (strcmp(to.buf, path) || rename->from || meta.len < 16 + hex)
			continue;
		if (!oid_from_hex(&rename->before, meta.buf + strlen(":100644 100644 "), query->repo->rawlen))
			rename->from = xstrdup(from.buf);
	}
	strbuf_release(&meta);
	strbuf_release(&from);
	strbuf_release(&to);
	return ret;
}

/* Was the file that this change adds there before under another name? */
static int find_rename(struct query *query, const char *path, struct rename *rename)
{
	struct process p = PROCESS_INIT;
	char hex[OID_HEX_MAX + 1];
	int ret;

	oid_to_hex(hex, &query->range.commits[query->changes[rename->change].commit].id, query->repo->rawlen);
	strvec_pushl(&p.args, "git", "diff-tree", "-r", "-z", "--raw", "--no-abbrev", "--no-commit-id", "-M",
		     "--diff-filter=R", hex, "--", NULL);
	p.out = PROCESS_PIPE;
	if (process_start(&p))
		return -1;
	ret = read_renames(query, &p, path, rename);
	if (ret < 0) {
		process_kill(&p);
		return -1;
	}
	return process_finish(&p);
}

/*
 * Looks at the changes from `first` on that add a file in the middle of the
 * history, and asks for the names that the files had before.
 */
static int follow_renames(struct walk *walk, size_t first, struct rename **renames, size_t *nr)
{
	struct query *query = walk->query;
	size_t alloc = 0;

	for (size_t i = first; i < query->nchanges; i++) {
		const struct change *change = &query->changes[i];
		struct rename rename = { .change = i };

		if (!oid_is_zero(&change->before) || !query->range.commits[change->commit].nparents)
			continue;
		if (find_rename(query, query->hot.paths[change->path], &rename))
			return -1;
		if (!rename.from)
			continue;
		query->changes[i].before = rename.before;
		ALLOC_GROW(*renames, *nr + 1, alloc);
		(*renames)[(*nr)++] = rename;
	}
	return 0;
}

static int by_commit(const void *a, const void *b)
{
	const struct change *x = a, *y = b;

	if (x->commit != y->commit)
		return x->commit < y->commit ? -1 : 1;
	return x->path < y->path ? -1 : x->path > y->path;
}

/* One change per commit and path: that of the rename itself before that of its old name. */
static void sort_changes(struct query *query)
{
	size_t kept = 0;

	qsort(query->changes, query->nchanges, sizeof(*query->changes), by_commit);
	for (size_t i = 0; i < query->nchanges; i++) {
		struct change *last = kept ? &query->changes[kept - 1] : NULL;

		if (last && !by_commit(last, &query->changes[i])) {
			if (oid_is_zero(&last->after))
				*last = query->changes[i];
			continue;
		}
		query->changes[kept++] = query->changes[i];
	}
	query->nchanges = kept;
}

/* Walks again for the names that files had before, as long as there are new ones. */
static int walk_old_names(struct walk *walk)
{
	struct query *query = walk->query;
	size_t first = 0;
	int ret = 0;

	for (size_t round = 0; round < RENAMES_MAX && !ret; round++) {
		struct rename *renames = NULL;
		struct touch_stats stats;
		size_t nr = 0;

		ret = follow_renames(walk, first, &renames, &nr);
		first = query->nchanges;
		walk->asked = xreallocarray(walk->asked, nr, sizeof(*walk->asked));
		walk->stands_for = xreallocarray(walk->stands_for, nr, sizeof(*walk->stands_for));
		for (size_t i = 0; i < nr; i++) {
			walk->asked[i] = (struct touch_path){ .path = renames[i].from };
			walk->stands_for[i] = query->changes[renames[i].change].path;
		}
		walk->npaths = nr;
		if (!ret && nr)
			ret = run(walk, &stats);
		for (size_t i = 0; i < nr; i++)
			free(renames[i].from);
		free(renames);
		if (!nr)
			break;
	}
	return ret;
}

int walk_range(struct query *query, int progress)
{
	const struct hot *hot = &query->hot;
	struct walk walk = { .query = query, .npaths = hot->npaths };
	int ret;

	walk.asked = xcalloc(hot->npaths, sizeof(*walk.asked));
	walk.stands_for = xcalloc(hot->npaths, sizeof(*walk.stands_for));
	for (size_t i = 0; i < hot->npaths; i++) {
		walk.asked[i].path = hot->paths[i];
		walk.stands_for[i] = (uint32_t)i;
	}
	progress_start(&walk.progress, "Walking commits", query->range.nr, progress);
	ret = run(&walk, &query->stats);
	progress_stop(&walk.progress);
	if (!ret)
		ret = walk_old_names(&walk);
	sort_changes(query);
	free(walk.asked);
	free(walk.stands_for);
	return ret;
}
