#include "profile/profile.h"

#include <fcntl.h>
#include <strings.h>

#include "base/csv.h"
#include "base/error.h"
#include "base/strbuf.h"
#include "profile/clean.h"

#define PIECE 65536

enum column {
	COLUMN_FUNCTION,
	COLUMN_SAMPLES,
	COLUMN_PERCENT,
	COLUMN_PATH,
	COLUMNS,
};

/* By which names a column goes; the first is its own and beats the others. */
static const char *const column_names[COLUMNS][4] = {
	[COLUMN_FUNCTION] = { "function", "symbol" },
	[COLUMN_SAMPLES] = { "samples" },
	[COLUMN_PERCENT] = { "sys_percent", "percent", "overhead" },
	[COLUMN_PATH] = { "file_path", "file", "path" },
};

struct slot {
	uint32_t hash;
	/* The row's number + 1; 0: free. */
	uint32_t row;
};

struct reading {
	struct profile *profile;
	/* The header line has been seen; how many columns it has. */
	bool has_header;
	size_t width;
	/* Where each column is, or -1. */
	ssize_t at[COLUMNS];
	size_t rows;
	/* The cleaned path of the row at hand. */
	struct strbuf path;
	/* Open addressing over profile->rows, by function and path. */
	struct slot *slots;
	size_t nslots;
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
	r->profile->has_percent = r->at[COLUMN_PERCENT] >= 0;
	return 0;
}

/* Eight bytes a step: profiles have millions of long paths. */
static uint64_t hash_bytes(uint64_t hash, const char *text, size_t len)
{
	for (;;) {
		uint64_t word = 0;
		size_t n = len < sizeof(word) ? len : sizeof(word);

		memcpy(&word, text, n);
		/* The last word is never full, so that "ab", "c" is not "a", "bc". */
		if (n < sizeof(word))
			word |= (uint64_t)(n + 1) << 56;
		hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
		hash ^= hash >> 29;
		if (n < sizeof(word))
			return hash;
		text += n;
		len -= n;
	}
}

/* The slot of the row with this function and path, or the free one where it belongs. */
static struct slot *slot_of(const struct reading *r, const char *function, size_t len, uint32_t hash)
{
	size_t at = hash & (r->nslots - 1);

	for (; r->slots[at].row; at = (at + 1) & (r->nslots - 1)) {
		const struct profile_row *row = &r->profile->rows[r->slots[at].row - 1];

		if (r->slots[at].hash == hash && !strncmp(row->function, function, len) &&
		    !row->function[len] && !strcmp(row->path, r->path.buf))
			break;
	}
	return &r->slots[at];
}

static void grow_slots(struct reading *r)
{
	struct slot *old = r->slots;
	size_t nold = r->nslots;

	r->nslots = nold ? nold * 2 : 1024;
	r->slots = xcalloc(r->nslots, sizeof(*r->slots));
	for (size_t i = 0; i < nold; i++) {
		size_t at = old[i].hash & (r->nslots - 1);

		if (!old[i].row)
			continue;
		while (r->slots[at].row)
			at = (at + 1) & (r->nslots - 1);
		r->slots[at] = old[i];
	}
	free(old);
}

static void add_row(struct reading *r, const char *function, size_t len, const struct profile_row *add)
{
	struct profile *profile = r->profile;
	struct profile_row *row;
	struct slot *slot;
	uint32_t hash = (uint32_t)hash_bytes(hash_bytes(0, function, len), r->path.buf, r->path.len);

	if (profile->nr * 2 >= r->nslots)
		grow_slots(r);
	slot = slot_of(r, function, len, hash);
	if (!slot->row) {
		ALLOC_GROW(profile->rows, profile->nr + 1, profile->alloc);
		row = &profile->rows[profile->nr++];
		*row = *add;
		row->function = xmemdupz(function, len);
		row->path = xmemdupz(r->path.buf, r->path.len);
		*slot = (struct slot){ .hash = hash, .row = (uint32_t)profile->nr };
		return;
	}
	row = &profile->rows[slot->row - 1];
	row->samples += add->samples;
	if (profile->has_percent) {
		row->percent += add->percent;
		/* Shares that include callees may add up to more. */
		if (row->percent > 100)
			row->percent = 100;
	}
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
	if (add->samples > PROFILE_SAMPLES_MAX - r->profile->samples)
		return error_set("up to here there are more than %" PRIu64 " samples", PROFILE_SAMPLES_MAX);
	return clean_path(&r->path, field(r, row, COLUMN_PATH));
}

static int take_row(const struct csv_row *row, void *data)
{
	struct reading *r = data;
	struct profile_row add = { .percent = -1, .line = row->line };
	const char *function;

	if (!r->has_header)
		return take_header(r, row);
	if (r->rows++ == PROFILE_ROWS_MAX)
		return error_set("line %zu: more than %d rows; keep the hottest functions only", row->line,
				 PROFILE_ROWS_MAX);
	if (clean_fields(r, row, &add))
		return error_prefix("line %zu", row->line);
	r->profile->samples += add.samples;
	function = field(r, row, COLUMN_FUNCTION);
	add_row(r, function, clean_function(function, strlen(function)), &add);
	return 0;
}

/* Where the text comes from: from memory, or piece by piece from a file. */
struct source {
	/* Length of the next piece, 0 at the end, -1 with a recorded error. */
	ssize_t (*next)(struct source *source, const char **piece);
	const char *text;
	size_t len;
	int fd;
};

static ssize_t next_text(struct source *source, const char **piece)
{
	ssize_t len = (ssize_t)source->len;

	*piece = source->text;
	source->len = 0;
	return len;
}

static ssize_t next_read(struct source *source, const char **piece)
{
	static char buffer[PIECE];
	ssize_t n;

	do {
		n = read(source->fd, buffer, sizeof(buffer));
	} while (n < 0 && errno == EINTR);
	*piece = buffer;
	return n < 0 ? error_set("cannot be read: %s", strerror(errno)) : n;
}

static int feed_all(struct csv_reader *reader, struct source *source)
{
	const char *piece;
	size_t total = 0;
	ssize_t n;

	while ((n = source->next(source, &piece)) > 0) {
		total += (size_t)n;
		if (total > PROFILE_BYTES_MAX)
			return error_set("more than %zu MiB; keep the hottest functions only",
					 PROFILE_BYTES_MAX >> 20);
		if (csv_reader_feed(reader, piece, (size_t)n))
			return -1;
	}
	return n < 0 ? -1 : csv_reader_end(reader);
}

static int parse(struct profile *profile, struct source *source, const char *name)
{
	struct reading r = { .profile = profile, .path = STRBUF_INIT };
	struct csv_reader *reader = csv_reader_new(take_row, &r);
	int result;

	profile->name = xstrdup(name);
	result = feed_all(reader, source);
	if (!result && !r.has_header)
		result = error_set("nothing in it; expected a first line like "
				   "function,samples,sys_percent,file_path");
	else if (!result && !profile->nr)
		result = error_set("no rows below the first line");
	if (result)
		error_prefix("%s", name);
	csv_reader_free(reader);
	strbuf_release(&r.path);
	free(r.slots);
	return result;
}

int profile_parse(struct profile *profile, const char *text, size_t len, const char *name)
{
	struct source source = { .next = next_text, .text = text, .len = len };

	return parse(profile, &source, name);
}

int profile_read(struct profile *profile, const char *path)
{
	struct source source = { .next = next_read, .fd = STDIN_FILENO };
	int result;

	if (!strcmp(path, "-"))
		return parse(profile, &source, "standard input");
	source.fd = open(path, O_RDONLY | O_CLOEXEC);
	if (source.fd < 0)
		return error_set("cannot open %s: %s", path, strerror(errno));
	result = parse(profile, &source, path);
	close(source.fd);
	return result;
}

void profile_release(struct profile *profile)
{
	for (size_t i = 0; i < profile->nr; i++) {
		free(profile->rows[i].function);
		free(profile->rows[i].path);
	}
	free(profile->rows);
	free(profile->name);
	*profile = (struct profile)PROFILE_INIT;
}

double profile_share(const struct profile *profile, size_t i)
{
	const struct profile_row *row = &profile->rows[i];

	if (profile->has_percent)
		return row->percent;
	return profile->samples ? 100.0 * (double)row->samples / (double)profile->samples : 0;
}
