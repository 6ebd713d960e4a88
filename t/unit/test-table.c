#include "unit.h"

#include "ui/table.h"

static void expect_table(const struct table *table, size_t width, const char *expected)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	assert_non_null(out);
	table_print(table, out, width);
	fclose(out);
	assert_string_equal(text, expected);
	free(text);
}

static void add_row(struct table *table, const char *a, const char *b, const char *c)
{
	table_cell(table, COLOR_RESET, "%s", a);
	table_cell(table, COLOR_COMMIT, "%s", b);
	table_cell(table, COLOR_RESET, "%s", c);
}

static struct table three_columns(enum table_align last)
{
	struct table table = TABLE_INIT;

	table_column(&table, "#", TABLE_RIGHT);
	table_column(&table, "COMMIT", TABLE_LEFT);
	table_column(&table, "SUBJECT", last);
	return table;
}

static int without_color(void **state UNUSED)
{
	color_init("never", -1);
	return 0;
}

static void test_columns_align(void **state UNUSED)
{
	struct table table = three_columns(TABLE_LEFT);

	add_row(&table, "1", "1234567", "one");
	add_row(&table, "100", "abc", "two words");
	expect_table(&table, 0,
		     "  #  COMMIT   SUBJECT\n"
		     "  1  1234567  one\n"
		     "100  abc      two words\n");
	table_release(&table);
}

static void test_no_line_ends_in_blanks(void **state UNUSED)
{
	struct table table = three_columns(TABLE_LEFT);

	add_row(&table, "1", "", "");
	add_row(&table, "", "x", "  ");
	add_row(&table, "", "", "");
	expect_table(&table, 0,
		     "#  COMMIT  SUBJECT\n"
		     "1\n"
		     "   x\n"
		     "\n");
	table_release(&table);
}

static void test_without_titles_there_is_no_header(void **state UNUSED)
{
	struct table table = TABLE_INIT;

	table_column(&table, "", TABLE_LEFT);
	table_column(&table, "", TABLE_RIGHT);
	table_cell(&table, COLOR_RESET, "a");
	table_cell(&table, COLOR_RESET, "%d", 1);
	table_cell(&table, COLOR_RESET, "bb");
	table_cell(&table, COLOR_RESET, "%d", 10);
	expect_table(&table, 0, "a    1\nbb  10\n");
	table_release(&table);
}

static void test_an_empty_table_is_its_header(void **state UNUSED)
{
	struct table table = three_columns(TABLE_LEFT), none = TABLE_INIT;

	expect_table(&table, 0, "#  COMMIT  SUBJECT\n");
	expect_table(&none, 80, "");
	table_release(&table);
}

static void test_the_flexible_column_gives_way(void **state UNUSED)
{
	struct table table = three_columns(TABLE_FLEX);

	add_row(&table, "1", "1234567", "a subject that is longer than the line");
	add_row(&table, "2", "abcdefa", "a subject that fits in");
	expect_table(&table, 34,
		     "#  COMMIT   SUBJECT\n"
		     "1  1234567  a subject that is l...\n"
		     "2  abcdefa  a subject that fits in\n");
	table_release(&table);
}

static void test_other_columns_are_never_cut(void **state UNUSED)
{
	struct table table = three_columns(TABLE_FLEX);

	add_row(&table, "1", "an identifier of 30 characters", "a subject of 22 bytes.");
	expect_table(&table, 40,
		     "#  COMMIT                          SUBJECT\n"
		     "1  an identifier of 30 characters  a subject...\n");
	table_release(&table);
}

static void test_a_line_that_fits_is_not_cut(void **state UNUSED)
{
	struct table table = three_columns(TABLE_FLEX);

	add_row(&table, "1", "1234567", "a subject of 22 bytes.");
	expect_table(&table, 34,
		     "#  COMMIT   SUBJECT\n"
		     "1  1234567  a subject of 22 bytes.\n");
	expect_table(&table, 33,
		     "#  COMMIT   SUBJECT\n"
		     "1  1234567  a subject of 22 by...\n");
	table_release(&table);
}

static void test_a_cut_goes_by_columns_on_the_screen(void **state UNUSED)
{
	struct table table = TABLE_INIT;

	table_column(&table, "S", TABLE_FLEX);
	table_column(&table, "N", TABLE_RIGHT);
	/* Eight wide characters; 12 columns hold four of them, the dots, and a blank. */
	table_cell(&table, COLOR_RESET, "%s",
		   "\xe6\x97\xa5\xe6\x97\xa5\xe6\x97\xa5\xe6\x97\xa5"
		   "\xe6\x97\xa5\xe6\x97\xa5\xe6\x97\xa5\xe6\x97\xa5");
	table_cell(&table, COLOR_RESET, "7");
	expect_table(&table, 15,
		     "S             N\n"
		     "\xe6\x97\xa5\xe6\x97\xa5\xe6\x97\xa5\xe6\x97\xa5...   7\n");
	table_release(&table);
}

static void test_a_flexible_column_keeps_a_readable_part(void **state UNUSED)
{
	struct table table = three_columns(TABLE_FLEX);

	add_row(&table, "1", "1234567", "a subject of 22 bytes.");
	expect_table(&table, 5,
		     "#  COMMIT   SUBJECT\n"
		     "1  1234567  a subject...\n");
	table_release(&table);
}

static void test_cells_are_escaped(void **state UNUSED)
{
	struct table table = TABLE_INIT;

	table_column(&table, "", TABLE_LEFT);
	table_cell(&table, COLOR_RESET, "a\n\033[31mb");
	expect_table(&table, 0, "a\\n\\x1b[31mb\n");
	table_release(&table);
}

static void test_colour_surrounds_text_and_nothing_else(void **state UNUSED)
{
	struct table table = TABLE_INIT;

	color_init("always", -1);
	table_column(&table, "ID", TABLE_RIGHT);
	table_column(&table, "S", TABLE_FLEX);
	table_cell(&table, COLOR_COMMIT, "abc");
	table_cell(&table, COLOR_OLD, "a longer subject");
	table_cell(&table, COLOR_COMMIT, "x");
	table_cell(&table, COLOR_OLD, "%s", "");
	expect_table(&table, 18,
		     " \033[1mID\033[m  \033[1mS\033[m\n"
		     "\033[33mabc\033[m  \033[31ma longer s...\033[m\n"
		     "  \033[33mx\033[m\n");
	table_release(&table);
}

static void add_a_late_column(void)
{
	struct table table = TABLE_INIT;

	table_column(&table, "A", TABLE_LEFT);
	table_cell(&table, COLOR_RESET, "x");
	table_column(&table, "B", TABLE_LEFT);
}

static void test_a_late_column_is_a_bug(void **state UNUSED)
{
	unit_expect_bug(add_a_late_column, "column B comes after the first cell");
}

#define TEST(fn) cmocka_unit_test_setup(fn, without_color)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_columns_align),
		TEST(test_no_line_ends_in_blanks),
		TEST(test_without_titles_there_is_no_header),
		TEST(test_an_empty_table_is_its_header),
		TEST(test_the_flexible_column_gives_way),
		TEST(test_other_columns_are_never_cut),
		TEST(test_a_line_that_fits_is_not_cut),
		TEST(test_a_cut_goes_by_columns_on_the_screen),
		TEST(test_a_flexible_column_keeps_a_readable_part),
		TEST(test_cells_are_escaped),
		TEST(test_colour_surrounds_text_and_nothing_else),
		TEST(test_a_late_column_is_a_bug),
	};

	return cmocka_run_group_tests_name("table", tests, NULL, NULL);
}
