/* Reads a tree and makes the image of its index. */
#include "repo/definitions-image.h"

#include <sys/stat.h>

#include "base/error.h"
#include "base/strmap.h"
#include "repo/range.h"

/* Larger files are tables that a program wrote. */
#define BLOB_MAX ((size_t)4 << 20)
/* Texts and numbers are counted in 32 bits. */
#define COUNT_MAX ((size_t)1 << 30)

struct numbers {
	uint32_t *v;
	size_t nr, alloc;
};

static void push(struct numbers *numbers, uint32_t number)
{
	ALLOC_GROW(numbers->v, numbers->nr + 1, numbers->alloc);
	numbers->v[numbers->nr++] = number;
}

struct make {
	struct repo *repo;
	const struct image *older;
	struct strmap names, paths;
	/* By file. */
	struct oid *ids;
	size_t ids_alloc;
	struct numbers firsts;
	size_t nmissing;
	/* By function. */
	struct image_function *functions;
	size_t nfunctions, functions_alloc;
	/* What each calls: calls.v[call_firsts.v[f]] and on, once each. */
	struct numbers calls, call_firsts;
	/* By name: the function that was last seen to call it, plus one. */
	struct numbers last_caller;
	/* Of the older image: its files by blob, what its functions call, and its names' numbers here plus one. */
	struct strmap older_blobs;
	struct numbers older_files, older_calls, older_firsts;
	uint32_t *older_names;
};

static int note_path(const char *path, const struct oid *id, unsigned mode, void *data)
{
	struct make *m = data;

	if (!S_ISREG(mode) || !facts_wanted(path))
		return 0;
	ALLOC_GROW(m->ids, m->paths.nr + 1, m->ids_alloc);
	m->ids[m->paths.nr] = *id;
	strmap_intern(&m->paths, path, strlen(path));
	return 0;
}

static void add_function(struct make *m, uint32_t name, uint32_t line_flags)
{
	ALLOC_GROW(m->functions, m->nfunctions + 1, m->functions_alloc);
	m->functions[m->nfunctions++] = (struct image_function){ .name = name,
								 .file = (uint32_t)m->firsts.nr - 1,
								 .line_flags = line_flags };
	push(&m->call_firsts, (uint32_t)m->calls.nr);
}

static void note_function(const char *name, size_t len, unsigned flags, uint32_t line, void *data)
{
	struct make *m = data;

	add_function(m, (uint32_t)strmap_intern(&m->names, name, len), line << IMAGE_FLAG_BITS | flags);
}

static void note_call(const char *name, size_t len, void *data)
{
	struct make *m = data;
	uint32_t id = (uint32_t)strmap_intern(&m->names, name, len);

	while (m->last_caller.nr <= id)
		push(&m->last_caller, 0);
	if (m->last_caller.v[id] == m->nfunctions)
		return;
	m->last_caller.v[id] = (uint32_t)m->nfunctions;
	push(&m->calls, id);
}

/* A blob that is not here, or cannot be read, is not the end of it. */
static void read_file(struct make *m, size_t file)
{
	struct facts_sink sink = { .function = note_function, .call = note_call, .data = m };
	struct object object;

	if (repo_read(m->repo, &m->ids[file], OBJECT_BLOB, &object)) {
		m->nmissing++;
		m->ids[file] = (struct oid){ { 0 } };
		error_clear();
		return;
	}
	if (object.size <= BLOB_MAX)
		facts_of(strmap_key(&m->paths, file), object.data, object.size, &sink);
}

/* The number here of a name of the older image. */
static uint32_t name_of_older(struct make *m, uint32_t name)
{
	if (!m->older_names[name]) {
		const char *text = m->older->texts + m->older->names[name];

		m->older_names[name] = (uint32_t)strmap_intern(&m->names, text, strlen(text)) + 1;
	}
	return m->older_names[name] - 1;
}

/* What the older image knows of the file's blob; false where it does not. */
static bool take_older(struct make *m, size_t file)
{
	const struct image *older = m->older;
	ssize_t blob = older ? strmap_find(&m->older_blobs, (const char *)m->ids[file].raw, m->repo->rawlen)
			     : -1;
	uint32_t from;

	if (blob < 0)
		return false;
	from = m->older_files.v[blob];
	/* What a file says depends on how its name ends. */
	if (strcmp(strrchr(older->texts + older->paths[from], '.'), strrchr(strmap_key(&m->paths, file), '.')))
		return false;
	for (uint32_t f = older->firsts[from]; f < older->firsts[from + 1]; f++) {
		add_function(m, name_of_older(m, older->functions[f].name), older->functions[f].line_flags);
		for (uint32_t c = m->older_firsts.v[f]; c < m->older_firsts.v[f + 1]; c++)
			push(&m->calls, name_of_older(m, m->older_calls.v[c]));
	}
	return true;
}

/* Turns "who calls it" around, to "whom it calls". */
static void index_older_calls(struct make *m)
{
	const struct image *older = m->older;
	size_t nr = older->header->nfunctions, ncalls = older->header->ncalls;
	uint32_t *firsts = xcalloc(nr + 2, sizeof(*firsts));
	uint32_t *calls = xcalloc(ncalls, sizeof(*calls));

	/* firsts[f + 1] moves from the begin of f's calls to their end, the begin of those of f + 1. */
	for (size_t i = 0; i < ncalls; i++)
		firsts[older->callers[i] + 2]++;
	for (size_t f = 0; f < nr; f++)
		firsts[f + 1] += firsts[f];
	for (uint32_t name = 0; name < older->header->nnames; name++)
		for (uint32_t i = older->called[name]; i < older->called[name + 1]; i++)
			calls[firsts[older->callers[i] + 1]++] = name;
	m->older_firsts = (struct numbers){ firsts, nr + 1, nr + 2 };
	m->older_calls = (struct numbers){ calls, ncalls, ncalls };
}

static void index_older(struct make *m)
{
	const struct image *older = m->older;
	size_t rawlen = m->repo->rawlen;
	struct oid zero = { { 0 } };

	for (uint32_t i = 0; i < older->header->nfiles; i++) {
		const unsigned char *id = older->ids + i * rawlen;
		size_t known = m->older_blobs.nr;

		if (!memcmp(id, zero.raw, rawlen) || !strrchr(older->texts + older->paths[i], '.'))
			continue;
		strmap_intern(&m->older_blobs, (const char *)id, rawlen);
		if (m->older_blobs.nr > known)
			push(&m->older_files, i);
	}
	m->older_names = xcalloc(older->header->nnames, sizeof(*m->older_names));
	index_older_calls(m);
}

static int read_files(struct make *m, image_progress_fn *fn, void *data)
{
	size_t nr = m->paths.nr, percent = 0;

	for (size_t i = 0; i < nr; i++) {
		push(&m->firsts, (uint32_t)m->nfunctions);
		if (!take_older(m, i))
			read_file(m, i);
		if (m->nfunctions > COUNT_MAX / 16 || m->calls.nr > COUNT_MAX)
			return error_set("the tree has too many functions for an index");
		if (fn && (i + 1) * 100 / nr > percent)
			fn(percent = (i + 1) * 100 / nr, data);
	}
	push(&m->firsts, (uint32_t)m->nfunctions);
	push(&m->call_firsts, (uint32_t)m->calls.nr);
	return 0;
}

static void add_numbers(struct strbuf *out, const uint32_t *v, size_t nr)
{
	strbuf_add(out, v, nr * sizeof(*v));
}

/* Lists by name: `firsts` gets where each begins in `lists`. Functions come in rising order. */
static void add_lists(struct strbuf *out, size_t nnames, const struct make *m, bool calls)
{
	uint32_t *firsts = xcalloc(nnames + 2, sizeof(*firsts));
	size_t nr = calls ? m->calls.nr : m->nfunctions;
	uint32_t *lists = xcalloc(nr, sizeof(*lists));

	for (size_t i = 0; i < nr; i++)
		firsts[(calls ? m->calls.v[i] : m->functions[i].name) + 2]++;
	for (size_t i = 0; i < nnames; i++)
		firsts[i + 1] += firsts[i];
	for (uint32_t f = 0; f < m->nfunctions; f++) {
		if (!calls)
			lists[firsts[m->functions[f].name + 1]++] = f;
		for (uint32_t i = m->call_firsts.v[f]; calls && i < m->call_firsts.v[f + 1]; i++)
			lists[firsts[m->calls.v[i] + 1]++] = f;
	}
	add_numbers(out, firsts, nnames + 1);
	add_numbers(out, lists, nr);
	free(firsts);
	free(lists);
}

/* Where each text will be, those of `map` after the first `at` bytes. */
static size_t add_offsets(struct strbuf *out, const struct strmap *map, size_t at)
{
	for (size_t i = 0; i < map->nr; i++) {
		uint32_t offset = (uint32_t)at;

		add_numbers(out, &offset, 1);
		at += strlen(strmap_key(map, i)) + 1;
	}
	return at;
}

static void add_slots(struct strbuf *out, const struct strmap *names, uint32_t nslots)
{
	uint32_t *slots = xcalloc(nslots, sizeof(*slots));

	for (uint32_t i = 0; i < names->nr; i++) {
		const char *name = strmap_key(names, i);
		uint32_t at = image_hash(name, strlen(name)) & (nslots - 1);

		while (slots[at])
			at = (at + 1) & (nslots - 1);
		slots[at] = i + 1;
	}
	add_numbers(out, slots, nslots);
	free(slots);
}

static size_t texts_len(const struct strmap *map)
{
	size_t len = 0;

	for (size_t i = 0; i < map->nr; i++)
		len += strlen(strmap_key(map, i)) + 1;
	return len;
}

static void add_texts(struct strbuf *out, const struct strmap *map)
{
	for (size_t i = 0; i < map->nr; i++)
		strbuf_add(out, strmap_key(map, i), strlen(strmap_key(map, i)) + 1);
}

static int fill_header(const struct make *m, const struct oid *tree, struct image_header *h)
{
	size_t ntexts = texts_len(&m->names) + texts_len(&m->paths) + 1;

	if (ntexts > COUNT_MAX || m->names.nr > COUNT_MAX / 4)
		return error_set("the tree has too many names for an index");
	*h = (struct image_header){ .magic = IMAGE_MAGIC,
				    .version = IMAGE_VERSION,
				    .rawlen = (uint32_t)m->repo->rawlen,
				    .nnames = (uint32_t)m->names.nr,
				    .nslots = 2,
				    .nfunctions = (uint32_t)m->nfunctions,
				    .ncalls = (uint32_t)m->calls.nr,
				    .nfiles = (uint32_t)m->paths.nr,
				    .ntexts = (uint32_t)ntexts,
				    .nmissing = (uint32_t)m->nmissing };
	memcpy(h->tree, tree->raw, sizeof(h->tree));
	while (h->nslots < h->nnames + h->nnames / 2 + 1)
		h->nslots *= 2;
	return 0;
}

static int write_image(const struct make *m, const struct oid *tree, struct strbuf *out)
{
	struct image_header h;
	size_t paths_at, size;

	if (fill_header(m, tree, &h))
		return -1;
	size = image_size(&h);
	strbuf_reset(out);
	strbuf_grow(out, size);
	strbuf_add(out, &h, sizeof(h));
	paths_at = add_offsets(out, &m->names, 0);
	add_slots(out, &m->names, h.nslots);
	strbuf_add(out, m->functions, m->nfunctions * sizeof(*m->functions));
	add_lists(out, m->names.nr, m, false);
	add_lists(out, m->names.nr, m, true);
	add_offsets(out, &m->paths, paths_at);
	add_numbers(out, m->firsts.v, m->firsts.nr);
	for (size_t i = 0; i < m->paths.nr; i++)
		strbuf_add(out, m->ids[i].raw, h.rawlen);
	strbuf_add(out, "\0\0\0", (4 - (m->paths.nr * h.rawlen) % 4) % 4);
	add_texts(out, &m->names);
	add_texts(out, &m->paths);
	strbuf_addch(out, '\0');
	if (out->len != size)
		BUG("an image of %zu bytes, not %zu", out->len, size);
	h.sum = image_sum(out->buf + offsetof(struct image_header, version),
			  size - offsetof(struct image_header, version));
	memcpy(out->buf, &h, sizeof(h));
	return 0;
}

static void make_release(struct make *m)
{
	strmap_release(&m->names);
	strmap_release(&m->paths);
	strmap_release(&m->older_blobs);
	free(m->ids);
	free(m->functions);
	free(m->firsts.v);
	free(m->calls.v);
	free(m->call_firsts.v);
	free(m->last_caller.v);
	free(m->older_files.v);
	free(m->older_calls.v);
	free(m->older_firsts.v);
	free(m->older_names);
}

int image_make(struct repo *repo, const struct oid *tree, const struct image *older, image_progress_fn *fn,
	       void *data, struct strbuf *out)
{
	struct make m = { .repo = repo, .older = older, .names = STRMAP_INIT, .paths = STRMAP_INIT };
	int ret = repo_list_tree(repo, tree, note_path, &m);

	if (!ret && older)
		index_older(&m);
	if (!ret)
		ret = read_files(&m, fn, data);
	if (!ret)
		ret = write_image(&m, tree, out);
	make_release(&m);
	return ret;
}
