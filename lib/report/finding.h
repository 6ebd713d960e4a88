/*
 * What a bisection found, as plain data from which every kind of report is
 * made: nothing here asks git, the engine, or the clock.
 *
 *	struct finding f = FINDING_INIT;
 *
 *	f.metric = xstrdup("requests"); ...
 *	c = finding_add(&f, 12, id); ...	each commit once, in the order of the range
 *	finding_link(&f);			culprit, parents, set, steps: from places to rows
 *	json_print(finding_json(&f), stdout)	or finding_mail(), finding_html(), finding_plot()
 *	finding_release(&f);
 *
 * Texts are owned, foreign, of any bytes; each report escapes them in its way.
 * Numbers are in the metric's unit, intervals cover 95 %, times are seconds.
 */
#ifndef REPORT_FINDING_H
#define REPORT_FINDING_H

#include "base/strvec.h"
#include "stats/compare.h"

enum finding_verdict {
	FINDING_OPEN,
	FINDING_NAMED,
	FINDING_SET,
	FINDING_UNDECIDED,
	FINDING_NOT_REPRODUCED,
};

enum finding_mark {
	FINDING_UNMARKED,
	FINDING_GOOD,
	FINDING_BAD,
	FINDING_SKIP,
	FINDING_MARKS,
};

struct finding_sample {
	size_t boot;
	double value;
};

struct finding_commit {
	/* Its place in the range: 0 is the good end, finding.nr - 1 the bad one. */
	size_t at;
	/* Full id, and the first paragraph of the message ("" where nobody asked for it). */
	char *id, *subject;
	/* Something was done with it: built, measured, marked. */
	bool tested;
	enum finding_mark mark;
	bool untestable;
	size_t boots;
	/* All runs; and those that can be compared (on machines that have measured both ends), boot by boot. */
	size_t runs;
	struct finding_sample *samples;
	size_t nsamples;
	/* NAN where there is none. */
	struct stats_interval level;
	/* P(bad); NAN where the strategy has none. */
	double p_bad;
};

struct finding_step {
	size_t commit;
	/* Commits that cannot be told from it, itself counted. */
	size_t among;
	double confidence, share;
};

struct finding {
	enum finding_verdict verdict;
	/* The sentence of why. */
	char *why;
	/* As the user knows the ends ("v6.12"), and the words for what they are. */
	char *good_name, *bad_name;
	char *term_good, *term_bad;
	/* Commits of the range, both ends counted. */
	size_t nr;
	/* All that are spoken of, in the order of the range. */
	struct finding_commit *commits;
	size_t ncommits, commits_alloc;

	/* Indices into `commits`. `culprit` counts when the verdict is NAMED. */
	size_t culprit;
	size_t *parents, *set;
	size_t nparents, nset;
	struct finding_step *steps;
	size_t nsteps;
	/* 0: the strategy states none. */
	double confidence;
	struct stats_interval good, bad, gap, relative, step;
	double step_share, stored_gap;
	bool more_steps_suspected;
	/* While nothing is named: the likeliest, its probability (0: not known), and what is measured next. */
	size_t likeliest, next;
	double likely;
	/* P(culprit) of each commit of the range, nr of them; NULL where the strategy has none. */
	double *culprits;

	/* Spent, and expected until the end. */
	size_t builds, boots, samples;
	double seconds, seconds_left;

	char *benchmark, *metric, *unit;
	bool higher_is_better;
	/* What is looked for is the commit that made it better. */
	bool find_fix;
	struct strvec machines;
	/* How it was measured: commands as the user wrote them, NULL: none. */
	char *build, *run, *cmdline;
	/* Files that a build reads beside the commit, kernel settings. */
	struct strvec inputs, sysctl;
	/* What was built is booted before the benchmark runs. */
	bool boots_it;
};

#define FINDING_NONE SIZE_MAX

#define FINDING_INIT                                                                      \
	{                                                                                 \
		.likeliest = FINDING_NONE, .next = FINDING_NONE, .machines = STRVEC_INIT, \
		.inputs = STRVEC_INIT, .sysctl = STRVEC_INIT                              \
	}

/* Valid until the next one is added. The ends are to be among them. */
struct finding_commit *finding_add(struct finding *f, size_t at, const char *id);
/* Lets culprit, parents, set, steps, likeliest and next (FINDING_NONE: none), so far places in the range, be indices into `commits`. */
void finding_link(struct finding *f);
void finding_release(struct finding *f);

static inline const struct finding_commit *finding_good_end(const struct finding *f)
{
	return &f->commits[0];
}

static inline const struct finding_commit *finding_bad_end(const struct finding *f)
{
	return &f->commits[f->ncommits - 1];
}

static inline bool finding_is_end(const struct finding *f, const struct finding_commit *c)
{
	return !c->at || c->at == f->nr - 1;
}

/* Mean and deviation of a commit's samples, in the metric's unit; NAN of none. */
double finding_mean(const struct finding_commit *c);
double finding_deviation(const struct finding_commit *c);
/* How much a level lies above that of the good end, as a share of it; NAN where that means nothing. */
double finding_change(const struct finding *f, double level);
/* The culprit's step as a share of the good level, or that of the ends where it is not known. */
struct stats_interval finding_step_relative(const struct finding *f);

#endif
