#include "state.h"

#include "base/error.h"

const char *json_get(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

double json_get_number(const json_t *object, const char *key)
{
	return json_number_value(json_object_get(object, key));
}

bool state_by_cpu(const struct state *state)
{
	return !strcmp(json_get(state->start, "clock"), "cpu");
}

const struct hunt_pairs *rounds_deciding(const struct rounds *rounds, bool by_cpu)
{
	return by_cpu ? &rounds->cpu : &rounds->wall;
}

const char *phase_name(enum phase phase)
{
	static const char *const names[] = { "init",    "profiled", "picked",    "fixing",  "fixed",
					     "checked", "measured", "committed", "recorded" };

	return names[phase];
}

static void replace(json_t **at, json_t *value)
{
	json_decref(*at);
	*at = json_incref(value);
}

void rounds_release(struct rounds *rounds)
{
	if (rounds->wall.nworkloads) {
		hunt_pairs_release(&rounds->wall);
		hunt_pairs_release(&rounds->cpu);
	}
	free(rounds->fresh);
	*rounds = (struct rounds){ .fresh = NULL };
}

static void read_numbers(json_t *list, double *out, size_t nr)
{
	for (size_t i = 0; i < nr; i++)
		out[i] = json_number_value(json_array_get(list, i));
}

/* {"held_out":n,"fresh":bool,"base_wall":[],"base_cpu":[],"wall":[],"cpu":[]} */
int rounds_add(struct rounds *rounds, json_t *root)
{
	size_t nr = json_array_size(json_object_get(root, "wall")), round = rounds->wall.nr;
	size_t held_out = (size_t)json_integer_value(json_object_get(root, "held_out"));
	double *base = xcalloc(nr + 1, sizeof(*base)), *candidate = xcalloc(nr + 1, sizeof(*candidate));
	int result = nr && held_out < nr ? 0 : error_set("the database holds a round of no workload");

	if (!result && !round) {
		hunt_pairs_init(&rounds->wall, nr, held_out);
		hunt_pairs_init(&rounds->cpu, nr, held_out);
	} else if (!result && rounds->wall.nworkloads != nr) {
		result = error_set("the database holds rounds of different suites");
	}
	if (!result) {
		ALLOC_GROW(rounds->fresh, round + 1, rounds->alloc);
		rounds->fresh[round] = json_is_true(json_object_get(root, "fresh"));
		read_numbers(json_object_get(root, "base_wall"), base, nr);
		read_numbers(json_object_get(root, "wall"), candidate, nr);
		result = hunt_pairs_add(&rounds->wall, base, candidate);
	}
	if (!result) {
		read_numbers(json_object_get(root, "base_cpu"), base, nr);
		read_numbers(json_object_get(root, "cpu"), candidate, nr);
		result = hunt_pairs_add(&rounds->cpu, base, candidate);
	}
	free(base);
	free(candidate);
	return result;
}

static void read_suite(struct state *state, json_t *list)
{
	strvec_release(&state->suite);
	for (size_t i = 0; i < json_array_size(list); i++)
		strvec_push(&state->suite, json_string_value(json_array_get(list, i)));
}

static void forget_iteration(struct state *state)
{
	replace(&state->picked, NULL);
	replace(&state->fixed, NULL);
	replace(&state->checked, NULL);
	replace(&state->measured, NULL);
	replace(&state->committed, NULL);
	state->attempt = 0;
	state->fixer_seconds = 0;
	rounds_release(&state->pairs);
}

static int take_start(struct state *state, json_t *root)
{
	replace(&state->start, root);
	state->head = xstrdup(json_get(root, "base"));
	read_suite(state, json_object_get(root, "suite"));
	state->investigated = json_array();
	state->history = json_array();
	state->phase = PHASE_INIT;
	return 0;
}

static int take_profiled(struct state *state, json_t *root)
{
	json_t *times = json_object(), *workloads = json_object_get(root, "workloads"), *entry;
	size_t i;

	json_array_foreach(workloads, i, entry)
	{
		json_object_set(times, json_get(entry, "workload"), json_object_get(entry, "time_s"));
	}
	json_append(state->history, json_pack("{s:i,s:i,s:o}", "iteration", (int)state->iteration,
					      "generation", (int)state->generation, "time_s", times));
	replace(&state->profile, root);
	state->profile_iteration = state->iteration;
	state->profile_generation = state->generation;
	state->fixes_since_profile = 0;
	state->phase = PHASE_PROFILED;
	return 0;
}

static int take_evolved(struct state *state, json_t *root)
{
	state->generation = (size_t)json_get_number(root, "generation");
	read_suite(state, json_object_get(root, "suite"));
	state->phase = PHASE_INIT;
	return 0;
}

static int take_picked(struct state *state, json_t *root)
{
	forget_iteration(state);
	replace(&state->picked, root);
	state->phase = PHASE_PICKED;
	return 0;
}

static int take_fixing(struct state *state, json_t *root)
{
	state->attempt = (size_t)json_get_number(root, "attempt");
	replace(&state->guard, json_object_get(root, "guard"));
	state->phase = PHASE_FIXING;
	return 0;
}

static int take_fixed(struct state *state, json_t *root)
{
	replace(&state->fixed, root);
	state->fixer_seconds += json_get_number(root, "seconds");
	state->tampered = state->tampered || json_is_true(json_object_get(root, "tampered"));
	if (!json_is_true(json_object_get(root, "abort")))
		replace(&state->guard, NULL);
	state->phase = PHASE_FIXED;
	return 0;
}

static int take_accepted(struct state *state, json_t *root UNUSED)
{
	replace(&state->guard, NULL);
	return 0;
}

static int take_checked(struct state *state, json_t *root)
{
	replace(&state->checked, root);
	/* What failed goes back to the fixer, or is over. */
	state->phase = json_is_true(json_object_get(root, "again")) ? PHASE_FIXING : PHASE_CHECKED;
	return 0;
}

static int take_pair(struct state *state, json_t *root)
{
	return rounds_add(&state->pairs, root);
}

static int take_measured(struct state *state, json_t *root)
{
	replace(&state->measured, root);
	state->phase = PHASE_MEASURED;
	return 0;
}

static int take_committed(struct state *state, json_t *root)
{
	replace(&state->committed, root);
	state->phase = PHASE_COMMITTED;
	return 0;
}

static int take_recorded(struct state *state, json_t *root)
{
	const char *commit = json_get(root, "commit");

	json_array_append(state->investigated, root);
	if (*commit) {
		free(state->head);
		state->head = xstrdup(commit);
		state->fixes_since_profile++;
	}
	state->iteration++;
	forget_iteration(state);
	state->phase = PHASE_RECORDED;
	return 0;
}

static int take_total(struct state *state, json_t *root)
{
	return rounds_add(&state->total, root);
}

static int take_ending(struct state *state, json_t *root)
{
	replace(&state->ending, root);
	return 0;
}

static int take_final(struct state *state, json_t *root)
{
	replace(&state->final, root);
	return 0;
}

static int take_done(struct state *state, json_t *root)
{
	replace(&state->done, root);
	return 0;
}

int state_take(struct state *state, const char *kind, const char *payload)
{
	static const struct {
		const char *kind;
		int (*take)(struct state *state, json_t *root);
	} takers[] = {
		{ "start", take_start },         { "profiled", take_profiled }, { "evolved", take_evolved },
		{ "picked", take_picked },       { "fixing", take_fixing },     { "fixed", take_fixed },
		{ "checked", take_checked },     { "pair", take_pair },         { "measured", take_measured },
		{ "committed", take_committed }, { "recorded", take_recorded }, { "total", take_total },
		{ "final", take_final },         { "done", take_done },         { "accepted", take_accepted },
		{ "ending", take_ending },
	};
	json_t *root = json_parse(payload, strlen(payload), false);
	int result = root ? -1 : error_prefix("the hunt's event '%s'", kind);

	for (size_t i = 0; root && i < ARRAY_SIZE(takers); i++)
		if (!strcmp(kind, takers[i].kind)) {
			if (!state->start && takers[i].take != take_start)
				result = error_set("the hunt's first event is '%s'", kind);
			else
				result = takers[i].take(state, root);
			json_decref(root);
			return result;
		}
	if (root)
		error_set("the database holds an event '%s', which this version does not know", kind);
	json_decref(root);
	return result;
}

void state_release(struct state *state)
{
	if (state->start)
		forget_iteration(state);
	rounds_release(&state->total);
	json_decref(state->start);
	json_decref(state->guard);
	json_decref(state->profile);
	json_decref(state->investigated);
	json_decref(state->history);
	json_decref(state->ending);
	json_decref(state->final);
	json_decref(state->done);
	strvec_release(&state->suite);
	free(state->head);
	*state = (struct state)STATE_INIT;
}
