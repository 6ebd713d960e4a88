#include "unit.h"

#include "base/error.h"
#include "bench/metric.h"

/* Reads one metric of `text`: the values with blanks between, or the error. */
static void read_one(const char *line, const char *text, struct strbuf *out)
{
	struct metric_list list = METRIC_LIST_INIT;
	struct metric_values values = METRIC_VALUES_INIT;
	struct metric_source source = { text, strlen(text), 1.25, 0.5, -1 };

	error_clear();
	if (metric_add(&list, line) || metric_read(&list.items[0], &source, &values))
		strbuf_addf(out, "error: %s", error_message());
	for (size_t i = 0; i < values.nr; i++)
		strbuf_addf(out, "%s%.17g", i ? " " : "", values.v[i]);
	metric_values_release(&values);
	metric_list_release(&list);
}

static void expect(const char *line, const char *text, const char *expected)
{
	struct strbuf out = STRBUF_INIT;

	read_one(line, text, &out);
	assert_string_equal(out.buf, expected);
	strbuf_release(&out);
}

static void test_lines_are_parsed(void **state UNUSED)
{
	struct metric_list list = METRIC_LIST_INIT;

	assert_int_equal(metric_add(&list, "events higher events total number of events:\\s+(\\d+)"), 0);
	assert_int_equal(metric_add(&list, " lat\tlower  -  json*2  /a/b "), 0);
	assert_int_equal(metric_add(&list, "c lower s csv* col name=a=b"), 0);
	assert_int_equal(metric_add(&list, "json-ish higher x jsonx (1)"), 0);
	assert_int_equal(metric_add(&list, "r higher x regex json (1)"), 0);
	assert_int_equal(list.nr, 5);
	assert_string_equal(list.items[0].name, "events");
	assert_true(list.items[0].higher_is_better);
	assert_int_equal(list.items[0].kind, METRIC_REGEX);
	assert_string_equal(list.items[0].pattern, "total number of events:\\s+(\\d+)");
	assert_string_equal(list.items[1].unit, "");
	assert_int_equal(list.items[1].count, 2);
	assert_int_equal(list.items[2].count, 0);
	assert_string_equal(list.items[2].where, "name");
	assert_string_equal(list.items[2].is, "a=b");
	assert_int_equal(list.items[3].kind, METRIC_REGEX);
	assert_string_equal(list.items[4].pattern, "json (1)");
	assert_int_equal(metric_add(&list, "c lower s wall"), -1);
	assert_string_equal(error_message(), "the metric 'c' is there twice");
	assert_ptr_equal(metric_find(&list, "c"), &list.items[2]);
	assert_null(metric_find(&list, "x"));
	metric_list_release(&list);
}

static void test_wrong_lines_are_told(void **state UNUSED)
{
	expect("a higher", "", "error: a metric is NAME (higher|lower) UNIT [KIND] PATTERN, not 'a higher'");
	expect("a more s x", "", "error: metric 'a': what is better is higher or lower, not 'more'");
	expect("a lower s", "", "error: metric 'a' has no pattern");
	expect("a lower s wall x", "", "error: metric 'a': nothing may follow wall");
	expect("a lower s json a/b", "", "error: metric 'a': 'a/b' is no JSON pointer: it begins with '/'");
	expect("a lower s csv a b", "", "error: metric 'a': after csv comes COLUMN or COLUMN COLUMN=VALUE");
	expect("a lower s (1)(2)", "",
	       "error: metric 'a': one group holds the value, '(1)(2)' has 2 (write (?:...) for others)");
	expect("a lower s (", "",
	       "error: metric 'a': the regular expression '(' is wrong at byte 1: missing closing parenthesis");
}

static void test_regular_expressions(void **state UNUSED)
{
	expect("a lower s x=(\\S+)", "y=1\nx=-1.5e3\n", "-1500");
	expect("a lower s ^\\d+$", "x 1\n27\n", "27");
	expect("a lower s regex*3 x=(\\d)", "x=1 x=2\nx=3", "1 2 3");
	expect("a lower s regex* x=(\\d)", "x=1 x=2", "1 2");
	expect("a lower s regex*2 x=(\\d)", "x=1 x=2 x=3", "error: metric 'a' has 3 values a run, 2 expected");
	expect("a lower s x=(\\d)", "x=1 x=2", "error: metric 'a' has 2 values a run, 1 expected");
	expect("a lower s x=(\\d)", "y", "error: metric 'a' has no value: 'x=(\\d)' was not found");
	expect("a lower s regex* x=(\\d)", "y", "error: metric 'a' has no value: 'x=(\\d)' was not found");
	expect("a lower s y|x=(\\d)", "y", "error: metric 'a': its pattern matched without a value");
	/* An empty match moves on. */
	expect("a lower s regex* (?=(\\d))", "12", "1 2");
}

static void test_values_are_strict(void **state UNUSED)
{
	static const char *const wrong[] = { "nan", "inf",   "-inf", "1,234", "0x10", "1e",  "1e999", "12ms",
					     "--1", "1.2.3", ".",    "-",     "+",    "1e+", "1_0" };
	static const char *const right[] = { "0", "-0.5", "+3", ".5", "5.", "1e3", "1E-3", "00012" };
	double value;

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		char *text = xstrfmt("x=%s", wrong[i]), *error;

		error = xstrfmt("error: metric 'a': '%s' is no finite number", wrong[i]);
		expect("a lower s x=(\\S+)", text, error);
		free(error);
		free(text);
	}
	for (size_t i = 0; i < ARRAY_SIZE(right); i++)
		assert_true(metric_number(right[i], strlen(right[i]), &value));
	assert_false(metric_number("", 0, &value));
	assert_false(metric_number("1\0", 2, &value));
	assert_true(metric_number("12x", 2, &value));
	assert_true(value == 12);
}

static void test_json(void **state UNUSED)
{
	static const char text[] = "note: begins\n{ \"a\": [1, 2.5, \"3\"], \"b/c\": { \"~d\": 4 }, \"n\": null,\n"
				   "\"s\": \"12 ms\" }\ntrailing { words";

	expect("a lower s json /a/1", text, "2.5");
	expect("a lower s json /a/2", text, "3");
	expect("a lower s json*3 /a", text, "1 2.5 3");
	expect("a lower s json /b~1c/~0d", text, "4");
	expect("a lower s json /a", text, "error: metric 'a' has 3 values a run, 1 expected");
	expect("a lower s json /a/3", text, "error: metric 'a': there is no '/a/3'");
	expect("a lower s json /a/01", text, "error: metric 'a': there is no '/a/01'");
	expect("a lower s json /x/y", text, "error: metric 'a': there is no '/x'");
	expect("a lower s json /n", text, "error: metric 'a': what '/n' leads to is no number");
	expect("a lower s json /s", text, "error: metric 'a': '12 ms' is no finite number");
	expect("a lower s json /a", "nothing", "error: metric 'a': there is no JSON");
	expect("a lower s json /a", "{ \"a\": 1, \"a\": 2 }",
	       "error: metric 'a': line 1, column 13: duplicate object key near '\"a\"'");
}

static void test_csv(void **state UNUSED)
{
	static const char text[] = "name,value\n\"x, y\",1.5\nz,2\nz,x\n";

	expect("a lower s csv value name=z", "name,value\ny,1\nz,2\n", "2");
	expect("a lower s csv* value", "name,value\ny,1\nz,2\n", "1 2");
	expect("a lower s csv value name=q", text, "error: metric 'a' has no value: 'value' was not found");
	expect("a lower s csv* value", text, "error: metric 'a': 'x' is no finite number");
	expect("a lower s csv other", text, "error: metric 'a': there is no column 'other'");
	expect("a lower s csv value other=1", text, "error: metric 'a': there is no column 'other'");
	expect("a lower s csv b", "a,b\n1\n", "error: metric 'a': line 2 has no column 'b'");
	expect("a lower s csv b", "a,b\n\"1",
	       "error: metric 'a': line 2: a quotation mark opens a field that never ends");
}

static void test_times(void **state UNUSED)
{
	expect("a lower s wall", "", "1.25");
	expect("a lower s cpu", "", "0.5");
	expect("a lower - instructions", "", "error: metric 'a' is not known here: nothing counts it");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines_are_parsed),
		cmocka_unit_test(test_wrong_lines_are_told),
		cmocka_unit_test(test_regular_expressions),
		cmocka_unit_test(test_values_are_strict),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_csv),
		cmocka_unit_test(test_times),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
