#include "unit.h"

#include "base/error.h"
#include "store/fastpath-yaml.h"

static const char plan_text[] = "sut:\n"
				"  name: altra\n"
				"  connection:\n"
				"    method: SSH\n"
				"    params: {host: altra.lab, user: root, port: 2222, keyfile: ~/.ssh/key}\n"
				"swprofiles:\n"
				"  - name: base\n"
				"    gitsha: 0123\n"
				"    cmdline: [quiet, 'a: b']\n"
				"    sysctl: vm.swappiness=1\n"
				"    bootscript: |\n"
				"      one\n"
				"      two\n"
				"  - {}\n"
				"benchmarks:\n"
				"  - suite: sysbench\n"
				"    name: thread\n"
				"    repeats: 5\n"
				"  - {suite: sysbench, name: mutex, image: 'x:1', roles: [a], cache: no}\n"
				"defaults: {benchmark: {warmups: 1, repeats: 3, sessions: 2}}\n";

static struct fastpath_context context;

static int parse(const char *text)
{
	error_clear();
	return fastpath_parse(&context, text, strlen(text), "c.yaml");
}

static void expect_plan(void)
{
	const struct fastpath_swprofile *first = &context.swprofiles[0], *second = &context.swprofiles[1];

	assert_string_equal(context.sut, "altra");
	assert_string_equal(context.method, "SSH");
	assert_string_equal(context.host, "altra.lab");
	assert_string_equal(context.user, "root");
	assert_int_equal(context.port, 2222);
	assert_string_equal(context.keyfile, "~/.ssh/key");
	assert_int_equal(context.swprofiles_nr, 2);
	assert_string_equal(first->name, "base");
	assert_string_equal(first->kernel_git_sha, "0123");
	assert_int_equal(first->cmdline.nr, 2);
	assert_string_equal(first->cmdline.v[1], "a: b");
	assert_int_equal(first->sysctl.nr, 1);
	assert_string_equal(first->bootscript.v[0], "one\ntwo\n");
	assert_string_equal(second->name, "");
	assert_int_equal(second->cmdline.nr, 0);
	assert_int_equal(context.benchmarks_nr, 2);
	assert_string_equal(context.benchmarks[0].suite, "sysbench");
	assert_string_equal(context.benchmarks[0].name, "thread");
	assert_int_equal(context.benchmarks[0].warmups, 1);
	assert_int_equal(context.benchmarks[0].repeats, 5);
	assert_int_equal(context.benchmarks[1].repeats, 3);
	assert_int_equal(context.benchmarks[1].sessions, 2);
	assert_string_equal(context.benchmarks[1].image, "x:1");
	assert_int_equal(context.benchmarks[0].roles, 0);
	assert_int_equal(context.benchmarks[1].roles, 1);
	assert_int_equal(context.warnings.nr, 1);
	assert_string_equal(context.warnings.v[0], "line 19: 'cache' of a benchmark is not read");
}

static void test_a_plan_is_read(void **state UNUSED)
{
	assert_int_equal(parse(plan_text), 0);
	expect_plan();
	assert_false(context.is_context);
	assert_string_equal(context.good_swprofile, "");
	assert_string_equal(context.resultstore, "");
	fastpath_release(&context);
	fastpath_release(&context);
}

/* The plan indented below "plan:". */
static void make_context(struct strbuf *text, const char *rest)
{
	const char *line = plan_text;

	strbuf_addstr(text, "plan:\n");
	while (*line) {
		size_t len = strcspn(line, "\n") + 1;

		strbuf_addstr(text, "  ");
		strbuf_add(text, line, len);
		line += len;
	}
	strbuf_addstr(text, rest);
}

static void test_a_context_is_read(void **state UNUSED)
{
	struct strbuf text = STRBUF_INIT;

	make_context(&text, "good-swprofile: base\ngood_sha: \"123\"\nbad-swprofile: other\nbad_sha:\n"
			    "resultclass: events\nresultstore: csv:///r\noutput-resultstore: sqlite:///o.db\n");
	assert_int_equal(parse(text.buf), 0);
	strbuf_release(&text);
	assert_true(context.is_context);
	assert_string_equal(context.host, "altra.lab");
	assert_string_equal(context.good_swprofile, "base");
	assert_string_equal(context.good_sha, "123");
	assert_string_equal(context.bad_swprofile, "other");
	assert_string_equal(context.bad_sha, "");
	assert_string_equal(context.resultclass, "events");
	assert_string_equal(context.resultstore, "csv:///r");
	assert_string_equal(context.output_resultstore, "sqlite:///o.db");
	fastpath_release(&context);
}

static void expect_refusal(const char *text, enum fastpath_error_kind kind, size_t line, const char *message)
{
	if (!parse(text))
		fail_msg("accepted: %s", text);
	assert_string_equal(error_message(), message);
	assert_int_equal(context.error.kind, kind);
	assert_int_equal(context.error.line, line);
	assert_null(context.sut);
	fastpath_release(&context);
}

static void test_what_yaml_can_do_beyond_is_refused(void **state UNUSED)
{
	expect_refusal("a: 1\nb: &x 2\n", FASTPATH_FORBIDDEN, 2,
		       "c.yaml: line 2: an anchor (&); write out what it stands for");
	expect_refusal("a: &x [1]\n", FASTPATH_FORBIDDEN, 1,
		       "c.yaml: line 1: an anchor (&); write out what it stands for");
	expect_refusal("a:\n - *x\n", FASTPATH_FORBIDDEN, 2,
		       "c.yaml: line 2: an alias (*); write out what it stands for");
	expect_refusal("a: !!str 1\n", FASTPATH_FORBIDDEN, 1,
		       "c.yaml: line 1: a tag (!); write out what it stands for");
	expect_refusal("a: !x {b: 1}\n", FASTPATH_FORBIDDEN, 1,
		       "c.yaml: line 1: a tag (!); write out what it stands for");
	expect_refusal("a:\n  <<: {b: 1}\n", FASTPATH_FORBIDDEN, 2,
		       "c.yaml: line 2: a merge key; write out what it stands for");
	expect_refusal("a: 1\n---\nb: 2\n", FASTPATH_FORBIDDEN, 2, "c.yaml: line 2: a second document");
	expect_refusal("a: 1\nb: 2\na: 3\n", FASTPATH_DUPLICATE, 3,
		       "c.yaml: line 3: 'a' stands here and in line 1");
	expect_refusal("? [1]\n: 2\n", FASTPATH_TYPE, 1, "c.yaml: line 1: a list or map as a key");
	expect_refusal("a: \"b\\0c\"\n", FASTPATH_TYPE, 1, "c.yaml: line 1: a NUL character within a text");
}

/* How libyaml calls it is its own affair. */
static void expect_syntax(const char *text, size_t line)
{
	char *message = xstrfmt("c.yaml: line %zu: no YAML: ", line);

	assert_int_equal(parse(text), -1);
	assert_true(starts_with(error_message(), message) && strlen(error_message()) > strlen(message));
	assert_int_equal(context.error.kind, FASTPATH_SYNTAX);
	assert_int_equal(context.error.line, line);
	fastpath_release(&context);
	free(message);
}

static void test_what_is_no_yaml_is_refused(void **state UNUSED)
{
	expect_syntax("a: [1,\nb: 2\n", 3);
	expect_syntax("a: 1\n\tb: 2\n", 2);
	expect_syntax("a: 1\nb: \xff\n", 2);
	expect_refusal("", FASTPATH_TYPE, 1, "c.yaml: line 1: neither a context nor a plan, which are maps");
	expect_refusal("- a\n", FASTPATH_TYPE, 1,
		       "c.yaml: line 1: neither a context nor a plan, which are maps");
}

static void test_what_is_too_big_is_refused(void **state UNUSED)
{
	struct strbuf text = STRBUF_INIT;

	strbuf_addchars(&text, '[', FASTPATH_DEPTH_MAX + 1);
	expect_refusal(text.buf, FASTPATH_LIMIT, 1, "c.yaml: line 1: more than 16 levels deep");
	strbuf_reset(&text);
	strbuf_addstr(&text, "a:\n");
	for (int i = 0; i < FASTPATH_NODES_MAX; i++)
		strbuf_addstr(&text, "- x\n");
	expect_refusal(text.buf, FASTPATH_LIMIT, 19999, "c.yaml: line 19999: more than 20000 values");
	strbuf_reset(&text);
	strbuf_addstr(&text, "a: ");
	strbuf_addchars(&text, 'x', FASTPATH_BYTES_MAX);
	expect_refusal(text.buf, FASTPATH_LIMIT, 1, "c.yaml: line 1: more than 1024 KiB");
	strbuf_release(&text);
}

/* The plan with one piece of it replaced. */
static void expect_plan_refusal(const char *piece, const char *with, enum fastpath_error_kind kind,
				size_t line, const char *message)
{
	const char *at = strstr(plan_text, piece);
	struct strbuf text = STRBUF_INIT;

	assert_non_null(at);
	strbuf_add(&text, plan_text, (size_t)(at - plan_text));
	strbuf_addf(&text, "%s%s", with, at + strlen(piece));
	expect_refusal(text.buf, kind, line, message);
	strbuf_release(&text);
}

static void test_what_is_missing_or_of_another_type_is_named(void **state UNUSED)
{
	struct strbuf text = STRBUF_INIT;

	expect_plan_refusal("host: altra.lab, ", "", FASTPATH_MISSING, 5,
			    "c.yaml: line 5: the connection's params has no 'host'");
	expect_plan_refusal("host: altra.lab, ", "host: , ", FASTPATH_MISSING, 5,
			    "c.yaml: line 5: the connection's params has no 'host'");
	expect_plan_refusal("name: altra", "nome: altra", FASTPATH_MISSING, 2,
			    "c.yaml: line 2: the sut has no 'name'");
	expect_plan_refusal("benchmarks:", "benches:", FASTPATH_MISSING, 1,
			    "c.yaml: line 1: the plan has no 'benchmarks'");
	expect_plan_refusal("name: thread", "nome: thread", FASTPATH_MISSING, 16,
			    "c.yaml: line 16: a benchmark has no 'name'");
	expect_plan_refusal("2222", "70000", FASTPATH_TYPE, 5,
			    "c.yaml: line 5: 'port' is \"70000\", expected a number from 0 to 65535");
	expect_plan_refusal("repeats: 5", "repeats: -5", FASTPATH_TYPE, 18,
			    "c.yaml: line 18: 'repeats' is \"-5\", expected a number from 0 to 1000000");
	expect_plan_refusal("name: altra", "name: [altra]", FASTPATH_TYPE, 2,
			    "c.yaml: line 2: 'name' is a list, expected a text");
	expect_plan_refusal("[quiet, 'a: b']", "{quiet: 1}", FASTPATH_TYPE, 9,
			    "c.yaml: line 9: 'cmdline' is a map, expected a list of texts");
	expect_plan_refusal("[quiet, 'a: b']", "[[quiet]]", FASTPATH_TYPE, 9,
			    "c.yaml: line 9: 'cmdline' has an entry that is no text");
	expect_plan_refusal("  - {}\n", "  - text\n", FASTPATH_TYPE, 14,
			    "c.yaml: line 14: an entry of 'swprofiles' is no map");
	expect_plan_refusal("{benchmark: {warmups: 1, repeats: 3, sessions: 2}}", "x", FASTPATH_TYPE, 20,
			    "c.yaml: line 20: 'defaults' is a text, expected a map");
	make_context(&text, "good-swprofile: a\ngood_swprofile: b\nbad-swprofile: c\nresultclass: d\n");
	expect_refusal(text.buf, FASTPATH_DUPLICATE, 23,
		       "c.yaml: line 23: 'good_swprofile' of the context stands here a second time");
	strbuf_release(&text);
}

static void test_a_file_that_cannot_be_read_is_said(void **state UNUSED)
{
	assert_int_equal(fastpath_read(&context, "/nonexistent/context.yaml"), -1);
	assert_int_equal(context.error.kind, FASTPATH_IO);
	assert_non_null(strstr(error_message(), "/nonexistent/context.yaml"));
	fastpath_release(&context);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_plan_is_read),
		cmocka_unit_test(test_a_context_is_read),
		cmocka_unit_test(test_what_yaml_can_do_beyond_is_refused),
		cmocka_unit_test(test_what_is_no_yaml_is_refused),
		cmocka_unit_test(test_what_is_too_big_is_refused),
		cmocka_unit_test(test_what_is_missing_or_of_another_type_is_named),
		cmocka_unit_test(test_a_file_that_cannot_be_read_is_said),
	};

	return cmocka_run_group_tests_name("fastpath-yaml", tests, NULL, NULL);
}
