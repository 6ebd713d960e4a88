#include "unit.h"

#include "base/csv.h"
#include "base/error.h"

/* Writes a row as "line:field|field\n". */
static int write_row(const struct csv_row *row, void *data)
{
	struct strbuf *out = data;

	strbuf_addf(out, "%zu:", row->line);
	for (size_t i = 0; i < row->nr; i++)
		strbuf_addf(out, "%s%s", i ? "|" : "", row->fields[i]);
	strbuf_addch(out, '\n');
	return 0;
}

/* Feeds `text` in pieces of `step` bytes. */
static int feed_by(const char *text, size_t len, size_t step, csv_row_fn *fn, void *data)
{
	struct csv_reader *reader = csv_reader_new(fn, data);
	int result = 0;

	for (size_t at = 0; !result && at < len; at += step)
		result = csv_reader_feed(reader, text + at, step < len - at ? step : len - at);
	if (!result)
		result = csv_reader_end(reader);
	csv_reader_free(reader);
	return result;
}

static const size_t steps[] = { 1, 2, 3, 7, 1 << 20 };

static void expect_rows(const char *text, const char *expected)
{
	for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
		struct strbuf out = STRBUF_INIT;

		error_clear();
		if (feed_by(text, strlen(text), steps[i], write_row, &out))
			fail_msg("by %zu: %s", steps[i], error_message());
		assert_string_equal(out.buf, expected);
		strbuf_release(&out);
	}
}

/* An error with this message, after whatever rows. */
static void expect_error(const char *text, size_t len, const char *expected)
{
	for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
		struct strbuf out = STRBUF_INIT;

		error_clear();
		assert_int_equal(feed_by(text, len, steps[i], write_row, &out), -1);
		assert_string_equal(error_message(), expected);
		strbuf_release(&out);
	}
}

static void test_fields_and_rows(void **state UNUSED)
{
	expect_rows("", "");
	expect_rows("a,b\nc,d\n", "1:a|b\n2:c|d\n");
	expect_rows("a,b\nc,d", "1:a|b\n2:c|d\n");
	expect_rows("a,,\n,\n", "1:a||\n2:|\n");
	expect_rows(" a\t, b c ,\n", "1:a|b c|\n");
	expect_rows("\"a,b\",\"say \"\"hi\"\"\",\" c \",\"\"\n", "1:a,b|say \"hi\"| c |\n");
}

static void test_any_line_end(void **state UNUSED)
{
	expect_rows("a\r\nb\r\nc", "1:a\n2:b\n3:c\n");
	expect_rows("a\rb\rc\r", "1:a\n2:b\n3:c\n");
	expect_rows("a\n\rb\n", "1:a\n3:b\n");
	expect_rows("a\rb\nc\r\nd\r\re", "1:a\n2:b\n3:c\n4:d\n6:e\n");
}

static void test_lines_are_counted_within_quotes(void **state UNUSED)
{
	expect_rows("\"a\nb\",1\nc,2\n", "1:a\nb|1\n3:c|2\n");
	expect_rows("x\r\n\"a\r\nb\r\n\",1\r\nc,2\r\n", "1:x\n2:a\r\nb\r\n|1\n5:c|2\n");
	expect_rows("\"a\rb\"\rc\r", "1:a\rb\n3:c\n");
}

static void test_blank_lines_are_no_rows(void **state UNUSED)
{
	expect_rows("\n\n\r\n", "");
	expect_rows("a\n\n  \t\n\r\nb\n", "1:a\n5:b\n");
	expect_rows("   \n\"\"\n", "2:\n");
}

static void test_byte_order_mark_is_skipped(void **state UNUSED)
{
	expect_rows("\xef\xbb\xbf", "");
	expect_rows("\xef\xbb\xbf\"a\",b\n", "1:a|b\n");
	/* Only a whole one, and only at the start. */
	expect_rows("\xef\xbb"
		    "a\n",
		    "1:\xef\xbb"
		    "a\n");
	expect_rows("\xef\xbb", "1:\xef\xbb\n");
	expect_rows("a\n\xef\xbb\xbf\n", "1:a\n2:\xef\xbb\xbf\n");
}

static void test_stray_quotes_are_refused(void **state UNUSED)
{
	static const char where[] = "line 2: a quotation mark in the middle of a field; "
				    "quote the whole field and double the marks within";

	expect_error("a\nb\"c\n", 6, where);
	expect_error("a\n\"b\"c\n", 7, where);
}

static void test_an_open_quote_is_refused(void **state UNUSED)
{
	expect_error("a\nb\n\"c\nd\n", 9, "line 3: a quotation mark opens a field that never ends");
}

static void test_a_nul_byte_is_refused(void **state UNUSED)
{
	expect_error("\0", 1, "line 1: a NUL byte; is this a binary file?");
	expect_error("a\r\nb\nc\0d\n", 9, "line 3: a NUL byte; is this a binary file?");
}

static void test_field_size_is_capped(void **state UNUSED)
{
	struct strbuf text = STRBUF_INIT, out = STRBUF_INIT;

	strbuf_addstr(&text, "a\n\"");
	strbuf_addchars(&text, 'x', CSV_FIELD_MAX);
	strbuf_addstr(&text, "\"\n");
	assert_int_equal(feed_by(text.buf, text.len, 4096, write_row, &out), 0);
	assert_int_equal(out.len, strlen("1:a\n2:\n") + CSV_FIELD_MAX);
	strbuf_setlen(&text, text.len - 2);
	strbuf_addstr(&text, "x\"\n");
	expect_error(text.buf, text.len,
		     "line 2: a field of more than 65536 bytes; is a quotation mark left open?");
	strbuf_release(&text);
	strbuf_release(&out);
}

static void test_an_open_quote_is_not_buffered(void **state UNUSED)
{
	struct strbuf out = STRBUF_INIT, piece = STRBUF_INIT;
	struct csv_reader *reader = csv_reader_new(write_row, &out);
	size_t fed = 0;
	int result;

	/* Lines within the quotes must not hide it. */
	while (piece.len < 1000)
		strbuf_addstr(&piece, "a line\n");
	assert_int_equal(csv_reader_feed(reader, "h\n\"", 3), 0);
	do {
		result = csv_reader_feed(reader, piece.buf, piece.len);
		fed += piece.len;
	} while (!result && fed < 1 << 20);
	assert_int_equal(result, -1);
	assert_true(fed < CSV_FIELD_MAX + 16384);
	assert_non_null(strstr(error_message(), "line 2: a field of more than"));
	csv_reader_free(reader);
	strbuf_release(&piece);
	strbuf_release(&out);
}

static void test_fields_are_capped(void **state UNUSED)
{
	struct strbuf text = STRBUF_INIT, out = STRBUF_INIT;

	strbuf_addchars(&text, ',', CSV_FIELDS_MAX - 1);
	strbuf_addch(&text, '\n');
	assert_int_equal(feed_by(text.buf, text.len, 100, write_row, &out), 0);
	strbuf_setlen(&text, text.len - 1);
	strbuf_addstr(&text, ",\n");
	expect_error(text.buf, text.len, "line 1: more than 1024 fields");
	strbuf_release(&text);
	strbuf_release(&out);
}

static void test_row_size_is_capped(void **state UNUSED)
{
	struct strbuf text = STRBUF_INIT, out = STRBUF_INIT;

	for (size_t i = 0; i <= CSV_ROW_MAX / 65000; i++) {
		strbuf_addchars(&text, 'x', 65000);
		strbuf_addch(&text, ',');
	}
	assert_int_equal(feed_by(text.buf, text.len, 4096, write_row, &out), -1);
	assert_string_equal(error_message(), "line 1: a row of more than 1048576 bytes");
	strbuf_release(&text);
	strbuf_release(&out);
}

static int stop_at_second(const struct csv_row *row, void *data)
{
	size_t *calls = data;

	++*calls;
	return row->line == 2 ? 42 : 0;
}

static void test_the_callback_can_end_it(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
		size_t calls = 0;

		assert_int_equal(feed_by("a\nb\nc\nd", 7, steps[i], stop_at_second, &calls), 42);
		assert_int_equal(calls, 2);
		/* Also in the row without a line end. */
		calls = 0;
		assert_int_equal(feed_by("a\nb", 3, steps[i], stop_at_second, &calls), 42);
	}
}

static void expect_field(const char *text, const char *expected)
{
	struct strbuf out = STRBUF_INIT;

	csv_add_field(&out, text);
	assert_string_equal(out.buf, expected);
	strbuf_release(&out);
}

static void test_fields_are_quoted_where_needed(void **state UNUSED)
{
	expect_field("", "");
	expect_field("a b", "a b");
	expect_field("a,b", "\"a,b\"");
	expect_field("say \"hi\"", "\"say \"\"hi\"\"\"");
	expect_field("a\nb", "\"a\nb\"");
	expect_field("a\rb", "\"a\rb\"");
	expect_field(" a", "\" a\"");
	expect_field("a\t", "\"a\t\"");
}

static void test_formulas_are_disarmed(void **state UNUSED)
{
	expect_field("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0");
	expect_field("@SUM(1,2)", "\"'@SUM(1,2)\"");
	expect_field("+a", "'+a");
	expect_field("-rf", "'-rf");
	expect_field("-", "'-");
	expect_field("-1.5", "-1.5");
	expect_field("-2e-05", "-2e-05");
	expect_field("-2e", "'-2e");
	expect_field("+1+cmd", "'+1+cmd");
	expect_field("1=1", "1=1");
}

static void test_what_is_written_is_read_back(void **state UNUSED)
{
	static const char *const fields[] = { "a", "", " b ", "c,d", "\"", "e\nf", "g\r\nh", "\t", "\xc3\xa4" };
	struct strbuf text = STRBUF_INIT, out = STRBUF_INIT, expected = STRBUF_INIT;

	strbuf_addstr(&expected, "1:");
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		if (i) {
			strbuf_addch(&text, ',');
			strbuf_addch(&expected, '|');
		}
		csv_add_field(&text, fields[i]);
		strbuf_addf(&expected, "%s%s", !strcmp(fields[i], "\t") ? "'" : "", fields[i]);
	}
	strbuf_addch(&expected, '\n');
	assert_int_equal(feed_by(text.buf, text.len, 5, write_row, &out), 0);
	assert_string_equal(out.buf, expected.buf);
	strbuf_release(&text);
	strbuf_release(&out);
	strbuf_release(&expected);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fields_and_rows),
		cmocka_unit_test(test_any_line_end),
		cmocka_unit_test(test_lines_are_counted_within_quotes),
		cmocka_unit_test(test_blank_lines_are_no_rows),
		cmocka_unit_test(test_byte_order_mark_is_skipped),
		cmocka_unit_test(test_stray_quotes_are_refused),
		cmocka_unit_test(test_an_open_quote_is_refused),
		cmocka_unit_test(test_a_nul_byte_is_refused),
		cmocka_unit_test(test_field_size_is_capped),
		cmocka_unit_test(test_an_open_quote_is_not_buffered),
		cmocka_unit_test(test_fields_are_capped),
		cmocka_unit_test(test_row_size_is_capped),
		cmocka_unit_test(test_the_callback_can_end_it),
		cmocka_unit_test(test_fields_are_quoted_where_needed),
		cmocka_unit_test(test_formulas_are_disarmed),
		cmocka_unit_test(test_what_is_written_is_read_back),
	};

	return cmocka_run_group_tests_name("csv", tests, NULL, NULL);
}
