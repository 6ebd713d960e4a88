/*
 * The decisions of a hunt for hot spots: which function to work on, whether a
 * candidate is faster than its base, and whether that can be told on this
 * machine at all. Pure: numbers and names in, a decision out; no clock, no file,
 * and no chance but what follows from a seed. The same input gives the same
 * answer, so that a hunt that was killed goes on as if it had not been.
 *
 *	hunt_calibrate(&wall, &cpu, &rule, &calibration)	of two copies of one build
 *
 *	for (;;) {
 *		hunt_next(&state, &action);
 *		if (action.kind == HUNT_DONE)
 *			break;
 *		... profile, make the suite larger, or have one function made faster ...
 *	}
 *
 *	while (hunt_decide(&pairs, &rule, &answer) == HUNT_MORE)
 *		for (; pairs.nr < answer.next; ...) {
 *			hunt_order(seed, pairs.nr, pairs.nworkloads, runs);
 *			... do these runs ...
 *			hunt_pairs_add(&pairs, base_seconds, candidate_seconds)
 *		}
 *
 * Seconds are those of the clock that the caller chose, by hunt_calibrate(),
 * say. Differences are relative, candidate / base - 1: -0.05 is 5 % faster.
 * Shares of a profile are in percent, 0 to 100. What the rule reaches, and the
 * model behind the figures: Documentation/technical/hunting.adoc.
 */
#ifndef ENGINE_HUNT_H
#define ENGINE_HUNT_H

#include "base/compat.h"

#define HUNT_NONE SIZE_MAX

/*
 * Base and candidate, round by round: in a round every workload runs once with
 * each. The suite is the first nworkloads - nheld_out workloads, and its total
 * is what decides. The others are held out: the fixer was not told of them, they
 * are not in the total, but a regression of one counts like any other.
 */
struct hunt_pairs {
	size_t nworkloads, nheld_out;
	/* Rounds; of round r, workload w is at [r * nworkloads + w]. Seconds, owned. */
	size_t nr;
	double *base, *candidate;
	size_t base_alloc, candidate_alloc;
};

/*
 * A clock may say 0 of a workload that became very fast: what is shorter than this
 * counts as this, so that a ratio exists.
 */
#define HUNT_SHORTEST 1e-6

/* At least one workload of the suite, or it is a BUG(). */
void hunt_pairs_init(struct hunt_pairs *pairs, size_t nworkloads, size_t nheld_out);
/*
 * Adds a round, nworkloads seconds of each. -1 with a recorded error, and nothing
 * added, when one is negative or no number.
 */
int hunt_pairs_add(struct hunt_pairs *pairs, const double *base, const double *candidate) MUST_CHECK;
void hunt_pairs_release(struct hunt_pairs *pairs);

#define HUNT_LOOKS 8

struct hunt_rule {
	/* Rounds at which is looked; rising, the last one is the cap. */
	size_t looks[HUNT_LOOKS];
	size_t nlooks;
	/* Half of each interval, in standard errors. */
	double z;
	/* A gain below this is not worth keeping. */
	double gain;
	/* From early_from rounds on, no gain seen and none of early_gain possible is enough to reject. */
	size_t early_from;
	double early_gain;
	/* A workload may not get slower by more. */
	double regression;
	/* Noise above which wall time is given up for CPU time, and above which nothing is decided. */
	double noisy, too_noisy;
	/* The share of its time that the quickest run must be on a CPU for CPU time to say it all. */
	double cpu_bound;
};

#define HUNT_RULE_INIT                                                                                     \
	{                                                                                                  \
		.looks = { 10, 16, 24, 36, 48 }, .nlooks = 5, .z = 2.5, .gain = 0.02, .early_from = 16,    \
		.early_gain = 0.03, .regression = 0.02, .noisy = 0.05, .too_noisy = 0.10, .cpu_bound = 0.5 \
	}

/* --thorough: up to 96 rounds, and so one more look that may err. */
#define HUNT_RULE_THOROUGH_INIT                                                                             \
	{                                                                                                   \
		.looks = { 10, 16, 24, 36, 48, 96 }, .nlooks = 6, .z = 2.6, .gain = 0.02, .early_from = 16, \
		.early_gain = 0.03, .regression = 0.02, .noisy = 0.05, .too_noisy = 0.10, .cpu_bound = 0.5  \
	}

enum hunt_verdict {
	/* Not decided: go on to answer.next rounds. */
	HUNT_MORE,
	/* Faster, clear of noise, and by enough. */
	HUNT_KEEP,
	/* No gain that would be kept; answer.total says whether it is slower. */
	HUNT_REJECT,
	/* At the cap, and still unclear. */
	HUNT_MARGINAL,
	/* answer.regressed got slower by more than the rule allows, whatever the total does. */
	HUNT_REGRESSED,
};

/* A relative difference and its interval: -1 to INFINITY with too few rounds, NAN without any. */
struct hunt_change {
	double value, low, high;
};

struct hunt_answer {
	/* Of the suite's total. */
	struct hunt_change total;
	/* Of each workload, held out or not; nworkloads of them, owned. */
	struct hunt_change *workloads;
	/* Rounds that this is from: those up to the look that decided, all while there is MORE to do. */
	size_t nr;
	/* MORE: rounds to reach; else 0. */
	size_t next;
	/* REGRESSED: the workload whose lower end is highest; else HUNT_NONE. */
	size_t regressed;
	/* Mean seconds of the suite in these rounds. */
	double base_seconds, candidate_seconds;
};

#define HUNT_ANSWER_INIT                \
	{                               \
		.regressed = HUNT_NONE, \
	}

/*
 * The verdict of the first look that has one; rounds beyond it, or between two
 * looks, change nothing. `answer` is initialised, and may be used again and again.
 *
 * For each round d = log(candidate / base) of the totals (of one workload, for
 * its change); estimate and interval are those of stats/paired.h at z, turned
 * back by exp(d) - 1. In this order, at each look:
 *
 *	REGRESSED	lower end of a workload > regression
 *	KEEP		upper end < 0 and estimate <= -gain
 *	REJECT		lower end > -gain, or
 *			from early_from rounds on: estimate > 0 and lower end > -early_gain
 *	MARGINAL	at the last look
 */
enum hunt_verdict hunt_decide(const struct hunt_pairs *pairs, const struct hunt_rule *rule,
			      struct hunt_answer *answer);
/*
 * Of the clock that does not decide: is the suite slower for certain by it, in the first `nr` rounds (those of
 * the answer)? That is, the lower end of the total is above rule->regression. What takes less CPU time and
 * longer than before is nothing to be kept. False while there are fewer rounds.
 */
bool hunt_takes_longer(const struct hunt_pairs *wall, size_t nr, const struct hunt_rule *rule);
/* All rounds there are, without a decision: the total of a hunt, from its start to its end. */
void hunt_summarise(const struct hunt_pairs *pairs, double z, struct hunt_answer *answer);
void hunt_answer_release(struct hunt_answer *answer);
/* "keep", "reject", ...; static. */
const char *hunt_verdict_name(enum hunt_verdict verdict);

enum hunt_clock {
	HUNT_WALL,
	HUNT_CPU,
	/* Neither is quiet enough. */
	HUNT_REFUSE,
};

#define HUNT_CALIBRATION_ROUNDS 3

struct hunt_calibration {
	enum hunt_clock clock;
	/*
	 * The standard deviation of log(candidate / base) of the suite's totals, over
	 * sqrt(2): that of one run of the suite, without what both runs of a round have in
	 * common. It is known to about 1 / sqrt(2 (rounds - 1)) of itself.
	 */
	double wall_noise, cpu_noise;
	/* CPU seconds over wall seconds, of the run of the suite in which this is largest. */
	double cpu_share;
	/* cpu_share is at least that of the rule: the work computes, it does not wait. */
	bool cpu_bound;
};

/*
 * Which clock decides, from rounds of two copies of the same build: the same runs
 * by both clocks. Wall time where its noise is at most rule->noisy. Else CPU time,
 * if the work is CPU-bound, unless that is the noisier one. Above rule->too_noisy
 * a clock is not used; HUNT_REFUSE when none is left. -1 with a recorded error of
 * fewer than HUNT_CALIBRATION_ROUNDS rounds, or of lists that differ in their
 * shape.
 */
int hunt_calibrate(const struct hunt_pairs *wall, const struct hunt_pairs *cpu, const struct hunt_rule *rule,
		   struct hunt_calibration *calibration) MUST_CHECK;

struct hunt_run {
	size_t workload;
	bool candidate;
};

/*
 * The order of the 2 * nworkloads runs of a round (from 0), from a seed: workloads
 * shuffled, the two runs of each side by side, so that a drift of the machine is
 * in both, and either of them first as likely.
 */
void hunt_order(uint64_t seed, size_t round, size_t nworkloads, struct hunt_run *runs);

/* What a profile says of a function. All borrowed. */
struct hunt_function {
	const char *name;
	/* Relative to the top of the tree; NULL: unknown. */
	const char *file;
	/* For each workload; what is no number counts as 0. children_pct may be NULL: nothing is decided by it. */
	const double *self_pct, *children_pct;
	/* Of the user's code, as far as configured prefixes and paths say. */
	bool is_own;
	/* The user said to leave it alone; the journal has it as noise; an earlier iteration was about it. */
	bool skipped, noise, investigated;
};

struct hunt_candidate {
	/* Index into the functions. */
	size_t function;
	/* Its largest self share, and the workload that has it (the first of several). */
	double share;
	size_t workload;
};

/* Percent; a candidate has more than this in some workload. */
#define HUNT_THRESHOLD 2.0

/*
 * Own functions above the threshold that nothing speaks against: the largest
 * share first, equals by name, then file. `candidates` has room for nr. Returns
 * how many.
 */
size_t hunt_pick(const struct hunt_function *functions, size_t nr, size_t nworkloads, double threshold,
		 struct hunt_candidate *candidates);

struct hunt_state {
	/* Iterations that are over, and how many there may be. */
	size_t iteration, max_iterations;
	/* Of the suite, from 1; `can_evolve`: the user has a generator that makes a larger one. */
	size_t generation, max_generations;
	bool can_evolve;
	/* The user wants it to end. */
	bool stopped;
	/* The last profile was made when so many iterations were over (HUNT_NONE: none), of this generation. */
	size_t profile_iteration, profile_generation;
	/* What it says; borrowed. */
	const struct hunt_function *functions;
	size_t nfunctions, nworkloads;
	double threshold;
};

#define HUNT_STATE_INIT                                                                                      \
	{                                                                                                    \
		.max_iterations = 10, .generation = 1, .max_generations = 2, .profile_iteration = HUNT_NONE, \
		.threshold = HUNT_THRESHOLD                                                                  \
	}

enum hunt_action_kind {
	/* Profile the suite as it is: an old profile is of another program, or of another day. */
	HUNT_PROFILE,
	/* Make the suite of generation `generation`. */
	HUNT_EVOLVE,
	/* Work on `candidate`; that is an iteration. */
	HUNT_FIX,
	HUNT_DONE,
};

enum hunt_reason {
	HUNT_NOT_DONE,
	HUNT_STOPPED,
	/* As many iterations as there may be. */
	HUNT_ITERATIONS,
	/* No function is above the threshold in any workload, of the last suite. */
	HUNT_FLAT,
	/* Some are, but none is the user's own. */
	HUNT_FOREIGN,
	/* Own ones are, but they were all investigated, or are to be left alone. */
	HUNT_EXHAUSTED,
};

struct hunt_action {
	enum hunt_action_kind kind;
	/* FIX. */
	struct hunt_candidate candidate;
	/* EVOLVE. */
	size_t generation;
	/* DONE. */
	enum hunt_reason reason;
};

/* The next step of the loop. */
void hunt_next(const struct hunt_state *state, struct hunt_action *action);
/* For people, a part of a sentence; static. */
const char *hunt_reason_text(enum hunt_reason reason);

#endif
