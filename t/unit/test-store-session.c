#include "store-fixture.h"

#include "base/strbuf.h"

#define TEXT "[perfbisect]\n\tgood = v1\n; \x1b and \"quotes\"\n"

static int64_t start(struct store *store, const char *worktree)
{
	int64_t id = 0;

	if (store_session_start(store, worktree, "perfbisect", TEXT, CONTEXT, NOW, &id))
		fail_msg("%s", error_message());
	return id;
}

static void test_a_session_comes_back_as_it_was_started(void **state UNUSED)
{
	struct store *store = fixture_open(0);
	int64_t id = start(store, "/w");
	struct store_session session;

	store_close(store);
	store = fixture_open(STORE_READ_ONLY);
	assert_int_equal(store_session_find(store, "/w", "perfbisect", &session), 0);
	assert_int_equal(session.id, id);
	assert_string_equal(session.worktree, "/w");
	assert_string_equal(session.command, "perfbisect");
	assert_string_equal(session.context, TEXT);
	assert_string_equal(session.context_hash, CONTEXT);
	assert_int_equal(session.state, STORE_OPEN);
	assert_int_equal(session.created, NOW);
	assert_int_equal(session.finished, 0);
	assert_int_equal(session.runner_pid, 0);
	assert_string_equal(session.runner_host, "");
	store_session_release(&session);
	assert_int_equal(store_session_find(store, "/w", "perfhunt", &session), STORE_NONE);
	assert_int_equal(store_session_find(store, "/other", NULL, &session), STORE_NONE);
	assert_null(session.worktree);
	assert_int_equal(store_session_read(store, id + 1, &session), STORE_NONE);
	store_close(store);
}

static void test_a_worktree_has_one_session_of_a_command_that_is_not_done(void **state UNUSED)
{
	struct store *store = fixture_open(0);
	int64_t first = start(store, "/w"), other = start(store, "/x"), id = 0;

	assert_int_not_equal(first, other);
	expect_error(
		store_session_start(store, "/w", "perfbisect", "", "", NOW, &id),
		"a session of git perfbisect is under way in '/w' (it is open); end it with: git perfbisect reset");
	assert_done(store_session_set_state(store, first, STORE_PAUSED));
	expect_error(store_session_start(store, "/w", "perfbisect", "", "", NOW, &id), "(it is paused)");
	assert_int_equal(id, 0);
	assert_done(store_session_start(store, "/w", "perfhunt", "", "", NOW, &id));
	assert_true(id > other);
	assert_done(store_session_finish(store, first, NOW + 60));
	assert_true(start(store, "/w") > id);
	store_close(store);
}

static void test_a_session_that_is_done_stays_so(void **state UNUSED)
{
	struct store *store = fixture_open(0);
	int64_t id = start(store, "/w");
	struct store_session session;

	assert_done(store_session_set_state(store, id, STORE_PAUSED));
	assert_int_equal(store_session_find(store, "/w", NULL, &session), 0);
	assert_int_equal(session.state, STORE_PAUSED);
	store_session_release(&session);
	assert_done(store_session_finish(store, id, NOW + 60));
	expect_error(store_session_finish(store, id, NOW), "session 1 is not there, or is done already");
	expect_error(store_session_set_state(store, id, STORE_OPEN), "is done already");
	assert_int_equal(store_session_find(store, "/w", NULL, &session), STORE_NONE);
	assert_int_equal(store_session_last(store, "/w", NULL, &session), 0);
	assert_int_equal(session.state, STORE_DONE);
	assert_int_equal(session.finished, NOW + 60);
	store_session_release(&session);
	store_close(store);
}

/* Holds the lock until it is killed; says so by a byte. */
static pid_t child_with_lock(int64_t id)
{
	int fds[2];
	char byte;
	pid_t pid;

	assert_int_equal(pipe(fds), 0);
	pid = fork();
	if (!pid) {
		struct store_lock lock;
		struct store *store;

		if (store_open(&store, "perf", 0) || store_session_lock(store, id, NOW, &lock) ||
		    write(fds[1], "x", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	close(fds[1]);
	assert_int_equal(read(fds[0], &byte, 1), 1);
	close(fds[0]);
	return pid;
}

static void test_a_lock_names_its_holder_and_dies_with_it(void **state UNUSED)
{
	struct store *store = fixture_open(0);
	int64_t id = start(store, "/w");
	struct store_session session;
	struct store_lock lock;
	pid_t pid = child_with_lock(id);
	char *text = xstrfmt("session 1 is run by pid %ld on ", (long)pid);

	assert_int_equal(store_session_running(store, id), 1);
	assert_int_equal(store_session_lock(store, id, NOW, &lock), STORE_BUSY);
	assert_non_null(strstr(error_message(), text));
	assert_non_null(strstr(error_message(), " since 2023-11-1"));
	store_unlock(&lock);
	assert_int_equal(store_session_running(store, id), 1);
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_int_equal(store_session_running(store, id), 0);
	/* Who was killed is still told. */
	assert_int_equal(store_session_read(store, id, &session), 0);
	assert_int_equal(session.runner_pid, pid);
	assert_int_equal(session.runner_since, NOW);
	store_session_release(&session);

	assert_done(store_session_lock(store, id, NOW + 5, &lock));
	assert_int_equal(store_session_running(store, id), 1);
	store_unlock(&lock);
	assert_int_equal(store_session_running(store, id), 0);
	assert_int_equal(store_session_read(store, id, &session), 0);
	assert_int_equal(session.runner_pid, 0);
	assert_string_equal(session.runner_host, "");
	store_session_release(&session);
	free(text);
	store_close(store);
}

static void test_a_process_cannot_lock_twice(void **state UNUSED)
{
	struct store *store = fixture_open(0);
	int64_t id = start(store, "/w"), other = start(store, "/x");
	struct store_lock lock, second, third;

	assert_done(store_session_lock(store, id, NOW, &lock));
	assert_int_equal(store_session_lock(store, id, NOW, &second), STORE_BUSY);
	assert_done(store_session_lock(store, other, NOW, &third));
	store_unlock(&third);
	expect_error(store_session_lock(store, 99, NOW, &third), "session 99 is not there");
	store_unlock(&lock);
	store_close(store);
}

static int take_event(const struct store_event *event, void *data)
{
	strbuf_addf(data, "%" PRId64 " %s %" PRId64 " %s\n", event->seq, event->kind, event->time,
		    event->payload);
	return 0;
}

static void expect_events(struct store *store, int64_t id, bool effective, const char *expect)
{
	struct strbuf out = STRBUF_INIT;

	if ((effective ? store_events_effective : store_events_read)(store, id, take_event, &out))
		fail_msg("%s", error_message());
	assert_string_equal(out.buf, expect);
	strbuf_release(&out);
}

static void test_events_are_read_in_order(void **state UNUSED)
{
	struct store *store = fixture_open(0);
	int64_t id = start(store, "/w"), other = start(store, "/x"), seq = 0;

	assert_done(store_event_add(store, id, "anchor", NOW, "{\"level\": 1}", &seq));
	assert_int_equal(seq, 1);
	assert_done(store_event_add(store, other, "else", NOW, NULL, NULL));
	assert_done(store_event_add(store, id, "verdict", NOW - 7, NULL, &seq));
	assert_int_equal(seq, 2);
	expect_events(store, id, false, "1 anchor 1700000000 {\"level\": 1}\n2 verdict 1699999993 {}\n");
	expect_events(store, other, true, "1 else 1700000000 {}\n");
	expect_error(store_event_add(store, id, "bad", NOW, "[]", NULL),
		     "'bad': its payload is no JSON object");
	expect_error(store_event_add(store, id, "bad", NOW, "{", NULL), "no JSON object");
	expect_error(store_event_add(store, 77, "bad", NOW, NULL, NULL), "FOREIGN KEY");
	assert_int_equal(fixture_sql("DELETE FROM event"), SQLITE_CONSTRAINT);
	assert_int_equal(fixture_sql("UPDATE event SET kind = 'x'"), SQLITE_CONSTRAINT);
	store_close(store);
}

static void undo(struct store *store, int64_t id, int64_t a, int64_t b)
{
	const int64_t seqs[] = { a, b };

	if (store_event_undo(store, id, NOW, seqs, b ? 2 : 1, NULL))
		fail_msg("%s", error_message());
}

static void test_undo_takes_back_and_can_be_taken_back(void **state UNUSED)
{
	struct store *store = fixture_open(0);
	int64_t id = start(store, "/w"), seq;
	const int64_t second = 2, missing = 40;

	expect_events(store, id, true, "");
	for (int i = 1; i <= 3; i++)
		assert_done(store_event_add(store, id, "e", i, NULL, NULL));
	undo(store, id, 2, 3);
	expect_events(store, id, true, "1 e 1 {}\n");
	expect_error(store_event_undo(store, id, NOW, &second, 1, &seq), "event 2 was taken back already");
	expect_error(store_event_undo(store, id, NOW, &missing, 1, &seq), "there is no event 40");
	expect_error(store_event_undo(store, id, NOW, &missing, 0, &seq), "nothing to take back");
	/* 4 is the undo. */
	undo(store, id, 4, 0);
	expect_events(store, id, true, "1 e 1 {}\n2 e 2 {}\n3 e 3 {}\n");
	undo(store, id, 1, 0);
	/* 5 took 4 back; without it 4 counts again. */
	undo(store, id, 5, 0);
	expect_events(store, id, true, "");
	assert_done(store_event_add(store, id, "e", 8, NULL, NULL));
	expect_events(store, id, true, "8 e 8 {}\n");
	expect_events(store, id, false,
		      "1 e 1 {}\n2 e 2 {}\n3 e 3 {}\n4 undo 1700000000 {\"seq\":[2,3]}\n"
		      "5 undo 1700000000 {\"seq\":[4]}\n6 undo 1700000000 {\"seq\":[1]}\n"
		      "7 undo 1700000000 {\"seq\":[5]}\n8 e 8 {}\n");
	store_close(store);
}

static void test_an_undo_that_makes_no_sense_is_damage(void **state UNUSED)
{
	static const char *const payloads[] = { "{}", "{\"seq\":[2]}", "{\"seq\":[0]}", "{\"seq\":[\"1\"]}",
						"{\"seq\":1}" };
	struct store *store = fixture_open(0);
	struct strbuf out = STRBUF_INIT;

	for (size_t i = 0; i < ARRAY_SIZE(payloads); i++) {
		char worktree[] = { '/', (char)('a' + i), '\0' };
		int64_t id = start(store, worktree);

		assert_done(store_event_add(store, id, "e", 0, NULL, NULL));
		assert_done(store_event_add(store, id, STORE_UNDO, 0, payloads[i], NULL));
		expect_error(store_events_effective(store, id, take_event, &out), "event 2 of session");
	}
	strbuf_release(&out);
	store_close(store);
}

static void test_a_sample_and_its_event_are_stored_together(void **state UNUSED)
{
	struct store *store = fixture_open(0);
	int64_t id = start(store, "/w");
	struct store_boot boot = fixture_boot(COMMIT_A, "1");
	struct store_sample sample;

	assert_done(store_boot_begin(store, &boot));
	for (int i = 1; i <= 2; i++) {
		sample = fixture_sample(boot.id, i, 1);
		assert_done(store_begin(store));
		assert_done(store_sample_add(store, &sample));
		assert_done(store_event_add(store, id, "sample", NOW, NULL, NULL));
		if (i == 1)
			store_rollback(store);
		else
			assert_done(store_commit(store));
	}
	assert_int_equal(fixture_number("SELECT count(*) FROM sample WHERE run = 2"), 1);
	assert_int_equal(fixture_number("SELECT count(*) FROM sample"), 1);
	assert_int_equal(fixture_number("SELECT max(seq) FROM event"), 1);
	assert_done(store_begin(store));
	undo(store, id, 1, 0);
	store_rollback(store);
	expect_events(store, id, true, "1 sample 1700000000 {}\n");
	store_close(store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		fixture_test(test_a_session_comes_back_as_it_was_started),
		fixture_test(test_a_worktree_has_one_session_of_a_command_that_is_not_done),
		fixture_test(test_a_session_that_is_done_stays_so),
		fixture_test(test_a_lock_names_its_holder_and_dies_with_it),
		fixture_test(test_a_process_cannot_lock_twice),
		fixture_test(test_events_are_read_in_order),
		fixture_test(test_undo_takes_back_and_can_be_taken_back),
		fixture_test(test_an_undo_that_makes_no_sense_is_damage),
		fixture_test(test_a_sample_and_its_event_are_stored_together),
	};

	return cmocka_run_group_tests_name("store-session", tests, NULL, NULL);
}
