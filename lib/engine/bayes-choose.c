#include "engine/bayes-state.h"

#include <math.h>

/* Groups whose middle and end are candidates, and the mass below which they are not. */
#define HEAVIEST 4
#define HEAVY_MASS 0.01
#define CANDIDATES_MAX (2 * HEAVIEST + 2)
/* Where a sample takes so long, no boot has more of them than the user asked for. */
#define LONG_SAMPLE 60.0
/* The chance that a commit next to an untestable one can be tested after all. */
#define RISKY_CHANCE 0.4
/* What is expected of sigma_b before anything is known, as a share of sigma_w. */
#define EXPECTED_SIGMA_B 0.58
#define MIXTURE_POINTS 200
/* Failures until a layout is taken for one that cannot be had. */
#define LAYOUT_TRIES 3

static const size_t sample_counts[] = { 1, 2, 3, 5, 8 };

struct candidate {
	size_t commit, layout;
	/* P(bad), what of the commit's own level its boots have told, the chance that it can be tested. */
	double bad, shrink, chance;
	size_t test;
};

struct chooser {
	struct bisect *b;
	struct bayes *bayes;
	/* P(culprit) of each commit. */
	double *culprits;
	struct candidate candidates[CANDIDATES_MAX];
	size_t ncandidates;
	size_t machine;
	/* How much the boots under way on other machines are expected to tell of their labels, 0 to 1. */
	double expected;
	size_t nissued;
	/* Seconds until a build could begin. */
	double queue;
};

static size_t most_samples(const struct bisect *b)
{
	size_t repeats = b->options.repeats;

	if (repeats < 3 || bisect_sample_seconds(b) >= LONG_SAMPLE)
		return repeats;
	return bayes_of(b)->ready && bayes_of(b)->grid.modes.share > 0 ? 3 : SIZE_MAX;
}

size_t bayes_boot_samples(const struct bisect *b)
{
	double best = INFINITY;
	size_t samples = 1;

	for (size_t i = 0; i < ARRAY_SIZE(sample_counts) && sample_counts[i] <= b->options.repeats; i++) {
		double n = (double)sample_counts[i];
		double variance = EXPECTED_SIGMA_B * EXPECTED_SIGMA_B + 1 / n;
		double price = variance * (bisect_boot_seconds(b) + n * bisect_sample_seconds(b));

		if (price > 1.01 * best)
			continue;
		best = price;
		samples = sample_counts[i];
	}
	return samples;
}

double *bayes_culprits(const struct bisect *b)
{
	const struct bayes *bayes = bayes_of(b);
	const struct partition *p = &bayes->partition;
	double *scale = xreallocarray(NULL, p->ngroups + 1, sizeof(*scale));
	double *culprits = xcalloc(b->problem.nr, sizeof(*culprits));

	for (size_t g = 0; g < p->ngroups; g++)
		scale[g] = p->groups[g].weight > 0 ? bayes->posterior.mass[g] / p->groups[g].weight : 0;
	for (size_t c = 1; c < b->problem.nr; c++)
		if (p->group_of[c] != PARTITION_NONE)
			culprits[c] = scale[p->group_of[c]] * bayes->prior[c];
	free(scale);
	return culprits;
}

/* Variance of a boot's statistic about its commit's level. */
static double boot_noise_of(const struct bayes *bayes, size_t samples)
{
	const struct boot_value boot = { .samples = samples };

	return boot_variance(&boot, bayes->posterior.moments.sigma_b, bayes->grid.sigma_w);
}

double bayes_distance(const struct bayes *bayes, size_t samples)
{
	const struct grid_moments *m = &bayes->posterior.moments;

	return m->gap / sqrt(m->sigma_c * m->sigma_c + boot_noise_of(bayes, samples));
}

/* With slow boots, the part of the information that is left. */
static double mode_factor(const struct bayes *bayes, size_t samples)
{
	const struct boot_modes *modes = &bayes->grid.modes;
	const struct grid_moments *m = &bayes->posterior.moments;
	double sd = sqrt(boot_noise_of(bayes, samples) + m->sigma_c * m->sigma_c), low, step, sum = 0;

	if (!(modes->share > 0))
		return 1;
	low = -4 * sd;
	step = (m->gap + modes->shift + 8 * sd) / (MIXTURE_POINTS - 1);
	for (int i = 0; i < MIXTURE_POINTS; i++) {
		double y = low + i * step, side[2] = { 0 }, mean;

		for (int bad = 0; bad < 2; bad++) {
			double z = (y - bad * m->gap) / sd, slow = z - modes->shift / sd;

			side[bad] = ((1 - modes->share) * exp(-0.5 * z * z) +
				     modes->share * exp(-0.5 * slow * slow)) /
				    (sd * sqrt(2 * M_PI));
		}
		mean = 0.5 * (side[0] + side[1]);
		for (int bad = 0; bad < 2; bad++)
			if (side[bad] > 1e-300)
				sum += 0.5 * side[bad] * log2(side[bad] / mean) * step;
	}
	return fmin(fmax(sum / fmax(information_of(&bayes->information, 0.5, m->gap / sd), 1e-9), 0.02), 1);
}

static void add_candidate(struct chooser *chooser, size_t commit)
{
	const struct bayes *bayes = chooser->bayes;
	struct candidate *candidate = &chooser->candidates[chooser->ncandidates];

	for (size_t i = 0; i < chooser->ncandidates; i++)
		if (chooser->candidates[i].commit == commit)
			return;
	if (commit == BISECT_NONE || chooser->ncandidates == CANDIDATES_MAX)
		return;
	chooser->ncandidates++;
	*candidate = (struct candidate){ .commit = commit, .test = BISECT_NONE };
	candidate->chance = bayes->risky[commit] && !chooser->b->commits[commit].built ? RISKY_CHANCE : 1;
	candidate->bad = reach_exact(&chooser->bayes->reach, &chooser->b->problem, chooser->culprits, commit);
}

/* The heaviest groups: theirs are the candidates in the middle and at the end nearer to the median. */
static size_t heaviest(const struct bayes *bayes, uint32_t *groups)
{
	size_t nr = 0;

	for (uint32_t g = 0; g < bayes->partition.ngroups; g++) {
		size_t at = nr;

		if (bayes->posterior.mass[g] < HEAVY_MASS)
			continue;
		while (at && bayes->posterior.mass[groups[at - 1]] < bayes->posterior.mass[g])
			at--;
		if (at == HEAVIEST)
			continue;
		nr += nr < HEAVIEST;
		memmove(groups + at + 1, groups + at, (nr - at - 1) * sizeof(*groups));
		groups[at] = g;
	}
	return nr;
}

/* Untested commits nearest to some probability of being bad. */
struct nearest {
	double aim, distance;
	size_t commit;
};

static void offer(struct nearest *nearest, size_t commit, double bad)
{
	double distance = fabs(bad - nearest->aim);

	if (nearest->commit != BISECT_NONE && distance >= nearest->distance)
		return;
	nearest->commit = commit;
	nearest->distance = distance;
}

static bool may_be_tested(const struct chooser *chooser, size_t commit)
{
	const struct bayes *bayes = chooser->bayes;

	return bayes->open[commit] && bayes->reach.bad[commit] > 1e-9 &&
	       bayes->partition.group_of[commit] != PARTITION_NONE &&
	       (chooser->b->nmachines < 2 || !bisect_under_way(chooser->b, commit, chooser->machine));
}

static void untested_candidates(struct chooser *chooser)
{
	const struct bayes *bayes = chooser->bayes;
	uint32_t groups[HEAVIEST];
	size_t ngroups = heaviest(bayes, groups), last = bayes->bad_end;
	struct nearest median = { 0.5, 0, BISECT_NONE }, safe = median, middle[HEAVIEST], end[HEAVIEST];
	double low[HEAVIEST], high[HEAVIEST];

	for (size_t i = 0; i < ngroups; i++) {
		low[i] = 1;
		high[i] = 0;
		end[i] = median;
	}
	for (size_t c = bayes->good_end + 1; c < last; c++) {
		if (!may_be_tested(chooser, c))
			continue;
		offer(&median, c, bayes->reach.bad[c]);
		if (!bayes->risky[c])
			offer(&safe, c, bayes->reach.bad[c]);
		for (size_t i = 0; i < ngroups; i++)
			if (bayes->partition.group_of[c] == groups[i]) {
				low[i] = fmin(low[i], bayes->reach.bad[c]);
				high[i] = fmax(high[i], bayes->reach.bad[c]);
				offer(&end[i], c, bayes->reach.bad[c]);
			}
	}
	for (size_t i = 0; i < ngroups; i++)
		middle[i] = (struct nearest){ 0.5 * (low[i] + high[i]), 0, BISECT_NONE };
	for (size_t c = bayes->good_end + 1; c < last; c++)
		for (size_t i = 0; i < ngroups; i++)
			if (bayes->partition.group_of[c] == groups[i] && may_be_tested(chooser, c))
				offer(&middle[i], c, bayes->reach.bad[c]);
	add_candidate(chooser, median.commit);
	add_candidate(chooser, safe.commit);
	for (size_t i = 0; i < ngroups; i++) {
		add_candidate(chooser, middle[i].commit);
		add_candidate(chooser, end[i].commit);
	}
}

/* How much of a commit's own offset its boots have shown. */
static double shrink_of(const struct bayes *bayes, const struct boot_values *boots)
{
	const struct grid_moments *m = &bayes->posterior.moments;
	double precision = 0, c2 = m->sigma_c * m->sigma_c;

	for (size_t i = 0; i < boots->nr; i++)
		precision += 1 / boot_variance(&boots->values[i], m->sigma_b, bayes->grid.sigma_w);
	return c2 * precision / (1 + c2 * precision);
}

/* P(the culprit is in the group, and makes the commit bad), of each group. */
static void inside_of(struct chooser *chooser, const struct candidate *candidate, double *inside)
{
	const struct bayes *bayes = chooser->bayes;
	const struct partition *p = &bayes->partition;
	const uint64_t *bits;

	if (candidate->test != BISECT_NONE) {
		for (size_t g = 0; g < p->ngroups; g++)
			inside[g] = partition_is_bad(p, g, candidate->test) ? bayes->posterior.mass[g] : 0;
		return;
	}
	memset(inside, 0, p->ngroups * sizeof(*inside));
	bits = bisect_ancestors(chooser->b, candidate->commit);
	for (size_t c = 1; c <= candidate->commit; c++)
		if (bisect_bit(bits, c) && p->group_of[c] != PARTITION_NONE)
			inside[p->group_of[c]] += chooser->culprits[c];
}

/* Do two groups agree on all labels that are being measured? */
static bool same_cell(const struct chooser *chooser, size_t a, size_t z)
{
	const struct bayes *bayes = chooser->bayes;

	for (size_t i = 0; i < bayes->ntests; i++)
		if (bisect_under_way(chooser->b, bayes->tests[i].commit, chooser->machine) &&
		    partition_is_bad(&bayes->partition, a, i) != partition_is_bad(&bayes->partition, z, i))
			return false;
	return true;
}

/* Bits about the candidate's label when the labels under way are known: over the cells they make. */
static double given_issued(struct chooser *chooser, const struct candidate *candidate, double d)
{
	const struct bayes *bayes = chooser->bayes;
	size_t ngroups = bayes->partition.ngroups;
	double *inside = xreallocarray(NULL, ngroups, sizeof(*inside)), bits = 0;
	bool *done = xcalloc(ngroups, sizeof(*done));

	inside_of(chooser, candidate, inside);
	for (size_t a = 0; a < ngroups; a++) {
		double mass = 0, bad = 0;

		for (size_t z = a; z < ngroups && !done[a]; z++) {
			if (done[z] || !same_cell(chooser, a, z))
				continue;
			mass += bayes->posterior.mass[z];
			bad += inside[z];
			done[z] = z != a;
		}
		if (mass > 1e-9)
			bits += mass * information_of(&bayes->information, bad / mass, d);
	}
	free(inside);
	free(done);
	return bits;
}

static void look_at_issued(struct chooser *chooser)
{
	const struct bayes *bayes = chooser->bayes;

	for (size_t i = 0; i < bayes->ntests; i++) {
		double bad = posterior_bad(&bayes->posterior, &bayes->partition, i);

		if (!bisect_under_way(chooser->b, bayes->tests[i].commit, chooser->machine))
			continue;
		chooser->nissued++;
		chooser->expected += information_of(&bayes->information, bad, bayes_distance(bayes, 3)) /
				     fmax(information_entropy(bad), 1e-9);
	}
	if (chooser->nissued)
		chooser->expected = fmin(chooser->expected / (double)chooser->nissued, 1);
}

static double bits_of(struct chooser *chooser, const struct candidate *candidate, size_t samples)
{
	const struct bayes *bayes = chooser->bayes;
	const struct grid_moments *m = &bayes->posterior.moments;
	double rest = 1 - candidate->shrink;
	double d = rest * m->gap / sqrt(m->sigma_c * m->sigma_c * rest + boot_noise_of(bayes, samples));
	double bits = information_of(&bayes->information, candidate->bad, d);

	if (chooser->nissued)
		bits = (1 - chooser->expected) * bits + chooser->expected * given_issued(chooser, candidate, d);
	return bits;
}

static double seconds_of(const struct chooser *chooser, const struct candidate *candidate, size_t samples)
{
	const struct bisect *b = chooser->b;
	bool built = b->commits[candidate->commit].layouts >> candidate->layout & 1;

	return bisect_seconds(b, candidate->commit, candidate->layout, samples) + (built ? 0 : chooser->queue);
}

static void consider(struct chooser *chooser, const struct candidate *candidate, struct bayes_choice *choice)
{
	for (size_t i = 0; i < ARRAY_SIZE(sample_counts); i++) {
		size_t samples = sample_counts[i];
		double bits, rate;

		if (samples > most_samples(chooser->b) && i)
			break;
		bits = candidate->chance * mode_factor(chooser->bayes, samples) *
		       bits_of(chooser, candidate, samples);
		rate = bits / seconds_of(chooser, candidate, samples);
		if (choice->commit != BISECT_NONE && rate <= choice->rate)
			continue;
		*choice = (struct bayes_choice){ candidate->commit, candidate->layout, samples, bits, rate };
	}
}

uint32_t bayes_layouts_of(const struct bisect *b, size_t commit)
{
	uint32_t had = 0;

	for (size_t i = 0; i < b->commits[commit].nboots; i++)
		had |= UINT32_C(1) << b->boots[b->commits[commit].boots[i]].layout;
	return had;
}

/*
 * Is it one that cannot be had? It failed for some commits and booted for none; or that is so of all: then the
 * command does not know of layouts.
 */
static bool is_none(const struct bisect *b, size_t layout)
{
	size_t failures = 0;

	for (size_t i = 1; i < b->options.layouts; i++)
		failures += b->layout_failures[i];
	return (b->layout_failures[layout] >= LAYOUT_TRIES && !(b->layouts >> layout & 1)) ||
	       (failures >= LAYOUT_TRIES && !(b->layouts >> 1));
}

size_t bayes_new_layout(const struct bisect *b, size_t commit)
{
	uint32_t had = bayes_layouts_of(b, commit) | b->commits[commit].no_layouts;
	size_t layout = 0;

	while (layout < b->options.layouts && (had >> layout & 1 || (layout && is_none(b, layout))))
		layout++;
	return layout < b->options.layouts ? layout : BISECT_NONE;
}

/* A boot of a build that was booted before, or of one whose code lies elsewhere. */
static void consider_builds(struct chooser *chooser, struct candidate *candidate, struct bayes_choice *choice)
{
	const struct bayes *bayes = chooser->bayes;
	const struct boot_values *boots = &bayes->tests[candidate->test].boots;
	struct boot_values build;

	for (size_t from = 0; boot_values_of_build(boots, &from, &build);) {
		candidate->layout = build.values[0].layout;
		candidate->shrink = shrink_of(bayes, &build);
		consider(chooser, candidate, choice);
	}
	candidate->layout = bayes_new_layout(chooser->b, candidate->commit);
	candidate->shrink = 0;
	/* Another machine may be at the same one. */
	if (candidate->layout != BISECT_NONE &&
	    !bisect_under_way(chooser->b, candidate->commit, chooser->machine))
		consider(chooser, candidate, choice);
}

void bayes_reach(struct bisect *b, const double *culprits)
{
	struct bayes *bayes = bayes_of(b);

	if (!bayes->reach_fresh)
		reach_update(&bayes->reach, &b->problem, culprits);
	bayes->reach_fresh = true;
}

bool bayes_choose(struct bisect *b, size_t machine, struct bayes_choice *choice)
{
	struct bayes *bayes = bayes_of(b);
	struct chooser chooser = { .b = b, .bayes = bayes, .machine = machine };

	*choice = (struct bayes_choice){ .commit = BISECT_NONE };
	chooser.culprits = bayes_culprits(b);
	bayes_reach(b, chooser.culprits);
	if (b->nmachines > 1)
		look_at_issued(&chooser);
	chooser.queue = bisect_queue_seconds(b, machine);
	untested_candidates(&chooser);
	for (size_t i = 0; i < chooser.ncandidates; i++)
		consider(&chooser, &chooser.candidates[i], choice);
	for (size_t i = 0; i < bayes->ntests; i++) {
		struct candidate candidate = { .commit = bayes->tests[i].commit, .test = i, .chance = 1 };

		if (!bayes->tests[i].boots.nr || b->commits[candidate.commit].untestable)
			continue;
		candidate.bad = posterior_bad(&bayes->posterior, &bayes->partition, i);
		consider_builds(&chooser, &candidate, choice);
	}
	free(chooser.culprits);
	return choice->commit != BISECT_NONE && choice->bits > 0;
}
