/*
 * Databases of Fastpath, and our own, whose tables are shown as theirs.
 */
#include "store/foreign-private.h"

#include <sqlite3.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/strbuf.h"
#include "store/private.h"

#define WAIT 10000
#define ADVICE "restore it from a copy"

struct sqlite_data {
	sqlite3 *db;
	/* Our store's, which is not ours to close. */
	bool borrowed;
};

struct shown_table {
	const char *name;
	const char *sql;
};

/* Two profiles of one name are apart by what they were measured with. */
#define PROFILE_ID "swprofile || '@' || substr(context_hash, 1, 12)"

/* What did not end well is no result. */
static const struct shown_table shown[] = {
	{ "SUT", "SELECT DISTINCT machine AS id, machine AS name FROM boot" },
	{ "SWPROFILE", "SELECT DISTINCT " PROFILE_ID " AS id, swprofile AS kernel_name,"
		       " commit_id AS kernel_git_sha, '' AS userspace_name, '' AS cmdline, '' AS sysctl,"
		       " '' AS bootscript FROM boot" },
	{ "BENCHMARK", "SELECT DISTINCT benchmark AS id, substr(benchmark, 1, instr(benchmark, '/') - 1) AS suite,"
		       " substr(benchmark, instr(benchmark, '/') + 1) AS name FROM boot" },
	{ "RESULT", "SELECT s.id AS id, machine AS sut_id, " PROFILE_ID " AS swprofile_id,"
		    " benchmark AS benchmark_id, coalesce(boot_id, '') || '#' || b.id AS session_uuid,"
		    " resultclass, value, unit, better FROM sample AS s JOIN boot AS b ON b.id = s.boot"
		    " WHERE class IN ('measured', 'unfinished')" },
};

static sqlite3 *db_of(struct foreign *foreign)
{
	return ((struct sqlite_data *)foreign->data)->db;
}

static int failed(struct foreign *foreign)
{
	return sqlite_failed(db_of(foreign), foreign->name, "read results", ADVICE);
}

static void add_name(struct strbuf *sql, const char *name)
{
	strbuf_addch(sql, '"');
	for (; *name; name++) {
		if (*name == '"')
			strbuf_addch(sql, '"');
		strbuf_addch(sql, *name);
	}
	strbuf_addch(sql, '"');
}

/* What stands after FROM. */
static void add_table(struct strbuf *sql, struct foreign *foreign, const char *table)
{
	const struct sqlite_data *data = foreign->data;

	for (size_t i = 0; data->borrowed && i < ARRAY_SIZE(shown); i++)
		if (!strcmp(shown[i].name, table)) {
			strbuf_addf(sql, "(%s)", shown[i].sql);
			return;
		}
	add_name(sql, table);
}

/* 1, 0 or -1. */
static int has_table(struct foreign *foreign, const char *table)
{
	sqlite3_stmt *stmt = NULL;
	int result = -1;

	for (size_t i = 0; ((struct sqlite_data *)foreign->data)->borrowed && i < ARRAY_SIZE(shown); i++)
		if (!strcmp(shown[i].name, table))
			return 1;
	if (!sqlite3_prepare_v2(db_of(foreign),
				"SELECT count(*) FROM sqlite_schema WHERE type IN ('table', 'view')"
				" AND name = ? COLLATE NOCASE",
				-1, &stmt, NULL) &&
	    !sqlite3_bind_text(stmt, 1, table, -1, SQLITE_STATIC) && sqlite3_step(stmt) == SQLITE_ROW)
		result = sqlite3_column_int(stmt, 0) > 0;
	if (result < 0)
		failed(foreign);
	sqlite3_finalize(stmt);
	return result;
}

static int sqlite_columns(struct foreign *foreign, const char *table, struct strvec *names)
{
	struct strbuf sql = STRBUF_INIT;
	sqlite3_stmt *stmt = NULL;
	int result = has_table(foreign, table);

	if (result <= 0)
		return result < 0 ? -1 : STORE_NONE;
	strbuf_addstr(&sql, "SELECT * FROM ");
	add_table(&sql, foreign, table);
	strbuf_addstr(&sql, " LIMIT 0");
	result = sqlite3_prepare_v2(db_of(foreign), sql.buf, -1, &stmt, NULL) ? failed(foreign) : 0;
	for (int i = 0; !result && i < sqlite3_column_count(stmt); i++)
		strvec_push(names, sqlite3_column_name(stmt, i));
	sqlite3_finalize(stmt);
	strbuf_release(&sql);
	return result;
}

/* A comparison as text, whatever type the column has. */
static int prepare(struct foreign *foreign, const struct foreign_request *request, sqlite3_stmt **stmt)
{
	struct strbuf sql = STRBUF_INIT;
	int result, bound = 0, conditions = 0;

	strbuf_addstr(&sql, "SELECT ");
	for (size_t i = 0; i < request->nr; i++) {
		strbuf_addstr(&sql, i ? ", " : "");
		if (request->columns[i])
			add_name(&sql, request->columns[i]);
		else
			strbuf_addstr(&sql, "NULL");
	}
	strbuf_addstr(&sql, " FROM ");
	add_table(&sql, foreign, request->table);
	for (size_t i = 0; i < request->nr; i++) {
		if (!request->columns[i] || !request->equal[i])
			continue;
		strbuf_addstr(&sql, conditions++ ? " AND CAST(" : " WHERE CAST(");
		add_name(&sql, request->columns[i]);
		strbuf_addstr(&sql, " AS TEXT) = ?");
	}
	result = sqlite3_prepare_v2(db_of(foreign), sql.buf, -1, stmt, NULL);
	for (size_t i = 0; !result && i < request->nr; i++)
		if (request->columns[i] && request->equal[i])
			result = sqlite3_bind_text(*stmt, ++bound, request->equal[i], -1, SQLITE_STATIC);
	strbuf_release(&sql);
	return result ? failed(foreign) : 0;
}

static int give_row(sqlite3_stmt *stmt, const struct foreign_request *request, foreign_row_fn *fn, void *data)
{
	const char *fields[FOREIGN_COLUMNS_MAX];
	char reals[FOREIGN_COLUMNS_MAX][32];

	for (size_t i = 0; i < request->nr; i++) {
		/* SQLite's own text of a number is short of digits. */
		if (sqlite3_column_type(stmt, (int)i) == SQLITE_FLOAT) {
			snprintf(reals[i], sizeof(reals[i]), "%.17g", sqlite3_column_double(stmt, (int)i));
			fields[i] = reals[i];
			continue;
		}
		fields[i] = (const char *)sqlite3_column_text(stmt, (int)i);
		if (!fields[i])
			fields[i] = "";
	}
	return fn(fields, data);
}

static int sqlite_rows(struct foreign *foreign, const struct foreign_request *request, foreign_row_fn *fn,
		       void *data)
{
	sqlite3_stmt *stmt = NULL;
	int result = prepare(foreign, request, &stmt), step;

	while (!result) {
		step = sqlite3_step(stmt);
		if (step == SQLITE_DONE)
			break;
		result = step == SQLITE_ROW ? give_row(stmt, request, fn, data) : failed(foreign);
	}
	sqlite3_finalize(stmt);
	return result;
}

static void sqlite_close(struct foreign *foreign)
{
	struct sqlite_data *data = foreign->data;

	if (!data->borrowed)
		sqlite3_close_v2(data->db);
	free(data);
}

static const struct foreign_kind sqlite_kind = { sqlite_columns, sqlite_rows, sqlite_close };

int foreign_open_store(struct foreign *foreign, struct store *store)
{
	struct sqlite_data *data = xcalloc(1, sizeof(*data));

	data->db = store->db;
	data->borrowed = true;
	foreign->data = data;
	foreign->kind = &sqlite_kind;
	return 0;
}

int foreign_open_sqlite(struct foreign *foreign, const char *path)
{
	struct sqlite_data *data = xcalloc(1, sizeof(*data));
	struct stat st;

	foreign->data = data;
	foreign->kind = &sqlite_kind;
	/* SQLite says of a missing file, and of a folder, the same. */
	if (stat(path, &st))
		return error_set("cannot open the result store '%s': %s", foreign->name, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return error_set("cannot open the result store '%s': it is no regular file", foreign->name);
	if (sqlite3_open_v2(path, &data->db, SQLITE_OPEN_READONLY | SQLITE_OPEN_EXRESCODE, NULL))
		return data->db ? failed(foreign) : error_set("cannot open '%s': out of memory", foreign->name);
	sqlite3_busy_timeout(data->db, WAIT);
	sqlite3_limit(data->db, SQLITE_LIMIT_ATTACHED, 0);
	if (sqlite3_db_config(data->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL) ||
	    sqlite3_db_config(data->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL) ||
	    sqlite3_exec(data->db, "PRAGMA query_only = ON; PRAGMA cell_size_check = ON", NULL, NULL, NULL))
		return failed(foreign);
	return 0;
}
