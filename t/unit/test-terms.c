#include "unit.h"

#include <math.h>

#include "engine/terms.h"

#define NEAR_ENOUGH 1e-9

/* The formula of the header, spelled out once more. */
static double bm25(double n, double df, double tf, double length, double mean)
{
	double idf = log(1 + (n - df + 0.5) / (df + 0.5));

	return idf * tf * 2.2 / (tf + 1.2 * (0.25 + 0.75 * length / mean));
}

static void expect_near(double actual, double expect)
{
	if (fabs(actual - expect) > NEAR_ENOUGH)
		fail_msg("%.12f, expected %.12f", actual, expect);
}

/* An index of `n` texts for the words "ring" (0), "queu" (1), "lock" (2). */
static struct terms *new_index(size_t n)
{
	struct terms *terms = terms_new(n);

	assert_int_equal(terms_add(terms, "ring", 4, "Ring", 4), 0);
	assert_int_equal(terms_add(terms, "queu", 4, "queue", 5), 1);
	assert_int_equal(terms_add(terms, "lock", 4, "lock", 4), 2);
	return terms;
}

static void read_text(struct terms *terms, size_t doc, const char *text)
{
	terms_read(terms, doc, text, strlen(text), 1, false);
}

static const double even[] = { 1, 1, 1 };

static void test_words_have_numbers(void **state UNUSED)
{
	struct terms *terms = new_index(1);

	assert_int_equal(terms_add(terms, "queu", 4, "queue", 5), 1);
	assert_int_equal(terms_nr(terms), 3);
	/* As the first one wrote it. */
	terms_add(terms, "queu", 4, "queued", 6);
	assert_int_equal(terms_nr(terms), 3);
	assert_string_equal(terms_word(terms, 1), "queue");
	terms_free(terms);
	terms_free(NULL);
}

static void test_score_is_the_formula(void **state UNUSED)
{
	struct terms *terms = new_index(3);

	read_text(terms, 0, "ring ring cold");
	read_text(terms, 1, "cold");
	read_text(terms, 2, "ring queue");
	terms_finish(terms, 3);
	expect_near(terms_bm25(terms, 0, even), bm25(3, 2, 2, 3, 2));
	expect_near(terms_bm25(terms, 1, even), 0);
	expect_near(terms_bm25(terms, 2, even), bm25(3, 2, 1, 2, 2) + bm25(3, 1, 1, 2, 2));
	terms_free(terms);
}

static void test_weights_multiply(void **state UNUSED)
{
	const double weights[] = { 0.5, 0, -2 };
	struct terms *terms = new_index(2);

	read_text(terms, 0, "ring queue lock");
	read_text(terms, 1, "cold");
	terms_finish(terms, 2);
	expect_near(terms_bm25(terms, 0, weights), -1.5 * bm25(2, 1, 1, 3, 2));
	terms_free(terms);
}

static void test_rare_words_tell_more(void **state UNUSED)
{
	struct terms *terms = new_index(4);

	read_text(terms, 0, "ring");
	read_text(terms, 1, "ring");
	read_text(terms, 2, "ring");
	read_text(terms, 3, "lock");
	terms_finish(terms, 4);
	assert_true(terms_bm25(terms, 3, even) > terms_bm25(terms, 0, even));
	terms_free(terms);
}

static void test_short_texts_tell_more(void **state UNUSED)
{
	struct terms *terms = new_index(2);

	read_text(terms, 0, "ring in a haystack where nothing else speaks about any such thing");
	read_text(terms, 1, "ring");
	terms_finish(terms, 2);
	assert_true(terms_bm25(terms, 1, even) > terms_bm25(terms, 0, even));
	terms_free(terms);
}

static void test_unread_texts_count_in_n_but_not_in_the_mean(void **state UNUSED)
{
	struct terms *terms = new_index(10);

	read_text(terms, 4, "ring cold");
	terms_finish(terms, 10);
	expect_near(terms_bm25(terms, 4, even), bm25(10, 1, 1, 2, 2));
	expect_near(terms_bm25(terms, 9, even), 0);
	terms_free(terms);
}

static void test_texts_come_in_any_order_and_in_parts(void **state UNUSED)
{
	struct terms *a = new_index(3), *b = new_index(3);

	terms_read(a, 0, "ring lock", 9, 4, true);
	read_text(a, 0, "lock");
	read_text(a, 1, "queue");
	read_text(a, 2, "ring ring");
	read_text(b, 2, "ring");
	read_text(b, 1, "queue");
	read_text(b, 0, "lock");
	read_text(b, 2, "ring");
	terms_read(b, 0, "ring lock", 9, 4, true);
	terms_finish(a, 3);
	terms_finish(b, 3);
	for (size_t i = 0; i < 3; i++)
		expect_near(terms_bm25(a, i, even), terms_bm25(b, i, even));
	expect_near(terms_bm25(a, 0, even), bm25(3, 2, 4, 9, 4) + bm25(3, 1, 5, 9, 4));
	terms_free(a);
	terms_free(b);
}

static void test_a_heading_counts_several_times(void **state UNUSED)
{
	struct terms *terms = new_index(2);

	terms_read(terms, 0, "ring cold", 9, 4, true);
	read_text(terms, 1, "lock");
	terms_finish(terms, 2);
	expect_near(terms_bm25(terms, 0, even), bm25(2, 1, 4, 8, 4.5));
	terms_free(terms);
}

static void note_heading(uint32_t id, uint32_t docs, void *data)
{
	strbuf_addf(data, "%" PRIu32 ":%" PRIu32 " ", id, docs);
}

static void test_headings_are_remembered(void **state UNUSED)
{
	struct terms *terms = new_index(3);
	struct strbuf out = STRBUF_INIT;

	terms_read(terms, 0, "lock the ring", 13, 4, true);
	read_text(terms, 0, "queue lock");
	terms_read(terms, 1, "ring", 4, 4, true);
	read_text(terms, 2, "ring");
	terms_finish(terms, 3);
	terms_headings(terms, 0, note_heading, &out);
	assert_string_equal(out.buf, "0:2 2:1 ");
	strbuf_reset(&out);
	terms_headings(terms, 2, note_heading, &out);
	assert_string_equal(out.buf, "");
	strbuf_release(&out);
	terms_free(terms);
}

static void test_a_word_that_stands_once_for_all(void **state UNUSED)
{
	struct terms *terms = new_index(2);

	terms_read_once(terms, 0, "ring_lock ring", 14);
	terms_read_once(terms, 1, "cold", 4);
	terms_finish(terms, 2);
	/* Distinct: ring, lock, ring_lock. */
	expect_near(terms_bm25(terms, 0, even), 2 * bm25(2, 1, 1, 3, 2));
	terms_free(terms);
}

static void test_words_meet_in_their_canonical_form(void **state UNUSED)
{
	struct terms *terms = new_index(2);

	read_text(terms, 0, "Queued RINGS");
	read_text(terms, 1, "cold");
	terms_finish(terms, 2);
	expect_near(terms_bm25(terms, 0, even), 2 * bm25(2, 1, 1, 2, 1.5));
	terms_free(terms);
}

static void test_long_words_are_found(void **state UNUSED)
{
	const char *name = "a_name_of_more_than_twenty_two_characters";
	const double weight = 1;
	struct terms *terms = terms_new(2);

	assert_int_equal(terms_add(terms, name, strlen(name), name, strlen(name)), 0);
	read_text(terms, 0, name);
	read_text(terms, 1, "cold");
	terms_finish(terms, 2);
	assert_true(terms_bm25(terms, 0, &weight) > 0);
	assert_true(terms_bm25(terms, 1, &weight) == 0);
	terms_free(terms);
}

static void test_more_words_than_are_remembered(void **state UNUSED)
{
	enum { N = 40000 };
	struct terms *terms = new_index(2);
	struct strbuf text = STRBUF_INIT;

	for (size_t i = 0; i < N; i++)
		strbuf_addf(&text, "w%zuq ", i);
	strbuf_addstr(&text, "ring ");
	for (size_t i = 0; i < N; i++)
		strbuf_addf(&text, "w%zuq ", i);
	strbuf_addstr(&text, "ring");
	terms_read(terms, 0, text.buf, text.len, 1, false);
	read_text(terms, 1, "cold");
	terms_finish(terms, 2);
	expect_near(terms_bm25(terms, 0, even), bm25(2, 1, 2, 2 * N + 2, (2 * N + 3) / 2.0));
	strbuf_release(&text);
	terms_free(terms);
}

/* "sendPackets" counts as a whole, too, and that one is not stemmed. */
static void test_a_piece_is_not_taken_for_a_whole_word(void **state UNUSED)
{
	const double weight = 1;
	struct terms *terms = terms_new(2);

	terms_add(terms, "sendpackets", 11, "sendpackets", 11);
	read_text(terms, 0, "sendpackets sendPackets");
	read_text(terms, 1, "cold");
	terms_finish(terms, 2);
	expect_near(terms_bm25(terms, 0, &weight), bm25(2, 1, 1, 4, 2.5));
	terms_free(terms);
}

static void test_telling_words_come_first(void **state UNUSED)
{
	struct terms *terms = new_index(3);
	const char *words[3];

	read_text(terms, 0, "ring lock lock");
	read_text(terms, 1, "ring");
	read_text(terms, 2, "queue");
	terms_finish(terms, 3);
	assert_int_equal(terms_telling(terms, 0, even, words, 3), 2);
	assert_string_equal(words[0], "lock");
	assert_string_equal(words[1], "Ring");
	assert_int_equal(terms_telling(terms, 0, even, words, 1), 1);
	assert_string_equal(words[0], "lock");
	assert_int_equal(terms_telling(terms, 0, (const double[]){ 1, 1, 0 }, words, 3), 1);
	assert_string_equal(words[0], "Ring");
	terms_free(terms);
}

static void test_no_text_at_all(void **state UNUSED)
{
	struct terms *terms = terms_new(0);

	terms_finish(terms, 0);
	terms_free(terms);
	terms = new_index(1);
	terms_finish(terms, 0);
	assert_true(isfinite(terms_bm25(terms, 0, even)));
	terms_free(terms);
}

static void read_too_far(void)
{
	struct terms *terms = new_index(1);

	read_text(terms, 1, "ring");
}

static void read_too_late(void)
{
	struct terms *terms = new_index(1);

	terms_finish(terms, 1);
	read_text(terms, 0, "ring");
}

static void test_wrong_order_of_calls_is_a_bug(void **state UNUSED)
{
	unit_expect_bug(read_too_far, "text 1 of 1");
	unit_expect_bug(read_too_late, "text 0 of 1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words_have_numbers),
		cmocka_unit_test(test_score_is_the_formula),
		cmocka_unit_test(test_weights_multiply),
		cmocka_unit_test(test_rare_words_tell_more),
		cmocka_unit_test(test_short_texts_tell_more),
		cmocka_unit_test(test_unread_texts_count_in_n_but_not_in_the_mean),
		cmocka_unit_test(test_texts_come_in_any_order_and_in_parts),
		cmocka_unit_test(test_a_heading_counts_several_times),
		cmocka_unit_test(test_headings_are_remembered),
		cmocka_unit_test(test_a_word_that_stands_once_for_all),
		cmocka_unit_test(test_words_meet_in_their_canonical_form),
		cmocka_unit_test(test_long_words_are_found),
		cmocka_unit_test(test_more_words_than_are_remembered),
		cmocka_unit_test(test_a_piece_is_not_taken_for_a_whole_word),
		cmocka_unit_test(test_telling_words_come_first),
		cmocka_unit_test(test_no_text_at_all),
		cmocka_unit_test(test_wrong_order_of_calls_is_a_bug),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
