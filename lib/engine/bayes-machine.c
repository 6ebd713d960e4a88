#include "engine/bayes-state.h"

#include "engine/sequential-state.h"

/* A further machine boots each end so often before its boots are compared with those of others. */
#define BOOTS_WANTED 3

void bayes_fit_machines(struct bisect *b)
{
	struct bayes *bayes = bayes_of(b);

	bayes->machines = xreallocarray(bayes->machines, b->nmachines, sizeof(*bayes->machines));
	for (size_t m = 0; m < b->nmachines; m++)
		bayes->machines[m] = (struct bayes_machine){
			.now = b->machines[m], .drift = m < bayes->nmachines ? bayes->machines[m].drift : 0
		};
	bayes->nmachines = b->nmachines;
}

bool bayes_knows_machine(const struct bisect *b, size_t machine)
{
	const struct bayes *bayes = bayes_of(b);

	return b->nmachines < 2 || (machine < bayes->nmachines && bayes->machines[machine].now.known);
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
		value -= bayes->machines[boot->machine].now.offset;
		*extra = bayes->machines[boot->machine].now.variance;
		drift = at < bayes->ndrift ? bayes->drift[at] : bayes->machines[boot->machine].drift;
	}
	return bisect_direction(b) * value - drift;
}

bool bayes_machine_next(struct bisect *b, size_t machine, struct bisect_action *action)
{
	size_t last = b->problem.nr - 1, good, bad;

	if (b->nmachines < 2)
		return false;
	good = bisect_machine_boots(b, 0, machine);
	bad = bisect_machine_boots(b, last, machine);
	if (good >= BOOTS_WANTED && bad >= BOOTS_WANTED)
		return false;
	action->kind = BISECT_MEASURE;
	action->commit = good <= bad ? 0 : last;
	action->samples = bayes_boot_samples(b);
	action->reason = "anchor";
	return true;
}
