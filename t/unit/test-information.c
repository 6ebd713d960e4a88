#include "unit.h"

#include <math.h>

#include "engine/information.h"

static double density(double x, double mean)
{
	return exp(-0.5 * (x - mean) * (x - mean)) / sqrt(2 * M_PI);
}

/* Entropy of the mixture minus that of the noise, summed over 60,001 points. */
static double by_entropy(double bad, double d)
{
	double sum = 0, step = (d + 20) / 60000;

	for (int i = 0; i <= 60000; i++) {
		double x = -10 + i * step, m = (1 - bad) * density(x, 0) + bad * density(x, d);

		if (m > 1e-300)
			sum -= m * log2(m) * step;
	}
	return sum - 0.5 * log2(2 * M_PI * M_E);
}

static void test_agrees_with_the_entropies(void **state UNUSED)
{
	static const double bads[] = { 0.001, 0.03, 0.2, 0.5, 0.8, 0.99 };
	static const double distances[] = { 0.05, 0.5, 1, 2, 3.3, 5, 8, 11 };
	struct information table;

	information_init(&table);
	for (size_t i = 0; i < ARRAY_SIZE(bads); i++)
		for (size_t k = 0; k < ARRAY_SIZE(distances); k++)
			assert_true(fabs(information_of(&table, bads[i], distances[k]) -
					 by_entropy(bads[i], distances[k])) < 1e-6);
}

/*
 * The binary-input Gaussian channel: rates 1/4, 1/2 and 3/4 are its capacity at
 * Eb/N0 of -0.794, 0.188 and 1.626 dB. Inputs are d apart: d = sqrt(8 rate Eb/N0).
 */
static void test_agrees_with_published_limits(void **state UNUSED)
{
	static const double rates[] = { 0.25, 0.5, 0.75 }, decibels[] = { -0.794, 0.188, 1.626 };
	struct information table;

	information_init(&table);
	for (size_t i = 0; i < ARRAY_SIZE(rates); i++) {
		double d = sqrt(8 * rates[i] * pow(10, decibels[i] / 10));

		assert_true(fabs(information_of(&table, 0.5, d) - rates[i]) < 2e-4);
	}
}

static void test_limits_and_symmetry(void **state UNUSED)
{
	struct information table;

	information_init(&table);
	assert_true(information_of(&table, 0, 3) == 0);
	assert_true(information_of(&table, 1, 3) == 0);
	assert_true(information_of(&table, 0.5, 0) == 0);
	assert_true(information_of(&table, 0.5, NAN) == 0);
	assert_true(fabs(information_of(&table, 0.5, 1e9) - 1) < 1e-6);
	assert_true(information_of(&table, 0.3, 2) == information_of(&table, 0.3, -2));
	assert_true(fabs(information_of(&table, 0.3, 2) - information_of(&table, 0.7, 2)) < 1e-9);
	assert_true(information_of(&table, 0.1, 12) <= information_entropy(0.1));
	assert_true(information_entropy(0.5) == 1);
	assert_true(information_entropy(0) == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_agrees_with_the_entropies),
		cmocka_unit_test(test_agrees_with_published_limits),
		cmocka_unit_test(test_limits_and_symmetry),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
