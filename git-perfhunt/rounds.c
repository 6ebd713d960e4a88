#include "rounds.h"

#include "base/error.h"
#include "base/files.h"
#include "base/rng.h"
#include "ui/command.h"

/* Times that a run is repeated when the machine slept in it. */
#define SUSPENDED_MAX 3

void rounds_need_base(struct hunt *h)
{
	struct oid id = hunt_oid(h, h->state.head);
	char *log = hunt_path(h, "log/base-build.log");

	if (tree_is_built(&h->base, h->state.head)) {
		free(log);
		return;
	}
	hunt_say("building %.12s", h->state.head);
	if (tree_checkout(&h->base, h->repo, &id) ||
	    tree_build(&h->base, h->state.head, h->plan.build, h->plan.build_timeout, log, NULL))
		die_error();
	free(log);
}

const char *rounds_input(struct hunt *h, size_t workload)
{
	struct workload *w = &h->suite.v[workload];
	char *next;

	if (!h->plan.generate || w->input)
		return w->input;
	w->input = hunt_path(h, "inputs/%zu-%s", h->state.generation, w->name);
	if (!access(w->input, F_OK))
		return w->input;
	next = hunt_path(h, "inputs/next");
	/* The generator may lie in the tree, which a run may have written to. */
	if (tree_restore(&h->base, NULL) ||
	    workload_generate(w, h->plan.generate, w->seed, next, h->base.path, h->plan.run_timeout))
		die_error();
	if (rename(next, w->input))
		die("cannot rename %s: %s", next, strerror(errno));
	free(next);
	return w->input;
}

/* Does the comparison take this one? */
static bool is_taken(const struct hunt *h, size_t workload, bool whole)
{
	if (whole || !h->plan.ab.nr || workload >= h->suite.nr - h->nheld_out)
		return true;
	for (size_t i = 0; i < h->plan.ab.nr; i++)
		if (!strcmp(h->plan.ab.v[i], h->suite.v[workload].name))
			return true;
	return false;
}

size_t rounds_workloads(const struct hunt *h, bool whole, size_t *index, size_t *nheld_out)
{
	size_t nr = 0;

	*nheld_out = h->nheld_out;
	for (size_t i = 0; i < h->suite.nr; i++)
		if (is_taken(h, i, whole))
			index[nr++] = i;
	return nr;
}

/* What a workload reads in this round. */
struct reading {
	uint64_t seed;
	/* Owned where it was made for this round. */
	const char *input;
	char *made;
};

/* Every other round has inputs that nobody has seen: answers kept from earlier runs do not help there. */
static bool is_fresh(const struct hunt *h, const struct round *round)
{
	bool can = false;

	for (size_t i = 0; i < h->suite.nr; i++)
		can = can || (h->plan.generate && h->suite.v[i].has_seed);
	return can && round->round % 2;
}

static struct reading prepare(struct hunt *h, const struct round *round, size_t workload, bool fresh)
{
	const struct workload *w = &h->suite.v[workload];
	struct reading reading = { .seed = w->seed };
	struct rng rng;

	if (!fresh || !w->has_seed) {
		reading.input = rounds_input(h, workload);
		return reading;
	}
	rng_seed(&rng, round->seed ^ w->seed, round->round + 1);
	/* Below what any language holds as an integer. */
	reading.seed = 1 + rng_below(&rng, 1000000000);
	reading.made = hunt_path(h, "inputs/fresh-%s", w->name);
	reading.input = reading.made;
	if (tree_restore(&h->base, NULL) || workload_generate(w, h->plan.generate, reading.seed, reading.made,
							      h->base.path, h->plan.run_timeout))
		die_error();
	return reading;
}

static int run_one(struct hunt *h, size_t workload, struct tree *tree, const struct reading *reading,
		   struct run *run)
{
	char *scratch = hunt_path(h, "scratch");
	struct run_request request = { .workload = &h->suite.v[workload],
				       .tree = tree,
				       .seed = reading->seed,
				       .input = reading->input,
				       .scratch = scratch,
				       .timeout = h->plan.run_timeout };
	int result = workload_run(&request, run);

	for (int i = 0; !result && run->suspended && i < SUSPENDED_MAX; i++)
		result = workload_run(&request, run);
	free(scratch);
	return result;
}

static void add_times(json_t *payload, const char *wall, const char *cpu, const struct run *runs, size_t nr)
{
	json_t *walls = json_array(), *cpus = json_array();

	for (size_t i = 0; i < nr; i++) {
		json_append(walls, json_real(runs[i].wall));
		json_append(cpus, json_real(runs[i].cpu));
	}
	json_set(payload, wall, walls);
	json_set(payload, cpu, cpus);
}

const char *rounds_workload_words(const struct hunt *h, size_t workload)
{
	static struct strbuf words = STRBUF_INIT;

	strbuf_reset(&words);
	if (workload >= h->suite.nr - h->nheld_out)
		strbuf_addstr(&words, "a workload that is held out");
	else
		strbuf_addf(&words, "workload %s", h->suite.v[workload].name);
	return words.buf;
}

static int compare(const struct hunt *h, const size_t *index, size_t nr, const struct run *base,
		   const struct run *candidate)
{
	for (size_t i = 0; i < nr; i++)
		if (strcmp(base[i].digest, candidate[i].digest) != 0) {
			error_set("%s answers something else than before", rounds_workload_words(h, index[i]));
			return 1;
		}
	return 0;
}

void rounds_stamp_inputs(struct hunt *h, char stamp[SHA256_HEX_SIZE])
{
	char *inputs = hunt_path(h, "inputs");

	if (make_directories(inputs) || tree_stamp(inputs, stamp))
		die_error();
	free(inputs);
}

void rounds_forget_inputs(struct hunt *h)
{
	char *inputs = hunt_path(h, "inputs");

	if (remove_tree(inputs) || make_directories(inputs))
		die_error();
	for (size_t i = 0; i < h->suite.nr; i++) {
		free(h->suite.v[i].input);
		h->suite.v[i].input = NULL;
	}
	free(inputs);
}

bool rounds_keep_inputs(struct hunt *h, const char *stamp)
{
	char *inputs = hunt_path(h, "inputs");
	char now[SHA256_HEX_SIZE];
	bool same = !tree_stamp(inputs, now) && !strcmp(now, stamp);

	if (!same)
		rounds_forget_inputs(h);
	free(inputs);
	return same;
}

/* What it is, or NULL; it is made anew when it is needed again. */
static const char *changed_source(struct hunt *h, const struct round *round, const char *stamp)
{
	struct tree *trees[] = { round->base, round->candidate };
	const char *what = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(trees); i++)
		if (!tree_is_spared(trees[i])) {
			what = "the copies that runs are made from";
			if (tree_forget(trees[i]))
				die_error();
		}
	return rounds_keep_inputs(h, stamp) ? what : "the inputs of others";
}

/*
 * Nothing of what a run is made from may come from one that ran before. Where a run could not even
 * begin (-1), or the base failed, that may be why; else they are errors of ours.
 */
static int check_sources(struct hunt *h, const struct round *round, const char *stamp, int result,
			 bool base_failed)
{
	char *why = xstrdup(result ? error_message() : "");
	const char *what = changed_source(h, round, stamp);
	/* Of two runs of the base, none is what is tried. */
	bool is_ours = result < 0 || base_failed, is_base = round->candidate == round->base;

	if (what && (!result || (is_ours && !is_base))) {
		error_set("a run changed %s", what);
		is_ours = is_base;
		result = 1;
	} else if (result) {
		error_set("%s", why);
	}
	if (is_ours)
		die_error();
	free(why);
	return result;
}

static int run_all(struct hunt *h, const struct round *round, const size_t *index, size_t nr,
		   const struct reading *readings, struct run *base, struct run *candidate)
{
	struct hunt_run *order = xcalloc(2 * nr, sizeof(*order));
	char stamp[SHA256_HEX_SIZE];
	bool base_failed = false;
	int result = 0;

	rounds_stamp_inputs(h, stamp);
	hunt_order(round->seed, round->round, nr, order);
	for (size_t i = 0; i < 2 * nr && !result; i++) {
		size_t at = order[i].workload;
		bool is_candidate = order[i].candidate;

		result = run_one(h, index[at], is_candidate ? round->candidate : round->base, &readings[at],
				 is_candidate ? &candidate[at] : &base[at]);
		base_failed = result > 0 && (!is_candidate || round->candidate == round->base);
		/* Its name is not for the fixer. */
		if (result > 0 && !base_failed && index[at] >= h->suite.nr - h->nheld_out)
			error_set("a workload that is held out failed");
	}
	result = check_sources(h, round, stamp, result, base_failed);
	free(order);
	return result;
}

int round_run(struct hunt *h, const struct round *round, json_t **payload)
{
	size_t *index = xcalloc(h->suite.nr, sizeof(*index)), nheld_out;
	size_t nr = rounds_workloads(h, round->whole, index, &nheld_out);
	struct run *base = xcalloc(nr, sizeof(*base)), *candidate = xcalloc(nr, sizeof(*candidate));
	struct reading *readings = xcalloc(nr, sizeof(*readings));
	bool fresh = is_fresh(h, round);
	int result;

	for (size_t i = 0; i < nr; i++)
		readings[i] = prepare(h, round, index[i], fresh);
	result = run_all(h, round, index, nr, readings, base, candidate);
	if (!result)
		result = compare(h, index, nr, base, candidate);
	*payload = NULL;
	if (!result) {
		*payload = json_object();
		json_set_int(*payload, "round", (long long)round->round);
		json_set_int(*payload, "held_out", (long long)nheld_out);
		json_set_bool(*payload, "fresh", fresh);
		add_times(*payload, "base_wall", "base_cpu", base, nr);
		add_times(*payload, "wall", "cpu", candidate, nr);
	}
	for (size_t i = 0; i < nr; i++) {
		if (readings[i].made && remove_tree(readings[i].made))
			die_error();
		free(readings[i].made);
	}
	free(index);
	free(base);
	free(candidate);
	free(readings);
	return result;
}
