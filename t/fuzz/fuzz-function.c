/*
 * Feeds pairs of hostile texts to repo/function.h and holds what it says
 * against its own contract. A line of equals signs parts the versions. Built
 * and run by `make fuzz`.
 */
#include "repo/facts.h"
#include "repo/function.h"
#include "repo/linediff.h"

#include "fuzz.h"

struct seen {
	const char *old, *new_;
	size_t old_len, new_len;
	size_t lines, counted, functions;
};

static void see_function(const char *name, size_t len, size_t lines, void *data)
{
	struct seen *seen = data;

	REQUIRE(len > 0);
	for (size_t i = 0; i < len; i++)
		REQUIRE(is_word_char(name[i]) || (len == 1 && *name == '-'));
	seen->functions++;
	seen->counted += lines;
}

static void see_line(char side, const char *text, size_t len, bool in_comment, void *data)
{
	struct seen *seen = data;
	const char *from = side == '-' ? seen->old : seen->new_;
	size_t size = side == '-' ? seen->old_len : seen->new_len;

	REQUIRE(text >= from && text + len <= from + size);
	REQUIRE(!memchr(text, '\n', len));
	(void)in_comment;
	seen->lines++;
}

/* The hunks turn the old version into the new one. */
static void check_diff(const struct seen *seen)
{
	struct linediff diff = LINEDIFF_INIT;
	size_t a = 0, b = 0;

	linediff_compute(&diff, seen->old, seen->old_len, seen->new_, seen->new_len);
	for (size_t i = 0; i <= diff.nr; i++) {
		struct hunk end = { seen->old_len, seen->old_len, seen->new_len, seen->new_len };
		const struct hunk *h = i < diff.nr ? &diff.hunks[i] : &end;

		REQUIRE(h->old_from >= a && h->new_from >= b && h->old_from - a == h->new_from - b);
		REQUIRE(!memcmp(seen->old + a, seen->new_ + b, h->old_from - a));
		REQUIRE(i == 0 || i == diff.nr || h->old_from > a);
		REQUIRE(i == diff.nr || h->old_to > h->old_from || h->new_to > h->new_from);
		REQUIRE(h->old_to <= seen->old_len && h->new_to <= seen->new_len);
		a = h->old_to;
		b = h->new_to;
	}
	linediff_release(&diff);
}

static void check_ranges(const char *text, size_t len)
{
	struct function_range *ranges;
	size_t nr = function_ranges(text, len, &ranges);

	for (size_t i = 0; i < nr; i++) {
		const struct function_range *r = &ranges[i];

		REQUIRE(r->name >= text && r->name + r->len <= text + len && r->len > 0);
		REQUIRE(r->start < r->end && r->end <= len);
		REQUIRE(r->from <= r->body && r->body < r->to);
	}
	free(ranges);
}

struct within {
	const char *text;
	size_t len;
};

static void see_fact(const char *name, size_t len, unsigned flags, uint32_t line, void *data)
{
	const struct within *within = data;

	REQUIRE(name >= within->text && len > 0 && name + len <= within->text + within->len);
	REQUIRE(line > 0 && flags < 16);
}

static void see_call(const char *name, size_t len, void *data)
{
	see_fact(name, len, 0, 1, data);
}

static void check_facts(const char *text, size_t len)
{
	struct within within = { text, len };
	struct facts_sink sink = { see_fact, see_call, &within };

	facts_of("a.c", text, len, &sink);
	facts_of("a.h", text, len, &sink);
	facts_of("a.S", text, len, &sink);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char part[] = "=====\n";
	const uint8_t *mid = size ? memmem(data, size, part, strlen(part)) : NULL, *rest = data;
	struct seen seen = { 0 };
	struct function_sink sink = { see_function, see_line, &seen };
	char *old, *new_;

	if (mid) {
		seen.old_len = (size_t)(mid - data);
		rest = mid + strlen(part);
	}
	seen.new_len = (size_t)(data + size - rest);
	seen.old = old = fuzz_copy(data, seen.old_len);
	seen.new_ = new_ = fuzz_copy(rest, seen.new_len);
	REQUIRE(function_changes(old, seen.old_len, new_, seen.new_len, &sink) == seen.lines);
	REQUIRE(seen.counted <= seen.lines && !seen.functions == !seen.lines);
	check_diff(&seen);
	check_ranges(new_, seen.new_len);
	check_facts(new_, seen.new_len);
	free(old);
	free(new_);
	return 0;
}
