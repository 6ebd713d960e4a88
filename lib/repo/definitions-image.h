/*
 * Private to lib/repo/: the index of definitions as it is kept, one block of
 * bytes in the machine's own order, that is mapped and used as it lies.
 *
 * After the header come, each aligned to four bytes, in this order:
 *
 *	uint32_t names[nnames]		where each name is in the texts
 *	uint32_t slots[nslots]		a hash table: the number of a name plus one, 0 if free
 *	struct image_function functions[nfunctions]	by file, then line
 *	uint32_t defined[nnames + 1]	for each name the first of its `definers`
 *	uint32_t definers[nfunctions]	functions of that name
 *	uint32_t called[nnames + 1]	for each name the first of its `callers`
 *	uint32_t callers[ncalls]	functions that call one of that name
 *	uint32_t paths[nfiles]		where each path is in the texts
 *	uint32_t firsts[nfiles + 1]	for each file its first function
 *	unsigned char ids[nfiles * rawlen]	their blobs; zero where it could not be read
 *	char texts[ntexts]		names and paths, each with a NUL; the last byte is a NUL
 *
 * Names count what is called but not defined in the tree as well, so that the
 * index of another tree can be made from this one. The order of everything is
 * that of the tree, so that the same tree gives the same bytes.
 */
#ifndef REPO_DEFINITIONS_IMAGE_H
#define REPO_DEFINITIONS_IMAGE_H

#include "base/strbuf.h"
#include "repo/definitions.h"

/* A number that other machines read as another: what is not ours is made anew. */
#define IMAGE_MAGIC 0x3178646e69667270u
/* To be counted up whenever the bytes, or what facts_of() says, change. */
#define IMAGE_VERSION 2u

struct image_header {
	uint64_t magic;
	/* image_sum() of all behind it. */
	uint64_t sum;
	uint32_t version;
	uint32_t rawlen;
	unsigned char tree[OID_RAW_MAX];
	uint32_t nnames, nslots, nfunctions, ncalls, nfiles, ntexts;
	uint32_t nmissing;
	uint32_t unused;
};

struct image_function {
	uint32_t name;
	uint32_t file;
	/* Line << 4 | flags. */
	uint32_t line_flags;
};

#define IMAGE_FLAG_BITS 4

/* The parts of an image that has been checked; all borrowed from it. */
struct image {
	const struct image_header *header;
	const uint32_t *names, *slots, *defined, *definers, *called, *callers, *paths, *firsts;
	const struct image_function *functions;
	const unsigned char *ids;
	const char *texts;
};

uint64_t image_sum(const void *data, size_t len);
uint32_t image_hash(const char *name, size_t len);
/* The bytes of an image with these counts; 0 when they cannot be. */
size_t image_size(const struct image_header *header);
/* Finds the parts; false where the bytes are no image of this version, or damaged. */
bool image_open(struct image *image, const void *data, size_t len);
/* The number of a name, or -1. */
ssize_t image_name(const struct image *image, const char *name, size_t len);

/* A private copy-on-nothing map of a file. */
struct map {
	void *data;
	size_t len;
};
/* Returns 0; or -1, without a message, when the descriptor cannot be mapped. */
int map_fd(struct map *map, int fd) MUST_CHECK;
void map_release(struct map *map);

/* A part of the work that is done, from 0 to 100. */
typedef void image_progress_fn(size_t percent, void *data);

/*
 * Reads the tree and makes its image in `out`; files whose blobs `older` (NULL:
 * none) knows are taken from there. Returns 0, or -1 with a recorded error.
 */
int image_make(struct repo *repo, const struct oid *tree, const struct image *older, image_progress_fn *fn,
	       void *data, struct strbuf *out) MUST_CHECK;

#endif
