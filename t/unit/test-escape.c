#include "unit.h"

#include "base/escape.h"

static void expect_terminal(const char *text, size_t len, enum escape_flags flags, const char *expected)
{
	struct strbuf out = STRBUF_INIT;

	strbuf_addstr(&out, ">");
	escape_terminal(&out, text, len, flags);
	assert_string_equal(out.buf + 1, expected);
	strbuf_release(&out);
}

static void expect_shown(const char *text, const char *expected)
{
	expect_terminal(text, strlen(text), ESCAPE_ALL, expected);
}

static void test_plain_text_is_unchanged(void **state UNUSED)
{
	expect_shown("", "");
	expect_shown("kernel/sched/fair.c: 50% \\n \"x\"", "kernel/sched/fair.c: 50% \\n \"x\"");
	expect_shown("M\xc3\xbcller \xe2\x82\xac \xf0\x9f\x98\x80",
		     "M\xc3\xbcller \xe2\x82\xac \xf0\x9f\x98\x80");
}

static void test_c0_and_del_are_shown(void **state UNUSED)
{
	expect_shown("a\nb\tc\rd", "a\\nb\\tc\\x0dd");
	expect_shown("\x1b[31mred\x07\x7f", "\\x1b[31mred\\x07\\x7f");
	expect_terminal("a\0b", 3, ESCAPE_ALL, "a\\x00b");
}

static void test_c1_is_shown_in_either_form(void **state UNUSED)
{
	/* CSI as a character and as a bare byte. */
	expect_shown("\xc2\x9b", "\\xc2\\x9b");
	expect_shown("\x9b"
		     "31m",
		     "\\x9b31m");
	expect_shown("\xc2\x80\xc2\xa0", "\\xc2\\x80\xc2\xa0");
	for (uint32_t c = 0; c < 0x180; c++)
		assert_int_equal(escape_needed(c, ESCAPE_ALL), c < 0x20 || (c >= 0x7f && c < 0xa0));
}

static void test_what_reorders_or_breaks_lines_is_shown(void **state UNUSED)
{
	expect_shown("\xe2\x80\xae", "\\xe2\\x80\\xae");
	expect_shown("\xd8\x9c", "\\xd8\\x9c");
	for (uint32_t c = 0x2000; c < 0x2100; c++) {
		bool marked = c == 0x200e || c == 0x200f || c == 0x2028 || c == 0x2029 ||
			      (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);

		assert_int_equal(escape_needed(c, ESCAPE_ALL), marked);
		assert_int_equal(escape_needed(c, ESCAPE_KEEP_LINES), marked);
	}
}

static void test_lines_are_kept_on_demand(void **state UNUSED)
{
	expect_terminal("a\n\tb\r\x1b", 6, ESCAPE_KEEP_LINES, "a\n\tb\\x0d\\x1b");
}

static void test_invalid_bytes_are_shown(void **state UNUSED)
{
	expect_shown("\xff\xfe", "\\xff\\xfe");
	/* Cut short, overlong, a surrogate, beyond the last code point. */
	expect_shown("a\xe2\x82", "a\\xe2\\x82");
	expect_shown("\xc0\xaf", "\\xc0\\xaf");
	expect_shown("\xe0\x80\xaf", "\\xe0\\x80\\xaf");
	expect_shown("\xed\xa0\x80", "\\xed\\xa0\\x80");
	expect_shown("\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80");
	/* The byte after a broken sequence is looked at anew. */
	expect_shown("\xe2\x82x\x1b", "\\xe2\\x82x\\x1b");
}

/* Encodes by the book, to hold utf8_sequence() against. */
static size_t encode(char *out, uint32_t c)
{
	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (char)(0xc0 | c >> 6);
		out[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		out[0] = (char)(0xe0 | c >> 12);
		out[1] = (char)(0x80 | (c >> 6 & 0x3f));
		out[2] = (char)(0x80 | (c & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | c >> 18);
	out[1] = (char)(0x80 | (c >> 12 & 0x3f));
	out[2] = (char)(0x80 | (c >> 6 & 0x3f));
	out[3] = (char)(0x80 | (c & 0x3f));
	return 4;
}

static void test_every_code_point_is_read(void **state UNUSED)
{
	for (uint32_t c = 0; c < 0x120000; c++) {
		bool valid = c <= 0x10ffff && (c < 0xd800 || c > 0xdfff);
		char bytes[4];
		uint32_t point = 1;
		size_t len = encode(bytes, c), got = utf8_sequence(bytes, len, &point);

		if (got != (valid ? len : 0) || (valid && point != c))
			fail_msg("U+%04X: %zu bytes, U+%04X", (unsigned)c, got, (unsigned)point);
		if (utf8_sequence(bytes, len - 1, &point))
			fail_msg("U+%04X without its last byte", (unsigned)c);
	}
}

static void test_nothing_unsafe_comes_out(void **state UNUSED)
{
	struct strbuf out = STRBUF_INIT;

	/* All pairs of bytes, inside other text. */
	for (unsigned i = 0; i < 65536; i++) {
		char text[4] = { 'a', (char)(i >> 8), (char)i, 'z' };
		uint32_t c = 0;
		size_t n;

		strbuf_reset(&out);
		escape_terminal(&out, text, sizeof(text), ESCAPE_ALL);
		for (size_t at = 0; at < out.len; at += n) {
			n = utf8_sequence(out.buf + at, out.len - at, &c);
			if (!n || escape_needed(c, ESCAPE_ALL))
				fail_msg("%04x comes out as %s", i, out.buf);
		}
	}
	strbuf_release(&out);
}

static void test_utf8_replaces_invalid_bytes(void **state UNUSED)
{
	struct strbuf out = STRBUF_INIT;

	escape_utf8(&out, "a\x1b\xc3\xa4\xff\xe2\x82z", 8);
	assert_string_equal(out.buf, "a\x1b\xc3\xa4\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbdz");
	strbuf_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain_text_is_unchanged),
		cmocka_unit_test(test_c0_and_del_are_shown),
		cmocka_unit_test(test_c1_is_shown_in_either_form),
		cmocka_unit_test(test_what_reorders_or_breaks_lines_is_shown),
		cmocka_unit_test(test_lines_are_kept_on_demand),
		cmocka_unit_test(test_invalid_bytes_are_shown),
		cmocka_unit_test(test_every_code_point_is_read),
		cmocka_unit_test(test_nothing_unsafe_comes_out),
		cmocka_unit_test(test_utf8_replaces_invalid_bytes),
	};

	return cmocka_run_group_tests_name("escape", tests, NULL, NULL);
}
