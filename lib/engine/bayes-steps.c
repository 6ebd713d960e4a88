#include "engine/bayes-state.h"

#include <math.h>

#include "stats/summary.h"

/* What a hidden step must be of the whole gap to be looked for; it is tested against one that is this much larger. */
#define SHARE_WANTED 0.25
#define SHARE_TESTED 1.4
/* Log likelihood ratios at which two ends differ, and do not. */
#define DIFFER 5.0
#define ALIKE 4.0
/* Boots of both ends together after which the sign decides. */
#define BOOTS_MAX 60
/* Of so many boots on, the median is their level. */
#define MEDIAN_BOOTS 7

struct level {
	double value;
	size_t nr;
};

/* Of the boots that can be compared. */
static void level_of(const struct bisect *b, size_t commit, struct level *level)
{
	const struct bisect_commit *c = &b->commits[commit];
	double *values = xreallocarray(NULL, c->nboots + 1, sizeof(*values)), extra;

	level->nr = 0;
	for (size_t i = 0; i < c->nboots; i++)
		if (bayes_knows_machine(b, b->boots[c->boots[i]].machine))
			values[level->nr++] = bayes_value(b, &b->boots[c->boots[i]],
							  bayes_of(b)->grid.sigma_w, &extra);
	level->value = level->nr >= MEDIAN_BOOTS ? stats_median(values, level->nr)
						 : stats_mean(values, level->nr);
	free(values);
}

/* Do the ends of a side differ? 1, 0; or -1: not known yet, and then `poorer` is the one to boot. */
static int differs(const struct bisect *b, const struct bayes_side *side, size_t *poorer)
{
	const struct bayes *bayes = bayes_of(b);
	const struct grid_moments *m = &bayes->posterior.moments;
	double step = SHARE_TESTED * SHARE_WANTED * bayes->whole_gap, variance, llr;
	struct level good, bad;

	level_of(b, side->good, &good);
	level_of(b, side->bad, &bad);
	*poorer = good.nr <= bad.nr ? side->good : side->bad;
	if (side->good == side->bad)
		return 0;
	if (!good.nr || !bad.nr)
		return -1;
	variance = (m->sigma_b * m->sigma_b + bayes->grid.sigma_w * bayes->grid.sigma_w / 3) *
		   (1 / (double)good.nr + 1 / (double)bad.nr);
	llr = ((bad.value - good.value) * step - 0.5 * step * step) / variance;
	if (llr > DIFFER)
		return 1;
	if (llr < -ALIKE)
		return 0;
	return good.nr + bad.nr < BOOTS_MAX ? -1 : llr > 0;
}

/* Of the ends of all, by their own boots: the model knows but one step. */
static void measure_whole_gap(struct bisect *b)
{
	struct bayes *bayes = bayes_of(b);
	struct level good, bad;

	level_of(b, 0, &good);
	level_of(b, b->problem.nr - 1, &bad);
	bayes->whole_gap = fmax(bad.value - good.value, bayes->posterior.moments.gap);
}

static void add_side(struct bayes *bayes, size_t good, size_t bad)
{
	ALLOC_GROW(bayes->sides, bayes->nsides + 1, bayes->sides_alloc);
	bayes->sides[bayes->nsides++] = (struct bayes_side){ good, bad };
}

/* The step between the ends of the moment was found: keeps it, and looks at what is on both its sides. */
static void add_step(struct bisect *b)
{
	struct bayes *bayes = bayes_of(b);
	double share, sd, *culprits = bayes_culprits(b);
	struct bisect_step *step;
	size_t alloc = 0;

	if (!bayes->nsteps)
		measure_whole_gap(b);
	ALLOC_GROW(bayes->steps, bayes->nsteps + 1, bayes->steps_alloc);
	step = &bayes->steps[bayes->nsteps++];
	*step = (struct bisect_step){ .culprit = BISECT_NONE };
	for (size_t c = 1; c < b->problem.nr; c++) {
		if (bayes->partition.group_of[c] == bayes_leader(bayes)) {
			ALLOC_GROW(step->set, step->nset + 1, alloc);
			step->set[step->nset++] = c;
		}
		if (culprits[c] > step->confidence) {
			step->culprit = c;
			step->confidence = culprits[c];
		}
	}
	free(culprits);
	bayes_local_step(b, &share, &sd);
	step->share = share * bayes->posterior.moments.gap / bayes->whole_gap;
	add_side(bayes, bayes_bad_edge(b), bayes->bad_end);
	add_side(bayes, bayes->good_end, bayes_good_edge(b));
}

/* Looks at one side after the other, until one has a step. True when one was begun. */
static bool begin_side(struct bisect *b)
{
	struct bayes *bayes = bayes_of(b);

	while (bayes->nsides) {
		struct bayes_side side = bayes->sides[bayes->nsides - 1];
		size_t poorer;
		int differ = differs(b, &side, &poorer);

		if (differ < 0)
			return false;
		bayes->nsides--;
		if (!differ)
			continue;
		bayes->good_end = side.good;
		bayes->bad_end = side.bad;
		bayes->beside = false;
		/* What the search before has cost is no reason to give this one up. */
		bayes->seconds_before = b->seconds;
		bayes_rebuild(b);
		return true;
	}
	return false;
}

void bayes_follow_steps(struct bisect *b)
{
	struct bayes *bayes = bayes_of(b);
	struct bayes_decision decision;

	for (;;) {
		if (!bayes->beside) {
			/* Of the whole range it is the answer itself that ends the search. */
			if (!bayes->nsteps && !bayes_is_settled(b))
				return;
			bayes_decide(b, 0, &decision);
			if (!decision.verdict || (!bayes->nsteps && !bayes_is_settled(b)))
				return;
			if (bayes_is_settled(b) && decision.verdict != BISECT_UNDECIDED)
				add_step(b);
			bayes->beside = true;
		}
		if (!begin_side(b))
			return;
	}
}

bool bayes_side_next(struct bisect *b, struct bisect_action *action)
{
	struct bayes *bayes = bayes_of(b);
	size_t poorer;

	if (!bayes->nsides)
		return false;
	differs(b, &bayes->sides[bayes->nsides - 1], &poorer);
	*action = (struct bisect_action){ BISECT_MEASURE, poorer, bayes_boot_samples(b), "side", 0 };
	return true;
}

void bayes_forget_steps(struct bisect *b)
{
	struct bayes *bayes = bayes_of(b);

	for (size_t i = 0; i < bayes->nsteps; i++)
		free(bayes->steps[i].set);
	bayes->nsteps = bayes->nsides = 0;
	bayes->beside = false;
	bayes->good_end = 0;
	bayes->bad_end = b->problem.nr - 1;
}
