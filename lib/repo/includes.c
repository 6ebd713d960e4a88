#include "repo/includes.h"

#include "base/strmap.h"
#include "repo/objects.h"

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

void includes_note(struct includes *includes, const char *path, const char *text, size_t len)
{
	const char *slash = strrchr(path, '/'), *end = text + len, *name;

	while (text < end) {
		const char *eol = memchr(text, '\n', (size_t)(end - text));
		size_t n = included_name(text, (size_t)((eol ? eol : end) - text), &name);

		if (n && n < PATH_MAX) {
			strvec_push_owned(&includes->names, xmemdupz(name, n));
			strvec_push_owned(&includes->folders,
					  xmemdupz(path, slash ? (size_t)(slash - path) + 1 : 0));
		}
		text = eol ? eol + 1 : end;
	}
}

struct search {
	const struct includes *includes;
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

		if (!answers(path, search->includes->names.v[i - 1]) ||
		    !is_better(path, *found, search->includes->folders.v[i - 1]))
			continue;
		free(*found);
		*found = xstrdup(path);
	}
	return 0;
}

int includes_find(const struct includes *includes, struct repo *repo, const struct oid *commit,
		  struct strvec *headers)
{
	size_t nr = includes->names.nr;
	struct search search = { .includes = includes, .bases = STRMAP_INIT };
	int ret;

	search.first = xcalloc(nr, sizeof(*search.first));
	search.next = xcalloc(nr, sizeof(*search.next));
	search.found = xcalloc(nr, sizeof(*search.found));
	for (size_t i = 0; i < nr; i++) {
		const char *base = base_of(includes->names.v[i]);
		size_t id = strmap_intern(&search.bases, base, strlen(base));

		search.next[i] = search.first[id];
		search.first[id] = i + 1;
	}
	ret = nr ? repo_list_tree(repo, commit, consider, &search) : 0;
	for (size_t i = 0; i < nr; i++) {
		if (!ret && search.found[i])
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

void includes_release(struct includes *includes)
{
	strvec_release(&includes->names);
	strvec_release(&includes->folders);
}
