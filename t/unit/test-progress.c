#include "unit.h"

#include "ui/progress.h"

static void expect_line(size_t done, size_t total, double elapsed, size_t width, const char *expected)
{
	struct progress p = { .title = "Walking", .total = total, .done = done };
	struct strbuf line = STRBUF_INIT;

	progress_format(&p, elapsed, width, &line);
	assert_string_equal(line.buf, expected);
	strbuf_release(&line);
}

static void test_percent_and_counts(void **state UNUSED)
{
	expect_line(0, 200, 1, 0, "Walking:   0% (0/200)");
	expect_line(1, 200, 1, 0, "Walking:   0% (1/200)");
	expect_line(199, 200, 1, 0, "Walking:  99% (199/200)");
	expect_line(200, 200, 9, 0, "Walking: 100% (200/200)");
}

static void test_without_a_total_there_is_a_count(void **state UNUSED)
{
	expect_line(1234, 0, 100, 0, "Walking: 1234");
}

static void test_the_estimate_follows_from_the_work_done(void **state UNUSED)
{
	expect_line(50, 200, 10, 0, "Walking:  25% (50/200), 30 s left");
	expect_line(1, 2, 59.4, 0, "Walking:  50% (1/2), 59 s left");
	expect_line(1, 2, 89, 0, "Walking:  50% (1/2), 1 min left");
	expect_line(1, 2, 91, 0, "Walking:  50% (1/2), 2 min left");
	expect_line(1, 2, 3900, 0, "Walking:  50% (1/2), 1 h 05 min left");
	expect_line(999, 1000, 10, 0, "Walking:  99% (999/1000), 1 s left");
}

static void test_there_is_no_estimate_from_too_little(void **state UNUSED)
{
	expect_line(50, 200, 1.9, 0, "Walking:  25% (50/200)");
	expect_line(0, 200, 10, 0, "Walking:   0% (0/200)");
}

static void test_more_done_than_there_was_is_survived(void **state UNUSED)
{
	expect_line(300, 200, 10, 0, "Walking: 100% (300/200)");
}

static void test_a_narrow_terminal_loses_the_estimate_first(void **state UNUSED)
{
	expect_line(50, 200, 10, 33, "Walking:  25% (50/200), 30 s left");
	expect_line(50, 200, 10, 32, "Walking:  25% (50/200)");
	expect_line(50, 200, 10, 10, "Walking:  ");
}

static void test_never_means_silence(void **state UNUSED)
{
	struct progress p;

	progress_start(&p, "Walking", 2, 0);
	progress_update(&p, 1);
	assert_false(p.shown);
	progress_stop(&p);
	progress_stop(&p);
}

static void work_for_two_minutes(void)
{
	struct progress p;

	progress_start(&p, "Walking", 10, 1);
	p.tty = false;
	progress_update(&p, 1);
	p.last_shown -= 61;
	progress_update(&p, 2);
	progress_update(&p, 3);
	p.last_shown -= 61;
	progress_update(&p, 4);
	progress_stop(&p);
	fflush(stderr);
}

static void test_without_a_terminal_there_is_a_line_a_minute(void **state UNUSED)
{
	struct strbuf said = STRBUF_INIT;

	assert_int_equal(unit_child(work_for_two_minutes, &said), 0);
	assert_string_equal(said.buf, "Walking:  20% (2/10)\n"
				      "Walking:  40% (4/10)\n"
				      "Walking:  40% (4/10), done.\n");
	strbuf_release(&said);
}

static void work_at_once(void)
{
	struct progress p;

	progress_start_now(&p, "Listing", 0, 1);
	progress_stop(&p);
	progress_start_now(&p, "Walking", 2, 1);
	progress_update(&p, 2);
	p.started -= p.delay;
	progress_stop(&p);
	progress_start_now(&p, "Silent", 2, 0);
	progress_stop(&p);
	fflush(stderr);
}

static void test_a_first_line_waits_for_nothing_and_short_work_adds_none(void **state UNUSED)
{
	struct strbuf said = STRBUF_INIT;

	assert_int_equal(unit_child(work_at_once, &said), 0);
	assert_string_equal(said.buf, "Listing\n"
				      "Walking:   0% (0/2)\n"
				      "Walking: 100% (2/2), done.\n");
	strbuf_release(&said);
}

static void test_a_zeroed_one_may_be_stopped(void **state UNUSED)
{
	struct progress p = { .title = NULL };

	progress_stop(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_percent_and_counts),
		cmocka_unit_test(test_without_a_total_there_is_a_count),
		cmocka_unit_test(test_the_estimate_follows_from_the_work_done),
		cmocka_unit_test(test_there_is_no_estimate_from_too_little),
		cmocka_unit_test(test_more_done_than_there_was_is_survived),
		cmocka_unit_test(test_a_narrow_terminal_loses_the_estimate_first),
		cmocka_unit_test(test_never_means_silence),
		cmocka_unit_test(test_without_a_terminal_there_is_a_line_a_minute),
		cmocka_unit_test(test_a_first_line_waits_for_nothing_and_short_work_adds_none),
		cmocka_unit_test(test_a_zeroed_one_may_be_stopped),
	};

	return cmocka_run_group_tests_name("progress", tests, NULL, NULL);
}
