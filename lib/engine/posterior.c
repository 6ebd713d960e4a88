#include "engine/posterior.h"

#include <float.h>
#include <math.h>

/* What is less likely by so many nats than the best adds nothing. */
#define NEGLIGIBLE 40.0

struct sweep {
	const struct partition *partition;
	const struct posterior_test *tests;
	/* Log likelihood of each cell under the signature of the moment. */
	double cells[GRID_CELLS];
	uint64_t *signature;
	/* The logarithm that all sums are relative to. */
	double most;
};

/* Adds, or takes away, what a test says when it is bad, or good. */
static void add_test(struct sweep *sweep, size_t test, bool bad, double sign)
{
	const struct posterior_test *t = &sweep->tests[test];

	if (bad) {
		for (size_t i = 0; i < GRID_CELLS; i++)
			sweep->cells[i] += sign * t->bad[i];
		return;
	}
	for (size_t a = 0; a < GRID_GOOD; a++)
		for (size_t g = 0; g < GRID_GAP; g++)
			for (size_t i = 0; i < GRID_SIGMAS; i++)
				sweep->cells[(a * GRID_GAP + g) * GRID_SIGMAS + i] +=
					sign * t->good[a * GRID_SIGMAS + i];
}

static void start(struct sweep *sweep, const struct grid *grid)
{
	for (size_t i = 0; i < GRID_CELLS; i++)
		sweep->cells[i] = grid->prior[i % GRID_SIGMAS];
	for (size_t test = 0; test < sweep->partition->ntests; test++)
		add_test(sweep, test, false, 1);
	sweep->signature = xcalloc(sweep->partition->words, sizeof(*sweep->signature));
	sweep->most = -DBL_MAX;
}

static void turn_to(struct sweep *sweep, size_t group)
{
	const struct partition *p = sweep->partition;
	const uint64_t *wanted = p->signatures + group * p->words;

	for (size_t w = 0; w < p->words; w++) {
		uint64_t differ = wanted[w] ^ sweep->signature[w];

		while (differ) {
			size_t bit = (size_t)__builtin_ctzll(differ);
			bool bad = wanted[w] >> bit & 1;

			add_test(sweep, w * 64 + bit, !bad, -1);
			add_test(sweep, w * 64 + bit, bad, 1);
			differ &= differ - 1;
		}
		sweep->signature[w] = wanted[w];
	}
}

static void rescale(struct posterior *posterior, const struct partition *p, double factor)
{
	for (size_t i = 0; i < GRID_CELLS; i++)
		posterior->cells[i] *= factor;
	for (size_t g = 0; g < p->ngroups; g++)
		posterior->mass[g] *= factor;
}

static void add_group(struct sweep *sweep, struct posterior *posterior, size_t group)
{
	double weight = log(sweep->partition->groups[group].weight), most = -DBL_MAX, sum = 0, shift;

	for (size_t i = 0; i < GRID_CELLS; i++)
		most = fmax(most, sweep->cells[i]);
	if (!(most + weight > sweep->most - NEGLIGIBLE))
		return;
	if (most + weight > sweep->most) {
		rescale(posterior, sweep->partition, exp(sweep->most - most - weight));
		sweep->most = most + weight;
	}
	shift = weight - sweep->most;
	for (size_t i = 0; i < GRID_CELLS; i++) {
		double p;

		if (sweep->cells[i] + shift < -NEGLIGIBLE)
			continue;
		p = exp(sweep->cells[i] + shift);
		posterior->cells[i] += p;
		sum += p;
	}
	posterior->mass[group] = sum;
}

bool posterior_update(struct posterior *posterior, const struct partition *p,
		      const struct posterior_test *tests, const struct grid *grid)
{
	struct sweep sweep = { .partition = p, .tests = tests };
	double total = 0;

	ALLOC_GROW(posterior->mass, p->ngroups + 1, posterior->alloc);
	memset(posterior->mass, 0, p->ngroups * sizeof(*posterior->mass));
	memset(posterior->cells, 0, sizeof(posterior->cells));
	start(&sweep, grid);
	for (size_t i = 0; i < p->ngroups; i++) {
		if (!(p->groups[p->order[i]].weight > 0))
			continue;
		turn_to(&sweep, p->order[i]);
		add_group(&sweep, posterior, p->order[i]);
	}
	free(sweep.signature);
	for (size_t g = 0; g < p->ngroups; g++)
		total += posterior->mass[g];
	if (!(total > 0))
		return false;
	rescale(posterior, p, 1 / total);
	posterior->entropy = 0;
	for (size_t g = 0; g < p->ngroups; g++)
		if (posterior->mass[g] > 0)
			posterior->entropy -= posterior->mass[g] * log2(posterior->mass[g]);
	grid_moments(grid, posterior->cells, &posterior->moments);
	return true;
}

double posterior_bad(const struct posterior *posterior, const struct partition *p, size_t test)
{
	double sum = 0;

	for (size_t g = 0; g < p->ngroups; g++)
		if (partition_is_bad(p, g, test))
			sum += posterior->mass[g];
	return fmin(sum, 1);
}

void posterior_release(struct posterior *posterior)
{
	free(posterior->mass);
	memset(posterior, 0, sizeof(*posterior));
}
