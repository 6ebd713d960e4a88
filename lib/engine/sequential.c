#include <math.h>

#include "engine/sequential-state.h"

#define REFUTED_MAX 6
/* Boots between those of the ends, at most, once the machine is seen to wander. */
#define WANDER_REANCHOR 2
/* Good commits at the border of a set that are verified, at most. */
#define BORDER_MAX 4

static void start(struct bisect *b)
{
	b->data = xcalloc(1, sizeof(struct sequential));
}

static void stop(struct bisect *b)
{
	struct sequential *s = b->data;

	free(s->tests);
	free(s->offsets);
	free(s);
}

static bool is_end(const struct bisect *b, size_t commit)
{
	return !commit || commit + 1 == b->problem.nr;
}

struct sequential_test *sequential_find(struct bisect *b, size_t commit)
{
	struct sequential *s = b->data;

	for (size_t i = 0; i < s->ntests; i++)
		if (s->tests[i].commit == commit)
			return &s->tests[i];
	return NULL;
}

bool sequential_is_lost(const struct sequential *s)
{
	return s->refuted >= REFUTED_MAX;
}

static struct sequential_test *find_or_add(struct bisect *b, size_t commit)
{
	struct sequential_test *t = sequential_find(b, commit);
	struct sequential *s = b->data;

	if (t)
		return t;
	ALLOC_GROW(s->tests, s->ntests + 1, s->tests_alloc);
	t = &s->tests[s->ntests++];
	*t = (struct sequential_test){ .commit = commit };
	return t;
}

static void drop_verdict(struct bisect *b, struct sequential_test *t)
{
	t->verdict = BISECT_UNMARKED;
	t->verified = t->running = t->verifying = false;
	t->llr = 0;
	t->first = b->commits[t->commit].nboots;
}

/* What says the contrary of the mark of `commit` is to be measured anew if git asks for it again. */
static void drop_contradicting(struct bisect *b, size_t commit, enum bisect_mark mark)
{
	struct sequential *s = b->data;

	for (size_t i = 0; i < s->ntests; i++) {
		struct sequential_test *t = &s->tests[i];

		if (t->commit == commit)
			continue;
		if (mark == BISECT_BAD && t->verdict == BISECT_GOOD && bisect_is_ancestor(b, commit, t->commit))
			drop_verdict(b, t);
		if (mark == BISECT_GOOD && t->verdict == BISECT_BAD && bisect_is_ancestor(b, t->commit, commit))
			drop_verdict(b, t);
	}
}

/* Would `mark` contradict what the user said of other commits? */
static bool contradicts_user(struct bisect *b, size_t commit, enum bisect_mark mark)
{
	for (size_t i = 1; i + 1 < b->problem.nr; i++) {
		if (mark == BISECT_GOOD && b->commits[i].user == BISECT_BAD && bisect_is_ancestor(b, i, commit))
			return true;
		if (mark == BISECT_BAD && b->commits[i].user == BISECT_GOOD && bisect_is_ancestor(b, commit, i))
			return true;
	}
	return false;
}

static void end_test(struct bisect *b, struct sequential_test *t, double llr)
{
	enum bisect_mark mark = llr > 0 ? BISECT_BAD : BISECT_GOOD, before = t->verdict;
	struct sequential *s = b->data;
	bool verifying = t->verifying;

	t->running = t->verifying = false;
	t->verified = verifying;
	t->llr = llr;
	if (contradicts_user(b, t->commit, mark))
		mark = mark == BISECT_BAD ? BISECT_GOOD : BISECT_BAD;
	t->verdict = mark;
	if (verifying && mark == before)
		return;
	b->git = BISECT_GIT_NONE;
	drop_contradicting(b, t->commit, mark);
	if (!verifying)
		return;
	s->refuted++;
	for (size_t i = 0; i < s->ntests; i++)
		if (s->tests[i].verifying)
			s->tests[i].running = s->tests[i].verifying = false;
}

static void record_boot(struct bisect *b, size_t commit)
{
	struct sequential_test *t = sequential_find(b, commit);
	struct sequential *s = b->data;
	struct sequential_levels levels;
	double llr;

	if (is_end(b, commit)) {
		s->since_anchor = 0;
		return;
	}
	s->since_anchor++;
	if (!t || !t->running)
		return;
	sequential_levels(b, &levels);
	llr = sequential_sum(b, &levels, commit, t->first);
	if (fabs(llr) > sequential_threshold(b, t->verifying))
		end_test(b, t, llr);
	else if (b->commits[commit].nboots - t->first >= SEQUENTIAL_BOOTS)
		/* Fresh boots that do not tell: then all boots do. */
		end_test(b, t, t->verifying ? sequential_sum(b, &levels, commit, 0) : llr);
}

bool sequential_is_settled(struct bisect *b, size_t commit)
{
	const struct sequential_test *t = sequential_find(b, commit);

	return is_end(b, commit) || b->commits[commit].user || b->commits[commit].untestable ||
	       (t && t->verified);
}

/* The bad commits of the set that is left, then good parents of it. */
static size_t border_target(struct bisect *b, size_t i, enum bisect_mark *expected)
{
	const struct sequential *s = b->data;
	uint64_t *set = bisect_set_new(b);
	size_t found = BISECT_NONE, borders = 0;

	for (size_t k = 0; k < s->ntests && found == BISECT_NONE; k++)
		if (s->tests[k].verdict == BISECT_BAD && bisect_bit(set, s->tests[k].commit) && !i--) {
			*expected = BISECT_BAD;
			found = s->tests[k].commit;
		}
	for (size_t k = 0; k < s->ntests && found == BISECT_NONE && borders < BORDER_MAX; k++)
		if (s->tests[k].verdict == BISECT_GOOD && bisect_is_border(b, set, s->tests[k].commit)) {
			borders++;
			if (!i--) {
				*expected = BISECT_GOOD;
				found = s->tests[k].commit;
			}
		}
	free(set);
	return found;
}

size_t sequential_target(struct bisect *b, size_t i, enum bisect_mark *expected)
{
	const struct bisect_problem *p = &b->problem;
	size_t culprit = b->git_commit;

	if (b->git == BISECT_GIT_ONLY_SKIPPED)
		return border_target(b, i, expected);
	if (b->git != BISECT_GIT_FIRST_BAD || i > p->parent_at[culprit + 1] - p->parent_at[culprit])
		return BISECT_NONE;
	*expected = i ? BISECT_GOOD : BISECT_BAD;
	return i ? p->parents[p->parent_at[culprit] + i - 1] : culprit;
}

/* A test of fresh boots for each commit that git's word rests on. */
static void begin_verification(struct bisect *b)
{
	enum bisect_mark expected;
	size_t commit;

	for (size_t i = 0; (commit = sequential_target(b, i, &expected)) != BISECT_NONE; i++) {
		struct sequential_test *t;

		if (sequential_is_settled(b, commit))
			continue;
		t = find_or_add(b, commit);
		/* What follows from other verdicts is a verdict too. */
		t->verdict = expected;
		t->running = t->verifying = true;
		t->first = b->commits[commit].nboots;
	}
}

static void record_candidate(struct bisect *b, size_t commit)
{
	struct sequential_test *t;

	if (is_end(b, commit))
		return;
	t = find_or_add(b, commit);
	if (t->verdict)
		return;
	t->running = true;
	t->verifying = false;
}

static void record_retry(struct bisect *b, size_t commit)
{
	struct sequential_test *t = sequential_find(b, commit);

	if (t)
		drop_verdict(b, t);
}

static void record(struct bisect *b, const struct bisect_event *event)
{
	switch (event->kind) {
	case BISECT_BOOT_END:
		record_boot(b, event->commit);
		break;
	case BISECT_CANDIDATE:
		record_candidate(b, event->commit);
		break;
	case BISECT_FIRST_BAD:
	case BISECT_ONLY_SKIPPED:
		begin_verification(b);
		break;
	case BISECT_USER_GOOD:
	case BISECT_USER_BAD:
		drop_contradicting(b, event->commit,
				   event->kind == BISECT_USER_GOOD ? BISECT_GOOD : BISECT_BAD);
		break;
	case BISECT_RETRY:
		record_retry(b, event->commit);
		break;
	default:
		break;
	}
}

/* One boot of `commit` for its running test; false when as many as it needs are under way. */
static bool measure(struct bisect *b, size_t machine, size_t commit, struct bisect_action *action)
{
	const struct sequential_test *t = sequential_find(b, commit);
	struct sequential_levels levels;
	double boots = 1, nats;
	size_t samples;

	if (!t || !t->running)
		return false;
	sequential_levels(b, &levels);
	nats = sequential_threshold(b, t->verifying) - fabs(sequential_sum(b, &levels, commit, t->first));
	samples = sequential_samples(b, &levels, nats, &boots);
	if ((double)bisect_under_way(b, commit, machine) >= fmax(1, floor(boots + 0.5)))
		return false;
	action->kind = BISECT_MEASURE;
	action->commit = commit;
	action->samples = samples;
	action->reason = t->verifying ? "verify" : "test";
	return true;
}

/* A boot of the ends in turn after so many of other commits: the machine may wander. */
static bool reanchor(struct bisect *b, size_t machine, struct bisect_action *action)
{
	const struct sequential *s = b->data;
	size_t last = b->problem.nr - 1, end = b->commits[0].nboots <= b->commits[last].nboots ? 0 : last;
	size_t after = b->options.reanchor;
	struct sequential_levels levels;

	sequential_levels(b, &levels);
	if (levels.wanders && after > WANDER_REANCHOR)
		after = WANDER_REANCHOR;
	if (s->since_anchor < after || bisect_under_way(b, 0, machine) || bisect_under_way(b, last, machine))
		return false;
	action->kind = BISECT_MEASURE;
	action->commit = end;
	action->samples = b->options.repeats;
	action->reason = "anchor";
	return true;
}

static void verify(struct bisect *b, size_t machine, struct bisect_action *action)
{
	enum bisect_mark expected;
	size_t commit;
	bool open = false;

	for (size_t i = 0; (commit = sequential_target(b, i, &expected)) != BISECT_NONE; i++) {
		if (sequential_is_settled(b, commit))
			continue;
		open = true;
		if (reanchor(b, machine, action) || measure(b, machine, commit, action))
			return;
	}
	if (!open)
		action->kind = BISECT_STOP;
}

static void next_action(struct bisect *b, size_t machine, struct bisect_action *action)
{
	struct sequential_test *t;
	struct bisect_anchors anchors;

	action->kind = BISECT_STOP;
	if (b->commits[0].untestable || b->commits[b->problem.nr - 1].untestable || sequential_is_lost(b->data))
		return;
	action->kind = BISECT_WAIT;
	if (bisect_anchors_next(b, machine, action))
		return;
	bisect_anchors(b, &anchors);
	if (anchors.not_reproduced || bisect_is_gone(b, &anchors, false)) {
		action->kind = BISECT_STOP;
		return;
	}
	if (b->git == BISECT_GIT_FIRST_BAD || b->git == BISECT_GIT_ONLY_SKIPPED) {
		verify(b, machine, action);
		return;
	}
	t = b->git == BISECT_GIT_CANDIDATE ? sequential_find(b, b->git_commit) : NULL;
	if (!t || !t->running || sequential_is_settled(b, b->git_commit)) {
		action->kind = BISECT_CHOOSE;
		action->reason = "choose";
	} else if (!reanchor(b, machine, action)) {
		measure(b, machine, b->git_commit, action);
	}
}

static enum bisect_mark mark_of(struct bisect *b, size_t commit)
{
	const struct sequential_test *t = sequential_find(b, commit);

	if (t && t->verdict)
		return t->verdict;
	return b->commits[commit].untestable ? BISECT_SKIP : BISECT_UNMARKED;
}

static void commit_state(struct bisect *b, size_t commit, struct bisect_commit_state *state)
{
	struct sequential_levels levels;

	if (!state->boots || !b->commits[0].nboots || !b->commits[b->problem.nr - 1].nboots)
		return;
	sequential_levels(b, &levels);
	state->llr = sequential_sum(b, &levels, commit, 0);
}

const struct bisect_operations bisect_sequential = {
	.start = start,
	.record = record,
	.next = next_action,
	.mark_of = mark_of,
	.answer = sequential_answer,
	.commit_state = commit_state,
	.stop = stop,
};
