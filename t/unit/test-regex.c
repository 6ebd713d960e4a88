#include "unit.h"

#include "base/error.h"
#include "base/regex.h"

static struct regex *compiled(const char *pattern, enum regex_flags flags)
{
	struct regex *re = regex_compile(pattern, flags);

	if (!re)
		fail_msg("%s", error_message());
	return re;
}

static void test_groups_are_found(void **state UNUSED)
{
	const char text[] = "x\n  total number of events:   2417\n";
	struct regex *re = compiled("^ *(x)?total number of (\\w+):\\s+(\\d+)$", REGEX_LINES);
	struct regex_span spans[5];

	assert_int_equal(regex_groups(re), 3);
	assert_int_equal(regex_search(re, text, strlen(text), 0, spans, 5), 1);
	assert_int_equal(spans[0].start, 2);
	assert_true(spans[1].start == SIZE_MAX && spans[1].end == SIZE_MAX);
	assert_memory_equal(text + spans[3].start, "2417", 4);
	assert_int_equal(spans[3].end - spans[3].start, 4);
	assert_true(spans[4].start == SIZE_MAX);
	assert_int_equal(regex_search(re, text, strlen(text), spans[0].end, spans, 5), 0);
	assert_int_equal(regex_search(re, text, strlen(text), 1000, spans, 5), 0);
	regex_free(re);
}

static void test_bytes_that_are_no_text_match(void **state UNUSED)
{
	const char text[] = "\xff\xfe\0=7\xc3";
	struct regex *re = compiled("=(\\d)\xc3", 0);
	struct regex_span spans[2];

	assert_int_equal(regex_search(re, text, sizeof(text) - 1, 0, spans, 2), 1);
	assert_int_equal(spans[1].start, 4);
	regex_free(re);
}

static void test_case_and_lines_are_flags(void **state UNUSED)
{
	struct regex_span span;
	struct regex *re = compiled("^b", 0);

	assert_int_equal(regex_search(re, "a\nB", 3, 0, &span, 1), 0);
	regex_free(re);
	re = compiled("^b", REGEX_LINES | REGEX_IGNORE_CASE);
	assert_int_equal(regex_search(re, "a\nB", 3, 0, &span, 1), 1);
	assert_int_equal(span.start, 2);
	regex_free(re);
}

static void test_a_wrong_pattern_is_named_with_the_place(void **state UNUSED)
{
	char *longest = xmalloc(REGEX_PATTERN_MAX + 2);

	assert_null(regex_compile("a(b", 0));
	assert_string_equal(error_message(),
			    "the regular expression 'a(b' is wrong at byte 3: missing closing parenthesis");
	assert_null(regex_compile("x\\Cy", 0));
	memset(longest, 'a', REGEX_PATTERN_MAX + 1);
	longest[REGEX_PATTERN_MAX + 1] = '\0';
	assert_null(regex_compile(longest, 0));
	assert_string_equal(error_message(), "a regular expression has more than 65536 bytes");
	free(longest);
}

static void test_no_match_takes_for_ever(void **state UNUSED)
{
	struct strbuf text = STRBUF_INIT;
	struct regex *re = compiled("^(a+)+$", 0);
	struct regex_span span;

	strbuf_addchars(&text, 'a', 40);
	strbuf_addch(&text, 'b');
	assert_int_equal(regex_search(re, text.buf, text.len, 0, &span, 1), -1);
	assert_string_equal(error_message(),
			    "cannot match the regular expression '^(a+)+$': match limit exceeded");
	regex_free(re);
	strbuf_release(&text);
}

static void test_a_long_match_needs_no_stack(void **state UNUSED)
{
	struct strbuf text = STRBUF_INIT;
	struct regex *re = compiled("^(?:x|y)*z", 0);
	struct regex_span span;

	strbuf_addchars(&text, 'x', 50000);
	strbuf_addch(&text, 'z');
	assert_int_equal(regex_search(re, text.buf, text.len, 0, &span, 1), 1);
	assert_int_equal(span.end, 50001);
	regex_free(re);
	strbuf_release(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_groups_are_found),
		cmocka_unit_test(test_bytes_that_are_no_text_match),
		cmocka_unit_test(test_case_and_lines_are_flags),
		cmocka_unit_test(test_a_wrong_pattern_is_named_with_the_place),
		cmocka_unit_test(test_no_match_takes_for_ever),
		cmocka_unit_test(test_a_long_match_needs_no_stack),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
