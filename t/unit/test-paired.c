#include "unit.h"

#include <math.h>

#include "stats/paired.h"

static void expect_near(double actual, double expect)
{
	if (actual != expect && !(fabs(actual - expect) <= 1e-12 * fmax(fabs(expect), 1)))
		fail_msg("%.17g, expected %.17g", actual, expect);
}

static void expect_interval(struct stats_interval i, double value, double low, double high)
{
	expect_near(i.value, value);
	expect_near(i.low, low);
	expect_near(i.high, high);
}

/*
 * Hamilton's depression scores before and after, of Hollander, Wolfe and
 * Chicken, example 3.1 and on: there the estimate is -0.46 and the interval of
 * 96.1 % is W(6) = -0.786 to W(40) = -0.010. C is 6 for z from 1.84 to 1.95.
 */
static void test_the_example_of_the_book(void **state UNUSED)
{
	static const double d[] = { -0.952, 0.147, -1.022, -0.430, -0.620, -0.590, -0.490, 0.080, -0.010 };

	expect_interval(stats_paired(d, 9, 1.9), -0.46, -0.786, -0.01);
}

/*
 * Of 1, 2, 4: 1, 1.5, 2, 2.5, 3, 4. At z = 0.5, C = 3 - 0.5 sqrt(3.5) = 2.06,
 * at 0.7 it is 1.69, at 1.1 it is 0.94.
 */
static void test_walsh_averages_by_hand(void **state UNUSED)
{
	static const double d[] = { 4, 1, 2 };

	expect_interval(stats_paired(d, 3, 0), 2.25, 2, 2.5);
	expect_interval(stats_paired(d, 3, 0.5), 2.25, 1.5, 3);
	expect_interval(stats_paired(d, 3, 0.7), 2.25, 1, 4);
	assert_true(isinf(stats_paired(d, 3, 1.1).low) && isinf(stats_paired(d, 3, 1.1).high));
	assert_true(d[0] == 4 && d[2] == 2);
}

/* C is 55/2 - 2.5 sqrt(96.25) = 2.97 for 10, 45/2 - 2.5 sqrt(71.25) = 1.4 for 9, 0.15 for 8. */
static void test_few_pairs_say_nothing(void **state UNUSED)
{
	static const double d[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 };

	expect_interval(stats_paired(d, 10, 2.5), 5.5, 1.5, 9.5);
	expect_interval(stats_paired(d, 9, 2.5), 5, 1, 9);
	expect_interval(stats_paired(d, 8, 2.5), 4.5, -INFINITY, INFINITY);
	expect_interval(stats_paired(d, 1, 2.5), 1, -INFINITY, INFINITY);
	assert_true(isnan(stats_paired(NULL, 0, 2.5).value) && isnan(stats_paired(NULL, 0, 2.5).low));
}

static void test_ties_and_zeros_count_as_they_are(void **state UNUSED)
{
	static const double zeros[10] = { 0 };
	static const double ties[] = { 0, 0, 0, 0, 0, 0, 0, 1, 1, 1 };

	expect_interval(stats_paired(zeros, 10, 2.5), 0, 0, 0);
	/* 28 zeros, 21 halves and 6 ones: between 0 and 0 is the median, W(2) is 0, W(54) is 1. */
	expect_interval(stats_paired(ties, 10, 2.5), 0, 0, 1);
}

static void test_an_outlier_moves_little(void **state UNUSED)
{
	static const double d[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 1e6 };
	struct stats_interval i = stats_paired(d, 16, 2.5);

	assert_true(i.value > 8 && i.value < 9);
	assert_true(i.high < 15);
	/* Turned round, the same. */
	expect_near(stats_paired((double[]){ -4, -1, -2 }, 3, 0.7).low, -4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_example_of_the_book),
		cmocka_unit_test(test_walsh_averages_by_hand),
		cmocka_unit_test(test_few_pairs_say_nothing),
		cmocka_unit_test(test_ties_and_zeros_count_as_they_are),
		cmocka_unit_test(test_an_outlier_moves_little),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
