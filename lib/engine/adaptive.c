/*
 * The rule of Fastpath's bisection, as its user guide has it: one sample of a
 * commit; four more when its gap to the further baseline is below one and a
 * half times the confidence interval; overlap with both baselines is a skip.
 * Baselines are the stored ones; without any, both ends are measured first.
 * Values are turned so that more is worse.
 */
#include <math.h>

#include "engine/bisect-state.h"
#include "stats/quantile.h"
#include "stats/summary.h"

#define FIRST_SAMPLES 1
#define ALL_SAMPLES 5
#define CLEAR_INTERVALS 1.5
/* The point of Student's t for intervals of 95 %. */
#define T_POINT 0.975

struct baseline {
	size_t nr;
	double mean, variance;
	/* Half of the interval of the mean. */
	double half;
};

static void make_baseline(double *values, size_t nr, double direction, struct baseline *base)
{
	for (size_t i = 0; i < nr; i++)
		values[i] *= direction;
	base->nr = nr;
	base->mean = stats_mean(values, nr);
	base->variance = stats_variance(values, nr);
	base->half = nr < 2 ? INFINITY
			    : stats_t_quantile(T_POINT, (double)(nr - 1)) * sqrt(base->variance / (double)nr);
}

/* All samples of a commit in the order of its boots; owned by the caller. */
static double *samples_of(const struct bisect *b, size_t commit, size_t *nr)
{
	const struct bisect_commit *c = &b->commits[commit];
	double *values = xreallocarray(NULL, c->nsamples + 1, sizeof(*values));

	*nr = 0;
	for (size_t i = 0; i < c->nboots; i++) {
		const struct bisect_boot *boot = &b->boots[c->boots[i]];

		for (size_t k = 0; k < boot->nr; k++)
			values[(*nr)++] = boot->values[k];
	}
	return values;
}

static bool has_stored(const struct bisect *b)
{
	return b->problem.nstored_good > 1 && b->problem.nstored_bad > 1;
}

static void read_baselines(const struct bisect *b, struct baseline *good, struct baseline *bad)
{
	const struct bisect_problem *p = &b->problem;
	double direction = bisect_direction(b), *values;
	size_t nr;

	if (has_stored(b)) {
		values = xreallocarray(NULL, p->nstored_good + p->nstored_bad, sizeof(*values));
		memcpy(values, p->stored_good, p->nstored_good * sizeof(*values));
		make_baseline(values, p->nstored_good, direction, good);
		memcpy(values, p->stored_bad, p->nstored_bad * sizeof(*values));
		make_baseline(values, p->nstored_bad, direction, bad);
		free(values);
		return;
	}
	values = samples_of(b, 0, &nr);
	make_baseline(values, nr, direction, good);
	free(values);
	values = samples_of(b, p->nr - 1, &nr);
	make_baseline(values, nr, direction, bad);
	free(values);
}

/* The first sample: UNMARKED when it is not clear enough. */
static enum bisect_mark judge_one(double x, const struct baseline *good, const struct baseline *bad)
{
	double freedom = (double)(good->nr + bad->nr) - 2, interval;
	double pooled = ((double)(good->nr - 1) * good->variance + (double)(bad->nr - 1) * bad->variance) /
			freedom;
	bool near_bad = fabs(x - bad->mean) < fabs(x - good->mean);
	const struct baseline *far = near_bad ? good : bad;

	interval = stats_t_quantile(T_POINT, freedom) * sqrt(pooled) + far->half;
	if (fabs(x - far->mean) < CLEAR_INTERVALS * interval)
		return BISECT_UNMARKED;
	return near_bad ? BISECT_BAD : BISECT_GOOD;
}

static enum bisect_mark judge_all(const struct baseline *x, const struct baseline *good,
				  const struct baseline *bad)
{
	bool as_good = fabs(x->mean - good->mean) <= x->half + good->half;
	bool as_bad = fabs(x->mean - bad->mean) <= x->half + bad->half;

	if (x->mean + x->half < good->mean - good->half)
		return BISECT_GOOD;
	if (x->mean - x->half > bad->mean + bad->half)
		return BISECT_BAD;
	if (as_good == as_bad)
		return BISECT_SKIP;
	return as_good ? BISECT_GOOD : BISECT_BAD;
}

/* UNMARKED: it needs more samples. */
static enum bisect_mark judge(const struct bisect *b, size_t commit)
{
	enum bisect_mark mark = BISECT_UNMARKED;
	struct baseline good, bad, x;
	double *values;
	size_t nr;

	if (!b->commits[commit].nboots)
		return mark;
	read_baselines(b, &good, &bad);
	if (good.nr < 2 || bad.nr < 2)
		return mark;
	values = samples_of(b, commit, &nr);
	make_baseline(values, nr, bisect_direction(b), &x);
	free(values);
	if (nr == FIRST_SAMPLES)
		mark = judge_one(x.mean, &good, &bad);
	else if (nr >= ALL_SAMPLES)
		mark = judge_all(&x, &good, &bad);
	return mark;
}

static enum bisect_mark mark_of(struct bisect *b, size_t commit)
{
	enum bisect_mark mark = judge(b, commit);

	if (mark == BISECT_UNMARKED && b->commits[commit].untestable)
		return BISECT_SKIP;
	return mark;
}

/* Baselines that differ by less than the floor, or the wrong way round. */
static bool is_not_reproduced(const struct bisect *b)
{
	struct baseline good, bad;

	read_baselines(b, &good, &bad);
	return !b->options.force && bad.mean - good.mean <= b->options.floor * fabs(good.mean);
}

/* Both ends have what they need: from the store, or so many boots of today. */
static bool next_end(const struct bisect *b, size_t machine, struct bisect_action *action)
{
	size_t ends[] = { 0, b->problem.nr - 1 }, have[2];

	for (size_t i = 0; i < 2; i++)
		have[i] = b->commits[ends[i]].nboots;
	if (has_stored(b) || (have[0] >= b->options.anchors_min && have[1] >= b->options.anchors_min &&
			      b->commits[ends[0]].nsamples > 1 && b->commits[ends[1]].nsamples > 1))
		return false;
	for (size_t i = 0; i < 2; i++)
		have[i] += bisect_under_way(b, ends[i], machine);
	action->reason = "anchor";
	action->commit = have[0] <= have[1] ? ends[0] : ends[1];
	action->samples = b->options.repeats;
	if (have[0] < b->options.anchors_min || have[1] < b->options.anchors_min || b->options.anchors_min < 2)
		action->kind = BISECT_MEASURE;
	return true;
}

static void measure(const struct bisect *b, size_t machine, size_t commit, struct bisect_action *action)
{
	size_t nr = b->commits[commit].nsamples;

	if (bisect_under_way(b, commit, machine))
		return;
	action->kind = BISECT_MEASURE;
	action->commit = commit;
	action->samples = nr ? ALL_SAMPLES - nr : FIRST_SAMPLES;
	action->reason = nr ? "unclear" : "test";
}

static void next_action(struct bisect *b, size_t machine, struct bisect_action *action)
{
	bool ends = !has_stored(b) && bisect_ends_untestable(b, NULL);

	if (!ends && next_end(b, machine, action))
		return;
	if (ends || is_not_reproduced(b) || b->git == BISECT_GIT_FIRST_BAD ||
	    b->git == BISECT_GIT_ONLY_SKIPPED) {
		action->kind = BISECT_STOP;
		action->reason = "done";
	} else if (b->git == BISECT_GIT_NONE || bisect_mark_of(b, b->git_commit) != BISECT_UNMARKED) {
		action->kind = BISECT_CHOOSE;
		action->reason = "choose";
	} else {
		measure(b, machine, b->git_commit, action);
	}
}

static void answer_not_reproduced(const struct bisect *b, struct bisect_answer *answer)
{
	struct baseline good, bad;

	read_baselines(b, &good, &bad);
	answer->verdict = BISECT_NOT_REPRODUCED;
	strbuf_addf(&answer->why,
		    "Not reproduced: the baselines differ by %.4g, not by more than %g %% the wrong way.",
		    bisect_direction(b) * (bad.mean - good.mean), 100 * b->options.floor);
}

/* The levels that everything was held against: the stored ones are not in any boot. */
static void fill_stored_levels(const struct bisect *b, struct bisect_answer *answer)
{
	const struct bisect_problem *p = &b->problem;
	struct stats_estimate good = stats_mean_estimate(p->stored_good, p->nstored_good);
	struct stats_estimate bad = stats_mean_estimate(p->stored_bad, p->nstored_bad);

	answer->good = bisect_interval_of(stats_estimate_interval(good, BISECT_LEVEL));
	answer->bad = bisect_interval_of(stats_estimate_interval(bad, BISECT_LEVEL));
	answer->gap = bisect_interval_of(stats_estimate_interval(stats_difference(good, bad), BISECT_LEVEL));
	answer->relative = bisect_interval_of(stats_relative(good, bad, BISECT_LEVEL));
}

/* How many of the set were skipped because their results fit both baselines or neither. */
static size_t unclear(struct bisect *b, const struct bisect_answer *answer)
{
	size_t nr = 0;

	for (size_t i = 0; i < answer->nset; i++)
		nr += judge(b, answer->set[i]) == BISECT_SKIP;
	return nr;
}

static double seconds_left(struct bisect *b)
{
	uint64_t *set = bisect_set_new(b);
	double steps = ceil(log2(fmax(1, (double)bisect_set_count(b, set))));

	free(set);
	return steps * (bisect_build_seconds(b) + 1.5 * bisect_boot_seconds(b) + 3 * bisect_sample_seconds(b));
}

static void fill_answer(struct bisect *b, struct bisect_answer *answer)
{
	struct bisect_action end = { .kind = BISECT_WAIT };

	if (has_stored(b))
		fill_stored_levels(b, answer);
	bisect_fill_set(b, answer);
	if (!has_stored(b) && bisect_ends_untestable(b, &answer->why)) {
		answer->verdict = BISECT_UNDECIDED;
	} else if (next_end(b, 0, &end)) {
		strbuf_addstr(&answer->why, "Both ends are being measured: there are no stored baselines.");
	} else if (is_not_reproduced(b)) {
		answer_not_reproduced(b, answer);
	} else if (b->git == BISECT_GIT_FIRST_BAD) {
		answer->verdict = BISECT_NAMED;
		bisect_fill_one(b, answer, b->git_commit);
		strbuf_addstr(&answer->why,
			      "Named by single verdicts against the baselines; nothing was verified.");
	} else if (b->git == BISECT_GIT_ONLY_SKIPPED) {
		answer->verdict = BISECT_SET;
		strbuf_addf(&answer->why,
			    "The culprit is one of %zu commits: the others cannot be tested, or told apart (%zu"
			    " results were unclear).",
			    answer->nset, unclear(b, answer));
	} else {
		strbuf_addf(&answer->why, "%zu commit%s left.", answer->nset,
			    answer->nset == 1 ? " is" : "s are");
	}
	if (answer->verdict == BISECT_OPEN)
		answer->seconds_left = seconds_left(b);
}

const struct bisect_operations bisect_adaptive = {
	.next = next_action,
	.mark_of = mark_of,
	.answer = fill_answer,
};
