/* Builds of one commit whose code lies elsewhere. */
#include "bayes-fixture.h"

#include "engine/bisect-state.h"

#define SEEDS 10

static struct world *spread_world(uint64_t seed, size_t layouts)
{
	struct world *w = world_new(500, 10, seed);

	w->spread = 0.3 * w->effect;
	w->options.layouts = layouts;
	return w;
}

/* How many of the searches end with a name, which is never a wrong one. */
static size_t count_named(size_t layouts, uint32_t broken_layouts)
{
	size_t named = 0;

	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		struct world *w = spread_world(seed, layouts);
		struct bisect_answer answer = BISECT_ANSWER_INIT;

		w->broken_layouts = broken_layouts;
		world_start(w);
		assert_true(world_run(w, 400) < 400);
		bisect_answer(w->bisect, &answer);
		if (answer.verdict == BISECT_NAMED) {
			assert_int_equal(answer.culprit, w->culprit);
			named++;
		}
		bisect_answer_release(&answer);
		world_free(w);
	}
	return named;
}

static void test_other_layouts_tell_what_boots_cannot(void **state UNUSED)
{
	assert_true(count_named(1, 0) < SEEDS / 2);
	assert_true(count_named(6, 0) >= SEEDS * 8 / 10);
}

static void test_a_layout_that_cannot_be_had_is_done_without(void **state UNUSED)
{
	/* The second and the fourth one. */
	assert_true(count_named(8, 0xa) >= SEEDS * 8 / 10);
}

/* Each is asked for once; the commit is as good as before. */
static void test_a_failed_layout_is_not_the_commit(void **state UNUSED)
{
	struct world *w = spread_world(1, 4);
	struct bisect_commit_state commit;
	struct bisect_action action;
	size_t failed = 0, asked[GRAPH_MAX] = { 0 };

	w->broken_layouts = 0xe;
	world_start(w);
	for (int steps = 0; steps < 400; steps++) {
		bisect_next(w->bisect, 0, &action);
		if (action.kind == BISECT_STOP)
			break;
		if (action.layout) {
			assert_string_equal(action.reason, "layout");
			assert_int_equal(action.layout, ++asked[action.commit]);
			failed++;
		}
		world_measure_build(w, 0, action.commit, action.layout, action.samples);
		bisect_commit_state(w->bisect, action.commit, &commit);
		assert_false(commit.untestable);
		assert_true(commit.boots > 0);
	}
	assert_int_equal(action.kind, BISECT_STOP);
	assert_true(failed > 1);
	world_free(w);
}

static void test_replaying_gives_the_same(void **state UNUSED)
{
	struct world *w = spread_world(2, 4);
	struct bisect_answer first = BISECT_ANSWER_INIT, second = BISECT_ANSWER_INIT;
	struct bisect *again;
	size_t layouts = 0;

	world_start(w);
	world_run(w, 400);
	again = bisect_new(&w->problem, &w->options);
	for (size_t i = 0; i < w->nevents; i++) {
		assert_int_equal(bisect_record(again, &w->events[i]), 0);
		layouts += w->events[i].layout > 0;
	}
	assert_true(layouts > 0);
	bisect_answer(w->bisect, &first);
	bisect_answer(again, &second);
	assert_int_equal(first.verdict, second.verdict);
	assert_int_equal(first.culprit, second.culprit);
	assert_memory_equal(&first.confidence, &second.confidence, sizeof(first.confidence));
	bisect_answer_release(&first);
	bisect_answer_release(&second);
	bisect_free(again);
	world_free(w);
}

/* Two machines are not sent to the same build of the same commit. */
static void test_machines_share_the_layouts(void **state UNUSED)
{
	struct world *w = spread_world(4, 6);
	struct bisect_action actions[2] = { { .kind = BISECT_WAIT }, { .kind = BISECT_WAIT } };
	bool stop = false;

	w->options.machines = 2;
	world_start(w);
	for (size_t turn = 0; turn < 400 && !stop; turn++) {
		size_t m = turn % 2;

		if (actions[m].kind == BISECT_MEASURE)
			world_measure_build(w, m, actions[m].commit, actions[m].layout, actions[m].samples);
		bisect_next(w->bisect, m, &actions[m]);
		stop = actions[m].kind == BISECT_STOP;
		if (actions[m].kind != BISECT_MEASURE)
			continue;
		world_record(w, (struct bisect_event){ .kind = BISECT_ISSUED,
						       .commit = actions[m].commit,
						       .layout = actions[m].layout,
						       .machine = m });
		if (actions[0].kind == BISECT_MEASURE && actions[1].kind == BISECT_MEASURE &&
		    actions[m].layout && actions[0].commit == actions[1].commit)
			assert_int_not_equal(actions[0].layout, actions[1].layout);
	}
	assert_true(stop);
	world_free(w);
}

static void test_layouts_are_numbers_of_theirs(void **state UNUSED)
{
	struct world *w = spread_world(3, 2);
	struct bisect_event event = { .kind = BISECT_BUILT, .commit = 1, .layout = BISECT_LAYOUTS_MAX };

	world_start(w);
	assert_int_equal(bisect_record(w->bisect, &event), -1);
	/* A boot is one of one build. */
	world_record(w, (struct bisect_event){ .kind = BISECT_SAMPLE, .commit = 1, .boot = 1, .value = 1 });
	event = (struct bisect_event){ .kind = BISECT_BOOT_END, .commit = 1, .boot = 1, .layout = 1 };
	assert_int_equal(bisect_record(w->bisect, &event), -1);
	world_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_other_layouts_tell_what_boots_cannot),
		cmocka_unit_test(test_a_layout_that_cannot_be_had_is_done_without),
		cmocka_unit_test(test_a_failed_layout_is_not_the_commit),
		cmocka_unit_test(test_replaying_gives_the_same),
		cmocka_unit_test(test_machines_share_the_layouts),
		cmocka_unit_test(test_layouts_are_numbers_of_theirs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
