/*
 * Where a hunt stands: what follows from its events, and from nothing else. Killed at
 * whatever point, the next run reads the same and goes on there.
 *
 *	struct state state = STATE_INIT;
 *
 *	state_take(&state, kind, payload)	event by event, in order
 *	state_release(&state);
 *
 * Events, with the phase that they lead to:
 *
 *	start		base, branch, clock, noise, suite, baseline	init
 *	profiled	one profile round				profiled
 *	evolved		the suite of the next generation		init
 *	picked		the function that an iteration is about		picked
 *	fixing		a fixer begins: its attempt, the guard		fixing
 *	fixed		it ended, with a candidate or an outcome	fixed
 *	accepted	what differs from the guard is as it should be
 *	checked		built, and its tests passed; or back to fixing	checked
 *	pair		one round of base and candidate			checked
 *	measured	the decision					measured
 *	committed	the commit that the branch is at		committed
 *	recorded	the iteration is over				recorded
 *	ending		why no further function is looked at
 *	total, final	the start against the end
 *	done		with the reason
 */
#ifndef GIT_PERFHUNT_STATE_H
#define GIT_PERFHUNT_STATE_H

#include "base/json.h"
#include "base/strvec.h"
#include "engine/hunt.h"

enum phase {
	PHASE_INIT,
	PHASE_PROFILED,
	PHASE_PICKED,
	PHASE_FIXING,
	PHASE_FIXED,
	PHASE_CHECKED,
	PHASE_MEASURED,
	PHASE_COMMITTED,
	PHASE_RECORDED,
};

/* Rounds by both clocks. */
struct rounds {
	struct hunt_pairs wall, cpu;
	/* Of each round: made on inputs of new seeds. */
	bool *fresh;
	size_t alloc;
};

struct state {
	enum phase phase;
	/* Of the start event. */
	json_t *start;
	/* The commit that is built upon: the last one kept, or the start. Borrowed from events. */
	char *head;
	struct strvec suite;
	size_t generation;
	/* Iterations that are over. */
	size_t iteration;
	size_t fixes_since_profile;
	/* The last round, NULL before it; and when it was made. */
	json_t *profile;
	size_t profile_iteration, profile_generation;
	/* Arrays: payloads of recorded, and of all steps. */
	json_t *investigated, *history;
	/* Of the iteration that is going on, each NULL until it has happened. */
	json_t *picked, *fixed, *checked, *measured, *committed;
	/* What a fixer must have left alone that was killed, or caught (guarding.h); NULL: all is well. */
	json_t *guard;
	/* A fixer wrote into the record that this follows from. */
	bool tampered;
	size_t attempt;
	double fixer_seconds;
	struct rounds pairs;
	/* Start against end. */
	struct rounds total;
	json_t *ending, *final, *done;
};

#define STATE_INIT                                                                    \
	{                                                                             \
		.generation = 1, .profile_iteration = HUNT_NONE, .suite = STRVEC_INIT \
	}

/* A round that was measured; -1 with a recorded error when it does not go with the others. */
int rounds_add(struct rounds *rounds, json_t *round) MUST_CHECK;
void rounds_release(struct rounds *rounds);

/* -1 with a recorded error when the event is none of ours. */
int state_take(struct state *state, const char *kind, const char *payload) MUST_CHECK;
void state_release(struct state *state);

/* "init", "profiled", ... */
const char *phase_name(enum phase phase);
/* A text of an object; "" when it is not there. */
const char *json_get(const json_t *object, const char *key);
double json_get_number(const json_t *object, const char *key);
/* The clock that decides. */
bool state_by_cpu(const struct state *state);
const struct hunt_pairs *rounds_deciding(const struct rounds *rounds, bool by_cpu);

#endif
