#include "store/foreign-private.h"

#include <strings.h>

#include "base/error.h"
#include "base/strbuf.h"

/* Ids that a message lists. */
#define LISTED_MAX 8

int foreign_id_compare(const char *a, const char *b)
{
	size_t na = strlen(a), nb = strlen(b);
	bool numbers = na && nb && strspn(a, "0123456789") == na && strspn(b, "0123456789") == nb;

	if (numbers && na != nb)
		return na < nb ? -1 : 1;
	return strcmp(a, b);
}

static const char *find_name(const struct foreign_column *column, const struct strvec *names)
{
	for (size_t n = 0; n < ARRAY_SIZE(column->names) && column->names[n]; n++)
		for (size_t i = 0; i < names->nr; i++)
			if (!strcasecmp(column->names[n], names->v[i]))
				return names->v[i];
	return NULL;
}

static int refuse_column(struct foreign *foreign, const char *table, const char *column,
			 const struct strvec *names)
{
	struct strbuf list = STRBUF_INIT;

	for (size_t i = 0; i < names->nr; i++)
		strbuf_addf(&list, "%s%s", i ? ", " : "", names->v[i]);
	error_set("table %s of '%s' has no column %s (it has %s)", table, foreign->name, column, list.buf);
	strbuf_release(&list);
	return -1;
}

int foreign_resolve(struct foreign *foreign, const char *table, const struct foreign_column *columns,
		    size_t nr, bool optional, struct foreign_request *request, struct strvec *names)
{
	int result = foreign->kind->columns(foreign, table, names);

	if (result == STORE_NONE)
		return optional ? STORE_NONE : error_set("'%s' has no table %s", foreign->name, table);
	if (result)
		return -1;
	*request = (struct foreign_request){ .table = table, .nr = nr };
	for (size_t i = 0; i < nr; i++) {
		request->columns[i] = find_name(&columns[i], names);
		if (!request->columns[i] && columns[i].required)
			return refuse_column(foreign, table, columns[i].names[0], names);
	}
	return 0;
}

/* A table whose rows are taken whole: the texts of a row follow each other. */
struct rows {
	struct foreign *foreign;
	const char *table;
	size_t fields;
	char **texts;
	size_t nr;
	size_t alloc;
};

static int take_row(const char *const *fields, void *data)
{
	struct rows *rows = data;

	if (rows->nr / rows->fields >= FOREIGN_ROWS_MAX)
		return error_set("table %s of '%s' has more than %d rows", rows->table, rows->foreign->name,
				 FOREIGN_ROWS_MAX);
	ALLOC_GROW(rows->texts, rows->nr + rows->fields, rows->alloc);
	for (size_t i = 0; i < rows->fields; i++)
		rows->texts[rows->nr++] = xstrdup(fields[i]);
	return 0;
}

static int compare_rows(const void *a, const void *b)
{
	char *const *one = a, *const *two = b;

	return foreign_id_compare(one[0], two[0]);
}

/* All rows of a table, by id, which is the first column. */
static int read_rows(struct rows *rows, struct foreign *foreign, const char *table,
		     const struct foreign_column *columns, size_t nr)
{
	struct strvec names = STRVEC_INIT;
	struct foreign_request request;
	int result;

	*rows = (struct rows){ .foreign = foreign, .table = table, .fields = nr };
	result = foreign_resolve(foreign, table, columns, nr, false, &request, &names);
	if (!result)
		result = foreign->kind->rows(foreign, &request, take_row, rows);
	if (!result && rows->nr)
		qsort(rows->texts, rows->nr / nr, nr * sizeof(*rows->texts), compare_rows);
	strvec_release(&names);
	return result;
}

static void rows_release(struct rows *rows)
{
	for (size_t i = 0; i < rows->nr; i++)
		free(rows->texts[i]);
	free(rows->texts);
}

static const struct foreign_column swprofile_columns[] = {
	{ { "id" }, true },
	{ { "kernel_name", "kernel", "name" }, true },
	{ { "kernel_git_sha", "git_sha" }, true },
	{ { "userspace_name", "userspace" }, false },
	{ { "cmdline" }, true },
	{ { "sysctl" }, true },
	{ { "bootscript" }, true },
};

static const struct foreign_column benchmark_columns[] = {
	{ { "id" }, true },    { { "suite" }, true },  { { "name" }, true },
	{ { "type" }, false }, { { "image" }, false },
};

static const struct foreign_column sut_columns[] = {
	{ { "id" }, true },
	{ { "name" }, true },
};

/* Rows as structs that borrow their texts. */
static struct foreign_swprofile swprofile_of(char **at)
{
	return (struct foreign_swprofile){ at[0], at[1], at[2], at[3], at[4], at[5], at[6] };
}

static struct foreign_benchmark benchmark_of(char **at)
{
	return (struct foreign_benchmark){ at[0], at[1], at[2], at[3], at[4] };
}

int foreign_swprofiles(struct foreign *foreign, foreign_swprofile_fn *fn, void *data)
{
	struct rows rows;
	int result = read_rows(&rows, foreign, "SWPROFILE", swprofile_columns, ARRAY_SIZE(swprofile_columns));

	for (size_t i = 0; !result && i < rows.nr; i += rows.fields) {
		const struct foreign_swprofile swprofile = swprofile_of(rows.texts + i);

		result = fn(&swprofile, data);
	}
	rows_release(&rows);
	return result;
}

int foreign_benchmarks(struct foreign *foreign, foreign_benchmark_fn *fn, void *data)
{
	struct rows rows;
	int result = read_rows(&rows, foreign, "BENCHMARK", benchmark_columns, ARRAY_SIZE(benchmark_columns));

	for (size_t i = 0; !result && i < rows.nr; i += rows.fields) {
		const struct foreign_benchmark benchmark = benchmark_of(rows.texts + i);

		result = fn(&benchmark, data);
	}
	rows_release(&rows);
	return result;
}

int foreign_suts(struct foreign *foreign, foreign_sut_fn *fn, void *data)
{
	struct rows rows;
	int result = read_rows(&rows, foreign, "SUT", sut_columns, ARRAY_SIZE(sut_columns));

	for (size_t i = 0; !result && i < rows.nr; i += rows.fields) {
		const struct foreign_sut sut = { rows.texts[i], rows.texts[i + 1] };

		result = fn(&sut, data);
	}
	rows_release(&rows);
	return result;
}

/* Whether a row is called `name`: its second field, or "suite/name" of a benchmark. */
static bool is_called(const struct rows *rows, size_t at, const char *name)
{
	char *const *row = rows->texts + at;
	size_t len;

	if (strcmp(rows->table, "BENCHMARK"))
		return !strcmp(row[1], name);
	len = strlen(row[1]);
	return !strncmp(row[1], name, len) && name[len] == '/' && !strcmp(row[2], name + len + 1);
}

static int refuse_many(const struct rows *rows, const char *what, const char *name)
{
	struct strbuf ids = STRBUF_INIT;
	size_t listed = 0;

	for (size_t i = 0; i < rows->nr; i += rows->fields)
		if (is_called(rows, i, name) && listed++ < LISTED_MAX)
			strbuf_addf(&ids, "%s%s", ids.len ? ", " : "", rows->texts[i]);
	error_set("'%s' has %zu %ss called '%s'; name one by its id: %s%s", rows->foreign->name, listed, what,
		  name, ids.buf, listed > LISTED_MAX ? ", ..." : "");
	strbuf_release(&ids);
	return -1;
}

static int refuse_none(const struct rows *rows, const char *what, const char *name)
{
	struct strbuf list = STRBUF_INIT;
	size_t nr = rows->nr / rows->fields;

	for (size_t i = 0; i < nr && i < LISTED_MAX; i++) {
		char *const *row = rows->texts + i * rows->fields;
		bool benchmark = !strcmp(rows->table, "BENCHMARK");

		strbuf_addf(&list, "%s%s%s%s", i ? ", " : "", row[1], benchmark ? "/" : "",
			    benchmark ? row[2] : "");
	}
	error_set("'%s' has no %s '%s' (it has %s%s)", rows->foreign->name, what, name,
		  nr ? list.buf : "none", nr > LISTED_MAX ? ", ..." : "");
	strbuf_release(&list);
	return -1;
}

/* The place of the one row of this id or name, or -1. */
static ssize_t find_row(const struct rows *rows, const char *what, const char *id_or_name)
{
	ssize_t found = -1;

	for (size_t i = 0; i < rows->nr; i += rows->fields)
		if (!strcmp(rows->texts[i], id_or_name))
			return (ssize_t)i;
	for (size_t i = 0; i < rows->nr; i += rows->fields) {
		if (!is_called(rows, i, id_or_name))
			continue;
		if (found >= 0)
			return refuse_many(rows, what, id_or_name);
		found = (ssize_t)i;
	}
	return found >= 0 ? found : refuse_none(rows, what, id_or_name);
}

/* Reads a table and finds a row whose texts the caller may take. */
static char **take(struct rows *rows, struct foreign *foreign, const char *table, const char *what,
		   const struct foreign_column *columns, size_t nr, const char *id_or_name)
{
	ssize_t at = read_rows(rows, foreign, table, columns, nr) ? -1 : find_row(rows, what, id_or_name);

	return at < 0 ? NULL : rows->texts + at;
}

int foreign_swprofile_find(struct foreign *foreign, const char *id_or_name, struct foreign_swprofile *swprofile)
{
	struct rows rows;
	char **row = take(&rows, foreign, "SWPROFILE", "software profile", swprofile_columns,
			  ARRAY_SIZE(swprofile_columns), id_or_name);

	*swprofile = (struct foreign_swprofile)FOREIGN_SWPROFILE_INIT;
	if (row) {
		*swprofile = swprofile_of(row);
		memset(row, 0, rows.fields * sizeof(*row));
	}
	rows_release(&rows);
	return row ? 0 : -1;
}

int foreign_benchmark_find(struct foreign *foreign, const char *id_or_name, struct foreign_benchmark *benchmark)
{
	struct rows rows;
	char **row = take(&rows, foreign, "BENCHMARK", "benchmark", benchmark_columns,
			  ARRAY_SIZE(benchmark_columns), id_or_name);

	*benchmark = (struct foreign_benchmark)FOREIGN_BENCHMARK_INIT;
	if (row) {
		*benchmark = benchmark_of(row);
		memset(row, 0, rows.fields * sizeof(*row));
	}
	rows_release(&rows);
	return row ? 0 : -1;
}

int foreign_sut_find(struct foreign *foreign, const char *id_or_name, struct foreign_sut *sut)
{
	struct rows rows;
	char **row = take(&rows, foreign, "SUT", "system under test", sut_columns, ARRAY_SIZE(sut_columns),
			  id_or_name);

	*sut = (struct foreign_sut)FOREIGN_SUT_INIT;
	if (row) {
		*sut = (struct foreign_sut){ row[0], row[1] };
		memset(row, 0, rows.fields * sizeof(*row));
	}
	rows_release(&rows);
	return row ? 0 : -1;
}
