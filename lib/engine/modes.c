#include "engine/modes.h"

#include <float.h>
#include <math.h>

#define SHIFTS 9
#define SHIFTS_FINE 7
#define SHARES 4
#define SHARES_FINE 6
#define MOST (SHIFTS * SHARES_FINE)
/* Levels of a commit are tried at this distance, in sigma_w. */
#define LEVEL_STEP 0.3
#define LEVELS_MAX 400
/* Of one commit's level. */
#define LEVEL_POINTS 160
/* -log(0.1 / 0.9) */
#define EVIDENCE_WANTED 2.2
/* Degrees of freedom below which nothing is said. */
#define FREEDOM_WANTED 5

struct fit {
	const struct boot_values *const *commits;
	size_t ncommits;
	double sigma_w, spread;
	struct boot_noise noise;
};

static void range_of(const struct boot_values *boots, double *low, double *high)
{
	for (size_t i = 0; i < boots->nr; i++) {
		*low = fmin(*low, boots->values[i].value);
		*high = fmax(*high, boots->values[i].value);
	}
}

/* What all boots together look like. Returns the degrees of freedom. */
static size_t survey(struct fit *fit)
{
	double low = DBL_MAX, high = -DBL_MAX, sum = 0;
	size_t nr = 0, freedom = 0;

	for (size_t i = 0; i < fit->ncommits; i++) {
		const struct boot_values *boots = fit->commits[i];
		double from = DBL_MAX, to = -DBL_MAX;

		if (boots->nr < 2)
			continue;
		range_of(boots, &from, &to);
		low = fmin(low, from);
		high = fmax(high, to);
		fit->spread = fmax(fit->spread, to - from);
		freedom += boots->nr - 1;
		nr += boots->nr;
		for (size_t k = 0; k < boots->nr; k++)
			sum += boots->values[k].value;
	}
	fit->noise.middle = nr ? sum / (double)nr : 0;
	fit->noise.wide = nr ? high - low + 3 * fit->sigma_w : 1;
	return freedom;
}

/* Adds the log evidence of one commit under these modes, per sigma_b. */
static void add_commit(const struct fit *fit, const struct boot_values *boots, const struct boot_modes *modes,
		       double *levels, double *profile, double *evidence)
{
	double low = DBL_MAX, high = -DBL_MAX, step;
	size_t nr;

	range_of(boots, &low, &high);
	low -= modes->shift + fit->sigma_w;
	high += fit->sigma_w;
	step = fmax(LEVEL_STEP * fit->sigma_w, (high - low) / (LEVELS_MAX - 1));
	nr = (size_t)((high - low) / step) + 1;
	nr = nr > LEVELS_MAX ? LEVELS_MAX : nr;
	for (size_t i = 0; i < nr; i++)
		levels[i] = low + (double)i * step;
	likelihood_profile(boots, fit->sigma_w, modes, &fit->noise, levels, nr, profile);
	for (size_t s = 0; s < BOOT_SIGMAS; s++) {
		double most = -DBL_MAX, sum = 0;

		for (size_t i = 0; i < nr; i++)
			most = fmax(most, profile[i * BOOT_SIGMAS + s]);
		for (size_t i = 0; i < nr; i++)
			sum += exp(profile[i * BOOT_SIGMAS + s] - most);
		evidence[s] += most + log(sum * step / fit->sigma_w);
	}
}

static double log_sum(const double *terms, const double *weights, size_t nr)
{
	double most = -DBL_MAX, sum = 0;

	for (size_t i = 0; i < nr; i++)
		most = fmax(most, terms[i]);
	for (size_t i = 0; i < nr; i++)
		sum += (weights ? weights[i] : 1) * exp(terms[i] - most);
	/* The largest term is 1, weighted. */
	return most + log(fmax(sum, DBL_MIN));
}

static double evidence_of(const struct fit *fit, const struct boot_modes *modes)
{
	double *levels = xmalloc(LEVELS_MAX * sizeof(*levels));
	double *profile = xmalloc(LEVELS_MAX * BOOT_SIGMAS * sizeof(*profile));
	double evidence[BOOT_SIGMAS] = { 0 };

	for (size_t i = 0; i < fit->ncommits; i++)
		if (fit->commits[i]->nr > 1)
			add_commit(fit, fit->commits[i], modes, levels, profile, evidence);
	free(levels);
	free(profile);
	return log_sum(evidence, boot_sigma_prior, BOOT_SIGMAS);
}

/* Evidence of all pairs; returns the index of the best. */
static size_t scan(const struct fit *fit, const double *shifts, size_t nshifts, const double *shares,
		   size_t nshares, double *evidence)
{
	size_t best = 0;

	for (size_t i = 0; i < nshifts; i++)
		for (size_t k = 0; k < nshares; k++) {
			struct boot_modes modes = { .share = shares[k], .shift = shifts[i] };
			size_t at = i * nshares + k;

			evidence[at] = evidence_of(fit, &modes);
			if (evidence[at] > evidence[best])
				best = at;
		}
	return best;
}

static void geometric(double *out, size_t nr, double from, double to)
{
	for (size_t i = 0; i < nr; i++)
		out[i] = from * pow(to / from, (double)i / (double)(nr - 1));
}

/* The means of share and shift around the best pair. */
static void refine(const struct fit *fit, double shift, double ratio, struct boot_modes *modes)
{
	static const double shares[SHARES_FINE] = { 0.1, 0.2, 0.3, 0.4, 0.5, 0.65 };
	double shifts[SHIFTS_FINE], evidence[MOST], total = 0;
	size_t best;

	geometric(shifts, SHIFTS_FINE, shift / ratio, shift * ratio);
	best = scan(fit, shifts, SHIFTS_FINE, shares, SHARES_FINE, evidence);
	for (size_t i = 0; i < SHIFTS_FINE; i++)
		for (size_t k = 0; k < SHARES_FINE; k++) {
			double p = exp(evidence[i * SHARES_FINE + k] - evidence[best]);

			modes->share += p * shares[k];
			modes->shift += p * shifts[i];
			total += p;
		}
	modes->share /= total;
	modes->shift /= total;
}

double modes_fit(const struct boot_values *const *commits, size_t ncommits, double sigma_w,
		 struct boot_modes *modes)
{
	static const double shares[SHARES] = { 0.12, 0.3, 0.5, 0.7 };
	struct fit fit = { .commits = commits, .ncommits = ncommits, .sigma_w = sigma_w };
	struct boot_modes none = { 0 };
	double shifts[SHIFTS], evidence[MOST], gained;
	size_t best;

	*modes = none;
	if (survey(&fit) < FREEDOM_WANTED || fit.spread < 2 * sigma_w)
		return 0;
	geometric(shifts, SHIFTS, 1.5 * sigma_w, 1.15 * fit.spread);
	best = scan(&fit, shifts, SHIFTS, shares, SHARES, evidence);
	gained = log_sum(evidence, NULL, SHIFTS * SHARES) - log(SHIFTS * SHARES) - evidence_of(&fit, &none);
	if (gained < EVIDENCE_WANTED)
		return 0;
	refine(&fit, shifts[best / SHARES], shifts[1] / shifts[0], modes);
	return gained;
}

void modes_level(const struct boot_values *boots, double sigma_w, const struct boot_modes *modes,
		 double *mean, double *sd)
{
	double x[LEVEL_POINTS], profile[LEVEL_POINTS * BOOT_SIGMAS], p[LEVEL_POINTS], low = DBL_MAX,
										      high = -DBL_MAX;
	double most = -DBL_MAX, total = 0, sum = 0, squares = 0;
	struct boot_noise noise = { 0 };

	range_of(boots, &low, &high);
	for (size_t i = 0; i < boots->nr; i++)
		noise.middle += boots->values[i].value / (double)boots->nr;
	noise.wide = 3 * sigma_w + high - low;
	low -= modes->shift + sigma_w;
	high += sigma_w;
	for (size_t i = 0; i < LEVEL_POINTS; i++)
		x[i] = low + (high - low) * (double)i / (LEVEL_POINTS - 1);
	likelihood_profile(boots, sigma_w, modes, &noise, x, LEVEL_POINTS, profile);
	/* Very even boots are no sign of a boot-to-boot spread of nothing: that one is left out. */
	for (size_t i = 0; i < ARRAY_SIZE(profile); i++)
		if (i % BOOT_SIGMAS)
			most = fmax(most, profile[i]);
	for (size_t i = 0; i < LEVEL_POINTS; i++) {
		p[i] = 0;
		for (size_t s = 1; s < BOOT_SIGMAS; s++)
			p[i] += exp(profile[i * BOOT_SIGMAS + s] - most);
		total += p[i];
		sum += p[i] * x[i];
	}
	*mean = sum / total;
	for (size_t i = 0; i < LEVEL_POINTS; i++)
		squares += p[i] * (x[i] - *mean) * (x[i] - *mean);
	*sd = sqrt(squares / total);
}
