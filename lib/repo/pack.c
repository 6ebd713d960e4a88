#include "repo/pack.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#define INDEX_MAGIC 0xff744f63
#define INDEX_HEADER 8
#define FANOUT_SIZE ((size_t)256 * 4)
#define PACK_MAGIC 0x5041434b
#define PACK_HEADER 12

/* The kernel maps up to 64 KB around a page that is looked at. */
#define REGION_BITS 16
#define REGION ((size_t)1 << REGION_BITS)

/* No stream inflates to more than this many times its length. */
#define INFLATE_RATIO 1032

static int map_file(struct mapping *m, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	void *at = MAP_FAILED;

	if (fd < 0)
		return -1;
	if (!fstat(fd, &st) && S_ISREG(st.st_mode) && st.st_size > 0)
		at = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	if (at == MAP_FAILED)
		return -1;
	m->data = at;
	m->len = (size_t)st.st_size;
	m->seen = xcalloc((m->len >> REGION_BITS) / 64 + 1, sizeof(*m->seen));
	return 0;
}

static void unmap_file(struct mapping *m)
{
	if (m->data)
		munmap((void *)m->data, m->len);
	free(m->seen);
	*m = (struct mapping){ 0 };
}

/* How many more bytes may be resident after a look at `len` bytes from `at` on. */
static size_t touch(struct mapping *m, uint64_t at, size_t len)
{
	size_t more = 0;

	for (uint64_t region = at >> REGION_BITS; region <= (at + len) >> REGION_BITS; region++) {
		uint64_t bit = UINT64_C(1) << (region % 64);

		if (region > m->len >> REGION_BITS || m->seen[region / 64] & bit)
			continue;
		m->seen[region / 64] |= bit;
		more += REGION;
	}
	return more;
}

static void drop_pages(struct mapping *m)
{
	madvise((void *)m->data, m->len, MADV_DONTNEED);
	memset(m->seen, 0, ((m->len >> REGION_BITS) / 64 + 1) * sizeof(*m->seen));
}

/* Finds the tables of the index; their sizes follow from the number of objects. */
static int check_index(struct pack *pack)
{
	const struct mapping *m = &pack->index;
	size_t trailer = 2 * pack->rawlen, need;

	if (m->len < INDEX_HEADER + FANOUT_SIZE + trailer || get_be32(m->data) != INDEX_MAGIC ||
	    get_be32(m->data + 4) != 2)
		return -1;
	pack->nr = get_be32(m->data + INDEX_HEADER + 255 * 4);
	/* An id, a checksum and an offset each; 2^32 of them overflow nothing in 64 bits. */
	need = INDEX_HEADER + FANOUT_SIZE + (size_t)pack->nr * (pack->rawlen + 8) + trailer;
	if (m->len < need)
		return -1;
	pack->ids = m->data + INDEX_HEADER + FANOUT_SIZE;
	pack->offsets = pack->ids + (size_t)pack->nr * (pack->rawlen + 4);
	pack->large_offsets = pack->offsets + (size_t)pack->nr * 4;
	pack->nlarge = (m->len - need) / 8;
	return 0;
}

static int check_data(const struct pack *pack)
{
	const struct mapping *m = &pack->data;
	uint32_t version;

	if (m->len < PACK_HEADER + pack->rawlen || get_be32(m->data) != PACK_MAGIC)
		return -1;
	version = get_be32(m->data + 4);
	return (version == 2 || version == 3) && get_be32(m->data + 8) == pack->nr ? 0 : -1;
}

int pack_open(struct pack *pack, const char *index_path, size_t rawlen)
{
	size_t stem = strlen(index_path) - strlen(".idx");
	char *data_path = xstrfmt("%.*s.pack", (int)stem, index_path);
	int result;

	*pack = (struct pack){ .rawlen = rawlen };
	result = map_file(&pack->index, index_path) || map_file(&pack->data, data_path) ||
				 check_index(pack) || check_data(pack)
		       ? -1
		       : 0;
	free(data_path);
	if (result)
		pack_close(pack);
	return result;
}

void pack_close(struct pack *pack)
{
	unmap_file(&pack->index);
	unmap_file(&pack->data);
}

void pack_touch(struct pack *pack, uint64_t at, size_t len)
{
	pack->fresh += touch(&pack->data, at, len);
}

void pack_drop_pages(struct pack *pack)
{
	drop_pages(&pack->index);
	drop_pages(&pack->data);
	pack->fresh = 0;
}

static int offset_of(const struct pack *pack, uint32_t at, uint64_t *offset)
{
	uint32_t small = get_be32(pack->offsets + (size_t)at * 4), large = small & 0x7fffffff;

	*offset = small;
	if (small == large)
		return 1;
	if (large >= pack->nlarge)
		return 0;
	*offset = get_be64(pack->large_offsets + (size_t)large * 8);
	return 1;
}

int pack_find(struct pack *pack, const struct oid *id, uint64_t *offset)
{
	const unsigned char *fanout = pack->index.data + INDEX_HEADER;
	unsigned first = id->raw[0];
	uint32_t low = first ? get_be32(fanout + (size_t)(first - 1) * 4) : 0;
	uint32_t high = get_be32(fanout + (size_t)first * 4);

	if (high > pack->nr)
		return 0;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		int order = memcmp(id->raw, pack->ids + middle * pack->rawlen, pack->rawlen);

		if (!order) {
			pack->fresh += touch(&pack->index,
					     (size_t)(pack->ids - pack->index.data) + middle * pack->rawlen,
					     pack->rawlen);
			pack->fresh += touch(&pack->index,
					     (size_t)(pack->offsets - pack->index.data) + (size_t)middle * 4,
					     4);
			return offset_of(pack, middle, offset);
		}
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return 0;
}

/* The type and the size, seven bits a byte after the first four. */
static int read_head(const unsigned char **at, const unsigned char *end, struct pack_entry *entry)
{
	const unsigned char *p = *at;
	uint64_t size;
	unsigned char byte;

	if (p == end)
		return -1;
	byte = *p++;
	entry->type = (enum pack_type)(byte >> 4 & 7);
	size = byte & 15;
	for (unsigned shift = 4; byte & 128; shift += 7) {
		if (p == end || shift > 50)
			return -1;
		byte = *p++;
		size |= (uint64_t)(byte & 127) << shift;
	}
	entry->size = size;
	*at = p;
	return 0;
}

/* How far before the delta its base lies. */
static int read_distance(const unsigned char **at, const unsigned char *end, uint64_t *distance)
{
	const unsigned char *p = *at;
	uint64_t d;

	if (p == end)
		return -1;
	for (d = *p & 127; *p++ & 128;) {
		if (p == end || d >> 50)
			return -1;
		d = (d + 1) << 7 | (*p & 127);
	}
	*at = p;
	*distance = d;
	return 0;
}

static int read_base(struct pack *pack, const unsigned char **at, const unsigned char *end, uint64_t offset,
		     struct pack_entry *entry)
{
	uint64_t distance;
	struct oid id;

	switch (entry->type) {
	case PACK_COMMIT:
	case PACK_TREE:
	case PACK_BLOB:
	case PACK_TAG:
		return 0;
	case PACK_OFS_DELTA:
		if (read_distance(at, end, &distance) || !distance || distance >= offset)
			return -1;
		entry->base = offset - distance;
		return 0;
	case PACK_REF_DELTA:
		if ((size_t)(end - *at) < pack->rawlen)
			return -1;
		memset(id.raw, 0, sizeof(id.raw));
		memcpy(id.raw, *at, pack->rawlen);
		*at += pack->rawlen;
		return pack_find(pack, &id, &entry->base) ? 0 : -1;
	}
	return -1;
}

int pack_entry_at(struct pack *pack, uint64_t offset, struct pack_entry *entry)
{
	const unsigned char *end = pack->data.data + pack->data.len - pack->rawlen, *at;

	if (offset < PACK_HEADER || offset >= pack->data.len - pack->rawlen)
		return -1;
	at = pack->data.data + offset;
	if (read_head(&at, end, entry) || read_base(pack, &at, end, offset, entry))
		return -1;
	entry->at = (uint64_t)(at - pack->data.data);
	return entry->size / INFLATE_RATIO > (size_t)(end - at) ? -1 : 0;
}
