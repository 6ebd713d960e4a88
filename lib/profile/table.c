#include "profile/table.h"

#include <strings.h>

#include "base/csv.h"
#include "base/error.h"
#include "profile/calls.h"
#include "profile/clean.h"

enum column {
	COLUMN_FUNCTION,
	COLUMN_SAMPLES,
	COLUMN_PERCENT,
	COLUMN_PATH,
	COLUMN_CALLERS,
	COLUMN_CALLEES,
	COLUMNS,
};

/* By which names a column goes; the first is its own and beats the others. */
static const char *const column_names[COLUMNS][4] = {
	[COLUMN_FUNCTION] = { "function", "symbol" },
	[COLUMN_SAMPLES] = { "samples" },
	[COLUMN_PERCENT] = { "sys_percent", "percent", "overhead" },
	[COLUMN_PATH] = { "file_path", "file", "path" },
	[COLUMN_CALLERS] = { "callers" },
	[COLUMN_CALLEES] = { "callees" },
};

struct reading {
	struct build *build;
	/* The header line has been seen; how many columns it has. */
	bool has_header;
	size_t width;
	/* Where each column is, or -1. */
	ssize_t at[COLUMNS];
	/* The cleaned path of the row at hand. */
	struct strbuf path;
};

static bool is_named(const char *field, const char *name)
{
	size_t len;

	field += strspn(field, " \t");
	len = strlen(field);
	while (len && (field[len - 1] == ' ' || field[len - 1] == '\t'))
		len--;
	return len == strlen(name) && !strncasecmp(field, name, len);
}

/* The column's place by its own name, else by one of the others; -1: absent, -2: an error. */
static ssize_t find_column(const struct csv_row *row, enum column column)
{
	ssize_t found = -1;

	for (size_t n = 0; column_names[column][n]; n++) {
		for (size_t i = 0; i < row->nr; i++) {
			if (!is_named(row->fields[i], column_names[column][n]))
				continue;
			if (found >= 0) {
				error_set("line %zu: the columns \"%s\" and \"%s\" could both be %s", row->line,
					  row->fields[found], row->fields[i], column_names[column][0]);
				return -2;
			}
			found = (ssize_t)i;
		}
		if (!n && found >= 0)
			break;
	}
	return found;
}

static int take_header(struct reading *r, const struct csv_row *row)
{
	for (enum column c = 0; c < COLUMNS; c++) {
		r->at[c] = find_column(row, c);
		if (r->at[c] < -1)
			return -1;
	}
	if (r->at[COLUMN_FUNCTION] < 0)
		return error_set("line %zu: no column \"function\"; the first line must name the columns, "
				 "like function,samples,sys_percent,file_path",
				 row->line);
	if (r->at[COLUMN_SAMPLES] < 0 && r->at[COLUMN_PERCENT] < 0)
		return error_set("line %zu: neither a column \"samples\" nor \"sys_percent\"", row->line);
	r->has_header = true;
	r->width = row->nr;
	r->build->profile->has_percent = r->at[COLUMN_PERCENT] >= 0;
	return 0;
}

/* The row's field in `column`, "" when there is no such column. */
static const char *field(const struct reading *r, const struct csv_row *row, enum column column)
{
	return r->at[column] < 0 ? "" : row->fields[r->at[column]];
}

static int clean_fields(struct reading *r, const struct csv_row *row, struct profile_row *add)
{
	if (row->nr != r->width)
		return error_set("%zu fields, the first line has %zu; a comma in a name needs quotes around it",
				 row->nr, r->width);
	if (!*field(r, row, COLUMN_FUNCTION))
		return error_set("function is empty, expected a name");
	if (r->at[COLUMN_SAMPLES] >= 0 &&
	    clean_count(&add->samples, field(r, row, COLUMN_SAMPLES), PROFILE_SAMPLES_MAX, "samples"))
		return -1;
	if (r->at[COLUMN_PERCENT] >= 0 &&
	    clean_percent(&add->percent, field(r, row, COLUMN_PERCENT), "sys_percent"))
		return -1;
	return clean_path(&r->path, field(r, row, COLUMN_PATH));
}

static int take_row(const struct csv_row *row, void *data)
{
	struct reading *r = data;
	struct profile_row add = { .percent = -1, .line = row->line };
	const char *function;

	if (!r->has_header)
		return take_header(r, row);
	if (clean_fields(r, row, &add))
		return error_prefix("line %zu", row->line);
	function = field(r, row, COLUMN_FUNCTION);
	if (r->at[COLUMN_CALLERS] >= 0 || r->at[COLUMN_CALLEES] >= 0)
		add.calls = profile_calls_parse(field(r, row, COLUMN_CALLERS), field(r, row, COLUMN_CALLEES));
	if (build_row(r->build, function, strlen(function), r->path.buf, &add))
		return error_prefix("line %zu", row->line);
	return 0;
}

static int feed_all(struct csv_reader *reader, struct input *input)
{
	const char *piece;
	ssize_t n;

	while ((n = input_next(input, &piece)) > 0)
		if (csv_reader_feed(reader, piece, (size_t)n))
			return -1;
	return n < 0 ? -1 : csv_reader_end(reader);
}

int table_read(struct build *build, struct input *input)
{
	struct reading r = { .build = build, .path = STRBUF_INIT };
	struct csv_reader *reader = csv_reader_new(take_row, &r);
	int result = feed_all(reader, input);

	if (!result && !r.has_header)
		result = error_set("nothing in it; expected a first line like "
				   "function,samples,sys_percent,file_path");
	else if (!result && !build->profile->nr)
		result = error_set("no rows below the first line");
	csv_reader_free(reader);
	strbuf_release(&r.path);
	return result;
}
