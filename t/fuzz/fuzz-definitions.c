/*
 * Feeds hostile indexes of functions to lib/repo/: what image_open() takes for
 * one must be safe to ask. The sum is made right, so that the rest is looked
 * at. Built and run by `make fuzz`.
 */
#include "repo/definitions-image.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t all_lengths(const struct image *image)
{
	const struct image_header *h = image->header;
	size_t sum = 0;

	for (uint32_t i = 0; i < h->nnames; i++) {
		const char *name = image->texts + image->names[i];

		sum += (size_t)(image_name(image, name, strlen(name)) + 1);
		for (uint32_t k = image->defined[i]; k < image->defined[i + 1]; k++)
			sum += image->functions[image->definers[k]].line_flags;
		for (uint32_t k = image->called[i]; k < image->called[i + 1]; k++)
			sum += image->functions[image->callers[k]].name;
	}
	for (uint32_t i = 0; i < h->nfiles; i++)
		sum += strlen(image->texts + image->paths[i]) + image->ids[(size_t)i * h->rawlen];
	return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* Aligned as a map is, and a block of its own, so that a byte too far is seen. */
	char *copy = xmalloc(size ? size : 1);
	struct image_header header;
	struct image image;

	memcpy(copy, data, size);
	if (size >= sizeof(header)) {
		const size_t from = offsetof(struct image_header, version);

		memcpy(&header, copy, sizeof(header));
		header.magic = IMAGE_MAGIC;
		header.version = IMAGE_VERSION;
		memcpy(copy, &header, sizeof(header));
		header.sum = image_sum(copy + from, size - from);
		memcpy(copy, &header, sizeof(header));
	}
	if (image_open(&image, copy, size) && all_lengths(&image) == SIZE_MAX)
		abort();
	free(copy);
	return 0;
}
