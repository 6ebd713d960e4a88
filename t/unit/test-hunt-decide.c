#include "unit.h"

#include <math.h>

#include "base/error.h"
#include "engine/hunt.h"

static const struct hunt_rule plain = HUNT_RULE_INIT, thorough = HUNT_RULE_THOROUGH_INIT;

static void expect_near(double actual, double expect)
{
	if (actual != expect && !(fabs(actual - expect) <= 1e-9 * fmax(fabs(expect), 1)))
		fail_msg("%.17g, expected %.17g", actual, expect);
}

static void add(struct hunt_pairs *pairs, const double *base, const double *candidate)
{
	if (hunt_pairs_add(pairs, base, candidate) < 0)
		fail_msg("%s", error_message());
}

/* A round of one workload whose logarithm of the ratio is d. */
static void add_log(struct hunt_pairs *pairs, double d)
{
	double base = 10, candidate = 10 * exp(d);

	add(pairs, &base, &candidate);
}

/*
 * d at equal distances around c: of 10 and of 16 such rounds, at z = 2.5, the
 * estimate is c and the interval c - 4 s to c + 4 s. From both ends inwards, so that
 * the first ten of 16 reach 7 s to each side.
 */
static void add_even(struct hunt_pairs *pairs, size_t nr, double c, double s)
{
	for (size_t i = 0; i < nr; i++) {
		size_t at = i % 2 ? nr - 1 - i / 2 : i / 2;

		add_log(pairs, c + s * ((double)at - (double)(nr - 1) / 2));
	}
}

static void expect_even(size_t nr, double c, double s, enum hunt_verdict verdict, size_t next)
{
	struct hunt_answer answer = HUNT_ANSWER_INIT;
	struct hunt_pairs pairs;

	hunt_pairs_init(&pairs, 1, 0);
	add_even(&pairs, nr, c, s);
	if (hunt_decide(&pairs, &plain, &answer) != verdict)
		fail_msg("%zu rounds, %g, %g: not %s", nr, c, s, hunt_verdict_name(verdict));
	assert_int_equal(answer.next, next);
	assert_int_equal(answer.nr, nr);
	expect_near(answer.total.value, exp(c) - 1);
	expect_near(answer.total.low, exp(c - 4 * s) - 1);
	expect_near(answer.total.high, exp(c + 4 * s) - 1);
	expect_near(answer.workloads[0].low, answer.total.low);
	hunt_answer_release(&answer);
	hunt_pairs_release(&pairs);
}

static void test_keep_is_clear_of_noise_and_large_enough(void **state UNUSED)
{
	expect_even(10, -0.05, 0.012, HUNT_KEEP, 0);
	/* The upper end is above 0. */
	expect_even(10, -0.05, 0.013, HUNT_MORE, 16);
	/* Clear, but 1.88 %; 2 % and more are possible. */
	expect_even(10, -0.019, 0.004, HUNT_MORE, 16);
	expect_even(10, -0.0203, 0.004, HUNT_KEEP, 0);
}

static void test_reject_is_when_no_gain_is_left(void **state UNUSED)
{
	expect_even(10, -0.01, 0.002, HUNT_REJECT, 0);
	expect_even(10, -0.01, 0.003, HUNT_MORE, 16);
	/* Clear of noise, and not worth it. */
	expect_even(10, -0.015, 0.001, HUNT_REJECT, 0);
	/* Slower, by less than what counts as a regression for certain. */
	expect_even(10, 0.03, 0.006, HUNT_REJECT, 0);
}

static void test_from_16_rounds_no_gain_seen_is_enough(void **state UNUSED)
{
	/* The lower end is -2.66 %. */
	expect_even(16, 0.005, 0.008, HUNT_REJECT, 0);
	/* -3.05 %. */
	expect_even(16, 0.005, 0.009, HUNT_MORE, 24);
	/* A gain seen. */
	expect_even(16, -0.001, 0.007, HUNT_MORE, 24);
	/* The same interval after 10 rounds. */
	expect_even(10, 0.005, 0.008, HUNT_MORE, 16);
}

static void test_the_cap_leaves_it_marginal(void **state UNUSED)
{
	struct hunt_answer answer = HUNT_ANSWER_INIT;
	struct hunt_pairs pairs;

	hunt_pairs_init(&pairs, 1, 0);
	for (size_t i = 0; i < 96; i++)
		add_log(&pairs, 0.01 * ((double)(i * 29 % 48) - 23.5));
	assert_int_equal(hunt_decide(&pairs, &plain, &answer), HUNT_MARGINAL);
	assert_int_equal(answer.nr, 48);
	assert_int_equal(answer.next, 0);
	assert_int_equal(hunt_decide(&pairs, &thorough, &answer), HUNT_MARGINAL);
	assert_int_equal(answer.nr, 96);
	pairs.nr = 95;
	assert_int_equal(hunt_decide(&pairs, &thorough, &answer), HUNT_MORE);
	assert_int_equal(answer.next, 96);
	assert_int_equal(answer.nr, 95);
	hunt_answer_release(&answer);
	hunt_pairs_release(&pairs);
}

static void test_looks_are_the_rules(void **state UNUSED)
{
	static const size_t next[][2] = { { 0, 10 },  { 9, 10 },  { 10, 16 }, { 15, 16 },
					  { 16, 24 }, { 23, 24 }, { 24, 36 }, { 35, 36 },
					  { 36, 48 }, { 47, 48 }, { 48, 0 } };
	struct hunt_answer answer = HUNT_ANSWER_INIT;
	struct hunt_pairs pairs;

	hunt_pairs_init(&pairs, 1, 0);
	for (size_t i = 0; i < ARRAY_SIZE(next); i++) {
		while (pairs.nr < next[i][0])
			add_log(&pairs, 0.01 * ((double)(pairs.nr * 29 % 48) - 23.5));
		assert_int_equal(hunt_decide(&pairs, &plain, &answer), next[i][1] ? HUNT_MORE : HUNT_MARGINAL);
		assert_int_equal(answer.next, next[i][1]);
		assert_int_equal(answer.nr, next[i][0]);
		if (!next[i][0])
			assert_true(isnan(answer.total.value) && isnan(answer.base_seconds));
	}
	hunt_answer_release(&answer);
	hunt_pairs_release(&pairs);
}

static void test_rounds_after_the_verdict_change_nothing(void **state UNUSED)
{
	struct hunt_answer answer = HUNT_ANSWER_INIT;
	struct hunt_pairs pairs;

	hunt_pairs_init(&pairs, 1, 0);
	add_even(&pairs, 10, -0.05, 0.012);
	while (pairs.nr < 20)
		add_log(&pairs, 0.5);
	assert_int_equal(hunt_decide(&pairs, &plain, &answer), HUNT_KEEP);
	assert_int_equal(answer.nr, 10);
	expect_near(answer.total.value, exp(-0.05) - 1);
	expect_near(answer.base_seconds, 10);
	assert_true(answer.candidate_seconds < 9.6);
	/* All of them, without a decision. */
	hunt_summarise(&pairs, 2.5, &answer);
	assert_int_equal(answer.nr, 20);
	assert_true(answer.candidate_seconds > 12 && answer.total.high > 0.6);
	hunt_answer_release(&answer);
	hunt_pairs_release(&pairs);
}

/* Ten rounds of three workloads, with a little spread. */
static enum hunt_verdict decide_three(const double *change, size_t nheld_out, struct hunt_answer *answer)
{
	static const double base[] = { 10, 2, 1 };
	struct hunt_pairs pairs;
	enum hunt_verdict verdict;

	hunt_pairs_init(&pairs, 3, nheld_out);
	for (size_t i = 0; i < 10; i++) {
		double candidate[3];

		for (size_t w = 0; w < 3; w++)
			candidate[w] = base[w] * (1 + change[w]) * exp(0.0001 * ((double)i - 4.5));
		add(&pairs, base, candidate);
	}
	verdict = hunt_decide(&pairs, &plain, answer);
	hunt_pairs_release(&pairs);
	return verdict;
}

static void test_one_workload_that_regressed_is_enough(void **state UNUSED)
{
	struct hunt_answer answer = HUNT_ANSWER_INIT;

	assert_int_equal(decide_three((double[]){ -0.2, 0.01, 0 }, 0, &answer), HUNT_KEEP);
	assert_int_equal(answer.regressed, HUNT_NONE);
	expect_near(answer.base_seconds, 13);
	assert_true(fabs(answer.total.value - (8 + 2.02 + 1 - 13) / 13) < 1e-4);
	assert_int_equal(decide_three((double[]){ -0.2, 0.03, 0 }, 0, &answer), HUNT_REGRESSED);
	assert_int_equal(answer.regressed, 1);
	assert_true(answer.total.high < -0.1);
	assert_true(fabs(answer.workloads[0].value + 0.2) < 1e-4 &&
		    fabs(answer.workloads[1].value - 0.03) < 1e-4);
	/* The worst is named. */
	assert_int_equal(decide_three((double[]){ -0.2, 0.03, 0.2 }, 0, &answer), HUNT_REGRESSED);
	assert_int_equal(answer.regressed, 2);
	/* And forgotten. */
	assert_int_equal(decide_three((double[]){ -0.2, 0, 0 }, 0, &answer), HUNT_KEEP);
	assert_int_equal(answer.regressed, HUNT_NONE);
	hunt_answer_release(&answer);
}

static void test_what_is_held_out_guards_and_does_not_count(void **state UNUSED)
{
	struct hunt_answer answer = HUNT_ANSWER_INIT;

	assert_int_equal(decide_three((double[]){ 0, 0, -0.9 }, 0, &answer), HUNT_KEEP);
	assert_int_equal(decide_three((double[]){ 0, 0, -0.9 }, 1, &answer), HUNT_REJECT);
	expect_near(answer.base_seconds, 12);
	assert_true(fabs(answer.workloads[2].value + 0.9) < 1e-4);
	assert_int_equal(decide_three((double[]){ -0.2, -0.2, 0.03 }, 1, &answer), HUNT_REGRESSED);
	assert_int_equal(answer.regressed, 2);
	hunt_answer_release(&answer);
}

static void test_a_regression_within_noise_is_none(void **state UNUSED)
{
	/* The lower end is 1.98 %, then 2.02 %. */
	expect_even(10, 0.03, 0.0026, HUNT_REJECT, 0);
	expect_even(10, 0.03, 0.0025, HUNT_REGRESSED, 0);
}

static void test_longer_is_clear_of_noise(void **state UNUSED)
{
	/* The lower ends: +2.02 %, +1.6 %; and of 9 rounds, where 10 are asked for. */
	static const struct {
		size_t nr;
		double spread;
		bool longer;
	} rows[] = { { 10, 0.005, true }, { 10, 0.006, false }, { 9, 0, false }, { 16, 0.0001, true } };

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct hunt_pairs pairs;

		hunt_pairs_init(&pairs, 1, 0);
		add_even(&pairs, rows[i].nr, 0.04, rows[i].spread);
		if (hunt_takes_longer(&pairs, 10, &plain) != rows[i].longer)
			fail_msg("row %zu: not %d", i, rows[i].longer);
		assert_false(hunt_takes_longer(&pairs, 0, &plain));
		hunt_pairs_release(&pairs);
	}
}

static void test_what_is_no_time_is_refused(void **state UNUSED)
{
	static const double bad[] = { -1, NAN, INFINITY };
	double fine[] = { 1, 2 };
	struct hunt_answer answer = HUNT_ANSWER_INIT;
	struct hunt_pairs pairs;

	hunt_pairs_init(&pairs, 2, 0);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		double worse[] = { 1, bad[i] };

		assert_int_equal(hunt_pairs_add(&pairs, fine, worse), -1);
		assert_non_null(strstr(error_message(), "workload 2 of the candidate"));
		assert_int_equal(hunt_pairs_add(&pairs, worse, fine), -1);
		assert_non_null(strstr(error_message(), "workload 2 of the base"));
	}
	assert_int_equal(pairs.nr, 0);
	/* 0 is the clock's resolution. */
	for (size_t i = 0; i < 10; i++)
		add(&pairs, fine, (double[]){ 0, 2 });
	expect_near(pairs.candidate[0], HUNT_SHORTEST);
	assert_int_equal(hunt_decide(&pairs, &plain, &answer), HUNT_KEEP);
	expect_near(answer.workloads[0].value, HUNT_SHORTEST - 1);
	hunt_answer_release(&answer);
	hunt_pairs_release(&pairs);
	assert_int_equal(pairs.nworkloads, 2);
	hunt_pairs_release(&pairs);
}

static void hold_out_all(void)
{
	struct hunt_pairs pairs;

	hunt_pairs_init(&pairs, 2, 2);
}

static void decide_by_nothing(void)
{
	struct hunt_answer answer = HUNT_ANSWER_INIT;
	struct hunt_rule rule = { .z = 2.5 };
	struct hunt_pairs pairs;

	hunt_pairs_init(&pairs, 1, 0);
	hunt_decide(&pairs, &rule, &answer);
}

static void test_a_suite_and_a_rule_have_to_be(void **state UNUSED)
{
	unit_expect_bug(hold_out_all, "2 workloads, 2 of them held out");
	unit_expect_bug(decide_by_nothing, "0 looks");
}

/* Four rounds, log ratios in turn above and below 0, so that the noise is as given. */
static void fill_noise(struct hunt_pairs *pairs, double noise, double seconds)
{
	hunt_pairs_init(pairs, 1, 0);
	for (size_t i = 0; i < 4; i++) {
		double base = seconds, d = noise * M_SQRT2 * sqrt(0.75) * (i % 2 ? 1 : -1),
		       candidate = base * exp(d);

		add(pairs, &base, &candidate);
	}
}

/* `share` of the run that is on a CPU most is that of cpu / 1 s, as the noise has both. */
static void expect_clock(double wall_noise, double cpu_noise, double cpu_seconds, enum hunt_clock clock)
{
	struct hunt_calibration c;
	struct hunt_pairs wall, cpu;

	fill_noise(&wall, wall_noise, 1);
	fill_noise(&cpu, cpu_noise, cpu_seconds);
	assert_int_equal(hunt_calibrate(&wall, &cpu, &plain, &c), 0);
	expect_near(c.wall_noise, wall_noise);
	expect_near(c.cpu_noise, cpu_noise);
	if (c.clock != clock)
		fail_msg("wall %g, cpu %g, share %g: clock %d", wall_noise, cpu_noise, c.cpu_share,
			 (int)c.clock);
	assert_true(c.cpu_share >= cpu_seconds && c.cpu_share < cpu_seconds * 1.5);
	assert_int_equal(c.cpu_bound, c.cpu_share >= 0.5);
	hunt_pairs_release(&wall);
	hunt_pairs_release(&cpu);
}

static void test_the_quiet_clock_decides(void **state UNUSED)
{
	expect_clock(0.02, 0.01, 0.99, HUNT_WALL);
	expect_clock(0.049, 0.01, 0.99, HUNT_WALL);
	expect_clock(0.051, 0.03, 0.99, HUNT_CPU);
	expect_clock(0.20, 0.03, 0.99, HUNT_CPU);
	expect_clock(0.20, 0.099, 0.99, HUNT_CPU);
	/* It waits: CPU time is not what its user sees. */
	expect_clock(0.07, 0.03, 0.1, HUNT_WALL);
	expect_clock(0.20, 0.03, 0.1, HUNT_REFUSE);
	/* No better. */
	expect_clock(0.06, 0.08, 0.99, HUNT_WALL);
	expect_clock(0.09, 0.12, 0.99, HUNT_WALL);
	expect_clock(0.11, 0.101, 0.99, HUNT_REFUSE);
	/* Several threads. */
	expect_clock(0.2, 0.03, 3.5, HUNT_CPU);
	expect_clock(0, 0, 1, HUNT_WALL);
}

/* Nine of ten runs waited for a CPU most of their time. */
static void test_work_is_judged_by_the_run_that_waited_least(void **state UNUSED)
{
	struct hunt_pairs wall, cpu;
	struct hunt_calibration c;

	hunt_pairs_init(&wall, 1, 0);
	hunt_pairs_init(&cpu, 1, 0);
	for (size_t i = 0; i < 5; i++) {
		double seconds = 1, long_wait = 4 + (double)i;

		add(&wall, i ? &long_wait : &seconds, &long_wait);
		add(&cpu, &seconds, &seconds);
	}
	assert_int_equal(hunt_calibrate(&wall, &cpu, &plain, &c), 0);
	expect_near(c.cpu_share, 1);
	assert_int_equal(c.clock, HUNT_CPU);
	hunt_pairs_release(&wall);
	hunt_pairs_release(&cpu);
}

static void test_calibration_wants_rounds_of_both_clocks(void **state UNUSED)
{
	struct hunt_pairs wall, cpu;
	struct hunt_calibration c;

	fill_noise(&wall, 0.01, 1);
	fill_noise(&cpu, 0.01, 1);
	cpu.nr = 3;
	assert_int_equal(hunt_calibrate(&wall, &cpu, &plain, &c), -1);
	assert_non_null(strstr(error_message(), "CPU time of 3 rounds"));
	wall.nr = 3;
	assert_int_equal(hunt_calibrate(&wall, &cpu, &plain, &c), 0);
	wall.nr = cpu.nr = 2;
	assert_int_equal(hunt_calibrate(&wall, &cpu, &plain, &c), -1);
	assert_non_null(strstr(error_message(), "2 rounds"));
	hunt_pairs_release(&wall);
	hunt_pairs_release(&cpu);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keep_is_clear_of_noise_and_large_enough),
		cmocka_unit_test(test_reject_is_when_no_gain_is_left),
		cmocka_unit_test(test_from_16_rounds_no_gain_seen_is_enough),
		cmocka_unit_test(test_the_cap_leaves_it_marginal),
		cmocka_unit_test(test_looks_are_the_rules),
		cmocka_unit_test(test_rounds_after_the_verdict_change_nothing),
		cmocka_unit_test(test_one_workload_that_regressed_is_enough),
		cmocka_unit_test(test_what_is_held_out_guards_and_does_not_count),
		cmocka_unit_test(test_a_regression_within_noise_is_none),
		cmocka_unit_test(test_longer_is_clear_of_noise),
		cmocka_unit_test(test_what_is_no_time_is_refused),
		cmocka_unit_test(test_a_suite_and_a_rule_have_to_be),
		cmocka_unit_test(test_the_quiet_clock_decides),
		cmocka_unit_test(test_work_is_judged_by_the_run_that_waited_least),
		cmocka_unit_test(test_calibration_wants_rounds_of_both_clocks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
