#include "bayes-fixture.h"

#include "engine/bisect-state.h"

static void expect_named(struct world *w)
{
	struct bisect_answer answer = BISECT_ANSWER_INIT;

	bisect_answer(w->bisect, &answer);
	assert_int_equal(answer.verdict, BISECT_NAMED);
	assert_int_equal(answer.culprit, w->culprit);
	assert_true(answer.confidence >= 0.99);
	assert_int_equal(answer.nset, 1);
	assert_int_equal(answer.set[0], w->culprit);
	assert_true(answer.seconds_left == 0);
	bisect_answer_release(&answer);
}

static void test_names_the_culprit(void **state UNUSED)
{
	static const size_t sizes[] = { 2, 3, 10, 1000 };

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++)
		for (uint64_t seed = 1; seed <= 3; seed++) {
			struct world *w = world_new(sizes[i], 0, seed);

			world_start(w);
			world_run(w, 300);
			expect_named(w);
			world_free(w);
		}
}

/* What is expected to be left, at the beginning and on the way, is about what is spent until the answer. */
static void test_expects_what_it_costs(void **state UNUSED)
{
	for (uint64_t seed = 1; seed <= 5; seed++) {
		struct world *w = world_new(1000, 0, seed);
		double left[200], spent[200], total;
		size_t n = 0;

		w->effect = 20;
		world_start(w);
		do {
			struct bisect_answer answer = BISECT_ANSWER_INIT;

			bisect_answer(w->bisect, &answer);
			left[n] = answer.seconds_left;
			spent[n] = answer.seconds;
			bisect_answer_release(&answer);
		} while (++n < 200 && world_run(w, 1));
		total = spent[n - 1];
		for (size_t i = 0; i < n && total - spent[i] > 0.3 * total; i++) {
			assert_true(left[i] > (total - spent[i]) / 2);
			assert_true(left[i] < (total - spent[i]) * 2);
		}
		world_free(w);
	}
}

static void test_names_the_culprit_among_merges(void **state UNUSED)
{
	for (uint64_t seed = 1; seed <= 4; seed++) {
		struct world *w = world_new(500, 30, seed);

		world_start(w);
		world_run(w, 300);
		expect_named(w);
		world_free(w);
	}
}

/* Marks are monotone: git would refuse others. */
static void test_marks_are_monotone(void **state UNUSED)
{
	struct world *w = world_new(120, 30, 9);
	struct bisect_action action;

	w->effect = 2;
	world_start(w);
	for (int steps = 0; steps < 300; steps++) {
		bisect_next(w->bisect, 0, &action);
		if (action.kind == BISECT_STOP)
			break;
		world_measure(w, 0, action.commit, action.samples);
		for (size_t a = 1; a + 1 < w->graph.nr; a++)
			for (size_t d = a; d + 1 < w->graph.nr && bisect_mark_of(w->bisect, a) == BISECT_BAD;
			     d++)
				if (bisect_mark_of(w->bisect, d) == BISECT_GOOD)
					assert_false(graph_is_ancestor(&w->graph, a, d));
	}
	if (w->culprit + 1 < w->graph.nr)
		assert_int_equal(bisect_mark_of(w->bisect, w->culprit), BISECT_BAD);
	world_free(w);
}

static void expect_same(struct bisect *a, struct bisect *z)
{
	struct bisect_answer first = BISECT_ANSWER_INIT, second = BISECT_ANSWER_INIT;
	struct bisect_action one, two;

	bisect_next(a, 0, &one);
	bisect_next(z, 0, &two);
	assert_int_equal(one.kind, two.kind);
	assert_int_equal(one.commit, two.commit);
	assert_int_equal(one.samples, two.samples);
	assert_string_equal(one.reason, two.reason);
	bisect_answer(a, &first);
	bisect_answer(z, &second);
	assert_int_equal(first.verdict, second.verdict);
	assert_memory_equal(&first.confidence, &second.confidence, sizeof(first.confidence));
	assert_memory_equal(&first.step, &second.step, sizeof(first.step));
	assert_int_equal(first.nset, second.nset);
	if (first.nset)
		assert_memory_equal(first.set, second.set, first.nset * sizeof(*first.set));
	bisect_answer_release(&first);
	bisect_answer_release(&second);
}

/* Whether it was asked in between, and how often, changes nothing. */
static void test_replaying_the_events_gives_the_same(void **state UNUSED)
{
	struct world *w = world_new(300, 20, 4);
	struct bisect *again;

	w->broken[150] = w->broken[151] = true;
	w->effect = 2;
	world_start(w);
	world_run(w, 35);
	again = bisect_new(&w->problem, &w->options);
	for (size_t i = 0; i < w->nevents; i++)
		assert_int_equal(bisect_record(again, &w->events[i]), 0);
	expect_same(w->bisect, again);
	bisect_free(again);
	world_free(w);
}

static void test_falling_metrics_are_rising_ones_upside_down(void **state UNUSED)
{
	struct world *up = world_new(200, 0, 6), *down = world_new(200, 0, 6);
	size_t steps;

	up->base = down->base = 0;
	up->options.floor = down->options.floor = 0;
	down->options.better = 1;
	down->sign = -1;
	world_start(up);
	world_start(down);
	steps = world_run(up, 300);
	assert_int_equal(world_run(down, 300), steps);
	expect_named(up);
	expect_named(down);
	world_free(up);
	world_free(down);
}

static void test_zero_variance(void **state UNUSED)
{
	static const double bases[] = { 0, 1e-9, 1000, 1e12 };

	for (size_t i = 0; i < ARRAY_SIZE(bases); i++) {
		struct world *w = world_new(300, 10, 3);

		w->noise = 0;
		w->base = bases[i];
		w->effect = bases[i] > 0 ? 0.02 * bases[i] : 3;
		world_start(w);
		assert_true(world_run(w, 100) < 60);
		expect_named(w);
		world_free(w);
	}
}

static void test_commits_that_cannot_be_built_are_a_set(void **state UNUSED)
{
	struct world *w = world_new(200, 0, 2);
	struct bisect_answer answer = BISECT_ANSWER_INIT;

	w->culprit = 100;
	for (size_t c = 99; c < 103; c++)
		w->broken[c] = true;
	world_start(w);
	world_run(w, 300);
	bisect_answer(w->bisect, &answer);
	assert_int_equal(answer.verdict, BISECT_SET);
	assert_int_equal(answer.nset, 5);
	for (size_t i = 0; i < 5; i++)
		assert_int_equal(answer.set[i], 99 + i);
	bisect_answer_release(&answer);
	world_free(w);
}

static void test_no_gap_is_not_reproduced(void **state UNUSED)
{
	static const double stored_good[] = { 100, 101, 100, 99, 100, 100 },
			    stored_bad[] = { 104, 103, 104, 105, 104, 104 };
	struct world *w = world_new(200, 0, 5);
	struct bisect_answer answer = BISECT_ANSWER_INIT;

	w->effect = 0;
	w->problem.stored_good = stored_good;
	w->problem.stored_bad = stored_bad;
	w->problem.nstored_good = w->problem.nstored_bad = 6;
	world_start(w);
	assert_true(world_run(w, 300) <= 24);
	bisect_answer(w->bisect, &answer);
	assert_int_equal(answer.verdict, BISECT_NOT_REPRODUCED);
	bisect_answer_release(&answer);
	world_free(w);
}

/* Two gaps, of boots and of stored ones: means tell little, the boots that are not slow all. */
static void test_slow_boots_do_not_hide_the_gap(void **state UNUSED)
{
	static const double stored_good[] = { 100, 101, 100, 99, 100, 100 },
			    stored_bad[] = { 103, 102, 103, 109, 108, 109 };

	for (uint64_t seed = 1; seed <= 8; seed++) {
		struct world *w = world_new(200, 0, seed);
		struct bisect_answer answer = BISECT_ANSWER_INIT;

		w->effect = 3;
		w->slow = 0.3;
		w->slower_by = 6;
		w->problem.stored_good = stored_good;
		w->problem.stored_bad = stored_bad;
		w->problem.nstored_good = w->problem.nstored_bad = 6;
		world_start(w);
		assert_true(world_run(w, 300) < 300);
		bisect_answer(w->bisect, &answer);
		assert_int_not_equal(answer.verdict, BISECT_NOT_REPRODUCED);
		if (answer.verdict == BISECT_NAMED)
			assert_int_equal(answer.culprit, w->culprit);
		bisect_answer_release(&answer);
		world_free(w);
	}
}

static void test_force_goes_on_without_a_gap(void **state UNUSED)
{
	struct world *w = world_new(20, 0, 5);
	struct bisect_answer answer = BISECT_ANSWER_INIT;

	w->effect = 0;
	w->options.force = true;
	world_start(w);
	assert_true(world_run(w, 600) < 600);
	bisect_answer(w->bisect, &answer);
	assert_int_not_equal(answer.verdict, BISECT_NAMED);
	assert_int_not_equal(answer.verdict, BISECT_NOT_REPRODUCED);
	assert_int_not_equal(answer.verdict, BISECT_OPEN);
	bisect_answer_release(&answer);
	world_free(w);
}

static void test_long_samples_are_taken_once_a_boot(void **state UNUSED)
{
	struct world *w = world_new(100, 0, 8);

	w->options.boot_seconds = 8;
	w->options.sample_seconds = 25;
	world_start(w);
	world_run(w, 300);
	expect_named(w);
	assert_int_equal(w->most_samples, 1);
	world_free(w);
}

static void test_a_prior_saves_builds_and_a_wrong_one_costs_few(void **state UNUSED)
{
	size_t builds[3] = { 0 };

	for (uint64_t seed = 1; seed <= 4; seed++)
		for (int kind = 0; kind < 3; kind++) {
			struct world *w = world_new(1500, 0, seed);
			double prior[1500] = { 0 };

			for (size_t c = 1; c < w->graph.nr; c++)
				prior[c] = kind == 2 ? c % 100 == 7 : c > w->culprit - 3 && c < w->culprit + 3;
			if (kind == 2)
				prior[w->culprit] = 0;
			w->problem.prior = kind ? prior : NULL;
			world_start(w);
			world_run(w, 300);
			expect_named(w);
			for (size_t c = 0; c < w->graph.nr; c++)
				builds[kind] += w->built[c];
			world_free(w);
		}
	assert_true(10 * builds[1] < 6 * builds[0]);
	assert_true(builds[2] < builds[0] + 4 * 6);
}

static struct bisect_event user(enum bisect_event_kind kind, size_t commit)
{
	return (struct bisect_event){ .kind = kind, .commit = commit };
}

static void test_what_the_user_says_stands(void **state UNUSED)
{
	struct world *w = world_new(1000, 0, 1);
	struct bisect_commit_state commit;
	struct bisect_action action;

	w->culprit = 500;
	world_start(w);
	world_run(w, 8);
	world_record(w, user(BISECT_USER_GOOD, 450));
	world_record(w, user(BISECT_USER_BAD, 550));
	for (int steps = 0; steps < 300; steps++) {
		bisect_next(w->bisect, 0, &action);
		if (action.kind == BISECT_STOP)
			break;
		assert_true(!action.commit || action.commit == 999 ||
			    (action.commit >= 450 && action.commit <= 550));
		world_measure(w, 0, action.commit, action.samples);
	}
	expect_named(w);
	bisect_commit_state(w->bisect, 550, &commit);
	assert_true(commit.p_bad > 1 - 1e-9);
	bisect_commit_state(w->bisect, 450, &commit);
	assert_true(commit.p_bad < 1e-9);
	world_free(w);
}

static void test_a_skipped_commit_is_not_measured(void **state UNUSED)
{
	struct world *w = world_new(30, 0, 1);
	struct bisect_action action;

	w->culprit = 15;
	world_start(w);
	for (size_t c = 8; c < 22; c += 2)
		world_record(w, user(BISECT_USER_SKIP, c));
	for (int steps = 0; steps < 300; steps++) {
		bisect_next(w->bisect, 0, &action);
		if (action.kind == BISECT_STOP)
			break;
		assert_true(action.commit < 8 || action.commit >= 22 || action.commit % 2);
		world_measure(w, 0, action.commit, action.samples);
	}
	assert_int_equal(bisect_mark_of(w->bisect, 10), BISECT_SKIP);
	world_free(w);
}

static void test_retry_forgets_what_was_known(void **state UNUSED)
{
	struct world *w = world_new(100, 0, 1);
	struct bisect_commit_state commit;
	struct bisect_action action;
	size_t first;

	world_start(w);
	do {
		bisect_next(w->bisect, 0, &action);
		world_measure(w, 0, action.commit, action.samples);
	} while (!action.commit || action.commit == 99);
	first = action.commit;
	bisect_commit_state(w->bisect, first, &commit);
	assert_true(commit.boots == 1 && fabs(commit.llr) > 0.1);
	world_record(w, user(BISECT_RETRY, first));
	bisect_commit_state(w->bisect, first, &commit);
	assert_true(commit.boots == 0 && commit.llr == 0);
	assert_true(commit.p_bad > 0.2 && commit.p_bad < 0.8);
	bisect_next(w->bisect, 0, &action);
	assert_int_equal(action.commit, first);
	world_run(w, 300);
	expect_named(w);
	world_free(w);
}

static void test_budget_gives_the_best_answer_so_far(void **state UNUSED)
{
	struct world *w = world_new(1000, 0, 3);
	struct bisect_answer answer = BISECT_ANSWER_INIT;
	bool holds = false;

	w->options.budget_boots = 20;
	world_start(w);
	assert_int_equal(world_run(w, 300), 20);
	bisect_answer(w->bisect, &answer);
	assert_int_equal(answer.verdict, BISECT_UNDECIDED);
	assert_true(answer.nset > 1 && answer.nset < 500);
	for (size_t i = 0; i < answer.nset; i++)
		holds |= answer.set[i] == w->culprit;
	assert_true(holds);
	bisect_answer_release(&answer);
	world_free(w);
}

/* Of each commit what it was given; values of all machines are of one kind. */
static void expect_samples(struct world *w)
{
	for (size_t c = 0; c < w->graph.nr; c++) {
		struct bisect_commit_state state;
		size_t nr;
		struct bisect_sample *samples = bisect_samples(w->bisect, c, &nr);

		bisect_commit_state(w->bisect, c, &state);
		assert_int_equal(nr, state.samples);
		for (size_t i = 0; i < nr; i++) {
			assert_in_range(samples[i].boot, 1, w->boots);
			assert_true(fabs(samples[i].value - w->base - w->effect * w->bad[c]) < 8 * w->noise);
		}
		free(samples);
	}
}

static void test_probabilities_and_samples_can_be_asked_for(void **state UNUSED)
{
	struct world *w = world_new(60, 20, 3);
	struct bisect_answer answer = BISECT_ANSWER_INIT;
	double *culprits, sum = 0;

	world_start(w);
	assert_null(bisect_culprits(w->bisect));
	world_run(w, 300);
	culprits = bisect_culprits(w->bisect);
	assert_non_null(culprits);
	bisect_answer(w->bisect, &answer);
	for (size_t i = 0; i < 60; i++)
		sum += culprits[i];
	assert_true(fabs(sum - 1) < 1e-9);
	assert_true(culprits[0] == 0);
	assert_true(culprits[answer.culprit] == answer.confidence);
	expect_samples(w);
	free(culprits);
	bisect_answer_release(&answer);
	world_free(w);
}

/* Two machines whose levels differ by far more than the step; each is handed work while the other is at its own. */
static void test_machines_that_differ(void **state UNUSED)
{
	struct world *w = world_new(400, 20, 2);
	struct bisect_action actions[2];
	size_t same = 0, steps = 0;

	w->options.machines = 2;
	w->offset[1] = 30;
	world_start(w);
	for (; steps < 200; steps++) {
		for (size_t m = 0; m < 2; m++) {
			bisect_next(w->bisect, m, &actions[m]);
			if (actions[m].kind == BISECT_MEASURE)
				world_record(w, (struct bisect_event){ .kind = BISECT_ISSUED,
								       .commit = actions[m].commit,
								       .machine = m });
		}
		if (actions[0].kind == BISECT_STOP)
			break;
		same += actions[0].kind == BISECT_MEASURE && actions[1].kind == BISECT_MEASURE &&
			actions[0].commit == actions[1].commit && actions[0].commit &&
			actions[0].commit != 399;
		for (size_t m = 0; m < 2; m++)
			if (actions[m].kind == BISECT_MEASURE)
				world_measure(w, m, actions[m].commit, actions[m].samples);
	}
	expect_named(w);
	assert_true(steps < 40);
	assert_true(same < steps / 2);
	expect_samples(w);
	world_free(w);
}

/* The machine whose boots came first leaves with work in its hands: the other one does that, too. */
static void test_a_machine_that_leaves(void **state UNUSED)
{
	struct world *w = world_new(400, 20, 2);
	struct bisect_answer answer = BISECT_ANSWER_INIT;
	struct bisect_action action;
	size_t left = BISECT_NONE, steps = 0;

	w->options.machines = 2;
	w->offset[0] = 30;
	world_start(w);
	/* An end of the one, both of the other, until commits are tested. */
	bisect_next(w->bisect, 0, &action);
	world_measure(w, 0, action.commit, action.samples);
	do {
		bisect_next(w->bisect, 1, &action);
		world_measure(w, 1, action.commit, action.samples);
	} while (!action.commit || action.commit == 399);
	bisect_next(w->bisect, 0, &action);
	left = action.commit;
	world_record(w, (struct bisect_event){ .kind = BISECT_ISSUED, .commit = left, .machine = 0 });
	world_record(w, (struct bisect_event){ .kind = BISECT_RETURNED, .commit = left, .machine = 0 });
	for (; steps < 200; steps++) {
		bisect_next(w->bisect, 1, &action);
		assert_int_not_equal(action.kind, BISECT_WAIT);
		if (action.kind == BISECT_STOP)
			break;
		world_measure(w, 1, action.commit, action.samples);
	}
	expect_named(w);
	bisect_answer(w->bisect, &answer);
	/* What the first machine measured alone is nowhere among the levels. */
	assert_true(fabs(answer.gap.value - w->effect) < 1);
	bisect_answer_release(&answer);
	world_free(w);
}

/* The shares of steps are of what can be compared: one boot of another machine is no part of them. */
static void test_all_steps_beside_a_machine_that_left(void **state UNUSED)
{
	struct world *w = world_new(300, 0, 9);
	struct bisect_answer answer = BISECT_ANSWER_INIT;
	struct bisect_action action = { .samples = 3 };
	size_t steps = 0;

	w->culprit = 100;
	w->second = 200;
	w->effect = 3.6;
	w->second_effect = 2.4;
	w->options.all_steps = true;
	w->options.machines = 2;
	w->offset[0] = 30;
	world_start(w);
	world_measure(w, 0, 0, action.samples);
	for (; steps < 600; steps++) {
		bisect_next(w->bisect, 1, &action);
		if (action.kind != BISECT_MEASURE)
			break;
		world_measure(w, 1, action.commit, action.samples);
	}
	bisect_answer(w->bisect, &answer);
	assert_int_equal(action.kind, BISECT_STOP);
	assert_int_equal(answer.nsteps, 2);
	assert_true(fabs(answer.steps[0].share - 0.6) < 0.15);
	assert_true(fabs(answer.steps[1].share - 0.4) < 0.15);
	bisect_answer_release(&answer);
	world_free(w);
}

static void test_all_steps_are_found(void **state UNUSED)
{
	static const struct {
		size_t culprit, second;
	} places[] = { { 100, 400 }, { 400, 100 }, { 250, 253 } };

	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		struct world *w = world_new(500, 0, 7 + i);
		struct bisect_answer answer = BISECT_ANSWER_INIT;

		w->culprit = places[i].culprit;
		w->second = places[i].second;
		w->effect = 3.6;
		w->second_effect = 2.4;
		w->options.all_steps = true;
		world_start(w);
		assert_true(world_run(w, 600) < 600);
		bisect_answer(w->bisect, &answer);
		assert_int_equal(answer.verdict, BISECT_NAMED);
		assert_int_equal(answer.nsteps, 2);
		assert_int_equal(answer.steps[0].culprit, w->culprit);
		assert_int_equal(answer.steps[1].culprit, w->second);
		assert_true(fabs(answer.steps[0].share - 0.6) < 0.15);
		assert_true(fabs(answer.steps[1].share - 0.4) < 0.15);
		bisect_answer_release(&answer);
		world_free(w);
	}
}

/* What is named is not all of the difference: said without --all-steps, too, and of one step never. */
static void test_a_second_step_is_suspected(void **state UNUSED)
{
	for (int two = 0; two < 2; two++) {
		struct world *w = world_new(500, 0, 7);
		struct bisect_answer answer = BISECT_ANSWER_INIT;

		w->culprit = 100;
		w->effect = two ? 3.6 : 6;
		w->second = two ? 400 : 0;
		w->second_effect = 2.4;
		w->noise = 0.3;
		world_start(w);
		assert_true(world_run(w, 300) < 300);
		bisect_answer(w->bisect, &answer);
		assert_int_equal(answer.verdict, BISECT_NAMED);
		assert_int_equal(answer.more_steps_suspected, two);
		bisect_answer_release(&answer);
		world_free(w);
	}
}

/* Nobody is named for a step that others of an unbuildable run may have made. */
static void test_a_step_among_unbuildable_commits_is_a_set(void **state UNUSED)
{
	for (int first = 0; first < 2; first++) {
		struct world *w = world_new(500, 0, 7);
		struct bisect_answer answer = BISECT_ANSWER_INIT;

		w->culprit = 100;
		w->second = 400;
		w->effect = 3.6;
		w->second_effect = 2.4;
		for (size_t i = 0; i < 3; i++)
			w->broken[(first ? 100 : 400) + i - 1] = true;
		w->options.all_steps = true;
		world_start(w);
		assert_true(world_run(w, 600) < 600);
		bisect_answer(w->bisect, &answer);
		assert_int_equal(answer.verdict, first ? BISECT_SET : BISECT_NAMED);
		assert_int_equal(answer.nset, first ? 4 : 1);
		assert_int_equal(answer.nsteps, 2);
		for (size_t k = 0; k < 2; k++) {
			bool broken = (k == 0) == (first == 1);

			assert_int_equal(answer.steps[k].nset, broken ? 4 : 1);
			assert_int_equal(answer.steps[k].set[0], (k ? 400 : 100) - broken);
			assert_true(broken ? answer.steps[k].confidence < 0.5
					   : answer.steps[k].confidence > 0.95);
		}
		bisect_answer_release(&answer);
		world_free(w);
	}
}

static void test_one_step_is_all_steps(void **state UNUSED)
{
	struct world *w = world_new(300, 20, 3);
	struct bisect_answer answer = BISECT_ANSWER_INIT;

	w->options.all_steps = true;
	world_start(w);
	assert_true(world_run(w, 600) < 600);
	expect_named(w);
	bisect_answer(w->bisect, &answer);
	assert_int_equal(answer.nsteps, 1);
	assert_true(fabs(answer.steps[0].share - 1) < 0.2);
	bisect_answer_release(&answer);
	world_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names_the_culprit),
		cmocka_unit_test(test_expects_what_it_costs),
		cmocka_unit_test(test_names_the_culprit_among_merges),
		cmocka_unit_test(test_marks_are_monotone),
		cmocka_unit_test(test_replaying_the_events_gives_the_same),
		cmocka_unit_test(test_falling_metrics_are_rising_ones_upside_down),
		cmocka_unit_test(test_zero_variance),
		cmocka_unit_test(test_commits_that_cannot_be_built_are_a_set),
		cmocka_unit_test(test_no_gap_is_not_reproduced),
		cmocka_unit_test(test_slow_boots_do_not_hide_the_gap),
		cmocka_unit_test(test_force_goes_on_without_a_gap),
		cmocka_unit_test(test_long_samples_are_taken_once_a_boot),
		cmocka_unit_test(test_a_prior_saves_builds_and_a_wrong_one_costs_few),
		cmocka_unit_test(test_what_the_user_says_stands),
		cmocka_unit_test(test_a_skipped_commit_is_not_measured),
		cmocka_unit_test(test_retry_forgets_what_was_known),
		cmocka_unit_test(test_budget_gives_the_best_answer_so_far),
		cmocka_unit_test(test_probabilities_and_samples_can_be_asked_for),
		cmocka_unit_test(test_machines_that_differ),
		cmocka_unit_test(test_a_machine_that_leaves),
		cmocka_unit_test(test_all_steps_are_found),
		cmocka_unit_test(test_all_steps_beside_a_machine_that_left),
		cmocka_unit_test(test_a_second_step_is_suspected),
		cmocka_unit_test(test_a_step_among_unbuildable_commits_is_a_set),
		cmocka_unit_test(test_one_step_is_all_steps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
