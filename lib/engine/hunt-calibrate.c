#include "engine/hunt-state.h"

#include <math.h>

#include "base/error.h"
#include "base/rng.h"
#include "stats/summary.h"

static double noise_of(const struct hunt_pairs *pairs)
{
	double *d = xreallocarray(NULL, pairs->nr, sizeof(*d)), sd;

	hunt_log_ratios(pairs, pairs->nr, d);
	sd = stats_sd(d, pairs->nr);
	free(d);
	return sd / M_SQRT2;
}

/* Waiting for a CPU that others use makes it smaller: the run that waited least tells most. */
static double cpu_share(const struct hunt_pairs *wall, const struct hunt_pairs *cpu)
{
	double share = 0;

	for (size_t r = 0; r < wall->nr; r++) {
		share = fmax(share, hunt_total(cpu, cpu->base, r) / hunt_total(wall, wall->base, r));
		share = fmax(share, hunt_total(cpu, cpu->candidate, r) / hunt_total(wall, wall->candidate, r));
	}
	return share;
}

static enum hunt_clock choose_clock(const struct hunt_calibration *c, const struct hunt_rule *rule)
{
	if (c->wall_noise <= rule->noisy)
		return HUNT_WALL;
	if (c->cpu_bound && c->cpu_noise <= rule->too_noisy && c->cpu_noise < c->wall_noise)
		return HUNT_CPU;
	return c->wall_noise <= rule->too_noisy ? HUNT_WALL : HUNT_REFUSE;
}

int hunt_calibrate(const struct hunt_pairs *wall, const struct hunt_pairs *cpu, const struct hunt_rule *rule,
		   struct hunt_calibration *calibration)
{
	if (wall->nr != cpu->nr || wall->nworkloads != cpu->nworkloads || wall->nheld_out != cpu->nheld_out)
		return error_set("wall time is of %zu rounds of %zu workloads, CPU time of %zu rounds of %zu",
				 wall->nr, wall->nworkloads, cpu->nr, cpu->nworkloads);
	if (wall->nr < HUNT_CALIBRATION_ROUNDS)
		return error_set("%zu rounds say too little of the noise, %d are needed", wall->nr,
				 HUNT_CALIBRATION_ROUNDS);
	calibration->wall_noise = noise_of(wall);
	calibration->cpu_noise = noise_of(cpu);
	calibration->cpu_share = cpu_share(wall, cpu);
	calibration->cpu_bound = calibration->cpu_share >= rule->cpu_bound;
	calibration->clock = choose_clock(calibration, rule);
	return 0;
}

void hunt_order(uint64_t seed, size_t round, size_t nworkloads, struct hunt_run *runs)
{
	struct rng rng;

	rng_seed(&rng, seed, round);
	/* Shuffled as it is filled: the inside-out form of Fisher's and Yates's shuffle. */
	for (size_t i = 0; i < nworkloads; i++) {
		size_t at = rng_below(&rng, i + 1);

		if (at != i)
			runs[2 * i].workload = runs[2 * at].workload;
		runs[2 * at].workload = i;
	}
	for (size_t i = 0; i < nworkloads; i++) {
		runs[2 * i].candidate = rng_below(&rng, 2);
		runs[2 * i + 1] = (struct hunt_run){ runs[2 * i].workload, !runs[2 * i].candidate };
	}
}
