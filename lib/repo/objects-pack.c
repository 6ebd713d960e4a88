#include "repo/objects.h"

#include <dirent.h>
#include <zlib.h>

#include "repo/basecache.h"
#include "repo/delta.h"
#include "repo/object-dirs.h"
#include "repo/pack.h"

/* git itself makes chains of at most 4095. */
#define CHAIN_MAX 5000
#define CACHE_LIMIT ((size_t)64 << 20)
/* Larger objects are somebody else's: they would crowd out everything. */
#define OBJECT_MAX ((uint64_t)1 << 30)
/* What zlib is given to read at a time at most. */
#define INPUT_MAX ((size_t)1 << 30)

/* A delta on the way from an object to the whole object below it. */
struct link {
	uint64_t offset;
	struct pack_entry entry;
};

struct pack_source {
	struct pack *packs;
	size_t nr;
	size_t alloc;
	/* Where the last object was found: the next is likely there, too. */
	size_t last;
	size_t rawlen;
	struct base_cache cache;
	struct link *chain;
	size_t chain_alloc;
	/* A delta, inflated. */
	struct strbuf delta;
	z_stream stream;
};

static void add_packs(struct pack_source *s, const char *object_dir)
{
	char *folder = xstrfmt("%s/pack", object_dir);
	DIR *d = opendir(folder);
	struct dirent *entry;

	while (d && (entry = readdir(d))) {
		char *path;

		if (!ends_with(entry->d_name, ".idx"))
			continue;
		ALLOC_GROW(s->packs, s->nr + 1, s->alloc);
		path = xstrfmt("%s/%s", folder, entry->d_name);
		if (!pack_open(&s->packs[s->nr], path, s->rawlen))
			s->nr++;
		free(path);
	}
	if (d)
		closedir(d);
	free(folder);
}

struct pack_source *pack_source_open(const char *object_dir, size_t rawlen)
{
	struct pack_source *s = xcalloc(1, sizeof(*s));
	struct strvec dirs = STRVEC_INIT;

	s->rawlen = rawlen;
	s->delta = (struct strbuf)STRBUF_INIT;
	base_cache_init(&s->cache, CACHE_LIMIT);
	object_dirs(&dirs, object_dir);
	if (inflateInit(&s->stream) == Z_OK)
		for (size_t i = 0; i < dirs.nr; i++)
			add_packs(s, dirs.v[i]);
	strvec_release(&dirs);
	return s;
}

void pack_source_close(struct pack_source *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->nr; i++)
		pack_close(&s->packs[i]);
	inflateEnd(&s->stream);
	base_cache_release(&s->cache);
	strbuf_release(&s->delta);
	free(s->packs);
	free(s->chain);
	free(s);
}

static enum object_kind kind_of(enum pack_type type)
{
	switch (type) {
	case PACK_COMMIT:
		return OBJECT_COMMIT;
	case PACK_TREE:
		return OBJECT_TREE;
	case PACK_BLOB:
		return OBJECT_BLOB;
	case PACK_TAG:
		return OBJECT_TAG;
	default:
		return OBJECT_NONE;
	}
}

static void limit_pages(struct pack_source *s)
{
	size_t resident = 0;

	for (size_t i = 0; i < s->nr; i++)
		resident += s->packs[i].fresh;
	for (size_t i = 0; i < s->nr && resident > PACK_RESIDENT; i++)
		pack_drop_pages(&s->packs[i]);
}

/* Inflates into `to`, which takes just `size` bytes; -1 when there are more or fewer. */
static int inflate_at(struct pack_source *s, struct pack *pack, uint64_t at, char *to, size_t size)
{
	z_stream *z = &s->stream;
	size_t left = pack->data.len - pack->rawlen - (size_t)at;
	/* One more than is wanted, so that the stream's end can be told from too much of it. */
	unsigned char extra;
	int result;

	if (size > INPUT_MAX || inflateReset(z) != Z_OK)
		return -1;
	z->next_in = (unsigned char *)pack->data.data + at;
	z->avail_in = (uInt)(left < INPUT_MAX ? left : INPUT_MAX);
	z->next_out = size ? (unsigned char *)to : &extra;
	z->avail_out = (uInt)(size ? size : 1);
	result = inflate(z, Z_FINISH);
	if (result == Z_BUF_ERROR && size && !z->avail_out) {
		z->next_out = &extra;
		z->avail_out = 1;
		result = inflate(z, Z_FINISH);
	}
	pack_touch(pack, at, (size_t)(z->next_in - pack->data.data) - (size_t)at);
	return result == Z_STREAM_END && z->total_out == size ? 0 : -1;
}

static struct base_entry *new_entry(struct pack_source *s, const struct pack *pack, uint64_t offset,
				    uint64_t size, enum object_kind kind)
{
	struct base_entry *e = size > OBJECT_MAX ? NULL : base_entry_new((size_t)size);

	if (!e)
		return NULL;
	e->pack = (uint32_t)(pack - s->packs);
	e->offset = offset;
	e->kind = kind;
	e->size = (size_t)size;
	e->data[size] = '\0';
	return e;
}

static struct base_entry *read_whole(struct pack_source *s, struct pack *pack, const struct link *link)
{
	struct base_entry *e = new_entry(s, pack, link->offset, link->entry.size, kind_of(link->entry.type));

	if (e && inflate_at(s, pack, link->entry.at, e->data, e->size)) {
		free(e);
		return NULL;
	}
	if (e)
		base_cache_add(&s->cache, e);
	return e;
}

static struct base_entry *read_delta(struct pack_source *s, struct pack *pack, const struct link *link,
				     const struct base_entry *base)
{
	struct base_entry *e;
	const unsigned char *delta;
	uint64_t base_size, size;
	size_t at;

	if (link->entry.size > OBJECT_MAX)
		return NULL;
	strbuf_reset(&s->delta);
	strbuf_grow(&s->delta, link->entry.size);
	if (inflate_at(s, pack, link->entry.at, s->delta.buf, link->entry.size))
		return NULL;
	delta = (const unsigned char *)s->delta.buf;
	at = delta_sizes(delta, link->entry.size, &base_size, &size);
	if (!at || base_size != base->size)
		return NULL;
	e = new_entry(s, pack, link->offset, size, base->kind);
	if (e && delta_apply(base->data, base->size, delta + at, delta + link->entry.size, e->data, e->size)) {
		free(e);
		return NULL;
	}
	if (e)
		base_cache_add(&s->cache, e);
	return e;
}

/*
 * Goes down from delta to base to the first object that is known or whole,
 * then up again; all that is made on the way stays in the cache.
 */
static struct base_entry *read_at(struct pack_source *s, struct pack *pack, uint64_t offset)
{
	uint32_t number = (uint32_t)(pack - s->packs);
	struct base_entry *e;
	size_t depth = 0;

	while (!(e = base_cache_find(&s->cache, number, offset))) {
		struct link *link;

		if (depth == CHAIN_MAX)
			return NULL;
		ALLOC_GROW(s->chain, depth + 1, s->chain_alloc);
		link = &s->chain[depth];
		link->offset = offset;
		if (pack_entry_at(pack, offset, &link->entry))
			return NULL;
		if (link->entry.type < PACK_OFS_DELTA) {
			e = read_whole(s, pack, link);
			break;
		}
		offset = link->entry.base;
		depth++;
	}
	while (e && depth)
		e = read_delta(s, pack, &s->chain[--depth], e);
	return e;
}

int pack_source_read(struct pack_source *s, const struct oid *id, struct object *object)
{
	int result = 1;

	for (size_t i = 0; i < s->nr; i++) {
		size_t at = (s->last + i) % s->nr;
		struct pack *pack = &s->packs[at];
		struct base_entry *e;
		uint64_t offset;

		if (!pack_find(pack, id, &offset))
			continue;
		e = read_at(s, pack, offset);
		limit_pages(s);
		if (!e) {
			result = -1;
			continue;
		}
		s->last = at;
		object->kind = e->kind;
		object->data = e->data;
		object->size = e->size;
		return 0;
	}
	return result;
}
