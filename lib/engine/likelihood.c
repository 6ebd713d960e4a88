#include "engine/likelihood.h"

#include <math.h>

const double boot_sigma_share[BOOT_SIGMAS] = { 0.1, 0.35, 0.6, 1.0, 1.5 };
const double boot_sigma_prior[BOOT_SIGMAS] = { 0.2, 0.25, 0.25, 0.2, 0.1 };

/* Products of densities are turned into logarithms before they could underflow. */
#define FLUSH 6
/* The middle of nowhere is still possible: six of these do not underflow. */
#define FLOOR_MIN 1e-30

bool boot_values_of_build(const struct boot_values *all, size_t *from, struct boot_values *build)
{
	size_t to = *from;

	while (to < all->nr && all->values[to].layout == all->values[*from].layout)
		to++;
	*build = (struct boot_values){ all->values + *from, to - *from, 0 };
	*from = to;
	return build->nr > 0;
}

static void multiply(const struct boot_value *boot, double sigma_b, double sigma_w,
		     const struct boot_modes *modes, double floor, const double *levels, size_t nlevels,
		     double *out)
{
	double v = boot_variance(boot, sigma_b, sigma_w);
	double scale = (1 - LIKELIHOOD_FUZZ) / sqrt(v), half = -0.5 / v;

	for (size_t i = 0; i < nlevels; i++) {
		double r = boot->value - levels[i];
		double density = exp(half * r * r);

		if (modes->share > 0) {
			double slow = r - modes->shift;

			density = (1 - modes->share) * density + modes->share * exp(half * slow * slow);
		}
		out[i * BOOT_SIGMAS] *= scale * density + floor;
	}
}

static void flush(double *products, size_t nr, double *out)
{
	for (size_t i = 0; i < nr; i++) {
		out[i] += log(products[i]);
		products[i] = 1;
	}
}

void likelihood_profile(const struct boot_values *boots, double sigma_w, const struct boot_modes *modes,
			const struct boot_noise *noise, const double *levels, size_t nlevels, double *out)
{
	size_t nr = nlevels * BOOT_SIGMAS;
	double *products = xmalloc(nr * sizeof(*products));

	for (size_t i = 0; i < nr; i++) {
		products[i] = 1;
		out[i] = 0;
	}
	for (size_t k = 0; k < boots->nr; k++) {
		const struct boot_value *boot = &boots->values[k];
		double z = (boot->value - noise->middle) / noise->wide;
		double floor = LIKELIHOOD_FUZZ * exp(-0.5 * z * z) / noise->wide + FLOOR_MIN / noise->wide;

		for (size_t s = 0; s < BOOT_SIGMAS; s++)
			multiply(boot, boot_sigma_share[s] * sigma_w, sigma_w, modes, floor, levels, nlevels,
				 products + s);
		if ((k + 1) % FLUSH == 0)
			flush(products, nr, out);
	}
	flush(products, nr, out);
	free(products);
}
