#include "repo/definitions-image.h"

#include <sys/mman.h>
#include <sys/stat.h>

/* Four sums side by side, so that they do not wait for each other; the cost is that of reading. */
uint64_t image_sum(const void *data, size_t len)
{
	uint64_t sums[4] = { 1, 2, 3, 4 }, words[4];
	const unsigned char *p = data;

	for (; len >= sizeof(words); p += sizeof(words), len -= sizeof(words)) {
		memcpy(words, p, sizeof(words));
		for (size_t i = 0; i < ARRAY_SIZE(sums); i++) {
			sums[i] = (sums[i] ^ words[i]) * 0x9e3779b97f4a7c15u;
			sums[i] ^= sums[i] >> 32;
		}
	}
	for (; len; p++, len--)
		sums[0] = (sums[0] ^ *p) * 0x100000001b3u;
	return ((sums[0] * 31 + sums[1]) * 31 + sums[2]) * 31 + sums[3];
}

uint32_t image_hash(const char *name, size_t len)
{
	uint32_t hash = 2166136261u;

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ (unsigned char)name[i]) * 16777619u;
	return hash ^ hash >> 15;
}

/* Bytes of each part, in order. */
enum { PARTS = 11 };

static void part_sizes(const struct image_header *h, size_t sizes[PARTS])
{
	const size_t word = sizeof(uint32_t);
	const size_t all[PARTS] = { h->nnames * word,
				    h->nslots * word,
				    h->nfunctions * sizeof(struct image_function),
				    (h->nnames + (size_t)1) * word,
				    h->nfunctions * word,
				    (h->nnames + (size_t)1) * word,
				    h->ncalls * word,
				    h->nfiles * word,
				    (h->nfiles + (size_t)1) * word,
				    ((size_t)h->nfiles * h->rawlen + 3) & ~(size_t)3,
				    h->ntexts };

	memcpy(sizes, all, sizeof(all));
}

size_t image_size(const struct image_header *header)
{
	size_t sizes[PARTS], size = sizeof(*header);

	if ((header->rawlen != OID_RAW_SHA1 && header->rawlen != OID_RAW_SHA256) || !header->ntexts)
		return 0;
	/* Counts of 32 bits: no sum of eleven products can wrap. */
	part_sizes(header, sizes);
	for (size_t i = 0; i < PARTS; i++)
		size += sizes[i];
	return size;
}

static bool is_rising(const uint32_t *v, size_t nr, uint32_t last)
{
	for (size_t i = 0; i < nr; i++)
		if (v[i] > v[i + 1])
			return false;
	return v[nr] == last && v[0] == 0;
}

static bool all_below(const uint32_t *v, size_t nr, uint32_t limit)
{
	uint32_t most = 0;

	for (size_t i = 0; i < nr; i++)
		most = v[i] > most ? v[i] : most;
	return !nr || most < limit;
}

/* The sum says that the bytes are as they were written; this, that whoever wrote them meant no harm. */
static bool is_sound(const struct image *image)
{
	const struct image_header *h = image->header;

	for (size_t i = 0; i < h->nfunctions; i++)
		if (image->functions[i].name >= h->nnames || image->functions[i].file >= h->nfiles)
			return false;
	return !image->texts[h->ntexts - 1] && h->nslots > h->nnames && !(h->nslots & (h->nslots - 1)) &&
	       all_below(image->names, h->nnames, h->ntexts) && all_below(image->paths, h->nfiles, h->ntexts) &&
	       all_below(image->slots, h->nslots, h->nnames + 1) &&
	       is_rising(image->defined, h->nnames, h->nfunctions) &&
	       is_rising(image->called, h->nnames, h->ncalls) &&
	       is_rising(image->firsts, h->nfiles, h->nfunctions) &&
	       all_below(image->definers, h->nfunctions, h->nfunctions) &&
	       all_below(image->callers, h->ncalls, h->nfunctions);
}

static void set_parts(struct image *image, const void *data)
{
	const char *at = (const char *)data + sizeof(struct image_header);
	size_t sizes[PARTS];
	const void *parts[PARTS];

	image->header = data;
	part_sizes(image->header, sizes);
	for (size_t i = 0; i < PARTS; i++) {
		parts[i] = at;
		at += sizes[i];
	}
	image->names = parts[0];
	image->slots = parts[1];
	image->functions = parts[2];
	image->defined = parts[3];
	image->definers = parts[4];
	image->called = parts[5];
	image->callers = parts[6];
	image->paths = parts[7];
	image->firsts = parts[8];
	image->ids = parts[9];
	image->texts = parts[10];
}

bool image_open(struct image *image, const void *data, size_t len)
{
	const struct image_header *h = data;

	if (len < sizeof(*h) || h->magic != IMAGE_MAGIC || h->version != IMAGE_VERSION || image_size(h) != len ||
	    image_sum((const char *)data + offsetof(struct image_header, version),
		      len - offsetof(struct image_header, version)) != h->sum)
		return false;
	set_parts(image, data);
	return is_sound(image);
}

ssize_t image_name(const struct image *image, const char *name, size_t len)
{
	uint32_t mask = image->header->nslots - 1;

	/* nslots is larger than nnames, but a hostile table may have no free slot. */
	for (uint32_t at = image_hash(name, len) & mask, i = 0; i <= mask && image->slots[at]; i++) {
		const char *text = image->texts + image->names[image->slots[at] - 1];

		if (!strncmp(text, name, len) && !text[len])
			return image->slots[at] - 1;
		at = (at + 1) & mask;
	}
	return -1;
}

int map_fd(struct map *map, int fd)
{
	struct stat st;

	*map = (struct map){ NULL, 0 };
	if (fstat(fd, &st) || !S_ISREG(st.st_mode) || st.st_size <= 0)
		return -1;
	map->len = (size_t)st.st_size;
	map->data = mmap(NULL, map->len, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
	if (map->data == MAP_FAILED)
		map->data = NULL;
	return map->data ? 0 : -1;
}

void map_release(struct map *map)
{
	if (map->data)
		munmap(map->data, map->len);
	*map = (struct map){ NULL, 0 };
}
