/*
 * A closer look at the commits that change a profile file or whose message
 * answers: what else they change in the folders of the profile's files. For
 * the others it would cost more than it tells.
 */
#include "query.h"

/* How many commits that touch no profile file are looked at. */
#define CLOSER_MAX 2000

struct nearby {
	struct query *query;
	/* The commit of the range that each commit of the walk is. */
	const uint32_t *commits;
	/* What is being looked at. */
	size_t commit;
	size_t directory;
};

static bool is_code(const char *name)
{
	static const char *const endings[] = { ".c", ".h", ".S", ".cc", ".cpp", ".inc" };

	for (size_t i = 0; i < ARRAY_SIZE(endings); i++)
		if (ends_with(name, endings[i]))
			return true;
	return false;
}

static bool is_profile_file(const struct nearby *nearby, const char *name)
{
	const struct query *query = nearby->query;
	const char *dir = rank_directory_name(query->rank, nearby->directory);
	size_t len = strlen(dir);

	for (size_t i = 0; i < query->hot.npaths; i++) {
		const char *path = query->hot.paths[i];

		if (strncmp(path, dir, len) || (len && path[len] != '/'))
			continue;
		if (!strcmp(path + len + (len > 0), name))
			return true;
	}
	return false;
}

static int note_file(const char *name, const struct oid *id, unsigned mode, void *data)
{
	const struct nearby *nearby = data;

	(void)id;
	(void)mode;
	/* The profile's own files have been told of. */
	if (is_code(name) && !is_profile_file(nearby, name))
		rank_nearby(nearby->query->rank, nearby->commit, nearby->directory, name);
	return 0;
}

static int look(size_t index, const struct touch_change *changes, size_t nr, void *data)
{
	struct nearby *nearby = data;

	nearby->commit = nearby->commits[index];
	for (size_t i = 0; i < nr; i++) {
		nearby->directory = changes[i].path;
		if (repo_tree_changes(nearby->query->repo, &changes[i].before, &changes[i].after, note_file,
				      nearby))
			return -1;
	}
	return 0;
}

int gather_nearby(struct query *query)
{
	const struct range *whole = &query->range;
	struct range range = { .parents = whole->parents, .nparents = whole->nparents };
	uint32_t *commits = xcalloc(whole->nr, sizeof(*commits));
	size_t ndirs = rank_ndirectories(query->rank);
	struct touch_path *asked = xcalloc(ndirs, sizeof(*asked));
	struct nearby nearby = { .query = query, .commits = commits };
	struct touch *touch;
	int ret;

	range.nr = rank_closer(query->rank, CLOSER_MAX, commits);
	range.commits = xcalloc(range.nr, sizeof(*range.commits));
	for (size_t i = 0; i < range.nr; i++)
		range.commits[i] = whole->commits[commits[i]];
	for (size_t i = 0; i < ndirs; i++)
		asked[i] = (struct touch_path){ .path = rank_directory_name(query->rank, i), .want = TOUCH_DIR };
	touch = touch_new(query->repo, asked, ndirs);
	ret = touch_walk(touch, &range, look, &nearby);
	touch_free(touch);
	free(range.commits);
	free(asked);
	free(commits);
	return ret;
}
