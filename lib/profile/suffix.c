#include "profile/suffix.h"

#include <sys/stat.h>

static const char *name_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

void suffix_normalize(struct strbuf *out, const char *path)
{
	bool absolute = *path == '/';

	strbuf_reset(out);
	if (absolute)
		strbuf_addch(out, '/');
	while (*path) {
		size_t len = strcspn(path, "/"), top = absolute ? 1 : 0;

		if (len == 2 && !memcmp(path, "..", 2) && out->len > top && !ends_with(out->buf, "..")) {
			char *slash = memrchr(out->buf, '/', out->len);

			strbuf_setlen(out, slash && (size_t)(slash - out->buf) >= top
						   ? (size_t)(slash - out->buf)
						   : top);
		} else if (len && !(len == 1 && *path == '.') &&
			   !(absolute && len == 2 && out->len == top && !memcmp(path, "..", 2))) {
			if (out->len > top)
				strbuf_addch(out, '/');
			strbuf_add(out, path, len);
		}
		path += len + (path[len] == '/');
	}
}

void suffixes_add(struct suffixes *s, const char *path)
{
	const char *name = name_of(path);
	size_t known = s->names.nr, id = strmap_intern(&s->names, name, strlen(name));

	ALLOC_GROW(s->paths, s->nr + 1, s->alloc);
	ALLOC_GROW(s->first, id + 1, s->alloc_first);
	if (id == known)
		s->first[id] = 0;
	s->paths[s->nr++] = (struct suffix_path){ .path = xstrdup(path), .next = s->first[id] };
	s->first[id] = (uint32_t)s->nr;
}

static int add_file(const char *path, const struct oid *id UNUSED, unsigned mode, void *data)
{
	if (S_ISREG(mode))
		suffixes_add(data, path);
	return 0;
}

int suffixes_load(struct suffixes *s, struct repo *repo, const struct oid *commit)
{
	if (repo->work_tree)
		s->work_tree = xstrfmt("%s/", repo->work_tree);
	return repo_list_tree(repo, commit, add_file, s);
}

void suffixes_release(struct suffixes *s)
{
	strmap_release(&s->names);
	for (size_t i = 0; i < s->nr; i++)
		free(s->paths[i].path);
	free(s->paths);
	free(s->first);
	free(s->work_tree);
	strbuf_release(&s->scratch);
	*s = (struct suffixes)SUFFIXES_INIT;
}

/* Is `end` the last parts of `path`, or all of it? */
static bool is_end(const char *path, const char *end)
{
	size_t len = strlen(path), n = strlen(end);

	return len >= n && !memcmp(path + len - n, end, n) && (len == n || path[len - n - 1] == '/');
}

/* How much the two share, when one is an end of the other. */
static size_t shared(const char *file, const char *path)
{
	if (is_end(file, path))
		return strlen(path);
	return *file != '/' && is_end(path, file) ? strlen(file) : 0;
}

static const char *find_in_work_tree(const struct suffixes *s, const char *file)
{
	const char *name = name_of(file);
	ssize_t id = strmap_get(&s->names, name);

	file += strlen(s->work_tree);
	for (uint32_t at = id < 0 ? 0 : s->first[id]; at; at = s->paths[at - 1].next)
		if (!strcmp(s->paths[at - 1].path, file))
			return s->paths[at - 1].path;
	return NULL;
}

const char *suffixes_find(struct suffixes *s, const char *file)
{
	const char *found = NULL;
	size_t best = 0;
	ssize_t id;

	suffix_normalize(&s->scratch, file);
	file = s->scratch.buf;
	if (s->work_tree && starts_with(file, s->work_tree))
		found = find_in_work_tree(s, file);
	if (found)
		return found;
	id = strmap_get(&s->names, name_of(file));
	for (uint32_t at = id < 0 ? 0 : s->first[id]; at; at = s->paths[at - 1].next) {
		size_t n = shared(file, s->paths[at - 1].path);

		if (n && n == best)
			found = NULL;
		if (n <= best)
			continue;
		best = n;
		found = s->paths[at - 1].path;
	}
	return found;
}
