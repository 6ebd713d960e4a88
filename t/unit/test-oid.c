#include "unit.h"

#include "repo/oid.h"

#define SHA1 "0123456789abcdef0123456789abcdef01234567"
#define SHA256 SHA1 "89abcdef0123456789abcdef"

static void test_digits_come_back(void **state UNUSED)
{
	char hex[OID_HEX_MAX + 1];
	struct oid id;

	assert_int_equal(oid_from_hex(&id, SHA1, OID_RAW_SHA1), 0);
	assert_string_equal(oid_to_hex(hex, &id, OID_RAW_SHA1), SHA1);
	assert_int_equal(oid_from_hex(&id, SHA256, OID_RAW_SHA256), 0);
	assert_string_equal(oid_to_hex(hex, &id, OID_RAW_SHA256), SHA256);
}

static void test_bytes_behind_a_short_id_are_zero(void **state UNUSED)
{
	struct oid id, other;

	memset(&id, 0xff, sizeof(id));
	memset(&other, 0x77, sizeof(other));
	assert_int_equal(oid_from_hex(&id, SHA1, OID_RAW_SHA1), 0);
	assert_int_equal(oid_from_hex(&other, SHA1 "rest", OID_RAW_SHA1), 0);
	assert_true(oid_equal(&id, &other));
	assert_false(oid_is_zero(&id));
}

static void test_other_text_is_refused(void **state UNUSED)
{
	static const char *const wrong[] = {
		"",
		"0123456789abcdef0123456789abcdef0123456",
		"0123456789abcdef0123456789abcdef0123456g",
		"0123456789ABCDEF0123456789abcdef01234567",
		" 123456789abcdef0123456789abcdef01234567",
		"-123456789abcdef0123456789abcdef01234567",
	};
	struct oid id;

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		assert_int_equal(oid_from_hex(&id, wrong[i], OID_RAW_SHA1), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_digits_come_back),
		cmocka_unit_test(test_bytes_behind_a_short_id_are_zero),
		cmocka_unit_test(test_other_text_is_refused),
	};

	return cmocka_run_group_tests_name("oid", tests, NULL, NULL);
}
