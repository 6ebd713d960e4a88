/*
 * The simulator's world: commits, what they measure, what that costs. The same
 * model as that of the published rows (Documentation/technical/bisection.adoc):
 * a boot of commit k has samples
 *
 *	x_i = level(k) + drift + b + w_i (+ outlier),  b ~ N(0, rho), w ~ N(0, 1 - rho)
 *
 * in units of one sample's standard deviation, times `sigma`, on top of `base`.
 */
#ifndef SIM_WORLD_H
#define SIM_WORLD_H

#include "base/rng.h"

struct sim_options {
	/* Commits after the good end; step in sigmas; share of the variance that is of the boot. */
	double n, effect, rho;
	/* P(a sample is off by |N(0, 5)|), P(a boot is off by 4). */
	double outlier, bootout;
	/* Share of unbuildable commits, in runs of so many. */
	double broken, cluster;
	/* Between the stored day and today, either way; per boot, a random walk of each machine. */
	double drift, walk;
	/* SD of a commit's own offset; a share of boots, slower by so many gaps. */
	double layout, modes, modeshift;
	/* Builds that a commit can have, each with an offset of its own. */
	double layouts;
	/* SD of what a commit is off by in all of its builds. */
	double own;
	/* All but the first build of a commit are off by so many effects. */
	double shifted;
	/* Two steps, the one with this share of the effect; 0: one step. */
	double split;
	/* Three steps in this order: the effect, two thirds of it back, and there again; 0: one step. */
	double zigzag;
	/* Today's effect is so many times the stored one. */
	double today;
	/* Stored: sessions of repeats; none with 0. */
	double sessions, repeats;
	/* Seconds. */
	double build, boot, sample;
	/* How many, and the SD of their offsets in effects. */
	double machines, apart;
	/* Builds at a time; 0: each machine builds what it measures. */
	double builders;
	/* Share of merges in the range; 0: linear. A file of "commit parent ..." lines instead. */
	double merges;
	const char *shape;
	/* A ranking is the prior, with 1/k at place k: the culprit's place is at most that; below 0: it has no weight. */
	double top;
	/* The metric: its level when good, one sigma, more is better (1) or worse (-1). */
	double base, sigma, better;
	double trials, seed;
};

struct sim_graph {
	size_t nr;
	uint32_t *parent_at, *parents;
};

void sim_graph_init(struct sim_graph *graph, const struct sim_options *o);
void sim_graph_release(struct sim_graph *graph);

#define SIM_STEPS_MAX 3

struct sim_step {
	size_t commit;
	/* In sigmas. */
	double size;
};

struct sim_world {
	const struct sim_options *o;
	const struct sim_graph *graph;
	struct rng rng;
	struct sim_step steps[SIM_STEPS_MAX];
	size_t nsteps;
	/* Per commit: a bit for each step that it has; is it unbuildable, is it built? */
	unsigned char *has;
	bool *broken;
	/* The layouts that are built: bits. */
	uint32_t *built;
	/* Per commit, where looked at: its own offset in sigmas. */
	double *offset;
	double drift;
	/* Of each machine, in sigmas: what it differs by, where its walk is. */
	double *apart, *walked;
	/* Weights of a ranking, in the commits' order; NULL without any. */
	double *prior;
	double *stored_good, *stored_bad;
	size_t nstored;
};

void sim_world_init(struct sim_world *world, const struct sim_options *o, const struct sim_graph *graph,
		    size_t trial);
void sim_world_release(struct sim_world *world);
/* One boot of a commit on a machine: `nr` samples. */
void sim_world_boot(struct sim_world *world, size_t machine, size_t commit, size_t layout, size_t nr,
		    double *values);

#endif
