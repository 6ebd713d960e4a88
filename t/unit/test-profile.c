#include "unit.h"

#include <fcntl.h>

#include "base/error.h"
#include "profile/profile.h"

/* The rows as "line:function|path|samples|percent\n". */
static void add_rows(struct strbuf *out, const struct profile *profile)
{
	for (size_t i = 0; i < profile->nr; i++) {
		const struct profile_row *row = &profile->rows[i];

		strbuf_addf(out, "%zu:%s|%s|%" PRIu64 "|%g\n", row->line, row->function, row->path,
			    row->samples, row->percent);
	}
}

static void expect_rows(const char *text, const char *expected)
{
	struct profile profile = PROFILE_INIT;
	struct strbuf out = STRBUF_INIT;

	if (profile_parse(&profile, text, strlen(text), "p.csv"))
		fail_msg("%s", error_message());
	add_rows(&out, &profile);
	assert_string_equal(out.buf, expected);
	profile_release(&profile);
	strbuf_release(&out);
}

static void expect_error(const char *text, const char *expected)
{
	struct profile profile = PROFILE_INIT;

	assert_int_equal(profile_parse(&profile, text, strlen(text), "p.csv"), -1);
	assert_string_equal(error_message(), expected);
	profile_release(&profile);
	error_clear();
}

static void test_all_columns_in_any_order(void **state UNUSED)
{
	expect_rows("function,samples,sys_percent,file_path\nf,12,3.5,mm/a.c\ng,3,0.5,\n",
		    "2:f|mm/a.c|12|3.5\n3:g||3|0.5\n");
	expect_rows("file_path,note,sys_percent,samples,function\r\n./mm//a.c,\"x, y\",3.5%,12,f\r\n",
		    "2:f|mm/a.c|12|3.5\n");
}

static void test_absent_columns(void **state UNUSED)
{
	expect_rows("function,samples\nf,1\n", "2:f||1|-1\n");
	expect_rows("function,sys_percent\nf,1\n", "2:f||0|1\n");
	expect_error("function,file_path\nf,a.c\n",
		     "p.csv: line 1: neither a column \"samples\" nor \"sys_percent\"");
	expect_error("\nsamples,file_path\n1,a.c\n",
		     "p.csv: line 2: no column \"function\"; the first line must name the columns, "
		     "like function,samples,sys_percent,file_path");
}

static void test_column_names_are_loose(void **state UNUSED)
{
	expect_rows("\xef\xbb\xbf\" Function \",SAMPLES\t,Sys_Percent, FILE_path\nf,1,2,a\n", "2:f|a|1|2\n");
	expect_rows("symbol,overhead,file\nf,2%,a\n", "2:f|a|0|2\n");
	expect_rows("Symbol,Percent,Path\nf,2,a\n", "2:f|a|0|2\n");
	/* The proper name wins over the others. */
	expect_rows("file,symbol,overhead,function,sys_percent,file_path\nx,x,x,f,2,a\n", "2:f|a|0|2\n");
}

static void test_ambiguous_columns_are_refused(void **state UNUSED)
{
	expect_error("function,Function,samples\nf,g,1\n",
		     "p.csv: line 1: the columns \"function\" and \"Function\" could both be function");
	expect_error("function,file,samples,path\nf,a,1,b\n",
		     "p.csv: line 1: the columns \"file\" and \"path\" could both be file_path");
}

static void test_rows_need_every_field(void **state UNUSED)
{
	expect_error("function,samples\nf,1\nstd::pair<a, b>,2\n",
		     "p.csv: line 3: 3 fields, the first line has 2; a comma in a name needs quotes around it");
	expect_error("function,samples\nf\n",
		     "p.csv: line 2: 1 fields, the first line has 2; a comma in a name needs quotes around it");
	expect_error("function,samples\n,1\n", "p.csv: line 2: function is empty, expected a name");
}

static void test_errors_of_cells_name_the_line(void **state UNUSED)
{
	expect_error("function,samples\n\n\"f\ng\",x\n",
		     "p.csv: line 3: samples is \"x\", expected a number like 12 or 3.45");
	expect_error("function,overhead\nf,101\n", "p.csv: line 2: sys_percent is 101, above 100");
	expect_error("function,sys_percent\nf,-1\n", "p.csv: line 2: sys_percent is negative (-1)");
	expect_error("function,samples,path\nf,1,a\ng,1,/b\n",
		     "p.csv: line 3: the path \"/b\" is absolute; make it relative to the top of the tree");
	expect_error("function,samples\nf,\"\n",
		     "p.csv: line 2: a quotation mark opens a field that never ends");
}

static void test_no_share_is_above_all(void **state UNUSED)
{
	static const char *const texts[] = { "f 550555555555555\n", "function,samples\nf,550555555555555\n" };

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct profile profile = PROFILE_INIT;

		assert_int_equal(profile_parse(&profile, texts[i], strlen(texts[i]), "p"), 0);
		assert_true(profile_share(&profile, 0) == 100);
		profile_release(&profile);
	}
}

static void test_an_empty_profile_is_an_error(void **state UNUSED)
{
	expect_error("", "p.csv: nothing in it; expected a first line like "
			 "function,samples,sys_percent,file_path");
	expect_error("function,samples\n\n", "p.csv: no rows below the first line");
}

static void test_same_function_and_path_are_summed(void **state UNUSED)
{
	expect_rows("function,samples,sys_percent,file_path\n"
		    "f,1,10,a.c\n"
		    "f,2,20,b.c\n"
		    "f.isra.0,4,30,./a.c\n"
		    "f.cold,8,1,\n"
		    "f,16,2.5,a.c\n",
		    "2:f|a.c|21|42.5\n3:f|b.c|2|20\n5:f||8|1\n");
	/* Not mixed up where the two are glued together. */
	expect_rows("function,samples,file_path\nab,1,c\na,1,bc\nabc,1,\n",
		    "2:ab|c|1|-1\n3:a|bc|1|-1\n4:abc||1|-1\n");
}

static void test_summed_shares_end_at_100(void **state UNUSED)
{
	expect_rows("function,sys_percent\nf,60\nf,60\n", "2:f||0|100\n");
}

static void test_sum_of_samples_is_capped(void **state UNUSED)
{
	expect_rows("function,samples\nf,9007199254740991\ng,1\n", "2:f||9007199254740991|-1\n3:g||1|-1\n");
	expect_error("function,samples\nf,9007199254740991\ng,2\n",
		     "p.csv: line 3: up to here there are more than 9007199254740992 samples");
}

static void test_shares(void **state UNUSED)
{
	struct profile profile = PROFILE_INIT;
	const char *text = "function,samples\nf,30\ng,10\nf,60\n";

	assert_int_equal(profile_parse(&profile, text, strlen(text), "p"), 0);
	assert_true(profile_share(&profile, 0) == 90);
	assert_true(profile_share(&profile, 1) == 10);
	profile_release(&profile);
	/* What is given counts, not what the samples say. */
	text = "function,samples,percent\nf,30,1\ng,10,2\n";
	assert_int_equal(profile_parse(&profile, text, strlen(text), "p"), 0);
	assert_true(profile_share(&profile, 0) == 1);
	profile_release(&profile);
	text = "function,samples\nf,0\n";
	assert_int_equal(profile_parse(&profile, text, strlen(text), "p"), 0);
	assert_true(profile_share(&profile, 0) == 0);
	profile_release(&profile);
}

static void test_many_rows(void **state UNUSED)
{
	struct profile profile = PROFILE_INIT;
	struct strbuf text = STRBUF_INIT;
	char name[32];

	/* Each function twice, far apart. */
	strbuf_addstr(&text, "function,samples,file_path\n");
	for (unsigned i = 0; i < 40000; i++)
		strbuf_addf(&text, "f%u,%u,dir/%u.c\n", i % 20000, i, i % 100);
	assert_int_equal(profile_parse(&profile, text.buf, text.len, "p"), 0);
	assert_int_equal(profile.nr, 20000);
	for (unsigned i = 0; i < 20000; i++) {
		snprintf(name, sizeof(name), "f%u", i);
		assert_string_equal(profile.rows[i].function, name);
		assert_int_equal(profile.rows[i].samples, 2 * i + 20000);
		assert_int_equal(profile.rows[i].line, i + 2);
	}
	profile_release(&profile);
	strbuf_release(&text);
}

static void test_rows_are_capped(void **state UNUSED)
{
	struct strbuf text = STRBUF_INIT;

	/* They are the same, so that only the text is large. */
	strbuf_addstr(&text, "function,samples\n");
	for (unsigned i = 0; i < PROFILE_ROWS_MAX; i++)
		strbuf_add(&text, "f,1\n", 4);
	expect_rows(text.buf, "2:f||2000000|-1\n");
	strbuf_add(&text, "f,1\n", 4);
	expect_error(text.buf, "p.csv: line 2000002: more than 2000000 rows; keep the hottest functions only");
	strbuf_release(&text);
}

/* Reads a file with this text; returns what profile_read() does. */
static int read_file(struct profile *profile, const char *text, size_t len, bool as_stdin)
{
	char name[] = "/tmp/test-profile-XXXXXX";
	int fd = mkstemp(name), saved = dup(STDIN_FILENO), result;

	assert_int_equal(write(fd, text, len), len);
	if (as_stdin) {
		lseek(fd, 0, SEEK_SET);
		dup2(fd, STDIN_FILENO);
		result = profile_read(profile, "-", NULL);
		dup2(saved, STDIN_FILENO);
	} else {
		result = profile_read(profile, name, NULL);
	}
	close(fd);
	close(saved);
	unlink(name);
	return result;
}

static void test_files_are_read_in_pieces(void **state UNUSED)
{
	struct profile profile = PROFILE_INIT;
	struct strbuf text = STRBUF_INIT;

	strbuf_addstr(&text, "function,samples\n");
	for (unsigned i = 0; i < 30000; i++)
		strbuf_addf(&text, "\"f\r\n%u\",1\n", i);
	assert_int_equal(read_file(&profile, text.buf, text.len, false), 0);
	assert_int_equal(profile.nr, 30000);
	assert_string_equal(profile.rows[29999].function, "f\r\n29999");
	assert_int_equal(profile.rows[29999].line, 2 * 29999 + 2);
	assert_true(starts_with(profile.name, "/tmp/test-profile-"));
	profile_release(&profile);
	strbuf_release(&text);
}

static void test_standard_input(void **state UNUSED)
{
	struct profile profile = PROFILE_INIT;
	static const char text[] = "function,samples\nf,1\n";

	assert_int_equal(read_file(&profile, text, strlen(text), true), 0);
	assert_string_equal(profile.name, "standard input");
	profile_release(&profile);
	assert_int_equal(read_file(&profile, text, 10, true), -1);
	assert_true(starts_with(error_message(), "standard input: line 1: neither a column"));
	profile_release(&profile);
}

static void test_files_that_cannot_be_read(void **state UNUSED)
{
	struct profile profile = PROFILE_INIT;

	assert_int_equal(profile_read(&profile, "/nonexistent/p.csv", NULL), -1);
	assert_string_equal(error_message(), "cannot open /nonexistent/p.csv: No such file or directory");
	profile_release(&profile);
	assert_int_equal(profile_read(&profile, "/", NULL), -1);
	assert_string_equal(error_message(), "/: cannot be read: Is a directory");
	profile_release(&profile);
}

static void test_a_binary_file_is_one_sentence(void **state UNUSED)
{
	struct profile profile = PROFILE_INIT;

	assert_int_equal(profile_read(&profile, "/proc/self/exe", NULL), -1);
	assert_string_equal(error_message(), "/proc/self/exe: line 1: a NUL byte; is this a binary file?");
	profile_release(&profile);
}

static int tear_down(void **state UNUSED)
{
	error_clear();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_columns_in_any_order),
		cmocka_unit_test(test_absent_columns),
		cmocka_unit_test(test_column_names_are_loose),
		cmocka_unit_test(test_ambiguous_columns_are_refused),
		cmocka_unit_test(test_rows_need_every_field),
		cmocka_unit_test(test_errors_of_cells_name_the_line),
		cmocka_unit_test(test_no_share_is_above_all),
		cmocka_unit_test(test_an_empty_profile_is_an_error),
		cmocka_unit_test(test_same_function_and_path_are_summed),
		cmocka_unit_test(test_summed_shares_end_at_100),
		cmocka_unit_test(test_sum_of_samples_is_capped),
		cmocka_unit_test(test_shares),
		cmocka_unit_test(test_many_rows),
		cmocka_unit_test(test_rows_are_capped),
		cmocka_unit_test(test_files_are_read_in_pieces),
		cmocka_unit_test(test_standard_input),
		cmocka_unit_test(test_files_that_cannot_be_read),
		cmocka_unit_test(test_a_binary_file_is_one_sentence),
	};

	return cmocka_run_group_tests_name("profile", tests, NULL, tear_down);
}
