/*
 * Numbers that look random and follow from a seed: xoshiro256** (D. Blackman,
 * S. Vigna, "Scrambled linear pseudorandom number generators", 2018), its state
 * filled by splitmix64. Never for secrets.
 *
 *	struct rng rng;
 *
 *	rng_seed(&rng, 1, trial);
 *	x = level + sigma * rng_normal(&rng);
 */
#ifndef BASE_RNG_H
#define BASE_RNG_H

#include "base/compat.h"

struct rng {
	uint64_t state[4];
};

/* Equal seeds and streams give equal numbers; different streams of a seed have nothing in common. */
void rng_seed(struct rng *rng, uint64_t seed, uint64_t stream);
uint64_t rng_next(struct rng *rng);
/* 0 <= x < 1, 53 bits. */
double rng_double(struct rng *rng);
/* 0 <= x < limit, each as likely; limit is at least 1. */
uint64_t rng_below(struct rng *rng, uint64_t limit);
/* Mean 0, standard deviation 1. */
double rng_normal(struct rng *rng);

#endif
