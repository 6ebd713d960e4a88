/* Several machines: they share the gap, and each has an offset of its own. */
#include "engine/bisect-state.h"
#include "stats/summary.h"

struct end {
	double mean, variance;
	size_t nr;
};

bool bisect_is_end_otherwise(const struct bisect *b, const struct bisect_boot *boot)
{
	return boot->layout && (!boot->commit || boot->commit == b->problem.nr - 1);
}

static bool is_anchor_of(const struct bisect_boot *boot, size_t machine)
{
	return boot->machine == machine && !boot->layout;
}

/* The boots of one machine at an end, as they are. */
static void end_of(const struct bisect *b, size_t commit, size_t machine, double sigma_w, struct end *end)
{
	const struct bisect_commit *c = &b->commits[commit];
	double *values = xreallocarray(NULL, c->nboots + 1, sizeof(*values));

	end->nr = 0;
	for (size_t i = 0; i < c->nboots; i++)
		if (is_anchor_of(&b->boots[c->boots[i]], machine))
			values[end->nr++] = bisect_boot_value(&b->boots[c->boots[i]], sigma_w);
	end->mean = end->nr ? stats_mean(values, end->nr) : 0;
	end->variance = end->nr > 1 ? stats_variance(values, end->nr) : 0;
	free(values);
}

size_t bisect_machine_boots(const struct bisect *b, size_t commit, size_t machine)
{
	const struct bisect_commit *c = &b->commits[commit];
	size_t nr = 0;

	for (size_t i = 0; i < c->nboots; i++)
		nr += is_anchor_of(&b->boots[c->boots[i]], machine);
	return nr;
}

/* The machine that all others are compared with: the first that has booted both ends. */
static size_t reference_of(const struct bisect *b)
{
	size_t last = b->problem.nr - 1, best = BISECT_NONE, at = SIZE_MAX;

	for (size_t m = 0; m < b->nmachines; m++) {
		size_t seen[2] = { SIZE_MAX, SIZE_MAX }, both;

		for (size_t i = b->nended; i-- > 0;) {
			const struct bisect_boot *boot = &b->boots[b->ended[i]];

			if (!boot->dropped && is_anchor_of(boot, m) && (!boot->commit || boot->commit == last))
				seen[boot->commit == last] = i;
		}
		both = seen[0] > seen[1] ? seen[0] : seen[1];
		if (both >= at)
			continue;
		at = both;
		best = m;
	}
	return best;
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

void bisect_fit_machines(struct bisect *b)
{
	size_t first, last = b->problem.nr - 1;
	struct end good, bad, g, w;
	double variance, sigma_w;

	/* One machine is its own measure. */
	if (b->nmachines < 2)
		return;
	for (size_t m = 0; m < b->nmachines; m++)
		b->machines[m] = (struct bisect_machine){ 0 };
	first = reference_of(b);
	if (first == BISECT_NONE)
		return;
	sigma_w = bisect_within(b);
	variance = boot_variance_of(b, sigma_w);
	end_of(b, 0, first, sigma_w, &good);
	end_of(b, last, first, sigma_w, &bad);
	b->machines[first].known = true;
	for (size_t m = 0; m < b->nmachines; m++) {
		struct bisect_machine *machine = &b->machines[m];

		end_of(b, 0, m, sigma_w, &g);
		end_of(b, last, m, sigma_w, &w);
		if (m == first || !g.nr || !w.nr)
			continue;
		machine->known = true;
		machine->offset = 0.5 * (g.mean - good.mean + w.mean - bad.mean);
		machine->variance = 0.25 * variance *
				    (1 / (double)g.nr + 1 / (double)good.nr + 1 / (double)w.nr +
				     1 / (double)bad.nr);
	}
}

bool bisect_is_comparable(const struct bisect *b, const struct bisect_boot *boot)
{
	return b->nmachines < 2 || b->machines[boot->machine].known;
}

double *bisect_values(const struct bisect *b, size_t commit, double sigma_w, size_t *nr)
{
	const struct bisect_commit *c = &b->commits[commit];
	double *values = xreallocarray(NULL, c->nboots + 1, sizeof(*values));

	*nr = 0;
	for (size_t i = 0; i < c->nboots; i++) {
		const struct bisect_boot *boot = &b->boots[c->boots[i]];

		if (bisect_is_comparable(b, boot) && !bisect_is_end_otherwise(b, boot))
			values[(*nr)++] = bisect_boot_value(boot, sigma_w) - b->machines[boot->machine].offset;
	}
	return values;
}
