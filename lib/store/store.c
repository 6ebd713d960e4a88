#include "store/private.h"

#include <sys/file.h>
#include <sys/stat.h>
#include <fcntl.h>

#include "base/error.h"
#include "base/strbuf.h"
#include "store/dir.h"
#include "store/schema.h"

/* Milliseconds to wait for others; their transactions take a few. */
#define WAIT 10000
/* A bigger database is not read through whenever it is opened. */
#define CHECK_BYTES_MAX (64 << 20)

static int wait_of(void)
{
	/* For tests of what happens then. */
	const char *test = getenv("GIT_TEST_PERF_STORE_WAIT");

	return test && *test ? (int)strtol(test, NULL, 10) : WAIT;
}

/* Nothing that a database holds may run code or be trusted with more than data. */
static int harden(struct store *store)
{
	sqlite3 *db = store->db;
	int done;

	sqlite3_extended_result_codes(db, 1);
	sqlite3_busy_timeout(db, wait_of());
	sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, 0);
	if (sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, &done) || !done ||
	    sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, &done) || done ||
	    sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_FKEY, 1, &done) || !done ||
	    sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, &done) || done)
		return store_failed(store, "open the store");
	if (sqlite3_exec(db, "PRAGMA cell_size_check = ON", NULL, NULL, NULL))
		return store_failed(store, "open the store");
	return 0;
}

/* The one value of a PRAGMA as text; "" when there is none. */
static int pragma(struct store *store, const char *sql, struct strbuf *value)
{
	struct statement s;
	int result;

	strbuf_reset(value);
	if (statement_prepare(&s, store, "open the store", sql))
		return -1;
	result = statement_step(&s);
	if (result > 0)
		strbuf_addstr(value, column_text(&s, 0));
	statement_release(&s);
	return result < 0 ? -1 : 0;
}

/* Each commit reaches the disk before it is believed. */
static int set_journal(struct store *store, struct strbuf *value)
{
	bool network = dir_is_network(store->dir);
	const char *wanted = network ? "delete" : "wal";

	if (pragma(store, network ? "PRAGMA synchronous = EXTRA" : "PRAGMA synchronous = FULL", value) ||
	    pragma(store, "PRAGMA journal_mode", value))
		return -1;
	if (!strcmp(value->buf, wanted))
		return 0;
	if (pragma(store, network ? "PRAGMA journal_mode = DELETE" : "PRAGMA journal_mode = WAL", value))
		return -1;
	if (strcmp(value->buf, wanted))
		return error_set("cannot open the store '%s': its journal stays '%s', and is to be '%s'",
				 store->path, value->buf, wanted);
	return 0;
}

static int check_pages(struct store *store, struct strbuf *value)
{
	struct stat st;

	if (stat(store->path, &st) || st.st_size > CHECK_BYTES_MAX)
		return 0;
	if (pragma(store, "PRAGMA quick_check(1)", value))
		return -1;
	if (!strcmp(value->buf, "ok"))
		return 0;
	return error_set("'%s' is damaged (%s); restore it from a copy, or move it away and rescue what can be "
			 "read with \"sqlite3 '%s' .recover\"",
			 store->path, value->buf, store->path);
}

static int set_up(struct store *store)
{
	struct strbuf value = STRBUF_INIT;
	int result = schema_is_current(store, &schema_current);

	if (result >= 0)
		result = check_pages(store, &value);
	if (!result)
		result = set_journal(store, &value);
	if (!result)
		result = schema_upgrade(store, &schema_current);
	strbuf_release(&value);
	return result;
}

/* One process at a time makes or upgrades a database: SQLite does not wait when the journal changes. */
static int set_up_alone(struct store *store)
{
	char *path = xstrfmt("%s/perf.lock", store->dir);
	int fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	int result;

	if (fd < 0 || flock(fd, LOCK_EX))
		result = error_set("cannot lock '%s': %s", path, strerror(errno));
	else
		result = set_up(store);
	if (fd >= 0)
		close(fd);
	free(path);
	return result;
}

static int open_database(struct store *store, const char *name, int flags)
{
	if (store->db)
		sqlite3_close_v2(store->db);
	store->db = NULL;
	if (sqlite3_open_v2(name, &store->db, flags | SQLITE_OPEN_EXRESCODE, NULL)) {
		if (!store->db)
			return error_set("cannot open the store '%s': out of memory", store->path);
		return store_failed(store, "open the store");
	}
	return harden(store);
}

static int open_for_writing(struct store *store)
{
	if (dir_file(store->path, true) ||
	    open_database(store, store->path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOFOLLOW))
		return -1;
	return set_up_alone(store);
}

/* What a reader sees where nothing was ever stored. */
static int open_empty(struct store *store)
{
	int result;

	if (open_database(store, ":memory:", SQLITE_OPEN_READWRITE))
		return -1;
	store->read_only = false;
	result = schema_upgrade(store, &schema_current);
	store->read_only = true;
	return result;
}

static char *immutable_name(const char *path)
{
	struct strbuf name = STRBUF_INIT;

	strbuf_addstr(&name, "file:");
	for (; *path; path++) {
		if (is_word_char(*path) || *path == '/')
			strbuf_addch(&name, *path);
		else
			strbuf_addf(&name, "%%%02x", (unsigned char)*path);
	}
	strbuf_addstr(&name, "?immutable=1");
	return strbuf_detach(&name, NULL);
}

/* Where the folder is read-only, SQLite cannot have its files next to the database, and nobody else can write. */
static int open_immutable(struct store *store)
{
	char *wal = xstrfmt("%s-wal", store->path), *name;
	struct stat st;
	bool pending = !stat(wal, &st) && st.st_size > 0;
	int result;

	free(wal);
	if (pending || !access(store->dir, W_OK))
		return -1;
	name = immutable_name(store->path);
	result = open_database(store, name, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOFOLLOW);
	free(name);
	return result < 0 ? -1 : schema_upgrade(store, &schema_current);
}

static int open_for_reading(struct store *store)
{
	struct stat st;

	/* An empty file is what a process leaves that was killed before it made anything. */
	if (lstat(store->path, &st) ? errno == ENOENT : S_ISREG(st.st_mode) && !st.st_size)
		return open_empty(store);
	if (dir_file(store->path, false))
		return -1;
	if (!open_database(store, store->path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOFOLLOW) &&
	    !sqlite3_exec(store->db, "PRAGMA query_only = ON", NULL, NULL, NULL) &&
	    !schema_upgrade(store, &schema_current))
		return 0;
	return open_immutable(store);
}

static bool is_absent(const char *perf_dir)
{
	struct stat st;

	return lstat(perf_dir, &st) && errno == ENOENT;
}

static int open_in(struct store *store, const char *perf_dir)
{
	if (store->read_only && is_absent(perf_dir)) {
		store->dir = xstrdup(perf_dir);
		store->path = xstrfmt("%s/perf.db", perf_dir);
		return open_empty(store);
	}
	if (store_dir(perf_dir, !store->read_only))
		return -1;
	store->dir = realpath(perf_dir, NULL);
	if (!store->dir)
		return error_set("cannot use '%s': %s", perf_dir, strerror(errno));
	store->path = xstrfmt("%s/perf.db", store->dir);
	return store->read_only ? open_for_reading(store) : open_for_writing(store);
}

int store_open(struct store **store, const char *perf_dir, int flags)
{
	*store = xcalloc(1, sizeof(**store));
	(*store)->read_only = flags & STORE_READ_ONLY;
	if (!open_in(*store, perf_dir))
		return 0;
	store_close(*store);
	*store = NULL;
	return -1;
}

void store_close(struct store *store)
{
	if (!store)
		return;
	sqlite3_close_v2(store->db);
	free(store->path);
	free(store->dir);
	free(store);
}

int store_begin(struct store *store)
{
	struct statement s;

	if (store->in_transaction)
		BUG("transactions do not nest");
	if (statement_prepare_write(&s, store, "begin to write", "BEGIN IMMEDIATE") || statement_run(&s))
		return -1;
	store->in_transaction = true;
	store->spoiled = false;
	return 0;
}

int store_commit(struct store *store)
{
	struct statement s;

	if (!store->in_transaction)
		BUG("no transaction to commit");
	if (statement_prepare_write(&s, store, "store", "COMMIT") || statement_run(&s)) {
		store_rollback(store);
		return -1;
	}
	store->in_transaction = false;
	return 0;
}

void store_rollback(struct store *store)
{
	/* Some errors have made SQLite roll back already. */
	if (store->in_transaction && !sqlite3_get_autocommit(store->db))
		sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
	store->in_transaction = false;
	store->spoiled = false;
}
