#include "unit.h"

#include <math.h>

#include "base/rng.h"

#define DRAWS 100000

/* The first numbers of the authors' own program from the state 1, 2, 3, 4. */
static void test_generator_is_the_published_one(void **state UNUSED)
{
	static const uint64_t expect[] = { 11520, 0, 1509978240, 1215971899390074240 };
	struct rng rng = { { 1, 2, 3, 4 } };

	for (size_t i = 0; i < ARRAY_SIZE(expect); i++)
		assert_true(rng_next(&rng) == expect[i]);
}

static void test_numbers_follow_from_seed_and_stream(void **state UNUSED)
{
	struct rng a, b, c, d;

	rng_seed(&a, 7, 3);
	rng_seed(&b, 7, 3);
	rng_seed(&c, 7, 4);
	rng_seed(&d, 3, 7);
	for (int i = 0; i < 10; i++) {
		uint64_t x = rng_next(&a);

		assert_true(x == rng_next(&b));
		assert_true(x != rng_next(&c));
		assert_true(x != rng_next(&d));
	}
}

/* The first normal number of each; what they have in common, in standard deviations. */
static double in_common(uint64_t seed_a, uint64_t seed_b, uint64_t apart)
{
	double sum = 0;

	for (uint64_t stream = 0; stream < DRAWS; stream++) {
		struct rng a, b;

		rng_seed(&a, seed_a, stream);
		rng_seed(&b, seed_b, stream + apart);
		sum += rng_normal(&a) * rng_normal(&b);
	}
	return fabs(sum) / sqrt(DRAWS);
}

static void test_streams_have_nothing_in_common(void **state UNUSED)
{
	for (uint64_t seed = 1; seed <= 4; seed++) {
		assert_true(in_common(seed, seed, 1) < 5);
		assert_true(in_common(seed, seed + 1000003, 0) < 5);
		assert_true(in_common(seed, seed + 2, 3) < 5);
	}
}

static void test_below_stays_below_and_is_even(void **state UNUSED)
{
	size_t seen[7] = { 0 };
	struct rng rng;

	rng_seed(&rng, 1, 0);
	for (int i = 0; i < 7 * 10000; i++)
		seen[rng_below(&rng, 7)]++;
	/* Five standard deviations. */
	for (size_t i = 0; i < ARRAY_SIZE(seen); i++)
		assert_in_range(seen[i], 10000 - 465, 10000 + 465);
	assert_int_equal(rng_below(&rng, 1), 0);
}

static void test_doubles_fill_the_unit(void **state UNUSED)
{
	double sum = 0, least = 1, most = 0;
	struct rng rng;

	rng_seed(&rng, 1, 0);
	for (int i = 0; i < DRAWS; i++) {
		double x = rng_double(&rng);

		assert_true(x >= 0 && x < 1);
		sum += x;
		least = fmin(least, x);
		most = fmax(most, x);
	}
	assert_true(fabs(sum / DRAWS - 0.5) < 5 * sqrt(1.0 / 12 / DRAWS));
	assert_true(least < 0.001 && most > 0.999);
}

static void test_normal_has_its_moments(void **state UNUSED)
{
	double sum = 0, squares = 0, beyond = 0;
	struct rng rng;

	rng_seed(&rng, 1, 0);
	for (int i = 0; i < DRAWS; i++) {
		double x = rng_normal(&rng);

		sum += x;
		squares += x * x;
		beyond += fabs(x) > 1.959964;
	}
	assert_true(fabs(sum / DRAWS) < 5 / sqrt(DRAWS));
	assert_true(fabs(squares / DRAWS - 1) < 5 * sqrt(2.0 / DRAWS));
	assert_true(fabs(beyond / DRAWS - 0.05) < 5 * sqrt(0.05 * 0.95 / DRAWS));
}

static void ask_below_nothing(void)
{
	struct rng rng;

	rng_seed(&rng, 1, 0);
	rng_below(&rng, 0);
}

static void test_below_nothing_is_a_bug(void **state UNUSED)
{
	unit_expect_bug(ask_below_nothing, "below 0");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_generator_is_the_published_one),
		cmocka_unit_test(test_numbers_follow_from_seed_and_stream),
		cmocka_unit_test(test_streams_have_nothing_in_common),
		cmocka_unit_test(test_below_stays_below_and_is_even),
		cmocka_unit_test(test_doubles_fill_the_unit),
		cmocka_unit_test(test_normal_has_its_moments),
		cmocka_unit_test(test_below_nothing_is_a_bug),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
