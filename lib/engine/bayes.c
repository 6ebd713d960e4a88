#include "engine/bayes-state.h"

#include <math.h>

#include "stats/summary.h"

/* Part of the prior that every commit shares in equally, whatever the caller's says. */
#define UNIFORM_SHARE 0.1
/* Boots between refits of the noise and the boot modes. */
#define FIT_EVERY 6
/* Commits so near to one that cannot be tested often cannot be, either. */
#define RISK_REACH 5
/* Boots that vary by this share of the gap, and by this much more than samples do, may have modes ... */
#define MODES_SPREAD 0.35
#define MODES_SIGMAS 1.1
/* ... which so many boots of each end will show. */
#define MODES_BOOTS 14

/* After so many boots of an end, boots of that many samples; where samples are cheap enough for a few anyway. */
#define LATE_BOOTS 8
#define LATE_SAMPLES 5
#define LATE_FROM_SAMPLES 2

/* Boots that watch the machine have fewer. */
#define WATCH_SAMPLES 2

static void make_prior(struct bisect *b)
{
	struct bayes *bayes = bayes_of(b);
	size_t nr = b->problem.nr - 1;
	const double *given = b->problem.prior;
	double sum = 0;

	bayes->prior = xcalloc(b->problem.nr, sizeof(*bayes->prior));
	for (size_t c = 1; given && c <= nr; c++)
		if (given[c] > 0)
			sum += given[c];
	if (!(sum > 0 && isfinite(sum)))
		given = NULL;
	for (size_t c = 1; c <= nr; c++) {
		double own = given && given[c] > 0 ? given[c] / sum : 0;

		bayes->prior[c] = given ? (1 - UNIFORM_SHARE) * own + UNIFORM_SHARE / (double)nr
					: 1 / (double)nr;
		bayes->prior_bits -= bayes->prior[c] * log2(bayes->prior[c]);
	}
}

static void start(struct bisect *b)
{
	struct bayes *bayes = b->data = xcalloc(1, sizeof(*bayes));

	bayes->partition = (struct partition)PARTITION_INIT;
	bayes->bad_end = b->problem.nr - 1;
	bayes->risky = xcalloc(b->problem.nr, 1);
	bayes->open = xcalloc(b->problem.nr, 1);
	memset(bayes->open, 1, b->problem.nr);
	information_init(&bayes->information);
	reach_init(&bayes->reach, &b->problem);
	make_prior(b);
}

static void stop(struct bisect *b)
{
	struct bayes *bayes = bayes_of(b);

	bayes_model_release(bayes);
	reach_release(&bayes->reach);
	free(bayes->prior);
	bayes_forget_steps(b);
	free(bayes->steps);
	free(bayes->sides);
	free(bayes->risky);
	free(bayes->open);
	free(bayes);
}

/* Of the boots of an end but for the furthest one: one may always be off, slow ones are several. */
static double boot_sd(const struct bisect *b, size_t commit, double sigma_w)
{
	size_t nr, furthest = 0;
	double *values = bisect_values(b, commit, sigma_w, &nr), middle, sd;

	middle = stats_median(values, nr);
	for (size_t i = 1; i < nr; i++)
		if (fabs(values[i] - middle) > fabs(values[furthest] - middle))
			furthest = i;
	if (nr) {
		nr--;
		values[furthest] = values[nr];
	}
	sd = stats_sd(values, nr);
	free(values);
	return sd;
}

/* Do the ends' boots look as if they had modes, and would more of them show it? */
static bool wants_more_boots(struct bisect *b, const struct bisect_anchors *anchors)
{
	size_t last = b->problem.nr - 1;
	double sd = fmax(boot_sd(b, 0, anchors->sigma_w), boot_sd(b, last, anchors->sigma_w));

	return (b->commits[0].nboots < MODES_BOOTS || b->commits[last].nboots < MODES_BOOTS) &&
	       sd >= MODES_SPREAD * fabs(anchors->gap) && sd > MODES_SIGMAS * anchors->sigma_w;
}

static void try_to_begin(struct bisect *b)
{
	struct bayes *bayes = bayes_of(b);
	struct bisect_anchors anchors;

	bisect_anchors(b, &anchors);
	if (!anchors.complete || anchors.not_reproduced || wants_more_boots(b, &anchors))
		return;
	bayes->ready = true;
	bayes->seconds_before = b->seconds;
	bayes_rebuild(b);
}

/* What is done after a boot when it is time. */
static void go_on(struct bisect *b)
{
	struct bayes *bayes = bayes_of(b);

	if (!bayes->impossible && (bayes->since_fit >= FIT_EVERY || (bayes->since_fit && bayes_is_settled(b))))
		bayes_refit(b);
	if (b->options.all_steps && !bayes->impossible)
		bayes_follow_steps(b);
}

static void take_boot(struct bisect *b, const struct bisect_event *event)
{
	const struct bisect_boot *boot = b->nended ? &b->boots[b->ended[b->nended - 1]] : NULL;

	if (!boot || boot->number != event->boot || boot->dropped)
		return;
	if (!bayes_of(b)->ready) {
		try_to_begin(b);
		return;
	}
	/* The boots that a machine had until now count, too, as soon as it can be compared. */
	if (bisect_is_comparable(b, boot) && !bayes_knows_machine(b, boot->machine))
		bayes_refit(b);
	else
		bayes_add_boot(b, boot);
	go_on(b);
}

/* It was let in before its first boot, which it will not have, or not yet. */
static void forget_test(struct bisect *b, size_t commit)
{
	const struct bayes *bayes = bayes_of(b);

	if (bayes->ready && !b->commits[commit].nboots && bayes_find_test(bayes, commit) != BISECT_NONE &&
	    !bisect_under_way(b, commit, BISECT_NONE))
		bayes_rebuild(b);
}

static void take_failure(struct bisect *b, size_t commit)
{
	struct bayes *bayes = bayes_of(b);
	size_t from = commit > RISK_REACH ? commit - RISK_REACH : 0;

	for (size_t c = from; c < b->problem.nr && c <= commit + RISK_REACH; c++)
		bayes->risky[c] = 1;
	forget_test(b, commit);
}

/* What was known is no more. */
static void begin_again(struct bisect *b)
{
	bayes_of(b)->ready = false;
	bayes_forget_steps(b);
	if (b->commits[0].nboots && b->commits[b->problem.nr - 1].nboots)
		try_to_begin(b);
}

static void record(struct bisect *b, const struct bisect_event *event)
{
	const struct bisect_commit *c = &b->commits[event->commit];
	struct bayes *bayes = bayes_of(b);

	bayes->reach_fresh = false;
	bayes->open[event->commit] = !c->untestable && !c->user && !c->nboots;
	switch (event->kind) {
	case BISECT_BOOT_END:
		take_boot(b, event);
		break;
	case BISECT_BUILD_FAILED:
	case BISECT_BOOT_FAILED:
	case BISECT_BENCH_FAILED:
		/* Of another build than the first it tells nothing of the commits around. */
		if (!event->layout)
			take_failure(b, event->commit);
		break;
	case BISECT_ISSUED:
		if (bayes->ready && b->nmachines > 1)
			bayes_add_test(b, event->commit);
		break;
	case BISECT_RETURNED:
		forget_test(b, event->commit);
		break;
	case BISECT_USER_GOOD:
	case BISECT_USER_BAD:
	case BISECT_USER_SKIP:
	case BISECT_RETRY:
		if (bayes->ready)
			begin_again(b);
		break;
	default:
		break;
	}
}

/* The ends' boots are limited; the last ones of them make more of it. */
static size_t anchor_samples(const struct bisect *b, size_t end)
{
	size_t samples = bayes_boot_samples(b);

	if (samples >= LATE_FROM_SAMPLES && b->commits[end].nboots >= LATE_BOOTS)
		return samples > LATE_SAMPLES ? samples : LATE_SAMPLES;
	return samples;
}

/* Stage 0, and the boots that boot modes or a further machine need. False when none. */
static bool next_anchor(struct bisect *b, size_t machine, struct bisect_action *action)
{
	struct bayes *bayes = bayes_of(b);
	size_t last = b->problem.nr - 1;

	if (bayes_machine_next(b, machine, action))
		return true;
	if (bayes->ready)
		return false;
	if (bisect_anchors_next(b, machine, action)) {
		if (action->kind == BISECT_MEASURE)
			action->samples = anchor_samples(b, action->commit);
		return true;
	}
	action->kind = BISECT_MEASURE;
	action->commit = b->commits[0].nboots + bisect_under_way(b, 0, machine) <=
					 b->commits[last].nboots + bisect_under_way(b, last, machine)
			       ? 0
			       : last;
	action->reason = "anchor";
	action->samples = bayes_boot_samples(b);
	return true;
}

/* Boots of a machine since it last booted an end: each wanders by itself. And which end to boot next. */
static size_t since_anchor(const struct bisect *b, size_t machine, size_t *end)
{
	size_t last = b->problem.nr - 1, since = 0;

	for (size_t i = b->nended; i-- > 0;) {
		const struct bisect_boot *boot = &b->boots[b->ended[i]];
		size_t commit = boot->commit;

		if (boot->machine != machine)
			continue;
		if (boot->layout || (commit && commit != last)) {
			since++;
			continue;
		}
		*end = commit ? 0 : last;
		break;
	}
	return since;
}

static bool has_ended(struct bisect *b)
{
	struct bisect_anchors anchors;

	bisect_anchors(b, &anchors);
	return anchors.complete && anchors.not_reproduced;
}

static void next_action(struct bisect *b, size_t machine, struct bisect_action *action)
{
	struct bayes *bayes = bayes_of(b);
	struct bayes_decision decision;
	size_t end = 0, most = bayes_boot_samples(b);

	if (!bayes->ready && has_ended(b)) {
		*action = (struct bisect_action){ BISECT_STOP, BISECT_NONE, 0, "not reproduced", 0 };
		return;
	}
	if (next_anchor(b, machine, action))
		return;
	if (bayes->beside && bayes_side_next(b, action))
		return;
	bayes_decide(b, machine, &decision);
	*action = decision.action;
	if (action->kind == BISECT_MEASURE && !bayes_is_settled(b) &&
	    since_anchor(b, machine, &end) >= b->options.reanchor)
		*action = (struct bisect_action){ BISECT_MEASURE, end,
						  most < WATCH_SAMPLES ? most : WATCH_SAMPLES, "anchor", 0 };
}

const struct bisect_operations bisect_bayes = {
	.start = start,
	.record = record,
	.next = next_action,
	.mark_of = bayes_mark_of,
	.answer = bayes_answer,
	.commit_state = bayes_commit_state,
	.culprits = bayes_answer_culprits,
	.stop = stop,
};
