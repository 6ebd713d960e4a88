#include "unit.h"

#include "base/clock.h"

static void test_fixed_clocks_stand_still(void **state UNUSED)
{
	clock_fix(1000.5, 7);
	assert_true(clock_wall() == 1000.5);
	assert_true(clock_monotonic() == 7);
	assert_true(clock_suspended() == 0);
	clock_advance(2);
	assert_true(clock_wall() == 1002.5);
	assert_true(clock_monotonic() == 9);
}

static void test_real_clocks_do_not_go_back(void **state UNUSED)
{
	double before = clock_real();

	clock_unfix();
	assert_true(clock_monotonic() >= before);
	/* Later than the day this was written on. */
	assert_true(clock_wall() > 1.7e9);
	assert_true(clock_suspended() > -1);
}

static void print_environment_clock(void)
{
	/* Asked for the first time in this child. */
	_exit(clock_wall() == 1112911993 && clock_monotonic() == 0 ? 3 : 4);
}

static void test_the_environment_can_fix_them(void **state UNUSED)
{
	struct strbuf said = STRBUF_INIT;

	setenv("GIT_TEST_PERF_CLOCK", "1112911993", 1);
	assert_int_equal(unit_child(print_environment_clock, &said), 3);
	unsetenv("GIT_TEST_PERF_CLOCK");
	strbuf_release(&said);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_environment_can_fix_them),
		cmocka_unit_test(test_fixed_clocks_stand_still),
		cmocka_unit_test(test_real_clocks_do_not_go_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
