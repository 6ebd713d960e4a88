#include "unit.h"

#include <math.h>

#include "stats/compare.h"
#include "stats/quantile.h"
#include "stats/summary.h"

#define TABLE_ERROR 1e-9

static void expect_near(double actual, double expect)
{
	if (!(fabs(actual - expect) <= TABLE_ERROR * fmax(fabs(expect), 1e-300)))
		fail_msg("%.17g, expected %.17g", actual, expect);
}

/* Tables: computed with forty digits from the incomplete beta function, by bisection. */
static void test_t_quantiles_are_those_of_the_table(void **state UNUSED)
{
	static const double table[][3] = {
		{ 0.975, 1, 12.706204736174705 },   { 0.975, 2, 4.3026527297494639 },
		{ 0.975, 3, 3.1824463052837096 },   { 0.975, 5, 2.5705818356363155 },
		{ 0.975, 10, 2.2281388519862747 },  { 0.95, 7, 1.8945786050900074 },
		{ 0.995, 30, 2.7499956535672253 },  { 0.975, 120, 1.9799304050824408 },
		{ 0.9995, 4, 8.6103015813792751 },  { 0.6, 9, 0.26095533647391101 },
		{ 0.975, 2.5, 3.5746548420036832 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		expect_near(stats_t_quantile(table[i][0], table[i][1]), table[i][2]);
		expect_near(stats_t_quantile(1 - table[i][0], table[i][1]), -table[i][2]);
		expect_near(stats_t_below(table[i][2], table[i][1]), table[i][0]);
	}
}

static void test_normal_quantiles_are_those_of_the_table(void **state UNUSED)
{
	static const double table[][2] = {
		{ 0.975, 1.9599639845400542 }, { 0.9, 1.2815515655446005 },    { 0.995, 2.5758293035489008 },
		{ 0.999, 3.0902323061678135 }, { 0.025, -1.9599639845400542 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		expect_near(stats_normal_quantile(table[i][0]), table[i][1]);
		expect_near(stats_normal_below(table[i][1]), table[i][0]);
	}
}

static void test_f_quantiles_are_those_of_the_table(void **state UNUSED)
{
	static const double table[][4] = {
		{ 0.95, 1, 1, 161.4476387975885 },   { 0.95, 2, 10, 4.1028210151304013 },
		{ 0.95, 5, 20, 2.7108898372096914 }, { 0.99, 3, 7, 8.4512850530799881 },
		{ 0.05, 4, 6, 0.16225515762640018 }, { 0.975, 12, 30, 2.4120340341663905 },
		{ 0.5, 2, 3, 0.88110157795229921 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		expect_near(stats_f_quantile(table[i][0], table[i][1], table[i][2]), table[i][3]);
		expect_near(stats_f_below(table[i][3], table[i][1], table[i][2]), table[i][0]);
	}
}

/* The library would abort the program on these. */
static void test_what_has_no_quantile_is_no_number(void **state UNUSED)
{
	assert_true(isnan(stats_t_quantile(0.9, 0)));
	assert_true(isnan(stats_t_quantile(0.9, -1)));
	assert_true(isnan(stats_t_quantile(1.1, 3)));
	assert_true(isnan(stats_t_quantile(NAN, 3)));
	assert_true(isnan(stats_t_quantile(0.9, NAN)));
	assert_true(isnan(stats_normal_quantile(-0.1)));
	assert_true(isnan(stats_f_quantile(0.9, 0, 3)));
	assert_true(isnan(stats_f_quantile(-1, 2, 3)));
	assert_true(isnan(stats_f_below(1, 2, 0)));
	assert_true(isnan(stats_t_below(1, 0)));
	assert_true(isinf(stats_t_quantile(1, 3)));
	assert_true(stats_t_quantile(0.5, 3) == 0);
}

static void test_mean_and_spread(void **state UNUSED)
{
	static const double values[] = { 2, 4, 4, 4, 5, 5, 7, 9 };

	expect_near(stats_mean(values, 8), 5);
	expect_near(stats_variance(values, 8), 32.0 / 7);
	expect_near(stats_sd(values, 8), sqrt(32.0 / 7));
	assert_true(isnan(stats_mean(values, 0)));
	assert_true(stats_variance(values, 1) == 0);
	assert_true(stats_variance(values, 0) == 0);
}

static void test_medians_leave_the_list_alone(void **state UNUSED)
{
	double values[] = { 9, 1, 7, 3, 100 };

	expect_near(stats_median(values, 5), 7);
	expect_near(stats_median(values, 4), 5);
	expect_near(stats_mad(values, 5), 4);
	assert_true(values[0] == 9 && values[4] == 100);
	assert_true(isnan(stats_median(values, 0)));
	assert_true(isnan(stats_mad(values, 0)));
}

static void test_huber_follows_the_bulk(void **state UNUSED)
{
	static const double values[] = { 10, 11, 12, 1000 };
	double far;

	/* Nothing lies beyond the bound: the mean. */
	expect_near(stats_huber(values, 3, 5), 11);
	/* Two values, or no bound: the mean. */
	expect_near(stats_huber(values + 2, 2, 1), 506);
	expect_near(stats_huber(values, 4, 0), 1033.0 / 4);
	far = stats_huber(values, 4, 1.5);
	assert_true(far > 11 && far < 12.1);
	/* Turned round, the same. */
	expect_near(stats_huber((double[]){ -10, -11, -12, -1000 }, 4, 1.5), -far);
}

static void test_spread_within_groups(void **state UNUSED)
{
	struct stats_within within = { 0 };

	assert_true(stats_within_sd(&within) == 0);
	stats_within_add(&within, (double[]){ 5 }, 1);
	assert_true(stats_within_sd(&within) == 0);
	/* Levels differ by far more than what is within. */
	stats_within_add(&within, (double[]){ 1, 2, 3 }, 3);
	stats_within_add(&within, (double[]){ 1001, 1002, 1003 }, 3);
	expect_near(stats_within_sd(&within), 1);
	/* An outlier counts as 4.8 medians (of 0 0 0 1 1 1 1 1 999). */
	stats_within_add(&within, (double[]){ 7, 8, 1007 }, 3);
	expect_near(stats_within_sd(&within), sqrt((5 + 4.8 * 4.8) / 6));
	stats_within_release(&within);
	/* All alike, but for one: no scale to cut by. */
	stats_within_add(&within, (double[]){ 1, 1, 1, 5 }, 4);
	expect_near(stats_within_sd(&within), sqrt(16.0 / 3));
	stats_within_release(&within);
}

static void test_interval_of_a_mean(void **state UNUSED)
{
	static const double values[] = { 10, 12, 14 };
	struct stats_interval i = stats_mean_interval(values, 3, 0.95);

	expect_near(i.value, 12);
	expect_near(i.high - i.value, 4.3026527297494639 * 2 / sqrt(3));
	expect_near(i.value - i.low, i.high - i.value);
	i = stats_mean_interval(values, 1, 0.95);
	assert_true(i.value == 10 && isinf(i.low) && isinf(i.high));
	assert_true(isnan(stats_mean_interval(values, 0, 0.95).value));
}

/* A classic of Welch's test: unequal sizes and variances. */
static void test_difference_is_welchs(void **state UNUSED)
{
	static const double a[] = { 27.5, 21.0, 19.0, 23.6, 17.0, 17.9, 16.9, 20.1,
				    21.9, 22.6, 23.1, 19.6, 19.0, 21.7, 21.4 };
	static const double b[] = { 27.1, 22.0, 20.8, 23.4, 23.4, 23.5, 25.8, 22.0,
				    24.8, 20.2, 21.9, 22.1, 22.9, 20.5, 24.4 };
	struct stats_comparison c;
	struct stats_estimate d = stats_difference(stats_mean_estimate(a, 15), stats_mean_estimate(b, 15));

	stats_compare(a, 15, b, 15, 0.95, &c);
	assert_true(fabs(d.value / d.se - 2.46) < 0.005);
	assert_true(fabs(d.freedom - 25.0) < 0.05);
	assert_true(fabs(c.p - 0.021) < 0.0005);
	assert_true(c.difference.low > 0 && c.difference.low < c.difference.value);
	stats_compare(a, 15, a, 15, 0.95, &c);
	expect_near(c.p, 1);
	expect_near(c.difference.value + 1, 1);
}

static void test_comparisons_without_spread(void **state UNUSED)
{
	static const double a[] = { 5, 5, 5 }, b[] = { 6, 6 };
	struct stats_comparison c;

	stats_compare(a, 3, b, 2, 0.95, &c);
	expect_near(c.relative.value, 0.2);
	expect_near(c.relative.low, 0.2);
	expect_near(c.relative.high, 0.2);
	assert_true(c.p == 0);
	stats_compare(a, 3, a, 2, 0.95, &c);
	assert_true(c.p == 1);
	stats_compare(a, 1, b, 2, 0.95, &c);
	assert_true(c.p == 1 && isinf(c.difference.low) && isinf(c.relative.high));
	stats_compare(a, 0, b, 2, 0.95, &c);
	assert_true(isnan(c.difference.value) && isnan(c.relative.value) && isnan(c.hodges_lehmann) && c.p == 1);
}

/* The bounds r of Fieller's interval are where (b - r a)^2 = t^2 (var b + r^2 var a). */
static void test_relative_is_fiellers(void **state UNUSED)
{
	struct stats_estimate a = { 100, 8, INFINITY }, b = { 120, 5, INFINITY };
	struct stats_interval i = stats_relative(a, b, 0.95);
	double t = stats_normal_quantile(0.975), bounds[] = { i.low + 1, i.high + 1 };

	expect_near(i.value, 0.2);
	assert_true(i.low < 0.2 && i.high > 0.2);
	for (size_t k = 0; k < 2; k++)
		expect_near(pow(b.value - bounds[k] * a.value, 2),
			    t * t * (b.se * b.se + pow(bounds[k] * a.se, 2)));
	/* Both signs turned: the same ratio. */
	a.value = -a.value;
	b.value = -b.value;
	expect_near(stats_relative(a, b, 0.95).low, i.low);
	expect_near(stats_relative(a, b, 0.95).high, i.high);
}

static void test_relative_to_what_may_be_nothing(void **state UNUSED)
{
	struct stats_estimate a = { 1, 2, INFINITY }, b = { 120, 5, INFINITY };

	assert_true(isinf(stats_relative(a, b, 0.95).low) && isinf(stats_relative(a, b, 0.95).high));
	a.value = 0;
	assert_true(isnan(stats_relative(a, b, 0.95).value));
}

static void test_hodges_lehmann_is_the_median_difference(void **state UNUSED)
{
	static const double a[] = { 1, 2, 3 }, b[] = { 11, 12, 1000 };

	/* 8 9 10 9 10 11 997 998 999 */
	expect_near(stats_hodges_lehmann(a, 3, b, 3), 10);
	expect_near(stats_hodges_lehmann(b, 3, a, 3), -10);
	assert_true(isnan(stats_hodges_lehmann(a, 3, b, 0)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_t_quantiles_are_those_of_the_table),
		cmocka_unit_test(test_normal_quantiles_are_those_of_the_table),
		cmocka_unit_test(test_f_quantiles_are_those_of_the_table),
		cmocka_unit_test(test_what_has_no_quantile_is_no_number),
		cmocka_unit_test(test_mean_and_spread),
		cmocka_unit_test(test_medians_leave_the_list_alone),
		cmocka_unit_test(test_huber_follows_the_bulk),
		cmocka_unit_test(test_spread_within_groups),
		cmocka_unit_test(test_interval_of_a_mean),
		cmocka_unit_test(test_difference_is_welchs),
		cmocka_unit_test(test_comparisons_without_spread),
		cmocka_unit_test(test_relative_is_fiellers),
		cmocka_unit_test(test_relative_to_what_may_be_nothing),
		cmocka_unit_test(test_hodges_lehmann_is_the_median_difference),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
