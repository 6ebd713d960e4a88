#include "unit.h"

#include <math.h>

#include "base/rng.h"
#include "engine/grid.h"
#include "engine/modes.h"

static const struct boot_modes no_modes;

static double density(double r, double v)
{
	return exp(-0.5 * r * r / v) / sqrt(v);
}

static void test_profile_is_the_contaminated_mixture(void **state UNUSED)
{
	struct boot_value values[] = { { 1.5, 3, 0 }, { -0.2, 1, 0.3 }, { 90, 8, 0 } };
	const struct boot_values boots = { values, 3, 3 };
	const struct boot_modes modes = { 0.3, 2 };
	const struct boot_noise noise = { 1, 5 };
	static const double levels[] = { -1, 0, 2.5 };
	double out[3 * BOOT_SIGMAS];

	likelihood_profile(&boots, 1.2, &modes, &noise, levels, 3, out);
	for (size_t i = 0; i < 3; i++)
		for (size_t s = 0; s < BOOT_SIGMAS; s++) {
			double expected = 0;

			for (size_t k = 0; k < 3; k++) {
				double v = pow(1.2 * boot_sigma_share[s], 2) +
					   1.44 / (double)values[k].samples + values[k].extra;
				double r = values[k].value - levels[i], z = (values[k].value - 1) / 5;

				expected += log(0.98 * (0.7 * density(r, v) + 0.3 * density(r - 2, v)) +
						0.02 * exp(-0.5 * z * z) / 5 + 1e-30 / 5);
			}
			assert_true(fabs(out[i * BOOT_SIGMAS + s] - expected) < 1e-9);
		}
}

static void test_one_boot_is_worth_six_nats_at_most(void **state UNUSED)
{
	struct boot_value value = { 10, 8, 0 };
	const struct boot_values boots = { &value, 1, 1 };
	const struct boot_noise noise = { 5, 13 };
	static const double levels[] = { 0, 10 };
	double out[2 * BOOT_SIGMAS];

	likelihood_profile(&boots, 1, &no_modes, &noise, levels, 2, out);
	for (size_t s = 0; s < BOOT_SIGMAS; s++)
		assert_true(out[BOOT_SIGMAS + s] - out[s] > 4 && out[BOOT_SIGMAS + s] - out[s] < 8);
}

static void test_many_boots_do_not_underflow(void **state UNUSED)
{
	struct boot_value values[400];
	const struct boot_values boots = { values, ARRAY_SIZE(values), ARRAY_SIZE(values) };
	static const double units[] = { 1e-9, 1, 1e12 };
	double level, out[BOOT_SIGMAS];

	for (size_t u = 0; u < ARRAY_SIZE(units); u++) {
		const struct boot_noise noise = { 1000 * units[u], 5 * units[u] };

		level = 0;
		for (size_t i = 0; i < ARRAY_SIZE(values); i++)
			values[i] = (struct boot_value){ -1000 * units[u], 3, 0 };
		likelihood_profile(&boots, units[u], &no_modes, &noise, &level, 1, out);
		assert_true(isfinite(out[0]));
	}
}

/* The sum over the commit's own level, by brute force over many more levels. */
static void test_cells_sum_over_the_commits_own_level(void **state UNUSED)
{
	static struct grid grid = { .scale = 2, .smallest_gap = 0.7 };
	static double good[GRID_GOOD_CELLS], bad[GRID_CELLS];
	struct boot_value values[] = { { 10.9, 3, 0 }, { 11.4, 3, 0 } };
	const struct boot_values boots = { values, 2, 2 };

	grid_place(&grid, 1, 10, 0.3, 2, 0.4);
	grid_commit(&grid, &boots, good, bad);
	for (size_t a = 0; a < GRID_GOOD; a += 4)
		for (size_t g = 0; g < GRID_GAP; g += 4)
			for (size_t c = 1; c < GRID_BUILD; c++) {
				double level = grid.good[a] + grid.gap[g], sigma = grid.sigma_c[c], sum = 0;
				double profile[BOOT_SIGMAS], step = sigma / 50;

				for (int i = -300; i <= 300; i++) {
					double x = level + i * step;

					likelihood_profile(&boots, 1, &no_modes, &grid.noise, &x, 1, profile);
					sum += density(i * step, sigma * sigma) / sqrt(2 * M_PI) *
					       exp(profile[2]) * step;
				}
				assert_true(fabs(bad[((a * GRID_GAP + g) * GRID_BOOT + 2) * GRID_BUILD + c] -
						 log(sum)) < 0.02);
			}
}

static void test_grid_moves_to_where_the_mass_is(void **state UNUSED)
{
	static struct grid grid = { .scale = 2, .smallest_gap = 0.7 };
	static double cells[GRID_CELLS];
	struct grid_moments moments;

	grid_place(&grid, 1, 10, 0.3, 2, 0.4);
	/* All mass at the highest level of the good side. */
	cells[((GRID_GOOD - 1) * GRID_GAP + 4) * GRID_SIGMAS] = 1;
	grid_moments(&grid, cells, &moments);
	assert_true(fabs(moments.good - 10.9) < 1e-9);
	assert_true(fabs(moments.gap - grid.gap[4]) < 1e-9);
	assert_true(moments.sigma_c == 0);
	assert_true(grid_outgrown(&grid, &moments));
	grid_replace(&grid, &moments);
	assert_true(fabs(grid.good[GRID_GOOD / 2] - 10.9) < 1e-9);
	assert_true(grid.good[1] - grid.good[0] < 0.15);
	assert_true(grid.gap[0] >= 0.7);
}

/* Boots of several commits; `share` of them are slower by `shift`. */
static void fit(double share, double shift, uint64_t seed, struct boot_modes *modes)
{
	struct boot_value values[6][10];
	struct boot_values boots[6];
	const struct boot_values *commits[6];
	struct rng rng;

	rng_seed(&rng, seed, 1);
	for (size_t i = 0; i < 6; i++) {
		boots[i] = (struct boot_values){ values[i], 10, 10 };
		commits[i] = &boots[i];
		for (size_t k = 0; k < 10; k++) {
			double y = 50 + (double)i + 0.3 * rng_normal(&rng) + rng_normal(&rng) / sqrt(3);

			values[i][k] = (struct boot_value){ y + (rng_double(&rng) < share ? shift : 0), 3, 0 };
		}
	}
	modes_fit(commits, 6, 1, modes);
}

static void test_modes_are_found_where_there_are_some(void **state UNUSED)
{
	for (uint64_t seed = 1; seed <= 5; seed++) {
		struct boot_modes modes;

		fit(0.3, 4, seed, &modes);
		assert_true(fabs(modes.share - 0.3) < 0.15);
		assert_true(fabs(modes.shift - 4) < 0.6);
		fit(0, 0, seed, &modes);
		assert_true(modes.share == 0);
	}
}

/* So many samples that boots without a spread of their own are likelier than others by more than a number holds. */
static void test_a_level_of_many_even_boots(void **state UNUSED)
{
	static struct boot_value values[2000];
	struct boot_values boots = { .values = values, .nr = ARRAY_SIZE(values) };
	const struct boot_modes modes = { 0.3, 4 };
	double mean, sd;

	for (size_t i = 0; i < ARRAY_SIZE(values); i++)
		values[i] = (struct boot_value){ .value = 100 + 1e-4 * (double)(i % 3), .samples = 1000000 };
	modes_level(&boots, 1, &modes, &mean, &sd);
	assert_true(fabs(mean - 100) < 0.5);
	assert_true(sd >= 0 && sd < 0.5);
}

static void test_few_boots_have_no_modes(void **state UNUSED)
{
	struct boot_value values[] = { { 0, 3, 0 }, { 50, 3, 0 }, { 0, 3, 0 } };
	const struct boot_values boots = { values, 3, 3 };
	const struct boot_values *commits[] = { &boots };
	struct boot_modes modes;

	modes_fit(commits, 1, 1, &modes);
	assert_true(modes.share == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_profile_is_the_contaminated_mixture),
		cmocka_unit_test(test_one_boot_is_worth_six_nats_at_most),
		cmocka_unit_test(test_many_boots_do_not_underflow),
		cmocka_unit_test(test_cells_sum_over_the_commits_own_level),
		cmocka_unit_test(test_grid_moves_to_where_the_mass_is),
		cmocka_unit_test(test_modes_are_found_where_there_are_some),
		cmocka_unit_test(test_few_boots_have_no_modes),
		cmocka_unit_test(test_a_level_of_many_even_boots),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
