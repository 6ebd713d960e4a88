/*
 * Private to the strategy "bayes": what it holds in b->data. All of it follows
 * from the events in their order: bayes.c takes them in, bayes-model.c turns
 * boots into a posterior, bayes-choose.c picks the next boot, bayes-claim.c
 * says when the posterior may be believed, bayes-decide.c puts these together,
 * bayes-answer.c tells.
 *
 * Inside, values rise with the regression, and a machine's own offset is taken
 * off: bayes_value(). A test is a commit whose label the partition knows; it
 * mostly has boots, but may have none while another machine is at it.
 */
#ifndef ENGINE_BAYES_STATE_H
#define ENGINE_BAYES_STATE_H

#include "engine/bisect-state.h"
#include "engine/information.h"
#include "engine/posterior.h"
#include "engine/reach.h"

struct bayes_test {
	size_t commit;
	struct boot_values boots;
};

struct bayes_machine {
	/* As it was when the posterior was fitted. */
	struct bisect_machine now;
	/* What it has wandered by when it was last heard of. */
	double drift;
};

/* What is left of a range beside a step; there may be another one between. */
struct bayes_side {
	size_t good, bad;
};

struct bayes {
	/* The prior of each commit: they sum to 1. */
	double *prior;
	/* Bits in it. */
	double prior_bits;
	/* Culprits lie between: all of the range, or what is left of it beside a step that was found. */
	size_t good_end, bad_end;
	struct information information;
	struct partition partition;
	struct posterior posterior;
	struct reach reach;
	struct grid grid;
	/* ntests of each; the partition's numbers. */
	struct bayes_test *tests;
	struct posterior_test *says;
	size_t ntests, tests_alloc, says_alloc;
	struct bayes_machine *machines;
	size_t nmachines;
	/* What its machine had wandered by at each of b->boots; the first ndrift of them. */
	double *drift;
	size_t ndrift;
	/* Stage 0 is over and the posterior stands. */
	bool ready;
	/* Spent before. */
	double seconds_before;
	/* No commit can be the culprit: the user's words leave none. */
	bool impossible;
	/* Boots since stage 0, and since the last refit. */
	size_t nboots, since_fit;
	/* A byte for each commit: is near one that cannot be tested; is worth a build (bayes_is_open()). */
	unsigned char *risky, *open;
	/* options.all_steps: what was found, the sides to look at, and that it is these that are looked at. */
	struct bisect_step *steps;
	struct bayes_side *sides;
	size_t nsteps, steps_alloc, nsides, sides_alloc;
	bool beside;
	/* Between the ends of all, in the direction of a regression. */
	double whole_gap;
	/* `reach` is of this posterior. */
	bool reach_fresh;
};

static inline struct bayes *bayes_of(const struct bisect *b)
{
	return b->data;
}

/* The untested and testable commits are those worth a build. */
static inline bool bayes_is_open(const struct bisect *b, size_t commit)
{
	return bayes_of(b)->open[commit];
}

/* --- bayes-model.c --- */

/* A commit's own level, as its boots alone have it. */
struct bayes_level {
	double mean, sd;
};

/* Makes the posterior from all boots there are. */
void bayes_rebuild(struct bisect *b);
/* One more boot of one more commit, or of a known one. */
void bayes_add_boot(struct bisect *b, const struct bisect_boot *boot);
/* sigma_w, the machines' offsets and the boot modes anew, then the posterior. */
void bayes_refit(struct bisect *b);
/* The test of a commit, or BISECT_NONE. */
size_t bayes_find_test(const struct bayes *bayes, size_t commit);
/* Lets the partition know of a commit before its first boot. */
void bayes_add_test(struct bisect *b, size_t commit);
void bayes_level_of(const struct bayes *bayes, const struct boot_values *boots, struct bayes_level *level);
void bayes_model_release(struct bayes *bayes);

/* --- bayes-machine.c --- */

/* What each machine adds, as the posterior has it from now on. */
void bayes_fit_machines(struct bisect *b);
/* Are the machine's boots in the posterior? */
bool bayes_knows_machine(const struct bisect *b, size_t machine);
/*
 * How far each machine has wandered at each boot, from how its boots differ from
 * what the posterior expects of them. Forgets it without a posterior.
 */
void bayes_fit_drift(struct bisect *b);
double bayes_value(const struct bisect *b, const struct bisect_boot *boot, double sigma_w, double *extra);
/* Boots of an end that `machine` needs before its boots can be compared. False when none. */
bool bayes_machine_next(struct bisect *b, size_t machine, struct bisect_action *action);

/* --- bayes-claim.c --- */

/* The group that leads; BISECT_NONE without any. */
size_t bayes_leader(const struct bayes *bayes);
/* The leader has the confidence that was asked for, and nothing in it is left to be tested. */
bool bayes_is_settled(const struct bisect *b);
/*
 * The edge of the leader that has fewer than `need` boots, counting those under
 * way on machines other than `machine` (none when that is BISECT_NONE); or
 * BISECT_NONE.
 */
size_t bayes_lacking_edge(struct bisect *b, size_t machine, size_t need);
/* The tested commits right below and above the leading group (or what comes nearest to that). */
size_t bayes_good_edge(struct bisect *b);
size_t bayes_bad_edge(struct bisect *b);
/* An open commit near `from` on its side, unless `want` tested ones are there; BISECT_NONE. */
size_t bayes_neighbour(struct bisect *b, size_t from, bool bad_side, size_t want);
/* The levels of the tested commits next to the leader, on both sides. */
void bayes_local_levels(struct bisect *b, struct bayes_level *good, struct bayes_level *bad);
/* The step between the tested commits next to the leader's edges, as a share of the gap, and its SD. */
void bayes_local_step(struct bisect *b, double *share, double *sd);

/* --- bayes-choose.c --- */

struct bayes_choice {
	size_t commit, layout, samples;
	/* Bits that the boot is expected to bring, those and per second. */
	double bits, rate;
};

/* Samples of a boot that is worth most per second where commits are compared: stage 0, verification. */
size_t bayes_boot_samples(const struct bisect *b);
/* The layouts in which the commit has booted: bits. */
uint32_t bayes_layouts_of(const struct bisect *b, size_t commit);
/* A layout of the commit that was not booted yet and can be had; BISECT_NONE without one. */
size_t bayes_new_layout(const struct bisect *b, size_t commit);
/* False when there is nothing to measure. */
bool bayes_choose(struct bisect *b, size_t machine, struct bayes_choice *choice);
/* Makes bayes->reach that of the posterior. */
void bayes_reach(struct bisect *b, const double *culprits);
/* P(culprit) of each commit, nr of them; owned by the caller. */
double *bayes_culprits(const struct bisect *b);
/* Standardised distance of the levels for a boot of `samples` of a commit nobody measured. */
double bayes_distance(const struct bayes *bayes, size_t samples);

/* --- bayes-decide.c --- */

struct bayes_decision {
	/* BISECT_OPEN: go on with `action`. */
	enum bisect_verdict verdict;
	struct bisect_action action;
	const char *why;
	/* Bits expected of the next boot, per second. */
	double rate;
};

void bayes_decide(struct bisect *b, size_t machine, struct bayes_decision *decision);
/* SD of the commits' own levels, as a share of the gap; 0 where they are alike, more or less. */
double bayes_spread(const struct bayes *bayes);
/* Groups in `order` [from, to) are the fewest adjacent commits that hold `share`. */
void bayes_credible(const struct bayes *bayes, double share, size_t *from, size_t *to);

/* --- bayes-steps.c --- */

/*
 * When a step is found: keeps it, and goes on with what is beside it, if its
 * ends differ. A sequential test of a quarter of the whole gap against none.
 */
void bayes_follow_steps(struct bisect *b);
/* The boot that such a test wants. False when all has been looked at. */
bool bayes_side_next(struct bisect *b, struct bisect_action *action);
void bayes_forget_steps(struct bisect *b);

/* --- bayes-answer.c --- */

void bayes_answer(struct bisect *b, struct bisect_answer *answer);
enum bisect_mark bayes_mark_of(struct bisect *b, size_t commit);
/* NULL when there is no posterior, or several: of each side of a step. */
double *bayes_answer_culprits(struct bisect *b);
void bayes_commit_state(struct bisect *b, size_t commit, struct bisect_commit_state *state);

#endif
