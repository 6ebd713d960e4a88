/*
 * What the files of the store share: the connection, statements, and how an
 * error of SQLite becomes a sentence.
 */
#ifndef STORE_PRIVATE_H
#define STORE_PRIVATE_H

#include <sqlite3.h>

#include "store/store.h"

struct store {
	sqlite3 *db;
	/* For messages. */
	char *path;
	char *dir;
	bool read_only;
	bool in_transaction;
	/* A write of the transaction failed: it can only be rolled back. */
	bool spoiled;
	/* The disk did not take what was written: no later success may be believed. */
	bool broken;
};

/* Records why SQLite failed at `what` ("store a sample"), which reads after "cannot". Returns -1. */
int store_failed(struct store *store, const char *what);
/* The same for a connection that is no store of ours; `advice` is what to do when it is damaged. */
int sqlite_failed(sqlite3 *db, const char *path, const char *what, const char *advice);

/*
 * A statement and its parameters, in order:
 *
 *	struct statement s;
 *
 *	if (statement_prepare(&s, store, "store a boot", "INSERT ..."))
 *		return -1;
 *	statement_text(&s, commit);
 *	statement_int(&s, started);
 *	return statement_run(&s);
 *
 * or statement_step() until it is not 1, then statement_release(). A failed
 * statement_prepare() has released everything.
 */
struct statement {
	struct store *store;
	/* Borrowed. */
	const char *what;
	sqlite3_stmt *stmt;
	int bound;
};

int statement_prepare(struct statement *s, struct store *store, const char *what, const char *sql) MUST_CHECK;
/* As statement_prepare(), and refuses where nothing may be written. */
int statement_prepare_write(struct statement *s, struct store *store, const char *what,
			    const char *sql) MUST_CHECK;
/* NULL is SQL's; `text` lives until the statement is released. */
void statement_text(struct statement *s, const char *text);
/* "" is stored as NULL, too. */
void statement_text_or_null(struct statement *s, const char *text);
void statement_int(struct statement *s, int64_t value);
/* 0 is stored as NULL. */
void statement_int_or_null(struct statement *s, int64_t value);
/* Negative is stored as NULL. */
void statement_seconds(struct statement *s, double value);
void statement_real(struct statement *s, double value);
/* 1: a row; 0: no more; -1. */
int statement_step(struct statement *s);
void statement_release(struct statement *s);
/* Steps once and releases: 0, or -1. */
int statement_run(struct statement *s);
/* As statement_run(), but STORE_NONE, with nothing recorded, when a unique key is there already. */
int statement_run_unique(struct statement *s);

/* "" for NULL; valid until the next step. */
const char *column_text(struct statement *s, int column);
/* -1 for NULL. */
double column_seconds(struct statement *s, int column);

#endif
