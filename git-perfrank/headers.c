/* Which headers of the tree do the profile's files include? */
#include "base/strmap.h"
#include "query.h"

/* The name in `#include "name"` or `#include <name>`, or 0. */
static size_t included_name(const char *line, size_t len, const char **name)
{
	const char *end = line + len, *at = line;
	const char *close;

	while (at < end && (*at == ' ' || *at == '\t'))
		at++;
	if (at == end || *at++ != '#')
		return 0;
	while (at < end && (*at == ' ' || *at == '\t'))
		at++;
	if ((size_t)(end - at) < strlen("include") || !starts_with(at, "include"))
		return 0;
	at += strlen("include");
	while (at < end && (*at == ' ' || *at == '\t'))
		at++;
	if (at == end || (*at != '"' && *at != '<'))
		return 0;
	close = memchr(at + 1, *at == '"' ? '"' : '>', (size_t)(end - at - 1));
	*name = at + 1;
	return close ? (size_t)(close - at - 1) : 0;
}

void headers_note(struct hot *hot, const char *path, const char *text, size_t len)
{
	const char *slash = strrchr(path, '/'), *end = text + len, *name;

	while (text < end) {
		const char *eol = memchr(text, '\n', (size_t)(end - text));
		size_t n = included_name(text, (size_t)((eol ? eol : end) - text), &name);

		if (n && n < PATH_MAX) {
			strvec_push_owned(&hot->includes, xmemdupz(name, n));
			strvec_push_owned(&hot->includers,
					  xmemdupz(path, slash ? (size_t)(slash - path) + 1 : 0));
		}
		text = eol ? eol + 1 : end;
	}
}

struct search {
	const struct hot *hot;
	/* Base names that are included, and for each the includes with it, as a list by `next`. */
	struct strmap bases;
	size_t *first, *next;
	/* The best path of each include so far. */
	char **found;
};

static const char *base_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static size_t common_start(const char *a, const char *b)
{
	size_t n = 0;

	while (a[n] && a[n] == b[n])
		n++;
	return n;
}

/* Does `path` end with the name that is included? "../x.h" and "./x.h" count by what follows. */
static bool answers(const char *path, const char *include)
{
	size_t len = strlen(path), n;

	while (starts_with(include, "../") || starts_with(include, "./"))
		include += starts_with(include, "./") ? 2 : 3;
	n = strlen(include);
	return len >= n && !strcmp(path + len - n, include) && (len == n || path[len - n - 1] == '/');
}

/* As the compiler would find it, more or less: nearest to the includer, then in an include folder. */
static bool is_better(const char *path, const char *than, const char *includer)
{
	size_t near_path, near_than;

	if (!than)
		return true;
	near_path = common_start(path, includer);
	near_than = common_start(than, includer);
	if (near_path != near_than)
		return near_path > near_than;
	if (starts_with(path, "include/") != starts_with(than, "include/"))
		return starts_with(path, "include/");
	return strlen(path) < strlen(than);
}

static int consider(const char *path, const struct oid *id, unsigned mode, void *data)
{
	struct search *search = data;
	ssize_t base = strmap_get(&search->bases, base_of(path));

	(void)id;
	(void)mode;
	for (size_t i = base < 0 ? 0 : search->first[base]; i; i = search->next[i - 1]) {
		char **found = &search->found[i - 1];

		if (!answers(path, search->hot->includes.v[i - 1]) ||
		    !is_better(path, *found, search->hot->includers.v[i - 1]))
			continue;
		free(*found);
		*found = xstrdup(path);
	}
	return 0;
}

static bool is_hot(const struct hot *hot, const char *path)
{
	for (size_t i = 0; i < hot->npaths; i++)
		if (!strcmp(hot->paths[i], path))
			return true;
	return false;
}

int headers_find(struct query *query, struct strvec *headers)
{
	const struct hot *hot = &query->hot;
	size_t nr = hot->includes.nr;
	struct search search = { .hot = hot, .bases = STRMAP_INIT };
	int ret;

	search.first = xcalloc(nr, sizeof(*search.first));
	search.next = xcalloc(nr, sizeof(*search.next));
	search.found = xcalloc(nr, sizeof(*search.found));
	for (size_t i = 0; i < nr; i++) {
		const char *base = base_of(hot->includes.v[i]);
		size_t id = strmap_intern(&search.bases, base, strlen(base));

		search.next[i] = search.first[id];
		search.first[id] = i + 1;
	}
	ret = nr ? repo_list_tree(query->repo, &query->range.tip, consider, &search) : 0;
	for (size_t i = 0; i < nr; i++) {
		if (!ret && search.found[i] && !is_hot(hot, search.found[i]))
			strvec_push(headers, search.found[i]);
		free(search.found[i]);
	}
	strvec_sort_unique(headers);
	strmap_release(&search.bases);
	free(search.first);
	free(search.next);
	free(search.found);
	return ret;
}
