#include "unit.h"

#include "report/header.h"

static void expect_text(const char *text, const char *expected)
{
	struct strbuf out = STRBUF_INIT;

	header_add_text(&out, "Subject", text);
	assert_string_equal(out.buf, expected);
	strbuf_release(&out);
}

static void test_plain_text_is_folded_at_blanks(void **state UNUSED)
{
	expect_text("a b", "Subject: a b\n");
	expect_text("", "Subject:\n");
	expect_text("one two three four five six seven eight nine ten eleven twelve thirteen fourteen",
		    "Subject: one two three four five six seven eight nine ten eleven twelve\n"
		    " thirteen fourteen\n");
}

static void test_what_ends_a_line_is_a_blank(void **state UNUSED)
{
	expect_text("a\nBcc: x\r\n\r\nbody\tend\x1b[2J", "Subject: a Bcc: x body end [2J\n");
	/* NEL, and a bidirectional override. */
	expect_text("a\xc2\x85"
		    "b\xe2\x80\xaeq",
		    "Subject: a b q\n");
}

static void test_other_than_ascii_is_encoded(void **state UNUSED)
{
	expect_text("[R] fs: für x", "Subject: [R] fs: =?UTF-8?q?f=C3=BCr_x?=\n");
	expect_text("a =?UTF-8?q?b?= c", "Subject: a =?UTF-8?q?=3D=3FUTF-8=3Fq=3Fb=3F=3D_c?=\n");
	expect_text("a\xff", "Subject: =?UTF-8?q?a=EF=BF=BD?=\n");
}

static void test_no_character_is_parted(void **state UNUSED)
{
	struct strbuf text = STRBUF_INIT, out = STRBUF_INIT;
	const char *line;
	size_t seen = 0;

	for (int i = 0; i < 60; i++)
		strbuf_addstr(&text, "\xe2\x82\xac");
	header_add_text(&out, "Subject", text.buf);
	for (line = out.buf; *line; line = strchr(line, '\n') + 1) {
		const char *word = strstr(line, "=?UTF-8?q?"), *end = strchr(line, '\n');

		assert_true(end - line <= 76);
		assert_non_null(word);
		assert_memory_equal(end - 2, "?=", 2);
		/* Whole characters of nine bytes each. */
		assert_int_equal((end - 2 - word - 10) % 9, 0);
		seen += (size_t)(end - 2 - word - 10) / 9;
	}
	assert_int_equal(seen, 60);
	strbuf_release(&text);
	strbuf_release(&out);
}

static void expect_person(const char *text, const char *name, const char *address)
{
	struct strbuf n = STRBUF_INIT, a = STRBUF_INIT;

	assert_int_equal(header_person(text, &n, &a), address != NULL);
	if (address) {
		assert_string_equal(n.buf, name);
		assert_string_equal(a.buf, address);
	}
	strbuf_release(&n);
	strbuf_release(&a);
}

static void test_people(void **state UNUSED)
{
	expect_person("A U Thor <author@example.com>", "A U Thor", "author@example.com");
	expect_person(" \"Thor, A\" <a.b+c@x-y.example.com> # v5.1", "Thor, A", "a.b+c@x-y.example.com");
	expect_person("list@example.com (open list:FS)", "", "list@example.com");
	expect_person("<a@example.com>", "", "a@example.com");
	expect_person("a\nBcc: b <a@example.com>", "a Bcc: b", "a@example.com");
	expect_person("\"\" <a@example.com>", "", "a@example.com");
	expect_person("\" <a@example.com>", "\"", "a@example.com");
}

static void test_no_people(void **state UNUSED)
{
	static const char *const none[] = {
		"",
		"Nobody",
		"<>",
		"<a>",
		"a@",
		"@b",
		"A <a b@example.com>",
		"A <a@example.com",
		"A > a@example.com <",
		"A <a@exam ple>",
		"A <a@ex_ample>",
		"A <a@b@c>",
		"A <a..b@c>",
		"A <.a@c>",
		"A <a.@c>",
		"A <a@.c>",
		"A <a@c.>",
		"A <a@c..d>",
		"A <a@-c>",
		"A <a\n@c>",
		"A <\"a\"@c>",
		"A <a@c,b@d>",
		"A <a@c>, <b@d>",
		"A <\xc3\xbc@c>",
		"A <a@example.com\nBcc: b@c>",
		"A <aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@c>",
	};

	for (size_t i = 0; i < ARRAY_SIZE(none); i++)
		expect_person(none[i], NULL, NULL);
}

static void test_people_are_a_line_each(void **state UNUSED)
{
	struct strvec people = STRVEC_INIT;
	struct strbuf out = STRBUF_INIT;

	header_add_people(&out, "Cc", &people);
	assert_string_equal(out.buf, "");
	strvec_pushl(&people, "nobody", "A <a@c>", "B, \"b\" \\ <b@c>", "nobody", "Zo\xc3\xab <z@c>", "d@c",
		     NULL);
	header_add_people(&out, "Cc", &people);
	assert_string_equal(out.buf, "Cc: A <a@c>,\n"
				     "    \"B, \\\"b\\\" \\\\\" <b@c>,\n"
				     "    =?UTF-8?q?Zo=C3=AB?= <z@c>,\n"
				     "    d@c\n");
	strvec_release(&people);
	strbuf_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain_text_is_folded_at_blanks),
		cmocka_unit_test(test_what_ends_a_line_is_a_blank),
		cmocka_unit_test(test_other_than_ascii_is_encoded),
		cmocka_unit_test(test_no_character_is_parted),
		cmocka_unit_test(test_people),
		cmocka_unit_test(test_no_people),
		cmocka_unit_test(test_people_are_a_line_each),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
