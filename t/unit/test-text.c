#include "unit.h"

#include <locale.h>

#include "ui/term.h"

static void test_ascii_counts_bytes(void **state UNUSED)
{
	assert_int_equal(text_width(""), 0);
	assert_int_equal(text_width("commit"), 6);
}

static void test_wide_and_combining_characters(void **state UNUSED)
{
	/* "nihongo", an e with a combining acute, an emoji, a no-break space. */
	assert_int_equal(text_width("\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e"), 6);
	assert_int_equal(text_width("e\xcc\x81"), 1);
	assert_int_equal(text_width("\xf0\x9f\x9a\x80"), 2);
	assert_int_equal(text_width("a\xc2\xa0z"), 3);
}

static void test_what_is_no_text_counts_one(void **state UNUSED)
{
	assert_int_equal(text_width("\xff\xfe"), 2);
	assert_int_equal(text_width("\xe6\x97"), 2);
	assert_int_equal(text_width("\033"), 1);
	assert_int_equal(text_width("\xc2\x9b"), 1);
}

static void test_fit_never_splits_a_character(void **state UNUSED)
{
	const char *text = "\xe6\x97\xa5\xe6\x9c\xac";

	assert_int_equal(text_fit(text, 0), 0);
	assert_int_equal(text_fit(text, 1), 0);
	assert_int_equal(text_fit(text, 2), 3);
	assert_int_equal(text_fit(text, 3), 3);
	assert_int_equal(text_fit(text, 4), 6);
	assert_int_equal(text_fit(text, 99), 6);
}

static void test_fit_keeps_marks_with_their_letter(void **state UNUSED)
{
	assert_int_equal(text_fit("e\xcc\x81x", 1), 3);
}

static void test_widths_do_not_depend_on_the_locale(void **state UNUSED)
{
	assert_non_null(setlocale(LC_CTYPE, "C"));
	assert_int_equal(text_width("\xe6\x97\xa5"), 2);
	/* And the caller's locale is as it was. */
	assert_string_equal(setlocale(LC_CTYPE, NULL), "C");
	assert_int_equal(MB_CUR_MAX, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ascii_counts_bytes),
		cmocka_unit_test(test_wide_and_combining_characters),
		cmocka_unit_test(test_what_is_no_text_counts_one),
		cmocka_unit_test(test_fit_never_splits_a_character),
		cmocka_unit_test(test_fit_keeps_marks_with_their_letter),
		cmocka_unit_test(test_widths_do_not_depend_on_the_locale),
	};

	return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
