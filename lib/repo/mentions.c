#include "repo/mentions.h"

/* Fewest digits of an id that a message may name a commit by: 28 bits. */
#define NAME_DIGITS 7

/* The ids of the range by their first 28 bits. */
struct mentions {
	const struct range *range;
	size_t rawlen;
	struct id_start {
		uint32_t bits;
		uint32_t commit;
	} * starts;
};

static uint32_t start_bits(const struct oid *id)
{
	return get_be32(id->raw) >> 4;
}

static int by_bits(const void *a, const void *b)
{
	const struct id_start *x = a, *y = b;

	return (x->bits > y->bits) - (x->bits < y->bits);
}

struct mentions *mentions_new(const struct range *range, size_t rawlen)
{
	struct mentions *mentions = xcalloc(1, sizeof(*mentions));

	mentions->range = range;
	mentions->rawlen = rawlen;
	mentions->starts = xcalloc(range->nr, sizeof(*mentions->starts));
	for (size_t i = 0; i < range->nr; i++)
		mentions->starts[i] = (struct id_start){ .bits = start_bits(&range->commits[i].id),
							 .commit = (uint32_t)i };
	if (range->nr)
		qsort(mentions->starts, range->nr, sizeof(*mentions->starts), by_bits);
	return mentions;
}

void mentions_free(struct mentions *mentions)
{
	if (!mentions)
		return;
	free(mentions->starts);
	free(mentions);
}

static bool id_starts_with(const struct mentions *mentions, uint32_t commit, const char *hex, size_t digits)
{
	char full[OID_HEX_MAX + 1];

	oid_to_hex(full, &mentions->range->commits[commit].id, mentions->rawlen);
	return !strncmp(full, hex, digits);
}

/* The commit of the range that the digits stand for, or -1: none, or more than one. */
static ssize_t find_id(const struct mentions *mentions, const char *hex, size_t digits)
{
	size_t low = 0, high = mentions->range->nr;
	char start[NAME_DIGITS + 1];
	ssize_t found = -1;
	uint32_t bits;

	if (digits < NAME_DIGITS || digits > 2 * mentions->rawlen)
		return -1;
	memcpy(start, hex, NAME_DIGITS);
	start[NAME_DIGITS] = '\0';
	bits = (uint32_t)strtoul(start, NULL, 16);
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (mentions->starts[middle].bits < bits)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < mentions->range->nr && mentions->starts[low].bits == bits; low++) {
		if (!id_starts_with(mentions, mentions->starts[low].commit, hex, digits))
			continue;
		if (found >= 0)
			return -1;
		found = mentions->starts[low].commit;
	}
	return found;
}

void mentions_in(const struct mentions *mentions, const char *message, size_t len, mention_fn *fn, void *data)
{
	static const struct {
		const char *words;
		bool reverted;
	} forms[] = { { "\nFixes: ", false }, { "This reverts commit ", true } };
	const char *end = message + len;

	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		size_t n = strlen(forms[i].words);
		const char *at = message;

		while ((at = memmem(at, (size_t)(end - at), forms[i].words, n))) {
			size_t digits = 0;
			ssize_t named;

			at += n;
			while (at + digits < end && digits < OID_HEX_MAX &&
			       strchr("0123456789abcdef", at[digits]) && at[digits])
				digits++;
			named = find_id(mentions, at, digits);
			if (named >= 0)
				fn((size_t)named, forms[i].reverted, data);
		}
	}
}
