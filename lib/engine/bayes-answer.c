#include "engine/bayes-state.h"

#include <math.h>

#define CREDIBLE 0.95
/* A further step that is looked for beside the one that is named, as a share of the gap, and the nats for it. */
#define STEP_SHARE 0.35
#define STEP_EVIDENCE 1.5
/* Of a set among merges, groups with less are left out. */
#define SET_LEAST 0.0005
/* A commit's level is of neither side when it is so many standard errors from both. */
#define NEITHER_ERRORS 3.0
#define NEITHER_BOOTS 3
#define NORMAL_975 1.959964

enum bisect_mark bayes_mark_of(struct bisect *b, size_t commit)
{
	const struct bayes *bayes = bayes_of(b);
	double doubt = fmax(0.05, 1 - b->options.confidence), bad;
	size_t test = bayes->ready && !bayes->impossible ? bayes_find_test(bayes, commit) : BISECT_NONE;

	if (b->commits[commit].untestable)
		return BISECT_SKIP;
	/* Of several steps, git is told of the first that was found. */
	if (bayes->nsteps && b->commits[commit].nboots)
		return bisect_is_ancestor(b, bayes->steps[0].culprit, commit) ? BISECT_BAD : BISECT_GOOD;
	if (test == BISECT_NONE)
		return BISECT_UNMARKED;
	bad = posterior_bad(&bayes->posterior, &bayes->partition, test);
	return bad >= 1 - doubt ? BISECT_BAD : bad <= doubt ? BISECT_GOOD : BISECT_UNMARKED;
}

/* log of the cells' mean likelihood of a side. */
static double log_side(const struct bayes *bayes, const struct posterior_test *says, bool bad)
{
	double most = -INFINITY, sum = 0;

	for (int pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < GRID_CELLS; i++) {
			size_t good = i / (GRID_GAP * GRID_SIGMAS) * GRID_SIGMAS + i % GRID_SIGMAS;
			double l = bad ? says->bad[i] : says->good[good];

			if (!pass)
				most = fmax(most, l);
			else
				sum += bayes->posterior.cells[i] * exp(l - most);
		}
	return most + log(sum);
}

void bayes_commit_state(struct bisect *b, size_t commit, struct bisect_commit_state *state)
{
	struct bayes *bayes = bayes_of(b);
	size_t test;
	double *culprits;

	if (!bayes->ready || bayes->impossible)
		return;
	test = bayes_find_test(bayes, commit);
	if (bayes->nsteps) {
		double sure = bayes->steps[0].confidence;

		state->p_bad = bisect_is_ancestor(b, bayes->steps[0].culprit, commit) ? sure : 1 - sure;
		return;
	}
	if (test != BISECT_NONE) {
		state->p_bad = posterior_bad(&bayes->posterior, &bayes->partition, test);
		state->llr = log_side(bayes, &bayes->says[test], true) -
			     log_side(bayes, &bayes->says[test], false);
		return;
	}
	culprits = bayes_culprits(b);
	bayes_reach(b, culprits);
	free(culprits);
	state->p_bad = fmin(bayes->reach.bad[commit], 1);
}

double *bayes_answer_culprits(struct bisect *b)
{
	const struct bayes *bayes = bayes_of(b);

	return bayes->ready && !bayes->impossible && !bayes->nsteps ? bayes_culprits(b) : NULL;
}

static void add_commits(const struct bisect *b, const bool *wanted, struct bisect_answer *answer)
{
	const struct bayes *bayes = bayes_of(b);
	size_t alloc = 0;

	for (size_t c = 1; c < b->problem.nr; c++) {
		uint32_t group = bayes->partition.group_of[c];

		if (group == PARTITION_NONE || !wanted[group])
			continue;
		ALLOC_GROW(answer->set, answer->nset + 1, alloc);
		answer->set[answer->nset++] = c;
	}
}

/* The leader alone when only it is left, otherwise the credible set. */
static void fill_set(const struct bisect *b, struct bisect_answer *answer)
{
	const struct bayes *bayes = bayes_of(b);
	const struct partition *p = &bayes->partition;
	bool *wanted = xcalloc(p->ngroups + 1, sizeof(*wanted));
	size_t from, to;

	bayes_credible(bayes, CREDIBLE, &from, &to);
	if (answer->verdict == BISECT_SET && bayes_is_settled(b))
		wanted[bayes_leader(bayes)] = true;
	else
		for (size_t i = from; i < to; i++)
			wanted[p->order[i]] = b->linear || bayes->posterior.mass[p->order[i]] > SET_LEAST;
	add_commits(b, wanted, answer);
	free(wanted);
}

/* The likeliest commit. */
static void fill_culprit(const struct bisect *b, struct bisect_answer *answer)
{
	double *culprits = bayes_culprits(b);

	for (size_t c = 1; c < b->problem.nr; c++)
		if (culprits[c] > answer->confidence) {
			answer->confidence = culprits[c];
			answer->culprit = c;
		}
	free(culprits);
}

/* Is there a commit whose level is that of neither side? */
static bool suspects_more_steps(const struct bayes *bayes)
{
	const struct grid_moments *m = &bayes->posterior.moments;

	for (size_t i = 0; i < bayes->ntests; i++) {
		struct bayes_level level;
		double error;

		if (bayes->tests[i].boots.nr < NEITHER_BOOTS)
			continue;
		bayes_level_of(bayes, &bayes->tests[i].boots, &level);
		error = NEITHER_ERRORS * sqrt(level.sd * level.sd + 0.01 * m->gap * m->gap);
		if (fabs(level.mean - m->good) > error && fabs(level.mean - m->good - m->gap) > error)
			return true;
	}
	return false;
}

/*
 * Are commits next to the step that is named at another level than the end of their
 * side? The log likelihood ratio of a difference of STEP_SHARE of the gap against none.
 */
static bool leaves_a_step(struct bisect *b, const struct bisect_answer *answer)
{
	const struct bayes *bayes = bayes_of(b);
	struct bayes_level beside[2], ends[2];
	size_t commits[2] = { bayes->good_end, bayes->bad_end };
	double step;

	/* Where all steps are looked for, it would have been found. */
	if (bayes->nsteps || (answer->verdict != BISECT_NAMED && answer->verdict != BISECT_SET))
		return false;
	bayes_local_levels(b, &beside[0], &beside[1]);
	for (size_t i = 0; i < 2; i++)
		bayes_level_of(bayes, &bayes->tests[bayes_find_test(bayes, commits[i])].boots, &ends[i]);
	step = STEP_SHARE * (ends[1].mean - ends[0].mean);
	for (size_t i = 0; i < 2; i++) {
		double variance = beside[i].sd * beside[i].sd + ends[i].sd * ends[i].sd;
		double differ = fabs(beside[i].mean - ends[i].mean);

		if ((differ - step / 2) * step > STEP_EVIDENCE * variance)
			return true;
	}
	return false;
}

/* What is to be learned of commits: tests have not told those of a group apart yet. */
static double bits_left(const struct bisect *b)
{
	double *culprits = bayes_culprits(b), bits = 0;

	for (size_t c = 1; c < b->problem.nr; c++)
		if (culprits[c] > 0)
			bits -= culprits[c] * log2(culprits[c]);
	free(culprits);
	return bits;
}

/* A bit for each boot of a commit, where no choice says what one brings. */
static double seconds_of(const struct bisect *b, double bits, double rate)
{
	return bits /
	       (rate > 0 ? rate
			 : 1 / (bisect_build_seconds(b) + bisect_boot_seconds(b) + bisect_sample_seconds(b)));
}

/* Until both ends are known, and then as many boots as the prior has bits. */
static double seconds_from_start(const struct bisect *b, const struct bisect_anchors *anchors)
{
	size_t wanted = 2 * b->options.anchors_min, have = anchors->ngood + anchors->nbad;
	double boot = bisect_boot_seconds(b) + bisect_sample_seconds(b);

	return (wanted > have ? (double)(wanted - have) * boot : 0) +
	       (have ? 0 : 2 * bisect_build_seconds(b)) + seconds_of(b, bayes_of(b)->prior_bits, 0);
}

/*
 * Mean of the boots of commits that have all the steps that `step` has, but for
 * the step itself, which they have, or lack. NAN of none.
 */
static double level_beside(struct bisect *b, size_t step, bool bad)
{
	const struct bayes *bayes = bayes_of(b);
	double sum = 0, extra;
	size_t nr = 0;

	for (size_t i = 0; i < b->nended; i++) {
		const struct bisect_boot *boot = &b->boots[b->ended[i]];
		bool counts = !boot->dropped && bayes_knows_machine(b, boot->machine);

		for (size_t k = 0; k < bayes->nsteps && counts; k++) {
			size_t culprit = bayes->steps[k].culprit;
			bool wanted = k == step ? bad
						: bisect_is_ancestor(b, culprit, bayes->steps[step].culprit);

			counts = bisect_is_ancestor(b, culprit, boot->commit) == wanted;
		}
		if (!counts)
			continue;
		sum += bayes_value(b, boot, bayes->grid.sigma_w, &extra);
		nr++;
	}
	return nr ? sum / (double)nr : NAN;
}

static double share_of(struct bisect *b, size_t step)
{
	const struct bayes *bayes = bayes_of(b);
	double share = (level_beside(b, step, true) - level_beside(b, step, false)) / bayes->whole_gap;

	return isnan(share) ? bayes->steps[step].share : share;
}

static size_t *copy_set(const struct bisect_step *step)
{
	size_t *set = xreallocarray(NULL, step->nset, sizeof(*set));

	memcpy(set, step->set, step->nset * sizeof(*set));
	return set;
}

/* The steps that were found, the largest first, which is the answer. */
static void fill_steps(struct bisect *b, struct bisect_answer *answer)
{
	const struct bayes *bayes = bayes_of(b);
	struct bisect_step *steps = xreallocarray(NULL, bayes->nsteps, sizeof(*steps));

	for (size_t i = 0; i < bayes->nsteps; i++) {
		struct bisect_step step = bayes->steps[i];
		size_t at = i;

		step.share = share_of(b, i);
		step.set = copy_set(&step);
		for (; at && fabs(steps[at - 1].share) < fabs(step.share); at--)
			steps[at] = steps[at - 1];
		steps[at] = step;
	}
	answer->steps = steps;
	answer->nsteps = bayes->nsteps;
	answer->culprit = steps[0].culprit;
	answer->confidence = steps[0].confidence;
	answer->step_share = steps[0].share;
	answer->step = (struct bisect_interval){ NAN, NAN, NAN };
	free(answer->set);
	answer->set = copy_set(&steps[0]);
	answer->nset = steps[0].nset;
	if (answer->verdict == BISECT_NAMED && answer->nset > 1) {
		answer->verdict = BISECT_SET;
		strbuf_addstr(&answer->why, "the others cannot be tested");
	}
}

static void answer_ready(struct bisect *b, struct bisect_answer *answer)
{
	struct bayes *bayes = bayes_of(b);
	struct bayes_decision decision;
	struct bisect_anchors anchors;

	bayes_decide(b, 0, &decision);
	answer->verdict = decision.verdict;
	strbuf_addstr(&answer->why, decision.why);
	if (bayes->impossible)
		return;
	if (!decision.verdict)
		answer->seconds_left = seconds_of(b, bits_left(b), decision.rate);
	answer->more_steps_suspected = suspects_more_steps(bayes) || leaves_a_step(b, answer);
	fill_set(b, answer);
	fill_culprit(b, answer);
	bisect_fill_step(b, answer);
	if (bayes->nsteps)
		fill_steps(b, answer);
	if (answer->verdict != BISECT_SET && answer->verdict != BISECT_UNDECIDED)
		return;
	answer->own_spread = bayes_spread(bayes);
	/* No commit for it, and the ends themselves do not show it any more; with slow boots, means need not. */
	bisect_anchors(b, &anchors);
	if (!bayes->nsteps && !(bayes->grid.modes.share > 0) && bisect_is_gone(b, &anchors, true)) {
		free(answer->set);
		answer->set = NULL;
		answer->nset = 0;
		answer->culprit = BISECT_NONE;
		answer->confidence = 0;
		strbuf_reset(&answer->why);
		bisect_fill_not_reproduced(b, &anchors, answer);
	}
}

void bayes_answer(struct bisect *b, struct bisect_answer *answer)
{
	struct bisect_anchors anchors;

	if (bayes_of(b)->ready) {
		answer_ready(b, answer);
		return;
	}
	bisect_anchors(b, &anchors);
	if (anchors.complete && anchors.not_reproduced)
		bisect_fill_not_reproduced(b, &anchors, answer);
	else
		answer->seconds_left = seconds_from_start(b, &anchors);
}
