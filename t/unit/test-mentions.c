#include "unit.h"

#include "base/strbuf.h"
#include "repo/mentions.h"

/* Ids of one repository; the first two share eight digits. */
static const char *const hex[] = { "0123456789abcdef0123456789abcdef01234567",
				   "01234567ffffffffffffffffffffffffffffffff",
				   "fedcba9876543210fedcba9876543210fedcba98" };

static void note(size_t commit, bool reverted, void *data)
{
	strbuf_addf(data, "%s%zu ", reverted ? "-" : "+", commit);
}

static void expect(const char *message, const char *wanted)
{
	struct range_commit commits[ARRAY_SIZE(hex)] = { 0 };
	struct range range = { .commits = commits, .nr = ARRAY_SIZE(hex) };
	struct strbuf found = STRBUF_INIT;
	struct mentions *mentions;

	for (size_t i = 0; i < ARRAY_SIZE(hex); i++)
		assert_int_equal(oid_from_hex(&commits[i].id, hex[i], OID_RAW_SHA1), 0);
	mentions = mentions_new(&range, OID_RAW_SHA1);
	mentions_in(mentions, message, strlen(message), note, &found);
	assert_string_equal(found.buf, wanted);
	mentions_free(mentions);
	strbuf_release(&found);
}

static void test_what_a_message_fixes_and_reverts(void **state UNUSED)
{
	expect("net: fix\n\nFixes: fedcba987654 (\"net: x\")\n", "+2 ");
	expect("Revert \"net: x\"\n\nThis reverts commit fedcba9876543210fedcba9876543210fedcba98.\n", "-2 ");
	expect("both\n\nThis reverts commit 0123456789\n\nFixes: fedcba98\nFixes: 012345678\n", "+2 +0 -0 ");
}

static void test_seven_digits_are_the_fewest(void **state UNUSED)
{
	expect("x\n\nFixes: fedcba9\n", "+2 ");
	expect("x\n\nFixes: fedcba\n", "");
	expect("x\n\nFixes: \n", "");
}

static void test_what_may_be_two_commits_is_none(void **state UNUSED)
{
	expect("x\n\nFixes: 01234567\n", "");
	expect("x\n\nFixes: 012345678\n", "+0 ");
}

static void test_what_is_none_of_the_range(void **state UNUSED)
{
	expect("x\n\nFixes: fedcba98765432100\n", "");
	expect("x\n\nFixes: aaaaaaaaaaaa\n", "");
	/* One digit more than an id has. */
	expect("x\n\nFixes: fedcba9876543210fedcba9876543210fedcba980\n", "");
}

static void test_only_whole_forms_at_their_places(void **state UNUSED)
{
	expect("Fixes: fedcba987654 in a subject\n", "");
	expect("x\n\nsee Fixes: fedcba987654\n", "");
	expect("x\n\nFixes: FEDCBA987654\n", "");
	expect("x\n\nFixes: fedcba987654", "+2 ");
}

static void test_a_range_of_none(void **state UNUSED)
{
	struct range range = RANGE_INIT;
	struct mentions *mentions = mentions_new(&range, OID_RAW_SHA256);

	mentions_in(mentions, "x\n\nFixes: fedcba987654\n", 23, note, NULL);
	mentions_free(mentions);
	mentions_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_a_message_fixes_and_reverts),
		cmocka_unit_test(test_seven_digits_are_the_fewest),
		cmocka_unit_test(test_what_may_be_two_commits_is_none),
		cmocka_unit_test(test_what_is_none_of_the_range),
		cmocka_unit_test(test_only_whole_forms_at_their_places),
		cmocka_unit_test(test_a_range_of_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
