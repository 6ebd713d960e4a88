#include "unit.h"

#include "repo/linediff.h"

/* "-<from>,<to> +<from>,<to>;" with line numbers from 0 for each hunk. */
static void describe(struct strbuf *out, const struct linediff *diff, const char *old, const char *new_)
{
	for (size_t i = 0; i < diff->nr; i++) {
		const struct hunk *h = &diff->hunks[i];
		size_t offsets[4] = { h->old_from, h->old_to, h->new_from, h->new_to }, lines[4] = { 0 };

		for (int k = 0; k < 4; k++)
			for (const char *p = k < 2 ? old : new_, *end = p + offsets[k]; p < end; p++)
				lines[k] += *p == '\n' || p + 1 == end;
		strbuf_addf(out, "%s-%zu,%zu +%zu,%zu", i ? "; " : "", lines[0], lines[1], lines[2], lines[3]);
	}
}

static void expect(const char *old, const char *new_, const char *hunks)
{
	struct linediff diff = LINEDIFF_INIT;
	struct strbuf got = STRBUF_INIT;

	linediff_compute(&diff, old, strlen(old), new_, strlen(new_));
	describe(&got, &diff, old, new_);
	assert_string_equal(got.buf, hunks);
	strbuf_release(&got);
	linediff_release(&diff);
}

static void test_same(void **state UNUSED)
{
	expect("", "", "");
	expect("a\nb\n", "a\nb\n", "");
	expect("a", "a", "");
}

static void test_added_and_deleted_files(void **state UNUSED)
{
	expect("", "a\nb\n", "-0,0 +0,2");
	expect("a\nb", "", "-0,2 +0,0");
}

static void test_one_line(void **state UNUSED)
{
	expect("a\nb\nc\n", "a\nx\nc\n", "-1,2 +1,2");
	expect("a\nb\nc\n", "a\nc\n", "-1,2 +1,1");
	expect("a\nc\n", "a\nb\nc\n", "-1,1 +1,2");
}

static void test_lines_that_share_bytes(void **state UNUSED)
{
	/* The common bytes end and begin within lines. */
	expect("aaa\nbcd\neee\n", "aaa\nbxd\neee\n", "-1,2 +1,2");
	expect("x1\ny\n", "x2\nz1\ny\n", "-0,1 +0,2");
	expect("ab\n", "b\n", "-0,1 +0,1");
}

static void test_newline_at_the_end(void **state UNUSED)
{
	expect("a\nb", "a\nb\n", "-1,2 +1,2");
	expect("a\nb\n", "a\nb", "-1,2 +1,2");
	expect("a\nb", "a\nb\nc", "-1,2 +1,3");
}

static void test_hunks_apart(void **state UNUSED)
{
	expect("1\n2\n3\n4\n5\n6\n", "1\nx\n3\n4\ny\n6\n", "-1,2 +1,2; -4,5 +4,5");
	expect("1\n2\n3\n4\n5\n", "0\n1\n2\n3\n5\n", "-0,0 +0,1; -3,4 +4,4");
}

/* With the type on a line of its own, the function after an inserted one would lose it. */
static void test_inserted_function_stands_whole(void **state UNUSED)
{
	expect("static int\na(void)\n{\n}\n\nstatic int\nc(void)\n{\n}\n",
	       "static int\na(void)\n{\n}\n\nstatic int\nb(void)\n{\n}\n\nstatic int\nc(void)\n{\n}\n",
	       "-5,5 +5,10");
	/* The same as the last hunk of several, where the common end is taken off first. */
	expect("x\nstatic int\na(void)\n{\n}\n\nstatic int\nc(void)\n{\n}\n",
	       "y\nstatic int\na(void)\n{\n}\n\nstatic int\nb(void)\n{\n}\n\nstatic int\nc(void)\n{\n}\n",
	       "-0,1 +0,1; -6,6 +6,11");
}

static void test_removed_function_stands_whole(void **state UNUSED)
{
	expect("int\na(void)\n{\n}\n\nint\nb(void)\n{\n}\n\nint\nc(void)\n{\n}\n",
	       "int\na(void)\n{\n}\n\nint\nc(void)\n{\n}\n", "-5,10 +5,5");
}

/* Moved up, the run after the comment comes to touch it. */
static void test_touching_hunks_become_one(void **state UNUSED)
{
	expect("}\n\nint\nc(void)\n{\n}\nx\n", "}\n\n/* b */\nint\nb(void)\n{\n}\n\nint\nc(void)\n{\n}\ny\n",
	       "-2,2 +2,8; -6,7 +12,13");
}

static void number_lines(struct strbuf *text, int from, int to, const char *word)
{
	for (int i = from; i < to; i++)
		strbuf_addf(text, "%s %d\n", word, i);
}

/* Beyond the bound on edits, lines that stand once in both versions part the text. */
static void test_many_edits_between_anchors(void **state UNUSED)
{
	struct linediff diff = LINEDIFF_INIT;
	struct strbuf old = STRBUF_INIT, new_ = STRBUF_INIT, got = STRBUF_INIT;

	strbuf_addstr(&old, "begin\n");
	strbuf_addstr(&new_, "begin\n");
	number_lines(&old, 0, 300, "old");
	number_lines(&new_, 0, 400, "new");
	number_lines(&old, 0, 50, "same");
	number_lines(&new_, 0, 50, "same");
	number_lines(&old, 300, 301, "old");
	number_lines(&new_, 400, 401, "new");
	linediff_compute(&diff, old.buf, old.len, new_.buf, new_.len);
	describe(&got, &diff, old.buf, new_.buf);
	assert_string_equal(got.buf, "-1,301 +1,401; -351,352 +451,452");
	strbuf_release(&old);
	strbuf_release(&new_);
	strbuf_release(&got);
	linediff_release(&diff);
}

/* A line that moved past the others is no anchor. */
static void test_crossing_anchors(void **state UNUSED)
{
	struct linediff diff = LINEDIFF_INIT;
	struct strbuf old = STRBUF_INIT, new_ = STRBUF_INIT, got = STRBUF_INIT;

	strbuf_addstr(&old, "moved\n");
	for (int i = 0; i < 3; i++) {
		number_lines(&old, i * 100, i * 100 + 100, "old");
		number_lines(&new_, i * 100, i * 100 + 100, "new");
		number_lines(&old, i, i + 1, "same");
		number_lines(&new_, i, i + 1, "same");
	}
	strbuf_addstr(&new_, "moved\n");
	linediff_compute(&diff, old.buf, old.len, new_.buf, new_.len);
	describe(&got, &diff, old.buf, new_.buf);
	assert_string_equal(got.buf, "-0,101 +0,100; -102,202 +101,201; -203,303 +202,302; -304,304 +303,304");
	strbuf_release(&old);
	strbuf_release(&new_);
	strbuf_release(&got);
	linediff_release(&diff);
}

/* Whatever the hunks are, they must turn the old version into the new one. */
static void check_patch(struct linediff *diff, const struct strbuf *old, const struct strbuf *new_)
{
	struct strbuf got = STRBUF_INIT;
	size_t at = 0;

	linediff_compute(diff, old->buf, old->len, new_->buf, new_->len);
	for (size_t i = 0; i < diff->nr; i++) {
		const struct hunk *h = &diff->hunks[i];

		assert_true(h->old_from >= at);
		strbuf_add(&got, old->buf + at, h->old_from - at);
		assert_int_equal(got.len, h->new_from);
		strbuf_add(&got, new_->buf + h->new_from, h->new_to - h->new_from);
		assert_true(h->old_to > h->old_from || h->new_to > h->new_from);
		at = h->old_to;
	}
	strbuf_add(&got, old->buf + at, old->len - at);
	assert_int_equal(got.len, new_->len);
	assert_memory_equal(got.buf, new_->buf, got.len);
	strbuf_release(&got);
}

static void test_random_texts(void **state UNUSED)
{
	static const char *const lines[] = { "a\n", "b\n", "\n", "}\n", "static int\n", "\tx;\n" };
	struct linediff diff = LINEDIFF_INIT;
	struct strbuf old = STRBUF_INIT, new_ = STRBUF_INIT;
	uint32_t seed = 1;

	for (int round = 0; round < 3000; round++) {
		strbuf_reset(&old);
		strbuf_reset(&new_);
		/* From the same text to nothing in common; now and then far beyond the bound on edits. */
		for (int i = 0, n = round % 100 ? 30 : 1500; i < n; i++) {
			seed = seed * 1664525u + 1013904223u;
			strbuf_addstr(&old, lines[(seed >> 16) % 6]);
			if ((seed >> 8) % 64 < (uint32_t)round % 60)
				strbuf_addstr(&new_, lines[(seed >> 24) % 6]);
			else
				strbuf_addstr(&new_, lines[(seed >> 16) % 6]);
		}
		if (round % 3 == 0)
			strbuf_addstr(&old, "no newline");
		if (round % 4 == 0)
			strbuf_addstr(&new_, "no newline");
		check_patch(&diff, &old, &new_);
	}
	strbuf_release(&old);
	strbuf_release(&new_);
	linediff_release(&diff);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same),
		cmocka_unit_test(test_added_and_deleted_files),
		cmocka_unit_test(test_one_line),
		cmocka_unit_test(test_lines_that_share_bytes),
		cmocka_unit_test(test_newline_at_the_end),
		cmocka_unit_test(test_hunks_apart),
		cmocka_unit_test(test_inserted_function_stands_whole),
		cmocka_unit_test(test_removed_function_stands_whole),
		cmocka_unit_test(test_touching_hunks_become_one),
		cmocka_unit_test(test_many_edits_between_anchors),
		cmocka_unit_test(test_crossing_anchors),
		cmocka_unit_test(test_random_texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
