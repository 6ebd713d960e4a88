/*
 * CSV, through libcsv in strict mode: quoted fields, CRLF, a UTF-8 byte order
 * mark. Input is capped, so that an open quote cannot eat the memory.
 */
#ifndef BASE_CSV_H
#define BASE_CSV_H

#include "base/strvec.h"

#define CSV_FIELD_MAX 65536
#define CSV_FIELDS_MAX 1024

struct csv_row {
	/* The line on which the row begins, from 1. */
	size_t line;
	/* The fields, unquoted; borrowed for the call. A NUL in a field ends it. */
	const char *const *fields;
	size_t nr;
};

/* Non-zero ends the reading and is returned. */
typedef int csv_row_fn(const struct csv_row *row, void *data);

/*
 * Calls `fn` for each row of `text`; blank lines are no rows. Errors (an open
 * quote, a field over CSV_FIELD_MAX, too many fields, a NUL byte) name the
 * line: "line 12: ..."; the caller prefixes the file.
 */
int csv_parse(const char *text, size_t len, csv_row_fn *fn, void *data) MUST_CHECK;

/* Appends a field for output, quoted where CSV needs it. */
struct strbuf;
void csv_add_field(struct strbuf *out, const char *text);

#endif
