#include "unit.h"

#include "base/error.h"
#include "repo/format.h"

static const char *const names[] = { "%(rank)", "%(score)" };

/* git's pieces, then what follows each: "0", "1", or "z" for a NUL of the user's. */
static void cuts_to(const char *text, const char *expect)
{
	struct format format = FORMAT_INIT;
	struct strbuf actual = STRBUF_INIT;

	assert_int_equal(format_cut(&format, text, names, ARRAY_SIZE(names)), 0);
	strbuf_addf(&actual, "%s|", format.git.buf);
	for (size_t i = 0; i < format.nr; i++)
		strbuf_addch(&actual, format.after[i] == FORMAT_NUL ? 'z' : (char)('0' + format.after[i]));
	assert_string_equal(actual.buf, expect);
	strbuf_release(&actual);
	format_release(&format);
}

static void test_cut(void **state UNUSED)
{
	cuts_to("", "|");
	cuts_to("%h %s", "%h %s|");
	cuts_to("%(rank)", "%x00|0");
	cuts_to("a%(score)b%(rank)", "a%x00b%x00|10");
	cuts_to("%%(rank)%%%(rank)", "%%(rank)%%%x00|0");
	cuts_to("%(ranks)%(nothing)%", "%(ranks)%(nothing)%|");
}

static void test_nul_of_the_user(void **state UNUSED)
{
	cuts_to("%x00%(rank)%x00", "%x00%x00%x00|z0z");
	cuts_to("%+x00%-x00% x00", "%+x00%-x00% x00|zzz");
	cuts_to("%%x00%x0a%x001", "%%x00%x0a%x001|z");
	cuts_to("%(trailers)%x00", "%(trailers)%x00|z");
}

static void test_nul_that_cannot_be_counted(void **state UNUSED)
{
	static const char *const refused[] = { "%(trailers:separator=%x00)",
					       "%+(trailers:key_value_separator=%x00)x",
					       "%(rank)% (decorate:separator=,%x00)" };

	for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
		struct format format = FORMAT_INIT;

		error_clear();
		assert_int_equal(format_cut(&format, refused[i], names, ARRAY_SIZE(names)), -1);
		assert_non_null(strstr(error_message(), "%x00"));
		format_release(&format);
	}
	cuts_to("%(trailers:separator=%x0a)", "%(trailers:separator=%x0a)|");
	cuts_to("%%(trailers:separator=%x00)", "%%(trailers:separator=%x00)|z");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_nul_of_the_user),
		cmocka_unit_test(test_nul_that_cannot_be_counted),
	};

	return cmocka_run_group_tests_name("format", tests, NULL, NULL);
}
