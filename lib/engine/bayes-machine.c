#include "engine/bayes-state.h"

#include <math.h>

#include "engine/sequential-state.h"
#include "stats/summary.h"

/* A further machine boots each end so often before its boots are compared with those of others. */
#define BOOTS_WANTED 3

struct end {
	double mean, variance;
	size_t nr;
};

static void end_of(const struct bisect *b, size_t commit, size_t machine, double sigma_w, struct end *end)
{
	const struct bisect_commit *c = &b->commits[commit];
	double *values = xreallocarray(NULL, c->nboots + 1, sizeof(*values));

	end->nr = 0;
	for (size_t i = 0; i < c->nboots; i++)
		if (b->boots[c->boots[i]].machine == machine)
			values[end->nr++] = bisect_boot_value(&b->boots[c->boots[i]], sigma_w);
	end->mean = end->nr ? stats_mean(values, end->nr) : 0;
	end->variance = end->nr > 1 ? stats_variance(values, end->nr) : 0;
	free(values);
}

/* The machine that all others are compared with: that of the first boot. */
static size_t reference(const struct bisect *b)
{
	return b->nended ? b->boots[b->ended[0]].machine : 0;
}

/* What boots of one machine and end vary by, over all of them. */
static double boot_variance_of(const struct bisect *b, double sigma_w)
{
	double sum = 0, freedom = 0;

	for (size_t m = 0; m < b->nmachines; m++)
		for (int i = 0; i < 2; i++) {
			struct end end;

			end_of(b, i ? b->problem.nr - 1 : 0, m, sigma_w, &end);
			if (end.nr < 2)
				continue;
			sum += (double)(end.nr - 1) * end.variance;
			freedom += (double)(end.nr - 1);
		}
	return freedom > 0 ? sum / freedom : sigma_w * sigma_w;
}

void bayes_fit_machines(struct bisect *b, double sigma_w)
{
	struct bayes *bayes = bayes_of(b);
	size_t first = reference(b);
	struct end good, bad, g, w;
	double variance;

	bayes->machines = xreallocarray(bayes->machines, b->nmachines, sizeof(*bayes->machines));
	for (size_t m = 0; m < b->nmachines; m++)
		bayes->machines[m] = (struct bayes_machine){ .drift = m < bayes->nmachines
									    ? bayes->machines[m].drift
									    : 0 };
	bayes->nmachines = b->nmachines;
	bayes->machines[first].known = true;
	if (b->nmachines < 2)
		return;
	variance = boot_variance_of(b, sigma_w);
	end_of(b, 0, first, sigma_w, &good);
	end_of(b, b->problem.nr - 1, first, sigma_w, &bad);
	for (size_t m = 0; m < b->nmachines; m++) {
		struct bayes_machine *machine = &bayes->machines[m];

		end_of(b, 0, m, sigma_w, &g);
		end_of(b, b->problem.nr - 1, m, sigma_w, &w);
		if (m == first || !g.nr || !w.nr || !good.nr || !bad.nr)
			continue;
		machine->known = true;
		machine->offset = 0.5 * (g.mean - good.mean + w.mean - bad.mean);
		machine->variance = 0.25 * variance *
				    (1 / (double)g.nr + 1 / (double)good.nr + 1 / (double)w.nr +
				     1 / (double)bad.nr);
	}
}

/* What the posterior expects of a boot, taken from it. */
static void residual_of(const struct bisect *b, const struct bisect_boot *boot,
			struct sequential_drift_boot *out)
{
	const struct bayes *bayes = bayes_of(b);
	const struct grid_moments *m = &bayes->posterior.moments;
	size_t test = boot->dropped ? BISECT_NONE : bayes_find_test(bayes, boot->commit);
	struct boot_value value = { .samples = boot->nr };
	double bad;

	memset(out, 0, sizeof(*out));
	if (test == BISECT_NONE)
		return;
	bad = posterior_bad(&bayes->posterior, &bayes->partition, test);
	value.value = bayes_value(b, boot, bayes->grid.sigma_w, &value.extra);
	out->residual = value.value - m->good - bad * m->gap;
	out->variance = boot_variance(&value, m->sigma_b, bayes->grid.sigma_w) + m->sigma_c * m->sigma_c +
			bad * (1 - bad) * m->gap * m->gap;
	out->known = true;
}

void bayes_fit_drift(struct bisect *b)
{
	struct bayes *bayes = bayes_of(b);
	struct sequential_drift_boot *boots = xreallocarray(NULL, b->nended + 1, sizeof(*boots));
	double *offsets = xreallocarray(NULL, b->nended + 1, sizeof(*offsets));

	bayes->drift = xreallocarray(bayes->drift, b->nboots + 1, sizeof(*bayes->drift));
	memset(bayes->drift, 0, b->nboots * sizeof(*bayes->drift));
	bayes->ndrift = b->nboots;
	for (size_t m = 0; m < bayes->nmachines; m++) {
		size_t nr = 0;

		bayes->machines[m].drift = 0;
		for (size_t i = 0; i < b->nended; i++)
			if (b->boots[b->ended[i]].machine == m)
				residual_of(b, &b->boots[b->ended[i]], &boots[nr++]);
		sequential_drift(boots, nr, offsets);
		bayes->machines[m].drift = nr ? offsets[nr - 1] : 0;
		for (size_t i = b->nended; i-- > 0;)
			if (b->boots[b->ended[i]].machine == m)
				bayes->drift[b->ended[i]] = offsets[--nr];
	}
	free(boots);
	free(offsets);
}

double bayes_value(const struct bisect *b, const struct bisect_boot *boot, double sigma_w, double *extra)
{
	const struct bayes *bayes = bayes_of(b);
	size_t at = (size_t)(boot - b->boots);
	double value = bisect_boot_value(boot, sigma_w), drift = 0;

	*extra = 0;
	if (boot->machine < bayes->nmachines) {
		value -= bayes->machines[boot->machine].offset;
		*extra = bayes->machines[boot->machine].variance;
		drift = at < bayes->ndrift ? bayes->drift[at] : bayes->machines[boot->machine].drift;
	}
	return bisect_direction(b) * value - drift;
}

bool bayes_machine_next(struct bisect *b, size_t machine, struct bisect_action *action)
{
	size_t last = b->problem.nr - 1;
	struct end good, bad;

	if (b->nmachines < 2)
		return false;
	end_of(b, 0, machine, 1, &good);
	end_of(b, last, machine, 1, &bad);
	if (good.nr >= BOOTS_WANTED && bad.nr >= BOOTS_WANTED)
		return false;
	action->kind = BISECT_MEASURE;
	action->commit = good.nr <= bad.nr ? 0 : last;
	action->samples = bayes_boot_samples(b);
	action->reason = "anchor";
	return true;
}
