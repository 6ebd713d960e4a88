#include "unit.h"

#include <math.h>

#include "base/error.h"
#include "ui/exit.h"
#include "ui/options.h"

struct values {
	bool json;
	bool no_merges;
	bool weights;
	int progress;
	long limit;
	long any;
	double weight;
	char *profile;
	int format;
	struct strvec exclude;
};

static int check_file(const char *text)
{
	return ends_with(text, "/") ? error_set("`%s' is a folder: it must be a file", text) : 0;
}

static const char *const formats[] = { "text", "json", "prior", NULL };
static const struct option rows[] = {
	{ .type = OPTION_STRING,
	  .letter = 'p',
	  .name = "profile",
	  .arg = "<file>",
	  .at = offsetof(struct values, profile),
	  .config = "profile",
	  .check = check_file,
	  .complete = "file",
	  .help = "the profile to rank by" },
	{ .type = OPTION_INT,
	  .letter = 'n',
	  .name = "limit",
	  .at = offsetof(struct values, limit),
	  .config = "limit",
	  .initial = "20",
	  .min = 1,
	  .max = 10000,
	  .help = "how many commits to show, counted from the first, whatever their scores may be" },
	{ .type = OPTION_INT, .name = "any", .at = offsetof(struct values, any), .config = "anyNumber" },
	{ .type = OPTION_GROUP, .help = "Output" },
	{ .type = OPTION_BOOL,
	  .letter = 'j',
	  .name = "json",
	  .at = offsetof(struct values, json),
	  .config = "json",
	  .help = "print JSON" },
	{ .type = OPTION_TRISTATE,
	  .letter = 'v',
	  .name = "progress",
	  .at = offsetof(struct values, progress),
	  .config = "progress",
	  .help = "show progress" },
	{ .type = OPTION_CHOICE,
	  .name = "format",
	  .at = offsetof(struct values, format),
	  .config = "format",
	  .choices = formats,
	  .initial = "text",
	  .help = "what to print" },
	{ .type = OPTION_LIST,
	  .letter = 'x',
	  .name = "exclude",
	  .arg = "<path>",
	  .at = offsetof(struct values, exclude),
	  .config = "exclude",
	  .help = "leave out what is below <path>" },
	/* Before --weight, which must be found all the same. */
	{ .type = OPTION_BOOL, .name = "weights", .at = offsetof(struct values, weights), .help = "show them" },
	{ .type = OPTION_REAL,
	  .name = "weight",
	  .arg = "<percentage>",
	  .at = offsetof(struct values, weight),
	  .config = "weight",
	  .min = 0,
	  .max = INFINITY,
	  .help = "weight of time" },
	{ .type = OPTION_BOOL,
	  .name = "no-merges",
	  .at = offsetof(struct values, no_merges),
	  .help = "without merges" },
	OPTION_END
};
static const char *const usage[] = { "[<options>] <range>", "--list [<options>]\n[<range>]", NULL };
static const struct option_set set = { "git perfrank", usage, rows };

/* One parse, its values, its arguments, and what it said. */
struct parse {
	struct values values;
	struct strvec rest;
	size_t after_dashes;
	enum options_result result;
	struct strbuf out, err;
};

static void take_file(FILE *fp, struct strbuf *to)
{
	char piece[4096];
	size_t n;

	rewind(fp);
	while ((n = fread(piece, 1, sizeof(piece), fp)))
		strbuf_add(to, piece, n);
	fclose(fp);
}

static struct parse parse_words(const char *const *words)
{
	struct parse p = { .rest = STRVEC_INIT, .out = STRBUF_INIT, .err = STRBUF_INIT };
	FILE *real_out = stdout, *real_err = stderr;
	int argc = 0;

	while (words[argc])
		argc++;
	options_default(rows, &p.values);
	stdout = tmpfile();
	stderr = tmpfile();
	p.result = options_parse(&set, &p.values, argc, (char **)words, &p.rest, &p.after_dashes);
	take_file(stdout, &p.out);
	take_file(stderr, &p.err);
	stdout = real_out;
	stderr = real_err;
	return p;
}

#define PARSE(...) parse_words((const char *const[]){ "rank", ##__VA_ARGS__, NULL })

static void release(struct parse *p)
{
	options_release(rows, &p->values);
	strvec_release(&p->rest);
	strbuf_release(&p->out);
	strbuf_release(&p->err);
}

static void expect_wrong(struct parse p, const char *sentence, bool with_usage)
{
	struct strbuf expected = STRBUF_INIT;

	strbuf_addf(&expected, "error: %s\n", sentence);
	if (with_usage)
		options_usage(&set, &expected);
	assert_int_equal(p.result, OPTIONS_WRONG);
	assert_int_equal(options_status(p.result), EXIT_USAGE);
	assert_string_equal(p.out.buf, "");
	assert_string_equal(p.err.buf, expected.buf);
	strbuf_release(&expected);
	release(&p);
}

static void test_nothing_given_leaves_defaults(void **state UNUSED)
{
	struct parse p = PARSE();

	assert_int_equal(p.result, OPTIONS_OK);
	assert_int_equal(p.values.limit, 20);
	assert_int_equal(p.values.any, 0);
	assert_int_equal(p.values.progress, -1);
	assert_int_equal(p.values.format, 0);
	assert_null(p.values.profile);
	assert_int_equal(p.values.exclude.nr, 0);
	assert_false(p.values.json);
	assert_int_equal(p.rest.nr, 0);
	assert_int_equal(p.after_dashes, 0);
	release(&p);
}

static void test_values_in_all_spellings(void **state UNUSED)
{
	struct parse p = PARSE("--profile=a=b", "-n7", "--weight", "2.5e-1", "-x", "one", "-xtwo", "--format",
			       "json", "--any=-3");

	assert_int_equal(p.result, OPTIONS_OK);
	assert_string_equal(p.values.profile, "a=b");
	assert_int_equal(p.values.limit, 7);
	assert_true(p.values.weight > 0.2499 && p.values.weight < 0.2501);
	assert_int_equal(p.values.exclude.nr, 2);
	assert_string_equal(p.values.exclude.v[0], "one");
	assert_string_equal(p.values.exclude.v[1], "two");
	assert_int_equal(p.values.format, 1);
	assert_int_equal(p.values.any, -3);
	release(&p);
}

static void test_an_empty_value_is_a_value(void **state UNUSED)
{
	struct parse p = PARSE("--profile=", "--exclude", "");

	assert_int_equal(p.result, OPTIONS_OK);
	assert_string_equal(p.values.profile, "");
	assert_int_equal(p.values.exclude.nr, 1);
	release(&p);
}

static void test_a_value_may_look_like_an_option(void **state UNUSED)
{
	struct parse p = PARSE("--profile", "--json", "-x", "--");

	assert_int_equal(p.result, OPTIONS_OK);
	assert_string_equal(p.values.profile, "--json");
	assert_string_equal(p.values.exclude.v[0], "--");
	assert_false(p.values.json);
	release(&p);
}

static void test_letters_bundle(void **state UNUSED)
{
	struct parse p = PARSE("-jvn", "3"), q = PARSE("-vjn3");

	assert_true(p.values.json && q.values.json);
	assert_int_equal(p.values.progress, 1);
	assert_int_equal(p.values.limit, 3);
	assert_int_equal(q.values.limit, 3);
	release(&p);
	release(&q);
}

static void test_the_last_one_wins(void **state UNUSED)
{
	struct parse p = PARSE("-n1", "--limit=2", "--json", "--no-json", "--no-progress", "--profile=a",
			       "--profile=b");

	assert_int_equal(p.values.limit, 2);
	assert_false(p.values.json);
	assert_int_equal(p.values.progress, 0);
	assert_string_equal(p.values.profile, "b");
	release(&p);
}

static void test_no_empties_texts_and_lists(void **state UNUSED)
{
	struct parse p = PARSE("--profile=a", "--no-profile", "-x", "a", "-x", "b", "--no-exclude", "-x", "c");

	assert_null(p.values.profile);
	assert_int_equal(p.values.exclude.nr, 1);
	assert_string_equal(p.values.exclude.v[0], "c");
	release(&p);
}

static void test_a_name_with_no_is_undone_without(void **state UNUSED)
{
	struct parse p = PARSE("--no-merges"), q = PARSE("--no-merges", "--merges");

	assert_true(p.values.no_merges);
	assert_false(q.values.no_merges);
	release(&p);
	release(&q);
}

static void test_unique_abbreviations(void **state UNUSED)
{
	struct parse p = PARSE("--lim=3", "--j", "--prof", "x", "--no-prog");

	assert_int_equal(p.result, OPTIONS_OK);
	assert_int_equal(p.values.limit, 3);
	assert_true(p.values.json);
	assert_string_equal(p.values.profile, "x");
	assert_int_equal(p.values.progress, 0);
	release(&p);
}

static void test_a_whole_name_is_no_abbreviation(void **state UNUSED)
{
	struct parse p = PARSE("--weight=1"), q = PARSE("--weights"), r = PARSE("--no-weights");

	assert_int_equal(p.result, OPTIONS_OK);
	assert_false(p.values.weights);
	assert_true(q.values.weights);
	assert_false(r.values.weights);
	release(&p);
	release(&q);
	release(&r);
	expect_wrong(PARSE("--weigh"), "ambiguous option: weigh (could be --weights or --weight)", true);
}

static void test_ambiguous_abbreviations_name_both(void **state UNUSED)
{
	expect_wrong(PARSE("--pro"), "ambiguous option: pro (could be --profile or --progress)", true);
	expect_wrong(PARSE("--no-p=1"), "ambiguous option: no-p (could be --no-profile or --no-progress)",
		     true);
}

static void test_arguments_keep_their_order(void **state UNUSED)
{
	struct parse p = PARSE("a", "-j", "-", "b", "--", "-n", "--", "c");

	assert_int_equal(p.result, OPTIONS_OK);
	assert_int_equal(p.rest.nr, 6);
	assert_string_equal(p.rest.v[0], "a");
	assert_string_equal(p.rest.v[1], "-");
	assert_string_equal(p.rest.v[2], "b");
	assert_int_equal(p.after_dashes, 3);
	assert_string_equal(p.rest.v[3], "-n");
	assert_string_equal(p.rest.v[4], "--");
	assert_string_equal(p.rest.v[5], "c");
	assert_int_equal(p.values.limit, 20);
	release(&p);
}

static void test_end_of_options_leaves_dashes_their_meaning(void **state UNUSED)
{
	struct parse p = PARSE("-j", "--end-of-options", "-x", "--end-of-options", "--", "path");

	assert_int_equal(p.result, OPTIONS_OK);
	assert_true(p.values.json);
	assert_int_equal(p.rest.nr, 3);
	assert_string_equal(p.rest.v[0], "-x");
	assert_string_equal(p.rest.v[1], "--end-of-options");
	assert_int_equal(p.after_dashes, 2);
	assert_string_equal(p.rest.v[2], "path");
	release(&p);
}

static void test_units_multiply(void **state UNUSED)
{
	struct parse p = PARSE("-n2k", "--any=-3G"), q = PARSE("--any=1M"), r = PARSE("--any=+10");

	assert_int_equal(p.values.limit, 2048);
	assert_int_equal(p.values.any, -3L * 1024 * 1024 * 1024);
	assert_int_equal(q.values.any, 1024 * 1024);
	assert_int_equal(r.values.any, 10);
	release(&p);
	release(&q);
	release(&r);
}

static void test_odd_numbers_are_refused(void **state UNUSED)
{
	static const char *const odd[] = { "",  "x",   "1x",  "1kk", "0x10", " 1",  "1 ", "-",
					   "k", "1.5", "--1", "+-1", "1e3",  "1\n", "NaN" };

	for (size_t i = 0; i < ARRAY_SIZE(odd); i++) {
		struct parse p = PARSE("--any", odd[i]);

		assert_int_equal(p.result, OPTIONS_WRONG);
		assert_non_null(strstr(p.err.buf, "option `any': `"));
		assert_non_null(strstr(p.err.buf, "is not a whole number"));
		release(&p);
	}
}

static void test_odd_reals_are_refused(void **state UNUSED)
{
	static const char *const odd[] = { "", "nan", "inf", "0x1p3", " 1", "1 ", "1,5", "e", "1e", "1e999" };

	for (size_t i = 0; i < ARRAY_SIZE(odd); i++) {
		struct parse p = PARSE("--weight", odd[i]);

		assert_int_equal(p.result, OPTIONS_WRONG);
		assert_non_null(strstr(p.err.buf, "is not a number"));
		release(&p);
	}
}

static void test_numbers_stay_within_limits(void **state UNUSED)
{
	struct parse low = PARSE("-n1"), high = PARSE("-n10000");

	assert_int_equal(low.result, OPTIONS_OK);
	assert_int_equal(high.result, OPTIONS_OK);
	release(&low);
	release(&high);
	expect_wrong(PARSE("-n0"), "option `limit': `0' is out of range: it must be from 1 to 10000", false);
	expect_wrong(PARSE("-n10001"), "option `limit': `10001' is out of range: it must be from 1 to 10000",
		     false);
	expect_wrong(PARSE("-n9999999999g"),
		     "option `limit': `9999999999g' is out of range: it must be from 1 to 10000", false);
	expect_wrong(PARSE("--weight=-1"), "option `weight': `-1' is out of range: it must be at least 0",
		     false);
	expect_wrong(PARSE("--any=9223372036854775808"),
		     "option `any': `9223372036854775808' is too large a number", false);
}

static void test_a_wrong_choice_is_told_the_choices(void **state UNUSED)
{
	expect_wrong(PARSE("--format=xml"),
		     "option `format': `xml' is unknown: it must be text, json or prior", false);
	expect_wrong(PARSE("--format=tex"),
		     "option `format': `tex' is unknown: it must be text, json or prior", false);
}

static void test_a_text_is_checked_before_it_is_taken(void **state UNUSED)
{
	struct parse p = PARSE("--profile=a/b");

	assert_int_equal(p.result, OPTIONS_OK);
	assert_string_equal(p.values.profile, "a/b");
	release(&p);
	expect_wrong(PARSE("--profile=a/b", "--profile=c/"),
		     "option `profile': `c/' is a folder: it must be a file", false);
	expect_wrong(PARSE("-pc/"), "option `profile': `c/' is a folder: it must be a file", false);
}

static void test_missing_and_unexpected_values(void **state UNUSED)
{
	expect_wrong(PARSE("--limit"), "option `limit' requires a value", true);
	expect_wrong(PARSE("-jn"), "switch `n' requires a value", true);
	expect_wrong(PARSE("--json=3"), "option `json' takes no value", true);
	expect_wrong(PARSE("--no-profile=x"), "option `no-profile' takes no value", true);
	expect_wrong(PARSE("--merges=x"), "option `merges' takes no value", true);
}

static void test_unknown_options_propose_the_nearest(void **state UNUSED)
{
	expect_wrong(PARSE("--porfile=x"), "unknown option `porfile'; did you mean `--profile'?", true);
	expect_wrong(PARSE("--no-jason"), "unknown option `no-jason'; did you mean `--no-json'?", true);
	expect_wrong(PARSE("--porfiel"), "unknown option `porfiel'; did you mean `--profile'?", true);
	expect_wrong(PARSE("--prafila"), "unknown option `prafila'; did you mean `--profile'?", true);
	expect_wrong(PARSE("--prafila2"), "unknown option `prafila2'", true);
	/* Two edits of three letters are another word. */
	expect_wrong(PARSE("--xny"), "unknown option `xny'; did you mean `--any'?", true);
	expect_wrong(PARSE("--xnz"), "unknown option `xnz'", true);
	expect_wrong(PARSE("--colour"), "unknown option `colour'", true);
	/* Numbers cannot be negated. */
	expect_wrong(PARSE("--no-limit"), "unknown option `no-limit'", true);
	expect_wrong(PARSE("-jq"), "unknown switch `q'", true);
	/* A letter and a name are different things. */
	expect_wrong(PARSE("---json"), "unknown option `-json'; did you mean `--json'?", true);
}

static void test_foreign_bytes_are_escaped(void **state UNUSED)
{
	expect_wrong(PARSE("--\033[31m"), "unknown option `\\x1b[31m'", true);
	expect_wrong(PARSE("--format=\n"),
		     "option `format': `\\n' is unknown: it must be text, json or prior", false);
	expect_wrong(PARSE("-\xc3\xa9"), "unknown switch in `-\xc3\xa9'", true);
}

static const char expected_usage[] = "usage: git perfrank [<options>] <range>\n"
				     "   or: git perfrank --list [<options>]\n"
				     "                    [<range>]\n"
				     "\n"
				     "    -p, --[no-]profile <file>\n"
				     "                          the profile to rank by\n"
				     "    -n, --limit <n>       how many commits to show, counted from the first,\n"
				     "                          whatever their scores may be (default: 20)\n"
				     "    --any <n>\n"
				     "\n"
				     "Output\n"
				     "    -j, --[no-]json       print JSON\n"
				     "    -v, --[no-]progress   show progress\n"
				     "    --format (text|json|prior)\n"
				     "                          what to print (default: text)\n"
				     "    -x, --[no-]exclude <path>\n"
				     "                          leave out what is below <path>\n"
				     "    --[no-]weights        show them\n"
				     "    --weight <percentage>\n"
				     "                          weight of time\n"
				     "    --no-merges           without merges\n"
				     "\n";

static void test_usage_is_laid_out_as_git_does(void **state UNUSED)
{
	struct strbuf text = STRBUF_INIT;

	options_usage(&set, &text);
	assert_string_equal(text.buf, expected_usage);
	strbuf_release(&text);
}

static void test_help_prints_the_usage(void **state UNUSED)
{
	struct parse p = PARSE("a", "-h", "--bogus"), q = PARSE("--help");

	assert_int_equal(p.result, OPTIONS_HELP);
	assert_int_equal(options_status(p.result), EXIT_USAGE);
	assert_string_equal(p.out.buf, expected_usage);
	assert_string_equal(p.err.buf, "");
	assert_string_equal(q.out.buf, expected_usage);
	release(&p);
	release(&q);
}

static void test_completion_words(void **state UNUSED)
{
	struct parse p = PARSE("--git-completion-helper"), q = PARSE("--git-completion-helper-all");

	assert_int_equal(p.result, OPTIONS_ANSWERED);
	assert_int_equal(options_status(p.result), EXIT_DONE);
	assert_string_equal(p.out.buf,
			    "--profile= --limit= --any= --json --progress --format= --exclude= --weights "
			    "--weight= --no-merges --no-json --no-progress --no-weights --merges\n");
	assert_string_equal(
		q.out.buf,
		"--profile= --limit= --any= --json --progress --format= --exclude= --weights "
		"--weight= --no-merges --no-profile --no-json --no-progress --no-exclude --no-weights --merges\n");
	release(&p);
	release(&q);
}

static void test_completion_table(void **state UNUSED)
{
	struct parse p = PARSE("--git-completion-helper-table");

	assert_int_equal(p.result, OPTIONS_ANSWERED);
	assert_non_null(strstr(p.out.buf,
			       "option\tprofile\tp\tno-profile\t<file>\tfile\t\t\tthe profile to rank by\n"));
	assert_non_null(strstr(
		p.out.buf,
		"option\tformat\t\t\t(text|json|prior)\t\ttext json prior\t\twhat to print\noption\texclude\t"));
	assert_non_null(strstr(p.out.buf, "option\tno-merges\t\tmerges\t\t\t\t\twithout merges\n"));
	assert_non_null(strstr(p.out.buf, "option\texclude\tx\tno-exclude\t<path>\t\t\tmany\tleave out"));
	assert_null(strstr(p.out.buf, "Output"));
	release(&p);
}

static int config(struct values *values, const char *key, const char *value)
{
	error_clear();
	return options_set_config(rows, values, key, value);
}

static void test_configuration_is_read_as_git_does(void **state UNUSED)
{
	struct values values = { 0 };

	options_default(rows, &values);
	assert_int_equal(config(&values, "json", NULL), 1);
	assert_true(values.json);
	assert_int_equal(config(&values, "json", "Off"), 1);
	assert_false(values.json);
	assert_int_equal(config(&values, "JSON", "yes"), 1);
	assert_true(values.json);
	assert_int_equal(config(&values, "json", ""), 1);
	assert_false(values.json);
	assert_int_equal(config(&values, "json", "2"), 1);
	assert_true(values.json);
	assert_int_equal(config(&values, "progress", "false"), 1);
	assert_int_equal(values.progress, 0);
	assert_int_equal(config(&values, "progress", "auto"), 1);
	assert_int_equal(values.progress, -1);
	assert_int_equal(config(&values, "anynumber", "1k"), 1);
	assert_int_equal(values.any, 1024);
	assert_int_equal(config(&values, "format", "prior"), 1);
	assert_int_equal(values.format, 2);
	assert_int_equal(config(&values, "profile", "a b"), 1);
	assert_string_equal(values.profile, "a b");
	assert_int_equal(config(&values, "nothing", "x"), 0);
	options_release(rows, &values);
}

static void test_configured_lists_add_up_and_empty(void **state UNUSED)
{
	struct values values = { 0 };

	options_default(rows, &values);
	assert_int_equal(config(&values, "exclude", "a"), 1);
	assert_int_equal(config(&values, "exclude", "b"), 1);
	assert_int_equal(values.exclude.nr, 2);
	assert_int_equal(config(&values, "exclude", ""), 1);
	assert_int_equal(values.exclude.nr, 0);
	options_release(rows, &values);
}

static void test_wrong_configuration_names_the_key(void **state UNUSED)
{
	struct values values = { 0 };

	options_default(rows, &values);
	assert_int_equal(config(&values, "LIMIT", "0"), -1);
	assert_string_equal(error_message(), "limit: `0' is out of range: it must be from 1 to 10000");
	assert_int_equal(values.limit, 20);
	assert_int_equal(config(&values, "json", "perhaps"), -1);
	assert_string_equal(error_message(), "json: `perhaps' is neither true nor false");
	assert_int_equal(config(&values, "profile", "a"), 1);
	assert_int_equal(config(&values, "profile", "b/"), -1);
	assert_string_equal(error_message(), "profile: `b/' is a folder: it must be a file");
	assert_string_equal(values.profile, "a");
	assert_int_equal(config(&values, "profile", NULL), -1);
	assert_string_equal(error_message(), "profile: a value is missing");
	assert_int_equal(config(&values, "format", "x"), -1);
	assert_string_equal(error_message(), "format: `x' is unknown: it must be text, json or prior");
	options_release(rows, &values);
}

static void test_nearest_key(void **state UNUSED)
{
	assert_string_equal(options_nearest_config(rows, "porfile"), "profile");
	assert_string_equal(options_nearest_config(rows, "ANYNUMBR"), "anyNumber");
	assert_string_equal(options_nearest_config(rows, "jsn"), "json");
	assert_null(options_nearest_config(rows, "unrelated"));
	assert_null(options_nearest_config(rows, ""));
}

static void test_a_wrong_default_is_a_bug_in_child(void)
{
	static const struct option bad[] = {
		{ .type = OPTION_INT, .name = "n", .initial = "x" },
		OPTION_END,
	};
	long value = 0;

	options_default(bad, &value);
}

static void test_a_wrong_default_is_a_bug(void **state UNUSED)
{
	unit_expect_bug(test_a_wrong_default_is_a_bug_in_child, "default of --n: `x' is not a whole number");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_given_leaves_defaults),
		cmocka_unit_test(test_values_in_all_spellings),
		cmocka_unit_test(test_an_empty_value_is_a_value),
		cmocka_unit_test(test_a_value_may_look_like_an_option),
		cmocka_unit_test(test_letters_bundle),
		cmocka_unit_test(test_the_last_one_wins),
		cmocka_unit_test(test_no_empties_texts_and_lists),
		cmocka_unit_test(test_a_name_with_no_is_undone_without),
		cmocka_unit_test(test_unique_abbreviations),
		cmocka_unit_test(test_a_whole_name_is_no_abbreviation),
		cmocka_unit_test(test_ambiguous_abbreviations_name_both),
		cmocka_unit_test(test_arguments_keep_their_order),
		cmocka_unit_test(test_end_of_options_leaves_dashes_their_meaning),
		cmocka_unit_test(test_units_multiply),
		cmocka_unit_test(test_odd_numbers_are_refused),
		cmocka_unit_test(test_odd_reals_are_refused),
		cmocka_unit_test(test_numbers_stay_within_limits),
		cmocka_unit_test(test_a_wrong_choice_is_told_the_choices),
		cmocka_unit_test(test_a_text_is_checked_before_it_is_taken),
		cmocka_unit_test(test_missing_and_unexpected_values),
		cmocka_unit_test(test_unknown_options_propose_the_nearest),
		cmocka_unit_test(test_foreign_bytes_are_escaped),
		cmocka_unit_test(test_usage_is_laid_out_as_git_does),
		cmocka_unit_test(test_help_prints_the_usage),
		cmocka_unit_test(test_completion_words),
		cmocka_unit_test(test_completion_table),
		cmocka_unit_test(test_configuration_is_read_as_git_does),
		cmocka_unit_test(test_configured_lists_add_up_and_empty),
		cmocka_unit_test(test_wrong_configuration_names_the_key),
		cmocka_unit_test(test_nearest_key),
		cmocka_unit_test(test_a_wrong_default_is_a_bug),
	};

	return cmocka_run_group_tests_name("options", tests, NULL, NULL);
}
