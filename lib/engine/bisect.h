/*
 * The bisection's decisions: which commit to measure next, how often, and when
 * to say what. Pure: the state is a function of the problem, the options and
 * the events recorded so far, in their order; no clock, no chance, no file.
 * Recording the same events again gives the same actions, marks and answer,
 * byte for byte: resume, undo and replay are nothing but that.
 *
 *	struct bisect *b = bisect_new(&problem, &options);
 *
 *	for (;;) {
 *		bisect_next(b, machine, &action);
 *		if (action.kind == BISECT_STOP)
 *			break;
 *		... do it; store each event, then bisect_record(b, &event) it ...
 *	}
 *	bisect_answer(b, &answer);
 *	bisect_free(b);
 *
 * Commits are indices into the problem's list, which is in topological order:
 * parents before children; 0 is the good end (it stands for everything that is
 * good from the start), nr - 1 the bad end. A commit t is bad when the culprit
 * is t or an ancestor of t.
 *
 * Values are in the metric's own unit, and may rise or fall with the
 * regression. Costs are in seconds.
 */
#ifndef ENGINE_BISECT_H
#define ENGINE_BISECT_H

#include "base/strbuf.h"

#define BISECT_NONE SIZE_MAX
#define BISECT_LAYOUTS_MAX 32

struct bisect_problem {
	size_t nr;
	/*
	 * The parents of commit i are parents[parent_at[i]] up to, not including,
	 * parents[parent_at[i + 1]]; parent_at has nr + 1 elements. A parent outside of
	 * the range is 0. Commit 0 has none.
	 */
	const uint32_t *parent_at;
	const uint32_t *parents;
	/* Weights of the commits, any scale, nr of them; NULL: all alike. [0] is not looked at. */
	const double *prior;
	/* What a result store has of the ends; may be empty. Not from today: see research on drift. */
	const double *stored_good, *stored_bad;
	size_t nstored_good, nstored_bad;
	/* All borrowed until bisect_free(). */
};

enum bisect_strategy {
	BISECT_ADAPTIVE,
	BISECT_SEQUENTIAL,
	BISECT_BAYES,
};

struct bisect_options {
	enum bisect_strategy strategy;
	/* More is better (1) or less is (-1). */
	int better;
	/* Samples of one boot (anchors, verification) and the warm boots' most; 1 where a sample takes minutes. */
	size_t repeats;
	/* Anchor boots of each end: at least, at most. 0: 4 and 12. */
	size_t anchors_min, anchors_max;
	/* The probability that a named culprit must reach. */
	double confidence;
	/* Effects below this share of the good level are never a verdict. */
	double floor;
	/* 0: none. What is spent counts from the first event. */
	double budget_seconds;
	size_t budget_boots;
	/* Re-anchor after so many boots; 0: 10. */
	size_t reanchor;
	/* Machines that measure at once; and builds at a time, where they do not build for themselves (0). */
	size_t machines, builders;
	/*
	 * Builds that a commit can have, which differ in where its code lies; 0 or 1: one. At most
	 * BISECT_LAYOUTS_MAX.
	 */
	size_t layouts;
	/* Go on where the anchors do not show the stored gap. */
	bool force;
	/* Look for further steps when the first is named. */
	bool all_steps;
	/* Expected costs until some were measured, in seconds: of a build, a boot, a sample. */
	double build_seconds, boot_seconds, sample_seconds;
};

#define BISECT_OPTIONS_INIT                                                                               \
	{                                                                                                 \
		.strategy = BISECT_SEQUENTIAL, .better = -1, .repeats = 3, .confidence = 0.99,            \
		.floor = 0.005, .machines = 1, .build_seconds = 8, .boot_seconds = 2, .sample_seconds = 1 \
	}

enum bisect_event_kind {
	/* A build of `commit` succeeded; `seconds`. */
	BISECT_BUILT,
	/* `commit` cannot be built, does not boot, its benchmark fails: untestable, until RETRY. */
	BISECT_BUILD_FAILED,
	BISECT_BOOT_FAILED,
	BISECT_BENCH_FAILED,
	/* One measured run: `commit`, `machine`, `boot`, `value`, `seconds` of the run. */
	BISECT_SAMPLE,
	/* The boot is complete; `seconds` that the boot itself took. A boot without samples says nothing. */
	BISECT_BOOT_END,
	/* What git said when it was asked (BISECT_CHOOSE): its next commit ... */
	BISECT_CANDIDATE,
	/* ... or "`commit` is the first bad commit" ... */
	BISECT_FIRST_BAD,
	/* ... or "only skipped commits left to test" (`commit` is not looked at). */
	BISECT_ONLY_SKIPPED,
	/* The user's word (git perfbisect good, bad, skip): stands whatever is measured. */
	BISECT_USER_GOOD,
	BISECT_USER_BAD,
	BISECT_USER_SKIP,
	/* Forget what is known of `commit`, and that it was untestable. */
	BISECT_RETRY,
	/* Work on `commit` was handed to `machine`; ended by BOOT_END or a failure of both ... */
	BISECT_ISSUED,
	/* ... or by the machine, which cannot do it: others may. */
	BISECT_RETURNED,
};

struct bisect_event {
	enum bisect_event_kind kind;
	size_t commit;
	size_t machine;
	/* Numbers the boots of a session, from 1, across commits and machines. */
	size_t boot;
	/*
	 * Which build of the commit, from 0, where it is about one. A failure of another one
	 * than 0 is none of the commit: it is done without that build.
	 */
	size_t layout;
	double value;
	double seconds;
};

enum bisect_action_kind {
	/* Build `commit` if it is not, boot it on `machine`, take `samples` samples in that boot. */
	BISECT_MEASURE,
	/* Tell git the marks, ask it for its next commit, record what it says. */
	BISECT_CHOOSE,
	/* Nothing useful for this machine until another one reports. */
	BISECT_WAIT,
	BISECT_STOP,
};

struct bisect_action {
	enum bisect_action_kind kind;
	size_t commit;
	size_t samples;
	/* Why, in a few words, for the user: "anchor", "test", "verify", ... Static. */
	const char *reason;
	/* Which build of it. */
	size_t layout;
};

enum bisect_mark {
	BISECT_UNMARKED,
	BISECT_GOOD,
	BISECT_BAD,
	BISECT_SKIP,
};

enum bisect_verdict {
	/* Not ended yet. */
	BISECT_OPEN,
	/* `culprit` is the answer, with `confidence`. */
	BISECT_NAMED,
	/* The culprit is one of `set`: the others cannot be tested, or told apart. */
	BISECT_SET,
	/* The budget is used up, or nothing more can be learned. `set` holds 95 %. */
	BISECT_UNDECIDED,
	/* The ends do not differ today as they should. */
	BISECT_NOT_REPRODUCED,
};

/* A number with its 95 % interval. */
struct bisect_interval {
	double value, low, high;
};

/*
 * One step that was found; shares are of the whole gap. `culprit` is the likeliest of the
 * commits that cannot be told apart, because the others cannot be tested: `set`, of one
 * as a rule, in topological order.
 */
struct bisect_step {
	size_t culprit;
	size_t *set;
	size_t nset;
	double confidence;
	double share;
};

struct bisect_answer {
	enum bisect_verdict verdict;
	size_t culprit;
	/* P(culprit is right) as far as the model knows; 0 where the strategy states none. */
	double confidence;
	/* Commits that hold 95 % (NAMED, UNDECIDED) or are left (SET); owned, topological order. */
	size_t *set;
	size_t nset;
	/* Levels of today, the difference bad - good, and the same relative to the good level. */
	struct bisect_interval good, bad, gap, relative;
	/* Of the culprit against its parents; and its share of the gap between the ends. */
	struct bisect_interval step;
	double step_share;
	/* Gap of the stored baselines; NAN without any. */
	double stored_gap;
	/* The steps of --all-steps, largest first; owned, with their sets. */
	struct bisect_step *steps;
	size_t nsteps;
	/* Spent so far, and expected until the end. */
	size_t builds, boots, samples;
	double seconds, seconds_left;
	/* A commit fits neither level: there may be more than one step. */
	bool more_steps_suspected;
	/*
	 * SD of what commits of one side differ by, whatever is booted, as a share of the gap; 0
	 * where it did not matter.
	 */
	double own_spread;
	/* A sentence for the user: why it ended so, or what is still open. Owned. */
	struct strbuf why;
};

#define BISECT_ANSWER_INIT         \
	{                          \
		.why = STRBUF_INIT \
	}

struct bisect;

/* Never fails; a problem of fewer than two commits is a BUG(). */
struct bisect *bisect_new(const struct bisect_problem *problem, const struct bisect_options *options);
/* Copies the event. -1 with a recorded error when it contradicts what is known (unknown commit or boot, no number). */
int bisect_record(struct bisect *b, const struct bisect_event *event) MUST_CHECK;
/* What `machine` (0 when there is but one) should do now. Changes nothing that can be seen. */
void bisect_next(struct bisect *b, size_t machine, struct bisect_action *action);
/*
 * What git is to be told of a commit: monotone (no good commit descends from a
 * bad one). Marks may change when a verdict is refuted; then git's log has to
 * be made anew and replayed. Ends are not marked.
 */
enum bisect_mark bisect_mark_of(struct bisect *b, size_t commit);
/* Any time. bisect_answer_release() frees what it owns. */
void bisect_answer(struct bisect *b, struct bisect_answer *answer);
void bisect_answer_release(struct bisect_answer *answer);
/*
 * What was found about one commit, for tables and messages: number of boots and
 * samples, mean level with its 95 % interval, log likelihood ratio bad : good.
 */
struct bisect_commit_state {
	size_t boots, samples;
	struct bisect_interval level;
	double llr;
	/* P(commit is bad); NAN where the strategy has none. */
	double p_bad;
	bool untestable;
	bool built;
};
void bisect_commit_state(struct bisect *b, size_t commit, struct bisect_commit_state *state);
/* One run, less what its machine is known to be off by; boots are numbered as in the events. */
struct bisect_sample {
	size_t boot;
	double value;
};
/* Those of a commit's boots that ended and count, boot by boot. Owned by the caller. */
struct bisect_sample *bisect_samples(const struct bisect *b, size_t commit, size_t *nr);
/* P(culprit) of each commit, problem.nr of them; owned by the caller. NULL where the strategy has none (yet). */
double *bisect_culprits(struct bisect *b);
void bisect_free(struct bisect *b);

#endif
