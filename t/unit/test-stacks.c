#include "unit.h"

#include "base/error.h"
#include "profile/profile.h"
#include "profile/script.h"

static void add_list(struct strbuf *out, const char *what, const struct profile_call *calls, size_t nr)
{
	for (size_t i = 0; i < nr; i++)
		strbuf_addf(out, " %s %s|%s|%.2f", what, calls[i].function, calls[i].path, calls[i].percent);
}

static void add_rows(struct strbuf *out, const struct profile *profile)
{
	for (size_t i = 0; i < profile->nr; i++) {
		const struct profile_row *row = &profile->rows[i];

		strbuf_addf(out, "%s %" PRIu64, row->function, row->samples);
		if (row->calls) {
			add_list(out, "<", row->calls->callers, row->calls->ncallers);
			add_list(out, ">", row->calls->callees, row->calls->ncallees);
		}
		strbuf_addch(out, '\n');
	}
}

static void expect_rows(const char *text, const char *expected)
{
	struct profile profile = PROFILE_INIT;
	struct strbuf out = STRBUF_INIT;

	if (profile_parse(&profile, text, strlen(text), "p"))
		fail_msg("%s", error_message());
	add_rows(&out, &profile);
	assert_string_equal(out.buf, expected);
	profile_release(&profile);
	strbuf_release(&out);
}

static void expect_error(const char *text, const char *expected)
{
	struct profile profile = PROFILE_INIT;

	assert_int_equal(profile_parse(&profile, text, strlen(text), "p"), -1);
	assert_string_equal(error_message(), expected);
	profile_release(&profile);
	error_clear();
}

static void test_folded_stacks(void **state UNUSED)
{
	expect_rows("main;parse;hash 30\nmain;parse 10\nmain;other;hash 60\n",
		    "hash 90 < other||60.00 < parse||30.00\n"
		    "parse 10 < main||40.00 > hash||30.00\n");
	expect_rows("\nmain 1\r\n", "main 1\n");
	/* Names are cleaned before they are the same. */
	expect_rows("a;f<int>(int)_[k] 1\na;f<char>(char).isra.0 2\na;f.cold 3\n", "f 6 < a||100.00\n");
	expect_rows("a;0x12;f 1\na;[unknown] 1\n", "f 1\n");
}

static void test_recursion_counts_once(void **state UNUSED)
{
	expect_rows("f;g;f;g;f;g 10\n", "g 10 < f||100.00 > f||100.00\n");
	expect_rows("f;f;f 10\n", "f 10\n");
}

static void test_rare_calls_and_all_but_the_heaviest_are_left_out(void **state UNUSED)
{
	expect_rows("a;f 100000\nb;f 99\n", "f 100099 < a||99.90\n");
	expect_rows(
		"a;f 9\nb;f 8\nc;f 7\nd;f 6\ne;f 5\ng;f 4\nh;f 3\ni;f 2\nj;f 1\n",
		"f 45 < a||20.00 < b||17.78 < c||15.56 < d||13.33 < e||11.11 < g||8.89 < h||6.67 < i||4.44\n");
}

static void test_deep_stacks_are_cut(void **state UNUSED)
{
	struct strbuf text = STRBUF_INIT;

	for (unsigned i = 0; i < 100000; i++)
		strbuf_addf(&text, "f%u;", i);
	strbuf_addstr(&text, "leaf 5\n");
	expect_rows(text.buf, "leaf 5 < f99999||100.00\n");
	strbuf_release(&text);
}

static void test_bad_folded_stacks(void **state UNUSED)
{
	expect_error("a;b 1\na;b\n", "p: line 2: no count at its end, expected \"main;parse;hash 123\"");
	expect_error("a;b 1\na;b 1.5\n", "p: line 2: no count at its end, expected \"main;parse;hash 123\"");
	expect_error("a;b 1\na;b 99999999999999999999\n",
		     "p: line 2: the count is 99999999999999999999, at most 9007199254740992 can be handled");
	expect_error("a;b 9007199254740992\na;b 1\n",
		     "p: line 2: up to here there are more than 9007199254740992 samples");
	expect_error("a;b 0\n", "p: no stack in it has a count above 0 and a function that is known");
	expect_error(";;; 5\n", "p: no stack in it has a count above 0 and a function that is known");
}

static void test_calls_in_csv(void **state UNUSED)
{
	expect_rows("function,samples,callers,callees\n"
		    "f,1,main 3.9 src/main.c;operator new 2,\n"
		    "g,1,,f 100.2 ./a//b.c\n"
		    "h,1,12,;;nonsense; 5;x y;x 101;k 1 /abs\n",
		    "f 1 < main|src/main.c|3.90 < operator new||2.00\n"
		    "g 1 > f|a/b.c|100.00\n"
		    "h 1 > k||1.00\n");
}

static void test_csv_comes_back(void **state UNUSED)
{
	static const char csv[] = "function,samples,sys_percent,file_path,callers,callees\n"
				  "f,3,75.000,src/a.c,main 75.00 src/main.c,\n"
				  "\"a, b\",1,25.000,,,f 1.00\n";
	struct profile profile = PROFILE_INIT;
	struct strbuf out = STRBUF_INIT;

	if (profile_parse(&profile, csv, strlen(csv), "p"))
		fail_msg("%s", error_message());
	profile_add_csv(&profile, &out);
	assert_string_equal(out.buf, csv);
	profile_release(&profile);
	strbuf_release(&out);
}

static void expect_script(const char *event, const char *text, const char *expected)
{
	struct script script = SCRIPT_INIT;
	struct strbuf out = STRBUF_INIT;

	script.event = event;
	for (size_t n; *text; text += n + (text[n] == '\n')) {
		n = strcspn(text, "\n");
		script_line(&script, text, n);
	}
	script_end(&script);
	for (size_t i = 0; i < script.edges.nr; i++) {
		const struct edge *edge = &script.edges.v[i];

		strbuf_addf(&out, "%s(%s)@%" PRIx64 " -> %s %" PRIu64 "\n",
			    script_function(&script, edge->caller), script_object(&script, edge->caller),
			    script.frames[edge->caller].begin, script_function(&script, edge->callee),
			    edge->weight);
	}
	assert_string_equal(out.buf, expected);
	script_release(&script);
	strbuf_release(&out);
}

static void test_perf_script(void **state UNUSED)
{
	expect_script(NULL,
		      "    500000 \n"
		      "\t           1ba07 hash+0x7 (/bin/a b (x))\n"
		      "\t           1ab78 operator new+0x8 (/bin/a)\n"
		      "\tffffffff81bde627 main+0x7 ([kernel.kallsyms])\n"
		      "\n"
		      "    20 \n"
		      "\t           1ba08 hash+0x8 (/bin/a b (x))\n"
		      "\t           1ab79 operator new+0x9 (/bin/a)\n"
		      "\n",
		      "operator new(/bin/a)@1ab70 -> hash 500020\n"
		      "main([kernel.kallsyms])@ffffffff81bde620 -> operator new 500000\n");
	/* Two functions of one name; the last stack without an end. */
	expect_script(NULL,
		      "1\n\t1000 f+0x0 (/bin/a)\n\t10 m+0x0 (/bin/a)\n\n"
		      "2\n\t1100 f+0x0 (/bin/a)\n\t10 m+0x0 (/bin/a)",
		      "m(/bin/a)@10 -> f 1\nm(/bin/a)@10 -> f 2\n");
	expect_script("cycles",
		      "1 cpu_core/cycles/P: \n\t1000 f+0x0 (/b)\n\t10 m+0x0 (/b)\n\n"
		      "5 page-faults: \n\t1000 f+0x0 (/b)\n\t10 m+0x0 (/b)\n\n",
		      "m(/b)@10 -> f 1\n");
}

static void test_odd_perf_script(void **state UNUSED)
{
	/* Unknown frames are calls of nobody. */
	expect_script(NULL, "1\n\t1000 f+0x0 (/b)\n\t7fa5 [unknown] ([unknown])\n\t10 m+0x0 (/b)\n\n", "");
	expect_script(NULL,
		      "nonsense\n\t1000 f+0x0 (/b)\n\t10 m+0x0 (/b)\n\n"
		      "1\n\tf\n\t1000\n\t1000 \n\t1000 f\n\t1000 f+0x (/b)\n\t1000 f+0x1 /b\n\t1000 +0x1 (/b)\n"
		      "\t1000 f+0x0(/b)\n\t)\n\t1 )\n\t1 (\n\t1000 f+0x0 ()\n\t10 m+0x0 (/b)\n",
		      "m(/b)@10 -> f 1\n");
	expect_script(NULL, "99999999999999999999999999\n\t1000 f+0x0 (/b)\n\t10 m+0x0 (/b)\n\n", "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_folded_stacks),
		cmocka_unit_test(test_recursion_counts_once),
		cmocka_unit_test(test_rare_calls_and_all_but_the_heaviest_are_left_out),
		cmocka_unit_test(test_deep_stacks_are_cut),
		cmocka_unit_test(test_bad_folded_stacks),
		cmocka_unit_test(test_calls_in_csv),
		cmocka_unit_test(test_csv_comes_back),
		cmocka_unit_test(test_perf_script),
		cmocka_unit_test(test_odd_perf_script),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
