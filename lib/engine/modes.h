/*
 * Do some boots of this machine run slower as a whole? Where a process's
 * memory lies (NUMA nodes, huge pages, address layout) is decided anew at
 * each boot, so that boots of one commit may fall into two heaps.
 *
 *	evidence = modes_fit(commits, ncommits, sigma_w, &modes);
 *
 * Marginal likelihoods: each commit has a level of its own with a flat
 * prior, sigma_b is summed over, `shift` is geometric from 1.5 sigma_w to the
 * widest spread, `share` is one of four. Modes are accepted when their mean
 * evidence exceeds that of none by 2.2 nats, which is a prior of 0.1
 * for them; then a finer grid around the best gives their means.
 *
 * Values rise with the regression here; the slow mode is above the other.
 */
#ifndef ENGINE_MODES_H
#define ENGINE_MODES_H

#include "engine/likelihood.h"

/* Returns the evidence in nats; 0, and modes of none, where they are not accepted. */
double modes_fit(const struct boot_values *const *commits, size_t ncommits, double sigma_w,
		 struct boot_modes *modes);
/* The level of a commit that has booted, of the mode that is not slow: posterior mean and SD, prior flat. */
void modes_level(const struct boot_values *boots, double sigma_w, const struct boot_modes *modes,
		 double *mean, double *sd);

#endif
