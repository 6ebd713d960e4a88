/* What the tests of strategy "bayes" share: small graphs, and worlds that boot. */
#ifndef BAYES_FIXTURE_H
#define BAYES_FIXTURE_H

#include "unit.h"

#include <math.h>

#include "base/rng.h"
#include "engine/bisect.h"

#define GRAPH_MAX 2000

struct graph {
	size_t nr;
	uint32_t parent_at[GRAPH_MAX + 1], parents[2 * GRAPH_MAX];
};

/* `merges` of 100 commits have a second parent, some commits back. The last is everybody's child. */
static inline void graph_make(struct graph *graph, size_t nr, unsigned merges, struct rng *rng)
{
	size_t n = 0;

	graph->nr = nr;
	graph->parent_at[0] = graph->parent_at[1] = 0;
	for (size_t i = 1; i < nr; i++) {
		size_t back = merges && i > 2 ? rng_below(rng, i > 6 ? 6 : i - 1) : 0;

		graph->parents[n++] = (uint32_t)(i - 1 - back);
		if (rng_below(rng, 100) < merges && i > 1 && back)
			graph->parents[n++] = (uint32_t)(i - 1);
		graph->parent_at[i + 1] = (uint32_t)n;
	}
}

/* The ancestors of `commit` and itself. */
static inline void graph_bits(const struct graph *graph, size_t commit, uint64_t *bits)
{
	memset(bits, 0, (graph->nr + 63) / 64 * sizeof(*bits));
	for (size_t i = commit + 1; i-- > 0;) {
		bool in = i == commit || bits[i / 64] >> i % 64 & 1;

		bits[i / 64] |= (uint64_t)in << i % 64;
		for (uint32_t k = graph->parent_at[i]; in && k < graph->parent_at[i + 1]; k++)
			bits[graph->parents[k] / 64] |= (uint64_t)1 << graph->parents[k] % 64;
	}
}

static inline bool graph_is_ancestor(const struct graph *graph, size_t a, size_t d)
{
	uint64_t bits[GRAPH_MAX / 64 + 1];

	graph_bits(graph, d, bits);
	return !a || bits[a / 64] >> a % 64 & 1;
}

#define EVENTS_MAX 8000

struct world {
	struct graph graph;
	struct bisect_problem problem;
	struct bisect_options options;
	struct bisect *bisect;
	struct rng rng;
	size_t culprit, second;
	/* In sigmas; values are base + sign * (level + noise). */
	double effect, second_effect, noise, base, sign;
	double offset[4];
	/* Of the boots, this share is slower by so much. */
	double slow, slower_by;
	/* SD of the level of a build. */
	double spread;
	/* Layouts of which there is no build: bits; and those that are built. */
	uint32_t broken_layouts, built[GRAPH_MAX];
	bool broken[GRAPH_MAX], bad[GRAPH_MAX], worse[GRAPH_MAX];
	struct bisect_event events[EVENTS_MAX];
	size_t nevents, boots, most_samples;
};

static inline void world_spread(const struct graph *graph, size_t culprit, bool *bad)
{
	memset(bad, 0, GRAPH_MAX * sizeof(*bad));
	for (size_t i = culprit; culprit && i < graph->nr; i++) {
		bad[i] = i == culprit;
		for (uint32_t k = graph->parent_at[i]; k < graph->parent_at[i + 1]; k++)
			bad[i] |= bad[graph->parents[k]];
	}
}

static inline struct world *world_new(size_t nr, unsigned merges, uint64_t seed)
{
	const struct bisect_options options = BISECT_OPTIONS_INIT;
	struct world *w = xcalloc(1, sizeof(*w));

	rng_seed(&w->rng, seed, 1);
	graph_make(&w->graph, nr, merges, &w->rng);
	do
		w->culprit = 1 + rng_below(&w->rng, nr - 1);
	while (!graph_is_ancestor(&w->graph, w->culprit, nr - 1));
	w->problem = (struct bisect_problem){ .nr = nr,
					      .parent_at = w->graph.parent_at,
					      .parents = w->graph.parents };
	w->options = options;
	w->options.strategy = BISECT_BAYES;
	w->effect = 4;
	w->noise = 1;
	w->base = 100;
	w->sign = 1;
	return w;
}

/* After the fields were changed. */
static inline void world_start(struct world *w)
{
	world_spread(&w->graph, w->culprit, w->bad);
	world_spread(&w->graph, w->second, w->worse);
	w->bisect = bisect_new(&w->problem, &w->options);
}

static inline void world_free(struct world *w)
{
	bisect_free(w->bisect);
	free(w);
}

static inline void world_record(struct world *w, struct bisect_event event)
{
	assert_true(w->nevents < EVENTS_MAX);
	w->events[w->nevents++] = event;
	assert_int_equal(bisect_record(w->bisect, &event), 0);
}

/* What a build's own level is off by: the same at each boot. */
static inline double world_own_level(const struct world *w, size_t commit, size_t layout)
{
	struct rng own;

	rng_seed(&own, w->culprit, commit ^ (uint64_t)layout << 40);
	return w->spread > 0 ? w->spread * rng_normal(&own) : 0;
}

static inline void world_measure_build(struct world *w, size_t machine, size_t commit, size_t layout,
				       size_t samples)
{
	double level = w->effect * w->bad[commit] + w->second_effect * w->worse[commit] + w->offset[machine];
	bool broken = w->broken[commit] || w->broken_layouts >> layout & 1;
	struct bisect_event event = { .kind = broken ? BISECT_BUILD_FAILED : BISECT_BUILT,
				      .commit = commit,
				      .machine = machine,
				      .layout = layout,
				      .seconds = 8 };

	if (!(w->built[commit] >> layout & 1)) {
		world_record(w, event);
		if (broken)
			return;
		w->built[commit] |= UINT32_C(1) << layout;
	}
	level += world_own_level(w, commit, layout);
	event.boot = ++w->boots;
	level += w->noise * 0.5 * rng_normal(&w->rng);
	if (w->slow > 0 && rng_double(&w->rng) < w->slow)
		level += w->slower_by;
	for (size_t i = 0; i < samples; i++) {
		event.kind = BISECT_SAMPLE;
		event.seconds = w->options.sample_seconds;
		event.value = w->base + w->sign * (level + w->noise * 0.866 * rng_normal(&w->rng));
		world_record(w, event);
	}
	event.kind = BISECT_BOOT_END;
	event.seconds = w->options.boot_seconds;
	world_record(w, event);
	w->most_samples = samples > w->most_samples ? samples : w->most_samples;
}

static inline void world_measure(struct world *w, size_t machine, size_t commit, size_t samples)
{
	world_measure_build(w, machine, commit, 0, samples);
}

/* Until it stops; at most `most` steps. Returns how many were made. */
static inline size_t world_run(struct world *w, size_t most)
{
	struct bisect_action action;
	size_t steps = 0;

	for (; steps < most; steps++) {
		bisect_next(w->bisect, 0, &action);
		if (action.kind == BISECT_STOP)
			break;
		assert_int_equal(action.kind, BISECT_MEASURE);
		world_measure_build(w, 0, action.commit, action.layout, action.samples);
	}
	return steps;
}

#endif
