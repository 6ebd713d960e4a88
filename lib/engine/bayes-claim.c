#include "engine/bayes-state.h"

#include <math.h>

/* The step at the edges is seen over so many tested commits on each side. */
#define SPAN 4

size_t bayes_leader(const struct bayes *bayes)
{
	size_t best = BISECT_NONE;

	for (size_t g = 0; g < bayes->partition.ngroups; g++)
		if (bayes->posterior.mass[g] > 0 &&
		    (best == BISECT_NONE || bayes->posterior.mass[g] > bayes->posterior.mass[best]))
			best = g;
	return best;
}

bool bayes_is_settled(const struct bisect *b)
{
	const struct bayes *bayes = bayes_of(b);
	size_t leader = bayes->impossible ? BISECT_NONE : bayes_leader(bayes);

	if (leader == BISECT_NONE || bayes->posterior.mass[leader] < b->options.confidence)
		return false;
	for (size_t c = bayes->good_end + 1; c <= bayes->bad_end; c++)
		if (bayes->partition.group_of[c] == leader && bayes_is_open(b, c))
			return false;
	return true;
}

static bool has_proper_ancestor_in(struct bisect *b, size_t group, size_t test)
{
	const struct bayes *bayes = bayes_of(b);

	for (size_t i = 0; i < bayes->ntests; i++)
		if (i != test && partition_is_bad(&bayes->partition, group, i) &&
		    bisect_is_ancestor(b, bayes->tests[i].commit, bayes->tests[test].commit))
			return true;
	return false;
}

size_t bayes_bad_edge(struct bisect *b)
{
	const struct bayes *bayes = bayes_of(b);
	size_t leader = bayes_leader(bayes), best = bayes_find_test(bayes, bayes->bad_end);
	bool found = false;

	for (size_t i = 0; leader != BISECT_NONE && i < bayes->ntests; i++) {
		if (!partition_is_bad(&bayes->partition, leader, i) || has_proper_ancestor_in(b, leader, i))
			continue;
		if (!found || bayes->tests[i].boots.nr > bayes->tests[best].boots.nr)
			best = i;
		found = true;
	}
	return bayes->tests[best].commit;
}

/* Of the tests that are good when the culprit is in the leader, but bad when it is `parent`: the best known. */
static size_t good_edge_at(const struct bayes *bayes, size_t leader, size_t parent)
{
	uint32_t group = bayes->partition.group_of[parent];
	size_t best = BISECT_NONE;

	if (group == PARTITION_NONE)
		return bayes_find_test(bayes, bayes->good_end);
	for (size_t i = 0; i < bayes->ntests; i++)
		if (partition_is_bad(&bayes->partition, group, i) &&
		    !partition_is_bad(&bayes->partition, leader, i) &&
		    (best == BISECT_NONE || bayes->tests[i].boots.nr > bayes->tests[best].boots.nr))
			best = i;
	return best;
}

/* The good edge with the fewest boots: of each parent beyond the leader, what holds it apart. */
static size_t weakest_good_edge(const struct bisect *b, size_t leader)
{
	const struct bayes *bayes = bayes_of(b);
	const struct bisect_problem *p = &b->problem;
	size_t weakest = BISECT_NONE;

	for (size_t c = bayes->good_end + 1; c <= bayes->bad_end; c++) {
		if (bayes->partition.group_of[c] != leader)
			continue;
		for (uint32_t k = p->parent_at[c]; k < p->parent_at[c + 1]; k++) {
			size_t edge;

			if (bayes->partition.group_of[p->parents[k]] == leader)
				continue;
			edge = good_edge_at(bayes, leader, p->parents[k]);
			if (edge != BISECT_NONE &&
			    (weakest == BISECT_NONE ||
			     bayes->tests[edge].boots.nr < bayes->tests[weakest].boots.nr))
				weakest = edge;
		}
	}
	return weakest == BISECT_NONE ? bayes_find_test(bayes, bayes->good_end) : weakest;
}

size_t bayes_good_edge(struct bisect *b)
{
	const struct bayes *bayes = bayes_of(b);
	size_t leader = bayes_leader(bayes);

	return bayes->tests[weakest_good_edge(b, leader)].commit;
}

/* Boots that an edge has (with those under way on other machines); what the user said needs none. */
static size_t boots_of(const struct bisect *b, size_t commit, size_t machine)
{
	if (b->commits[commit].user)
		return SIZE_MAX;
	return b->commits[commit].nboots + (machine == BISECT_NONE ? 0 : bisect_under_way(b, commit, machine));
}

size_t bayes_lacking_edge(struct bisect *b, size_t machine, size_t need)
{
	size_t good = bayes_good_edge(b), bad = bayes_bad_edge(b);
	size_t ngood = boots_of(b, good, machine), nbad = boots_of(b, bad, machine);

	if (ngood >= need && nbad >= need)
		return BISECT_NONE;
	return ngood <= nbad ? good : bad;
}

/* Which commits descend from `from`; owned by the caller. */
static unsigned char *descendants(const struct bisect *b, size_t from)
{
	const struct bisect_problem *p = &b->problem;
	unsigned char *in = xcalloc(p->nr, 1);

	in[from] = 1;
	for (size_t c = from + 1; c < p->nr; c++)
		for (uint32_t k = p->parent_at[c]; k < p->parent_at[c + 1] && !in[c]; k++)
			in[c] = in[p->parents[k]];
	return in;
}

static bool counts_as_tested(const struct bisect *b, size_t commit)
{
	return b->commits[commit].nboots || b->commits[commit].user == BISECT_GOOD ||
	       b->commits[commit].user == BISECT_BAD;
}

static size_t neighbour_above(struct bisect *b, size_t from, size_t want)
{
	unsigned char *in = descendants(b, from);
	size_t have = 0, found = BISECT_NONE;

	for (size_t c = from; c <= bayes_of(b)->bad_end && have < want && found == BISECT_NONE; c++) {
		if (!in[c] || !bisect_is_ancestor(b, c, bayes_of(b)->bad_end))
			continue;
		if (bayes_is_open(b, c))
			found = c;
		have += counts_as_tested(b, c);
	}
	free(in);
	return found;
}

static size_t neighbour_below(struct bisect *b, size_t from, size_t want)
{
	size_t first = bayes_of(b)->good_end, have = 0;

	for (size_t c = from + 1; c-- > first && have < want;) {
		if (!bisect_is_ancestor(b, c, from) || !bisect_is_ancestor(b, first, c))
			continue;
		if (bayes_is_open(b, c))
			return c;
		have += counts_as_tested(b, c);
	}
	return BISECT_NONE;
}

size_t bayes_neighbour(struct bisect *b, size_t from, bool bad_side, size_t want)
{
	return bad_side ? neighbour_above(b, from, want) : neighbour_below(b, from, want);
}

/* The mean over the tested commits next to the edge, weighted by what is known of each. */
struct side {
	double sum, weight;
};

static void add_commit(const struct bayes *bayes, size_t test, struct side *side)
{
	double sigma_c = bayes->posterior.moments.sigma_c, weight;
	struct boot_values build;
	struct bayes_level level;

	for (size_t from = 0; boot_values_of_build(&bayes->tests[test].boots, &from, &build);) {
		bayes_level_of(bayes, &build, &level);
		weight = 1 / (level.sd * level.sd + sigma_c * sigma_c +
			      1e-9 * bayes->grid.scale * bayes->grid.scale);
		side->sum += weight * level.mean;
		side->weight += weight;
	}
}

/* The test next to `last` on a side of the leader: upwards among the bad ones, downwards among the good ones. */
static size_t next_test(struct bisect *b, size_t leader, size_t edge, bool bad, size_t last)
{
	const struct bayes *bayes = bayes_of(b);
	size_t best = BISECT_NONE;

	for (size_t i = 0; i < bayes->ntests; i++) {
		size_t commit = bayes->tests[i].commit;

		if (!bayes->tests[i].boots.nr || partition_is_bad(&bayes->partition, leader, i) != bad)
			continue;
		if (last != BISECT_NONE && (bad ? commit <= last : commit >= last))
			continue;
		if (!bad && !bisect_is_ancestor(b, commit, edge))
			continue;
		if (best == BISECT_NONE ||
		    (bad ? commit < bayes->tests[best].commit : commit > bayes->tests[best].commit))
			best = i;
	}
	return best;
}

void bayes_local_levels(struct bisect *b, struct bayes_level *good, struct bayes_level *bad)
{
	const struct bayes *bayes = bayes_of(b);
	size_t leader = bayes_leader(bayes), edge = bayes_bad_edge(b);
	struct side sides[2] = { { 0 } };

	for (int bad_side = 0; bad_side < 2; bad_side++) {
		size_t last = BISECT_NONE;

		for (int i = 0; i < SPAN; i++) {
			size_t test = next_test(b, leader, edge, bad_side, last);

			if (test == BISECT_NONE)
				break;
			add_commit(bayes, test, &sides[bad_side]);
			last = bayes->tests[test].commit;
		}
	}
	*good = (struct bayes_level){ sides[0].sum / sides[0].weight, sqrt(1 / sides[0].weight) };
	*bad = (struct bayes_level){ sides[1].sum / sides[1].weight, sqrt(1 / sides[1].weight) };
}

void bayes_local_step(struct bisect *b, double *share, double *sd)
{
	double gap = bayes_of(b)->posterior.moments.gap;
	struct bayes_level good, bad;

	bayes_local_levels(b, &good, &bad);
	*share = (bad.mean - good.mean) / gap;
	*sd = hypot(good.sd, bad.sd) / gap;
}
