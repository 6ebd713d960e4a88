#include "unit.h"

#include "repo/version.h"

/* "prefix|1.2.3|suffix" and the stage, as one text; "none" without a version. */
static const char *described(const char *name)
{
	static const char *const stages[] = { "dev", "alpha", "beta", "pre", "rc", "" };
	static char text[256];
	struct version v;
	size_t at;

	if (!version_parse(&v, name))
		return "none";
	at = (size_t)snprintf(text, sizeof(text), "%.*s|", (int)v.prefix_len, v.prefix);
	for (size_t i = 0; i < v.nr; i++)
		at += (size_t)snprintf(text + at, sizeof(text) - at, "%s%" PRIu64, i ? "." : "", v.parts[i]);
	at += (size_t)snprintf(text + at, sizeof(text) - at, "|%.*s", (int)v.suffix_len, v.suffix);
	if (v.stage != VERSION_RELEASE)
		snprintf(text + at, sizeof(text) - at, "|%s %" PRIu64, stages[v.stage], v.stage_nr);
	return text;
}

static void test_release_names(void **state UNUSED)
{
	assert_string_equal(described("v6.12"), "v|6.12|");
	assert_string_equal(described("22.11"), "|22.11|");
	assert_string_equal(described("v2.6.39.4"), "v|2.6.39.4|");
	assert_string_equal(described("curl-8_5_0"), "curl-|8.5.0|");
	assert_string_equal(described("go1.21.3"), "go|1.21.3|");
	assert_string_equal(described("release/1.2-stable"), "release/|1.2|-stable");
	assert_string_equal(described("k8s-v1.29.0"), "k8s-v|1.29.0|");
	assert_string_equal(described("v1.2-x86"), "v|1.2|-x86");
	assert_string_equal(described("20240131"), "|20240131|");
}

static void test_pre_release_names(void **state UNUSED)
{
	assert_string_equal(described("v6.13-rc2"), "v|6.13||rc 2");
	assert_string_equal(described("v2.4-dev19"), "v|2.4||dev 19");
	assert_string_equal(described("1.0.0-alpha.1"), "|1.0.0||alpha 1");
	assert_string_equal(described("v3.12.0b4"), "v|3.12.0||beta 4");
	assert_string_equal(described("REL_16_RC1"), "REL_|16||rc 1");
	assert_string_equal(described("v1.0-pre"), "v|1.0||pre 0");
	assert_string_equal(described("v1-rc2"), "v|1||rc 2");
}

static void test_what_only_looks_like_a_pre_release(void **state UNUSED)
{
	assert_string_equal(described("v1.0-rc2-broken"), "v|1.0|-rc2-broken");
	assert_string_equal(described("v1.0-recheck"), "v|1.0|-recheck");
	assert_string_equal(described("v1.0a"), "v|1.0|a");
	assert_string_equal(described("v1.0-rcx"), "v|1.0|-rcx");
}

static void test_names_without_a_version(void **state UNUSED)
{
	assert_string_equal(described(""), "none");
	assert_string_equal(described("HEAD"), "none");
	assert_string_equal(described("v."), "none");
	/* A part of 19 digits, and nine parts. */
	assert_string_equal(described("v1.1234567890123456789"), "none");
	assert_string_equal(described("1.2.3.4.5.6.7.8.9"), "none");
}

static int compared(const char *one, const char *other)
{
	struct version a, b;

	assert_true(version_parse(&a, one) && version_parse(&b, other));
	assert_int_equal(version_compare(&a, &b), -version_compare(&b, &a));
	return version_compare(&a, &b);
}

static void test_order(void **state UNUSED)
{
	static const char *const rising[] = {
		"v2.9",        "v2.10-dev1", "v2.10-dev2", "v2.10-dev10", "v2.10-alpha1",
		"v2.10-beta1", "v2.10-pre1", "v2.10-rc9",  "v2.10-rc10",  "v2.10",
		"v2.10.1-rc1", "v2.10.1",    "v2.11",      "v10.0",
	};

	for (size_t i = 0; i < ARRAY_SIZE(rising); i++)
		for (size_t k = 0; k < ARRAY_SIZE(rising); k++)
			assert_int_equal(compared(rising[i], rising[k]), i < k ? -1 : i > k);
	assert_int_equal(compared("v2.4", "v2.4.0"), 0);
	assert_int_equal(compared("v2.4-dev3", "v2.4.0"), -1);
}

static bool same_series(const char *one, const char *other)
{
	struct version a, b;

	return version_parse(&a, one) && version_parse(&b, other) && version_same_series(&a, &b);
}

static void test_series(void **state UNUSED)
{
	assert_true(same_series("v6.12", "v6.17"));
	assert_true(same_series("v6.12", "v6.13-rc1"));
	assert_true(same_series("1.2-stable", "1.10-stable"));
	assert_false(same_series("v6.12", "6.13"));
	assert_false(same_series("v1.2", "v1.3-stable"));
	assert_false(same_series("curl-8.0", "ssl-8.1"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_release_names),
		cmocka_unit_test(test_pre_release_names),
		cmocka_unit_test(test_what_only_looks_like_a_pre_release),
		cmocka_unit_test(test_names_without_a_version),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_series),
	};

	return cmocka_run_group_tests_name("version", tests, NULL, NULL);
}
