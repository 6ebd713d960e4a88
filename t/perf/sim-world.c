#include "sim-world.h"

#include <math.h>

#include "base/error.h"
#include "base/strbuf.h"
#include "base/strmap.h"

static void add_commit(struct sim_graph *graph, size_t *nparents, size_t *alloc, const size_t *parents,
		       size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		ALLOC_GROW(graph->parents, *nparents + 1, *alloc);
		graph->parents[(*nparents)++] = (uint32_t)parents[i];
	}
	graph->parent_at[++graph->nr] = (uint32_t)*nparents;
}

/*
 * A trunk with side branches of 1 to 16 commits that leave it up to 200 commits
 * back and come home in a merge; `merges` of all commits are merges, at most a tenth.
 */
static void make_synthetic(struct sim_graph *graph, const struct sim_options *o)
{
	size_t total = (size_t)o->n + 1, nparents = 0, alloc = 0, trunk = 0;
	size_t *trunks = xreallocarray(NULL, total, sizeof(*trunks)), ntrunks = 1;
	/* A branch is 8.5 commits on average, and a merge. */
	double share = o->merges / (1 - 8.5 * o->merges);
	struct rng rng;

	rng_seed(&rng, (uint64_t)o->seed, UINT64_MAX);
	graph->parent_at = xcalloc(total + 1, sizeof(*graph->parent_at));
	add_commit(graph, &nparents, &alloc, NULL, 0);
	trunks[0] = 0;
	while (graph->nr < total) {
		size_t len = 1 + rng_below(&rng, 16), back = rng_below(&rng, 200), side;

		if (rng_double(&rng) < share && graph->nr + len + 2 < total) {
			side = trunks[back < ntrunks ? ntrunks - 1 - back : 0];
			for (size_t i = 0; i < len; i++) {
				add_commit(graph, &nparents, &alloc, &side, 1);
				side = graph->nr - 1;
			}
			add_commit(graph, &nparents, &alloc, (size_t[]){ trunk, side }, 2);
		} else {
			add_commit(graph, &nparents, &alloc, &trunk, 1);
		}
		trunk = trunks[ntrunks++] = graph->nr - 1;
	}
	free(trunks);
}

/* The words of a line of "commit parent ..." after the first, as commits; what is not of the file is 0. */
static size_t read_parents(char *words, const struct strmap *names, size_t *parents, size_t most)
{
	size_t nr = 0;
	char *save = NULL;

	for (char *word = strtok_r(words, " \n", &save); word && nr < most;
	     word = strtok_r(NULL, " \n", &save)) {
		ssize_t at = strmap_get(names, word);

		parents[nr++] = at < 0 ? 0 : (size_t)at + 1;
	}
	return nr;
}

/*
 * What "git rev-list --parents --topo-order --reverse good..bad" says; the last
 * line is the bad end, and a good one is put before the first.
 */
static void read_shape(struct sim_graph *graph, const char *path)
{
	struct strmap names = STRMAP_INIT;
	struct strbuf text = STRBUF_INIT;
	size_t nparents = 0, alloc = 0, known = 0, parents[64];
	char *line, *end;

	if (strbuf_read_file(&text, path, 0) < 0) {
		fprintf(stderr, "fatal: %s\n", error_message());
		exit(128);
	}
	for (line = text.buf; *line; line = end) {
		size_t name = strcspn(line, " \n");

		end = strchrnul(line, '\n');
		end += *end == '\n';
		strmap_intern(&names, line, name);
	}
	graph->parent_at = xcalloc(names.nr + 2, sizeof(*graph->parent_at));
	add_commit(graph, &nparents, &alloc, NULL, 0);
	for (line = text.buf; known < names.nr; line = end, known++) {
		char *words;

		end = strchrnul(line, '\n');
		end += *end == '\n';
		words = xmemdupz(line + strcspn(line, " \n"), (size_t)(end - line) - strcspn(line, " \n"));
		add_commit(graph, &nparents, &alloc, parents,
			   read_parents(words, &names, parents, ARRAY_SIZE(parents)));
		/* A root hangs from the good end. */
		if (graph->parent_at[graph->nr] == graph->parent_at[graph->nr - 1]) {
			graph->nr--;
			add_commit(graph, &nparents, &alloc, (size_t[]){ 0 }, 1);
		}
		free(words);
	}
	strmap_release(&names);
	strbuf_release(&text);
}

void sim_graph_init(struct sim_graph *graph, const struct sim_options *o)
{
	memset(graph, 0, sizeof(*graph));
	if (o->shape)
		read_shape(graph, o->shape);
	else
		make_synthetic(graph, o);
}

void sim_graph_release(struct sim_graph *graph)
{
	free(graph->parent_at);
	free(graph->parents);
}

static void spread_step(struct sim_world *w, size_t step)
{
	const struct sim_graph *g = w->graph;
	unsigned char bit = (unsigned char)(1 << step);

	w->has[w->steps[step].commit] |= bit;
	for (size_t i = w->steps[step].commit + 1; i < g->nr; i++)
		for (uint32_t k = g->parent_at[i]; k < g->parent_at[i + 1]; k++)
			w->has[i] |= w->has[g->parents[k]] & bit;
}

static void place_zigzag(struct sim_world *w)
{
	static const double shares[SIM_STEPS_MAX] = { 1, -2.0 / 3, 2.0 / 3 };
	size_t last = w->graph->nr - 1;

	for (w->nsteps = 0; w->nsteps < SIM_STEPS_MAX;) {
		size_t commit = 1 + rng_below(&w->rng, last), at = w->nsteps++;

		for (; at && w->steps[at - 1].commit > commit; at--)
			w->steps[at].commit = w->steps[at - 1].commit;
		w->steps[at].commit = commit;
	}
	for (size_t i = 0; i < w->nsteps; i++) {
		w->steps[i].size = shares[i] * w->o->effect;
		spread_step(w, i);
	}
}

static void place_steps(struct sim_world *w)
{
	const struct sim_options *o = w->o;
	size_t last = w->graph->nr - 1;

	if (o->zigzag > 0) {
		place_zigzag(w);
		return;
	}
	w->nsteps = o->split > 0 ? 2 : 1;
	for (size_t i = 0; i < w->nsteps; i++)
		w->steps[i].commit = 1 + rng_below(&w->rng, last);
	while (w->nsteps == 2 && w->steps[0].commit == w->steps[1].commit)
		w->steps[1].commit = 1 + rng_below(&w->rng, last);
	w->steps[0].size = w->nsteps == 2 ? o->split * o->effect : o->effect;
	w->steps[1].size = o->effect - w->steps[0].size;
	for (size_t i = 0; i < w->nsteps; i++)
		spread_step(w, i);
}

static void break_commits(struct sim_world *w)
{
	size_t left = 0, last = w->graph->nr - 1;

	for (size_t i = 1; i < last; i++) {
		if (rng_double(&w->rng) < w->o->broken / w->o->cluster)
			left = (size_t)w->o->cluster;
		w->broken[i] = left > 0;
		left -= left > 0;
	}
}

static double level_of(struct sim_world *w, size_t commit, size_t layout, double share)
{
	double level = 0;

	for (size_t i = 0; i < w->nsteps; i++)
		if (w->has[commit] >> i & 1)
			level += share * w->steps[i].size;
	if (w->o->own > 0) {
		struct rng own;

		rng_seed(&own, (uint64_t)w->o->seed ^ w->steps[0].commit << 20 ^ UINT64_MAX, commit);
		level += w->o->own * w->o->effect * rng_normal(&own);
	}
	if (w->o->layout > 0) {
		double *offset = &w->offset[layout * w->graph->nr + commit];

		if (isnan(*offset)) {
			struct rng own;

			rng_seed(&own, (uint64_t)w->o->seed ^ w->steps[0].commit << 20,
				 commit ^ (uint64_t)layout << 40);
			*offset = w->o->layout * w->o->effect * rng_normal(&own);
		}
		level += *offset + (layout ? w->o->shifted * w->o->effect : 0);
	}
	return level;
}

static void boot(struct sim_world *w, double level, size_t nr, double *values)
{
	const struct sim_options *o = w->o;

	level += sqrt(o->rho) * rng_normal(&w->rng);
	if (rng_double(&w->rng) < o->bootout)
		level += 4;
	if (o->modes > 0 && rng_double(&w->rng) < o->modes)
		level += o->modeshift * o->effect;
	for (size_t i = 0; i < nr; i++) {
		double x = level + sqrt(1 - o->rho) * rng_normal(&w->rng);

		if (rng_double(&w->rng) < o->outlier)
			x += fabs(5 * rng_normal(&w->rng));
		values[i] = o->base - o->better * o->sigma * x;
	}
}

void sim_world_boot(struct sim_world *w, size_t machine, size_t commit, size_t layout, size_t nr, double *values)
{
	if (w->o->walk > 0)
		w->walked[machine] += w->o->walk * rng_normal(&w->rng);
	boot(w, level_of(w, commit, layout, w->o->today) + w->drift + w->walked[machine] + w->apart[machine],
	     nr, values);
}

static void store_baselines(struct sim_world *w)
{
	size_t repeats = (size_t)w->o->repeats, sessions = (size_t)w->o->sessions, last = w->graph->nr - 1;

	w->nstored = repeats * sessions;
	w->stored_good = xcalloc(w->nstored + 1, sizeof(double));
	w->stored_bad = xcalloc(w->nstored + 1, sizeof(double));
	for (size_t i = 0; i < sessions; i++) {
		boot(w, level_of(w, 0, 0, 1), repeats, w->stored_good + i * repeats);
		boot(w, level_of(w, last, 0, 1), repeats, w->stored_bad + i * repeats);
	}
}

/* From numbers of its own, so that the rest of the world is the same with a ranking and without. */
static void make_ranking(struct sim_world *w, size_t trial)
{
	size_t nr = w->graph->nr - 1, culprit = w->steps[0].commit, place, *order;
	struct rng rng;

	if (!(w->o->top != 0))
		return;
	rng_seed(&rng, ~(uint64_t)w->o->seed, trial);
	order = xreallocarray(NULL, nr, sizeof(*order));
	for (size_t i = 0; i < nr; i++) {
		size_t at = rng_below(&rng, i + 1);

		order[i] = order[at];
		order[at] = i + 1;
	}
	place = rng_below(&rng, w->o->top > 0 && w->o->top < (double)nr ? (uint64_t)w->o->top : nr);
	for (size_t i = 0; i < nr; i++)
		if (order[i] == culprit) {
			order[i] = order[place];
			order[place] = culprit;
			break;
		}
	w->prior = xcalloc(w->graph->nr, sizeof(*w->prior));
	for (size_t i = 0; i < nr; i++)
		w->prior[order[i]] = 1 / (double)(i + 1);
	if (w->o->top < 0)
		w->prior[culprit] = 0;
	free(order);
}

void sim_world_init(struct sim_world *w, const struct sim_options *o, const struct sim_graph *graph,
		    size_t trial)
{
	memset(w, 0, sizeof(*w));
	w->o = o;
	w->graph = graph;
	rng_seed(&w->rng, (uint64_t)o->seed, trial);
	w->has = xcalloc(graph->nr, 1);
	w->broken = xcalloc(graph->nr, sizeof(*w->broken));
	w->built = xcalloc(graph->nr, sizeof(*w->built));
	w->offset = xreallocarray(NULL, graph->nr * (size_t)o->layouts, sizeof(*w->offset));
	for (size_t i = 0; i < graph->nr * (size_t)o->layouts; i++)
		w->offset[i] = NAN;
	place_steps(w);
	make_ranking(w, trial);
	break_commits(w);
	store_baselines(w);
	w->drift = o->drift * (rng_double(&w->rng) < 0.5 ? 1 : -1);
	w->apart = xcalloc((size_t)o->machines, sizeof(*w->apart));
	w->walked = xcalloc((size_t)o->machines, sizeof(*w->walked));
	for (size_t i = 0; i < (size_t)o->machines && o->apart > 0; i++)
		w->apart[i] = o->apart * o->effect * rng_normal(&w->rng);
}

void sim_world_release(struct sim_world *w)
{
	free(w->has);
	free(w->broken);
	free(w->built);
	free(w->offset);
	free(w->prior);
	free(w->apart);
	free(w->walked);
	free(w->stored_good);
	free(w->stored_bad);
}
