#include "unit.h"

#include <fcntl.h>

#include "base/trace.h"

static const char variable[] = "GIT_TRACE_PERF_UNIT";

/* Is a fresh key on when the variable has this value? */
static bool on_with(const char *value)
{
	struct trace_key key = TRACE_KEY("UNIT");

	if (value)
		setenv(variable, value, 1);
	else
		unsetenv(variable);
	return trace_on(&key);
}

static void test_values_of_the_variable(void **state UNUSED)
{
	assert_false(on_with(NULL));
	assert_false(on_with(""));
	assert_false(on_with("0"));
	assert_false(on_with("false"));
	assert_false(on_with("relative/path"));
	assert_false(on_with("/nonexistent/file"));
	assert_true(on_with("1"));
	assert_true(on_with("2"));
	assert_true(on_with("TRUE"));
}

static void test_an_area_is_read_once(void **state UNUSED)
{
	struct trace_key key = TRACE_KEY("UNIT");

	unsetenv(variable);
	assert_false(trace_on(&key));
	setenv(variable, "1", 1);
	assert_false(trace_on(&key));
}

static void test_lines_are_appended_and_escaped(void **state UNUSED)
{
	char name[] = "/tmp/test-trace-XXXXXX";
	struct trace_key first = TRACE_KEY("UNIT"), second = TRACE_KEY("UNIT");
	struct strbuf text = STRBUF_INIT;

	close(mkstemp(name));
	setenv(variable, name, 1);
	trace_printf(&first, "%s %d", "a\nb\x1b", 7);
	trace_printf(&second, "again");
	assert_true(strbuf_read_file(&text, name, 0) > 0);
	assert_string_equal(text.buf, "unit: a\\nb\\x1b 7\nunit: again\n");
	assert_true(fcntl(first.fd, F_GETFD) & FD_CLOEXEC);
	close(first.fd);
	close(second.fd);
	unlink(name);
	strbuf_release(&text);
}

static void trace_to_stderr(void)
{
	struct trace_key key = TRACE_KEY("UNIT");

	setenv(variable, "true", 1);
	trace_printf(&key, "hello");
}

static void test_stderr(void **state UNUSED)
{
	struct strbuf said = STRBUF_INIT;

	assert_int_equal(unit_child(trace_to_stderr, &said), 0);
	assert_string_equal(said.buf, "unit: hello\n");
	strbuf_release(&said);
}

static void test_cpu_time_goes_on(void **state UNUSED)
{
	double start = trace_cpu_seconds();
	volatile unsigned work = 0;

	assert_true(start >= 0);
	while (trace_cpu_seconds() < start + 0.01)
		work++;
	assert_true(trace_cpu_seconds() > start);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values_of_the_variable),
		cmocka_unit_test(test_an_area_is_read_once),
		cmocka_unit_test(test_lines_are_appended_and_escaped),
		cmocka_unit_test(test_stderr),
		cmocka_unit_test(test_cpu_time_goes_on),
	};

	return cmocka_run_group_tests_name("trace", tests, NULL, NULL);
}
