#include "store/foreign-private.h"

#include <dirent.h>
#include <fcntl.h>
#include <strings.h>
#include <sys/stat.h>

#include "base/csv.h"
#include "base/error.h"

#define PIECE 65536

/* foreign->data is the folder. */

/* The file of a table, whatever the case of its name: 0, STORE_NONE or -1. */
static int find_table(struct foreign *foreign, const char *table, char **path)
{
	char *name = xstrfmt("%s.csv", table);
	DIR *dir = opendir(foreign->data);
	const struct dirent *entry;
	int result = STORE_NONE;

	*path = NULL;
	if (!dir)
		result = error_set("cannot read '%s': %s", foreign->name, strerror(errno));
	while (dir && (entry = readdir(dir)))
		if (!strcasecmp(entry->d_name, name)) {
			/* Of several the first by bytes, whatever order the folder has. */
			if (*path && strcmp(*path + strlen(foreign->data) + 1, entry->d_name) <= 0)
				continue;
			free(*path);
			*path = xstrfmt("%s/%s", (char *)foreign->data, entry->d_name);
			result = 0;
		}
	if (dir)
		closedir(dir);
	free(name);
	return result;
}

struct reading {
	const struct foreign_request *request;
	/* NULL: the names are wanted, and nothing else. */
	foreign_row_fn *fn;
	void *data;
	struct strvec *names;
	bool has_header;
	/* Where each column of the request stands; -1: nowhere. */
	ssize_t place[FOREIGN_COLUMNS_MAX];
	size_t width;
	/* `fn` or the header ended the reading: no error of the file. */
	bool ended;
	int result;
};

static void take_header(struct reading *r, const struct csv_row *row)
{
	r->has_header = true;
	r->width = row->nr;
	if (!r->fn) {
		for (size_t i = 0; i < row->nr; i++)
			strvec_push(r->names, row->fields[i]);
		return;
	}
	for (size_t c = 0; c < r->request->nr; c++) {
		r->place[c] = -1;
		for (size_t i = 0; r->request->columns[c] && i < row->nr && r->place[c] < 0; i++)
			if (!strcmp(row->fields[i], r->request->columns[c]))
				r->place[c] = (ssize_t)i;
	}
}

static int take_row(const struct csv_row *row, void *data)
{
	struct reading *r = data;
	const char *fields[FOREIGN_COLUMNS_MAX];

	if (!r->has_header) {
		take_header(r, row);
		r->ended = !r->fn;
		return r->ended;
	}
	if (row->nr != r->width)
		return error_set("line %zu: %zu fields, but %zu columns are named in the first line",
				 row->line, row->nr, r->width);
	for (size_t c = 0; c < r->request->nr; c++)
		fields[c] = r->place[c] < 0 ? "" : row->fields[r->place[c]];
	r->result = r->fn(fields, r->data);
	r->ended = r->result != 0;
	return r->result;
}

static int feed(struct csv_reader *reader, int fd)
{
	char *piece = xmalloc(PIECE);
	ssize_t len;
	int result = 0;

	while (!result && (len = read(fd, piece, PIECE)) != 0) {
		if (len < 0 && errno == EINTR)
			continue;
		result = len < 0 ? error_set("%s", strerror(errno))
				 : csv_reader_feed(reader, piece, (size_t)len);
	}
	free(piece);
	return result ? result : csv_reader_end(reader);
}

static int read_file(const char *path, struct reading *r)
{
	struct csv_reader *reader = csv_reader_new(take_row, r);
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	int result;

	if (fd < 0 || fstat(fd, &st))
		result = error_set("%s", strerror(errno));
	else if (!S_ISREG(st.st_mode))
		result = error_set("no regular file");
	else
		result = feed(reader, fd);
	if (!result && !r->has_header)
		result = error_set("is empty, expected the names of columns");
	if (result && !r->ended)
		error_prefix("'%s'", path);
	if (fd >= 0)
		close(fd);
	csv_reader_free(reader);
	return r->ended ? r->result : result;
}

static int csv_columns(struct foreign *foreign, const char *table, struct strvec *names)
{
	struct reading r = { .names = names };
	char *path;
	int result = find_table(foreign, table, &path);

	if (!result)
		result = read_file(path, &r);
	free(path);
	return result;
}

static int csv_rows(struct foreign *foreign, const struct foreign_request *request, foreign_row_fn *fn,
		    void *data)
{
	struct reading r = { .request = request, .fn = fn, .data = data };
	char *path;
	int result = find_table(foreign, request->table, &path);

	if (!result)
		result = read_file(path, &r);
	free(path);
	return result;
}

static void csv_close(struct foreign *foreign)
{
	free(foreign->data);
}

static const struct foreign_kind csv_kind = { csv_columns, csv_rows, csv_close };

int foreign_open_csv(struct foreign *foreign, const char *path)
{
	struct stat st;

	if (stat(path, &st))
		return error_set("cannot open the result store '%s': %s", foreign->name, strerror(errno));
	if (!S_ISDIR(st.st_mode))
		return error_set("'%s' is no folder of CSV files; a database is named by sqlite:///file",
				 foreign->name);
	foreign->data = xstrdup(path);
	foreign->kind = &csv_kind;
	return 0;
}
