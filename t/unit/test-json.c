#include "unit.h"

#include <math.h>

#include "base/error.h"
#include "base/json.h"

/* Prints and frees `root`. */
static void expect_json(json_t *root, const char *expected)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	assert_int_equal(json_print(root, out), 0);
	fclose(out);
	assert_string_equal(text, expected);
	free(text);
}

static void test_keys_keep_their_order(void **state UNUSED)
{
	json_t *root = json_object(), *list = json_array();

	json_set_text(root, "z", "text");
	json_set_int(root, "a", -9007199254740993LL);
	json_set_bool(root, "m", true);
	json_set_bool(root, "f", false);
	json_append(list, json_text("one"));
	json_append(list, json_real_rounded(0.5));
	json_set(root, "b", list);
	expect_json(root, "{\n"
			  "  \"z\": \"text\",\n"
			  "  \"a\": -9007199254740993,\n"
			  "  \"m\": true,\n"
			  "  \"f\": false,\n"
			  "  \"b\": [\n"
			  "    \"one\",\n"
			  "    0.5\n"
			  "  ]\n"
			  "}\n");
}

static void expect_real(double value, const char *expected)
{
	struct strbuf line = STRBUF_INIT;

	strbuf_addf(&line, "%s\n", expected);
	expect_json(json_real_rounded(value), line.buf);
	strbuf_release(&line);
}

static void test_reals_have_six_digits(void **state UNUSED)
{
	expect_real(0.1, "0.1");
	expect_real(1.0 / 3, "0.333333");
	expect_real(2, "2.0");
	expect_real(123456.4, "123456.0");
	expect_real(0.1 + 0.2, "0.3");
	expect_real(-0.0, "0.0");
	expect_real(-1e-300, "-1e-300");
}

static void test_the_value_itself_is_rounded(void **state UNUSED)
{
	json_t *value = json_real_rounded(1.0 / 3);

	assert_true(json_real_value(value) == 0.333333);
	json_decref(value);
}

static void test_what_is_not_finite_is_null(void **state UNUSED)
{
	expect_real(NAN, "null");
	expect_real(INFINITY, "null");
	expect_real(-INFINITY, "null");
}

static void test_any_bytes_are_text(void **state UNUSED)
{
	json_t *root = json_object();

	json_set_text(root, "bad", "a\xff\xc3\xa4");
	json_set_textn(root, "nul", "a\0b\nc", 5);
	expect_json(root, "{\n"
			  "  \"bad\": \"a\xef\xbf\xbd\xc3\xa4\",\n"
			  "  \"nul\": \"a\\u0000b\\nc\"\n"
			  "}\n");
}

static void test_nothing_moves_a_terminal(void **state UNUSED)
{
	expect_json(json_text("\x1b[2J\x7f\xc2\x9b\xe2\x80\xae\xe2\x82\xac"),
		    "\"\\u001B[2J\\u007F\\u009B\\u202E\xe2\x82\xac\"\n");
}

static void test_a_full_disk_is_an_error(void **state UNUSED)
{
	FILE *out = fopen("/dev/full", "w");

	if (!out)
		skip();
	assert_int_equal(json_print(json_text("x"), out), -1);
	assert_string_equal(error_message(), "cannot write the JSON: No space left on device");
	fclose(out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keys_keep_their_order),
		cmocka_unit_test(test_reals_have_six_digits),
		cmocka_unit_test(test_the_value_itself_is_rounded),
		cmocka_unit_test(test_what_is_not_finite_is_null),
		cmocka_unit_test(test_any_bytes_are_text),
		cmocka_unit_test(test_nothing_moves_a_terminal),
		cmocka_unit_test(test_a_full_disk_is_an_error),
	};

	return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
