#include "unit.h"

#include "base/strmap.h"

static void test_empty_finds_nothing(void **state UNUSED)
{
	struct strmap map = STRMAP_INIT;

	assert_int_equal(strmap_get(&map, "a"), -1);
	strmap_release(&map);
	assert_int_equal(strmap_get(&map, ""), -1);
}

static void test_numbers_are_by_first_sight(void **state UNUSED)
{
	struct strmap map = STRMAP_INIT;
	char key[] = "beta";

	assert_int_equal(strmap_intern(&map, "alpha", 5), 0);
	assert_int_equal(strmap_intern(&map, key, 4), 1);
	key[0] = 'X';
	assert_int_equal(strmap_intern(&map, "alpha", 5), 0);
	assert_int_equal(strmap_intern(&map, "", 0), 2);
	assert_int_equal(map.nr, 3);
	assert_string_equal(strmap_key(&map, 1), "beta");
	assert_int_equal(strmap_get(&map, "beta"), 1);
	assert_int_equal(strmap_get(&map, ""), 2);
	assert_int_equal(strmap_get(&map, "gamma"), -1);
	strmap_release(&map);
}

static void test_length_counts_not_the_nul(void **state UNUSED)
{
	struct strmap map = STRMAP_INIT;

	assert_int_equal(strmap_intern(&map, "abc", 2), 0);
	assert_int_equal(strmap_intern(&map, "abc", 3), 1);
	assert_int_equal(strmap_intern(&map, "a\0c", 3), 2);
	assert_int_equal(strmap_intern(&map, "a\0d", 3), 3);
	assert_int_equal(strmap_find(&map, "a\0d", 3), 3);
	assert_string_equal(strmap_key(&map, 0), "ab");
	strmap_release(&map);
}

static void test_many_keys_stay_found(void **state UNUSED)
{
	struct strmap map = STRMAP_INIT;
	char key[32];

	for (size_t i = 0; i < 50000; i++) {
		snprintf(key, sizeof(key), "key-%zu", i * 7919);
		assert_int_equal(strmap_intern(&map, key, strlen(key)), i);
	}
	for (size_t i = 0; i < 50000; i++) {
		snprintf(key, sizeof(key), "key-%zu", i * 7919);
		assert_int_equal(strmap_get(&map, key), i);
		assert_string_equal(strmap_key(&map, i), key);
	}
	assert_int_equal(strmap_get(&map, "key-1"), -1);
	strmap_release(&map);
}

static void ask_for_a_key_that_is_not_there(void)
{
	struct strmap map = STRMAP_INIT;

	strmap_intern(&map, "a", 1);
	strmap_key(&map, 1);
}

static void test_a_number_out_of_range_is_a_bug(void **state UNUSED)
{
	unit_expect_bug(ask_for_a_key_that_is_not_there, "key 1 of 1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_empty_finds_nothing),
		cmocka_unit_test(test_numbers_are_by_first_sight),
		cmocka_unit_test(test_length_counts_not_the_nul),
		cmocka_unit_test(test_many_keys_stay_found),
		cmocka_unit_test(test_a_number_out_of_range_is_a_bug),
	};

	return cmocka_run_group_tests_name("strmap", tests, NULL, NULL);
}
