/*
 * A small world for unit tests of the bisection: levels, unbuildable commits
 * and a git that halves by counting. Everything that is decided is kept as
 * text, so that two runs can be compared byte for byte.
 */
#ifndef BISECT_FIXTURE_H
#define BISECT_FIXTURE_H

#include "unit.h"

#include <math.h>

#include "base/error.h"
#include "base/rng.h"
#include "engine/bisect.h"

#define FIXTURE_COMMITS 64

struct fixture {
	struct bisect_problem problem;
	struct bisect_options options;
	uint32_t parent_at[FIXTURE_COMMITS + 1], parents[2 * FIXTURE_COMMITS];
	size_t culprit;
	double good, bad, noise;
	/* Of the boots, this share is worse by so much. */
	double slow, slower_by;
	bool broken[FIXTURE_COMMITS], built[FIXTURE_COMMITS];
	/* The first `lies` boots of this commit show the other level. */
	size_t liar, lies;
	struct rng rng;
	struct bisect *b;
	struct bisect_event *events;
	size_t nevents, events_alloc, boots;
	/* One line for each action. */
	struct strbuf said;
};

static inline void fixture_add_commit(struct fixture *f, size_t parent, size_t other)
{
	uint32_t at = f->parent_at[f->problem.nr];

	if (f->problem.nr) {
		f->parents[at++] = (uint32_t)parent;
		if (other != BISECT_NONE)
			f->parents[at++] = (uint32_t)other;
	}
	f->parent_at[++f->problem.nr] = at;
}

static inline void fixture_init(struct fixture *f, enum bisect_strategy strategy)
{
	memset(f, 0, sizeof(*f));
	f->options = (struct bisect_options)BISECT_OPTIONS_INIT;
	f->options.strategy = strategy;
	f->problem.parent_at = f->parent_at;
	f->problem.parents = f->parents;
	f->good = 100;
	f->bad = 110;
	f->noise = 1;
	f->liar = BISECT_NONE;
	f->said = (struct strbuf)STRBUF_INIT;
	rng_seed(&f->rng, 1, 0);
}

static inline void fixture_linear(struct fixture *f, enum bisect_strategy strategy, size_t nr)
{
	fixture_init(f, strategy);
	for (size_t i = 0; i < nr; i++)
		fixture_add_commit(f, i - 1, BISECT_NONE);
	f->culprit = nr - 1;
}

static inline void fixture_release(struct fixture *f)
{
	bisect_free(f->b);
	free(f->events);
	strbuf_release(&f->said);
	memset(f, 0, sizeof(*f));
}

static inline void fixture_start(struct fixture *f)
{
	if (!f->b)
		f->b = bisect_new(&f->problem, &f->options);
}

static inline void fixture_record(struct fixture *f, struct bisect_event event)
{
	fixture_start(f);
	if (bisect_record(f->b, &event) < 0)
		fail_msg("event %d was refused: %s", (int)event.kind, error_message());
	ALLOC_GROW(f->events, f->nevents + 1, f->events_alloc);
	f->events[f->nevents++] = event;
}

static inline void fixture_refuses(struct fixture *f, struct bisect_event event, const char *why)
{
	fixture_start(f);
	assert_int_equal(bisect_record(f->b, &event), -1);
	assert_non_null(strstr(error_message(), why));
}

static inline bool fixture_descends(const struct fixture *f, size_t commit, size_t from)
{
	bool has[FIXTURE_COMMITS] = { false };

	has[from] = true;
	for (size_t i = from + 1; i <= commit; i++)
		for (uint32_t k = f->parent_at[i]; k < f->parent_at[i + 1]; k++)
			has[i] = has[i] || has[f->parents[k]];
	return has[commit];
}

/* One complete boot, `nr` times the value. */
static inline void fixture_boot(struct fixture *f, size_t commit, size_t machine, size_t nr, double value,
				double noise)
{
	f->boots++;
	for (size_t i = 0; i < nr; i++)
		fixture_record(f, (struct bisect_event){ .kind = BISECT_SAMPLE,
							 .commit = commit,
							 .machine = machine,
							 .boot = f->boots,
							 .value = value + noise * rng_normal(&f->rng),
							 .seconds = 1 });
	fixture_record(f, (struct bisect_event){ .kind = BISECT_BOOT_END,
						 .commit = commit,
						 .machine = machine,
						 .boot = f->boots,
						 .seconds = 2 });
}

static inline void fixture_measure(struct fixture *f, size_t machine, const struct bisect_action *action)
{
	size_t commit = action->commit;
	bool bad = fixture_descends(f, commit, f->culprit);

	if (!f->built[commit]) {
		fixture_record(f, (struct bisect_event){ .kind = f->broken[commit] ? BISECT_BUILD_FAILED
										   : BISECT_BUILT,
							 .commit = commit,
							 .machine = machine,
							 .seconds = 8 });
		if (f->broken[commit])
			return;
		f->built[commit] = true;
	}
	if (commit == f->liar && f->lies) {
		f->lies--;
		bad = !bad;
	}
	fixture_boot(f, commit, machine, action->samples,
		     (bad ? f->bad : f->good) +
			     (f->slow > 0 && rng_double(&f->rng) < f->slow ? f->slower_by : 0),
		     f->noise);
}

/* What git would say: the commit whose ancestors halve the rest, the oldest of several. */
static inline void fixture_choose(struct fixture *f)
{
	size_t nr = f->problem.nr, bad = nr - 1, total = 0, best = BISECT_NONE, most = 0, skips = 0;
	bool in[FIXTURE_COMMITS] = { false };

	for (size_t i = 1; i + 1 < nr; i++)
		if (bisect_mark_of(f->b, i) == BISECT_BAD && i < bad)
			bad = i;
	for (size_t i = 1; i <= bad; i++) {
		in[i] = fixture_descends(f, bad, i);
		for (size_t k = 1; k + 1 < nr && in[i]; k++)
			if (bisect_mark_of(f->b, k) == BISECT_GOOD && k >= i && fixture_descends(f, k, i))
				in[i] = false;
		total += in[i];
	}
	assert_true(in[bad]);
	for (size_t i = 1; i < bad; i++) {
		size_t weight = 0;

		for (size_t k = 1; k <= i && in[i]; k++)
			weight += in[k] && fixture_descends(f, i, k);
		weight = weight < total - weight ? weight : total - weight;
		if (in[i] && bisect_mark_of(f->b, i) == BISECT_SKIP)
			skips++;
		else if (in[i] && (best == BISECT_NONE || weight > most)) {
			best = i;
			most = weight;
		}
	}
	fixture_record(f, (struct bisect_event){ .kind = best != BISECT_NONE ? BISECT_CANDIDATE
						       : skips               ? BISECT_ONLY_SKIPPED
									     : BISECT_FIRST_BAD,
						 .commit = best != BISECT_NONE ? best : bad });
}

static inline void fixture_say(struct strbuf *said, struct bisect *b, size_t machine,
			       struct bisect_action *action)
{
	bisect_next(b, machine, action);
	strbuf_addf(said, "%d %zd %zu %s\n", (int)action->kind, (ssize_t)action->commit, action->samples,
		    action->reason ? action->reason : "");
}

/* One step; false at the end. */
static inline bool fixture_step(struct fixture *f)
{
	struct bisect_action action;

	fixture_start(f);
	fixture_say(&f->said, f->b, 0, &action);
	if (action.kind == BISECT_CHOOSE)
		fixture_choose(f);
	else if (action.kind == BISECT_MEASURE)
		fixture_measure(f, 0, &action);
	else
		assert_int_equal(action.kind, BISECT_STOP);
	assert_true(f->nevents < 20000);
	return action.kind != BISECT_STOP;
}

static inline void fixture_run(struct fixture *f)
{
	while (fixture_step(f))
		;
}

/* Everything an answer says, and all marks and states. */
static inline void fixture_describe(struct bisect *b, size_t nr, struct strbuf *out)
{
	struct bisect_answer a = BISECT_ANSWER_INIT;

	bisect_answer(b, &a);
	strbuf_addf(out, "%d %zd %a %zu %zu %zu %a %a %d\n", (int)a.verdict, (ssize_t)a.culprit, a.confidence,
		    a.builds, a.boots, a.samples, a.seconds, a.seconds_left, a.more_steps_suspected);
	strbuf_addf(out, "%a %a %a %a %a %a %s\n", a.good.value, a.bad.low, a.gap.high, a.relative.low,
		    a.step.value, a.step_share, a.why.buf);
	for (size_t i = 0; i < a.nset; i++)
		strbuf_addf(out, "%zu ", a.set[i]);
	bisect_answer_release(&a);
	for (size_t i = 0; i < nr; i++) {
		struct bisect_commit_state s;

		bisect_commit_state(b, i, &s);
		strbuf_addf(out, "\n%zu %d %zu %zu %a %a %d %d", i, (int)bisect_mark_of(b, i), s.boots,
			    s.samples, s.level.low, s.llr, s.untestable, s.built);
	}
}

#endif
