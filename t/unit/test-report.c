#include "unit.h"

#include "base/error.h"
#include "profile/profile.h"
#include "profile/report.h"

static void expect_rows(const char *text, const char *expected)
{
	struct profile profile = PROFILE_INIT;
	struct strbuf out = STRBUF_INIT;

	if (profile_parse(&profile, text, strlen(text), "p.txt"))
		fail_msg("%s", error_message());
	for (size_t i = 0; i < profile.nr; i++)
		strbuf_addf(&out, "%zu:%s|%s|%" PRIu64 "|%g\n", profile.rows[i].line, profile.rows[i].function,
			    profile.rows[i].path, profile.rows[i].samples, profile.rows[i].percent);
	assert_string_equal(out.buf, expected);
	profile_release(&profile);
	strbuf_release(&out);
}

static void expect_error(const char *text, const char *expected)
{
	struct profile profile = PROFILE_INIT;

	assert_int_equal(profile_parse(&profile, text, strlen(text), "p.txt"), -1);
	assert_string_equal(error_message(), expected);
	profile_release(&profile);
	error_clear();
}

static void test_the_usual_table(void **state UNUSED)
{
	expect_rows("# To display the perf.data header info, please use --header/--header-only options.\n"
		    "#\n"
		    "# Samples: 137  of event 'cpu-clock'\n"
		    "# Event count (approx.): 68500000\n"
		    "#\n"
		    "# Overhead  Command  Shared Object      Symbol                                 \n"
		    "# ........  .......  .................  .......................................\n"
		    "#\n"
		    "    55.47%  two      two                [.] helper\n"
		    "     5.84%  my prog  [kernel.kallsyms]  [k] pvm_irq_enable\n"
		    "     2.00%  two      two                [.] 0x0000000000001234\n"
		    "     1.00%  two      two                [.] void ns::f<int, 3>(int, char) [clone .isra.0]\n"
		    "\n"
		    "\n"
		    "#\n"
		    "# (Tip: For a higher level overview, try: perf report --sort comm,dso)\n"
		    "#\n",
		    "9:helper||0|55.47\n10:pvm_irq_enable||0|5.84\n12:ns::f||0|1\n");
}

/* A function's own share counts; trees are passed over. */
static void test_children_and_call_graphs(void **state UNUSED)
{
	expect_rows("# Children      Self  Command  Shared Object  Symbol                   \n"
		    "# ........  ........  .......  .............  .........................\n"
		    "#\n"
		    "    92.21%     0.00%  two      two            [.] main\n"
		    "            |\n"
		    "            ---main\n"
		    "               |          \n"
		    "               |--55.19%--middle\n"
		    "               |          helper\n"
		    "                --37.01%--other\n"
		    "\n"
		    "    91.55%    90.25%  two      two            [.] helper\n"
		    "            |\n"
		    "            ---main\n",
		    "12:helper||0|90.25\n");
	/* -g flat, folded. */
	expect_rows("# Overhead  Symbol       \n"
		    "# ........  .............\n"
		    "    91.55%  [.] helper\n"
		    "            55.19%\n"
		    "                helper\n"
		    "                main\n"
		    "55.19% helper;middle;main\n",
		    "3:helper||0|91.55\n");
}

static void test_samples_and_files(void **state UNUSED)
{
	expect_rows("#      Samples  Overhead  Symbol               Source File            \n"
		    "# ............  ........  ...................  .......................\n"
		    "            76    55.47%  [.] helper           src/two.c\n"
		    "            52    37.96%  [k] other            two.c\n"
		    "             8     5.84%  [k] third            /abs/two.c\n",
		    "3:helper|src/two.c|76|55.47\n4:other||52|37.96\n5:third||8|5.84\n");
}

static void test_separators(void **state UNUSED)
{
	expect_rows("# Samples\tPeriod\tShared Object\tSymbol\n"
		    " 76         \t 38000000   \t/tmp/two\t0x11f3             B [.] helper\n"
		    " 52         \t 26000000   \t/tmp/two\t0x124b             B [.] f(int, char) const\n",
		    "2:helper||76|-1\n3:f||52|-1\n");
	expect_rows("# Overhead,Symbol\n 55.47%,[.] helper\n 3%,[.] g<a,b>\n", "2:helper||0|55.47\n3:g||0|3\n");
	expect_rows("# Overhead,Symbol\r\n 55.47%,[.] helper\r\n", "2:helper||0|55.47\n");
}

static void test_the_first_event_with_rows_counts(void **state UNUSED)
{
	expect_rows("# Samples: 0  of event 'dummy:HG'\n"
		    "# Overhead,Symbol\n"
		    "# Samples: 9  of event 'cycles'\n"
		    "# Overhead,Symbol\n"
		    "60%,[.] f\n"
		    "# Samples: 9  of event 'page-faults'\n"
		    "# Overhead,Symbol\n"
		    "90%,[.] g\n",
		    "5:f||0|60\n");
}

static int add_period(const struct report_row *row, void *data)
{
	strbuf_addf(data, "%s %c %" PRIu64 " %s %" PRIx64 "\n", row->function, row->level, row->period,
		    row->object, row->address);
	return 0;
}

static void test_events_of_one_name(void **state UNUSED)
{
	static const char *const lines[] = { "# Samples: 3  of event 'cpu_core/cycles/P'",
					     "# Period\tShared Object\tSymbol",
					     "30\t/bin/a\t0x10 B [.] f",
					     "# Samples: 3  of event 'cpu_atom/cycles/P'",
					     "# Period\tShared Object\tSymbol",
					     "4\t[kernel.kallsyms]\t0xffffffff81000000 k [k] g",
					     "# Samples: 3  of event 'cpu_core/instructions/'",
					     "# Period\tShared Object\tSymbol",
					     "99\t/bin/a\t0x10 B [.] h" };
	struct strbuf out = STRBUF_INIT;
	struct report report = REPORT_INIT;

	report.fn = add_period;
	report.data = &out;
	report.same_events = true;
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		assert_int_equal(report_line(&report, lines[i], strlen(lines[i]), i + 1), 0);
	assert_string_equal(out.buf, "f . 30 /bin/a 10\ng k 4 [kernel.kallsyms] ffffffff81000000\n");
	report_release(&report);
	strbuf_release(&out);
}

static void test_what_is_no_row_is_passed_over(void **state UNUSED)
{
	expect_rows("# Overhead,Symbol\n"
		    "nonsense\n"
		    "-5%,[.] a\n"
		    "101%,[.] b\n"
		    "5%,c\n"
		    "5%,[.] \n"
		    "5%\n"
		    ",,,,\n"
		    "5%,[.]d\n"
		    "5%,0x [.] \n"
		    "5%,0x12\n"
		    "5 %,[.] e\n"
		    "1%,[.] f\n",
		    "12:e||0|5\n13:f||0|1\n");
}

static void test_without_rows(void **state UNUSED)
{
	static const char message[] = "p.txt: no functions in it; expected what perf report --stdio prints, "
				      "with columns like Overhead and Symbol";

	expect_error("#\n", message);
	expect_error("# Overhead  Command\n# ........  .......\n    55.47%  two\n", message);
	expect_error("# Symbol\n[.] f\n", message);
	expect_error("# Overhead,Symbol\n5%,[.] 0x1234\n", message);
	/* Dots without titles, titles without dots. */
	expect_error("# ....  ....\n  5%  [.] f\n", message);
	expect_error("# Overhead  Symbol\n  5%  [.] f\n", message);
}

static void test_too_many_columns(void **state UNUSED)
{
	struct strbuf text = STRBUF_INIT;

	strbuf_addstr(&text, "# Overhead,Symbol");
	for (unsigned i = 0; i < 100; i++)
		strbuf_addstr(&text, ",x");
	strbuf_addstr(&text, "\n5%,[.] f");
	for (unsigned i = 0; i < 100; i++)
		strbuf_addstr(&text, ",1");
	expect_rows(text.buf, "2:f||0|5\n");
	strbuf_release(&text);
}

static void test_binary_and_long_lines(void **state UNUSED)
{
	struct profile profile = PROFILE_INIT;
	struct strbuf text = STRBUF_INIT;

	assert_int_equal(profile_parse(&profile, "# x\n\0", 5, "p.txt"), -1);
	assert_string_equal(error_message(), "p.txt: line 2: a NUL byte; is this a binary file?");
	profile_release(&profile);
	strbuf_addstr(&text, "# Overhead,Symbol\n");
	strbuf_addchars(&text, 'a', 2 << 20);
	expect_error(text.buf, "p.txt: line 2: more than 1048576 bytes");
	strbuf_release(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_usual_table),
		cmocka_unit_test(test_children_and_call_graphs),
		cmocka_unit_test(test_samples_and_files),
		cmocka_unit_test(test_separators),
		cmocka_unit_test(test_the_first_event_with_rows_counts),
		cmocka_unit_test(test_events_of_one_name),
		cmocka_unit_test(test_what_is_no_row_is_passed_over),
		cmocka_unit_test(test_without_rows),
		cmocka_unit_test(test_too_many_columns),
		cmocka_unit_test(test_binary_and_long_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
