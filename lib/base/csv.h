/*
 * CSV, through libcsv in strict mode: quoted fields, any line ends, a UTF-8
 * byte order mark. Text is fed in pieces of any size and rows come out by a
 * callback; sizes are capped, so that an open quote cannot eat the memory.
 *
 *	struct csv_reader *reader = csv_reader_new(fn, data);
 *
 *	if (csv_reader_feed(reader, text, len) || csv_reader_end(reader))
 *		... an error is recorded, or `fn` ended the reading ...
 *	csv_reader_free(reader);
 *
 * White space around an unquoted field is dropped; blank lines are no rows.
 * Errors (a quote that is open or in the middle of a field, a field, row or
 * number of fields over the cap, a NUL byte) name the line: "line 12: ...";
 * the caller prefixes the file.
 */
#ifndef BASE_CSV_H
#define BASE_CSV_H

#include "base/strbuf.h"

#define CSV_FIELD_MAX 65536
#define CSV_FIELDS_MAX 1024
#define CSV_ROW_MAX (1 << 20)

struct csv_row {
	/* The line on which the row begins, from 1. */
	size_t line;
	/* The fields, unquoted; borrowed for the call. */
	const char *const *fields;
	size_t nr;
};

/* Non-zero ends the reading and is returned. */
typedef int csv_row_fn(const struct csv_row *row, void *data);

struct csv_reader;

struct csv_reader *csv_reader_new(csv_row_fn *fn, void *data);
/* Both return 0, what `fn` returned, or -1; after non-zero only csv_reader_free() may follow. */
int csv_reader_feed(struct csv_reader *reader, const char *text, size_t len) MUST_CHECK;
/* To be called at the end of the text, for a last row without a line end. */
int csv_reader_end(struct csv_reader *reader) MUST_CHECK;
void csv_reader_free(struct csv_reader *reader);

/*
 * Appends a field for output, quoted where CSV needs it. Text that a
 * spreadsheet would run as a formula (it begins with = + - @ or a tab and is
 * no number) gets a "'" in front.
 */
void csv_add_field(struct strbuf *out, const char *text);

#endif
