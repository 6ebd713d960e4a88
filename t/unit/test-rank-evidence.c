#include "rank-fixture.h"

#define PART(part) (1u << (part))

/*
 * Of two commits the first is ahead by exactly these kinds of evidence. It is
 * the older one, so that it would be behind without them.
 */
static void expect_ahead(struct rank *rank, unsigned parts)
{
	const struct rank_result *a, *b;

	rank_finish(rank);
	a = rank_result(rank, 0);
	b = rank_result(rank, 1);
	for (size_t i = 0; i < RANK_PARTS; i++) {
		const char *name = rank_part_info((enum rank_part)i)->name;

		if (parts & PART(i) ? a->parts[i] <= b->parts[i] : a->parts[i] != b->parts[i])
			fail_msg("%s: %f and %f", name, a->parts[i], b->parts[i]);
	}
	assert_int_equal(rank_order(rank)[0], 0);
	assert_int_equal(rank_order(rank)[1], 1);
	assert_int_equal(a->rank, 1);
	assert_int_equal(b->rank, 2);
	assert_true(a->score > b->score);
	assert_true(a->weight > b->weight);
	rank_free(rank);
}

static void test_hunk_in_a_hot_function(void **state UNUSED)
{
	struct rank *rank = new_rank(2, "", NULL);

	say_nothing(rank, 0, 2);
	for (size_t i = 0; i < 2; i++) {
		rank_file(rank, i, 0);
		line(rank, "x");
		changed(rank, i ? "other_fn" : "fast_path", 3);
	}
	expect_ahead(rank, PART(RANK_HUNK));
}

static void test_hunk_in_the_hotter_function(void **state UNUSED)
{
	struct rank *rank = new_rank(2, "", NULL);

	say_nothing(rank, 0, 2);
	for (size_t i = 0; i < 2; i++) {
		rank_file(rank, i, 0);
		changed(rank, i ? "slow_path" : "fast_path", 3);
	}
	expect_ahead(rank, PART(RANK_HUNK));
}

static void test_more_lines_of_a_hot_function(void **state UNUSED)
{
	struct rank *rank = new_rank(2, "", NULL);

	say_nothing(rank, 0, 2);
	for (size_t i = 0; i < 2; i++) {
		rank_file(rank, i, 0);
		changed(rank, "fast_path", i ? 1 : 2);
	}
	expect_ahead(rank, PART(RANK_HUNK));
}

static void test_hot_function_whose_file_is_unknown(void **state UNUSED)
{
	struct rank *rank = new_rank(2, "", NULL);

	say_nothing(rank, 0, 2);
	for (size_t i = 0; i < 2; i++) {
		rank_file(rank, i, 1);
		changed(rank, i ? "other_fn" : "nowhere_known", 1);
	}
	expect_ahead(rank, PART(RANK_HUNK));
}

static void test_what_is_in_no_hot_function_is_no_hunk(void **state UNUSED)
{
	struct rank *rank = new_rank(1, "", NULL);

	say_nothing(rank, 0, 1);
	rank_file(rank, 0, 0);
	changed(rank, "-", 10);
	changed(rank, "fast_path", 0);
	changed(rank, "fast_pat", 10);
	changed(rank, "fast_path2", 10);
	rank_header(rank, 0);
	changed(rank, "fast_path", 10);
	rank_finish(rank);
	assert_true(rank_result(rank, 0)->parts[RANK_HUNK] == 0);
	assert_int_equal(rank_result(rank, 0)->nhits, 0);
	rank_free(rank);
}

static void test_churn_in_the_hotter_file(void **state UNUSED)
{
	struct rank *rank = new_rank(2, "", NULL);

	say_nothing(rank, 0, 2);
	for (size_t i = 0; i < 2; i++) {
		rank_file(rank, i, (uint32_t)i);
		line(rank, "x");
	}
	/* The file's folder is as hot as the file. */
	expect_ahead(rank, PART(RANK_CHURN) | PART(RANK_DIRECTORY));
}

static void test_churn_of_more_lines(void **state UNUSED)
{
	struct rank *rank = new_rank(2, "", NULL);

	say_nothing(rank, 0, 2);
	for (size_t i = 0; i < 2; i++) {
		rank_file(rank, i, 0);
		for (size_t k = 0; k < 2 - i; k++)
			line(rank, "x");
	}
	expect_ahead(rank, PART(RANK_CHURN));
}

static void test_use_of_what_a_hot_function_uses(void **state UNUSED)
{
	static const char body[] = "void fast_path(void)\n{\n\tring_head++;\n}\n";
	struct rank *rank = new_rank(2, "", NULL);

	say_nothing(rank, 0, 2);
	rank_body(rank, 0, body, strlen(body));
	for (size_t i = 0; i < 2; i++) {
		rank_file(rank, i, 1);
		line(rank, i ? "thing = other_head;" : "thing = ring_head;");
	}
	expect_ahead(rank, PART(RANK_USES));
}

static void test_use_of_what_the_hotter_function_uses(void **state UNUSED)
{
	struct rank *rank = new_rank(2, "", NULL);

	say_nothing(rank, 0, 2);
	rank_body(rank, 0, "ring_head", 9);
	rank_body(rank, 1, "list_head", 9);
	for (size_t i = 0; i < 2; i++) {
		rank_file(rank, i, 1);
		line(rank, i ? "list_head" : "ring_head");
	}
	expect_ahead(rank, PART(RANK_USES));
}

static void test_use_that_few_others_have(void **state UNUSED)
{
	struct rank *rank = new_rank(3, "", NULL);

	say_nothing(rank, 0, 3);
	rank_body(rank, 0, "ring_head ring_tail", 19);
	for (size_t i = 0; i < 3; i++) {
		rank_file(rank, i, 1);
		line(rank, i ? "ring_tail" : "ring_head");
	}
	rank_finish(rank);
	assert_int_equal(rank_order(rank)[0], 0);
	assert_true(rank_result(rank, 0)->parts[RANK_USES] > rank_result(rank, 1)->parts[RANK_USES]);
	assert_true(rank_result(rank, 1)->parts[RANK_USES] == rank_result(rank, 2)->parts[RANK_USES]);
	rank_free(rank);
}

static void test_a_function_does_not_use_itself(void **state UNUSED)
{
	struct rank *rank = new_rank(2, "", NULL);

	say_nothing(rank, 0, 2);
	rank_body(rank, 0, "fast_path ring_head", 19);
	rank_file(rank, 0, 1);
	line(rank, "fast_path();");
	rank_finish(rank);
	assert_true(rank_result(rank, 0)->parts[RANK_USES] == 0);
	rank_free(rank);
}

static void test_words_of_comments_are_not_used(void **state UNUSED)
{
	struct rank *rank = new_rank(2, "", NULL);
	static const char body[] = "ring_head; /* the ring_tail */";

	say_nothing(rank, 0, 2);
	rank_body(rank, 0, body, strlen(body));
	for (size_t i = 0; i < 2; i++) {
		rank_file(rank, i, 1);
		line(rank, i ? "the ring_tail" : "the ring_head");
	}
	expect_ahead(rank, PART(RANK_USES));
}

static void test_header_with_what_a_hot_function_uses(void **state UNUSED)
{
	struct rank *rank = new_rank(2, "", NULL);

	say_nothing(rank, 0, 2);
	rank_body(rank, 0, "ring_head", 9);
	for (size_t i = 0; i < 2; i++) {
		rank_header(rank, i);
		line(rank, i ? "int other_head;" : "int ring_head;");
	}
	expect_ahead(rank, PART(RANK_HEADER));
}

static void test_headers_are_no_files_of_the_profile(void **state UNUSED)
{
	struct rank *rank = new_rank(1, "", NULL);

	say_nothing(rank, 0, 1);
	rank_body(rank, 0, "ring_head", 9);
	rank_header(rank, 0);
	line(rank, "ring_head");
	rank_finish(rank);
	assert_false(rank_result(rank, 0)->touches);
	assert_true(rank_result(rank, 0)->parts[RANK_HEADER] > 0);
	assert_true(rank_result(rank, 0)->parts[RANK_CHURN] == 0);
	rank_free(rank);
}

static size_t directory(const struct rank *rank, const char *name)
{
	for (size_t i = 0; i < rank_ndirectories(rank); i++)
		if (!strcmp(rank_directory_name(rank, i), name))
			return i;
	fail_msg("no directory %s", name);
	return 0;
}

static void test_code_beside_the_hotter_file(void **state UNUSED)
{
	struct rank *rank = new_rank(2, "", NULL);

	say_nothing(rank, 0, 2);
	assert_int_equal(rank_ndirectories(rank), 2);
	rank_nearby(rank, 0, directory(rank, "drivers/net"), "other.c");
	rank_nearby(rank, 1, directory(rank, "lib"), "other.c");
	expect_ahead(rank, PART(RANK_DIRECTORY));
}

static void test_message_that_names_a_hot_function(void **state UNUSED)
{
	struct rank *rank = new_rank(2, "", NULL);

	say(rank, 0, "A", "zero", "in fast_path something");
	say(rank, 1, "A", "zero", "in cold_road something");
	expect_ahead(rank, PART(RANK_MESSAGE));
}

static void test_subject_that_names_a_hot_file(void **state UNUSED)
{
	struct rank *rank = new_rank(2, "", NULL);

	/* The subject counts four times: as messages, the two are alike. */
	say(rank, 0, "A", "ring", "zero zero zero zero");
	say(rank, 1, "A", "zero", "ring ring ring ring");
	expect_ahead(rank, PART(RANK_SUBJECT));
}

static void test_message_that_speaks_of_the_context(void **state UNUSED)
{
	struct rank *rank = new_rank(2, "latency of the wakeup", NULL);

	say(rank, 0, "A", "zero", "wake them up");
	say(rank, 1, "A", "zero", "cold them up");
	expect_ahead(rank, PART(RANK_CONTEXT) | PART(RANK_MESSAGE));
}

static void test_code_with_words_of_the_context(void **state UNUSED)
{
	struct rank *rank = new_rank(2, "allocation", NULL);

	say_nothing(rank, 0, 2);
	for (size_t i = 0; i < 2; i++) {
		rank_file(rank, i, 0);
		changed(rank, i ? "pool_get" : "pool_alloc", 3);
	}
	expect_ahead(rank, PART(RANK_CODE));
}

static void test_file_with_words_of_the_context(void **state UNUSED)
{
	struct rank *rank = new_rank(2, "allocation", NULL);

	say_nothing(rank, 0, 2);
	rank_nearby(rank, 0, directory(rank, "lib"), "alloc.c");
	rank_nearby(rank, 1, directory(rank, "lib"), "other.c");
	expect_ahead(rank, PART(RANK_CODE));
}

static void test_named_by_a_later_fix(void **state UNUSED)
{
	struct rank *rank = new_rank(2, "", NULL);

	say_nothing(rank, 0, 2);
	rank_named(rank, 0, false);
	expect_ahead(rank, PART(RANK_NAMED));
}

static void test_reverted_counts_against(void **state UNUSED)
{
	struct rank *rank = new_rank(2, "", NULL);

	say_nothing(rank, 0, 2);
	rank_named(rank, 1, true);
	rank_named(rank, 1, false);
	expect_ahead(rank, PART(RANK_NAMED));
}

static void caller(struct rank *rank, const char *name, uint32_t function, double weight)
{
	rank_caller(rank, &(struct rank_caller){ .name = name, .function = function, .weight = weight });
}

/* A ranking in which only hunks, and callers of their functions, count. */
static struct rank *new_calls_rank(size_t ncommits)
{
	static const double weights[RANK_PARTS] = { [RANK_HUNK] = 1, [RANK_CALLS] = 1 };

	return new_rank(ncommits, "", weights);
}

static void test_functions_that_call_hot_ones(void **state UNUSED)
{
	struct rank *rank = new_calls_rank(2);
	struct strbuf reason = STRBUF_INIT;

	caller(rank, "above", 0, 1);
	say_nothing(rank, 0, 2);
	for (size_t i = 0; i < 2; i++) {
		rank_file(rank, i, 0);
		changed(rank, i ? "other_fn" : "above", 3);
	}
	rank_finish(rank);
	assert_true(rank_result(rank, 0)->parts[RANK_CALLS] > 0);
	assert_true(rank_result(rank, 1)->parts[RANK_CALLS] == 0);
	assert_int_equal(rank_result(rank, 0)->nhits, 0);
	rank_reason(rank, 0, RANK_CALLS, &reason);
	assert_string_equal(reason.buf, "3 lines in above, which calls fast_path (50%)");
	strbuf_release(&reason);
	rank_free(rank);
}

static void test_a_caller_counts_by_the_strongest_of_its_calls(void **state UNUSED)
{
	struct rank *rank = new_calls_rank(1);
	struct strbuf reason = STRBUF_INIT;

	caller(rank, "above", 0, 0.1);
	caller(rank, "above", 2, 1);
	caller(rank, "above", 1, 1);
	say_nothing(rank, 0, 1);
	rank_file(rank, 0, 0);
	changed(rank, "above", 1);
	rank_file(rank, 0, 1);
	changed(rank, "above", 1);
	rank_finish(rank);
	rank_reason(rank, 0, RANK_CALLS, &reason);
	assert_string_equal(reason.buf, "2 lines in above, which calls nowhere_known (5%)");
	strbuf_release(&reason);
	rank_free(rank);
}

static void test_callers_of_hotter_functions_count_more(void **state UNUSED)
{
	struct rank *rank = new_calls_rank(3);

	caller(rank, "of_fast", 0, 0.5);
	caller(rank, "of_slow", 1, 0.5);
	caller(rank, "far_from_fast", 0, 0.25);
	say_nothing(rank, 0, 3);
	rank_file(rank, 0, 0);
	changed(rank, "of_fast", 3);
	rank_file(rank, 1, 0);
	changed(rank, "far_from_fast", 3);
	rank_file(rank, 2, 0);
	changed(rank, "of_slow", 3);
	rank_finish(rank);
	for (uint32_t i = 0; i < 3; i++)
		assert_int_equal(rank_order(rank)[i], i);
	rank_free(rank);
}

static void test_callers_say_nothing_of_what_changes_a_hot_function(void **state UNUSED)
{
	struct rank *rank = new_calls_rank(1);

	caller(rank, "slow_path", 0, 1);
	caller(rank, "above", 0, 1);
	say_nothing(rank, 0, 1);
	rank_file(rank, 0, 0);
	changed(rank, "slow_path", 3);
	changed(rank, "above", 3);
	rank_finish(rank);
	assert_true(rank_result(rank, 0)->parts[RANK_CALLS] == 0);
	assert_int_equal(rank_result(rank, 0)->nhits, 1);
	rank_free(rank);
}

/* However few there are of them: what is weak beside changes of hot functions stays so. */
static void test_callers_are_measured_against_hunks(void **state UNUSED)
{
	struct rank *rank = new_calls_rank(3);

	caller(rank, "above", 0, 0.25);
	say_nothing(rank, 0, 3);
	for (size_t i = 0; i < 3; i++) {
		rank_file(rank, i, 0);
		changed(rank, i ? "fast_path" : "above", 3);
	}
	rank_finish(rank);
	assert_true(fabs(rank_result(rank, 1)->parts[RANK_HUNK] - 1) < 1e-9);
	assert_true(fabs(rank_result(rank, 0)->parts[RANK_CALLS] - 0.25) < 1e-9);
	rank_free(rank);
}

static void test_a_function_of_two_places_weighs_half_in_each(void **state UNUSED)
{
	static const struct rank_function both[] = { { "fast_path", 50, 0, 2 },
						     { "fast_path", 50, 1, 2 },
						     { "slow_path", 50, 2, 1 } };
	static const char *const three[] = { "a/one.c", "b/two.c", "c/three.c" };
	static const double weights[RANK_PARTS] = { [RANK_CHURN] = 1 };
	struct rank_query query = { .functions = both,
				    .nfunctions = 3,
				    .paths = three,
				    .npaths = 3,
				    .context = "",
				    .ncommits = 3,
				    .weights = weights };
	struct rank *rank = rank_new(&query);
	double parts[3];

	say_nothing(rank, 0, 3);
	for (uint32_t i = 0; i < 3; i++) {
		rank_file(rank, i, i);
		line(rank, "x");
	}
	rank_finish(rank);
	for (size_t i = 0; i < 3; i++)
		parts[i] = rank_result(rank, i)->parts[RANK_CHURN];
	assert_true(parts[0] == parts[1]);
	assert_true(parts[2] > parts[0]);
	rank_free(rank);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_functions_that_call_hot_ones),
		cmocka_unit_test(test_a_caller_counts_by_the_strongest_of_its_calls),
		cmocka_unit_test(test_callers_of_hotter_functions_count_more),
		cmocka_unit_test(test_callers_say_nothing_of_what_changes_a_hot_function),
		cmocka_unit_test(test_callers_are_measured_against_hunks),
		cmocka_unit_test(test_a_function_of_two_places_weighs_half_in_each),
		cmocka_unit_test(test_hunk_in_a_hot_function),
		cmocka_unit_test(test_hunk_in_the_hotter_function),
		cmocka_unit_test(test_more_lines_of_a_hot_function),
		cmocka_unit_test(test_hot_function_whose_file_is_unknown),
		cmocka_unit_test(test_what_is_in_no_hot_function_is_no_hunk),
		cmocka_unit_test(test_churn_in_the_hotter_file),
		cmocka_unit_test(test_churn_of_more_lines),
		cmocka_unit_test(test_use_of_what_a_hot_function_uses),
		cmocka_unit_test(test_use_of_what_the_hotter_function_uses),
		cmocka_unit_test(test_use_that_few_others_have),
		cmocka_unit_test(test_a_function_does_not_use_itself),
		cmocka_unit_test(test_words_of_comments_are_not_used),
		cmocka_unit_test(test_header_with_what_a_hot_function_uses),
		cmocka_unit_test(test_headers_are_no_files_of_the_profile),
		cmocka_unit_test(test_code_beside_the_hotter_file),
		cmocka_unit_test(test_message_that_names_a_hot_function),
		cmocka_unit_test(test_subject_that_names_a_hot_file),
		cmocka_unit_test(test_message_that_speaks_of_the_context),
		cmocka_unit_test(test_code_with_words_of_the_context),
		cmocka_unit_test(test_file_with_words_of_the_context),
		cmocka_unit_test(test_named_by_a_later_fix),
		cmocka_unit_test(test_reverted_counts_against),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
