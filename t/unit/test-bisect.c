#include "bisect-fixture.h"

#include "engine/bisect-state.h"

static struct bisect_event boot_of(enum bisect_event_kind kind, size_t commit, size_t boot, double value)
{
	return (struct bisect_event){ .kind = kind, .commit = commit, .boot = boot, .value = value, .seconds = 1 };
}

/* Feeds the events of `f` to a new bisection; `said` gets what it says where `f` was asked. */
static void replay(struct fixture *f, struct strbuf *said, struct strbuf *described)
{
	struct bisect *b = bisect_new(&f->problem, &f->options);
	struct bisect_action action;
	size_t next = 0;

	for (;;) {
		fixture_say(said, b, 0, &action);
		if (action.kind == BISECT_STOP)
			break;
		/* An action's events end with git's word, the end of a boot, or a failure. */
		for (bool ended = false; !ended && next < f->nevents; next++) {
			enum bisect_event_kind kind = f->events[next].kind;

			assert_int_equal(bisect_record(b, &f->events[next]), 0);
			ended = kind == BISECT_CANDIDATE || kind == BISECT_FIRST_BAD ||
				kind == BISECT_ONLY_SKIPPED || kind == BISECT_BOOT_END ||
				kind == BISECT_BUILD_FAILED;
		}
	}
	assert_int_equal(next, f->nevents);
	fixture_describe(b, f->problem.nr, described);
	bisect_free(b);
}

static void test_same_events_say_the_same(void **state UNUSED)
{
	static const enum bisect_strategy strategies[] = { BISECT_ADAPTIVE, BISECT_SEQUENTIAL };

	for (size_t i = 0; i < ARRAY_SIZE(strategies); i++) {
		struct strbuf said = STRBUF_INIT, first = STRBUF_INIT, second = STRBUF_INIT;
		struct fixture f;

		fixture_linear(&f, strategies[i], 60);
		f.culprit = 41;
		f.bad = 103;
		f.broken[29] = f.broken[30] = true;
		fixture_run(&f);
		fixture_describe(f.b, f.problem.nr, &first);
		replay(&f, &said, &second);
		assert_string_equal(said.buf, f.said.buf);
		assert_string_equal(second.buf, first.buf);
		strbuf_release(&said);
		strbuf_release(&first);
		strbuf_release(&second);
		fixture_release(&f);
	}
}

/* Asking and answering in between changes nothing that comes later; each prefix is as if there were no more. */
static void test_questions_change_nothing(void **state UNUSED)
{
	struct strbuf here = STRBUF_INIT, there = STRBUF_INIT;
	struct fixture f;

	fixture_linear(&f, BISECT_SEQUENTIAL, 60);
	f.culprit = 41;
	f.bad = 103;
	do {
		struct bisect *b = bisect_new(&f.problem, &f.options);

		for (size_t i = 0; i < f.nevents; i++)
			assert_int_equal(bisect_record(b, &f.events[i]), 0);
		strbuf_reset(&here);
		strbuf_reset(&there);
		fixture_start(&f);
		fixture_describe(f.b, f.problem.nr, &here);
		fixture_describe(b, f.problem.nr, &there);
		assert_string_equal(here.buf, there.buf);
		bisect_free(b);
	} while (fixture_step(&f));
	strbuf_release(&here);
	strbuf_release(&there);
	fixture_release(&f);
}

static void test_refuses_what_contradicts(void **state UNUSED)
{
	struct fixture f;

	fixture_linear(&f, BISECT_SEQUENTIAL, 10);
	fixture_refuses(&f, boot_of(BISECT_SAMPLE, 10, 1, 1), "not one of the 10");
	fixture_refuses(&f, boot_of(BISECT_SAMPLE, 1, 1, NAN), "not a number");
	fixture_refuses(&f, boot_of(BISECT_SAMPLE, 1, 1, INFINITY), "not a number");
	fixture_refuses(&f, (struct bisect_event){ .kind = BISECT_BUILT, .seconds = -1 }, "seconds");
	fixture_refuses(&f, (struct bisect_event){ .kind = BISECT_BUILT, .seconds = NAN }, "seconds");
	fixture_refuses(&f, (struct bisect_event){ .kind = BISECT_ISSUED, .machine = 5000 }, "machine 5000");
	fixture_refuses(&f, (struct bisect_event){ .kind = (enum bisect_event_kind)99 }, "no event");
	fixture_record(&f, boot_of(BISECT_SAMPLE, 1, 1, 5));
	fixture_refuses(&f, boot_of(BISECT_SAMPLE, 2, 1, 5), "another commit");
	fixture_record(&f, boot_of(BISECT_BOOT_END, 1, 1, 0));
	fixture_refuses(&f, boot_of(BISECT_SAMPLE, 1, 1, 5), "ended already");
	fixture_release(&f);
}

static void test_refuses_marks_that_cannot_be(void **state UNUSED)
{
	struct fixture f;

	fixture_linear(&f, BISECT_SEQUENTIAL, 10);
	fixture_refuses(&f, (struct bisect_event){ .kind = BISECT_USER_BAD, .commit = 0 }, "the ends");
	fixture_refuses(&f, (struct bisect_event){ .kind = BISECT_USER_GOOD, .commit = 9 }, "the ends");
	fixture_record(&f, (struct bisect_event){ .kind = BISECT_USER_BAD, .commit = 4 });
	fixture_refuses(&f, (struct bisect_event){ .kind = BISECT_USER_GOOD, .commit = 5 },
			"an ancestor of it was marked bad");
	fixture_record(&f, (struct bisect_event){ .kind = BISECT_USER_GOOD, .commit = 3 });
	fixture_refuses(&f, (struct bisect_event){ .kind = BISECT_USER_BAD, .commit = 2 },
			"a descendant of it was marked good");
	/* A second thought about the same commit is none. */
	fixture_record(&f, (struct bisect_event){ .kind = BISECT_USER_BAD, .commit = 3 });
	assert_int_equal(bisect_mark_of(f.b, 3), BISECT_BAD);
	fixture_record(&f, (struct bisect_event){ .kind = BISECT_RETRY, .commit = 3 });
	assert_int_equal(bisect_mark_of(f.b, 3), BISECT_UNMARKED);
	fixture_release(&f);
}

static void test_only_complete_boots_count(void **state UNUSED)
{
	struct bisect_commit_state s;
	struct fixture f;

	fixture_linear(&f, BISECT_SEQUENTIAL, 10);
	fixture_record(&f, boot_of(BISECT_SAMPLE, 1, 1, 5));
	bisect_commit_state(f.b, 1, &s);
	assert_int_equal(s.boots, 0);
	/* Without samples it says nothing. */
	fixture_record(&f, boot_of(BISECT_BOOT_END, 1, 2, 0));
	bisect_commit_state(f.b, 1, &s);
	assert_int_equal(s.boots, 0);
	assert_true(isnan(s.level.value) && isnan(s.p_bad));
	fixture_record(&f, boot_of(BISECT_SAMPLE, 1, 1, 7));
	fixture_record(&f, boot_of(BISECT_BOOT_END, 1, 1, 0));
	bisect_commit_state(f.b, 1, &s);
	assert_int_equal(s.boots, 1);
	assert_int_equal(s.samples, 2);
	assert_true(s.level.value == 6 && isinf(s.level.low) && isinf(s.level.high));
	assert_true(s.built && !s.untestable);
	fixture_release(&f);
}

static void test_what_is_spent(void **state UNUSED)
{
	struct bisect_answer a = BISECT_ANSWER_INIT;
	struct bisect_commit_state s;
	struct fixture f;

	fixture_linear(&f, BISECT_SEQUENTIAL, 10);
	fixture_record(&f, (struct bisect_event){ .kind = BISECT_BUILT, .commit = 1, .seconds = 20 });
	fixture_boot(&f, 1, 0, 3, 5, 0);
	fixture_record(&f, (struct bisect_event){ .kind = BISECT_BUILD_FAILED, .commit = 2, .seconds = 10 });
	fixture_record(&f, (struct bisect_event){ .kind = BISECT_BOOT_FAILED, .commit = 3, .seconds = 60 });
	fixture_record(&f, (struct bisect_event){ .kind = BISECT_BENCH_FAILED, .commit = 4, .seconds = 5 });
	bisect_answer(f.b, &a);
	assert_int_equal(a.builds, 2);
	assert_int_equal(a.boots, 3);
	assert_int_equal(a.samples, 3);
	assert_true(a.seconds == 20 + 3 + 2 + 10 + 60 + 5);
	assert_int_equal(a.verdict, BISECT_OPEN);
	assert_true(a.seconds_left > 0);
	bisect_answer_release(&a);
	for (size_t i = 2; i < 5; i++) {
		assert_int_equal(bisect_mark_of(f.b, i), BISECT_SKIP);
		fixture_record(&f, (struct bisect_event){ .kind = BISECT_RETRY, .commit = i });
		assert_int_equal(bisect_mark_of(f.b, i), BISECT_UNMARKED);
	}
	fixture_record(&f, (struct bisect_event){ .kind = BISECT_RETRY, .commit = 1 });
	bisect_commit_state(f.b, 1, &s);
	assert_true(!s.boots && !s.samples && s.built);
	fixture_release(&f);
}

static void test_costs_are_learned(void **state UNUSED)
{
	struct fixture f;

	fixture_linear(&f, BISECT_SEQUENTIAL, 10);
	fixture_start(&f);
	assert_true(bisect_seconds(f.b, 1, 0, 3) == 8 + 2 + 3);
	fixture_record(&f, (struct bisect_event){ .kind = BISECT_BUILT, .commit = 1, .seconds = 108 });
	assert_true(bisect_seconds(f.b, 1, 0, 3) == 2 + 3);
	assert_true(bisect_seconds(f.b, 2, 0, 3) == 58 + 2 + 3);
	/* Another build of it costs what a build costs, until one was made. */
	assert_true(bisect_seconds(f.b, 1, 1, 3) == 58 + 2 + 3);
	fixture_record(&f,
		       (struct bisect_event){ .kind = BISECT_BUILT, .commit = 1, .layout = 1, .seconds = 2 });
	assert_true(bisect_seconds(f.b, 1, 1, 3) == 2 + 3);
	assert_true(bisect_seconds(f.b, 1, 2, 3) == 30 + 2 + 3);
	assert_true(bisect_seconds(f.b, 2, 0, 3) == 58 + 2 + 3);
	fixture_release(&f);
}

/* Of three machines, when one thing is built at a time. */
static void test_builds_wait_for_each_other(void **state UNUSED)
{
	struct fixture f;

	fixture_linear(&f, BISECT_BAYES, 10);
	f.options.machines = 3;
	f.options.builders = 1;
	fixture_start(&f);
	assert_true(bisect_queue_seconds(f.b, 2) == 0);
	for (size_t i = 0; i < 2; i++)
		fixture_record(&f,
			       (struct bisect_event){ .kind = BISECT_ISSUED, .commit = 3 + i, .machine = i });
	assert_true(bisect_queue_seconds(f.b, 2) == 16);
	assert_true(bisect_queue_seconds(f.b, 1) == 8);
	fixture_record(&f, (struct bisect_event){ .kind = BISECT_BUILT, .commit = 3, .seconds = 8 });
	assert_true(bisect_queue_seconds(f.b, 2) == 8);
	fixture_release(&f);
}

static void test_budget_ends_it_with_what_is_left(void **state UNUSED)
{
	for (int by_boots = 0; by_boots < 2; by_boots++) {
		struct bisect_answer a = BISECT_ANSWER_INIT;
		struct fixture f;

		fixture_linear(&f, BISECT_SEQUENTIAL, 60);
		f.culprit = 37;
		f.noise = 0.1;
		f.options.budget_boots = by_boots ? 11 : 0;
		f.options.budget_seconds = by_boots ? 0 : 90;
		fixture_run(&f);
		bisect_answer(f.b, &a);
		assert_int_equal(a.verdict, BISECT_UNDECIDED);
		assert_true(a.nset > 1 && a.nset < 59 && a.set[0] <= 37 && a.set[a.nset - 1] >= 37);
		assert_non_null(strstr(a.why.buf, "The budget is used up"));
		if (by_boots)
			assert_int_equal(a.boots, 11);
		bisect_answer_release(&a);
		fixture_release(&f);
	}
}

static void one_commit(void)
{
	static const uint32_t at[] = { 0, 0 };
	struct bisect_problem problem = { .nr = 1, .parent_at = at };
	struct bisect_options options = BISECT_OPTIONS_INIT;

	bisect_free(bisect_new(&problem, &options));
}

static void test_one_commit_is_a_bug(void **state UNUSED)
{
	unit_expect_bug(one_commit, "a bisection of 1 commits");
}

/* Against the fixture's way of finding descendants, over a graph with a merge every third commit. */
static void test_ancestors_are_those_of_the_graph(void **state UNUSED)
{
	struct fixture f;

	fixture_init(&f, BISECT_SEQUENTIAL);
	for (size_t i = 0; i < FIXTURE_COMMITS; i++)
		fixture_add_commit(&f, i > 1 && i % 2 ? i - 2 : i - 1, i > 5 && !(i % 3) ? i - 5 : BISECT_NONE);
	fixture_start(&f);
	for (size_t a = 1; a < FIXTURE_COMMITS; a++)
		for (size_t d = a; d < FIXTURE_COMMITS; d++)
			assert_int_equal(bisect_is_ancestor(f.b, a, d), fixture_descends(&f, d, a));
	/* All descend from what is good from the start. */
	for (size_t d = 0; d < FIXTURE_COMMITS; d++)
		assert_true(bisect_is_ancestor(f.b, 0, d));
	assert_false(bisect_is_ancestor(f.b, 5, 4));
	fixture_release(&f);
}

static const double stored_good[] = { 99, 100, 101, 99, 100, 101 };
static const double stored_bad[] = { 107, 108, 109, 107, 108, 109 };

static void adaptive(struct fixture *f, size_t nr)
{
	fixture_linear(f, BISECT_ADAPTIVE, nr);
	f->problem.stored_good = stored_good;
	f->problem.stored_bad = stored_bad;
	f->problem.nstored_good = f->problem.nstored_bad = 6;
}

static void test_adaptive_takes_one_sample_where_that_is_clear(void **state UNUSED)
{
	struct bisect_answer a = BISECT_ANSWER_INIT;
	struct fixture f;

	adaptive(&f, 33);
	f.culprit = 11;
	f.noise = 0.1;
	fixture_run(&f);
	bisect_answer(f.b, &a);
	assert_int_equal(a.verdict, BISECT_NAMED);
	assert_int_equal(a.culprit, 11);
	assert_int_equal(a.samples, 5);
	assert_true(a.confidence == 0);
	/* The levels are those of the store: nothing else was measured. */
	assert_true(fabs(a.good.value - 100) < 1e-9 && fabs(a.gap.value - 8) < 1e-9);
	bisect_answer_release(&a);
	fixture_release(&f);
}

static void adaptive_expect(double one, double four, enum bisect_mark mark)
{
	struct bisect_action action;
	struct fixture f;

	adaptive(&f, 3);
	assert_true(fixture_step(&f));
	bisect_next(f.b, 0, &action);
	assert_true(action.kind == BISECT_MEASURE && action.commit == 1 && action.samples == 1);
	fixture_boot(&f, 1, 0, 1, one, 0);
	assert_int_equal(bisect_mark_of(f.b, 1), BISECT_UNMARKED);
	bisect_next(f.b, 0, &action);
	assert_true(action.kind == BISECT_MEASURE && action.commit == 1 && action.samples == 4);
	fixture_boot(&f, 1, 0, 4, four, 0);
	assert_int_equal(bisect_mark_of(f.b, 1), mark);
	fixture_release(&f);
}

static void test_adaptive_takes_four_more_where_it_is_not(void **state UNUSED)
{
	adaptive_expect(104.3, 108, BISECT_BAD);
	adaptive_expect(103.7, 100, BISECT_GOOD);
	/* Between both, and touching neither. */
	adaptive_expect(104, 104, BISECT_SKIP);
	/* Beyond either baseline. */
	adaptive_expect(104, 140, BISECT_BAD);
	adaptive_expect(104, 60, BISECT_GOOD);
}

static void test_adaptive_measures_ends_that_are_not_stored(void **state UNUSED)
{
	struct bisect_answer a = BISECT_ANSWER_INIT;
	struct fixture f;

	fixture_linear(&f, BISECT_ADAPTIVE, 33);
	f.options.anchors_min = 2;
	f.culprit = 30;
	f.noise = 0.1;
	fixture_run(&f);
	assert_true(starts_with(f.said.buf, "0 0 3 anchor\n0 32 3 anchor\n0 0 3 anchor\n0 32 3 anchor\n1 "));
	bisect_answer(f.b, &a);
	assert_true(a.verdict == BISECT_NAMED && a.culprit == 30);
	bisect_answer_release(&a);
	fixture_release(&f);
}

static void test_adaptive_does_not_look_for_nothing(void **state UNUSED)
{
	struct bisect_answer a = BISECT_ANSWER_INIT;
	struct fixture f;

	adaptive(&f, 33);
	f.options.better = 1;
	fixture_run(&f);
	bisect_answer(f.b, &a);
	assert_int_equal(a.verdict, BISECT_NOT_REPRODUCED);
	assert_int_equal(a.boots, 0);
	bisect_answer_release(&a);
	fixture_release(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same_events_say_the_same),
		cmocka_unit_test(test_questions_change_nothing),
		cmocka_unit_test(test_refuses_what_contradicts),
		cmocka_unit_test(test_refuses_marks_that_cannot_be),
		cmocka_unit_test(test_only_complete_boots_count),
		cmocka_unit_test(test_what_is_spent),
		cmocka_unit_test(test_costs_are_learned),
		cmocka_unit_test(test_builds_wait_for_each_other),
		cmocka_unit_test(test_budget_ends_it_with_what_is_left),
		cmocka_unit_test(test_one_commit_is_a_bug),
		cmocka_unit_test(test_ancestors_are_those_of_the_graph),
		cmocka_unit_test(test_adaptive_takes_one_sample_where_that_is_clear),
		cmocka_unit_test(test_adaptive_takes_four_more_where_it_is_not),
		cmocka_unit_test(test_adaptive_measures_ends_that_are_not_stored),
		cmocka_unit_test(test_adaptive_does_not_look_for_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
