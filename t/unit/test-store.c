#include "store-fixture.h"

#include "store/private.h"
#include "store/schema.h"

static void test_the_database_is_made_for_us_alone(void **state UNUSED)
{
	struct store *store;
	struct stat st;

	umask(0);
	store = fixture_open(0);
	assert_int_equal(stat("perf", &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	assert_int_equal(stat("perf/perf.db", &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(stat("perf/perf.db-wal", &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	store_close(store);
	assert_int_equal(fixture_number("PRAGMA user_version"), schema_current.version);
	assert_int_equal(fixture_number("PRAGMA application_id"), SCHEMA_APPLICATION);
}

static char *pragma_of(struct store *store, const char *sql)
{
	struct statement s;
	char *text;

	assert_int_equal(statement_prepare(&s, store, "ask", sql), 0);
	assert_int_equal(statement_step(&s), 1);
	text = xstrdup(column_text(&s, 0));
	statement_release(&s);
	return text;
}

static void expect_pragma(struct store *store, const char *name, const char *value)
{
	char *sql = xstrfmt("PRAGMA %s", name), *text = pragma_of(store, sql);

	assert_string_equal(text, value);
	free(text);
	free(sql);
}

static void test_commits_reach_the_disk(void **state UNUSED)
{
	struct store *store = fixture_open(0);

	expect_pragma(store, "journal_mode", "wal");
	expect_pragma(store, "synchronous", "2");
	expect_pragma(store, "foreign_keys", "1");
	expect_pragma(store, "trusted_schema", "0");
	expect_pragma(store, "busy_timeout", "10000");
	store_close(store);
}

static void test_on_a_network_there_is_no_shared_memory(void **state UNUSED)
{
	struct store *store = fixture_open(0);

	store_close(store);
	setenv("GIT_TEST_PERF_NETWORK", "1", 1);
	store = fixture_open(0);
	expect_pragma(store, "journal_mode", "delete");
	expect_pragma(store, "synchronous", "3");
	assert_int_equal(access("perf/perf.db-shm", F_OK), -1);
	store_close(store);
	setenv("GIT_TEST_PERF_NETWORK", "0", 1);
	store = fixture_open(0);
	expect_pragma(store, "journal_mode", "wal");
	store_close(store);
}

static void expect_open_error(const char *dir, int flags, const char *text)
{
	struct store *store = (struct store *)dir;

	expect_error(store_open(&store, dir, flags), text);
	assert_null(store);
}

static void test_a_folder_that_others_could_change_is_refused(void **state UNUSED)
{
	assert_int_equal(mkdir("real", 0700), 0);
	assert_int_equal(symlink("real", "perf"), 0);
	expect_open_error("perf", 0, "'perf' is a symbolic link");
	expect_open_error("perf", STORE_READ_ONLY, "'perf' is a symbolic link");
	assert_int_equal(access("real/perf.db", F_OK), -1);
	assert_int_equal(chmod("real", 0770), 0);
	expect_open_error("real", 0, "chmod go-w 'real'");
	assert_int_equal(chmod("real", 0702), 0);
	expect_open_error("real", 0, "written to by others (mode 702)");
	assert_int_equal(chmod("real", 0755), 0);
	assert_int_equal(store_dir("real", false), 0);
	if (!geteuid()) {
		assert_int_equal(chown("real", 12345, 0), 0);
		expect_open_error("real", 0, "belongs to user 12345, not to you (0)");
	}
	assert_int_equal(close(open("file", O_CREAT | O_WRONLY, 0600)), 0);
	expect_open_error("file", 0, "'file' is no folder");
	expect_open_error("no/such", 0, "cannot make 'no/such': No such file or directory");
	expect_error(store_dir("nothing", false), "cannot use 'nothing'");
}

static void test_a_planted_database_is_refused(void **state UNUSED)
{
	assert_int_equal(mkdir("perf", 0700), 0);
	assert_int_equal(symlink("../elsewhere", "perf/perf.db"), 0);
	expect_open_error("perf", 0, "it is a symbolic link");
	expect_open_error("perf", STORE_READ_ONLY, "it is a symbolic link");
	assert_int_equal(access("elsewhere", F_OK), -1);
	assert_int_equal(unlink("perf/perf.db"), 0);
	assert_int_equal(mkfifo("perf/perf.db", 0600), 0);
	expect_open_error("perf", 0, "is no regular file");
	expect_open_error("perf", STORE_READ_ONLY, "is no regular file");
	assert_int_equal(unlink("perf/perf.db"), 0);
	assert_int_equal(symlink("../elsewhere", "perf/perf.lock"), 0);
	expect_open_error("perf", 0, "cannot lock");
	assert_int_equal(access("elsewhere", F_OK), -1);
}

static void test_a_reader_makes_nothing(void **state UNUSED)
{
	struct store *store = fixture_open(STORE_READ_ONLY);
	struct store_session session;

	assert_int_equal(store_session_find(store, "/w", NULL, &session), STORE_NONE);
	store_close(store);
	assert_int_equal(access("perf", F_OK), -1);
	assert_int_equal(mkdir("perf", 0700), 0);
	store_close(fixture_open(STORE_READ_ONLY));
	assert_int_equal(rmdir("perf"), 0);
}

static void test_a_reader_writes_nothing(void **state UNUSED)
{
	struct store_boot boot = fixture_boot(COMMIT_A, "1");
	struct store *store;

	store_close(fixture_open(0));
	store = fixture_open(STORE_READ_ONLY);
	expect_error(store_boot_begin(store, &boot), "was opened to be read only");
	expect_error(store_begin(store), "was opened to be read only");
	/* Nor is there a way around the door. */
	assert_int_not_equal(sqlite3_exec(store->db, "DELETE FROM boot", NULL, NULL, NULL), 0);
	store_close(store);
}

static void test_a_newer_version_is_refused(void **state UNUSED)
{
	store_close(fixture_open(0));
	assert_int_equal(fixture_sql("PRAGMA user_version = 99"), 0);
	expect_open_error("perf", 0, "was written by a newer version (its schema is 99");
	expect_open_error("perf", STORE_READ_ONLY, "was written by a newer version");
	assert_int_equal(fixture_number("PRAGMA user_version"), 99);
}

static void test_the_database_of_another_program_is_left_alone(void **state UNUSED)
{
	assert_int_equal(mkdir("perf", 0700), 0);
	assert_int_equal(fixture_sql("CREATE TABLE precious (a)"), 0);
	expect_open_error("perf", 0, "is a database of another program");
	assert_int_equal(fixture_number("SELECT count(*) FROM sqlite_schema"), 1);
	assert_int_equal(
		fixture_number("SELECT count(*) FROM pragma_journal_mode WHERE journal_mode = 'delete'"), 1);
}

static void test_an_older_version_is_upgraded_whole_or_not(void **state UNUSED)
{
	static const char *const good[] = { "SELECT 1", "SELECT 1",
					    "CREATE TABLE more (a); INSERT INTO more VALUES (7)",
					    "ALTER TABLE more ADD COLUMN b" };
	static const char *const bad[] = { "SELECT 1", "SELECT 1", "CREATE TABLE more (a)",
					   "ALTER TABLE nothing" };
	const struct schema next = { good, 4 }, broken = { bad, 4 };
	struct store *store = fixture_open(0);

	expect_error(schema_upgrade(store, &broken), "cannot upgrade");
	assert_int_equal(fixture_number("PRAGMA user_version"), 2);
	assert_int_equal(fixture_number("SELECT count(*) FROM sqlite_schema WHERE name = 'more'"), 0);
	store->read_only = true;
	expect_error(schema_upgrade(store, &next), "is to be upgraded first");
	store->read_only = false;
	assert_done(schema_upgrade(store, &next));
	assert_done(schema_upgrade(store, &next));
	assert_int_equal(fixture_number("PRAGMA user_version"), 4);
	assert_int_equal(fixture_number("SELECT count(*) FROM more WHERE a = 7 AND b IS NULL"), 1);
	store_close(store);
	expect_open_error("perf", 0, "(its schema is 4, this program knows 2)");
}

static void scribble(off_t at, const char *text)
{
	int fd = open("perf/perf.db", O_WRONLY | O_CREAT, 0600);

	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, text, strlen(text), at), strlen(text));
	close(fd);
}

static void test_damage_is_said(void **state UNUSED)
{
	struct store *store = fixture_open(0);
	struct store_boot boot;

	for (int i = 0; i < 200; i++) {
		boot = fixture_boot(COMMIT_A, NULL);
		assert_done(store_boot_begin(store, &boot));
	}
	store_close(store);
	for (off_t page = 2; page < 20; page++)
		scribble(page * 4096, "this page is not what it was, by no means");
	expect_open_error("perf", 0, "is damaged");
	scribble(0, "This is no database at all, whatever it is called");
	expect_open_error("perf", 0,
			  "it is damaged, or no database at all (file is not a database); restore it");
	expect_open_error("perf", STORE_READ_ONLY, ".recover");
}

static void test_a_lock_that_is_held_is_waited_for_and_said(void **state UNUSED)
{
	struct store_boot boot = fixture_boot(COMMIT_A, "1");
	struct store *store, *other;

	setenv("GIT_TEST_PERF_STORE_WAIT", "50", 1);
	store = fixture_open(0);
	other = fixture_open(0);
	assert_done(store_begin(other));
	expect_error(store_boot_begin(store, &boot), "another program has held it locked for too long");
	expect_error(store_begin(store), "another program has held it locked");
	store_rollback(other);
	assert_done(store_boot_begin(store, &boot));
	store_close(other);
	store_close(store);
}

static void test_a_transaction_is_all_or_nothing(void **state UNUSED)
{
	struct store *store = fixture_open(0);
	struct store_boot boot = fixture_boot(COMMIT_A, "1"), again = fixture_boot(COMMIT_A, "1");

	assert_done(store_begin(store));
	assert_done(store_boot_begin(store, &boot));
	assert_int_equal(fixture_number("SELECT count(*) FROM boot"), 0);
	assert_done(store_commit(store));
	assert_int_equal(fixture_number("SELECT count(*) FROM boot"), 1);

	assert_done(store_begin(store));
	boot = fixture_boot(COMMIT_B, "1");
	assert_done(store_boot_begin(store, &boot));
	expect_error(store_boot_begin(store, &again), "is stored already");
	boot = fixture_boot(COMMIT_B, "2");
	expect_error(store_boot_begin(store, &boot), "an earlier write that belongs to it failed");
	expect_error(store_commit(store), "an earlier write that belongs to it failed");
	assert_int_equal(fixture_number("SELECT count(*) FROM boot"), 1);

	boot = fixture_boot(COMMIT_B, "3");
	assert_done(store_begin(store));
	assert_done(store_boot_begin(store, &boot));
	store_rollback(store);
	store_rollback(store);
	boot = fixture_boot(COMMIT_B, "4");
	assert_done(store_begin(store));
	assert_done(store_boot_begin(store, &boot));
	store_close(store);
	assert_int_equal(fixture_number("SELECT count(*) FROM boot"), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		fixture_test(test_the_database_is_made_for_us_alone),
		fixture_test(test_commits_reach_the_disk),
		fixture_test(test_on_a_network_there_is_no_shared_memory),
		fixture_test(test_a_folder_that_others_could_change_is_refused),
		fixture_test(test_a_planted_database_is_refused),
		fixture_test(test_a_reader_makes_nothing),
		fixture_test(test_a_reader_writes_nothing),
		fixture_test(test_a_newer_version_is_refused),
		fixture_test(test_the_database_of_another_program_is_left_alone),
		fixture_test(test_an_older_version_is_upgraded_whole_or_not),
		fixture_test(test_damage_is_said),
		fixture_test(test_a_lock_that_is_held_is_waited_for_and_said),
		fixture_test(test_a_transaction_is_all_or_nothing),
	};

	return cmocka_run_group_tests_name("store", tests, NULL, NULL);
}
