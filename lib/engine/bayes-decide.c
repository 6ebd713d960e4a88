#include "engine/bayes-state.h"

#include <math.h>

/* Boots at each edge before a claim; with slow boots one more. */
#define EDGE_BOOTS 3
/* Commits that differ by more than these shares of the gap want so many tested on each side. */
#define SPREAD_SEEN 0.12
#define SIDE_COMMITS 3
#define SPREAD_LARGE 0.17
#define SIDE_COMMITS_LARGE 5
/* A step next to the edges that is less, or more, than these shares of the gap contradicts the claim. */
#define STEP_LEAST 0.4
#define STEP_LEAST_OF_MANY 0.2
#define STEP_MOST 1.8
#define STEP_ERRORS 2.5
/*
 * Labels are exhausted when a boot brings less: bits, and share of what is left
 * to know; of a boot that tells all.
 */
#define BITS_LEAST 0.02
#define BITS_SHARE 0.03
/* Then the levels are learned from so many commits on each side of the credible set. */
#define LEARN_COMMITS 6
/* Steps whose boots tell less than this are given up as if they told this. */
#define LEAST_OF_BOOT 0.15
#define CREDIBLE 0.95
/* After stage 0, it is given up at so many times what theory's cheapest bisection would cost. */
#define PATIENCE 3.3
/* Verification is not part of that theory: as if there were so many more bits to know. */
#define PATIENCE_BITS 4
/* A set that is more than this share of the range is no answer. */
#define SET_MOST 0.5

void bayes_credible(const struct bayes *bayes, double share, size_t *from, size_t *to)
{
	const struct partition *p = &bayes->partition;
	size_t best = SIZE_MAX, commits = 0, tail = 0;
	double mass = 0;

	*from = 0;
	*to = p->ngroups;
	for (size_t i = 0; i < p->ngroups; i++) {
		mass += bayes->posterior.mass[p->order[i]];
		commits += p->groups[p->order[i]].size;
		while (tail < i && mass - bayes->posterior.mass[p->order[tail]] >= share - 1e-12) {
			mass -= bayes->posterior.mass[p->order[tail]];
			commits -= p->groups[p->order[tail]].size;
			tail++;
		}
		if (mass < share - 1e-12 || commits >= best)
			continue;
		best = commits;
		*from = tail;
		*to = i + 1;
	}
}

static void measure(struct bayes_decision *decision, size_t commit, size_t layout, size_t samples,
		    const char *reason)
{
	decision->action = (struct bisect_action){ BISECT_MEASURE, commit, samples,
						   layout ? "layout" : reason, layout };
}

static void stop(struct bayes_decision *decision, enum bisect_verdict verdict, const char *why)
{
	decision->verdict = verdict;
	decision->why = why;
	decision->action = (struct bisect_action){ BISECT_STOP, BISECT_NONE, 0, "decided", 0 };
}

/* Ends with the credible set, unless that is most of the range. */
static void stop_with_set(const struct bisect *b, struct bayes_decision *decision, const char *why)
{
	const struct bayes *bayes = bayes_of(b);
	const struct partition *p = &bayes->partition;
	size_t from, to, commits = 0, all = 0;

	bayes_credible(bayes, CREDIBLE, &from, &to);
	for (size_t i = 0; i < p->ngroups; i++) {
		all += p->groups[p->order[i]].size;
		commits += i >= from && i < to ? p->groups[p->order[i]].size : 0;
	}
	stop(decision, (double)commits > SET_MOST * (double)all && all > 2 ? BISECT_UNDECIDED : BISECT_SET,
	     why);
}

/* What a bit costs at least: a build, and the best way to read the label. */
static double seconds_of_bit(const struct bisect *b)
{
	const struct bayes *bayes = bayes_of(b);
	double best = INFINITY, d;

	for (size_t n = 1; n <= 8; n++) {
		const struct boot_value boot = { .samples = n };

		d = bayes->posterior.moments.gap /
		    sqrt(boot_variance(&boot, 0.58 * bayes->grid.sigma_w, bayes->grid.sigma_w));
		best = fmin(best, (bisect_boot_seconds(b) + (double)n * bisect_sample_seconds(b)) /
					  fmax(information_of(&bayes->information, 0.5, d), LEAST_OF_BOOT));
	}
	return bisect_build_seconds(b) + best;
}

static bool is_impatient(const struct bisect *b)
{
	const struct bayes *bayes = bayes_of(b);
	double bits = PATIENCE_BITS + fmax(bayes->prior_bits, log2((double)b->problem.nr));

	return b->seconds - bayes->seconds_before > PATIENCE * bits * seconds_of_bit(b);
}

/* An open commit beside the leader (or beside the credible set) whose side has fewer than `want` tested. */
static bool measure_beside(struct bisect *b, size_t good, size_t bad, size_t want,
			   struct bayes_decision *decision)
{
	size_t commit = bayes_neighbour(b, good, false, want);

	if (commit == BISECT_NONE)
		commit = bayes_neighbour(b, bad, true, want);
	if (commit == BISECT_NONE)
		return false;
	measure(decision, commit, 0, bayes_boot_samples(b), "neighbour");
	return true;
}

/*
 * An edge in a further layout, until it has `want` or there are no more; or a wait for another machine's. Of
 * what the user has marked nothing more is asked. False when there is no need.
 */
static bool measure_layout(struct bisect *b, size_t machine, size_t want, struct bayes_decision *decision)
{
	size_t edges[2] = { bayes_good_edge(b), bayes_bad_edge(b) };
	bool waiting = false;

	for (size_t i = 0; i < 2; i++) {
		size_t layout = bayes_new_layout(b, edges[i]);

		if ((size_t)__builtin_popcount(bayes_layouts_of(b, edges[i])) >= want ||
		    layout == BISECT_NONE || b->commits[edges[i]].user || b->commits[edges[i]].untestable)
			continue;
		if (b->nmachines > 1 && bisect_under_way(b, edges[i], machine)) {
			waiting = true;
			continue;
		}
		measure(decision, edges[i], layout, bayes_boot_samples(b), "verify");
		return true;
	}
	if (waiting)
		decision->action = (struct bisect_action){ BISECT_WAIT, BISECT_NONE, 0, "wait", 0 };
	return waiting;
}

double bayes_spread(const struct bayes *bayes)
{
	double spread = bayes->posterior.moments.sigma_c / bayes->grid.scale;

	return spread > SPREAD_SEEN ? spread : 0;
}

/* What is to be known of the commits beside the edges, or of the edges in other layouts, before a claim. */
static bool measure_spread(struct bisect *b, size_t machine, struct bayes_decision *decision)
{
	double spread = bayes_spread(bayes_of(b));
	size_t want = spread > SPREAD_LARGE ? SIDE_COMMITS_LARGE : SIDE_COMMITS;

	if (!(spread > 0))
		return false;
	/*
	 * Layouts tell what of a level is the build's. What is the commit's own, in all its builds, is told by
	 * the commits beside it alone.
	 */
	if (b->options.layouts > 1 && measure_layout(b, machine, want, decision))
		return true;
	return measure_beside(b, bayes_good_edge(b), bayes_bad_edge(b), want, decision);
}

static size_t leader_size(const struct bayes *bayes)
{
	return bayes->partition.groups[bayes_leader(bayes)].size;
}

/* The leader has the confidence; whether it may be named. */
static void claim(struct bisect *b, size_t machine, bool over, struct bayes_decision *decision)
{
	const struct bayes *bayes = bayes_of(b);
	size_t need = EDGE_BOOTS + (bayes->grid.modes.share > 0), edge = bayes_lacking_edge(b, machine, need);
	double share, sd;

	if (edge != BISECT_NONE) {
		measure(decision, edge, 0, bayes_boot_samples(b), "verify");
		return;
	}
	if (bayes_lacking_edge(b, BISECT_NONE, need) != BISECT_NONE) {
		decision->action = (struct bisect_action){ BISECT_WAIT, BISECT_NONE, 0, "wait", 0 };
		return;
	}
	if (measure_spread(b, machine, decision)) {
		if (over && decision->action.kind == BISECT_MEASURE)
			stop_with_set(b, decision, "more boots would hardly help");
		return;
	}
	bayes_local_step(b, &share, &sd);
	if (share < (b->options.all_steps ? STEP_LEAST_OF_MANY : STEP_LEAST) || share > STEP_MOST ||
	    share <= STEP_ERRORS * sd)
		stop_with_set(b, decision, "the commits around it do not show the step");
	else if (leader_size(bayes) > 1)
		stop(decision, BISECT_SET, "the others cannot be tested");
	else
		stop(decision, BISECT_NAMED, "");
}

/* The tested commits around the groups of the credible set. */
static void around_credible(struct bisect *b, size_t *good, size_t *bad)
{
	const struct bayes *bayes = bayes_of(b);
	const struct partition *p = &bayes->partition;
	size_t from, to, first, last;

	bayes_credible(bayes, CREDIBLE, &from, &to);
	last = p->groups[p->order[to - 1]].last;
	first = from ? p->groups[p->order[from - 1]].last : bayes->good_end;
	*good = bayes->good_end;
	*bad = bayes->bad_end;
	for (size_t i = 0; i < bayes->ntests; i++) {
		size_t commit = bayes->tests[i].commit;

		if (commit <= first && commit > *good)
			*good = commit;
		if (commit >= last && commit < *bad)
			*bad = commit;
	}
}

/* What a boot tells of an even label where commits of a side are alike: small steps have small boots. */
static double bits_of_boot(const struct bisect *b)
{
	const struct bayes *bayes = bayes_of(b);
	const struct boot_value boot = { .samples = 3 };
	double v = boot_variance(&boot, bayes->posterior.moments.sigma_b, bayes->grid.sigma_w);

	return fmax(information_of(&bayes->information, 0.5, bayes->posterior.moments.gap / sqrt(v)),
		    LEAST_OF_BOOT);
}

static void choose(struct bisect *b, size_t machine, struct bayes_decision *decision)
{
	const struct bayes *bayes = bayes_of(b);
	struct bayes_choice choice;
	size_t good, bad;

	if (!bayes_choose(b, machine, &choice)) {
		stop_with_set(b, decision, "nothing is left to be measured");
		return;
	}
	decision->rate = choice.rate;
	if (choice.bits < fmin(BITS_LEAST, BITS_SHARE * bayes->posterior.entropy) * bits_of_boot(b)) {
		around_credible(b, &good, &bad);
		if (!measure_beside(b, good, bad, LEARN_COMMITS, decision))
			stop_with_set(b, decision,
				      "the commits differ too much by themselves to be told apart");
		return;
	}
	measure(decision, choice.commit, choice.layout, choice.samples,
		b->commits[choice.commit].nboots ? "again" : "test");
}

void bayes_decide(struct bisect *b, size_t machine, struct bayes_decision *decision)
{
	const struct bayes *bayes = bayes_of(b);
	bool over;

	memset(decision, 0, sizeof(*decision));
	decision->why = "";
	if (bayes->impossible) {
		stop(decision, BISECT_UNDECIDED, "the marks leave no commit that could be the culprit");
		return;
	}
	over = is_impatient(b);
	if (bayes->beside)
		stop(decision, bayes->nsides ? BISECT_OPEN : BISECT_NAMED, "");
	else if (bayes_is_settled(b))
		claim(b, machine, over, decision);
	else if (over)
		stop_with_set(b, decision, "more boots would hardly help");
	else
		choose(b, machine, decision);
}
