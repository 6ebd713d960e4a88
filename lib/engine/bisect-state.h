/*
 * Private to lib/engine/: what a bisection holds between its calls, and what
 * the strategies share. bisect.c records events and hands out, bisect-graph.c
 * knows who descends from whom, bisect-anchors.c measures both ends before
 * anything else; a strategy is a file (or a few) and a row of operations.
 *
 * A strategy keeps what it wants in b->data. All of that must follow from the
 * problem, the options and the events in their order; next() and answer() may
 * fill caches, and nothing else.
 */
#ifndef ENGINE_BISECT_STATE_H
#define ENGINE_BISECT_STATE_H

#include "engine/bisect.h"
#include "stats/compare.h"

/* One boot of a commit, with its samples in the order they came. */
struct bisect_boot {
	size_t commit, machine, layout;
	/* As the events number it. */
	size_t number;
	double *values;
	size_t nr, alloc;
	/* BOOT_END came. */
	bool ended;
	/* A RETRY came later: counts for nothing but the costs. */
	bool dropped;
};

struct bisect_commit {
	/* Boots that ended and have samples, in that order; indices into b->boots. */
	size_t *boots;
	size_t nboots, boots_alloc;
	size_t nsamples;
	/* The user's word, or BISECT_UNMARKED. */
	enum bisect_mark user;
	bool built, untestable;
	/* Layouts that are built, and those that cannot be had: a bit for each. */
	uint32_t layouts, no_layouts;
};

/* What something takes, in seconds, from what it took so far. */
struct bisect_cost {
	double sum;
	size_t nr;
};

/* What a machine's values are above those of the reference, and the variance of that. */
struct bisect_machine {
	double offset, variance;
	/* It has booted both ends: before, its numbers say nothing beside those of others. */
	bool known;
};

/* git's last word, and about which commit; NONE when the marks changed since. */
enum bisect_git_word {
	BISECT_GIT_NONE,
	BISECT_GIT_CANDIDATE,
	BISECT_GIT_FIRST_BAD,
	BISECT_GIT_ONLY_SKIPPED,
};

struct bisect_operations {
	/* Sets b->data, or leaves it NULL. */
	void (*start)(struct bisect *b);
	/* After the core has taken the event (b->boots and so on are as of now). May be NULL. */
	void (*record)(struct bisect *b, const struct bisect_event *event);
	/* The core has seen to budget and to `action` being { BISECT_WAIT, BISECT_NONE, 0, "wait" }. */
	void (*next)(struct bisect *b, size_t machine, struct bisect_action *action);
	/* Never asked of the ends, nor of what the user marked. Untestable and not decided is SKIP. */
	enum bisect_mark (*mark_of)(struct bisect *b, size_t commit);
	/*
	 * Sets verdict, culprit, confidence, set, step*, more_steps_suspected, seconds_left
	 * and `why`, and may mend the levels: the core has filled good, bad, gap, relative
	 * from the ends' own boots, and what was spent. Verdict OPEN with the
	 * budget used up becomes UNDECIDED afterwards, with the core's sentence.
	 */
	void (*answer)(struct bisect *b, struct bisect_answer *answer);
	/* Sets `llr` and `p_bad`, which are 0 and NAN, and may mend `level`. May be NULL. */
	void (*commit_state)(struct bisect *b, size_t commit, struct bisect_commit_state *state);
	/* As bisect_culprits(). May be NULL. */
	double *(*culprits)(struct bisect *b);
	/* Frees b->data. May be NULL. */
	void (*stop)(struct bisect *b);
};

/* What slow boots make of the ends' gap, kept for the boots that it was computed from. */
struct bisect_modes_seen {
	size_t nr;
	double sum, gap, se;
	bool found;
};

struct bisect {
	struct bisect_problem problem;
	/* Zeros replaced by what they stand for. */
	struct bisect_options options;
	const struct bisect_operations *ops;
	void *data;
	/* problem.nr of them. */
	struct bisect_commit *commits;
	/* In the order in which they were begun. */
	struct bisect_boot *boots;
	size_t nboots, boots_alloc;
	/* Boots that ended and have samples, in the order in which they ended; dropped ones too. */
	size_t *ended;
	size_t nended, ended_alloc;
	/* What each machine was handed and has not ended: a commit or BISECT_NONE, and its layout; nmachines of them. */
	size_t *issued, *issued_layout;
	struct bisect_machine *machines;
	size_t nmachines;
	enum bisect_git_word git;
	size_t git_commit;
	/* Spent. `failed` of the builds gave nothing. */
	size_t builds, failed, samples, all_boots;
	double seconds;
	/* See gap_with_modes(). */
	struct bisect_modes_seen modes_seen;
	/* `layout_cost` is that of builds beside a commit's first. */
	struct bisect_cost build_cost, layout_cost, boot_cost, sample_cost;
	/* Layouts that some commit has booted in, a bit for each; and how often one could not be had. */
	uint32_t layouts;
	size_t layout_failures[BISECT_LAYOUTS_MAX];
	/* Each commit has the one before it for its only parent. */
	bool linear;
	/* Per commit: its ancestors and itself as bits, or NULL: see bisect_ancestors(). */
	uint64_t **ancestors;
};

/* 1 when the metric rises with the regression, -1 when it falls. */
static inline double bisect_direction(const struct bisect *b)
{
	return b->options.better > 0 ? -1 : 1;
}

/* --- bisect-graph.c --- */

/* Words of a set of commits. */
static inline size_t bisect_words(const struct bisect *b)
{
	return (b->problem.nr + 63) / 64;
}

static inline bool bisect_bit(const uint64_t *bits, size_t commit)
{
	return bits[commit / 64] >> commit % 64 & 1;
}

/* The ancestors of `commit` and itself; borrowed, kept until the end. O(commits + parents) at first. */
const uint64_t *bisect_ancestors(struct bisect *b, size_t commit);
/* Is `a` an ancestor of `d`, or `d` itself? At once where the range is linear. */
bool bisect_is_ancestor(struct bisect *b, size_t a, size_t d);
/*
 * The commits that may be the culprit as the marks have it: ancestors of all
 * that are bad, but not of any that is good. Bits, owned by the caller.
 */
uint64_t *bisect_set_new(struct bisect *b);
size_t bisect_set_count(const struct bisect *b, const uint64_t *set);
/* The same as a list of commits, in order; owned by the caller. */
size_t *bisect_set_list(const struct bisect *b, const uint64_t *set, size_t *nr);
/* Is `commit`, itself not of the set, a parent of one that is? */
bool bisect_is_border(const struct bisect *b, const uint64_t *set, size_t commit);
void bisect_graph_free(struct bisect *b);

/* --- bisect-costs.c --- */

/* Expected seconds: what the options say counts as one measurement. */
double bisect_build_seconds(const struct bisect *b);
double bisect_boot_seconds(const struct bisect *b);
double bisect_sample_seconds(const struct bisect *b);
/* Of one boot of a build of `commit` with `samples`, its build included unless it is built. */
double bisect_seconds(const struct bisect *b, size_t commit, size_t layout, size_t samples);
/* Until the builds that other machines were handed leave room for one more. */
double bisect_queue_seconds(const struct bisect *b, size_t machine);
bool bisect_budget_spent(const struct bisect *b);

/* --- bisect-machines.c: numbers of several machines --- */

/* Sets b->machines from the boots of both ends; of one machine nothing is known or needed. */
void bisect_fit_machines(struct bisect *b);
/*
 * The statistics of a commit's boots less their machines' offsets, in the order in
 * which they ended, of machines that can be compared; of an end, those of its first layout. Owned
 * by the caller.
 */
double *bisect_values(const struct bisect *b, size_t commit, double sigma_w, size_t *nr);
/* Is the boot one of an end in another layout than the first? It is no anchor: all is compared with the first. */
bool bisect_is_end_otherwise(const struct bisect *b, const struct bisect_boot *boot);
/* Is the offset of its machine known? */
bool bisect_is_comparable(const struct bisect *b, const struct bisect_boot *boot);
/* Boots of an end, in the first layout, that a machine has ended. */
size_t bisect_machine_boots(const struct bisect *b, size_t commit, size_t machine);

/* --- bisect-anchors.c: stage 0, shared by what compares with today's ends --- */

struct bisect_anchors {
	/* Boots that count, at each end. */
	size_t ngood, nbad;
	/*
	 * SD of one sample within its boot, pooled and robust, over all boots; that of
	 * the ends' boots where they have one sample each; never below the floor.
	 */
	double sigma_w;
	/* Mean levels, bad - good, and the standard error of that, over all boots of the ends; NAN without. */
	double good, bad, gap, se;
	/* Of one boot of an end, the mean of both. */
	double boot_variance;
	/* When stage 0 ended: gap >= 4 se (1 + 1.5 / n), in the direction of a regression. */
	bool clear;
	/* Both ends have had their boots: clear, or the most that is allowed. Stays so; see is_complete(). */
	bool complete;
	/*
	 * Complete, and the answer is "not reproduced": more likely no gap than the stored
	 * one, below the floor, or below half of the stored gap. Never with options.force.
	 * Stays so.
	 */
	bool not_reproduced;
};

/* O(samples of all boots). */
void bisect_anchors(struct bisect *b, struct bisect_anchors *anchors);
/*
 * Asks for the boot of an end that stage 0 lacks, the ends in turn, other
 * machines' boots counted in. False when it is complete; true with a WAIT when
 * all that is lacking is under way.
 */
bool bisect_anchors_next(struct bisect *b, size_t machine, struct bisect_action *action);
/*
 * Did later boots of the ends take back what stage 0 saw? At `last`, when an answer
 * is about to be given, that takes less.
 */
bool bisect_is_gone(const struct bisect *b, const struct bisect_anchors *anchors, bool last);
/* The statistic of a boot: Huber's mean (1.5 sigma_w) of its samples, the plain mean of one or two. */
double bisect_boot_value(const struct bisect_boot *boot, double sigma_w);
/* Boots of `commit` under way on machines other than `machine`. */
size_t bisect_under_way(const struct bisect *b, size_t commit, size_t machine);
/* What no sigma is below: options.floor of the level. Never 0. */
double bisect_least_sigma(const struct bisect *b, double level);
/* SD of a sample within its boot over all boots; 0 when none has two. */
double bisect_within(const struct bisect *b);
/* bad - good of the stored baselines; NAN without any. */
double bisect_stored_gap(const struct bisect *b);

/* --- bisect-answer.c: what strategies share when they answer --- */

/* What the intervals of an answer cover. */
#define BISECT_LEVEL 0.95

struct bisect_interval bisect_interval_of(struct stats_interval interval);
/*
 * The mean level over all boots of some commits, with the spread that the ends'
 * boots have; NAN without a boot, its error INFINITY while the ends say nothing.
 */
struct stats_estimate bisect_level(struct bisect *b, const size_t *commits, size_t nr);
/* Sets culprit, a set of that alone, step and step_share (from answer->gap). */
void bisect_fill_one(struct bisect *b, struct bisect_answer *answer, size_t culprit);
/* Sets `set` to what the marks leave. */
void bisect_fill_set(struct bisect *b, struct bisect_answer *answer);
/* The step of answer->culprit: its own level against that of its parents, and its share of the gap between the ends. */
void bisect_fill_step(struct bisect *b, struct bisect_answer *answer);
/* Is an end untestable? Says so in `why`, which may be NULL. */
bool bisect_ends_untestable(const struct bisect *b, struct strbuf *why);
/* The verdict and its sentence when stage 0 ended so. */
void bisect_fill_not_reproduced(struct bisect *b, const struct bisect_anchors *anchors,
				struct bisect_answer *answer);

/* --- strategies --- */

extern const struct bisect_operations bisect_adaptive, bisect_sequential, bisect_bayes;

#endif
