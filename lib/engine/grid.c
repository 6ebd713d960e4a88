#include "engine/grid.h"

#include <math.h>

static const double build_share[GRID_BUILD] = { 0, 0.07, 0.14, 0.22, 0.32, 0.45 };
static const double build_prior[GRID_BUILD] = { 0.30, 0.20, 0.17, 0.15, 0.11, 0.07 };

/* In sigma_c: what lies beyond is nothing. */
#define KERNEL_REACH 5.0

/* A log prior. */
#define NEVER (-1000.0)

static void spread(double *out, size_t nr, double from, double to)
{
	for (size_t i = 0; i < nr; i++)
		out[i] = from + (to - from) * (double)i / (double)(nr - 1);
}

static void place_sigmas(struct grid *grid)
{
	for (size_t s = 0; s < GRID_BOOT; s++)
		grid->sigma_b[s] = boot_sigma_share[s] * grid->sigma_w;
	for (size_t c = 0; c < GRID_BUILD; c++)
		grid->sigma_c[c] = build_share[c] * grid->scale;
	for (size_t s = 0; s < GRID_BOOT; s++)
		for (size_t c = 0; c < GRID_BUILD; c++)
			grid->prior[s * GRID_BUILD + c] = log(boot_sigma_prior[s]) +
							  (grid->alike && c > 1 ? NEVER : log(build_prior[c]));
}

static size_t level_at(const double *x, double level)
{
	double at = (level - x[0]) / (x[1] - x[0]);

	return at <= 0 ? 0 : at >= GRID_LEVELS ? GRID_LEVELS : (size_t)at;
}

static void place_kernel(struct grid *grid, size_t c, size_t side)
{
	const double *x = grid->levels + GRID_SIDES;
	double sigma = grid->sigma_c[c], level = grid->levels[side];
	double scale = (x[1] - x[0]) / (sigma * sqrt(2 * M_PI));
	size_t from = level_at(x, level - KERNEL_REACH * sigma), to = level_at(x, level + KERNEL_REACH * sigma);

	for (size_t i = from; i < to; i++) {
		double z = (x[i] - level) / sigma;

		grid->kernel[c - 1][side][i] = scale * exp(-0.5 * z * z);
	}
	grid->from[c - 1][side] = (unsigned char)from;
	grid->to[c - 1][side] = (unsigned char)to;
}

static void place_levels(struct grid *grid, double good, double gap)
{
	for (size_t a = 0; a < GRID_GOOD; a++) {
		grid->levels[a] = grid->good[a];
		for (size_t g = 0; g < GRID_GAP; g++)
			grid->levels[GRID_GOOD + a * GRID_GAP + g] = grid->good[a] + grid->gap[g];
	}
	spread(grid->levels + GRID_SIDES, GRID_LEVELS, good - 1.2 * grid->scale,
	       good + gap + 1.2 * grid->scale);
	for (size_t c = 1; c < GRID_BUILD; c++)
		for (size_t side = 0; side < GRID_SIDES; side++)
			place_kernel(grid, c, side);
}

void grid_place(struct grid *grid, double sigma_w, double good, double good_error, double gap, double gap_error)
{
	double low = fmax(gap - 2.6 * gap_error, grid->smallest_gap);

	grid->sigma_w = sigma_w;
	spread(grid->good, GRID_GOOD, good - 3 * good_error, good + 3 * good_error);
	spread(grid->gap, GRID_GAP, low, fmax(gap + 2.6 * gap_error, 1.2 * low));
	place_sigmas(grid);
	place_levels(grid, good, gap);
	grid->noise.middle = good + 0.5 * gap;
	grid->noise.wide = gap + 3 * sigma_w;
}

/* One side's level: all sigma_b at sigma_c = 0, then the sums over the commit's own level. */
static void side_cells(const struct grid *grid, size_t side, const double *profile, const double *own,
		       const double *most, double *out)
{
	for (size_t s = 0; s < GRID_BOOT; s++)
		out[s * GRID_BUILD] += profile[side * GRID_BOOT + s];
	for (size_t c = 1; c < GRID_BUILD; c++) {
		const double *kernel = grid->kernel[c - 1][side];
		double sum[GRID_BOOT] = { 0 };

		for (size_t i = grid->from[c - 1][side]; i < grid->to[c - 1][side]; i++)
			for (size_t s = 0; s < GRID_BOOT; s++)
				sum[s] += kernel[i] * own[i * GRID_BOOT + s];
		for (size_t s = 0; s < GRID_BOOT; s++)
			out[s * GRID_BUILD + c] += log(sum[s] + 1e-290) + most[s];
	}
}

/* Adds what the boots of one build say, whose level is one of N(side, sigma_c^2). */
static void add_build(const struct grid *grid, const struct boot_values *boots, double *good, double *bad)
{
	double profile[(GRID_SIDES + GRID_LEVELS) * GRID_BOOT];
	double *own = profile + GRID_SIDES * GRID_BOOT, most[GRID_BOOT];

	likelihood_profile(boots, grid->sigma_w, &grid->modes, &grid->noise, grid->levels,
			   GRID_SIDES + GRID_LEVELS, profile);
	for (size_t s = 0; s < GRID_BOOT; s++) {
		most[s] = own[s];
		for (size_t i = 1; i < GRID_LEVELS; i++)
			most[s] = fmax(most[s], own[i * GRID_BOOT + s]);
		for (size_t i = 0; i < GRID_LEVELS; i++)
			own[i * GRID_BOOT + s] = exp(own[i * GRID_BOOT + s] - most[s]);
	}
	for (size_t side = 0; side < GRID_GOOD; side++)
		side_cells(grid, side, profile, own, most, good + side * GRID_SIGMAS);
	for (size_t side = GRID_GOOD; side < GRID_SIDES; side++)
		side_cells(grid, side, profile, own, most, bad + (side - GRID_GOOD) * GRID_SIGMAS);
}

void grid_commit(const struct grid *grid, const struct boot_values *boots, double *good, double *bad)
{
	struct boot_values build;

	memset(good, 0, GRID_GOOD_CELLS * sizeof(*good));
	memset(bad, 0, GRID_CELLS * sizeof(*bad));
	for (size_t from = 0; boot_values_of_build(boots, &from, &build);)
		add_build(grid, &build, good, bad);
}

static double mean_of(const double *p, const double *x, size_t nr)
{
	double sum = 0;

	for (size_t i = 0; i < nr; i++)
		sum += p[i] * x[i];
	return sum;
}

static double variance_of(const double *p, const double *x, double mean, size_t nr)
{
	double sum = 0;

	for (size_t i = 0; i < nr; i++)
		sum += p[i] * (x[i] - mean) * (x[i] - mean);
	return fmax(sum, 0);
}

void grid_moments(const struct grid *grid, const double *cells, struct grid_moments *m)
{
	double good[GRID_GOOD] = { 0 }, gap[GRID_GAP] = { 0 }, boot[GRID_BOOT] = { 0 },
	       build[GRID_BUILD] = { 0 };

	for (size_t i = 0; i < GRID_CELLS; i++) {
		good[i / (GRID_GAP * GRID_SIGMAS)] += cells[i];
		gap[i / GRID_SIGMAS % GRID_GAP] += cells[i];
		boot[i / GRID_BUILD % GRID_BOOT] += cells[i];
		build[i % GRID_BUILD] += cells[i];
	}
	m->good = mean_of(good, grid->good, GRID_GOOD);
	m->gap = mean_of(gap, grid->gap, GRID_GAP);
	m->good_sd = sqrt(variance_of(good, grid->good, m->good, GRID_GOOD));
	m->gap_sd = sqrt(variance_of(gap, grid->gap, m->gap, GRID_GAP));
	m->sigma_b = sqrt(variance_of(boot, grid->sigma_b, 0, GRID_BOOT));
	m->sigma_c = sqrt(variance_of(build, grid->sigma_c, 0, GRID_BUILD));
	m->good_edge = good[0] + good[GRID_GOOD - 1];
	m->gap_low = gap[0];
	m->gap_high = gap[GRID_GAP - 1];
}

bool grid_outgrown(const struct grid *grid, const struct grid_moments *m)
{
	double good_step = grid->good[1] - grid->good[0], gap_step = grid->gap[1] - grid->gap[0];

	return m->good_edge > 0.03 || m->gap_high > 0.03 ||
	       (m->gap_low > 0.03 && grid->gap[0] > 1.01 * grid->smallest_gap) ||
	       m->good_sd < 0.8 * good_step || m->gap_sd < 0.7 * gap_step;
}

void grid_replace(struct grid *grid, const struct grid_moments *m)
{
	double good_step = grid->good[1] - grid->good[0], gap_step = grid->gap[1] - grid->gap[0];

	grid_place(grid, grid->sigma_w, m->good, 1.4 * fmax(m->good_sd, 0.6 * good_step), m->gap,
		   1.4 * fmax(m->gap_sd, 0.6 * gap_step));
}
