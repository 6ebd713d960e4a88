/*
 * One iteration: a function, a fixer, its gates, the comparison, and what becomes of it.
 *
 *	iteration_pick(&h, &candidate);
 *	while (h.state.picked)
 *		iteration_step(&h, &options);
 *
 * Each step ends with an event, so that a hunt that was killed goes on with the same step.
 */
#ifndef GIT_PERFHUNT_ITERATE_H
#define GIT_PERFHUNT_ITERATE_H

#include "hunt.h"

struct iterate_options {
	/* A shell for a person, in place of the fixer. */
	bool interactive;
};

/* Takes an entry of hot_candidates(), and opens its ticket. */
void iteration_pick(struct hunt *h, const json_t *candidate);
void iteration_step(struct hunt *h, const struct iterate_options *options);

/* The fixer's part: fixing.c. */
void step_fix(struct hunt *h, const struct iterate_options *options);
/* The measuring part: measuring.c. */
void step_check(struct hunt *h, const struct iterate_options *options);
void step_measure(struct hunt *h);
/* Rounds of base and candidate until they are decided, as `kind` events; the verdict's payload. */
json_t *measure(struct hunt *h, const char *kind, struct rounds *rounds, uint64_t seed, bool whole);
/*
 * Instructions of the suite by base and candidate, counted by valgrind: base, candidate, change_pct; empty,
 * with a warning, where they cannot be counted. counting.c.
 */
json_t *count_instructions(struct hunt *h);
/* Of what is kept: keeping.c. */
void step_commit(struct hunt *h);
void step_record(struct hunt *h);

/* "-3.2 % [-4.1, -2.3]" */
void add_change(struct strbuf *out, const json_t *change);
/* An event's payload with an outcome and the sentence that goes with it. */
json_t *outcome_payload(const char *outcome, const char *fmt, ...) FORMAT_PRINTF(2, 3);
/* The outcome that the iteration has come to so far; "" when it goes on. */
const char *iteration_outcome(const struct state *state);

#endif
