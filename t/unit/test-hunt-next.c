#include "unit.h"

#include <math.h>

#include "engine/hunt.h"

#define WORKLOADS 3

static const double hot[] = { 1, 40, 3 }, warm[] = { 9, 0, 0 }, cool[] = { 2, 2, 2 },
		    strange[] = { NAN, -5, 2.5 };

static void test_candidates_are_own_hot_and_unseen(void **state UNUSED)
{
	static const struct hunt_function functions[] = {
		{ .name = "cool", .self_pct = cool, .is_own = true },
		{ .name = "warm", .self_pct = warm, .is_own = true },
		{ .name = "libc", .self_pct = hot },
		{ .name = "skipped", .self_pct = hot, .is_own = true, .skipped = true },
		{ .name = "noise", .self_pct = hot, .is_own = true, .noise = true },
		{ .name = "investigated", .self_pct = hot, .is_own = true, .investigated = true },
		{ .name = "strange", .self_pct = strange, .is_own = true },
		{ .name = "hot", .self_pct = hot, .is_own = true },
	};
	struct hunt_candidate c[ARRAY_SIZE(functions)];

	assert_int_equal(hunt_pick(functions, ARRAY_SIZE(functions), WORKLOADS, HUNT_THRESHOLD, c), 3);
	assert_int_equal(c[0].function, 7);
	assert_int_equal(c[0].workload, 1);
	assert_true(c[0].share == 40);
	assert_int_equal(c[1].function, 1);
	assert_int_equal(c[1].workload, 0);
	assert_int_equal(c[2].function, 6);
	assert_int_equal(c[2].workload, 2);
	assert_true(c[2].share == 2.5);
	/* With the threshold below them, what is at 2 % as well. */
	assert_int_equal(hunt_pick(functions, ARRAY_SIZE(functions), WORKLOADS, 1.9, c), 4);
	assert_int_equal(c[3].function, 0);
	assert_int_equal(hunt_pick(NULL, 0, WORKLOADS, 2, c), 0);
}

static void test_equals_are_ordered_by_name_and_file(void **state UNUSED)
{
	static const struct hunt_function functions[] = {
		{ .name = "b", .file = "x.c", .self_pct = hot, .is_own = true },
		{ .name = "a", .self_pct = hot, .is_own = true },
		{ .name = "a", .file = "y.c", .self_pct = hot, .is_own = true },
		{ .name = "a", .file = "x.c", .self_pct = hot, .is_own = true },
		{ .name = "a", .self_pct = hot, .is_own = true },
	};
	static const size_t expect[] = { 3, 2, 1, 4, 0 };
	struct hunt_candidate c[ARRAY_SIZE(functions)];

	assert_int_equal(hunt_pick(functions, ARRAY_SIZE(functions), WORKLOADS, HUNT_THRESHOLD, c), 5);
	for (size_t i = 0; i < ARRAY_SIZE(expect); i++)
		assert_int_equal(c[i].function, expect[i]);
}

static struct hunt_action next_of(const struct hunt_state *state)
{
	struct hunt_action action;

	hunt_next(state, &action);
	return action;
}

/* The loop as the command goes through it, two functions, of which one is hot in the larger suite only. */
static void test_the_loop_goes_on_until_nothing_is_left(void **state UNUSED)
{
	struct hunt_function functions[] = {
		{ .name = "first", .self_pct = hot, .is_own = true },
		{ .name = "second", .self_pct = cool, .is_own = true },
	};
	struct hunt_state s = HUNT_STATE_INIT;
	struct hunt_action action;

	s.functions = functions;
	s.nfunctions = 2;
	s.nworkloads = WORKLOADS;
	s.can_evolve = true;
	assert_int_equal(next_of(&s).kind, HUNT_PROFILE);
	s.profile_iteration = 0;
	s.profile_generation = 1;
	action = next_of(&s);
	assert_int_equal(action.kind, HUNT_FIX);
	assert_int_equal(action.candidate.function, 0);
	assert_true(action.candidate.share == 40);

	functions[0].investigated = true;
	s.iteration = 1;
	assert_int_equal(next_of(&s).kind, HUNT_PROFILE);
	s.profile_iteration = 1;
	action = next_of(&s);
	assert_int_equal(action.kind, HUNT_EVOLVE);
	assert_int_equal(action.generation, 2);

	/* The iteration is the same, the suite is another one. */
	s.generation = 2;
	assert_int_equal(next_of(&s).kind, HUNT_PROFILE);
	s.profile_generation = 2;
	functions[1].self_pct = warm;
	action = next_of(&s);
	assert_int_equal(action.kind, HUNT_FIX);
	assert_int_equal(action.candidate.function, 1);

	functions[1].investigated = true;
	s.iteration = s.profile_iteration = 2;
	action = next_of(&s);
	assert_int_equal(action.kind, HUNT_DONE);
	assert_int_equal(action.reason, HUNT_EXHAUSTED);
}

static void expect_done(const struct hunt_state *s, enum hunt_reason reason)
{
	struct hunt_action action = next_of(s);

	assert_int_equal(action.kind, HUNT_DONE);
	assert_int_equal(action.reason, reason);
	assert_true(*hunt_reason_text(reason));
}

static void test_the_end_has_its_reason(void **state UNUSED)
{
	struct hunt_function functions[] = {
		{ .name = "own", .self_pct = cool, .is_own = true },
		{ .name = "libc", .self_pct = cool },
	};
	struct hunt_state s = HUNT_STATE_INIT;

	s.functions = functions;
	s.nfunctions = 2;
	s.nworkloads = WORKLOADS;
	s.profile_iteration = 0;
	s.profile_generation = 1;
	/* No generator. */
	expect_done(&s, HUNT_FLAT);
	functions[1].self_pct = hot;
	expect_done(&s, HUNT_FOREIGN);
	functions[0].self_pct = hot;
	functions[0].noise = true;
	expect_done(&s, HUNT_EXHAUSTED);
	s.nfunctions = 0;
	expect_done(&s, HUNT_FLAT);
	/* The last generation. */
	s.can_evolve = true;
	s.generation = s.profile_generation = 2;
	expect_done(&s, HUNT_FLAT);
	s.iteration = s.profile_iteration = 10;
	expect_done(&s, HUNT_ITERATIONS);
	s.iteration = 11;
	expect_done(&s, HUNT_ITERATIONS);
	s.iteration = 0;
	s.stopped = true;
	expect_done(&s, HUNT_STOPPED);
}

#define ROUNDS 1000

static void test_orders_are_random_and_follow_from_the_seed(void **state UNUSED)
{
	struct hunt_run runs[2 * WORKLOADS], again[2 * WORKLOADS];
	double candidate_first = 0, at_front[WORKLOADS] = { 0 };
	size_t differs = 0;

	for (size_t round = 0; round < ROUNDS; round++) {
		bool seen[WORKLOADS] = { false };

		hunt_order(7, round, WORKLOADS, runs);
		hunt_order(7, round, WORKLOADS, again);
		for (size_t i = 0; i < 2 * WORKLOADS; i += 2) {
			assert_true(runs[i].workload < WORKLOADS && !seen[runs[i].workload]);
			seen[runs[i].workload] = true;
			assert_int_equal(runs[i + 1].workload, runs[i].workload);
			assert_true(runs[i + 1].candidate != runs[i].candidate);
			assert_int_equal(again[i].workload, runs[i].workload);
			assert_true(again[i].candidate == runs[i].candidate);
			candidate_first += runs[i].candidate;
		}
		at_front[runs[0].workload]++;
		hunt_order(8, round, WORKLOADS, again);
		differs += runs[0].workload != again[0].workload || runs[0].candidate != again[0].candidate;
	}
	/* Five standard deviations of a fair coin, and of a fair die. */
	assert_true(fabs(candidate_first - 3 * ROUNDS / 2.0) < 5 * sqrt(3 * ROUNDS / 4.0));
	for (size_t w = 0; w < WORKLOADS; w++)
		assert_true(fabs(at_front[w] - ROUNDS / 3.0) < 5 * sqrt(ROUNDS * 2 / 9.0));
	assert_true(differs > ROUNDS / 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_candidates_are_own_hot_and_unseen),
		cmocka_unit_test(test_equals_are_ordered_by_name_and_file),
		cmocka_unit_test(test_the_loop_goes_on_until_nothing_is_left),
		cmocka_unit_test(test_the_end_has_its_reason),
		cmocka_unit_test(test_orders_are_random_and_follow_from_the_seed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
