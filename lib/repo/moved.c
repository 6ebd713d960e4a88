#include "repo/moved.h"

#include "base/error.h"
#include "repo/facts.h"
#include "repo/function.h"
#include "repo/objects.h"

#define BLOB_MAX ((size_t)4 << 20)
#define RECORD_MAX 65536

static bool is_among(const struct function_range *ranges, size_t nranges, const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < nranges; i++)
		if (ranges[i].len == len && !memcmp(ranges[i].name, name, len))
			return true;
	return false;
}

int blob_defines(struct repo *repo, const struct oid *blob, const char *const *names, size_t nr, bool *defined)
{
	struct object object;
	int missing = oid_is_zero(blob) ? 1 : repo_read(repo, blob, OBJECT_NONE, &object), found = 0;
	struct function_range *ranges = NULL;
	size_t nranges = 0;

	memset(defined, 0, nr * sizeof(*defined));
	if (missing || object.kind != OBJECT_BLOB || object.size > BLOB_MAX)
		return missing < 0 ? -1 : 0;
	for (size_t i = 0; i < nr; i++) {
		/* Most files are done with here. */
		if (!memmem(object.data, object.size, names[i], strlen(names[i])))
			continue;
		if (!ranges)
			nranges = function_ranges(object.data, object.size, &ranges);
		defined[i] = is_among(ranges, nranges, names[i]);
		found += defined[i];
	}
	free(ranges);
	return found;
}

/* A source file that a commit changes or deletes. */
struct changed {
	char *path;
	struct oid before, after;
};

struct changes {
	struct changed *v;
	size_t nr, alloc;
};

static void release_changes(struct changes *changes)
{
	for (size_t i = 0; i < changes->nr; i++)
		free(changes->v[i].path);
	free(changes->v);
}

/* ":100644 100644 <id> <id> M" NUL path NUL ...; more files than are looked into count, but are not kept. */
static int read_changes(struct repo *repo, struct process *p, const char *but, struct changes *changes)
{
	const size_t ids = strlen(":100644 100644 "), hex = 2 * repo->rawlen;
	struct strbuf meta = STRBUF_INIT, path = STRBUF_INIT;
	int more;

	while ((more = process_read_record(p, &meta, '\0', RECORD_MAX)) > 0) {
		struct changed changed = { .path = NULL };

		more = process_read_record(p, &path, '\0', RECORD_MAX);
		if (more <= 0)
			break;
		if (meta.len < ids + 2 * hex + 2 || !facts_wanted(path.buf) || !strcmp(path.buf, but) ||
		    oid_from_hex(&changed.before, meta.buf + ids, repo->rawlen) ||
		    oid_from_hex(&changed.after, meta.buf + ids + hex + 1, repo->rawlen) ||
		    oid_is_zero(&changed.before))
			continue;
		changed.path = xstrdup(path.buf);
		ALLOC_GROW(changes->v, changes->nr + 1, changes->alloc);
		changes->v[changes->nr++] = changed;
		if (changes->nr > MOVED_FILES)
			break;
	}
	strbuf_release(&meta);
	strbuf_release(&path);
	return more < 0 ? -1 : 0;
}

static int list_changes(struct repo *repo, const struct oid *commit, const char *but, struct changes *changes)
{
	struct process p = PROCESS_INIT;
	char hex[OID_HEX_MAX + 1];

	repo_git(&p);
	strvec_pushl(&p.args, "diff-tree", "-r", "-z", "--raw", "--no-abbrev", "--no-commit-id",
		     "--no-renames", "--diff-filter=MD", oid_to_hex(hex, commit, repo->rawlen), "--", NULL);
	p.out = PROCESS_PIPE;
	if (process_start(&p))
		return -1;
	if (read_changes(repo, &p, but, changes)) {
		process_kill(&p);
		return -1;
	}
	if (changes->nr > MOVED_FILES) {
		process_kill(&p);
		return 0;
	}
	return process_finish(&p);
}

/* Tells of the functions that the file defines before the commit, and not after it. */
static int compare_file(struct repo *repo, const struct changed *changed, const char *const *names, size_t nr,
			moved_fn *fn, void *data)
{
	bool *before = xcalloc(nr, sizeof(*before)), *after = xcalloc(nr, sizeof(*after));
	int found = blob_defines(repo, &changed->before, names, nr, before);

	if (found > 0 && blob_defines(repo, &changed->after, names, nr, after) < 0)
		found = -1;
	for (size_t i = 0; i < nr && found > 0; i++)
		if (before[i] && !after[i])
			fn(i, changed->path, data);
	free(before);
	free(after);
	return found < 0 ? -1 : 0;
}

int moved_functions(struct repo *repo, const struct oid *commit, const char *path, const char *const *names,
		    size_t nr, moved_fn *fn, void *data)
{
	struct changes changes = { .nr = 0 };
	int ret = list_changes(repo, commit, path, &changes);

	for (size_t i = 0; i < changes.nr && changes.nr <= MOVED_FILES && !ret; i++)
		ret = compare_file(repo, &changes.v[i], names, nr, fn, data);
	release_changes(&changes);
	return ret;
}
