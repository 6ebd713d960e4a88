#include "engine/bayes-state.h"

#include <math.h>

#include "engine/modes.h"

/* The levels' grid is moved at most so often for one boot. */
#define MOVES_MAX 3
/* The ends' own commits differ from their sides by about this share of the gap. */
#define END_SPREAD 0.15
/* Gaps below this share of the one first seen are not believed. */
#define SMALLEST_GAP 0.35
/* One boot is decisive at this sigma_w; less than this share of the gap would only fall between the grid's points. */
#define LEAST_SIGMA 0.1
/* A gap that outgrew the first one by this has outgrown the axis of sigma_c, too. */
#define SCALE_GROWN 1.4
#define SCALE_EVERY 5

size_t bayes_find_test(const struct bayes *bayes, size_t commit)
{
	for (size_t i = 0; i < bayes->ntests; i++)
		if (bayes->tests[i].commit == commit)
			return i;
	return BISECT_NONE;
}

static void forget_tests(struct bayes *bayes)
{
	for (size_t i = 0; i < bayes->ntests; i++) {
		free(bayes->tests[i].boots.values);
		free(bayes->says[i].good);
		free(bayes->says[i].bad);
	}
	bayes->ntests = 0;
}

void bayes_model_release(struct bayes *bayes)
{
	forget_tests(bayes);
	free(bayes->tests);
	free(bayes->says);
	free(bayes->machines);
	free(bayes->drift);
	partition_release(&bayes->partition);
	posterior_release(&bayes->posterior);
}

static size_t new_test(struct bisect *b, size_t commit)
{
	struct bayes *bayes = bayes_of(b);
	size_t test = bayes->ntests++;

	ALLOC_GROW(bayes->tests, bayes->ntests, bayes->tests_alloc);
	ALLOC_GROW(bayes->says, bayes->ntests, bayes->says_alloc);
	bayes->tests[test] = (struct bayes_test){ .commit = commit };
	bayes->says[test].good = xcalloc(GRID_GOOD_CELLS, sizeof(double));
	bayes->says[test].bad = xcalloc(GRID_CELLS, sizeof(double));
	partition_add(&bayes->partition, bisect_ancestors(b, commit));
	return test;
}

/* The test of the commit, made if need be. */
static size_t test_of(struct bisect *b, size_t commit)
{
	size_t test = bayes_find_test(bayes_of(b), commit);

	return test == BISECT_NONE ? new_test(b, commit) : test;
}

static void put_boot(struct bisect *b, size_t test, const struct bisect_boot *boot)
{
	struct bayes *bayes = bayes_of(b);
	struct boot_values *boots = &bayes->tests[test].boots;
	struct boot_value *value;
	size_t at;

	ALLOC_GROW(boots->values, boots->nr + 1, boots->alloc);
	for (at = boots->nr++; at && boots->values[at - 1].layout > boot->layout; at--)
		boots->values[at] = boots->values[at - 1];
	value = &boots->values[at];
	value->layout = boot->layout;
	value->samples = boot->nr;
	value->value = bayes_value(b, boot, bayes->grid.sigma_w, &value->extra);
}

/* Only commits between the ends can be the culprit, and what the user said stands. */
static void start_partition(struct bisect *b)
{
	struct bayes *bayes = bayes_of(b);

	partition_init(&bayes->partition, b->problem.nr);
	partition_exclude(&bayes->partition, bisect_ancestors(b, bayes->bad_end), false);
	partition_exclude(&bayes->partition, bisect_ancestors(b, bayes->good_end), true);
	for (size_t c = 1; c + 1 < b->problem.nr; c++) {
		if (b->commits[c].user == BISECT_GOOD)
			partition_exclude(&bayes->partition, bisect_ancestors(b, c), true);
		else if (b->commits[c].user == BISECT_BAD)
			partition_exclude(&bayes->partition, bisect_ancestors(b, c), false);
	}
}

/* Is the commit between the ends, or one of them? */
static bool is_inside(struct bisect *b, size_t commit)
{
	const struct bayes *bayes = bayes_of(b);

	return bisect_is_ancestor(b, commit, bayes->bad_end) && bisect_is_ancestor(b, bayes->good_end, commit);
}

static void update(struct bisect *b)
{
	struct bayes *bayes = bayes_of(b);

	partition_weigh(&bayes->partition, bayes->prior);
	bayes->impossible = !posterior_update(&bayes->posterior, &bayes->partition, bayes->says, &bayes->grid);
}

static void ask_test(struct bayes *bayes, size_t test)
{
	/* Nothing yet: its zeros stand. */
	if (!bayes->tests[test].boots.nr)
		return;
	grid_commit(&bayes->grid, &bayes->tests[test].boots, bayes->says[test].good, bayes->says[test].bad);
}

static void ask_all(struct bayes *bayes)
{
	for (size_t test = 0; test < bayes->ntests; test++)
		ask_test(bayes, test);
}

/* The posterior, on a grid that fits it. */
static void settle(struct bisect *b)
{
	struct bayes *bayes = bayes_of(b);

	update(b);
	for (int i = 0; i < MOVES_MAX && !bayes->impossible; i++) {
		if (!grid_outgrown(&bayes->grid, &bayes->posterior.moments))
			return;
		grid_replace(&bayes->grid, &bayes->posterior.moments);
		ask_all(bayes);
		update(b);
	}
}

void bayes_level_of(const struct bayes *bayes, const struct boot_values *boots, struct bayes_level *level)
{
	double least = 1e-9 * bayes->grid.scale, sum = 0, weights = 0;
	struct boot_values build;

	for (size_t from = 0; boot_values_of_build(boots, &from, &build);) {
		double weight;

		modes_level(&build, bayes->grid.sigma_w, &bayes->grid.modes, &level->mean, &level->sd);
		if (build.nr == boots->nr)
			return;
		weight = 1 / (level->sd * level->sd + least * least);
		sum += weight * level->mean;
		weights += weight;
	}
	level->mean = sum / weights;
	level->sd = sqrt(1 / weights);
}

static void fit_modes(struct bayes *bayes)
{
	struct boot_values *builds = NULL, build;
	const struct boot_values **levels;
	size_t nr = 0, alloc = 0;

	for (size_t i = 0; i < bayes->ntests; i++)
		for (size_t from = 0; boot_values_of_build(&bayes->tests[i].boots, &from, &build);) {
			ALLOC_GROW(builds, nr + 1, alloc);
			builds[nr++] = build;
		}
	levels = xreallocarray(NULL, nr + 1, sizeof(*levels));
	for (size_t i = 0; i < nr; i++)
		levels[i] = &builds[i];
	modes_fit(levels, nr, bayes->grid.sigma_w, &bayes->grid.modes);
	free(levels);
	free(builds);
}

/* The boots of all tests anew, from what was recorded. */
static void fill_tests(struct bisect *b)
{
	struct bayes *bayes = bayes_of(b);
	struct bisect_anchors anchors;

	bisect_anchors(b, &anchors);
	bayes->grid.sigma_w = fmax(anchors.sigma_w, LEAST_SIGMA * fabs(anchors.gap));
	bayes_fit_machines(b);
	for (size_t i = 0; i < bayes->ntests; i++)
		bayes->tests[i].boots.nr = 0;
	for (size_t i = 0; i < b->nended; i++) {
		const struct bisect_boot *boot = &b->boots[b->ended[i]];

		if (!boot->dropped && bisect_is_comparable(b, boot) && is_inside(b, boot->commit))
			put_boot(b, test_of(b, boot->commit), boot);
	}
	fit_modes(bayes);
}

/* `alike`: commits of one side do not differ much. */
static void place_first(struct bayes *bayes, bool alike)
{
	struct grid *grid = &bayes->grid;
	struct bayes_level good, bad;
	double gap, spread;

	bayes_level_of(bayes, &bayes->tests[bayes_find_test(bayes, bayes->good_end)].boots, &good);
	bayes_level_of(bayes, &bayes->tests[bayes_find_test(bayes, bayes->bad_end)].boots, &bad);
	/* A gap of nothing, or the wrong way round, is looked for all the same when it is forced. */
	gap = fmax(bad.mean - good.mean, 0.25 * grid->sigma_w);
	grid->scale = gap;
	grid->smallest_gap = SMALLEST_GAP * gap;
	grid->alike = alike;
	spread = END_SPREAD * gap;
	good.sd = hypot(good.sd, spread);
	bad.sd = hypot(bad.sd, spread);
	grid_place(grid, grid->sigma_w, good.mean, good.sd, gap, hypot(good.sd, bad.sd));
}

void bayes_rebuild(struct bisect *b)
{
	struct bayes *bayes = bayes_of(b);

	forget_tests(bayes);
	bayes->nmachines = bayes->ndrift = 0;
	start_partition(b);
	new_test(b, bayes->good_end);
	new_test(b, bayes->bad_end);
	fill_tests(b);
	bayes->since_fit = 0;
	/* A level in between is a further step, not a commit that differs from its side. */
	place_first(bayes, b->options.all_steps);
	ask_all(bayes);
	settle(b);
}

void bayes_refit(struct bisect *b)
{
	struct bayes *bayes = bayes_of(b);
	struct grid *grid = &bayes->grid;
	const struct grid_moments *moments = &bayes->posterior.moments;

	if (bayes->impossible)
		return;
	bayes_fit_drift(b);
	fill_tests(b);
	bayes->since_fit = 0;
	grid_place(grid, grid->sigma_w, moments->good, (grid->good[GRID_GOOD - 1] - grid->good[0]) / 6,
		   moments->gap, (grid->gap[GRID_GAP - 1] - grid->gap[0]) / 5.2);
	ask_all(bayes);
	settle(b);
}

static void rescale(struct bisect *b)
{
	struct bayes *bayes = bayes_of(b);
	struct grid *grid = &bayes->grid;
	double gap = bayes->posterior.moments.gap;

	if (bayes->nboots % SCALE_EVERY || bayes->impossible || gap <= SCALE_GROWN * grid->scale)
		return;
	grid->scale = gap;
	grid->smallest_gap = fmin(grid->smallest_gap, SMALLEST_GAP * gap);
	grid_replace(grid, &bayes->posterior.moments);
	ask_all(bayes);
	settle(b);
}

void bayes_add_boot(struct bisect *b, const struct bisect_boot *boot)
{
	struct bayes *bayes = bayes_of(b);
	size_t test;

	if (!bayes_knows_machine(b, boot->machine) || !is_inside(b, boot->commit))
		return;
	test = test_of(b, boot->commit);
	put_boot(b, test, boot);
	ask_test(bayes, test);
	bayes->nboots++;
	bayes->since_fit++;
	settle(b);
	rescale(b);
}

void bayes_add_test(struct bisect *b, size_t commit)
{
	struct bayes *bayes = bayes_of(b);

	if (bayes_find_test(bayes, commit) != BISECT_NONE || !is_inside(b, commit))
		return;
	new_test(b, commit);
	update(b);
}
