/*
 * A closer look at the commits that look likeliest so far: what else they
 * change in the folders of the profile's files, and in the headers that these
 * include. For all commits it would cost more than it tells.
 */
#include "query.h"
#include "repo/function.h"

/* How many are looked at of those that touch a profile file, and of those that do not. */
#define CLOSER_MAX 400

struct nearby {
	struct query *query;
	/* The commit of the range that each commit of the walk is. */
	const uint32_t *commits;
	const struct strvec *headers;
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

static void give_line(char side, const char *text, size_t len, bool in_comment, void *data)
{
	(void)side;
	if (!in_comment)
		rank_line(data, text, len);
}

/* Returns 1 where the version is not here. */
static int read_header(struct query *query, const struct oid *id, struct strbuf *text)
{
	struct object object;
	int found;

	if (oid_is_zero(id))
		return 0;
	found = repo_read(query->repo, id, OBJECT_NONE, &object);
	if (!found && object.kind == OBJECT_BLOB && object.size <= QUERY_BLOB_MAX)
		strbuf_add(text, object.data, object.size);
	return found > 0 && !query->repo->partial ? 0 : found;
}

static int look_at_header(const struct nearby *nearby, const struct touch_change *change, const char *path)
{
	struct query *query = nearby->query;
	struct function_sink sink = { .line = give_line, .data = query->rank };
	struct strbuf before = STRBUF_INIT, after = STRBUF_INIT;
	int missing = read_header(query, &change->before, &before);

	if (!missing)
		missing = read_header(query, &change->after, &after);
	if (missing > 0) {
		missing_change(query, path);
	} else if (!missing) {
		rank_header(query->rank, nearby->commit);
		function_changes(before.buf, before.len, after.buf, after.len, &sink);
	}
	strbuf_release(&before);
	strbuf_release(&after);
	return missing < 0 ? -1 : 0;
}

/* What was a file, a link, a submodule, or becomes one, is no folder: an empty one. */
static int look_at_folder(struct nearby *nearby, const struct touch_change *change)
{
	static const struct oid none;
	const struct oid *before = change->before_kind == TOUCH_TREE ? &change->before : &none;
	const struct oid *after = change->after_kind == TOUCH_TREE ? &change->after : &none;

	return repo_tree_changes(nearby->query->repo, before, after, note_file, nearby);
}

static int look(size_t index, const struct touch_change *changes, size_t nr, void *data)
{
	struct nearby *nearby = data;
	size_t ndirs = rank_ndirectories(nearby->query->rank);

	nearby->commit = nearby->commits[index];
	for (size_t i = 0; i < nr; i++) {
		int failed;

		nearby->directory = changes[i].path;
		if (changes[i].path < ndirs)
			failed = look_at_folder(nearby, &changes[i]);
		else
			failed = look_at_header(nearby, &changes[i],
						nearby->headers->v[changes[i].path - ndirs]);
		if (failed)
			return -1;
	}
	return 0;
}

/* Walks the commits [0, nr) of nearby->commits for the directories and headers. */
static int walk_closer(struct nearby *nearby, size_t nr)
{
	const struct strvec *headers = nearby->headers;
	struct query *query = nearby->query;
	const struct range *whole = &query->range;
	struct range range = { .parents = whole->parents, .nparents = whole->nparents, .nr = nr };
	size_t ndirs = rank_ndirectories(query->rank);
	struct touch_path *asked = xcalloc(ndirs + headers->nr, sizeof(*asked));
	struct touch *touch;
	int ret;

	range.commits = xcalloc(nr, sizeof(*range.commits));
	for (size_t i = 0; i < nr; i++)
		range.commits[i] = whole->commits[nearby->commits[i]];
	for (size_t i = 0; i < ndirs; i++)
		asked[i] = (struct touch_path){ .path = rank_directory_name(query->rank, i), .want = TOUCH_DIR };
	for (size_t i = 0; i < headers->nr; i++)
		asked[ndirs + i] = (struct touch_path){ .path = headers->v[i] };
	touch = touch_new(query->repo, asked, ndirs + headers->nr);
	if (!config_bool(&query->config, "core.commitGraph", true))
		touch_ignore_graph(touch);
	ret = touch_walk(touch, &range, look, nearby);
	touch_free(touch);
	free(range.commits);
	free(asked);
	return ret;
}

static bool is_hot(const struct hot *hot, const char *path)
{
	for (size_t i = 0; i < hot->npaths; i++)
		if (!strcmp(hot->paths[i], path))
			return true;
	return false;
}

/* The headers that the profile's files include, but for those that are such files. */
static int find_headers(struct query *query, struct strvec *headers)
{
	struct strvec found = STRVEC_INIT;
	int ret = includes_find(&query->hot.includes, query->repo, &query->range.tip, &found);

	for (size_t i = 0; i < found.nr; i++)
		if (!is_hot(&query->hot, found.v[i]))
			strvec_push(headers, found.v[i]);
	strvec_release(&found);
	return ret;
}

int gather_nearby(struct query *query)
{
	uint32_t *commits = xcalloc(query->range.nr, sizeof(*commits));
	struct strvec headers = STRVEC_INIT;
	struct nearby nearby = { .query = query, .commits = commits, .headers = &headers };
	size_t nr = rank_closer(query->rank, CLOSER_MAX, commits);
	int ret = find_headers(query, &headers);

	if (!ret)
		ret = walk_closer(&nearby, nr);
	strvec_release(&headers);
	free(commits);
	return ret;
}
