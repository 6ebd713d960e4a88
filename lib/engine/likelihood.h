/*
 * What one boot says about the level of its commit.
 *
 * A boot is one number, Huber's mean of its samples: those share what the boot
 * itself does to them, so that boots are counted, not samples. With v =
 * sigma_b^2 + sigma_w^2 / n + what is not known of its machine,
 *
 *	P(y | level x) = (1 - e) [(1 - p) N(y; x, v) + p N(y; x + shift, v)] + e N(y; middle, wide^2)
 *
 * where e = 0.02 is the share of boots that say nothing, and p, shift are
 * the slow mode of boots that some machines have (modes.h). So
 * one boot is never worth more than about 5.8 nats.
 *
 * N is taken without its 1 / sqrt(2 pi), everywhere.
 */
#ifndef ENGINE_LIKELIHOOD_H
#define ENGINE_LIKELIHOOD_H

#include "base/compat.h"

#define LIKELIHOOD_FUZZ 0.02

/* A boot, as the model sees it. */
struct boot_value {
	double value;
	size_t samples;
	/* The build it is of. */
	size_t layout;
	/* Variance that the correction for its machine leaves. */
	double extra;
};

/* Of one commit; those of one build are together. */
struct boot_values {
	struct boot_value *values;
	size_t nr, alloc;
};

/*
 * The boots of one build, borrowed from `all`, which begin at `*from`: moves that on. False at
 * the end.
 */
bool boot_values_of_build(const struct boot_values *all, size_t *from, struct boot_values *build);

/* Of all boots, a share is slower by `shift` (in the direction of its sign). None: share 0. */
struct boot_modes {
	double share, shift;
};

/* The part that says nothing. */
struct boot_noise {
	double middle, wide;
};

/* sigma_b is one of these shares of sigma_w, with those priors. */
#define BOOT_SIGMAS 5
extern const double boot_sigma_share[BOOT_SIGMAS], boot_sigma_prior[BOOT_SIGMAS];

static inline double boot_variance(const struct boot_value *boot, double sigma_b, double sigma_w)
{
	return sigma_b * sigma_b + sigma_w * sigma_w / (double)boot->samples + boot->extra;
}

/*
 * Log likelihood of the boots at each of the levels: out[i * BOOT_SIGMAS + s].
 */
void likelihood_profile(const struct boot_values *boots, double sigma_w, const struct boot_modes *modes,
			const struct boot_noise *noise, const double *levels, size_t nlevels, double *out);

#endif
