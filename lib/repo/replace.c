#include "repo/objects.h"

#include <dirent.h>

#include "base/error.h"

/* As git: a longer chain of replacements is an error, surely a circle. */
#define DEPTH_MAX 5

static const char *ref_base(void)
{
	const char *set = getenv("GIT_REPLACE_REF_BASE");

	return set && *set ? set : "refs/replace/";
}

static bool folder_has_entry(const char *path)
{
	DIR *d = opendir(path);
	struct dirent *entry;
	bool found = false;

	if (!d)
		return false;
	while (!found && (entry = readdir(d)))
		found = strcmp(entry->d_name, ".") && strcmp(entry->d_name, "..");
	closedir(d);
	return found;
}

/* May there be replace refs? Cheap, and never a wrong no. */
static bool perhaps(const struct repo *repo, const char *base)
{
	char *loose = xstrfmt("%s/%s", repo->common_dir, base);
	char *packed = xstrfmt("%s/packed-refs", repo->common_dir);
	char *reftable = xstrfmt("%s/reftable", repo->common_dir);
	struct strbuf text = STRBUF_INIT;
	bool found = folder_has_entry(loose) || folder_has_entry(reftable);

	if (!found && !access(packed, F_OK))
		found = strbuf_read_file(&text, packed, 0) < 0 || strstr(text.buf, base);
	strbuf_release(&text);
	free(loose);
	free(packed);
	free(reftable);
	return found;
}

static int by_from(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct oid));
}

/* "<replacement> refs/replace/<replaced>"; names that are no ids count for nothing. */
static void add_line(struct replace_map *map, const char *line, size_t rawlen)
{
	const char *name = strrchr(line, '/');
	struct replacement r;

	if (!name || strlen(name + 1) != 2 * rawlen || strlen(line) < 2 * rawlen)
		return;
	if (oid_from_hex(&r.to, line, rawlen) || oid_from_hex(&r.from, name + 1, rawlen))
		return;
	ALLOC_GROW(map->v, map->nr + 1, map->alloc);
	map->v[map->nr++] = r;
}

/* core.useReplaceRefs, asked for only where it matters. */
static int wanted(bool *yes)
{
	struct process p = PROCESS_INIT;
	struct strbuf out = STRBUF_INIT;
	int result;

	repo_git(&p);
	strvec_pushl(&p.args, "config", "--type=bool", "--default=true", "--get", "core.useReplaceRefs", NULL);
	result = process_capture(&p, NULL, &out, 64);
	*yes = !starts_with(out.buf, "false");
	strbuf_release(&out);
	return result;
}

static int list(struct repo *repo, struct replace_map *map, const char *base)
{
	struct process p = PROCESS_INIT;
	struct strbuf line = STRBUF_INIT;
	int got;

	repo_git(&p);
	strvec_pushl(&p.args, "for-each-ref", "--format=%(objectname) %(refname)", base, NULL);
	p.out = PROCESS_PIPE;
	if (process_start(&p))
		return -1;
	while ((got = process_read_record(&p, &line, '\n', 4096)) > 0)
		add_line(map, line.buf, repo->rawlen);
	strbuf_release(&line);
	if (process_finish(&p) || got < 0)
		return -1;
	if (map->nr)
		qsort(map->v, map->nr, sizeof(*map->v), by_from);
	return 0;
}

int replace_load(struct repo *repo, struct replace_map *map)
{
	const char *base = ref_base();
	bool yes = false;

	if (getenv("GIT_NO_REPLACE_OBJECTS") || !perhaps(repo, base))
		return 0;
	if (wanted(&yes))
		return -1;
	if (yes && list(repo, map, base))
		return -1;
	if (map->nr)
		repo->rewritten = true;
	return 0;
}

const struct oid *replace_find(const struct replace_map *map, const struct oid *id)
{
	for (int depth = 0; map->nr && depth < DEPTH_MAX; depth++) {
		const struct replacement *r = bsearch(id, map->v, map->nr, sizeof(*map->v), by_from);

		if (!r)
			break;
		id = &r->to;
	}
	return id;
}

void replace_release(struct replace_map *map)
{
	free(map->v);
	*map = (struct replace_map){ 0 };
}
