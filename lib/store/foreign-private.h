/*
 * What the kinds of foreign stores share. Each kind answers two questions:
 * which columns has a table, and what is in its rows; tables, joins, order
 * and grouping are the business of foreign-tables.c and foreign-results.c,
 * so that all kinds give the same answers.
 */
#ifndef STORE_FOREIGN_PRIVATE_H
#define STORE_FOREIGN_PRIVATE_H

#include "base/strvec.h"
#include "store/foreign.h"

/* More columns than a table of theirs has. */
#define FOREIGN_COLUMNS_MAX 16
/* So that a store cannot eat the memory. */
#define FOREIGN_ROWS_MAX 1000000

/* The fields that were asked for, in that order; "" where a row has none. */
typedef int foreign_row_fn(const char *const *fields, void *data);

struct foreign_request {
	const char *table;
	/* The store's own names; NULL: this column is not there, its field is "". */
	const char *columns[FOREIGN_COLUMNS_MAX];
	/* Only rows in which the column is this text; NULL: any. A store may give more. */
	const char *equal[FOREIGN_COLUMNS_MAX];
	size_t nr;
};

struct foreign_kind {
	/* The columns of a table: 0, STORE_NONE (there is no such table), or -1. */
	int (*columns)(struct foreign *foreign, const char *table, struct strvec *names);
	/* Rows in any order: 0, what `fn` returned, or -1. */
	int (*rows)(struct foreign *foreign, const struct foreign_request *request, foreign_row_fn *fn,
		    void *data);
	void (*close)(struct foreign *foreign);
};

struct foreign {
	const struct foreign_kind *kind;
	/* The URL, for messages. */
	char *name;
	/* Of the kind. */
	void *data;
};

/* A column that we want, by the names that it may have; the first is the one we tell. */
struct foreign_column {
	const char *names[4];
	bool required;
};

/*
 * Finds the columns of a table. 0; STORE_NONE when there is no such table and `optional`;
 * -1 with a sentence that names the table or column.
 */
int foreign_resolve(struct foreign *foreign, const char *table, const struct foreign_column *columns,
		    size_t nr, bool optional, struct foreign_request *request, struct strvec *names) MUST_CHECK;
/* Compares ids: numbers as numbers, others by bytes. For qsort(). */
int foreign_id_compare(const char *a, const char *b);

/* Each makes foreign->kind and foreign->data of the part of the URL after "<kind>:". */
int foreign_open_csv(struct foreign *foreign, const char *path) MUST_CHECK;
int foreign_open_sqlite(struct foreign *foreign, const char *path) MUST_CHECK;
int foreign_open_store(struct foreign *foreign, struct store *store) MUST_CHECK;

struct foreign_server {
	char *host;
	char *user;
	char *database;
	/* 0: the usual one. */
	unsigned port;
};

int foreign_open_mysql(struct foreign *foreign, const struct foreign_server *server) MUST_CHECK;

#endif
