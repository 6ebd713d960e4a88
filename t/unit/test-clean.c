#include "unit.h"

#include <locale.h>

#include "base/error.h"
#include "profile/clean.h"

static void expect_function(const char *name, const char *expected)
{
	size_t len = clean_function(name, strlen(name));

	assert_int_equal(len, strlen(expected));
	assert_memory_equal(name, expected, len);
}

static void test_appended_parts_are_taken_off(void **state UNUSED)
{
	expect_function("fair", "fair");
	expect_function("fair.constprop.0", "fair");
	expect_function("fair.isra.12", "fair");
	expect_function("fair.part.0", "fair");
	expect_function("fair.cold", "fair");
	expect_function("fair.cold.3", "fair");
	expect_function("fair.llvm.1234567890", "fair");
	expect_function("fair.lto_priv.0", "fair");
	expect_function("fair.clone.2", "fair");
	expect_function("fair.isra.0.part.1.constprop.2.cold", "fair");
	expect_function("pkg.Type.Method.cold", "pkg.Type.Method");
}

static void test_other_names_are_left_alone(void **state UNUSED)
{
	expect_function("", "");
	expect_function("fair.0", "fair.0");
	expect_function("fair.isra", "fair.isra");
	expect_function("fair.isra.", "fair.isra.");
	expect_function("fair.part.x", "fair.part.x");
	expect_function("fair_cold", "fair_cold");
	expect_function("fair.colder", "fair.colder");
	expect_function("x86.cold7", "x86.cold7");
	expect_function("main.func1", "main.func1");
	/* Something must be left. */
	expect_function(".cold", ".cold");
	expect_function(".isra.0", ".isra.0");
	expect_function("123", "123");
	expect_function(".0", ".0");
}

static void expect_path(const char *path, const char *expected)
{
	struct strbuf out = STRBUF_INIT;

	strbuf_addstr(&out, "old");
	assert_int_equal(clean_path(&out, path), 0);
	assert_string_equal(out.buf, expected);
	strbuf_release(&out);
}

static void expect_bad_path(const char *path, const char *message)
{
	struct strbuf out = STRBUF_INIT;

	assert_int_equal(clean_path(&out, path), -1);
	assert_string_equal(error_message(), message);
	strbuf_release(&out);
}

static void test_paths_are_made_plain(void **state UNUSED)
{
	expect_path("", "");
	expect_path("mm/slab.c", "mm/slab.c");
	expect_path("./mm/slab.c", "mm/slab.c");
	expect_path("././/mm//.//slab.c", "mm/slab.c");
	expect_path("mm/", "mm");
	expect_path(".git", ".git");
	expect_path("...", "...");
	expect_path("a/..b/c..", "a/..b/c..");
	expect_path("-rf/ x/\xc3\xa4\n\\y", "-rf/ x/\xc3\xa4\n\\y");
}

static void test_paths_stay_in_the_tree(void **state UNUSED)
{
	expect_bad_path("/usr/src/a.c",
			"the path \"/usr/src/a.c\" is absolute; make it relative to the top of the tree");
	expect_bad_path("a/../b", "the path \"a/../b\" has a \"..\"; make it relative to the top of the tree");
	expect_bad_path("..", "the path \"..\" has a \"..\"; make it relative to the top of the tree");
	expect_bad_path("./../a", "the path \"./../a\" has a \"..\"; make it relative to the top of the tree");
	expect_bad_path("a/..", "the path \"a/..\" has a \"..\"; make it relative to the top of the tree");
	expect_bad_path("./", "the path \"./\" names no file");
}

static void test_path_length_is_capped(void **state UNUSED)
{
	struct strbuf path = STRBUF_INIT;

	strbuf_addchars(&path, 'x', CLEAN_PATH_MAX);
	expect_path(path.buf, path.buf);
	strbuf_addch(&path, 'x');
	expect_bad_path(path.buf, "a path of more than 4096 bytes");
	strbuf_release(&path);
}

static void expect_number(const char *text, double expected)
{
	double value = -1;

	assert_int_equal(clean_number(&value, text, "n"), 0);
	assert_true(value == expected);
}

static void expect_bad_number(const char *text, const char *message)
{
	double value;

	assert_int_equal(clean_number(&value, text, "n"), -1);
	assert_string_equal(error_message(), message);
}

static void test_decimal_numbers(void **state UNUSED)
{
	expect_number("0", 0);
	expect_number("12", 12);
	expect_number("3.45", 3.45);
	expect_number(".5", 0.5);
	expect_number("5.", 5);
	expect_number("1e3", 1000);
	expect_number("1.5E-2", 0.015);
	expect_number("2e+2", 200);
	expect_number("0.1", 0.1);
}

static void test_nothing_else_is_a_number(void **state UNUSED)
{
	static const char *const bad[] = { "x",     ".",    "e5",   "1e",   "1e+", "1.2.3", " 1",
					   "1 ",    "0x10", "inf",  "nan",  "1,5", "+1",    "--1",
					   "1_000", "NaN",  "1e5x", "-inf", "-",   "1e-" };

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		char *message = xstrfmt("n is \"%s\", expected a number like 12 or 3.45", bad[i]);

		expect_bad_number(bad[i], message);
		free(message);
	}
	expect_bad_number("", "n is empty, expected a number");
	expect_bad_number("-1", "n is negative (-1)");
	expect_bad_number("1e999", "n is too large (1e999)");
	expect_bad_number("00000000000000000000000000000000000000000000000000000000000000000000001",
			  "n is \"0000000000000000000000000000000000000000000000000000000000000000\", "
			  "expected a number like 12 or 3.45");
}

static void test_the_locale_changes_nothing(void **state UNUSED)
{
	static const char *const commas[] = { "de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "nl_NL.UTF-8" };
	const char *found = NULL;

	for (size_t i = 0; !found && i < ARRAY_SIZE(commas); i++)
		found = setlocale(LC_ALL, commas[i]);
	if (!found)
		skip();
	expect_number("3.45", 3.45);
	setlocale(LC_ALL, "C");
}

static void test_percentages(void **state UNUSED)
{
	static const struct {
		const char *text;
		double value;
	} good[] = {
		{ "0", 0 },         { "12.5", 12.5 }, { "12.5%", 12.5 },
		{ "12.5 %", 12.5 }, { "100", 100 },   { "100.5%", 100 },
	};
	double value;

	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		assert_int_equal(clean_percent(&value, good[i].text, "p"), 0);
		assert_true(value == good[i].value);
	}
	assert_int_equal(clean_percent(&value, "100.6%", "p"), -1);
	assert_string_equal(error_message(), "p is 100.6%, above 100");
	assert_int_equal(clean_percent(&value, "%", "p"), -1);
	assert_string_equal(error_message(), "p is empty, expected a number");
	assert_int_equal(clean_percent(&value, "1%%", "p"), -1);
	assert_int_equal(clean_percent(&value, "-0.1%", "p"), -1);
}

static void test_counts(void **state UNUSED)
{
	uint64_t value = 9;

	assert_int_equal(clean_count(&value, "0", 100, "c"), 0);
	assert_int_equal(value, 0);
	assert_int_equal(clean_count(&value, "42.0", 100, "c"), 0);
	assert_int_equal(value, 42);
	assert_int_equal(clean_count(&value, "9007199254740992", (uint64_t)1 << 53, "c"), 0);
	assert_true(value == (uint64_t)1 << 53);
	assert_int_equal(clean_count(&value, "100", 100, "c"), 0);
	assert_int_equal(clean_count(&value, "101", 100, "c"), -1);
	assert_string_equal(error_message(), "c is 101, at most 100 can be handled");
	assert_int_equal(clean_count(&value, "1.5", 100, "c"), -1);
	assert_string_equal(error_message(), "c is 1.5, expected a whole number");
	assert_int_equal(clean_count(&value, "1e300", 100, "c"), -1);
	assert_int_equal(clean_count(&value, "-1", 100, "c"), -1);
}

static int tear_down(void **state UNUSED)
{
	error_clear();
	return 0;
}

static void expect_symbol(const char *symbol, const char *expected, enum clean_symbol expected_kind)
{
	enum clean_symbol kind;
	char *name = clean_symbol(symbol, &kind);

	assert_string_equal(name, expected);
	assert_int_equal(kind, expected_kind);
	free(name);
}

static void test_symbols_become_names_of_the_source(void **state UNUSED)
{
	expect_symbol("mutex_lock", "mutex_lock", SYMBOL_PLAIN);
	expect_symbol("ns::Class<a::b>::name(int, char)", "name", SYMBOL_PLAIN);
	expect_symbol("operator()", "operator", SYMBOL_PLAIN);
	expect_symbol("", "", SYMBOL_PLAIN);
	expect_symbol("<<<", "", SYMBOL_PLAIN);
}

static void test_entries_of_system_calls_lose_their_prefix(void **state UNUSED)
{
	expect_symbol("__x64_sys_read", "read", SYMBOL_SYSCALL);
	expect_symbol("__arm64_sys_read", "read", SYMBOL_SYSCALL);
	expect_symbol("__se_sys_read", "read", SYMBOL_SYSCALL);
	expect_symbol("__do_sys_read", "read", SYMBOL_SYSCALL);
	expect_symbol("__ia32_compat_sys_ioctl", "ioctl", SYMBOL_COMPAT_SYSCALL);
	expect_symbol("__do_compat_sys_ioctl", "ioctl", SYMBOL_COMPAT_SYSCALL);
	expect_symbol("__x64_sys_", "__x64_sys_", SYMBOL_PLAIN);
	expect_symbol("ksys_read", "ksys_read", SYMBOL_PLAIN);
	expect_symbol("__x64_other", "__x64_other", SYMBOL_PLAIN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_appended_parts_are_taken_off),
		cmocka_unit_test(test_other_names_are_left_alone),
		cmocka_unit_test(test_symbols_become_names_of_the_source),
		cmocka_unit_test(test_entries_of_system_calls_lose_their_prefix),
		cmocka_unit_test(test_paths_are_made_plain),
		cmocka_unit_test(test_paths_stay_in_the_tree),
		cmocka_unit_test(test_path_length_is_capped),
		cmocka_unit_test(test_decimal_numbers),
		cmocka_unit_test(test_nothing_else_is_a_number),
		cmocka_unit_test(test_the_locale_changes_nothing),
		cmocka_unit_test(test_percentages),
		cmocka_unit_test(test_counts),
	};

	return cmocka_run_group_tests_name("clean", tests, NULL, tear_down);
}
