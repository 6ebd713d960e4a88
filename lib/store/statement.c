#include "store/private.h"

#include "base/error.h"

int statement_prepare(struct statement *s, struct store *store, const char *what, const char *sql)
{
	*s = (struct statement){ .store = store, .what = what };
	if (sqlite3_prepare_v2(store->db, sql, -1, &s->stmt, NULL))
		return store_failed(store, what);
	return 0;
}

int statement_prepare_write(struct statement *s, struct store *store, const char *what, const char *sql)
{
	*s = (struct statement){ .store = store, .what = what };
	if (store->read_only)
		return error_set("cannot %s: '%s' was opened to be read only", what, store->path);
	if (store->broken)
		return error_set("cannot %s in '%s': the disk failed at an earlier write; check it and its file "
				 "system, then run the command again",
				 what, store->path);
	if (store->spoiled)
		return error_set("cannot %s in '%s': an earlier write that belongs to it failed", what,
				 store->path);
	return statement_prepare(s, store, what, sql);
}

/* Only a lack of memory, or a number of parameters that is not the statement's. */
static void bound(int result)
{
	if (result)
		BUG("cannot bind a parameter: %s", sqlite3_errstr(result));
}

void statement_text(struct statement *s, const char *text)
{
	bound(sqlite3_bind_text(s->stmt, ++s->bound, text, -1, SQLITE_STATIC));
}

void statement_text_or_null(struct statement *s, const char *text)
{
	statement_text(s, text && *text ? text : NULL);
}

void statement_int(struct statement *s, int64_t value)
{
	bound(sqlite3_bind_int64(s->stmt, ++s->bound, value));
}

void statement_int_or_null(struct statement *s, int64_t value)
{
	if (value)
		statement_int(s, value);
	else
		statement_text(s, NULL);
}

void statement_real(struct statement *s, double value)
{
	bound(sqlite3_bind_double(s->stmt, ++s->bound, value));
}

void statement_seconds(struct statement *s, double value)
{
	if (value >= 0)
		statement_real(s, value);
	else
		statement_text(s, NULL);
}

int statement_step(struct statement *s)
{
	int result;

	errno = 0;
	result = sqlite3_step(s->stmt);
	if (result == SQLITE_ROW)
		return 1;
	return result == SQLITE_DONE ? 0 : store_failed(s->store, s->what);
}

void statement_release(struct statement *s)
{
	sqlite3_finalize(s->stmt);
	s->stmt = NULL;
}

int statement_run(struct statement *s)
{
	int result = statement_step(s);

	statement_release(s);
	return result < 0 ? -1 : 0;
}

int statement_run_unique(struct statement *s)
{
	int result, code;

	errno = 0;
	result = sqlite3_step(s->stmt);
	code = sqlite3_extended_errcode(s->store->db);

	if (result != SQLITE_ROW && result != SQLITE_DONE) {
		if (code == SQLITE_CONSTRAINT_UNIQUE || code == SQLITE_CONSTRAINT_PRIMARYKEY)
			result = STORE_NONE;
		else
			result = store_failed(s->store, s->what);
		s->store->spoiled = s->store->in_transaction;
	} else {
		result = 0;
	}
	statement_release(s);
	return result;
}

const char *column_text(struct statement *s, int column)
{
	const char *text = (const char *)sqlite3_column_text(s->stmt, column);

	return text ? text : "";
}

double column_seconds(struct statement *s, int column)
{
	if (sqlite3_column_type(s->stmt, column) == SQLITE_NULL)
		return -1;
	return sqlite3_column_double(s->stmt, column);
}
