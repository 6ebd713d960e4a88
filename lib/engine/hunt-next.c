#include "engine/hunt.h"

/* 0 of what is no number. */
static double share_of(const struct hunt_function *f, size_t workload)
{
	return f->self_pct[workload] > 0 ? f->self_pct[workload] : 0;
}

static struct hunt_candidate largest_share(const struct hunt_function *functions, size_t i, size_t nworkloads)
{
	struct hunt_candidate c = { .function = i };

	for (size_t w = 0; w < nworkloads; w++) {
		double share = share_of(&functions[i], w);

		if (share > c.share) {
			c.share = share;
			c.workload = w;
		}
	}
	return c;
}

/* NULL comes last. */
static int compare_names(const char *a, const char *b)
{
	if (!a || !b)
		return !a - !b;
	return strcmp(a, b);
}

static int by_share(const void *a, const void *b, void *data)
{
	const struct hunt_function *functions = data;
	const struct hunt_candidate *x = a, *y = b;
	const struct hunt_function *f = functions + x->function, *g = functions + y->function;
	int order;

	if (x->share != y->share)
		return x->share < y->share ? 1 : -1;
	order = strcmp(f->name, g->name);
	if (!order)
		order = compare_names(f->file, g->file);
	return order ? order : (x->function > y->function) - (x->function < y->function);
}

static bool left_alone(const struct hunt_function *f)
{
	return f->skipped || f->noise || f->investigated;
}

size_t hunt_pick(const struct hunt_function *functions, size_t nr, size_t nworkloads, double threshold,
		 struct hunt_candidate *candidates)
{
	size_t n = 0;

	for (size_t i = 0; i < nr; i++) {
		struct hunt_candidate c = largest_share(functions, i, nworkloads);

		if (functions[i].is_own && !left_alone(&functions[i]) && c.share > threshold)
			candidates[n++] = c;
	}
	if (n)
		qsort_r(candidates, n, sizeof(*candidates), by_share, (void *)(uintptr_t)functions);
	return n;
}

static bool pick_first(const struct hunt_state *state, struct hunt_candidate *first)
{
	struct hunt_candidate *candidates = xreallocarray(NULL, state->nfunctions ? state->nfunctions : 1,
							  sizeof(*candidates));
	size_t nr = hunt_pick(state->functions, state->nfunctions, state->nworkloads, state->threshold,
			      candidates);

	if (nr)
		*first = candidates[0];
	free(candidates);
	return nr > 0;
}

/* Why there is no candidate. */
static enum hunt_reason why_none(const struct hunt_state *state)
{
	enum hunt_reason reason = HUNT_FLAT;

	for (size_t i = 0; i < state->nfunctions; i++) {
		if (!(largest_share(state->functions, i, state->nworkloads).share > state->threshold))
			continue;
		if (state->functions[i].is_own)
			return HUNT_EXHAUSTED;
		reason = HUNT_FOREIGN;
	}
	return reason;
}

static struct hunt_action done(enum hunt_reason reason)
{
	return (struct hunt_action){ .kind = HUNT_DONE, .reason = reason };
}

static bool profile_is_fresh(const struct hunt_state *state)
{
	return state->profile_iteration == state->iteration && state->profile_generation == state->generation;
}

void hunt_next(const struct hunt_state *state, struct hunt_action *action)
{
	struct hunt_candidate first;

	if (state->stopped)
		*action = done(HUNT_STOPPED);
	else if (state->iteration >= state->max_iterations)
		*action = done(HUNT_ITERATIONS);
	else if (!profile_is_fresh(state))
		*action = (struct hunt_action){ .kind = HUNT_PROFILE };
	else if (pick_first(state, &first))
		*action = (struct hunt_action){ .kind = HUNT_FIX, .candidate = first };
	else if (state->can_evolve && state->generation < state->max_generations)
		*action = (struct hunt_action){ .kind = HUNT_EVOLVE, .generation = state->generation + 1 };
	else
		*action = done(why_none(state));
}

const char *hunt_reason_text(enum hunt_reason reason)
{
	static const char *const texts[] = {
		[HUNT_NOT_DONE] = "not done",
		[HUNT_STOPPED] = "stopped by the user",
		[HUNT_ITERATIONS] = "all iterations are used up",
		[HUNT_FLAT] = "no function is above the threshold in any workload",
		[HUNT_FOREIGN] = "what is above the threshold is not your own code",
		[HUNT_EXHAUSTED] = "what is above the threshold was investigated, or is to be left alone",
	};

	return texts[reason];
}
