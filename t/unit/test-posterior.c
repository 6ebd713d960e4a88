#include "bayes-fixture.h"

#include "engine/posterior.h"
#include "engine/reach.h"

#define SMALL 14
#define TESTS 6

static void test_groups_have_one_signature_each(void **state UNUSED)
{
	static struct graph graph;
	struct partition p = PARTITION_INIT;
	uint64_t bits[GRAPH_MAX / 64 + 1];
	size_t tests[100];
	struct rng rng;

	rng_seed(&rng, 3, 1);
	graph_make(&graph, 400, 30, &rng);
	partition_init(&p, graph.nr);
	for (size_t i = 0; i < ARRAY_SIZE(tests); i++) {
		tests[i] = rng_below(&rng, graph.nr);
		graph_bits(&graph, tests[i], bits);
		assert_int_equal(partition_add(&p, bits), i);
	}
	for (size_t i = 0; i < ARRAY_SIZE(tests); i++) {
		graph_bits(&graph, tests[i], bits);
		for (size_t c = 1; c < graph.nr; c++)
			assert_int_equal(partition_is_bad(&p, p.group_of[c], i), bits[c / 64] >> c % 64 & 1);
	}
	for (size_t a = 0; a < p.ngroups; a++)
		for (size_t z = a + 1; z < p.ngroups; z++)
			assert_memory_not_equal(p.signatures + a * p.words, p.signatures + z * p.words,
						p.words * sizeof(*p.signatures));
	partition_release(&p);
}

static void test_intervals_of_a_linear_range(void **state UNUSED)
{
	static struct graph graph;
	struct partition p = PARTITION_INIT;
	uint64_t bits[GRAPH_MAX / 64 + 1];
	double weights[100];
	static const size_t tests[] = { 0, 99, 40, 70 }, lasts[] = { 40, 70, 99 }, sizes[] = { 40, 30, 29 };
	struct rng rng;

	rng_seed(&rng, 1, 1);
	graph_make(&graph, 100, 0, &rng);
	for (size_t c = 0; c < 100; c++)
		weights[c] = 2;
	partition_init(&p, graph.nr);
	for (size_t i = 0; i < ARRAY_SIZE(tests); i++) {
		graph_bits(&graph, tests[i], bits);
		partition_add(&p, bits);
	}
	partition_weigh(&p, weights);
	assert_int_equal(p.ngroups, 3);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(p.groups[p.order[i]].last, lasts[i]);
		assert_int_equal(p.groups[p.order[i]].size, sizes[i]);
		assert_true(p.groups[p.order[i]].weight == 2.0 * (double)sizes[i]);
	}
	partition_release(&p);
}

static void test_excluded_commits_are_in_no_group(void **state UNUSED)
{
	struct partition p = PARTITION_INIT;
	const uint64_t low = 0xff;

	partition_init(&p, 20);
	partition_exclude(&p, &low, true);
	assert_int_equal(p.groups[0].size, 12);
	assert_int_equal(p.group_of[7], PARTITION_NONE);
	assert_int_equal(p.group_of[8], 0);
	partition_exclude(&p, &(uint64_t){ 0xfff }, false);
	assert_int_equal(p.groups[0].size, 4);
	assert_int_equal(p.group_of[12], PARTITION_NONE);
	partition_release(&p);
}

struct problem {
	struct graph graph;
	double weights[SMALL];
	size_t tests[TESTS];
	struct boot_values boots[TESTS];
	struct boot_value values[TESTS][3];
	struct posterior_test says[TESTS];
	struct grid grid;
	struct partition partition;
	struct posterior posterior;
};

/* A small graph, tests at random commits, boots of either level. */
static struct problem *new_problem(uint64_t seed)
{
	struct problem *p = xcalloc(1, sizeof(*p));
	uint64_t bits[GRAPH_MAX / 64 + 1];
	struct rng rng;

	rng_seed(&rng, seed, 5);
	graph_make(&p->graph, SMALL, 40, &rng);
	p->partition = (struct partition)PARTITION_INIT;
	partition_init(&p->partition, SMALL);
	for (size_t c = 0; c < SMALL; c++)
		p->weights[c] = 0.01 + rng_double(&rng);
	p->grid.scale = 2;
	p->grid.smallest_gap = 0.7;
	grid_place(&p->grid, 1, 10, 0.3, 2, 0.4);
	for (size_t i = 0; i < TESTS; i++) {
		p->tests[i] = rng_below(&rng, SMALL);
		graph_bits(&p->graph, p->tests[i], bits);
		partition_add(&p->partition, bits);
		p->boots[i] = (struct boot_values){ p->values[i], rng_below(&rng, 4), 3 };
		for (size_t k = 0; k < p->boots[i].nr; k++)
			p->values[i][k] = (struct boot_value){ 10 + 2 * (double)rng_below(&rng, 2) +
								       rng_normal(&rng),
							       1 + rng_below(&rng, 5), 0 };
		p->says[i].good = xcalloc(GRID_GOOD_CELLS, sizeof(double));
		p->says[i].bad = xcalloc(GRID_CELLS, sizeof(double));
		grid_commit(&p->grid, &p->boots[i], p->says[i].good, p->says[i].bad);
	}
	partition_weigh(&p->partition, p->weights);
	assert_true(posterior_update(&p->posterior, &p->partition, p->says, &p->grid));
	return p;
}

static void free_problem(struct problem *p)
{
	for (size_t i = 0; i < TESTS; i++) {
		free(p->says[i].good);
		free(p->says[i].bad);
	}
	partition_release(&p->partition);
	posterior_release(&p->posterior);
	free(p);
}

static double brute_force(const struct problem *p, size_t culprit)
{
	double sum = 0;
	bool bad[TESTS];

	for (size_t i = 0; i < TESTS; i++)
		bad[i] = graph_is_ancestor(&p->graph, culprit, p->tests[i]);
	for (size_t cell = 0; cell < GRID_CELLS; cell++) {
		size_t good = cell / (GRID_GAP * GRID_SIGMAS) * GRID_SIGMAS + cell % GRID_SIGMAS;
		double l = p->grid.prior[cell % GRID_SIGMAS];

		for (size_t i = 0; i < TESTS; i++)
			l += bad[i] ? p->says[i].bad[cell] : p->says[i].good[good];
		sum += exp(l);
	}
	return sum * p->weights[culprit];
}

static void test_posterior_agrees_with_brute_force(void **state UNUSED)
{
	for (uint64_t seed = 1; seed <= 30; seed++) {
		struct problem *p = new_problem(seed);
		double total = 0, entropy = 0, bad, each[SMALL];

		for (size_t c = 1; c < SMALL; c++) {
			each[c] = brute_force(p, c);
			total += each[c];
		}
		for (size_t c = 1; c < SMALL; c++) {
			size_t group = p->partition.group_of[c];
			double mine = p->posterior.mass[group] * p->weights[c] /
				      p->partition.groups[group].weight;

			assert_true(fabs(mine - each[c] / total) < 1e-9);
		}
		for (size_t i = 0; i < TESTS; i++) {
			bad = 0;
			for (size_t c = 1; c < SMALL; c++)
				if (graph_is_ancestor(&p->graph, c, p->tests[i]))
					bad += each[c] / total;
			assert_true(fabs(bad - posterior_bad(&p->posterior, &p->partition, i)) < 1e-9);
		}
		for (size_t g = 0; g < p->partition.ngroups; g++)
			entropy -= p->posterior.mass[g] > 0 ? p->posterior.mass[g] * log2(p->posterior.mass[g])
							    : 0;
		assert_true(fabs(entropy - p->posterior.entropy) < 1e-12);
		free_problem(p);
	}
}

static void test_without_a_possible_culprit_there_is_no_posterior(void **state UNUSED)
{
	struct problem *p = new_problem(1);

	memset(p->weights, 0, sizeof(p->weights));
	p->partition.weighed = 0;
	partition_weigh(&p->partition, p->weights);
	assert_false(posterior_update(&p->posterior, &p->partition, p->says, &p->grid));
	free_problem(p);
}

static void test_masks_agree_with_exact_sums(void **state UNUSED)
{
	static struct graph graph;
	struct bisect_problem problem = { .parent_at = graph.parent_at, .parents = graph.parents };
	double p[GRAPH_MAX], sum = 0;
	struct reach reach;
	struct rng rng;

	rng_seed(&rng, 11, 1);
	graph_make(&graph, 1500, 20, &rng);
	problem.nr = graph.nr;
	for (size_t c = 0; c < graph.nr; c++)
		sum += p[c] = c ? pow(rng_double(&rng), 8) : 0;
	for (size_t c = 0; c < graph.nr; c++)
		p[c] /= sum;
	reach_init(&reach, &problem);
	reach_update(&reach, &problem, p);
	for (size_t t = 0; t < graph.nr; t += 7) {
		uint64_t bits[GRAPH_MAX / 64 + 1];
		double exact = 0;

		graph_bits(&graph, t, bits);
		for (size_t c = 1; c < graph.nr; c++)
			exact += bits[c / 64] >> c % 64 & 1 ? p[c] : 0;
		assert_true(fabs(reach_exact(&reach, &problem, p, t) - exact) < 1e-9);
		assert_true(fabs(reach.bad[t] - exact) < 0.02);
	}
	reach_release(&reach);
}

static void test_a_linear_range_needs_no_masks(void **state UNUSED)
{
	static const uint32_t parent_at[] = { 0, 0, 1, 2, 3 }, parents[] = { 0, 1, 2 };
	static const double p[] = { 0, 0.25, 0.25, 0.5 };
	const struct bisect_problem problem = { .nr = 4, .parent_at = parent_at, .parents = parents };
	struct reach reach;

	reach_init(&reach, &problem);
	assert_false(reach.merges);
	assert_null(reach.masks);
	reach_update(&reach, &problem, p);
	assert_true(reach.bad[0] == 0 && reach.bad[1] == 0.25 && reach.bad[2] == 0.5 && reach.bad[3] == 1);
	assert_true(reach_exact(&reach, &problem, p, 2) == 0.5);
	reach_release(&reach);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_groups_have_one_signature_each),
		cmocka_unit_test(test_intervals_of_a_linear_range),
		cmocka_unit_test(test_excluded_commits_are_in_no_group),
		cmocka_unit_test(test_posterior_agrees_with_brute_force),
		cmocka_unit_test(test_without_a_possible_culprit_there_is_no_posterior),
		cmocka_unit_test(test_masks_agree_with_exact_sums),
		cmocka_unit_test(test_a_linear_range_needs_no_masks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
