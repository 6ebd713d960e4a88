#include "store-fixture.h"

#include <math.h>

#include "base/strbuf.h"

static void test_names_of_classes_come_back(void **state UNUSED)
{
	for (int class = STORE_UNFINISHED; class <= STORE_INFRASTRUCTURE; class ++)
		assert_int_equal(store_class_parse(store_class_name(class)), class);
	assert_string_equal(store_class_name(STORE_BENCH_FAILED), "bench-failed");
	assert_int_equal(store_class_parse("bad"), -1);
}

static int take_boot(const struct store_boot *boot, void *data)
{
	strbuf_addf(data, "%" PRId64 " %.4s %s %s %s %s %s %" PRId64 " %" PRId64 " %s %g %g %g %s\n",
		    boot->id, boot->commit, boot->context, boot->machine, boot->swprofile, boot->benchmark,
		    boot->boot_id, boot->session, boot->started, store_class_name(boot->class),
		    boot->build_seconds, boot->boot_seconds, boot->bench_seconds, boot->detail);
	return 0;
}

static int take_sample(const struct store_sample *sample, const struct store_boot *boot, void *data)
{
	strbuf_addf(data, "%s/%s/%d %s %.17g %s %s %g\n", boot->boot_id, store_class_name(boot->class),
		    sample->run, sample->resultclass, sample->value, sample->unit, sample->better,
		    sample->seconds);
	return 0;
}

static void expect_boots(struct store *store, struct store_query query, const char *expect)
{
	struct strbuf out = STRBUF_INIT;

	assert_done(store_boots(store, &query, take_boot, &out));
	assert_string_equal(out.buf, expect);
	strbuf_release(&out);
}

static void expect_samples(struct store *store, struct store_query query, const char *expect)
{
	struct strbuf out = STRBUF_INIT;

	assert_done(store_samples(store, &query, take_sample, &out));
	assert_string_equal(out.buf, expect);
	strbuf_release(&out);
}

static void test_a_boot_goes_from_begun_to_ended(void **state UNUSED)
{
	struct store *store = fixture_open(0);
	struct store_boot boot = fixture_boot(COMMIT_A, NULL);

	assert_done(store_boot_begin(store, &boot));
	assert_int_equal(boot.id, 1);
	expect_boots(
		store, (struct store_query){ .boot = 1 },
		"1 aaaa c0ffee altra bisect-aaaaaaaaaaaa sysbench/thread  0 1700000000 unfinished -1 -1 -1 \n");
	assert_done(store_boot_identify(store, boot.id, "uuid"));
	expect_error(store_boot_identify(store, boot.id, "other"), "has a boot id already");
	expect_error(store_boot_identify(store, 7, "other"), "boot 7 is not stored");
	expect_error(store_boot_identify(store, boot.id, ""), "a boot id is empty");
	boot.class = STORE_BENCH_FAILED;
	boot.build_seconds = 12.5;
	boot.boot_seconds = 0;
	boot.detail = "exit status 1; \x1b[31m";
	assert_done(store_boot_end(store, &boot));
	expect_error(store_boot_end(store, &boot), "boot 1 is not stored, or has ended already");
	store_close(store);
	store = fixture_open(STORE_READ_ONLY);
	expect_boots(store, (struct store_query){ .commit = COMMIT_A },
		     "1 aaaa c0ffee altra bisect-aaaaaaaaaaaa sysbench/thread uuid 0 1700000000 bench-failed 12.5 0 -1 "
		     "exit status 1; \x1b[31m\n");
	store_close(store);
}

static void test_each_boot_is_stored_once(void **state UNUSED)
{
	struct store *store = fixture_open(0);
	struct store_boot boot = fixture_boot(COMMIT_A, "1"), again = boot,
			  unnamed = fixture_boot(COMMIT_A, "");

	assert_done(store_boot_begin(store, &boot));
	expect_error(store_boot_begin(store, &again),
		     "boot '1' of machine 'altra' is stored already for " COMMIT_A);
	again.machine = "other";
	assert_done(store_boot_begin(store, &again));
	/* Builds that failed have no boot to be told apart by. */
	assert_done(store_boot_begin(store, &unnamed));
	assert_done(store_boot_begin(store, &unnamed));
	expect_error(store_boot_identify(store, unnamed.id, "1"), "boot id '1' is stored already");
	store_close(store);
}

static void test_a_boot_is_named_in_full(void **state UNUSED)
{
	struct store *store = fixture_open(0);
	struct store_boot boot = fixture_boot("abc123", "1");

	expect_error(store_boot_begin(store, &boot), "'abc123': that is not the full id of a commit");
	boot.commit = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
	expect_error(store_boot_begin(store, &boot), "not the full id");
	boot = fixture_boot(COMMIT_A, "1");
	boot.machine = "";
	expect_error(store_boot_begin(store, &boot), "context, machine and benchmark have to be named");
	boot = fixture_boot(COMMIT_A, "1");
	boot.session = 5;
	expect_error(store_boot_begin(store, &boot), "FOREIGN KEY constraint failed");
	boot = fixture_boot(COMMIT_A COMMIT_B, "1");
	expect_error(store_boot_begin(store, &boot), "not the full id");
	boot = fixture_boot("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", "1");
	assert_done(store_boot_begin(store, &boot));
	store_close(store);
}

static void test_samples_come_back_bit_for_bit(void **state UNUSED)
{
	static const double values[] = { 0.1, -0.0, 1e308, 5e-324, 9007199254740993.0, M_PI };
	struct store *store = fixture_open(0);
	struct store_boot boot = fixture_boot(COMMIT_A, "1");
	struct strbuf expect = STRBUF_INIT;

	assert_done(store_boot_begin(store, &boot));
	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		struct store_sample sample = fixture_sample(boot.id, (int)i + 1, values[i]);

		assert_done(store_sample_add(store, &sample));
		assert_int_equal(sample.id, i + 1);
		strbuf_addf(&expect, "1/unfinished/%zu events %.17g 1/s higher 1.5\n", i + 1,
			    values[i] == 0 ? 0.0 : values[i]);
	}
	expect_samples(store, (struct store_query){ .commit = COMMIT_A, .resultclass = "events" }, expect.buf);
	strbuf_release(&expect);
	store_close(store);
}

static void test_a_sample_is_one_of_its_boot(void **state UNUSED)
{
	struct store *store = fixture_open(0);
	struct store_boot boot = fixture_boot(COMMIT_A, "1");
	struct store_sample sample;

	assert_done(store_boot_begin(store, &boot));
	sample = fixture_sample(boot.id, 1, 5);
	assert_done(store_sample_add(store, &sample));
	expect_error(store_sample_add(store, &sample), "run 1 of 'events' is stored already for boot 1");
	sample.resultclass = "latency";
	sample.better = "lower";
	sample.unit = NULL;
	sample.seconds = -1;
	assert_done(store_sample_add(store, &sample));
	sample.boot = 9;
	expect_error(store_sample_add(store, &sample), "FOREIGN KEY constraint failed");
	sample = fixture_sample(boot.id, 2, NAN);
	expect_error(store_sample_add(store, &sample), "no finite number");
	sample = fixture_sample(boot.id, 0, 1);
	expect_error(store_sample_add(store, &sample), "runs are counted from 1, this is 0");
	sample = fixture_sample(boot.id, 2, 1);
	sample.better = "more";
	expect_error(store_sample_add(store, &sample), "better is \"more\"");
	sample = fixture_sample(boot.id, 2, 1);
	sample.resultclass = "";
	expect_error(store_sample_add(store, &sample), "its resultclass is not named");
	expect_samples(store, (struct store_query){ .commit = COMMIT_A },
		       "1/unfinished/1 events 5 1/s higher 1.5\n"
		       "1/unfinished/1 latency 5  lower -1\n");
	store_close(store);
}

/* Of two commits, contexts and machines: boots "1" to "8", each with runs 1 and 2. */
static void fill(struct store *store)
{
	for (int i = 0; i < 8; i++) {
		char id[2] = { (char)('1' + i), '\0' };
		struct store_boot boot = fixture_boot(i & 1 ? COMMIT_B : COMMIT_A, id);

		boot.context = i & 2 ? "1" : "2";
		boot.machine = i & 4 ? "m" : "n";
		boot.benchmark = i == 7 ? "other/one" : boot.benchmark;
		assert_done(store_boot_begin(store, &boot));
		for (int run = 1; run <= 2; run++) {
			struct store_sample sample = fixture_sample(boot.id, run, i);

			assert_done(store_sample_add(store, &sample));
		}
		boot.class = STORE_MEASURED;
		assert_done(store_boot_end(store, &boot));
	}
}

static int take_ids(const struct store_sample *sample, const struct store_boot *boot, void *data)
{
	strbuf_addf(data, "%s.%d ", boot->boot_id, sample->run);
	return 0;
}

static void expect_ids(struct store *store, struct store_query query, const char *expect)
{
	struct strbuf out = STRBUF_INIT;

	assert_done(store_samples(store, &query, take_ids, &out));
	assert_string_equal(out.buf, expect);
	strbuf_release(&out);
}

static void test_look_ups_choose_what_they_name(void **state UNUSED)
{
	struct store *store = fixture_open(0);

	fill(store);
	expect_ids(store, (struct store_query){ .commit = COMMIT_B, .context = "1" }, "4.1 4.2 8.1 8.2 ");
	expect_ids(store, (struct store_query){ .commit = COMMIT_B, .context = "1", .machine = "m" },
		   "8.1 8.2 ");
	expect_ids(store,
		   (struct store_query){ .machine = "m", .benchmark = "sysbench/thread", .context = "1" },
		   "7.1 7.2 ");
	expect_ids(store, (struct store_query){ .swprofile = "bisect-aaaaaaaaaaaa", .machine = "n" },
		   "1.1 1.2 3.1 3.2 ");
	expect_ids(store, (struct store_query){ .boot = 5 }, "5.1 5.2 ");
	expect_ids(store, (struct store_query){ .resultclass = "none" }, "");
	expect_ids(store, (struct store_query){ .session = 1 }, "");
	expect_ids(store, (struct store_query){ .machine = "m", .last = 3 }, "7.2 8.1 8.2 ");
	expect_ids(store, (struct store_query){ .machine = "n", .last = 100 },
		   "1.1 1.2 2.1 2.2 3.1 3.2 4.1 4.2 ");
	/* Text is data, not SQL. */
	expect_ids(store, (struct store_query){ .machine = "' OR 1 --" }, "");
	store_close(store);
}

static int stop_at_third(const struct store_sample *sample UNUSED, const struct store_boot *boot UNUSED,
			 void *data)
{
	return ++*(int *)data == 3 ? 42 : 0;
}

static void test_a_reader_may_end_early(void **state UNUSED)
{
	struct store *store = fixture_open(0);
	struct store_query query = { .machine = "m" };
	int seen = 0;

	fill(store);
	assert_int_equal(store_samples(store, &query, stop_at_third, &seen), 42);
	assert_int_equal(seen, 3);
	store_close(store);
}

static void test_what_is_stored_stays(void **state UNUSED)
{
	struct store *store = fixture_open(0);

	fill(store);
	assert_int_equal(fixture_sql("DELETE FROM sample"), SQLITE_CONSTRAINT);
	assert_int_equal(fixture_sql("UPDATE sample SET value = 1"), SQLITE_CONSTRAINT);
	assert_int_equal(fixture_number("SELECT count(*) FROM sample"), 16);
	store_close(store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names_of_classes_come_back),
		fixture_test(test_a_boot_goes_from_begun_to_ended),
		fixture_test(test_each_boot_is_stored_once),
		fixture_test(test_a_boot_is_named_in_full),
		fixture_test(test_samples_come_back_bit_for_bit),
		fixture_test(test_a_sample_is_one_of_its_boot),
		fixture_test(test_look_ups_choose_what_they_name),
		fixture_test(test_a_reader_may_end_early),
		fixture_test(test_what_is_stored_stays),
	};

	return cmocka_run_group_tests_name("store-results", tests, NULL, NULL);
}
