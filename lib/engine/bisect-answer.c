#include <math.h>

#include "engine/bisect-state.h"
#include "stats/summary.h"

struct bisect_interval bisect_interval_of(struct stats_interval i)
{
	return (struct bisect_interval){ i.value, i.low, i.high };
}

/* Sum of squared distances of a commit's boots from their mean. */
static double squares_of(const struct bisect *b, size_t commit, double sigma_w)
{
	size_t nr;
	double *values = bisect_values(b, commit, sigma_w, &nr), mean = nr ? stats_mean(values, nr) : 0,
	       sum = 0;

	for (size_t i = 0; i < nr; i++)
		sum += (values[i] - mean) * (values[i] - mean);
	free(values);
	return sum;
}

/* What all boots of both ends say of the spread of one boot; freedom 0 when they say nothing. */
static double boot_sd(const struct bisect *b, const struct bisect_anchors *a, double *freedom)
{
	size_t last = b->problem.nr - 1;
	double sum = squares_of(b, 0, a->sigma_w) + squares_of(b, last, a->sigma_w);

	*freedom = fmax((double)a->ngood - 1, 0) + fmax((double)a->nbad - 1, 0);
	if (*freedom < 1)
		return INFINITY;
	return fmax(sqrt(sum / *freedom), bisect_least_sigma(b, a->good) / sqrt((double)b->options.repeats));
}

struct stats_estimate bisect_level(struct bisect *b, const size_t *commits, size_t nr)
{
	struct stats_estimate e = { NAN, INFINITY, 0 };
	struct bisect_anchors a;
	double sum = 0;
	size_t boots = 0;

	bisect_anchors(b, &a);
	for (size_t k = 0; k < nr; k++) {
		size_t n;
		double *values = bisect_values(b, commits[k], a.sigma_w, &n);

		for (size_t i = 0; i < n; i++)
			sum += values[i];
		boots += n;
		free(values);
	}
	if (!boots)
		return e;
	e.value = sum / (double)boots;
	e.se = boot_sd(b, &a, &e.freedom) / sqrt((double)boots);
	return e;
}

static void fill_levels(struct bisect *b, struct bisect_answer *answer)
{
	size_t first = 0, last = b->problem.nr - 1;
	struct stats_estimate good = bisect_level(b, &first, 1), bad = bisect_level(b, &last, 1);
	struct stats_estimate gap = stats_difference(good, bad);

	answer->good = bisect_interval_of(stats_estimate_interval(good, BISECT_LEVEL));
	answer->bad = bisect_interval_of(stats_estimate_interval(bad, BISECT_LEVEL));
	answer->gap = bisect_interval_of(stats_estimate_interval(gap, BISECT_LEVEL));
	answer->relative = bisect_interval_of(stats_relative(good, bad, BISECT_LEVEL));
	answer->step = (struct bisect_interval){ NAN, NAN, NAN };
	answer->step_share = NAN;
	answer->stored_gap = bisect_stored_gap(b);
}

void bisect_fill_step(struct bisect *b, struct bisect_answer *answer)
{
	const struct bisect_problem *p = &b->problem;
	size_t culprit = answer->culprit, nr = p->parent_at[culprit + 1] - p->parent_at[culprit];
	size_t *parents = xreallocarray(NULL, nr + 1, sizeof(*parents)), first = 0;
	struct stats_estimate before, after = bisect_level(b, &culprit, 1), step;

	for (size_t i = 0; i < nr; i++)
		parents[i] = p->parents[p->parent_at[culprit] + i];
	before = bisect_level(b, parents, nr);
	free(parents);
	/* A parent that cannot be built, or that the user knows: then what is good today has to do. */
	if (isnan(before.value))
		before = bisect_level(b, &first, 1);
	step = stats_difference(before, after);
	answer->step = bisect_interval_of(stats_estimate_interval(step, BISECT_LEVEL));
	answer->step_share = answer->step.value / answer->gap.value;
}

void bisect_fill_set(struct bisect *b, struct bisect_answer *answer)
{
	uint64_t *set = bisect_set_new(b);

	free(answer->set);
	answer->set = bisect_set_list(b, set, &answer->nset);
	free(set);
}

void bisect_fill_one(struct bisect *b, struct bisect_answer *answer, size_t culprit)
{
	answer->culprit = culprit;
	free(answer->set);
	answer->set = xmalloc(sizeof(*answer->set));
	answer->set[0] = culprit;
	answer->nset = 1;
	bisect_fill_step(b, answer);
}

bool bisect_ends_untestable(const struct bisect *b, struct strbuf *why)
{
	bool good = b->commits[0].untestable, bad = b->commits[b->problem.nr - 1].untestable;

	if ((good || bad) && why)
		strbuf_addf(why, "The %s end cannot be measured: it does not build, boot or run its benchmark.",
			    good ? "good" : "bad");
	return good || bad;
}

void bisect_fill_not_reproduced(struct bisect *b, const struct bisect_anchors *anchors,
				struct bisect_answer *answer)
{
	double direction = bisect_direction(b), gap = direction * anchors->gap, stored = answer->stored_gap;

	answer->verdict = BISECT_NOT_REPRODUCED;
	strbuf_addf(&answer->why,
		    "Not reproduced: after %zu and %zu boots today the ends differ by %.4g +- %.2g",
		    anchors->ngood, anchors->nbad, anchors->gap, anchors->se);
	if (!isnan(stored) && gap < direction * stored / 2)
		strbuf_addf(&answer->why, ", less than half of the stored %.4g", stored);
	else if (gap > 0 && gap <= b->options.floor * fabs(anchors->good))
		strbuf_addf(&answer->why, ", less than %g %% of the good level", 100 * b->options.floor);
	strbuf_addstr(&answer->why, ".");
}

static void end_by_budget(struct bisect *b, struct bisect_answer *answer)
{
	answer->verdict = BISECT_UNDECIDED;
	answer->seconds_left = 0;
	if (!answer->nset)
		bisect_fill_set(b, answer);
	strbuf_reset(&answer->why);
	strbuf_addf(&answer->why, "The budget is used up (%zu boot%s, %.0f s) and %zu commit%s left.",
		    b->all_boots, b->all_boots == 1 ? "" : "s", b->seconds, answer->nset,
		    answer->nset == 1 ? " is" : "s are");
}

void bisect_answer(struct bisect *b, struct bisect_answer *answer)
{
	bisect_answer_release(answer);
	answer->culprit = BISECT_NONE;
	answer->builds = b->builds;
	answer->boots = b->all_boots;
	answer->samples = b->samples;
	answer->seconds = b->seconds;
	fill_levels(b, answer);
	b->ops->answer(b, answer);
	if (answer->verdict == BISECT_OPEN && bisect_budget_spent(b))
		end_by_budget(b, answer);
}

void bisect_answer_release(struct bisect_answer *answer)
{
	free(answer->set);
	for (size_t i = 0; i < answer->nsteps; i++)
		free(answer->steps[i].set);
	free(answer->steps);
	strbuf_release(&answer->why);
	*answer = (struct bisect_answer)BISECT_ANSWER_INIT;
}

void bisect_commit_state(struct bisect *b, size_t commit, struct bisect_commit_state *state)
{
	const struct bisect_commit *c = &b->commits[commit];

	if (commit >= b->problem.nr)
		BUG("commit %zu of %zu", commit, b->problem.nr);
	memset(state, 0, sizeof(*state));
	state->boots = c->nboots;
	state->samples = c->nsamples;
	state->level = bisect_interval_of(stats_estimate_interval(bisect_level(b, &commit, 1), BISECT_LEVEL));
	state->p_bad = NAN;
	state->untestable = c->untestable;
	state->built = c->built;
	if (b->ops->commit_state)
		b->ops->commit_state(b, commit, state);
}

struct bisect_sample *bisect_samples(const struct bisect *b, size_t commit, size_t *nr)
{
	const struct bisect_commit *c = &b->commits[commit];
	struct bisect_sample *samples = NULL;
	size_t alloc = 0;

	*nr = 0;
	for (size_t i = 0; i < c->nboots; i++) {
		const struct bisect_boot *boot = &b->boots[c->boots[i]];

		if (!bisect_is_comparable(b, boot))
			continue;
		for (size_t k = 0; k < boot->nr; k++) {
			ALLOC_GROW(samples, *nr + 1, alloc);
			samples[(*nr)++] = (struct bisect_sample){
				boot->number, boot->values[k] - b->machines[boot->machine].offset
			};
		}
	}
	return samples;
}

double *bisect_culprits(struct bisect *b)
{
	return b->ops->culprits ? b->ops->culprits(b) : NULL;
}
