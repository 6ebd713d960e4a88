/*
 * Hot functions that came into their file within the range: which files were
 * they in before? A rename of the whole file is walk.c's.
 */
#include "query.h"
#include "repo/moved.h"

/* For how many files of functions git is asked; a child each. */
#define MOVES_MAX 50

/* The changes of one profile file, in the order of the range. */
struct versions {
	const struct query *query;
	const struct change **v;
	size_t nr;
};

/* All changes by path, then commit. */
static int by_path(const void *a, const void *b)
{
	const struct change *x = *(const struct change *const *)a, *y = *(const struct change *const *)b;

	if (x->path != y->path)
		return x->path < y->path ? -1 : 1;
	return x->commit < y->commit ? -1 : x->commit > y->commit;
}

/*
 * The change that brings a function which the file does not define at first:
 * what it is afterwards does. NULL where nothing does. A function that went and
 * came again is not worth more questions.
 */
static int find_arrival(const struct versions *versions, const char *name, const struct change **arrival)
{
	size_t low = 0, high = versions->nr;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		bool defined;

		if (blob_defines(versions->query->repo, &versions->v[middle]->after, &name, 1, &defined) < 0)
			return -1;
		if (defined)
			high = middle;
		else
			low = middle + 1;
	}
	*arrival = low < versions->nr ? versions->v[low] : NULL;
	return 0;
}

struct arrivals {
	struct query *query;
	uint32_t path, until;
	const char **names;
	size_t nr;
};

static void note_moved(size_t name, const char *from, void *data)
{
	const struct arrivals *arrivals = data;
	struct query *query = arrivals->query;
	struct moved *moved = query->nmoved ? &query->moved[query->nmoved - 1] : NULL;

	if (!moved || moved->path != arrivals->path || moved->until != arrivals->until ||
	    strcmp(moved->from, from)) {
		ALLOC_GROW(query->moved, query->nmoved + 1, query->moved_alloc);
		moved = &query->moved[query->nmoved++];
		*moved = (struct moved){ .from = xstrdup(from),
					 .path = arrivals->path,
					 .until = arrivals->until,
					 .names = STRVEC_INIT };
	}
	strvec_push(&moved->names, arrivals->names[name]);
}

/* Functions of one file that came with the same commit are asked for together. */
static int ask_where(struct query *query, uint32_t path, const char **names, const struct change **arrivals,
		     size_t nr, size_t *left)
{
	for (size_t i = 0; i < nr && *left; i++) {
		struct arrivals same = { .query = query, .path = path };
		int failed;

		if (!arrivals[i])
			continue;
		same.until = arrivals[i]->commit;
		same.names = xcalloc(nr, sizeof(*same.names));
		for (size_t k = i; k < nr; k++) {
			if (!arrivals[k] || arrivals[k]->commit != same.until)
				continue;
			same.names[same.nr++] = names[k];
			if (k > i)
				arrivals[k] = NULL;
		}
		--*left;
		failed = moved_functions(query->repo, &query->range.commits[same.until].id,
					 query->hot.paths[path], same.names, same.nr, note_moved, &same);
		free(same.names);
		if (failed)
			return -1;
	}
	return 0;
}

/* The functions of the file that it did not define at first, by name. */
static int find_newcomers(struct query *query, uint32_t path, const struct versions *versions,
			  const char **names, size_t *nr)
{
	const struct hot *hot = &query->hot;
	size_t known = *nr = 0;
	bool *defined;
	int ret;

	for (size_t i = 0; i < hot->nfunctions; i++)
		if (hot->functions[i].path == path)
			names[known++] = hot->functions[i].name;
	defined = xcalloc(known, sizeof(*defined));
	ret = blob_defines(query->repo, &versions->v[0]->before, names, known, defined);
	for (size_t i = 0; i < known && ret >= 0; i++)
		if (!defined[i])
			names[(*nr)++] = names[i];
	free(defined);
	return ret < 0 ? -1 : 0;
}

static int look_at_path(struct query *query, uint32_t path, const struct versions *versions, size_t *left)
{
	const char **names = xcalloc(query->hot.nfunctions, sizeof(*names));
	const struct change **arrivals = xcalloc(query->hot.nfunctions, sizeof(*arrivals));
	size_t nr;
	int ret = find_newcomers(query, path, versions, names, &nr);

	for (size_t i = 0; i < nr && !ret; i++)
		ret = find_arrival(versions, names[i], &arrivals[i]);
	if (!ret)
		ret = ask_where(query, path, names, arrivals, nr, left);
	free(names);
	free(arrivals);
	return ret;
}

int moves_find(struct query *query)
{
	const struct change **changes = xcalloc(query->nchanges, sizeof(*changes));
	size_t left = MOVES_MAX;
	int ret = 0;

	for (size_t i = 0; i < query->nchanges; i++)
		changes[i] = &query->changes[i];
	if (query->nchanges)
		qsort(changes, query->nchanges, sizeof(*changes), by_path);
	for (size_t from = 0, to; from < query->nchanges && left && !ret; from = to) {
		struct versions versions = { .query = query, .v = changes + from };

		for (to = from; to < query->nchanges && changes[to]->path == changes[from]->path;)
			to++;
		versions.nr = to - from;
		ret = look_at_path(query, changes[from]->path, &versions, &left);
	}
	free(changes);
	return ret;
}

void moves_release(struct query *query)
{
	for (size_t i = 0; i < query->nmoved; i++) {
		free(query->moved[i].from);
		strvec_release(&query->moved[i].names);
	}
	free(query->moved);
}
