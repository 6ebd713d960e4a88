#include "rank-fixture.h"

#include "base/error.h"

static void expect_reason(const struct rank *rank, size_t commit, enum rank_part part, const char *reason)
{
	struct strbuf out = STRBUF_INIT;

	rank_reason(rank, commit, part, &out);
	assert_string_equal(out.buf, reason);
	strbuf_release(&out);
}

static void test_parts_sum_to_the_score(void **state UNUSED)
{
	struct rank *rank = new_rank(5, "wakeup latency", NULL);
	double weights = 0;
	bool seen[5] = { false };

	rank_body(rank, 0, "ring_head ring_tail", 19);
	for (size_t i = 0; i < 5; i++) {
		say(rank, i, "A", i & 1 ? "ring: wake" : "slow: zero", "fast_path");
		rank_file(rank, i, i & 1);
		line(rank, i > 2 ? "ring_head" : "ring_tail");
		changed(rank, "fast_path", i);
	}
	rank_named(rank, 3, true);
	rank_finish(rank);
	for (size_t i = 0; i < 5; i++) {
		const struct rank_result *r = rank_result(rank, i);
		double sum = 0;

		for (size_t k = 0; k < RANK_PARTS; k++)
			sum += r->parts[k];
		assert_true(fabs(sum - r->score) < 1e-12);
		assert_true(r->weight > 0);
		weights += r->weight;
		seen[rank_order(rank)[i]] = true;
		assert_int_equal(rank_result(rank, rank_order(rank)[i])->rank, i + 1);
		if (i)
			assert_true(rank_result(rank, rank_order(rank)[i - 1])->score >=
				    rank_result(rank, rank_order(rank)[i])->score);
	}
	assert_true(fabs(weights - 1) < 1e-12);
	for (size_t i = 0; i < 5; i++)
		assert_true(seen[i]);
	rank_free(rank);
}

static void test_without_evidence_the_newest_comes_first(void **state UNUSED)
{
	struct rank *rank = new_rank(3, "", NULL);

	say_nothing(rank, 0, 3);
	rank_finish(rank);
	for (uint32_t i = 0; i < 3; i++) {
		assert_int_equal(rank_order(rank)[i], 2 - i);
		assert_true(rank_result(rank, i)->score == 0);
		assert_true(fabs(rank_result(rank, i)->weight - 1.0 / 3) < 1e-12);
		assert_false(rank_result(rank, i)->touches);
	}
	rank_free(rank);
}

static void test_ten_thousand_commits_keep_a_share(void **state UNUSED)
{
	enum { N = 10000 };
	struct rank *rank = new_rank(N, "wakeup", NULL);
	double sum = 0;

	for (size_t i = 0; i < N; i++)
		say(rank, i, "A", i == 77 ? "ring: wakeup in fast_path" : "zero", "");
	rank_finish(rank);
	assert_int_equal(rank_order(rank)[0], 77);
	for (size_t i = 0; i < N; i++) {
		assert_true(rank_result(rank, i)->weight >= 0.04 / N);
		sum += rank_result(rank, i)->weight;
	}
	assert_true(fabs(sum - 1) < 1e-9);
	rank_free(rank);
}

static void test_a_twentieth_is_shared_by_all(void **state UNUSED)
{
	double weights[RANK_PARTS] = { [RANK_HUNK] = 1000 };
	struct rank *rank = new_rank(2, "", weights);

	say_nothing(rank, 0, 2);
	rank_file(rank, 0, 0);
	changed(rank, "fast_path", 1);
	rank_finish(rank);
	assert_true(fabs(rank_result(rank, 0)->weight - 0.975) < 1e-12);
	assert_true(fabs(rank_result(rank, 1)->weight - 0.025) < 1e-12);
	rank_free(rank);
}

static void test_one_giant_does_not_make_the_others_small(void **state UNUSED)
{
	struct rank *rank = new_rank(3, "", NULL);
	static const size_t lines[] = { 100000, 5, 1 };

	say_nothing(rank, 0, 3);
	for (size_t i = 0; i < 3; i++) {
		rank_file(rank, i, 0);
		changed(rank, "fast_path", lines[i]);
	}
	rank_finish(rank);
	assert_true(rank_result(rank, 0)->parts[RANK_HUNK] > 1);
	assert_true(rank_result(rank, 0)->parts[RANK_HUNK] < 1.1);
	assert_true(rank_result(rank, 1)->parts[RANK_HUNK] == 1);
	assert_true(fabs(rank_result(rank, 2)->parts[RANK_HUNK] - log(2) / log(6)) < 1e-12);
	rank_free(rank);
}

static void test_weights_of_the_caller_hold(void **state UNUSED)
{
	double weights[RANK_PARTS] = { 0 };
	struct rank *rank;

	weights[RANK_HUNK] = -3;
	rank = new_rank(2, "", weights);
	say_nothing(rank, 0, 2);
	rank_file(rank, 1, 0);
	line(rank, "x");
	changed(rank, "fast_path", 1);
	rank_finish(rank);
	assert_true(rank_result(rank, 1)->score == -3);
	assert_true(rank_result(rank, 1)->parts[RANK_CHURN] == 0);
	assert_int_equal(rank_order(rank)[0], 0);
	rank_free(rank);
}

static void test_hits_are_merged_the_hottest_first(void **state UNUSED)
{
	struct rank *rank = new_rank(1, "", NULL);
	const struct rank_result *r;

	say_nothing(rank, 0, 1);
	rank_file(rank, 0, 1);
	changed(rank, "slow_path", 2);
	changed(rank, "nowhere_known", 1);
	rank_file(rank, 0, 0);
	changed(rank, "fast_path", 1);
	changed(rank, "slow_path", 5);
	rank_finish(rank);
	r = rank_result(rank, 0);
	assert_true(r->touches);
	assert_int_equal(r->nhits, 3);
	assert_string_equal(functions[r->hits[0].function].name, "fast_path");
	assert_string_equal(functions[r->hits[1].function].name, "nowhere_known");
	assert_string_equal(functions[r->hits[2].function].name, "slow_path");
	assert_int_equal(r->hits[2].lines, 7);
	expect_reason(rank, 0, RANK_HUNK,
		      "1 line in fast_path (50%), 1 line in nowhere_known (5%), 7 lines in slow_path (1%)");
	rank_free(rank);
}

static void test_of_two_rows_of_a_name_the_hotter_counts(void **state UNUSED)
{
	static const struct rank_function twice[] = { { "fast_path", 2, 1 }, { "fast_path", 20, 0 } };
	struct rank_query query = {
		.functions = twice, .nfunctions = 2, .paths = paths, .npaths = 2, .context = "", .ncommits = 1
	};
	struct rank *rank = rank_new(&query);

	say_nothing(rank, 0, 1);
	rank_file(rank, 0, 1);
	changed(rank, "fast_path", 2);
	rank_finish(rank);
	assert_int_equal(rank_result(rank, 0)->nhits, 1);
	assert_int_equal(rank_result(rank, 0)->hits[0].function, 1);
	rank_free(rank);
}

static uint32_t series_of(struct rank *rank, size_t commit)
{
	return rank_result(rank, commit)->series;
}

static void test_series_are_neighbours_of_one_author_and_topic(void **state UNUSED)
{
	struct rank *rank = new_rank(8, "", NULL);

	say(rank, 0, "A", "ring: one", "");
	say(rank, 1, "A", "ring: two", "");
	say(rank, 2, "A", "ring: three", "");
	say(rank, 3, "B", "ring: four", "");
	say(rank, 4, "B", "list: five", "");
	say(rank, 5, "A", "ring: six", "");
	say(rank, 6, "A", "no topic", "");
	say(rank, 7, "A", "no topic", "");
	rank_finish(rank);
	assert_int_equal(series_of(rank, 0), 0);
	assert_int_equal(series_of(rank, 1), 0);
	assert_int_equal(series_of(rank, 2), 0);
	for (uint32_t i = 3; i < 8; i++)
		assert_int_equal(series_of(rank, i), i);
	rank_free(rank);
}

static void test_merges_have_no_message_and_break_no_series(void **state UNUSED)
{
	struct rank *rank = new_rank(3, "", NULL);

	say(rank, 0, "A", "ring: one", "");
	say(rank, 2, "A", "ring: two", "");
	rank_finish(rank);
	assert_int_equal(series_of(rank, 1), 1);
	assert_int_equal(series_of(rank, 2), 2);
	assert_true(rank_result(rank, 1)->weight > 0);
	assert_true(rank_result(rank, 1)->score == 0);
	rank_free(rank);
}

static void test_a_closer_look_at_the_likeliest_of_both_kinds(void **state UNUSED)
{
	struct rank *rank = new_rank(7, "wakeup", NULL);
	uint32_t commits[7];

	say(rank, 0, "A", "wakeup of all", "");
	say(rank, 1, "A", "zero", "");
	say(rank, 2, "A", "zero", "");
	say(rank, 3, "A", "zero", "a wakeup");
	/* Commit 4 is a merge. */
	say(rank, 5, "A", "zero wakeup", "");
	say(rank, 6, "A", "zero", "");
	rank_file(rank, 6, 1);
	rank_file(rank, 2, 0);
	line(rank, "x");
	changed(rank, "fast_path", 1);
	assert_int_equal(rank_closer(rank, 1, commits), 2);
	assert_int_equal(commits[1], 2);
	assert_int_equal(rank_closer(rank, 2, commits), 4);
	assert_int_equal(commits[0], 0);
	assert_int_equal(commits[1], 2);
	assert_int_equal(commits[2], 5);
	assert_int_equal(commits[3], 6);
	assert_int_equal(rank_closer(rank, 0, commits), 0);
	assert_int_equal(rank_closer(rank, 100, commits), 6);
	rank_free(rank);
}

static void test_reasons_name_what_was_found(void **state UNUSED)
{
	struct rank *rank = new_rank(2, "latency of allocation", NULL);

	rank_body(rank, 0, "ring_head ring_tail", 19);
	say(rank, 0, "A", "net: ring latency", "in fast_path");
	say(rank, 1, "A", "zero", "");
	rank_file(rank, 0, 0);
	line(rank, "ring_head");
	line(rank, "ring_head ring_tail");
	changed(rank, "pool_alloc", 2);
	rank_header(rank, 0);
	line(rank, "ring_tail");
	rank_named(rank, 0, false);
	rank_named(rank, 1, true);
	rank_finish(rank);
	expect_reason(rank, 0, RANK_HUNK, "");
	expect_reason(rank, 0, RANK_CHURN, "2 lines of drivers/net/ring.c");
	expect_reason(rank, 0, RANK_USES, "ring_head, ring_tail");
	expect_reason(rank, 0, RANK_HEADER, "ring_tail");
	expect_reason(rank, 0, RANK_DIRECTORY, "drivers/net");
	expect_reason(rank, 0, RANK_SUBJECT, "net, ring");
	expect_reason(rank, 0, RANK_CONTEXT, "latency");
	expect_reason(rank, 0, RANK_CODE, "allocation");
	expect_reason(rank, 0, RANK_NAMED, "it fixes this one");
	expect_reason(rank, 1, RANK_NAMED, "it reverts this one");
	for (size_t i = 0; i < RANK_NAMED; i++)
		expect_reason(rank, 1, (enum rank_part)i, "");
	rank_free(rank);
}

/* The same evidence, told in another order, of all commits. */
static void tell(struct rank *rank, size_t commit, bool backwards)
{
	static const char *const names[] = { "fast_path", "slow_path", "pool_alloc" };

	say(rank, commit, "A", commit % 3 ? "ring: wake" : "slow: alloc", "fast_path in ring");
	for (uint32_t k = 0; k < 2; k++) {
		rank_file(rank, commit, backwards ? 1 - k : k);
		line(rank, "ring_head = slow_tail;");
		changed(rank, names[(commit + (backwards ? 1 - k : k)) % 3], commit % 7 + 1);
	}
}

static void test_the_order_of_telling_does_not_matter(void **state UNUSED)
{
	enum { N = 50 };
	struct rank *a = new_rank(N, "wakeup allocation", NULL), *b = new_rank(N, "wakeup allocation", NULL);

	rank_body(a, 0, "ring_head slow_tail", 19);
	rank_body(b, 0, "ring_head slow_tail", 19);
	for (size_t i = 0; i < N; i++) {
		tell(a, i, false);
		tell(b, N - 1 - i, true);
	}
	rank_finish(a);
	rank_finish(b);
	for (size_t i = 0; i < N; i++) {
		assert_int_equal(rank_order(a)[i], rank_order(b)[i]);
		assert_true(rank_result(a, i)->score == rank_result(b, i)->score);
		assert_true(rank_result(a, i)->weight == rank_result(b, i)->weight);
	}
	rank_free(a);
	rank_free(b);
}

static void test_nothing_to_rank(void **state UNUSED)
{
	struct rank_query query = { .context = "" };
	struct rank *rank = rank_new(&query);
	uint32_t none;

	assert_int_equal(rank_closer(rank, 10, &none), 0);
	rank_finish(rank);
	rank_free(rank);
	rank_free(NULL);
}

static void test_weights_are_read(void **state UNUSED)
{
	double weights[RANK_PARTS];

	for (size_t i = 0; i < RANK_PARTS; i++)
		weights[i] = 7;
	assert_int_equal(rank_weights_parse("", weights), 0);
	assert_int_equal(rank_weights_parse("hunk=1.5,named=-2,context=0", weights), 0);
	for (size_t i = 0; i < RANK_PARTS; i++)
		assert_true(weights[i] == (i == RANK_HUNK      ? 1.5
					   : i == RANK_NAMED   ? -2
					   : i == RANK_CONTEXT ? 0
							       : 7));
}

static void test_every_kind_has_a_name_and_a_weight(void **state UNUSED)
{
	for (size_t i = 0; i < RANK_PARTS; i++) {
		const struct rank_part_info *info = rank_part_info((enum rank_part)i);
		double weights[RANK_PARTS] = { 0 };
		char *text = xstrfmt("%s=3", info->name);

		assert_true(*info->text && info->weight > 0);
		assert_int_equal(rank_weights_parse(text, weights), 0);
		assert_true(weights[i] == 3);
		free(text);
	}
}

static void test_wrong_weights_are_refused_with_the_names(void **state UNUSED)
{
	static const char *const wrong[] = { "hunk",       "hunk=",        "hunk=x",    "=1",
					     "hunks=1",    "hun=1",        "hunk=1;",   "hunk=1 ",
					     "hunk=nan",   "hunk=inf",     "hunk=-inf", "hunk=1001",
					     "hunk=-1001", "hunk=1e9",     "HUNK=1",    "hunk=1,,churn=1",
					     ",hunk=1",    "churn=1,nix=2" };
	double weights[RANK_PARTS];

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		if (rank_weights_parse(wrong[i], weights) != -1)
			fail_msg("%s was taken", wrong[i]);
		for (size_t k = 0; k < RANK_PARTS; k++)
			assert_non_null(strstr(error_message(), rank_part_info((enum rank_part)k)->name));
	}
	error_clear();
}

static void tell_twice(void)
{
	struct rank *rank = new_rank(1, "", NULL);

	say_nothing(rank, 0, 1);
	say_nothing(rank, 0, 1);
}

static void ask_too_early(void)
{
	rank_result(new_rank(1, "", NULL), 0);
}

static void ask_too_far(void)
{
	struct rank *rank = new_rank(1, "", NULL);

	rank_finish(rank);
	rank_result(rank, 1);
}

static void test_wrong_order_of_calls_is_a_bug(void **state UNUSED)
{
	unit_expect_bug(tell_twice, "commit 0 comes twice");
	unit_expect_bug(ask_too_early, "commit 0 of 1");
	unit_expect_bug(ask_too_far, "commit 1 of 1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parts_sum_to_the_score),
		cmocka_unit_test(test_without_evidence_the_newest_comes_first),
		cmocka_unit_test(test_ten_thousand_commits_keep_a_share),
		cmocka_unit_test(test_a_twentieth_is_shared_by_all),
		cmocka_unit_test(test_one_giant_does_not_make_the_others_small),
		cmocka_unit_test(test_weights_of_the_caller_hold),
		cmocka_unit_test(test_hits_are_merged_the_hottest_first),
		cmocka_unit_test(test_of_two_rows_of_a_name_the_hotter_counts),
		cmocka_unit_test(test_series_are_neighbours_of_one_author_and_topic),
		cmocka_unit_test(test_merges_have_no_message_and_break_no_series),
		cmocka_unit_test(test_a_closer_look_at_the_likeliest_of_both_kinds),
		cmocka_unit_test(test_reasons_name_what_was_found),
		cmocka_unit_test(test_the_order_of_telling_does_not_matter),
		cmocka_unit_test(test_nothing_to_rank),
		cmocka_unit_test(test_weights_are_read),
		cmocka_unit_test(test_every_kind_has_a_name_and_a_weight),
		cmocka_unit_test(test_wrong_weights_are_refused_with_the_names),
		cmocka_unit_test(test_wrong_order_of_calls_is_a_bug),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
