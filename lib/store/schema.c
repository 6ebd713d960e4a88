#include "store/schema.h"

#include "base/error.h"
#include "base/strbuf.h"
#include "store/private.h"

/* An older version is brought here by further strings; what was published is never changed. */
static const char *const upgrades[] = {
	"CREATE TABLE session ("
	"	id INTEGER PRIMARY KEY AUTOINCREMENT,"
	"	worktree TEXT NOT NULL,"
	"	command TEXT NOT NULL,"
	"	context TEXT NOT NULL,"
	"	context_hash TEXT NOT NULL,"
	"	state TEXT NOT NULL CHECK (state IN ('open', 'paused', 'done')),"
	"	created INTEGER NOT NULL,"
	"	finished INTEGER,"
	"	runner_pid INTEGER,"
	"	runner_host TEXT,"
	"	runner_since INTEGER"
	") STRICT;"
	"CREATE UNIQUE INDEX session_unfinished ON session (worktree) WHERE state <> 'done';"
	"CREATE TABLE boot ("
	"	id INTEGER PRIMARY KEY AUTOINCREMENT,"
	"	commit_id TEXT NOT NULL,"
	"	context_hash TEXT NOT NULL,"
	"	machine TEXT NOT NULL,"
	"	swprofile TEXT NOT NULL,"
	"	benchmark TEXT NOT NULL,"
	"	boot_id TEXT,"
	"	session INTEGER REFERENCES session (id),"
	"	started INTEGER NOT NULL,"
	"	class TEXT NOT NULL CHECK (class IN ('unfinished', 'measured', 'build-failed',"
	"		'boot-failed', 'bench-failed', 'infrastructure')),"
	"	build_seconds REAL,"
	"	boot_seconds REAL,"
	"	bench_seconds REAL,"
	"	detail TEXT"
	") STRICT;"
	"CREATE UNIQUE INDEX boot_key ON boot (commit_id, context_hash, machine, benchmark, boot_id);"
	"CREATE INDEX boot_session ON boot (session);"
	"CREATE TABLE sample ("
	"	id INTEGER PRIMARY KEY AUTOINCREMENT,"
	"	boot INTEGER NOT NULL REFERENCES boot (id),"
	"	run INTEGER NOT NULL CHECK (run > 0),"
	"	resultclass TEXT NOT NULL,"
	"	value REAL NOT NULL,"
	"	unit TEXT,"
	"	better TEXT NOT NULL CHECK (better IN ('higher', 'lower')),"
	"	seconds REAL"
	") STRICT;"
	"CREATE UNIQUE INDEX sample_key ON sample (boot, resultclass, run);"
	"CREATE TABLE event ("
	"	session INTEGER NOT NULL REFERENCES session (id),"
	"	seq INTEGER NOT NULL CHECK (seq > 0),"
	"	kind TEXT NOT NULL,"
	"	time INTEGER NOT NULL,"
	"	payload TEXT NOT NULL,"
	"	PRIMARY KEY (session, seq)"
	") STRICT, WITHOUT ROWID;"
	"CREATE TRIGGER event_stays BEFORE DELETE ON event BEGIN"
	"	SELECT RAISE(ABORT, 'events are only added'); END;"
	"CREATE TRIGGER event_is_final BEFORE UPDATE ON event BEGIN"
	"	SELECT RAISE(ABORT, 'events are only added'); END;"
	"CREATE TRIGGER sample_stays BEFORE DELETE ON sample BEGIN"
	"	SELECT RAISE(ABORT, 'samples are only added'); END;"
	"CREATE TRIGGER sample_is_final BEFORE UPDATE ON sample BEGIN"
	"	SELECT RAISE(ABORT, 'samples are only added'); END;",
	/* A worktree may have a session of each command. */
	"DROP INDEX session_unfinished;"
	"CREATE UNIQUE INDEX session_unfinished ON session (worktree, command) WHERE state <> 'done';",
};

const struct schema schema_current = { .upgrades = upgrades, .version = ARRAY_SIZE(upgrades) };

#define WHAT "read the version"

static int read_number(struct store *store, const char *sql, int64_t *number)
{
	struct statement s;
	int result;

	if (statement_prepare(&s, store, WHAT, sql))
		return -1;
	result = statement_step(&s);
	*number = result > 0 ? sqlite3_column_int64(s.stmt, 0) : 0;
	statement_release(&s);
	return result < 0 ? -1 : 0;
}

/* The version of a database of ours, 0 of an empty one, or -1. */
static int read_version(struct store *store)
{
	int64_t application, version, tables;

	if (read_number(store, "PRAGMA application_id", &application) ||
	    read_number(store, "PRAGMA user_version", &version) ||
	    read_number(store, "SELECT count(*) FROM sqlite_schema", &tables))
		return -1;
	if (application == SCHEMA_APPLICATION && version > 0 && version < INT_MAX)
		return (int)version;
	if (!application && !version && !tables)
		return 0;
	return error_set("'%s' is a database of another program; move it away", store->path);
}

static int refuse_newer(struct store *store, int version, const struct schema *schema)
{
	return error_set("'%s' was written by a newer version (its schema is %d, this program knows %d); "
			 "upgrade this program",
			 store->path, version, schema->version);
}

int schema_is_current(struct store *store, const struct schema *schema)
{
	int version = read_version(store);

	if (version > schema->version)
		return refuse_newer(store, version, schema);
	return version < 0 ? -1 : version == schema->version;
}

static int run_sql(struct store *store, const char *sql)
{
	if (sqlite3_exec(store->db, sql, NULL, NULL, NULL))
		return store_failed(store, "upgrade");
	return 0;
}

static int run_steps(struct store *store, const struct schema *schema)
{
	/* Only now, behind the lock of the transaction, nobody else can be upgrading. */
	int version = read_version(store);
	char *numbers;
	int result = 0;

	if (version < 0)
		return -1;
	if (version > schema->version)
		return refuse_newer(store, version, schema);
	for (int i = version; !result && i < schema->version; i++)
		result = run_sql(store, schema->upgrades[i]);
	numbers = xstrfmt("PRAGMA application_id = %d; PRAGMA user_version = %d", SCHEMA_APPLICATION,
			  schema->version);
	if (!result)
		result = run_sql(store, numbers);
	free(numbers);
	return result;
}

int schema_upgrade(struct store *store, const struct schema *schema)
{
	int current = schema_is_current(store, schema);

	if (current)
		return current < 0 ? -1 : 0;
	if (store->read_only)
		return error_set("'%s' was written by an older version and is to be upgraded first: "
				 "run a command that writes",
				 store->path);
	if (store_begin(store))
		return -1;
	if (run_steps(store, schema)) {
		store_rollback(store);
		return -1;
	}
	return store_commit(store);
}
