#include "unit.h"

#include <fcntl.h>

#include "base/error.h"

static void test_empty_is_usable(void **state UNUSED)
{
	struct strbuf sb = STRBUF_INIT;

	assert_string_equal(sb.buf, "");
	strbuf_release(&sb);
	strbuf_addstr(&sb, "again");
	assert_string_equal(sb.buf, "again");
	strbuf_release(&sb);
	assert_string_equal(sb.buf, "");
	assert_int_equal(sb.len, 0);
}

static void test_add_keeps_nul_bytes(void **state UNUSED)
{
	struct strbuf sb = STRBUF_INIT;

	strbuf_add(&sb, "a\0b", 3);
	strbuf_addch(&sb, 'c');
	strbuf_addchars(&sb, 'x', 3);
	strbuf_addchars(&sb, 'y', 0);
	assert_int_equal(sb.len, 7);
	assert_memory_equal(sb.buf, "a\0bcxxx", 8);
	strbuf_release(&sb);
}

static void test_format_of_any_length(void **state UNUSED)
{
	struct strbuf sb = STRBUF_INIT;

	for (int width = 0; width < 400; width++) {
		strbuf_reset(&sb);
		strbuf_addstr(&sb, "[");
		strbuf_addf(&sb, "%*d]", width, 7);
		assert_int_equal(sb.len, (size_t)(width > 1 ? width : 1) + 2);
		assert_int_equal(sb.buf[sb.len - 1], ']');
		assert_int_equal(sb.buf[sb.len], '\0');
	}
	strbuf_release(&sb);
}

static void test_growth_keeps_text(void **state UNUSED)
{
	struct strbuf sb = STRBUF_INIT;

	for (unsigned i = 0; i < 100000; i++)
		strbuf_addch(&sb, (char)('a' + i % 26));
	assert_int_equal(sb.len, 100000);
	for (unsigned i = 0; i < 100000; i++)
		assert_int_equal(sb.buf[i], 'a' + i % 26);
	strbuf_release(&sb);
}

static void test_detach_hands_over(void **state UNUSED)
{
	struct strbuf sb = STRBUF_INIT;
	size_t len = 9;
	char *text = strbuf_detach(&sb, &len);

	assert_string_equal(text, "");
	assert_int_equal(len, 0);
	free(text);
	strbuf_addstr(&sb, "mine");
	text = strbuf_detach(&sb, &len);
	assert_string_equal(text, "mine");
	assert_int_equal(len, 4);
	assert_int_equal(sb.len, 0);
	assert_string_equal(sb.buf, "");
	free(text);
}

static void test_setlen_cuts(void **state UNUSED)
{
	struct strbuf sb = STRBUF_INIT;

	strbuf_setlen(&sb, 0);
	strbuf_addstr(&sb, "abcdef");
	strbuf_setlen(&sb, 3);
	assert_string_equal(sb.buf, "abc");
	strbuf_release(&sb);
}

static void setlen_too_long(void)
{
	struct strbuf sb = STRBUF_INIT;

	strbuf_addstr(&sb, "abc");
	strbuf_setlen(&sb, sb.alloc);
}

static void setlen_of_empty(void)
{
	struct strbuf sb = STRBUF_INIT;

	strbuf_setlen(&sb, 1);
}

static void grow_too_far(void)
{
	struct strbuf sb = STRBUF_INIT;

	strbuf_addstr(&sb, "abc");
	strbuf_grow(&sb, SIZE_MAX - 3);
}

static void test_bad_lengths_are_bugs(void **state UNUSED)
{
	unit_expect_bug(setlen_too_long, "length");
	unit_expect_bug(setlen_of_empty, "length 1 of a string of 0 bytes");
	unit_expect_bug(grow_too_far, "a string of 3 +");
}

static void test_rtrim(void **state UNUSED)
{
	struct strbuf sb = STRBUF_INIT;

	strbuf_addstr(&sb, " a b \t\r\n\v\f");
	strbuf_rtrim(&sb);
	assert_string_equal(sb.buf, " a b");
	strbuf_setlen(&sb, 0);
	strbuf_addstr(&sb, " \n ");
	strbuf_rtrim(&sb);
	assert_string_equal(sb.buf, "");
	strbuf_release(&sb);
}

/* A file with `size` bytes, open for reading and without a name. */
static int file_of(size_t size)
{
	struct strbuf text = STRBUF_INIT;
	char name[] = "/tmp/test-strbuf-XXXXXX";
	int fd = mkstemp(name);

	assert_true(fd >= 0);
	unlink(name);
	strbuf_addchars(&text, 'x', size);
	assert_int_equal(write(fd, text.buf, text.len), size);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	strbuf_release(&text);
	return fd;
}

static void test_read_appends_to_the_end(void **state UNUSED)
{
	struct strbuf sb = STRBUF_INIT;
	int fd = file_of(200000);

	strbuf_addstr(&sb, "head");
	assert_int_equal(strbuf_read(&sb, fd, 0, "it"), 200000);
	assert_int_equal(sb.len, 200004);
	assert_memory_equal(sb.buf, "headx", 5);
	close(fd);
	strbuf_release(&sb);
}

static void test_read_refuses_more_than_the_limit(void **state UNUSED)
{
	struct strbuf sb = STRBUF_INIT;
	int fd = file_of(1000);

	strbuf_addstr(&sb, "what is there does not count");
	assert_int_equal(strbuf_read(&sb, fd, 1000, "it"), 1000);
	lseek(fd, 0, SEEK_SET);
	assert_int_equal(strbuf_read(&sb, fd, 999, "it"), -1);
	assert_string_equal(error_message(), "it is larger than 999 bytes; give a smaller one");
	close(fd);
	strbuf_release(&sb);
}

static void test_read_file_names_what_fails(void **state UNUSED)
{
	struct strbuf sb = STRBUF_INIT;

	assert_int_equal(strbuf_read_file(&sb, "/nonexistent/file", 0), -1);
	assert_string_equal(error_message(), "cannot open /nonexistent/file: No such file or directory");
	assert_int_equal(strbuf_read_file(&sb, "/", 0), -1);
	assert_string_equal(error_message(), "cannot read /: Is a directory");
	assert_int_equal(strbuf_read_file(&sb, "/dev/null", 0), 0);
	strbuf_release(&sb);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_empty_is_usable),
		cmocka_unit_test(test_add_keeps_nul_bytes),
		cmocka_unit_test(test_format_of_any_length),
		cmocka_unit_test(test_growth_keeps_text),
		cmocka_unit_test(test_detach_hands_over),
		cmocka_unit_test(test_setlen_cuts),
		cmocka_unit_test(test_bad_lengths_are_bugs),
		cmocka_unit_test(test_rtrim),
		cmocka_unit_test(test_read_appends_to_the_end),
		cmocka_unit_test(test_read_refuses_more_than_the_limit),
		cmocka_unit_test(test_read_file_names_what_fails),
	};

	return cmocka_run_group_tests_name("strbuf", tests, NULL, NULL);
}
