#include "unit.h"

#include "base/error.h"

static void test_none_is_empty(void **state UNUSED)
{
	error_clear();
	assert_string_equal(error_message(), "");
}

static void test_set_replaces(void **state UNUSED)
{
	assert_int_equal(error_set("one %d", 1), -1);
	assert_string_equal(error_message(), "one 1");
	assert_int_equal(error_set("two"), -1);
	assert_string_equal(error_message(), "two");
	error_clear();
	assert_string_equal(error_message(), "");
}

static void test_prefix_goes_in_front(void **state UNUSED)
{
	error_set("bad number");
	assert_int_equal(error_prefix("line %d", 3), -1);
	assert_int_equal(error_prefix("%s", "a.csv"), -1);
	assert_string_equal(error_message(), "a.csv: line 3: bad number");
}

static void test_the_old_message_may_be_an_argument(void **state UNUSED)
{
	error_set("inner");
	error_set("outer (%s)", error_message());
	assert_string_equal(error_message(), "outer (inner)");
	error_prefix("%s", error_message());
	assert_string_equal(error_message(), "outer (inner): outer (inner)");
}

static int clear(void **state UNUSED)
{
	error_clear();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_none_is_empty),
		cmocka_unit_test(test_set_replaces),
		cmocka_unit_test(test_prefix_goes_in_front),
		cmocka_unit_test(test_the_old_message_may_be_an_argument),
	};

	return cmocka_run_group_tests_name("error", tests, NULL, clear);
}
