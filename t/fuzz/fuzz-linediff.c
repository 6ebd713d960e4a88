/*
 * Feeds pairs of hostile texts to repo/linediff.h: the hunks turn the old text
 * into the new one, begin and end with lines, and never touch. A line of equals
 * signs parts the texts. The first byte says how often each text is repeated,
 * so that long runs of equal lines come about. Built and run by `make fuzz`.
 */
#include "repo/linediff.h"

#include "base/strbuf.h"
#include "fuzz.h"

#define REPEATED_MAX 4096

static char *repeat(const uint8_t *data, size_t *len, size_t times)
{
	struct strbuf text = STRBUF_INIT;
	char *copy;

	for (size_t i = 0; i < times && text.len + *len <= REPEATED_MAX; i++)
		strbuf_add(&text, data, *len);
	*len = text.len;
	copy = fuzz_copy(text.buf, text.len);
	strbuf_release(&text);
	return copy;
}

static bool is_line_edge(const char *text, size_t len, size_t at)
{
	return !at || at == len || text[at - 1] == '\n';
}

static void check(struct linediff *diff, const char *old, size_t old_len, const char *new_, size_t new_len)
{
	size_t a = 0, b = 0;

	linediff_compute(diff, old, old_len, new_, new_len);
	for (size_t i = 0; i < diff->nr; i++) {
		const struct hunk *h = &diff->hunks[i];

		REQUIRE(h->old_from <= h->old_to && h->new_from <= h->new_to);
		REQUIRE(h->old_to <= old_len && h->new_to <= new_len);
		REQUIRE(h->old_to > h->old_from || h->new_to > h->new_from);
		REQUIRE(!i || (h->old_from > a && h->new_from > b));
		REQUIRE(h->old_from - a == h->new_from - b && !memcmp(old + a, new_ + b, h->old_from - a));
		REQUIRE(is_line_edge(old, old_len, h->old_from) && is_line_edge(old, old_len, h->old_to));
		REQUIRE(is_line_edge(new_, new_len, h->new_from) && is_line_edge(new_, new_len, h->new_to));
		a = h->old_to;
		b = h->new_to;
	}
	REQUIRE(old_len - a == new_len - b && !memcmp(old + a, new_ + b, old_len - a));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char part[] = "=====\n";
	struct linediff diff = LINEDIFF_INIT;
	const uint8_t *mid;
	size_t old_len, new_len;
	char *old, *new_;

	if (!size)
		return 0;
	mid = memmem(data + 1, size - 1, part, strlen(part));
	old_len = mid ? (size_t)(mid - data) - 1 : 0;
	new_len = size - 1 - old_len - (mid ? strlen(part) : 0);
	old = repeat(data + 1, &old_len, 1 + (data[0] & 15));
	new_ = repeat(data + size - new_len, &new_len, 1 + (data[0] >> 4));
	/* One struct for many pairs, both ways round. */
	check(&diff, old, old_len, new_, new_len);
	check(&diff, new_, new_len, old, old_len);
	check(&diff, old, old_len, old, old_len);
	REQUIRE(!diff.nr);
	linediff_release(&diff);
	free(old);
	free(new_);
	return 0;
}
