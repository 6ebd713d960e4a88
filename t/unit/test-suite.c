#include "unit.h"

#include "base/error.h"
#include "fixer/suite.h"

static void expect_wrong(const char *spec, const char *words)
{
	struct suite suite = SUITE_INIT;

	assert_int_equal(suite_add(&suite, spec, "true"), -1);
	assert_non_null(strstr(error_message(), words));
	assert_int_equal(suite.nr, 0);
	error_clear();
	suite_release(&suite);
}

static void test_specs(void **state UNUSED)
{
	struct suite suite = SUITE_INIT;

	assert_int_equal(suite_add(&suite, "plain", "a"), 0);
	assert_int_equal(suite_add(&suite, "seeded.1-x_+:18446744073709551615", "b"), 0);
	assert_int_equal(suite_add(&suite, "full:007:10 x:y", "c"), 0);
	assert_int_equal(suite.nr, 3);
	assert_string_equal(suite.v[0].name, "plain");
	assert_string_equal(suite.v[0].params, "");
	assert_false(suite.v[0].has_seed);
	assert_true(suite.v[1].seed == UINT64_MAX);
	assert_true(suite.v[1].has_seed);
	assert_string_equal(suite.v[2].params, "10 x:y");
	assert_true(suite.v[2].seed == 7);
	assert_ptr_equal(suite_find(&suite, "full"), &suite.v[2]);
	assert_null(suite_find(&suite, "ful"));
	assert_int_equal(suite_add(&suite, "plain:1", "a"), -1);
	assert_non_null(strstr(error_message(), "two workloads 'plain'"));
	error_clear();
	suite_release(&suite);
}

static void test_wrong_specs(void **state UNUSED)
{
	expect_wrong("", "is no workload");
	expect_wrong(":1", "is no workload");
	expect_wrong("-x:1", "is no workload");
	expect_wrong(".x", "is no workload");
	expect_wrong("a/b:1", "is no workload");
	expect_wrong("a b", "is no workload");
	expect_wrong("x:", "no whole number");
	expect_wrong("x:y", "no whole number");
	expect_wrong("x:-1", "no whole number");
	expect_wrong("x:+1", "no whole number");
	expect_wrong("x: 1", "no whole number");
	expect_wrong("x:1y:2", "no whole number");
	expect_wrong("x:18446744073709551616", "no whole number");
}

static void expect_larger(const char *spec, const char *expected)
{
	char *larger = workload_larger(spec);

	if (expected)
		assert_string_equal(larger, expected);
	else
		assert_null(larger);
	free(larger);
}

static void test_larger(void **state UNUSED)
{
	expect_larger("x:1:100", "x:1:200");
	expect_larger("x:1:100:lib2,30 4", "x:1:200:lib2,60 8");
	expect_larger("x:1:n=50", "x:1:n=100");
	/* Words, fractions, and what would not fit stay. */
	expect_larger("x:1:2x", NULL);
	expect_larger("x:1:0.5", NULL);
	expect_larger("x:1:999999999999999999", NULL);
	expect_larger("x:1:99999999999999999", "x:1:199999999999999998");
	/* The seed is no size. */
	expect_larger("x:1", NULL);
	expect_larger("x:1:", NULL);
	expect_larger("x", NULL);
}

/* The last word that sets the name; NULL where none does. */
static const char *setting(const struct job *job, const char *name)
{
	size_t len = strlen(name);

	for (size_t i = job->env.nr; i; i--)
		if (!strncmp(job->env.v[i - 1], name, len) && job->env.v[i - 1][len] == '=')
			return job->env.v[i - 1] + len + 1;
	return NULL;
}

static void test_environment(void **state UNUSED)
{
	struct suite suite = SUITE_INIT;
	struct job seeded = JOB_INIT, plain = JOB_INIT;

	assert_int_equal(suite_add(&suite, "x:1:10 y", "a"), 0);
	assert_int_equal(suite_add(&suite, "plain", "a"), 0);
	workload_environment(&suite.v[0], 5, "/in", &seeded);
	assert_string_equal(setting(&seeded, "PERF_NAME"), "x");
	assert_string_equal(setting(&seeded, "PERF_SEED"), "5");
	assert_string_equal(setting(&seeded, "PERF_PARAMS"), "10 y");
	assert_string_equal(setting(&seeded, "PERF_SPEC"), "x:5:10 y");
	assert_string_equal(setting(&seeded, "PERF_INPUT"), "/in");
	workload_environment(&suite.v[1], 5, NULL, &plain);
	assert_string_equal(setting(&plain, "PERF_SPEC"), "plain");
	assert_string_equal(setting(&plain, "PERF_SEED"), "");
	assert_null(setting(&plain, "PERF_INPUT"));
	job_release(&seeded);
	job_release(&plain);
	suite_release(&suite);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_specs),
		cmocka_unit_test(test_wrong_specs),
		cmocka_unit_test(test_larger),
		cmocka_unit_test(test_environment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
