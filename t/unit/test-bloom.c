#include "unit.h"

#include "repo/bloom.h"

/* A cent sign in UTF-8: bytes beyond ASCII. */
#define CENT "\302\242"

/* The hashes below are those of git's own test t0095-bloom. */
static void expect_hashes(const char *path, uint32_t first, uint32_t second, uint32_t seventh)
{
	struct bloom_key key;

	bloom_key_init(&key, path, strlen(path));
	assert_int_equal(key.as_unsigned[0], first);
	assert_int_equal(key.as_unsigned[0] + key.as_unsigned[1], second);
	assert_int_equal(key.as_unsigned[0] + 6 * key.as_unsigned[1], seventh);
	assert_memory_equal(key.as_signed, key.as_unsigned, sizeof(key.as_signed));
}

static void test_keys_are_gits(void **state UNUSED)
{
	expect_hashes("", 0x5615800c, 0x5b966560, 0x771ae004);
	expect_hashes(" ", 0xf178874c, 0x5f3d6eb6, 0x8415f3c8);
	expect_hashes("Hello world!", 0xb270de9b, 0x1bb6f26e, 0x2a15558d);
	expect_hashes("file.txt", 0x20ab385b, 0xf5237fe2, 0x1b7ce585);
}

static bool maybe(uint32_t version, const char *bits, size_t len, const char *path)
{
	struct bloom_filter filter = { .bits = (const unsigned char *)bits,
				       .nbits = (uint32_t)len * 8,
				       .nhashes = 7,
				       .version = version };
	struct bloom_key key;

	bloom_key_init(&key, path, strlen(path));
	return bloom_maybe(&filter, &key);
}

/* The filters are what git's test t4216-log-bloom has for a commit that adds this file. */
static void test_version_one_has_signed_bytes(void **state UNUSED)
{
	assert_true(maybe(1, "\x52\xa9", 2, CENT));
	assert_false(maybe(2, "\x52\xa9", 2, CENT));
	assert_true(maybe(2, "\xc0\x1f", 2, CENT));
}

static void test_version_one_may_come_from_where_char_is_unsigned(void **state UNUSED)
{
	assert_true(maybe(1, "\xc0\x1f", 2, CENT));
	assert_false(maybe(1, "\xc0\x1f", 2, CENT ".c"));
}

static void test_other_paths_are_excluded(void **state UNUSED)
{
	assert_false(maybe(1, "\x52\xa9", 2, "file.txt"));
	assert_false(maybe(2, "\xc0\x1f", 2, "file.txt"));
}

static void test_filters_of_one_byte(void **state UNUSED)
{
	/* No change at all; more changes than git makes filters for. */
	assert_false(maybe(1, "\0", 1, "a"));
	assert_false(maybe(2, "\0", 1, CENT));
	assert_true(maybe(1, "\xff", 1, "a"));
	assert_true(maybe(2, "\xff", 1, CENT));
}

static void test_no_filter_excludes_nothing(void **state UNUSED)
{
	assert_true(maybe(1, "", 0, "a"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keys_are_gits),
		cmocka_unit_test(test_version_one_has_signed_bytes),
		cmocka_unit_test(test_version_one_may_come_from_where_char_is_unsigned),
		cmocka_unit_test(test_other_paths_are_excluded),
		cmocka_unit_test(test_filters_of_one_byte),
		cmocka_unit_test(test_no_filter_excludes_nothing),
	};

	return cmocka_run_group_tests_name("bloom", tests, NULL, NULL);
}
