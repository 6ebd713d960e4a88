#include "repo/repo.h"

#include "base/error.h"

/* Bounds that no honest tree comes near: against trees made to never end. */
#define DEPTH_MAX 1000
#define ENTRIES_MAX ((size_t)1 << 25)
#define TAGS_MAX 32

#define MODE_TYPE 0170000
#define MODE_TREE 0040000

struct entry {
	const char *name;
	size_t len;
	unsigned mode;
	struct oid id;
};

/* "tree <id>" of a commit, "object <id>" of a tag: the id behind the word. */
static int id_behind(const struct object *object, const char *word, size_t rawlen, struct oid *id)
{
	size_t skip = strlen(word);

	if (object->size < skip + 2 * rawlen || memcmp(object->data, word, skip) ||
	    oid_from_hex(id, object->data + skip, rawlen))
		return error_set("a %sline is missing", word);
	return 0;
}

/* Reads the tree of a tree, commit or tag; its id in *id. Missing objects are errors. */
static int read_tree(struct repo *repo, struct oid *id, struct object *object)
{
	for (int depth = 0; depth < TAGS_MAX; depth++) {
		char hex[OID_HEX_MAX + 1];
		int result;

		if (repo_read(repo, id, OBJECT_NONE, object))
			return -1;
		if (object->kind == OBJECT_TREE)
			return 0;
		oid_to_hex(hex, id, repo->rawlen);
		if (object->kind == OBJECT_COMMIT)
			result = id_behind(object, "tree ", repo->rawlen, id);
		else if (object->kind == OBJECT_TAG)
			result = id_behind(object, "object ", repo->rawlen, id);
		else
			return error_set("object %s is no tree and leads to none", hex);
		if (result)
			return error_prefix("object %s", hex);
	}
	return error_set("a tag of a tag of a tag, more than %d times", TAGS_MAX);
}

/* Takes the entry at *at, "<mode> <name>\0<id>", and moves on; 0 at the end. */
static int next_entry(const char **at, const char *end, size_t rawlen, struct entry *entry)
{
	const char *p = *at, *nul;
	unsigned mode = 0;

	if (p == end)
		return 0;
	for (; p < end && *p >= '0' && *p <= '7' && mode <= MODE_TYPE; p++)
		mode = mode << 3 | (unsigned)(*p - '0');
	if (p == end || p == *at || *p++ != ' ')
		return -1;
	nul = memchr(p, '\0', (size_t)(end - p));
	if (!nul || nul == p || (size_t)(end - nul - 1) < rawlen)
		return -1;
	entry->mode = mode;
	entry->name = p;
	entry->len = (size_t)(nul - p);
	memset(entry->id.raw, 0, sizeof(entry->id.raw));
	memcpy(entry->id.raw, nul + 1, rawlen);
	*at = nul + 1 + rawlen;
	return 1;
}

static int malformed(const struct repo *repo, const struct oid *id)
{
	char hex[OID_HEX_MAX + 1];

	return error_set("tree %s is malformed; try git fsck", oid_to_hex(hex, id, repo->rawlen));
}

int repo_tree_entry(struct repo *repo, const struct oid *treeish, const char *path, struct oid *id,
		    unsigned *mode)
{
	struct entry entry = { .mode = MODE_TREE, .id = *treeish };
	struct object object;

	/* Peels, so that the answer for "" is the tree's id. */
	if (read_tree(repo, &entry.id, &object))
		return -1;
	while (*path) {
		const char *at = object.data, *end = object.data + object.size;
		struct oid tree = entry.id;
		size_t len = strcspn(path, "/");
		int more;

		while ((more = next_entry(&at, end, repo->rawlen, &entry)) > 0)
			if (entry.len == len && !memcmp(entry.name, path, len))
				break;
		if (more < 0)
			return malformed(repo, &tree);
		if (!more)
			return 1;
		path += len;
		if (!*path)
			break;
		path++;
		if (!*path || (entry.mode & MODE_TYPE) != MODE_TREE)
			return 1;
		if (repo_read(repo, &entry.id, OBJECT_TREE, &object))
			return -1;
	}
	*id = entry.id;
	*mode = entry.mode;
	return 0;
}

/* One tree on the way down, copied: reading the next one takes the last one's text away. */
struct level {
	char *data;
	const char *at;
	const char *end;
	struct oid id;
	/* Length of the path up to and with the slash. */
	size_t path_len;
};

struct walk {
	struct repo *repo;
	struct level *levels;
	size_t nr;
	size_t alloc;
	size_t entries;
	struct strbuf path;
};

static void push_level(struct walk *w, const struct oid *id, const struct object *object)
{
	struct level *l;

	ALLOC_GROW(w->levels, w->nr + 1, w->alloc);
	l = &w->levels[w->nr++];
	l->data = xmemdupz(object->data, object->size);
	l->at = l->data;
	l->end = l->data + object->size;
	l->id = *id;
	l->path_len = w->path.len;
}

static int descend(struct walk *w, const struct oid *id)
{
	struct object object;

	if (w->nr == DEPTH_MAX)
		return error_set("a tree is more than %d folders deep", DEPTH_MAX);
	if (repo_read(w->repo, id, OBJECT_TREE, &object))
		return -1;
	strbuf_addch(&w->path, '/');
	push_level(w, id, &object);
	return 0;
}

/* The next entry of the innermost level, or the way up from it. */
static int step(struct walk *w, repo_path_fn *fn, void *data)
{
	struct level *l = &w->levels[w->nr - 1];
	struct entry entry;
	int more = next_entry(&l->at, l->end, w->repo->rawlen, &entry);

	if (more < 0)
		return malformed(w->repo, &l->id);
	if (!more) {
		free(l->data);
		w->nr--;
		return 0;
	}
	if (++w->entries > ENTRIES_MAX)
		return error_set("a tree has more than %zu entries", ENTRIES_MAX);
	strbuf_setlen(&w->path, l->path_len);
	strbuf_add(&w->path, entry.name, entry.len);
	if ((entry.mode & MODE_TYPE) == MODE_TREE)
		return descend(w, &entry.id);
	return fn(w->path.buf, &entry.id, entry.mode, data);
}

int repo_list_tree(struct repo *repo, const struct oid *treeish, repo_path_fn *fn, void *data)
{
	struct walk w = { .repo = repo, .path = STRBUF_INIT };
	struct oid root = *treeish;
	struct object object;
	int result = read_tree(repo, &root, &object);

	if (!result)
		push_level(&w, &root, &object);
	while (!result && w.nr)
		result = step(&w, fn, data);
	while (w.nr)
		free(w.levels[--w.nr].data);
	free(w.levels);
	strbuf_release(&w.path);
	return result;
}

/* The name as git sorts it: that of a tree ends with a slash. */
static int compare_names(const struct entry *a, const struct entry *b)
{
	size_t len = a->len < b->len ? a->len : b->len;
	int cmp = memcmp(a->name, b->name, len);
	unsigned char x, y;

	if (cmp)
		return cmp;
	x = a->len > len ? (unsigned char)a->name[len] : (a->mode & MODE_TYPE) == MODE_TREE ? '/' : 0;
	y = b->len > len ? (unsigned char)b->name[len] : (b->mode & MODE_TYPE) == MODE_TREE ? '/' : 0;
	return (x > y) - (x < y);
}

static int give_entry(const struct entry *entry, repo_path_fn *fn, void *data)
{
	char *name;
	int result;

	if ((entry->mode & MODE_TYPE) == MODE_TREE)
		return 0;
	name = xmemdupz(entry->name, entry->len);
	result = fn(name, &entry->id, entry->mode, data);
	free(name);
	return result;
}

/* Both sides are sorted: what stands on one only, or differs, is a change. */
static int compare_trees(const struct repo *repo, const struct strbuf *before, const struct strbuf *after,
			 repo_path_fn *fn, void *data)
{
	const char *x = before->buf, *y = after->buf;
	struct entry a, b;
	int more_a = next_entry(&x, before->buf + before->len, repo->rawlen, &a);
	int more_b = next_entry(&y, after->buf + after->len, repo->rawlen, &b);

	while (more_a > 0 || more_b > 0) {
		int cmp = more_a <= 0 ? 1 : more_b <= 0 ? -1 : compare_names(&a, &b), result = 0;

		if (more_a < 0 || more_b < 0)
			break;
		if (cmp || a.mode != b.mode || !oid_equal(&a.id, &b.id))
			result = give_entry(cmp < 0 ? &a : &b, fn, data);
		if (result)
			return result;
		if (cmp <= 0)
			more_a = next_entry(&x, before->buf + before->len, repo->rawlen, &a);
		if (cmp >= 0)
			more_b = next_entry(&y, after->buf + after->len, repo->rawlen, &b);
	}
	return more_a < 0 || more_b < 0 ? error_set("a tree is malformed; try git fsck") : 0;
}

/* An absent tree is an empty one. */
static int copy_tree(struct repo *repo, const struct oid *id, struct strbuf *text)
{
	struct object object;

	if (oid_is_zero(id))
		return 0;
	if (repo_read(repo, id, OBJECT_TREE, &object))
		return -1;
	strbuf_add(text, object.data, object.size);
	return 0;
}

int repo_tree_changes(struct repo *repo, const struct oid *before, const struct oid *after, repo_path_fn *fn,
		      void *data)
{
	struct strbuf a = STRBUF_INIT, b = STRBUF_INIT;
	int result = copy_tree(repo, before, &a) || copy_tree(repo, after, &b)
			   ? -1
			   : compare_trees(repo, &a, &b, fn, data);

	strbuf_release(&a);
	strbuf_release(&b);
	return result;
}
