/*
 * The unknowns that are not asked for, and are summed over: the level of the
 * good commits (13 points), the gap to the bad ones (9), sigma_b (5, as shares
 * of sigma_w), and sigma_c (6), by which commits of one side differ from
 * each other because code lies elsewhere in each build.
 *
 *	grid_place(&grid, sigma_w, good, good_error, gap, gap_error);
 *	grid_commit(&grid, &boots, likelihood_good, likelihood_bad);
 *	grid_moments(&grid, probability_of_cells, &moments);
 *	if (grid_outgrown(&grid, &moments))
 *		place it anew, and ask for all commits again
 *
 * The likelihood of a commit whose side has level mu is the sum over its own
 * level x of N(x; mu, sigma_c^2) P(boots | x), for 72 levels x that reach
 * 1.2 gaps beyond both sides; at sigma_c = 0 it is P(boots | mu).
 *
 * A cell is ((good * 9 + gap) * 5 + sigma_b) * 6 + sigma_c. What the good side
 * says does not depend on the gap: cell (good * 5 + sigma_b) * 6 + sigma_c.
 * Values rise with the regression here, so that gaps are positive.
 */
#ifndef ENGINE_GRID_H
#define ENGINE_GRID_H

#include "engine/likelihood.h"

#define GRID_GOOD 13
#define GRID_GAP 9
#define GRID_BOOT BOOT_SIGMAS
#define GRID_BUILD 6
#define GRID_SIGMAS (GRID_BOOT * GRID_BUILD)
#define GRID_CELLS (GRID_GOOD * GRID_GAP * GRID_SIGMAS)
#define GRID_GOOD_CELLS (GRID_GOOD * GRID_SIGMAS)
#define GRID_LEVELS 72
/* Levels of the sides: GRID_GOOD of the good one, then the bad one's, gap by gap. */
#define GRID_SIDES (GRID_GOOD + GRID_GOOD * GRID_GAP)

struct grid {
	double sigma_w;
	struct boot_modes modes;
	struct boot_noise noise;
	/* The gap that sigma_c's axis and the levels are scaled by. */
	double scale;
	/* Commits of one side do not differ by more than a little: sigma_c stays small. */
	bool alike;
	/* Gaps below are not believed. */
	double smallest_gap;
	double good[GRID_GOOD], gap[GRID_GAP];
	double sigma_b[GRID_BOOT], sigma_c[GRID_BUILD];
	/* The sides' levels, then the levels x; and N(x; side, sigma_c^2) dx. */
	double levels[GRID_SIDES + GRID_LEVELS];
	double kernel[GRID_BUILD - 1][GRID_SIDES][GRID_LEVELS];
	/* Where a kernel is more than nothing: levels [from, to). */
	unsigned char from[GRID_BUILD - 1][GRID_SIDES], to[GRID_BUILD - 1][GRID_SIDES];
	/* Log prior of sigma_b and sigma_c. */
	double prior[GRID_SIGMAS];
};

struct grid_moments {
	double good, good_sd, gap, gap_sd;
	/* Root mean squares. */
	double sigma_b, sigma_c;
	/* Mass at the outermost points. */
	double good_edge, gap_low, gap_high;
};

/* `scale`, `smallest_gap`, `modes` and `alike` are set by the caller before. */
void grid_place(struct grid *grid, double sigma_w, double good, double good_error, double gap,
		double gap_error);
/* `good` has GRID_GOOD_CELLS elements, `bad` GRID_CELLS. */
void grid_commit(const struct grid *grid, const struct boot_values *boots, double *good, double *bad);
void grid_moments(const struct grid *grid, const double *cells, struct grid_moments *moments);
/* Mass reached an edge, or the points are too far apart for what is known now. */
bool grid_outgrown(const struct grid *grid, const struct grid_moments *moments);
/* Around what is known. */
void grid_replace(struct grid *grid, const struct grid_moments *moments);

#endif
