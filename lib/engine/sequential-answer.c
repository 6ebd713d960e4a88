#include <math.h>

#include "engine/modes.h"
#include "engine/sequential-state.h"

/* A commit this many standard errors from either level fits neither. */
#define MISFIT_ERRORS 4
#define MISFIT_BOOTS 2
/*
 * What is computed is a bound: a name needs this share of the confidence that
 * was asked for, which as many of those named have as are right.
 */
#define CLAIM_SHARE 0.98
/* Boots that are slower by this share of the gap, some of them, make tests of single boots worthless. */
#define SLOW_SHARE 0.5
/* Nats; more than what the model of bayes wants, which loses nothing by it. */
#define SLOW_EVIDENCE 5.0

/*
 * The name is wrong only if a verdict is that it rests on. A sum of fresh
 * log likelihood ratios L is wrong with probability 1 / (1 + e^|L|) when both
 * were as likely before; they were not, so this is a bound from below. 0 where
 * it rests on the user's word, or on a parent that cannot be tested.
 */
static double confidence_of(struct bisect *b)
{
	enum bisect_mark expected;
	size_t commit;
	double wrong = 0;

	for (size_t i = 0; (commit = sequential_target(b, i, &expected)) != BISECT_NONE; i++) {
		const struct sequential_test *t = sequential_find(b, commit);

		if (b->commits[commit].user)
			return 0;
		if (t && t->verified)
			wrong += 1 / (1 + exp(fabs(t->llr)));
		else if (b->commits[commit].untestable)
			return 0;
	}
	return fmax(0, 1 - wrong);
}

/* Is there a tested commit that lies at neither level? */
static bool has_misfit(struct bisect *b, const struct sequential_levels *levels)
{
	const struct sequential *s = b->data;

	for (size_t i = 0; i < s->ntests; i++) {
		const struct bisect_commit *c = &b->commits[s->tests[i].commit];
		double mean = 0, variance = 0, error;

		if (c->nboots < MISFIT_BOOTS || !levels->ngood || !levels->nbad)
			continue;
		for (size_t k = 0; k < c->nboots; k++) {
			const struct bisect_boot *boot = &b->boots[c->boots[k]];

			mean += sequential_value(b, levels, c->boots[k]) / (double)c->nboots;
			variance += sequential_variance(levels, boot->nr);
		}
		error = MISFIT_ERRORS * sqrt(variance) / (double)c->nboots;
		if (fabs(mean - levels->good) > error && fabs(mean - levels->bad) > error)
			return true;
	}
	return false;
}

/* Do boots fall into two heaps, as far apart as the levels nearly? A test takes one heap for the other level. */
static bool has_slow_boots(struct bisect *b, const struct sequential_levels *levels)
{
	const struct sequential *s = b->data;
	struct boot_values *boots = xcalloc(s->ntests + 2, sizeof(*boots));
	const struct boot_values **commits = xcalloc(s->ntests + 2, sizeof(*commits));
	struct boot_modes modes;
	double evidence;

	for (size_t i = 0; i < s->ntests + 2; i++) {
		size_t commit = i < s->ntests ? s->tests[i].commit : i == s->ntests ? 0 : b->problem.nr - 1;
		const struct bisect_commit *c = &b->commits[commit];

		commits[i] = &boots[i];
		ALLOC_GROW(boots[i].values, c->nboots, boots[i].alloc);
		for (size_t k = 0; k < c->nboots; k++)
			boots[i].values[boots[i].nr++] = (struct boot_value){
				.value = bisect_direction(b) * sequential_value(b, levels, c->boots[k]),
				.samples = b->boots[c->boots[k]].nr,
			};
	}
	evidence = modes_fit(commits, s->ntests + 2, levels->sigma_w, &modes);
	for (size_t i = 0; i < s->ntests + 2; i++)
		free(boots[i].values);
	free(boots);
	free(commits);
	return evidence > SLOW_EVIDENCE && modes.shift > SLOW_SHARE * fabs(levels->bad - levels->good);
}

/* Boots of tests and verification to come, at what one costs now. */
static double seconds_left(struct bisect *b, const struct bisect_anchors *anchors,
			   const struct sequential_levels *levels)
{
	double samples = (double)b->options.repeats, boot, boots = 1, steps, left = 0, missing;
	uint64_t *set = bisect_set_new(b);
	size_t nr = bisect_set_count(b, set), n;

	free(set);
	boot = bisect_boot_seconds(b) + samples * bisect_sample_seconds(b);
	if (!anchors->complete) {
		missing = 2 * fmax((double)b->options.anchors_min, 1) -
			  (double)(anchors->ngood + anchors->nbad);
		left += boot * fmax(missing, 1) + 2 * bisect_build_seconds(b);
	}
	if (levels->ngood && levels->nbad) {
		n = sequential_samples(b, levels, sequential_threshold(b, false), &boots);
		boot = bisect_boot_seconds(b) + (double)n * bisect_sample_seconds(b);
	}
	steps = b->git == BISECT_GIT_FIRST_BAD || b->git == BISECT_GIT_ONLY_SKIPPED
		      ? 0
		      : ceil(log2(fmax(1, (double)nr)));
	left += steps * (bisect_build_seconds(b) + boots * boot);
	/* The culprit and its parent, with a little more evidence. */
	left += 2 * (boots + 0.25) * boot;
	return left / (double)b->options.machines;
}

static size_t open_targets(struct bisect *b)
{
	enum bisect_mark expected;
	size_t commit, open = 0;

	for (size_t i = 0; (commit = sequential_target(b, i, &expected)) != BISECT_NONE; i++)
		open += !sequential_is_settled(b, commit);
	return open;
}

static void answer_named(struct bisect *b, const struct sequential_levels *levels, struct bisect_answer *answer)
{
	double least = b->options.floor * fabs(answer->good.value);

	bisect_fill_one(b, answer, b->git_commit);
	if (bisect_direction(b) * answer->step.value <= least) {
		answer->verdict = BISECT_UNDECIDED;
		answer->culprit = BISECT_NONE;
		strbuf_addf(&answer->why, "The step that was found, %.4g, is below the %g %% that would count.",
			    answer->step.value, 100 * b->options.floor);
		return;
	}
	answer->confidence = confidence_of(b);
	if (answer->confidence > 0 && answer->confidence < CLAIM_SHARE * b->options.confidence) {
		answer->verdict = BISECT_UNDECIDED;
		strbuf_addf(&answer->why,
			    "Fresh boots of the first bad commit and its parents give it a probability of %.2g,"
			    " below what a name needs.",
			    answer->confidence);
		answer->culprit = BISECT_NONE;
		answer->confidence = 0;
		return;
	}
	if (has_slow_boots(b, levels)) {
		answer->verdict = BISECT_UNDECIDED;
		strbuf_addstr(&answer->why,
			      "Some boots of a commit are slower than others by nearly the step that is looked for:"
			      " strategy bayes knows of such boots, this one does not.");
		answer->culprit = BISECT_NONE;
		answer->confidence = 0;
		return;
	}
	answer->verdict = BISECT_NAMED;
	strbuf_addstr(&answer->why,
		      "Fresh boots of the first bad commit and of its parents agree with the search.");
}

static void answer_set(struct bisect *b, struct bisect_answer *answer)
{
	bisect_fill_set(b, answer);
	answer->verdict = BISECT_SET;
	strbuf_addf(&answer->why, "The culprit is one of %zu commits: the others cannot be tested.",
		    answer->nset);
}

static void answer_open(struct bisect_answer *answer, size_t open)
{
	if (open)
		strbuf_addf(&answer->why, "A first bad commit is found; %zu commit%s being verified.", open,
			    open == 1 ? " is" : "s are");
	else
		strbuf_addf(&answer->why, "%zu commit%s left.", answer->nset,
			    answer->nset == 1 ? " is" : "s are");
}

void sequential_answer(struct bisect *b, struct bisect_answer *answer)
{
	struct sequential_levels levels = { 0 };
	struct bisect_anchors anchors;
	size_t open = open_targets(b);
	bool last = b->git == BISECT_GIT_FIRST_BAD && !open;

	bisect_anchors(b, &anchors);
	if (anchors.ngood && anchors.nbad)
		sequential_levels(b, &levels);
	answer->more_steps_suspected = has_misfit(b, &levels);
	if (bisect_ends_untestable(b, &answer->why)) {
		answer->verdict = BISECT_UNDECIDED;
		bisect_fill_set(b, answer);
	} else if (anchors.not_reproduced || bisect_is_gone(b, &anchors, last)) {
		bisect_fill_not_reproduced(b, &anchors, answer);
	} else if (!anchors.complete) {
		bisect_fill_set(b, answer);
		strbuf_addf(&answer->why, "Both ends are being measured: %zu and %zu boots so far.",
			    anchors.ngood, anchors.nbad);
	} else if (sequential_is_lost(b->data)) {
		answer->verdict = BISECT_UNDECIDED;
		bisect_fill_set(b, answer);
		strbuf_addstr(&answer->why,
			      "Fresh boots keep contradicting earlier ones: there is more than one step, or the"
			      " machine is not what it was.");
	} else if (b->git == BISECT_GIT_FIRST_BAD && !open) {
		answer_named(b, &levels, answer);
	} else if (b->git == BISECT_GIT_ONLY_SKIPPED && !open) {
		answer_set(b, answer);
	} else {
		bisect_fill_set(b, answer);
		answer_open(answer, open);
	}
	if (answer->verdict == BISECT_OPEN)
		answer->seconds_left = seconds_left(b, &anchors, &levels);
}
