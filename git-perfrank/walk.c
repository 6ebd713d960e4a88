/* Which commits change the profile's files, under the names that these had at the time. */
#include "base/strmap.h"
#include "query.h"
#include "repo/renamed.h"
#include "ui/progress.h"

/* How often a file's past names are followed; a chain of renames in one range is rare. */
#define RENAMES_MAX 4
/* For how many additions git is asked whether they are renames; a child each. */
#define ADDITIONS_MAX 200

struct walk {
	struct query *query;
	/* The paths that are asked for, and the one of hot->paths that each stands for. */
	struct touch_path *asked;
	uint32_t *stands_for;
	size_t npaths;
	/* The paths are those of query->moved. */
	bool moved;
	/* For each of query->changes, the asked path of its round that found it. */
	uint32_t *found_by;
	size_t found_by_alloc;
	/* "<path of hot->paths>:<past name>" of all that were asked for. */
	struct strmap past;
	struct progress progress;
	/* How many additions have been looked into. */
	size_t additions;
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
					 .moved = walk->moved ? changes[i].path + 1 : 0,
					 .before = changes[i].before,
					 .after = changes[i].after };

		/* What happens to a file once the functions have left it is not their history. */
		if (walk->moved && (merge || index >= query->moved[changes[i].path].until))
			continue;
		if (merge) {
			append(&query->merges, &query->nmerges, &query->merges_alloc, &change);
			continue;
		}
		ALLOC_GROW(walk->found_by, query->nchanges + 1, walk->found_by_alloc);
		walk->found_by[query->nchanges] = changes[i].path;
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

	if (!config_bool(&walk->query->config, "core.commitGraph", true))
		touch_ignore_graph(touch);
	touch_on_progress(touch, show_progress, &walk->progress);
	ret = touch_walk(touch, &walk->query->range, note, walk);
	*stats = *touch_stats(touch);
	touch_free(touch);
	return ret;
}

/* What a file was called before a commit of the range. */
struct past_name {
	/* Into hot->paths: the file at the bad end. */
	uint32_t path;
	char *name;
};

/* Notes that a path had this name; false where that is known. */
static bool is_new_name(struct walk *walk, uint32_t path, const char *name)
{
	char *key = xstrfmt("%" PRIu32 ":%s", path, name);
	size_t known = walk->past.nr;

	strmap_intern(&walk->past, key, strlen(key));
	free(key);
	return walk->past.nr > known;
}

/*
 * Looks at the changes from `first` on that add a file in the middle of the
 * history, and asks for the names that the files had before.
 */
static int follow_renames(struct walk *walk, size_t first, struct past_name **past, size_t *nr)
{
	struct query *query = walk->query;
	size_t alloc = 0;

	for (size_t i = first; i < query->nchanges; i++) {
		struct change *change = &query->changes[i];
		const struct range_commit *commit = &query->range.commits[change->commit];
		struct renamed renamed = RENAMED_INIT;

		if (!oid_is_zero(&change->before) || !commit->nparents || walk->additions == ADDITIONS_MAX)
			continue;
		walk->additions++;
		if (renamed_from(query->repo, &commit->id, walk->asked[walk->found_by[i]].path, &renamed)) {
			renamed_release(&renamed);
			return -1;
		}
		if (renamed.unknown)
			missing_name(query, change->commit);
		if (renamed.from)
			change->before = renamed.before;
		if (renamed.from && is_new_name(walk, change->path, renamed.from)) {
			ALLOC_GROW(*past, *nr + 1, alloc);
			(*past)[(*nr)++] = (struct past_name){ change->path, xstrdup(renamed.from) };
		}
		renamed_release(&renamed);
	}
	return 0;
}

static int by_commit(const void *a, const void *b)
{
	const struct change *x = a, *y = b;

	if (x->commit != y->commit)
		return x->commit < y->commit ? -1 : 1;
	if (x->path != y->path)
		return x->path < y->path ? -1 : 1;
	return x->moved < y->moved ? -1 : x->moved > y->moved;
}

/* The same, with a deletion last, and in one order whatever the sort. */
static int by_change(const void *a, const void *b)
{
	const struct change *x = a, *y = b;
	int cmp = by_commit(a, b);

	if (!cmp)
		cmp = oid_is_zero(&x->after) - oid_is_zero(&y->after);
	if (!cmp)
		cmp = memcmp(x->after.raw, y->after.raw, OID_RAW_MAX);
	return cmp ? cmp : memcmp(x->before.raw, y->before.raw, OID_RAW_MAX);
}

/* One change per commit and path: that of the rename itself before that of its old name. */
static void sort_changes(struct query *query)
{
	size_t kept = 0;

	if (query->nchanges)
		qsort(query->changes, query->nchanges, sizeof(*query->changes), by_change);
	for (size_t i = 0; i < query->nchanges; i++) {
		struct change *last = kept ? &query->changes[kept - 1] : NULL;

		if (last && !by_commit(last, &query->changes[i]))
			continue;
		query->changes[kept++] = query->changes[i];
	}
	query->nchanges = kept;
}

/* Makes the past names what is asked for; they are the walk's from here on. */
static void ask_for(struct walk *walk, const struct past_name *past, size_t nr, struct strvec *names)
{
	walk->asked = xreallocarray(walk->asked, nr, sizeof(*walk->asked));
	walk->stands_for = xreallocarray(walk->stands_for, nr, sizeof(*walk->stands_for));
	walk->npaths = nr;
	for (size_t i = 0; i < nr; i++) {
		strvec_push(&walk->query->missing.old_names, past[i].name);
		strvec_push_owned(names, past[i].name);
		walk->asked[i] = (struct touch_path){ .path = past[i].name };
		walk->stands_for[i] = past[i].path;
	}
}

/* Walks again for the names that files had before, as long as there are new ones. */
static int walk_old_names(struct walk *walk)
{
	struct strvec names = STRVEC_INIT;
	size_t first = 0, nr = 1;
	int ret = 0;

	for (size_t round = 0; round < RENAMES_MAX && !ret && nr; round++) {
		struct past_name *past = NULL;
		struct touch_stats stats;

		nr = 0;
		ret = follow_renames(walk, first, &past, &nr);
		first = walk->query->nchanges;
		if (nr)
			ask_for(walk, past, nr, &names);
		if (!ret && nr)
			ret = run(walk, &stats);
		free(past);
	}
	strvec_release(&names);
	return ret;
}

/* Asks for the paths, once each, and notes what changes them under the numbers in `stands_for`. */
static int walk_paths(struct walk *walk, int progress)
{
	int ret;

	progress_start_now(&walk->progress, "Walking commits", walk->query->range.nr, progress);
	ret = run(walk, &walk->query->stats);
	progress_stop(&walk->progress);
	return ret;
}

static void ask(struct walk *walk, const char *path, uint32_t stands_for)
{
	walk->asked[walk->npaths].path = path;
	walk->stands_for[walk->npaths++] = stands_for;
}

static void walk_init(struct walk *walk, struct query *query, size_t npaths)
{
	*walk = (struct walk){ .query = query, .past = STRMAP_INIT };
	walk->asked = xcalloc(npaths, sizeof(*walk->asked));
	walk->stands_for = xcalloc(npaths, sizeof(*walk->stands_for));
}

static void walk_release(struct walk *walk)
{
	strmap_release(&walk->past);
	free(walk->asked);
	free(walk->stands_for);
	free(walk->found_by);
}

int walk_early(struct query *query, int progress)
{
	struct walk walk;
	int ret;

	walk_init(&walk, query, query->paths.nr);
	for (size_t i = 0; i < query->paths.nr; i++)
		if (query->paths.v[i].exists)
			ask(&walk, query->paths.v[i].path, (uint32_t)i);
	ret = walk.npaths ? walk_paths(&walk, progress) : 0;
	query->walked_early = true;
	walk_release(&walk);
	return ret;
}

static size_t renumber(struct change *changes, size_t nr, const uint32_t *numbers)
{
	size_t kept = 0;

	for (size_t i = 0; i < nr; i++) {
		if (numbers[changes[i].path] == RANK_NO_PATH)
			continue;
		changes[kept] = changes[i];
		changes[kept++].path = numbers[changes[i].path];
	}
	return kept;
}

/* Makes what was found early the changes of hot->paths; `walked` gets which of these it is all of. */
static void adopt_early(struct query *query, bool *walked)
{
	const struct hot *hot = &query->hot;
	uint32_t *numbers = xcalloc(query->paths.nr, sizeof(*numbers));

	/* Both are in byte order. */
	for (size_t i = 0, k = 0; i < query->paths.nr; i++) {
		numbers[i] = RANK_NO_PATH;
		while (k < hot->npaths && strcmp(hot->paths[k], query->paths.v[i].path) < 0)
			k++;
		if (k == hot->npaths || strcmp(hot->paths[k], query->paths.v[i].path))
			continue;
		numbers[i] = (uint32_t)k;
		walked[k] = query->paths.v[i].exists;
	}
	query->nchanges = renumber(query->changes, query->nchanges, numbers);
	query->nmerges = renumber(query->merges, query->nmerges, numbers);
	free(numbers);
}

/* From here on it is as if all of hot->paths had been asked for at once. */
static void ask_for_all(struct walk *walk)
{
	const struct query *query = walk->query;

	ALLOC_GROW(walk->found_by, query->nchanges, walk->found_by_alloc);
	for (size_t i = 0; i < query->nchanges; i++)
		walk->found_by[i] = query->changes[i].path;
	walk->npaths = 0;
	for (size_t i = 0; i < query->hot.npaths; i++)
		ask(walk, query->hot.paths[i], (uint32_t)i);
	if (query->nmerges)
		qsort(query->merges, query->nmerges, sizeof(*query->merges), by_commit);
}

/* Walks for the files that functions were moved out of. */
static int walk_moved(struct query *query)
{
	struct touch_stats stats;
	struct walk walk;
	int ret;

	walk_init(&walk, query, query->nmoved);
	walk.moved = true;
	for (size_t i = 0; i < query->nmoved; i++)
		ask(&walk, query->moved[i].from, query->moved[i].path);
	ret = query->nmoved ? run(&walk, &stats) : 0;
	walk_release(&walk);
	return ret;
}

int walk_range(struct query *query, int progress)
{
	const struct hot *hot = &query->hot;
	bool *walked = xcalloc(hot->npaths, sizeof(*walked));
	struct walk walk;
	int ret;

	walk_init(&walk, query, hot->npaths);
	if (query->walked_early)
		adopt_early(query, walked);
	for (size_t i = 0; i < hot->npaths; i++)
		if (!walked[i])
			ask(&walk, hot->paths[i], (uint32_t)i);
	ret = walk.npaths || !query->walked_early ? walk_paths(&walk, progress) : 0;
	if (!ret) {
		ask_for_all(&walk);
		ret = walk_old_names(&walk);
	}
	sort_changes(query);
	walk_release(&walk);
	if (!ret && !query->believe)
		ret = moves_find(query) || walk_moved(query);
	if (query->nmoved)
		sort_changes(query);
	free(walked);
	return ret;
}
