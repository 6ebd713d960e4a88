/*
 * Feeds hostile answers of git to repo/range.h and repo/chunk.h: of cat-file
 * for the ends, of rev-list for the commits, of show-ref for the tags; and the
 * names of those tags to repo/version.h. Lines of equals signs part them; the
 * first byte says how the range is cut. Built and run by `make fuzz`.
 */
#include "repo/chunk.h"
#include "repo/range.h"
#include "repo/version.h"

#include "fake-process.h"

#define NAMES_MAX 16

static void split(const char *text, size_t len)
{
	static const char part[] = "=====\n";

	fake_nr = fake_next = 0;
	while (fake_nr < 3) {
		const char *end = fake_nr < 2 ? memmem(text, len, part, strlen(part)) : NULL;

		fake_outputs[fake_nr].text = text;
		fake_outputs[fake_nr++].len = end ? (size_t)(end - text) : len;
		if (!end)
			break;
		len -= (size_t)(end - text) + strlen(part);
		text = end + strlen(part);
	}
}

static void check_chunks(const struct range *range, const struct chunks *chunks)
{
	size_t *counts = xcalloc(chunks->nr + 1, sizeof(*counts));

	REQUIRE(chunks->nr > 0 && !strcmp(chunks->v[0].from, range->base_name));
	for (size_t i = 0; i < range->nr; i++) {
		REQUIRE(chunks->of[i] < chunks->nr);
		counts[chunks->of[i]]++;
	}
	for (size_t i = 0; i < chunks->nr; i++)
		REQUIRE(counts[i] == chunks->v[i].nr && counts[i] > 0);
	free(counts);
}

static void check_range(const struct range *range)
{
	/* The list comes newest first. */
	size_t nparents = range->nparents;

	for (size_t i = 0; i < range->nr; i++) {
		ssize_t at = range_find(range, &range->commits[i].id);

		REQUIRE(at >= 0 && oid_equal(&range->commits[at].id, &range->commits[i].id));
		REQUIRE(range->commits[i].nparents <= nparents);
		nparents -= range->commits[i].nparents;
		REQUIRE(range->commits[i].parent == nparents);
	}
	REQUIRE(!nparents);
}

static void run(uint8_t how, size_t rawlen)
{
	static const char *const words[] = { "v1.0..v2.0-rc3" };
	struct repo repo = { .rawlen = rawlen };
	struct range range = RANGE_INIT;
	struct chunks chunks = CHUNKS_INIT;
	enum chunk_mode mode = how & 2 ? CHUNK_TAGS : how & 4 ? CHUNK_RC : CHUNK_SIZE;

	error_clear();
	if (!range_resolve(&repo, &range, words, 1) && !range_list(&repo, &range)) {
		check_range(&range);
		if (!chunks_make(&repo, &range, mode, how >> 3, &chunks))
			check_chunks(&range, &chunks);
	}
	chunks_release(&chunks);
	range_release(&range);
}

/* An order is an order: the same both ways, and without circles. */
static void check_versions(const char *text, size_t len)
{
	struct version versions[NAMES_MAX];
	char *copy = xmemdupz(text, len), *at = copy;
	size_t nr = 0;

	while (*at && nr < NAMES_MAX) {
		size_t n = strcspn(at, "\n");
		bool last = !at[n];

		at[n] = '\0';
		nr += version_parse(&versions[nr], at);
		at += last ? n : n + 1;
	}
	for (size_t i = 0; i < nr; i++) {
		REQUIRE(versions[i].nr > 0 && versions[i].nr <= VERSION_PARTS);
		REQUIRE(version_same_series(&versions[i], &versions[i]));
		for (size_t k = 0; k < nr; k++) {
			int order = version_compare(&versions[i], &versions[k]);

			REQUIRE(order == -version_compare(&versions[k], &versions[i]));
			for (size_t m = 0; order <= 0 && m < nr; m++)
				REQUIRE(version_compare(&versions[k], &versions[m]) > 0 ||
					version_compare(&versions[i], &versions[m]) <= 0);
		}
	}
	free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text;

	if (!size)
		return 0;
	text = fuzz_copy(data + 1, size - 1);
	split(text, size - 1);
	check_versions(fake_outputs[fake_nr - 1].text, fake_outputs[fake_nr - 1].len);
	run(data[0], data[0] & 1 ? OID_RAW_SHA256 : OID_RAW_SHA1);
	free(text);
	return 0;
}
