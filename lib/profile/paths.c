#include "profile/paths.h"

#include <sys/stat.h>

#include "profile/near.h"

/* For so many missing paths, the hottest, near ones are sought. */
#define NEAR_WISHES_MAX 1000

/* git's mode of a submodule. */
#define MODE_GITLINK 0160000

static int by_path(const void *a, const void *b, void *data)
{
	const struct profile *profile = data;
	uint32_t i = *(const uint32_t *)a, j = *(const uint32_t *)b;
	int order = strcmp(profile->rows[i].path, profile->rows[j].path);

	return order ? order : (i > j) - (i < j);
}

/* The rows that name a path, by path. */
static uint32_t *rows_by_path(const struct profile *profile, size_t *nr)
{
	uint32_t *rows = xcalloc(profile->nr, sizeof(*rows));

	*nr = 0;
	for (size_t i = 0; i < profile->nr; i++)
		if (*profile->rows[i].path)
			rows[(*nr)++] = (uint32_t)i;
	qsort_r(rows, *nr, sizeof(*rows), by_path, (void *)profile);
	return rows;
}

static void list_paths(const struct profile *profile, struct profile_paths *paths)
{
	size_t nr, alloc = 0;
	uint32_t *rows = rows_by_path(profile, &nr);

	for (size_t i = 0; i < nr; i++) {
		const char *path = profile->rows[rows[i]].path;
		double share = profile_share(profile, rows[i]);
		struct profile_path *last;

		if (!i || strcmp(profile->rows[rows[i - 1]].path, path)) {
			ALLOC_GROW(paths->v, paths->nr + 1, alloc);
			paths->v[paths->nr++] = (struct profile_path){ .path = path, .share = share };
		}
		last = &paths->v[paths->nr - 1];
		last->rows++;
		if (share > last->share)
			last->share = share;
	}
	free(rows);
}

static int hottest_first(const void *a, const void *b, void *data)
{
	const struct profile_paths *paths = data;
	size_t i = *(const size_t *)a, j = *(const size_t *)b;

	if (paths->v[i].share != paths->v[j].share)
		return paths->v[i].share > paths->v[j].share ? -1 : 1;
	return (i > j) - (i < j);
}

static int offer_path(const char *path, const struct oid *id UNUSED, unsigned mode, void *data)
{
	if ((mode & S_IFMT) != MODE_GITLINK)
		near_offer(data, path);
	return 0;
}

/* Finds what is near the hottest of the `nr` missing paths, in one walk of the tree. */
static int find_near(struct profile_paths *paths, size_t *missing, size_t nr, struct repo *repo,
		     const struct oid *commit)
{
	struct near near = NEAR_INIT;
	int result;

	qsort_r(missing, nr, sizeof(*missing), hottest_first, paths);
	for (size_t i = 0; i < nr && i < NEAR_WISHES_MAX; i++)
		near_wish(&near, paths->v[missing[i]].path);
	result = repo_list_tree(repo, commit, offer_path, &near);
	for (size_t i = 0; !result && i < near.nr; i++) {
		struct profile_path *path = &paths->v[missing[i]];

		path->nnear = near.v[i].nr;
		for (size_t n = 0; n < path->nnear; n++) {
			path->near[n] = near.v[i].best[n].path;
			near.v[i].best[n].path = NULL;
		}
	}
	near_release(&near);
	return result;
}

int profile_paths_check(const struct profile *profile, struct repo *repo, const struct oid *commit,
			struct profile_paths *paths)
{
	size_t *missing;
	size_t nr = 0;
	int result = 0;

	list_paths(profile, paths);
	missing = xcalloc(paths->nr, sizeof(*missing));
	for (size_t i = 0; !result && i < paths->nr; i++) {
		struct oid id;
		unsigned mode;
		int absent = repo_tree_entry(repo, commit, paths->v[i].path, &id, &mode);

		paths->v[i].exists = !absent;
		if (absent < 0)
			result = -1;
		else if (absent)
			missing[nr++] = i;
	}
	if (!result && nr)
		result = find_near(paths, missing, nr, repo, commit);
	free(missing);
	return result;
}

void profile_paths_release(struct profile_paths *paths)
{
	for (size_t i = 0; i < paths->nr; i++)
		for (size_t n = 0; n < paths->v[i].nnear; n++)
			free(paths->v[i].near[n]);
	free(paths->v);
	*paths = (struct profile_paths)PROFILE_PATHS_INIT;
}
