#include "unit.h"

static void test_nothing_is_something(void **state UNUSED)
{
	char *a = xmalloc(0), *b = xcalloc(0, 8), *c = xrealloc(NULL, 0);

	assert_non_null(a);
	assert_non_null(b);
	assert_non_null(c);
	free(a);
	free(b);
	free(c);
}

static void test_copies(void **state UNUSED)
{
	char *a = xstrdup("text"), *b = xmemdupz("text", 2), *c = xstrfmt("%s-%03d", "x", 7);

	assert_string_equal(a, "text");
	assert_string_equal(b, "te");
	assert_string_equal(c, "x-007");
	free(a);
	free(b);
	free(c);
}

static void overflow(void)
{
	free(xreallocarray(NULL, SIZE_MAX / 2, 3));
}

static void test_an_overflow_is_a_lack_of_memory(void **state UNUSED)
{
	struct strbuf said = STRBUF_INIT;

	assert_int_equal(unit_child(overflow, &said), 128);
	assert_memory_equal(said.buf, "fatal: out of memory", 20);
	strbuf_release(&said);
}

static void test_arrays_grow_to_need(void **state UNUSED)
{
	int *v = NULL;
	size_t nr = 0, alloc = 0;

	for (int i = 0; i < 1000; i++) {
		ALLOC_GROW(v, nr + 1, alloc);
		if (!v || alloc <= nr)
			fail_msg("no room for %zu", nr + 1);
		v[nr++] = i;
	}
	ALLOC_GROW(v, 100000, alloc);
	assert_true(alloc >= 100000);
	assert_int_equal(v[999], 999);
	free(v);
}

static void test_ends_of_text(void **state UNUSED)
{
	assert_true(starts_with("v6.12", "v"));
	assert_true(starts_with("v", ""));
	assert_false(starts_with("v", "v6"));
	assert_true(ends_with("a.csv", ".csv"));
	assert_true(ends_with("a", ""));
	assert_false(ends_with("csv", ".csv"));
}

static void test_big_endian_numbers(void **state UNUSED)
{
	static const unsigned char bytes[] = { 0x81, 2, 3, 4, 0x85, 6, 7, 8 };

	assert_true(get_be32(bytes) == 0x81020304u);
	assert_true(get_be64(bytes) == 0x8102030485060708u);
}

static void test_word_characters(void **state UNUSED)
{
	for (int c = 0; c < 256; c++)
		assert_int_equal(
			is_word_char((char)c),
			c && strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_", c));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_is_something),
		cmocka_unit_test(test_copies),
		cmocka_unit_test(test_an_overflow_is_a_lack_of_memory),
		cmocka_unit_test(test_arrays_grow_to_need),
		cmocka_unit_test(test_ends_of_text),
		cmocka_unit_test(test_big_endian_numbers),
		cmocka_unit_test(test_word_characters),
	};

	return cmocka_run_group_tests_name("compat", tests, NULL, NULL);
}
