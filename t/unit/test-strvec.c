#include "unit.h"

#include "base/strvec.h"

static void test_empty_is_an_argv(void **state UNUSED)
{
	struct strvec vec = STRVEC_INIT;

	assert_int_equal(vec.nr, 0);
	assert_null(vec.v[0]);
	strvec_release(&vec);
	assert_null(vec.v[0]);
}

static void test_push_copies_and_closes(void **state UNUSED)
{
	struct strvec vec = STRVEC_INIT;
	char word[] = "one";

	strvec_push(&vec, word);
	word[0] = 'X';
	strvec_pushf(&vec, "%s-%d", "two", 2);
	strvec_pushl(&vec, "three", "four", NULL);
	strvec_push_owned(&vec, xstrdup("five"));
	assert_int_equal(vec.nr, 5);
	assert_string_equal(vec.v[0], "one");
	assert_string_equal(vec.v[1], "two-2");
	assert_string_equal(vec.v[3], "four");
	assert_string_equal(vec.v[4], "five");
	assert_null(vec.v[5]);
	strvec_release(&vec);
	assert_int_equal(vec.nr, 0);
	strvec_push(&vec, "again");
	assert_string_equal(vec.v[0], "again");
	strvec_release(&vec);
}

static void test_stays_closed_while_it_grows(void **state UNUSED)
{
	struct strvec vec = STRVEC_INIT;

	for (size_t i = 0; i < 1000; i++) {
		strvec_pushf(&vec, "%zu", i);
		assert_null(vec.v[vec.nr]);
	}
	assert_string_equal(vec.v[999], "999");
	strvec_release(&vec);
}

static void test_sort_unique_is_by_byte(void **state UNUSED)
{
	struct strvec vec = STRVEC_INIT;

	strvec_sort_unique(&vec);
	assert_int_equal(vec.nr, 0);
	strvec_pushl(&vec, "b", "\xc3\xa4", "a", "B", "b", "", "b", "ab", NULL);
	strvec_sort_unique(&vec);
	assert_int_equal(vec.nr, 6);
	assert_string_equal(vec.v[0], "");
	assert_string_equal(vec.v[1], "B");
	assert_string_equal(vec.v[2], "a");
	assert_string_equal(vec.v[3], "ab");
	assert_string_equal(vec.v[4], "b");
	assert_string_equal(vec.v[5], "\xc3\xa4");
	assert_null(vec.v[6]);
	strvec_release(&vec);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_empty_is_an_argv),
		cmocka_unit_test(test_push_copies_and_closes),
		cmocka_unit_test(test_stays_closed_while_it_grows),
		cmocka_unit_test(test_sort_unique_is_by_byte),
	};

	return cmocka_run_group_tests_name("strvec", tests, NULL, NULL);
}
