#include "engine/bisect-state.h"

#include <math.h>

#include "engine/modes.h"
#include "stats/summary.h"

/* Boots of both ends are compared until the gap is this many of its standard errors. */
#define CLEAR_ERRORS 4.0
/* What both ends must differ by at least when the most boots are used up, and nothing is stored. */
#define SEEN_ERRORS 1.75
/* Nats by which no gap must be likelier than the stored one: a bisection would find out, too. */
#define GONE_NATS 0.15
/* Below this share of the stored gap, and by this many standard errors, today's is another. */
#define STORED_SHARE 0.5
#define STORED_ERRORS 1.0
/* The gap of the ends, in its standard errors, below which there is none after all. */
#define GONE_ERRORS 1.0
#define GONE_AT_LAST 2.5
/* A level whose variance is nothing still has this share of itself as its error. */
#define LEAST_SHARE 1e-9

double bisect_boot_value(const struct bisect_boot *boot, double sigma_w)
{
	return stats_huber(boot->values, boot->nr, 1.5 * sigma_w);
}

size_t bisect_under_way(const struct bisect *b, size_t commit, size_t machine)
{
	size_t nr = 0;

	for (size_t i = 0; i < b->nmachines; i++)
		nr += i != machine && b->issued[i] == commit;
	return nr;
}

double bisect_least_sigma(const struct bisect *b, double level)
{
	double share = b->options.floor > LEAST_SHARE ? b->options.floor : LEAST_SHARE;

	return level == 0 ? share * LEAST_SHARE : share * fabs(level);
}

double bisect_within(const struct bisect *b)
{
	struct stats_within within = { 0 };
	double sigma;

	for (size_t i = 0; i < b->nended; i++) {
		const struct bisect_boot *boot = &b->boots[b->ended[i]];

		if (!boot->dropped)
			stats_within_add(&within, boot->values, boot->nr);
	}
	sigma = stats_within_sd(&within);
	stats_within_release(&within);
	return sigma;
}

/* Gap and error over the first `ngood` and `nbad` boots. */
static void compare_ends(const struct bisect *b, const double *good, size_t ngood, const double *bad,
			 size_t nbad, struct bisect_anchors *a)
{
	double least, bound = 1.5 * sqrt((stats_variance(good, ngood) + stats_variance(bad, nbad)) / 2);

	/* One boot in hundreds is off by several sigmas. */
	a->good = stats_huber(good, ngood, bound);
	a->bad = stats_huber(bad, nbad, bound);
	a->gap = a->bad - a->good;
	a->boot_variance = (stats_variance(good, ngood) + stats_variance(bad, nbad)) / 2;
	least = bisect_least_sigma(b, a->good);
	least *= least / (double)b->options.repeats;
	a->se = sqrt(fmax(stats_variance(good, ngood), least) / (double)ngood +
		     fmax(stats_variance(bad, nbad), least) / (double)nbad);
}

static double stored_gap(const struct bisect *b, double *se)
{
	const struct bisect_problem *p = &b->problem;

	*se = 0;
	if (!p->nstored_good || !p->nstored_bad)
		return NAN;
	*se = sqrt(stats_variance(p->stored_good, p->nstored_good) / (double)p->nstored_good +
		   stats_variance(p->stored_bad, p->nstored_bad) / (double)p->nstored_bad);
	return stats_mean(p->stored_bad, p->nstored_bad) - stats_mean(p->stored_good, p->nstored_good);
}

double bisect_stored_gap(const struct bisect *b)
{
	double se;

	return stored_gap(b, &se);
}

/*
 * The same; its error is not less than what boots that are as unlike each other as today's
 * would give: how many the stored samples come from is not known, as many to a boot as today.
 */
static double stored_gap_today(const struct bisect *b, const struct bisect_anchors *a, double *se)
{
	const struct bisect_problem *p = &b->problem;
	double gap = stored_gap(b, se), repeats = (double)b->options.repeats;

	if (!isnan(gap))
		*se = fmax(*se, sqrt(a->boot_variance * (1 / ceil((double)p->nstored_good / repeats) +
							 1 / ceil((double)p->nstored_bad / repeats))));
	return gap;
}

/* Is today's gap so much smaller than the stored one that it is not the same? */
static bool is_less_than_stored(const struct bisect *b, const struct bisect_anchors *a)
{
	double se, stored = stored_gap_today(b, a, &se), direction = bisect_direction(b);

	if (isnan(stored) || stored * direction <= 0)
		return false;
	return direction * a->gap + STORED_ERRORS * hypot(a->se, STORED_SHARE * se) <
	       STORED_SHARE * direction * stored;
}

static bool is_clear(const struct bisect *b, const struct bisect_anchors *a, size_t n)
{
	double gap = bisect_direction(b) * a->gap;

	return gap >= CLEAR_ERRORS * a->se * (1 + 1.5 / (double)n) && gap >= b->options.floor * fabs(a->good);
}

/* The next boot of a commit that can be compared, as bisect_values() has them. There has to be one. */
static const struct bisect_boot *next_boot(const struct bisect *b, size_t commit, size_t *at)
{
	const struct bisect_commit *c = &b->commits[commit];

	while (*at < c->nboots) {
		const struct bisect_boot *boot = &b->boots[c->boots[(*at)++]];

		if (bisect_is_comparable(b, boot) && !bisect_is_end_otherwise(b, boot))
			return boot;
	}
	BUG("commit %zu has no further boot", commit);
}

/* SD of a sample within its boot, over the first `n` boots of both ends. */
static double within_ends(const struct bisect *b, size_t n)
{
	const size_t ends[] = { 0, b->problem.nr - 1 };
	struct stats_within within = { 0 };
	double sigma;

	for (size_t e = 0; e < ARRAY_SIZE(ends); e++) {
		size_t at = 0;

		for (size_t i = 0; i < n; i++) {
			const struct bisect_boot *boot = next_boot(b, ends[e], &at);

			stats_within_add(&within, boot->values, boot->nr);
		}
	}
	sigma = stats_within_sd(&within);
	stats_within_release(&within);
	return sigma;
}

static void take_values(const struct bisect *b, size_t end, const double *values, size_t nr,
			struct boot_values *boots)
{
	size_t at = 0;

	ALLOC_GROW(boots->values, nr, boots->alloc);
	for (boots->nr = 0; boots->nr < nr; boots->nr++)
		boots->values[boots->nr] = (struct boot_value){
			.value = bisect_direction(b) * values[boots->nr],
			.samples = next_boot(b, end, &at)->nr,
		};
}

/*
 * Where some boots are slower as a whole, means are far off, and their errors
 * large; but what the others say is clear. Of boots of one sample nothing is known.
 */
static void see_modes(struct bisect *b, const double *good, const double *bad, size_t nr, double sigma,
		      struct bisect_anchors *a)
{
	struct boot_values ends[2] = { { 0 } };
	const struct boot_values *const commits[] = { &ends[0], &ends[1] };
	struct bisect_modes_seen seen = { .nr = nr };
	double level[2], sd[2];
	struct boot_modes modes;

	for (size_t i = 0; i < nr; i++)
		seen.sum += good[i] + M_PI * bad[i];
	if (b->modes_seen.nr != nr || b->modes_seen.sum != seen.sum) {
		take_values(b, 0, good, nr, &ends[0]);
		take_values(b, b->problem.nr - 1, bad, nr, &ends[1]);
		sigma = fmax(sigma, bisect_least_sigma(b, a->good));
		modes_fit(commits, ARRAY_SIZE(ends), sigma, &modes);
		seen.found = modes.share > 0;
		for (size_t i = 0; i < ARRAY_SIZE(ends) && seen.found; i++)
			modes_level(commits[i], sigma, &modes, &level[i], &sd[i]);
		if (seen.found) {
			seen.gap = bisect_direction(b) * (level[1] - level[0]);
			seen.se = hypot(sd[0], sd[1]);
		}
		b->modes_seen = seen;
		free(ends[0].values);
		free(ends[1].values);
	}
	if (!b->modes_seen.found)
		return;
	a->gap = b->modes_seen.gap;
	a->se = b->modes_seen.se;
	a->clear = is_clear(b, a, nr);
}

/*
 * Goes over the first boots of each end, as many as stage 0 needed, and looks at
 * these only: what is complete stays so, whatever is booted later. Only where several
 * machines boot them may what is learned of a machine open it again.
 */
static bool is_complete(struct bisect *b, struct bisect_anchors *a)
{
	size_t most = b->options.anchors_max;

	for (size_t n = b->options.anchors_min; n <= most && n <= a->ngood && n <= a->nbad && !a->complete;
	     n++) {
		size_t nr;
		double sigma = within_ends(b, n), *good = bisect_values(b, 0, sigma, &nr),
		       *bad = bisect_values(b, b->problem.nr - 1, sigma, &nr);

		compare_ends(b, good, n, bad, n, a);
		a->clear = is_clear(b, a, n);
		if (n == most && !a->clear && sigma > 0)
			see_modes(b, good, bad, n, sigma, a);
		a->complete = n == most || (a->clear && !is_less_than_stored(b, a));
		free(good);
		free(bad);
	}
	return a->complete;
}

static double log_normal(double x, double mean, double sd)
{
	double z = (x - mean) / sd;

	return -0.5 * z * z - log(sd);
}

/* When most boots are used up: is today's gap more likely the stored one than none? */
static bool is_seen(const struct bisect *b, const struct bisect_anchors *a)
{
	double se, direction = bisect_direction(b), stored = direction * stored_gap_today(b, a, &se),
		   gap = direction * a->gap;

	if (gap <= b->options.floor * fabs(a->good) || is_less_than_stored(b, a))
		return false;
	if (isnan(stored) || stored <= 0)
		return gap > SEEN_ERRORS * a->se;
	return gap > stored ||
	       log_normal(gap, stored, hypot(a->se, se)) > log_normal(gap, 0, a->se) - GONE_NATS;
}

void bisect_anchors(struct bisect *b, struct bisect_anchors *a)
{
	size_t last = b->problem.nr - 1, ngood, nbad;
	double sigma = bisect_within(b), *good = bisect_values(b, 0, sigma, &ngood),
	       *bad = bisect_values(b, last, sigma, &nbad);

	memset(a, 0, sizeof(*a));
	a->ngood = ngood;
	a->nbad = nbad;
	a->good = a->bad = a->gap = a->se = NAN;
	if (is_complete(b, a))
		a->not_reproduced = !b->options.force && !is_seen(b, a);
	if (a->ngood && a->nbad)
		compare_ends(b, good, a->ngood, bad, a->nbad, a);
	/* One sample a boot says nothing of what is within: then all of the variance is. */
	if (sigma == 0 && b->nended)
		sigma = sqrt((stats_variance(good, a->ngood) + stats_variance(bad, a->nbad)) / 2);
	a->sigma_w = a->ngood ? fmax(sigma, bisect_least_sigma(b, a->good)) : sigma;
	free(good);
	free(bad);
}

bool bisect_is_gone(const struct bisect *b, const struct bisect_anchors *a, bool last)
{
	double gap = bisect_direction(b) * a->gap;

	if (b->options.force || a->ngood + a->nbad <= 2 * b->options.anchors_max)
		return false;
	return gap < (last ? GONE_AT_LAST : GONE_ERRORS) * a->se;
}

bool bisect_anchors_next(struct bisect *b, size_t machine, struct bisect_action *action)
{
	size_t last = b->problem.nr - 1, good, bad;
	struct bisect_anchors a;

	bisect_anchors(b, &a);
	if (a.complete)
		return false;
	action->reason = "anchor";
	/* What a machine booted of one end counts when it has booted the other. */
	good = bisect_machine_boots(b, 0, machine);
	bad = bisect_machine_boots(b, last, machine);
	if (b->nmachines > 1 && !good != !bad) {
		action->kind = BISECT_MEASURE;
		action->commit = good ? last : 0;
		action->samples = b->options.repeats;
		return true;
	}
	/* Also those of a machine that cannot be compared yet: it has booted one end, and is to boot the other. */
	good = b->commits[0].nboots + bisect_under_way(b, 0, machine);
	bad = b->commits[last].nboots + bisect_under_way(b, last, machine);
	if (good < b->options.anchors_max || bad < b->options.anchors_max) {
		action->kind = BISECT_MEASURE;
		action->commit = good <= bad ? 0 : last;
		action->samples = b->options.repeats;
	}
	return true;
}
