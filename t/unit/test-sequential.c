#include "bisect-fixture.h"

#include "engine/sequential-state.h"

static void expect_verdict(struct fixture *f, enum bisect_verdict verdict, size_t culprit)
{
	struct bisect_answer answer = BISECT_ANSWER_INIT;

	bisect_answer(f->b, &answer);
	if (answer.verdict != verdict)
		fail_msg("verdict %d: %s", (int)answer.verdict, answer.why.buf);
	assert_true(answer.culprit == culprit);
	assert_true(answer.why.len > 0);
	bisect_answer_release(&answer);
}

static size_t times(const struct fixture *f, const char *reason)
{
	size_t nr = 0;

	for (const char *at = f->said.buf; (at = strstr(at, reason)); at += strlen(reason))
		nr++;
	return nr;
}

static void test_names_every_culprit(void **state UNUSED)
{
	for (size_t culprit = 1; culprit < 20; culprit++) {
		struct fixture f;

		fixture_linear(&f, BISECT_SEQUENTIAL, 20);
		f.culprit = culprit;
		fixture_run(&f);
		expect_verdict(&f, BISECT_NAMED, culprit);
		fixture_release(&f);
	}
}

static void test_two_commits_need_no_search(void **state UNUSED)
{
	struct bisect_answer answer = BISECT_ANSWER_INIT;
	struct fixture f;

	fixture_linear(&f, BISECT_SEQUENTIAL, 2);
	fixture_run(&f);
	expect_verdict(&f, BISECT_NAMED, 1);
	assert_int_equal(times(&f, "test"), 0);
	bisect_answer(f.b, &answer);
	assert_true(fabs(answer.step_share - 1) < 1e-9);
	assert_true(answer.relative.low < 0.1 && answer.relative.high > 0.1);
	bisect_answer_release(&answer);
	fixture_release(&f);
}

/* What falls with the regression is what rises, turned round: the same actions. */
static void test_directions_mirror_each_other(void **state UNUSED)
{
	struct fixture up, down;

	fixture_linear(&up, BISECT_SEQUENTIAL, 40);
	fixture_linear(&down, BISECT_SEQUENTIAL, 40);
	up.culprit = down.culprit = 13;
	up.good = -100;
	up.bad = -90;
	down.good = 100;
	down.bad = 90;
	down.noise = -1;
	down.options.better = 1;
	fixture_run(&up);
	fixture_run(&down);
	assert_string_equal(up.said.buf, down.said.buf);
	expect_verdict(&up, BISECT_NAMED, 13);
	expect_verdict(&down, BISECT_NAMED, 13);
	fixture_release(&up);
	fixture_release(&down);
}

static void test_improvement_is_not_a_regression(void **state UNUSED)
{
	struct fixture f;

	fixture_linear(&f, BISECT_SEQUENTIAL, 10);
	f.options.better = 1;
	fixture_run(&f);
	expect_verdict(&f, BISECT_NOT_REPRODUCED, BISECT_NONE);
	fixture_release(&f);
}

static void test_zero_variance_divides_by_nothing(void **state UNUSED)
{
	struct fixture f;

	fixture_linear(&f, BISECT_SEQUENTIAL, 40);
	f.noise = 0;
	f.culprit = 29;
	fixture_run(&f);
	expect_verdict(&f, BISECT_NAMED, 29);
	/* Four boots of each end, then one sample each where that is enough. */
	assert_int_equal(times(&f, "anchor"), 8 + times(&f, "test") / 10);
	assert_non_null(strstr(f.said.buf, " 1 test\n"));
	fixture_release(&f);
	/* A level of nothing, too. */
	fixture_linear(&f, BISECT_SEQUENTIAL, 10);
	f.noise = 0;
	f.good = 0;
	f.culprit = 4;
	fixture_run(&f);
	expect_verdict(&f, BISECT_NAMED, 4);
	fixture_release(&f);
}

static void test_nothing_today_is_not_reproduced(void **state UNUSED)
{
	static const double good[] = { 100, 101, 99 }, bad[] = { 110, 111, 109 };
	struct bisect_answer answer = BISECT_ANSWER_INIT;
	struct fixture f;

	fixture_linear(&f, BISECT_SEQUENTIAL, 10);
	f.bad = f.good;
	f.problem.stored_good = good;
	f.problem.stored_bad = bad;
	f.problem.nstored_good = f.problem.nstored_bad = 3;
	fixture_run(&f);
	expect_verdict(&f, BISECT_NOT_REPRODUCED, BISECT_NONE);
	bisect_answer(f.b, &answer);
	assert_int_equal(answer.boots, 24);
	assert_true(fabs(answer.stored_gap - 10) < 1e-9);
	bisect_answer_release(&answer);
	fixture_release(&f);
}

static void test_less_than_half_is_not_reproduced(void **state UNUSED)
{
	static const double good[] = { 100, 101, 99 }, bad[] = { 130, 131, 129 };
	struct fixture f;

	for (int forced = 0; forced < 2; forced++) {
		fixture_linear(&f, BISECT_SEQUENTIAL, 10);
		f.problem.stored_good = good;
		f.problem.stored_bad = bad;
		f.problem.nstored_good = f.problem.nstored_bad = 3;
		f.options.force = forced;
		fixture_run(&f);
		if (forced)
			expect_verdict(&f, BISECT_NAMED, 9);
		else
			expect_verdict(&f, BISECT_NOT_REPRODUCED, BISECT_NONE);
		fixture_release(&f);
	}
}

/* Each test would take a slow boot of a good commit for a bad one. */
static void test_boots_of_two_kinds_name_nobody(void **state UNUSED)
{
	for (uint64_t seed = 1; seed <= 8; seed++) {
		struct bisect_answer answer = BISECT_ANSWER_INIT;
		struct fixture f;

		fixture_linear(&f, BISECT_SEQUENTIAL, 40);
		rng_seed(&f.rng, seed, 0);
		f.culprit = 20;
		f.slow = 0.3;
		f.slower_by = 10;
		fixture_run(&f);
		bisect_answer(f.b, &answer);
		if (answer.verdict == BISECT_NAMED)
			assert_int_equal(answer.culprit, 20);
		assert_true(answer.verdict == BISECT_UNDECIDED || answer.verdict == BISECT_NOT_REPRODUCED ||
			    answer.verdict == BISECT_NAMED);
		bisect_answer_release(&answer);
		fixture_release(&f);
	}
}

static void test_effect_below_the_floor_is_no_verdict(void **state UNUSED)
{
	struct fixture f;

	fixture_linear(&f, BISECT_SEQUENTIAL, 10);
	f.bad = 100.4;
	f.noise = 0.001;
	fixture_run(&f);
	expect_verdict(&f, BISECT_NOT_REPRODUCED, BISECT_NONE);
	fixture_release(&f);
}

static void test_unbuildable_commits_are_a_set(void **state UNUSED)
{
	struct bisect_answer answer = BISECT_ANSWER_INIT;
	struct fixture f;

	fixture_linear(&f, BISECT_SEQUENTIAL, 8);
	f.culprit = 5;
	for (size_t i = 1; i < 7; i++)
		f.broken[i] = true;
	fixture_run(&f);
	bisect_answer(f.b, &answer);
	assert_int_equal(answer.verdict, BISECT_SET);
	assert_int_equal(answer.nset, 7);
	assert_true(answer.set[0] == 1 && answer.set[6] == 7);
	assert_int_equal(bisect_mark_of(f.b, 3), BISECT_SKIP);
	bisect_answer_release(&answer);
	fixture_release(&f);
}

static void test_unbuildable_ends_end_it(void **state UNUSED)
{
	struct fixture f;

	fixture_linear(&f, BISECT_SEQUENTIAL, 8);
	f.broken[0] = true;
	fixture_run(&f);
	expect_verdict(&f, BISECT_UNDECIDED, BISECT_NONE);
	fixture_release(&f);
}

/* Both measured levels lie in the middle: never a skip, at most twelve boots a test. */
static void test_noise_is_never_a_skip(void **state UNUSED)
{
	struct bisect_action action = { .kind = BISECT_CHOOSE };
	struct fixture f;

	fixture_linear(&f, BISECT_SEQUENTIAL, 3);
	for (bisect_next((fixture_start(&f), f.b), 0, &action); action.kind == BISECT_MEASURE;
	     bisect_next(f.b, 0, &action))
		fixture_measure(&f, 0, &action);
	assert_int_equal(action.kind, BISECT_CHOOSE);
	fixture_choose(&f);
	for (int i = 0; i < 12; i++) {
		assert_int_equal(bisect_mark_of(f.b, 1), BISECT_UNMARKED);
		fixture_boot(&f, 1, 0, 1, 104.999, 0);
	}
	assert_true(bisect_mark_of(f.b, 1) == BISECT_GOOD || bisect_mark_of(f.b, 1) == BISECT_BAD);
	fixture_release(&f);
}

/* A commit's first boots lie; the fresh ones of the verification do not. */
static void test_refuted_culprit_moves_the_search_on(void **state UNUSED)
{
	struct fixture f;
	bool was_bad = false;

	fixture_linear(&f, BISECT_SEQUENTIAL, 40);
	f.culprit = 20;
	f.liar = 19;
	f.lies = 1;
	f.noise = 0.3;
	while (fixture_step(&f))
		was_bad |= bisect_mark_of(f.b, 19) == BISECT_BAD;
	expect_verdict(&f, BISECT_NAMED, 20);
	assert_true(was_bad);
	assert_int_equal(bisect_mark_of(f.b, 19), BISECT_GOOD);
	fixture_release(&f);
}

static void test_refuted_parent_moves_the_search_on(void **state UNUSED)
{
	struct fixture f;
	bool was_good = false;

	fixture_linear(&f, BISECT_SEQUENTIAL, 40);
	f.culprit = 20;
	f.liar = 20;
	f.lies = 1;
	f.noise = 0.3;
	while (fixture_step(&f))
		was_good |= bisect_mark_of(f.b, 20) == BISECT_GOOD;
	expect_verdict(&f, BISECT_NAMED, 20);
	assert_true(was_good);
	fixture_release(&f);
}

/*
 *	0 - 1 - 2 ----- 6 - 7
 *	     \ 3 - 4 - 5 /
 */
static void test_merges_name_the_commit_of_a_side_branch(void **state UNUSED)
{
	for (size_t culprit = 1; culprit < 8; culprit++) {
		static const size_t parents[8] = { 0, 0, 1, 1, 3, 4, 2, 6 };
		struct fixture f;

		fixture_init(&f, BISECT_SEQUENTIAL);
		for (size_t i = 0; i < 8; i++)
			fixture_add_commit(&f, parents[i], i == 6 ? 5 : BISECT_NONE);
		f.culprit = culprit;
		fixture_run(&f);
		expect_verdict(&f, BISECT_NAMED, culprit);
		/* All parents of a merge are seen. */
		if (culprit == 6) {
			struct bisect_commit_state one, other;

			bisect_commit_state(f.b, 2, &one);
			bisect_commit_state(f.b, 5, &other);
			assert_true(one.boots && other.boots);
		}
		fixture_release(&f);
	}
}

static void test_the_users_word_stands(void **state UNUSED)
{
	struct bisect_answer answer = BISECT_ANSWER_INIT;
	struct bisect_commit_state measured;
	struct fixture f;

	fixture_linear(&f, BISECT_SEQUENTIAL, 20);
	f.culprit = 10;
	fixture_record(&f, (struct bisect_event){ .kind = BISECT_USER_BAD, .commit = 6 });
	fixture_record(&f, (struct bisect_event){ .kind = BISECT_USER_GOOD, .commit = 5 });
	fixture_run(&f);
	expect_verdict(&f, BISECT_NAMED, 6);
	bisect_commit_state(f.b, 6, &measured);
	assert_int_equal(measured.boots, 0);
	/* Nobody but the user vouches for that. */
	bisect_answer(f.b, &answer);
	assert_true(answer.confidence == 0);
	bisect_answer_release(&answer);
	fixture_release(&f);
	/* A skip is taken as git's, and taken back by a retry. */
	fixture_linear(&f, BISECT_SEQUENTIAL, 20);
	f.culprit = 10;
	fixture_record(&f, (struct bisect_event){ .kind = BISECT_USER_SKIP, .commit = 10 });
	fixture_run(&f);
	expect_verdict(&f, BISECT_SET, BISECT_NONE);
	fixture_record(&f, (struct bisect_event){ .kind = BISECT_RETRY, .commit = 10 });
	fixture_run(&f);
	expect_verdict(&f, BISECT_NAMED, 10);
	fixture_release(&f);
}

/* A good mark takes back that an ancestor was measured bad. */
static void test_the_users_word_takes_back_verdicts(void **state UNUSED)
{
	struct fixture f;

	fixture_linear(&f, BISECT_SEQUENTIAL, 40);
	f.culprit = 10;
	while (bisect_mark_of((fixture_start(&f), f.b), 19) == BISECT_UNMARKED &&
	       bisect_mark_of(f.b, 20) == BISECT_UNMARKED)
		fixture_step(&f);
	fixture_record(&f, (struct bisect_event){ .kind = BISECT_USER_GOOD, .commit = 30 });
	assert_int_equal(bisect_mark_of(f.b, 19), BISECT_UNMARKED);
	assert_int_equal(bisect_mark_of(f.b, 20), BISECT_UNMARKED);
	assert_int_equal(bisect_mark_of(f.b, 30), BISECT_GOOD);
	fixture_release(&f);
}

static void test_ends_are_booted_again_now_and_then(void **state UNUSED)
{
	struct fixture f;

	fixture_linear(&f, BISECT_SEQUENTIAL, 60);
	f.culprit = 23;
	f.bad = 102;
	f.options.reanchor = 5;
	fixture_run(&f);
	assert_non_null(strstr(strstr(f.said.buf, "test"), "anchor"));
	fixture_release(&f);
}

static void test_machines_share_the_ends_and_a_test(void **state UNUSED)
{
	struct bisect_action action;
	struct fixture f;
	size_t ends[2] = { 0, 0 };

	fixture_linear(&f, BISECT_SEQUENTIAL, 20);
	f.options.machines = 4;
	fixture_start(&f);
	for (size_t i = 0; i < 4; i++) {
		bisect_next(f.b, i, &action);
		assert_int_equal(action.kind, BISECT_MEASURE);
		assert_true(!action.commit || action.commit == 19);
		ends[action.commit == 19]++;
		fixture_record(&f, (struct bisect_event){
					   .kind = BISECT_ISSUED, .commit = action.commit, .machine = i });
	}
	assert_true(ends[0] == 2 && ends[1] == 2);
	/* Who asks is not at work, whatever was issued to it before. */
	bisect_next(f.b, 3, &action);
	assert_int_equal(action.kind, BISECT_MEASURE);
	fixture_release(&f);
}

/* Each knows one end; all boots of both ends are used up. None waits for the other for ever. */
static void test_machines_that_booted_one_end_boot_the_other(void **state UNUSED)
{
	struct bisect_action action;
	struct fixture f;

	fixture_linear(&f, BISECT_SEQUENTIAL, 10);
	f.options.machines = 2;
	for (size_t i = 0; i < 12; i++)
		for (size_t machine = 0; machine < 2; machine++)
			fixture_boot(&f, machine ? 9 : 0, machine, 3, machine ? f.bad : f.good, f.noise);
	for (size_t machine = 0; machine < 2; machine++) {
		bisect_next(f.b, machine, &action);
		assert_int_equal(action.kind, BISECT_MEASURE);
		assert_int_equal(action.commit, machine ? 0 : 9);
	}
	fixture_release(&f);
}

/*
 * The ends' boots have one sample each and nothing is known of what is within; that of a machine
 * which has booted one end alone has three, and is of no end's levels.
 */
static void test_a_machine_that_cannot_be_compared_says_nothing_of_the_noise(void **state UNUSED)
{
	struct bisect_anchors alone, beside;

	for (size_t others = 0; others < 2; others++) {
		struct fixture f;

		fixture_linear(&f, BISECT_SEQUENTIAL, 10);
		f.options.machines = 2;
		if (others)
			fixture_boot(&f, 0, 1, 3, 500, 0.01);
		for (size_t i = 0; i < f.options.anchors_max + 12; i++) {
			fixture_boot(&f, 0, 0, 1, i % 4 == 3 ? 120 : 100, 0.01);
			fixture_boot(&f, 9, 0, 1, i % 4 == 1 ? 121 : 101, 0.01);
		}
		bisect_anchors(f.b, others ? &beside : &alone);
		fixture_release(&f);
	}
	assert_true(alone.complete && beside.complete);
	assert_int_equal(alone.clear, beside.clear);
	assert_int_equal(alone.not_reproduced, beside.not_reproduced);
}

static void test_machine_waits_for_a_boot_that_may_be_enough(void **state UNUSED)
{
	struct bisect_action action;
	struct fixture f;

	fixture_linear(&f, BISECT_SEQUENTIAL, 20);
	f.noise = 0.1;
	f.options.machines = 2;
	while (!strstr(f.said.buf, "choose"))
		fixture_step(&f);
	bisect_next(f.b, 0, &action);
	assert_int_equal(action.kind, BISECT_MEASURE);
	fixture_record(&f,
		       (struct bisect_event){ .kind = BISECT_ISSUED, .commit = action.commit, .machine = 0 });
	bisect_next(f.b, 1, &action);
	assert_int_equal(action.kind, BISECT_WAIT);
	fixture_measure(&f, 0,
			&(struct bisect_action){ .commit = f.events[f.nevents - 1].commit, .samples = 1 });
	bisect_next(f.b, 1, &action);
	assert_int_equal(action.kind, BISECT_CHOOSE);
	fixture_release(&f);
}

#define DRIFT_BOOTS 80

static void test_wander_is_nothing_unless_it_is_clear(void **state UNUSED)
{
	struct sequential_drift_boot boots[DRIFT_BOOTS];
	double offsets[DRIFT_BOOTS];
	struct rng rng;

	rng_seed(&rng, 1, 0);
	for (size_t i = 0; i < DRIFT_BOOTS; i++)
		boots[i] = (struct sequential_drift_boot){ true, rng_normal(&rng), 1 };
	sequential_drift(boots, DRIFT_BOOTS, offsets);
	for (size_t i = 0; i < DRIFT_BOOTS; i++)
		assert_true(offsets[i] == 0);
	sequential_drift(boots, 0, offsets);
}

static void test_wander_is_followed_across_unknown_boots(void **state UNUSED)
{
	struct sequential_drift_boot boots[DRIFT_BOOTS];
	double offsets[DRIFT_BOOTS];
	struct rng rng;

	rng_seed(&rng, 1, 0);
	for (size_t i = 0; i < DRIFT_BOOTS; i++)
		boots[i] = (struct sequential_drift_boot){ i % 3 != 1,
							   0.1 * (double)i + 0.5 * rng_normal(&rng), 0.25 };
	/* One that is far off pulls no more than three deviations do. */
	boots[40].known = true;
	boots[40].residual = 1000;
	boots[41].residual = NAN;
	boots[41].known = false;
	sequential_drift(boots, DRIFT_BOOTS, offsets);
	for (size_t i = 0; i < DRIFT_BOOTS; i++)
		assert_true(fabs(offsets[i] - 0.1 * (double)i) < 1.5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names_every_culprit),
		cmocka_unit_test(test_two_commits_need_no_search),
		cmocka_unit_test(test_directions_mirror_each_other),
		cmocka_unit_test(test_improvement_is_not_a_regression),
		cmocka_unit_test(test_zero_variance_divides_by_nothing),
		cmocka_unit_test(test_nothing_today_is_not_reproduced),
		cmocka_unit_test(test_less_than_half_is_not_reproduced),
		cmocka_unit_test(test_boots_of_two_kinds_name_nobody),
		cmocka_unit_test(test_effect_below_the_floor_is_no_verdict),
		cmocka_unit_test(test_unbuildable_commits_are_a_set),
		cmocka_unit_test(test_unbuildable_ends_end_it),
		cmocka_unit_test(test_noise_is_never_a_skip),
		cmocka_unit_test(test_refuted_culprit_moves_the_search_on),
		cmocka_unit_test(test_refuted_parent_moves_the_search_on),
		cmocka_unit_test(test_merges_name_the_commit_of_a_side_branch),
		cmocka_unit_test(test_the_users_word_stands),
		cmocka_unit_test(test_the_users_word_takes_back_verdicts),
		cmocka_unit_test(test_ends_are_booted_again_now_and_then),
		cmocka_unit_test(test_machines_share_the_ends_and_a_test),
		cmocka_unit_test(test_machines_that_booted_one_end_boot_the_other),
		cmocka_unit_test(test_a_machine_that_cannot_be_compared_says_nothing_of_the_noise),
		cmocka_unit_test(test_machine_waits_for_a_boot_that_may_be_enough),
		cmocka_unit_test(test_wander_is_nothing_unless_it_is_clear),
		cmocka_unit_test(test_wander_is_followed_across_unknown_boots),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
