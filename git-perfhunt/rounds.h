/*
 * Runs of the suite: inputs, rounds of base and candidate, and what they answered.
 */
#ifndef GIT_PERFHUNT_ROUNDS_H
#define GIT_PERFHUNT_ROUNDS_H

#include "fixer/measure.h"
#include "hunt.h"

/* The trees of the commits, built; dies when the base cannot be. */
void rounds_need_base(struct hunt *h);

/* The input of a workload of the suite as it is, made when it is not there; NULL: there is no generator. */
const char *rounds_input(struct hunt *h, size_t workload);

struct round {
	/* What is compared: h->base twice, say. Borrowed. */
	struct tree *base, *candidate;
	/* From 0. */
	size_t round;
	/* For the order of runs and new inputs. */
	uint64_t seed;
	/* All workloads, in place of those of perfhunt.ab. */
	bool whole;
};

/*
 * What no build, check or run may change. The second says whether it is as it was; where it is not it
 * is removed, and made anew when it is needed.
 */
void rounds_stamp_inputs(struct hunt *h, char stamp[SHA256_HEX_SIZE]);
/* Keeps the recorded error when it is. */
bool rounds_keep_inputs(struct hunt *h, const char *stamp) MUST_CHECK;
void rounds_forget_inputs(struct hunt *h);

/*
 * One round. 0 with its payload (for free: json_decref()); 1 with a recorded error when the
 * candidate failed or answered something else; dies when the base failed.
 */
int round_run(struct hunt *h, const struct round *round, json_t **payload) MUST_CHECK;
/* "workload decode"; of one that is held out no name, since a fixer may read it. Valid until the next call. */
const char *rounds_workload_words(const struct hunt *h, size_t workload);
/* Which workloads rounds take: indices into the suite, those held out last. Returns how many. */
size_t rounds_workloads(const struct hunt *h, bool whole, size_t *index, size_t *nheld_out);

#endif
