/*
 * For tests of the store: a folder of its own for each test, its database,
 * and SQL behind the store's back.
 */
#ifndef STORE_FIXTURE_H
#define STORE_FIXTURE_H

#include "unit.h"

#include <fcntl.h>
#include <ftw.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include "base/error.h"
#include "store/store.h"

#define COMMIT_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define COMMIT_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define CONTEXT "c0ffee"
#define NOW 1700000000

static char *fixture_folder;

/* In which the folder "perf" may be made. */
static int fixture_enter(void **state UNUSED)
{
	fixture_folder = xstrdup("/tmp/test-store-XXXXXX");
	umask(022);
	unsetenv("GIT_TEST_PERF_NETWORK");
	unsetenv("GIT_TEST_PERF_STORE_WAIT");
	error_clear();
	return !mkdtemp(fixture_folder) || chdir(fixture_folder);
}

static int fixture_remove(const char *path, const struct stat *st UNUSED, int flag UNUSED,
			  struct FTW *ftw UNUSED)
{
	return remove(path);
}

static int fixture_leave(void **state UNUSED)
{
	int result = chdir("/") || nftw(fixture_folder, fixture_remove, 16, FTW_DEPTH | FTW_PHYS);

	free(fixture_folder);
	error_clear();
	return result;
}

static inline struct store *fixture_open(int flags)
{
	struct store *store;

	if (store_open(&store, "perf", flags))
		fail_msg("%s", error_message());
	return store;
}

static inline void expect_error(int result, const char *text)
{
	assert_true(result < 0);
	if (!strstr(error_message(), text))
		fail_msg("'%s' is not in: %s", text, error_message());
	error_clear();
}

#define assert_done(result)                              \
	do {                                             \
		if (result)                              \
			fail_msg("%s", error_message()); \
	} while (0)

/* Runs SQL on the database by a connection of its own. */
static inline int fixture_sql(const char *sql)
{
	sqlite3 *db;
	int result = sqlite3_open("perf/perf.db", &db);

	if (!result)
		result = sqlite3_exec(db, sql, NULL, NULL, NULL);
	sqlite3_close(db);
	return result;
}

/* The one number that a query answers. */
static inline long fixture_number(const char *sql)
{
	sqlite3 *db;
	sqlite3_stmt *stmt;
	long number;

	assert_int_equal(sqlite3_open("perf/perf.db", &db), 0);
	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), 0);
	assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
	number = (long)sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	sqlite3_close(db);
	return number;
}

static inline struct store_boot fixture_boot(const char *commit, const char *boot_id)
{
	struct store_boot boot = STORE_BOOT_INIT;

	boot.commit = commit;
	boot.context = CONTEXT;
	boot.machine = "altra";
	boot.benchmark = "sysbench/thread";
	boot.boot_id = boot_id;
	boot.started = NOW;
	return boot;
}

static inline struct store_sample fixture_sample(int64_t boot, int run, double value)
{
	return (struct store_sample){
		.boot = boot,
		.run = run,
		.resultclass = "events",
		.value = value,
		.unit = "1/s",
		.better = "higher",
		.seconds = 1.5,
	};
}

#define fixture_test(fn) cmocka_unit_test_setup_teardown(fn, fixture_enter, fixture_leave)

#endif
