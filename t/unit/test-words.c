#include "unit.h"

#include "engine/words.h"

static void append(const char *word, size_t len, void *data)
{
	struct strbuf *out = data;

	if (out->len)
		strbuf_addch(out, ' ');
	strbuf_add(out, word, len);
	/* The header promises a NUL. */
	assert_int_equal(word[len], '\0');
}

static void append_ident(const char *word, size_t len, void *data)
{
	struct strbuf *out = data;

	if (out->len)
		strbuf_addch(out, ' ');
	strbuf_add(out, word, len);
}

static void expect_words(const char *text, const char *words)
{
	struct strbuf out = STRBUF_INIT;

	words_of(text, strlen(text), append, &out);
	assert_string_equal(out.buf, words);
	strbuf_release(&out);
}

static void expect_code(const char *text, const char *words)
{
	struct strbuf out = STRBUF_INIT;

	code_identifiers_of(text, strlen(text), append_ident, &out);
	assert_string_equal(out.buf, words);
	strbuf_release(&out);
}

static void expect_identifiers(const char *text, const char *words)
{
	struct strbuf out = STRBUF_INIT;

	identifiers_of(text, strlen(text), append_ident, &out);
	assert_string_equal(out.buf, words);
	strbuf_release(&out);
}

static void test_nothing_in_nothing(void **state UNUSED)
{
	expect_words("", "");
	expect_words(" \t\n.,:;-+/(){}\"'\\", "");
	expect_words("___ _ __", "");
}

static void test_words_are_cut_at_what_is_no_word_character(void **state UNUSED)
{
	expect_words("ring-queue, hash(map)", "ring queu hash map");
	expect_words("src/listener.c", "src listener");
	expect_words("caf\xc3\xa9 ring", "caf ring");
}

static void test_pieces_are_cut_at_underscores(void **state UNUSED)
{
	expect_words("hash_ring", "hash ring hash_ring");
	expect_words("__hash__ring_", "hash ring hash__ring");
}

static void test_pieces_are_cut_where_camel_case_turns(void **state UNUSED)
{
	expect_words("hashRing", "hash ring hashring");
	expect_words("HTTPServer", "http srv httpserver");
	expect_words("ring2Map", "ring2 map ring2map");
}

static void test_plurals_of_abbreviations_stay_whole(void **state UNUSED)
{
	expect_words("CPUs", "cpu");
	expect_words("VFs", "vfs");
}

static void test_one_piece_is_no_whole_of_its_own(void **state UNUSED)
{
	expect_words("ring", "ring");
	expect_words("_ring_", "ring");
	expect_words("RING", "ring");
}

static void test_single_characters_and_numbers_do_not_count(void **state UNUSED)
{
	expect_words("a x 42 1000000", "");
	expect_words("x_ring", "ring x_ring");
	expect_words("v4l2", "v4l2");
}

static void test_stop_words_do_not_count(void **state UNUSED)
{
	expect_words("the ring is slower than that", "ring");
	expect_words("The Ring Was SLOW", "ring");
	/* The lists are searched by halves: their ends must be found, too. */
	expect_words("all with", "");
}

static void test_endings_are_cut(void **state UNUSED)
{
	expect_words("wakeups wakeup", "wake wake");
	expect_words("looping looped loops loop", "loop loop loop loop");
	expect_words("cache caches cached", "cach cach cach");
	expect_words("retries", "retr");
}

static void test_short_words_and_double_s_keep_their_endings(void **state UNUSED)
{
	expect_words("ring", "ring");
	expect_words("bus", "bus");
	expect_words("pass class", "pass class");
	expect_words("red", "red");
}

static void test_abbreviations_are_one_word(void **state UNUSED)
{
	expect_words("transmit xmit send sent transmission tx", "tx tx tx tx tx tx");
	expect_words("allocation allocator allocate malloc alloc", "alloc alloc alloc alloc alloc");
	expect_words("performance optimize optimization optimise", "perf opt opt opt");
	/* First and last of the table. */
	expect_words("address xmit", "addr tx");
}

static void test_the_whole_word_is_not_stemmed(void **state UNUSED)
{
	expect_words("send_packets", "tx pkt send_packets");
}

static void test_a_word_without_counting_pieces_counts_as_a_whole(void **state UNUSED)
{
	expect_words("a_b_1", "a_b_1");
}

static void test_long_words_are_cut(void **state UNUSED)
{
	char text[2 * WORD_MAX + 2];
	struct strbuf out = STRBUF_INIT;

	memset(text, 'k', sizeof(text));
	words_of(text, WORD_MAX, append, &out);
	assert_int_equal(out.len, WORD_MAX);
	strbuf_reset(&out);
	words_of(text, WORD_MAX + 1, append, &out);
	assert_int_equal(out.len, WORD_MAX);
	strbuf_reset(&out);
	memset(text, '_', WORD_MAX + 1);
	text[0] = text[1] = 'k';
	words_of(text, sizeof(text), append, &out);
	assert_string_equal(out.buf, "kk");
	strbuf_reset(&out);
	memset(text, '_', sizeof(text));
	words_of(text, sizeof(text), append, &out);
	assert_int_equal(out.len, 0);
	strbuf_release(&out);
}

static void count_piece(const char *piece, size_t len, bool whole, void *data)
{
	size_t *nr = data;
	char word[WORD_MAX + 1];

	assert_true(len <= WORD_MAX);
	assert_true(word_canonical(piece, len, whole, word) <= WORD_MAX);
	*nr += 1;
}

static void test_any_bytes_may_come(void **state UNUSED)
{
	char text[4096];
	size_t nr = 0;
	uint32_t seed = 1;

	for (size_t round = 0; round < 200; round++) {
		for (size_t i = 0; i < sizeof(text); i++) {
			seed = seed * 1664525 + 1013904223;
			/* Mostly characters of words, so that long ones come up. */
			text[i] = round % 2 ? (char)(seed >> 24) : "aZ_9bS"[(seed >> 24) % 6];
		}
		words_split(text, sizeof(text), count_piece, &nr);
	}
	assert_true(nr > 1000);
}

static void test_canonical_form_of_a_piece(void **state UNUSED)
{
	char word[WORD_MAX + 1];

	assert_int_equal(word_canonical("packets", 7, false, word), 3);
	assert_string_equal(word, "pkt");
	assert_int_equal(word_canonical("packets", 7, true, word), 7);
	assert_string_equal(word, "packets");
	assert_int_equal(word_canonical("the", 3, false, word), 0);
	assert_int_equal(word_canonical("the", 3, true, word), 3);
	/* Only `len` bytes are looked at. */
	assert_int_equal(word_canonical("thesis", 3, false, word), 0);
}

static void test_identifiers_stand_as_they_are(void **state UNUSED)
{
	expect_identifiers("ringMax = hash_ring[i0] + __x1;", "ringMax hash_ring __x1");
	expect_identifiers("", "");
}

static void test_identifiers_have_three_characters(void **state UNUSED)
{
	expect_identifiers("ab abc _a __a", "abc __a");
}

static void test_identifiers_do_not_begin_with_a_digit(void **state UNUSED)
{
	expect_identifiers("0x10f 123abc x123", "x123");
}

static void test_keywords_are_no_identifiers(void **state UNUSED)
{
	expect_identifiers("NULL while if (sizeof(struct ring)) return uint32_t volatile void", "ring");
	expect_identifiers("whilex Null returns", "whilex Null returns");
}

static void test_overlong_identifiers_do_not_count(void **state UNUSED)
{
	char text[WORD_MAX + 2];
	struct strbuf out = STRBUF_INIT;

	memset(text, 'k', sizeof(text));
	identifiers_of(text, WORD_MAX + 1, append_ident, &out);
	assert_int_equal(out.len, 0);
	identifiers_of(text, WORD_MAX, append_ident, &out);
	assert_int_equal(out.len, WORD_MAX);
	strbuf_release(&out);
}

static void test_comments_and_literals_are_no_code(void **state UNUSED)
{
	expect_code("one /* two\n three **/ four // five\nsix", "one four six");
	expect_code("one(\"two \\\" three\", 'abc', four)", "one four");
	expect_code("/*one*/two/**/three/four", "two three four");
	expect_code("", "");
}

static void test_what_does_not_end_hides_no_other_line(void **state UNUSED)
{
	expect_code("one \"two\nthree 'four\nfive", "one two three four five");
	expect_code("one /* two\nthree", "one");
	expect_code("one \"two\\", "one two");
	expect_code("one /", "one");
	expect_code("one '", "one");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_in_nothing),
		cmocka_unit_test(test_words_are_cut_at_what_is_no_word_character),
		cmocka_unit_test(test_pieces_are_cut_at_underscores),
		cmocka_unit_test(test_pieces_are_cut_where_camel_case_turns),
		cmocka_unit_test(test_plurals_of_abbreviations_stay_whole),
		cmocka_unit_test(test_one_piece_is_no_whole_of_its_own),
		cmocka_unit_test(test_single_characters_and_numbers_do_not_count),
		cmocka_unit_test(test_stop_words_do_not_count),
		cmocka_unit_test(test_endings_are_cut),
		cmocka_unit_test(test_short_words_and_double_s_keep_their_endings),
		cmocka_unit_test(test_abbreviations_are_one_word),
		cmocka_unit_test(test_the_whole_word_is_not_stemmed),
		cmocka_unit_test(test_a_word_without_counting_pieces_counts_as_a_whole),
		cmocka_unit_test(test_long_words_are_cut),
		cmocka_unit_test(test_any_bytes_may_come),
		cmocka_unit_test(test_canonical_form_of_a_piece),
		cmocka_unit_test(test_identifiers_stand_as_they_are),
		cmocka_unit_test(test_identifiers_have_three_characters),
		cmocka_unit_test(test_identifiers_do_not_begin_with_a_digit),
		cmocka_unit_test(test_keywords_are_no_identifiers),
		cmocka_unit_test(test_overlong_identifiers_do_not_count),
		cmocka_unit_test(test_comments_and_literals_are_no_code),
		cmocka_unit_test(test_what_does_not_end_hides_no_other_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
