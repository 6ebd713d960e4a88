#include "base/csv.h"

#include <csv.h>

#include "base/error.h"

/* By how much libcsv lets its buffer for a field grow. */
#define GROWTH 4096
#define BOM_LEN 3

static const char bom[] = "\xef\xbb\xbf";

struct csv_reader {
	struct csv_parser parser;
	csv_row_fn *fn;
	void *data;
	/* Line of the next byte, and of the first byte of the row at hand. */
	size_t line;
	size_t row_line;
	/* Bytes of a byte order mark seen at the start; BOM_LEN: past that. */
	size_t bom;
	/* The last byte was a CR, so that a LF belongs to it. */
	bool after_cr;
	bool in_row;
	/* First non-zero answer of `fn`, or -1 for an error of ours. */
	int result;
	/* The row at hand: its fields, each closed by a NUL, and where they begin. */
	struct strbuf text;
	size_t starts[CSV_FIELDS_MAX];
	size_t nr;
};

static void take_field(void *field, size_t len, void *data)
{
	struct csv_reader *r = data;

	if (r->result)
		return;
	if (len > CSV_FIELD_MAX)
		r->result = error_set("line %zu: a field of more than %d bytes; is a quotation mark left open?",
				      r->row_line, CSV_FIELD_MAX);
	else if (r->nr == CSV_FIELDS_MAX)
		r->result = error_set("line %zu: more than %d fields", r->row_line, CSV_FIELDS_MAX);
	else if (r->text.len + len > CSV_ROW_MAX)
		r->result = error_set("line %zu: a row of more than %d bytes", r->row_line, CSV_ROW_MAX);
	if (r->result)
		return;
	r->starts[r->nr++] = r->text.len;
	strbuf_add(&r->text, field, len);
	strbuf_addch(&r->text, '\0');
}

static void take_row(int end UNUSED, void *data)
{
	struct csv_reader *r = data;
	const char *fields[CSV_FIELDS_MAX];
	struct csv_row row = { .line = r->row_line, .fields = fields, .nr = r->nr };

	r->in_row = false;
	if (r->result)
		return;
	for (size_t i = 0; i < r->nr; i++)
		fields[i] = r->text.buf + r->starts[i];
	r->result = r->fn(&row, r->data);
	strbuf_reset(&r->text);
	r->nr = 0;
}

struct csv_reader *csv_reader_new(csv_row_fn *fn, void *data)
{
	struct csv_reader *r = xcalloc(1, sizeof(*r));

	r->fn = fn;
	r->data = data;
	r->line = 1;
	r->text = (struct strbuf)STRBUF_INIT;
	if (csv_init(&r->parser, CSV_STRICT | CSV_STRICT_FINI | CSV_APPEND_NULL))
		BUG("libcsv cannot be set up");
	csv_set_realloc_func(&r->parser, xrealloc);
	csv_set_blk_size(&r->parser, GROWTH);
	return r;
}

void csv_reader_free(struct csv_reader *r)
{
	if (!r)
		return;
	csv_free(&r->parser);
	strbuf_release(&r->text);
	free(r);
}

/* How many bytes from `text` on are one line, with one byte of its end, or a part of it. */
static size_t line_piece(const char *text, size_t len)
{
	size_t n = 0;

	if (len > GROWTH)
		len = GROWTH;
	while (n < len && text[n] != '\n' && text[n] != '\r')
		n++;
	return n < len ? n + 1 : n;
}

static bool is_blank(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (text[i] != ' ' && text[i] != '\t' && text[i] != '\r' && text[i] != '\n')
			return false;
	return true;
}

static void count_lines(struct csv_reader *r, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '\r' || (text[i] == '\n' && !r->after_cr))
			r->line++;
		r->after_cr = text[i] == '\r';
	}
}

/* Feeds at most one line, so that no more than one row can end in it. */
static int feed_piece(struct csv_reader *r, const char *piece, size_t len)
{
	bool blank = !r->in_row && is_blank(piece, len);

	if (!r->in_row)
		r->row_line = r->line;
	r->in_row = !blank;
	/* libcsv would skip blanks before a row as well, but slowly. */
	if (!blank && csv_parse(&r->parser, piece, len, take_field, take_row, r) != len && !r->result)
		r->result = error_set("line %zu: a quotation mark in the middle of a field; "
				      "quote the whole field and double the marks within",
				      r->line);
	if (!r->result && csv_get_buffer_size(&r->parser) > CSV_FIELD_MAX + GROWTH)
		r->result = error_set("line %zu: a field of more than %d bytes; is a quotation mark left open?",
				      r->row_line, CSV_FIELD_MAX);
	/* A line end is the last byte; of two, the first was a piece of its own. */
	r->after_cr = r->after_cr && len == 1;
	count_lines(r, piece + len - 1, 1);
	return r->result;
}

static int feed(struct csv_reader *r, const char *text, size_t len)
{
	const char *nul = len ? memchr(text, '\0', len) : NULL;

	if (nul) {
		count_lines(r, text, (size_t)(nul - text));
		return error_set("line %zu: a NUL byte; is this a binary file?", r->line);
	}
	while (len) {
		size_t n = line_piece(text, len);

		if (feed_piece(r, text, n))
			return r->result;
		text += n;
		len -= n;
	}
	return 0;
}

/* What looked like a byte order mark and was none is text after all. */
static int end_bom(struct csv_reader *r)
{
	size_t seen = r->bom;

	r->bom = BOM_LEN;
	return seen < BOM_LEN ? feed(r, bom, seen) : 0;
}

int csv_reader_feed(struct csv_reader *r, const char *text, size_t len)
{
	while (r->bom < BOM_LEN && len && *text == bom[r->bom]) {
		r->bom++;
		text++;
		len--;
	}
	if (!len)
		return 0;
	if (end_bom(r))
		return r->result;
	return feed(r, text, len);
}

int csv_reader_end(struct csv_reader *r)
{
	if (end_bom(r))
		return r->result;
	if (csv_fini(&r->parser, take_field, take_row, r) && !r->result)
		r->result = error_set("line %zu: a quotation mark opens a field that never ends", r->row_line);
	return r->result;
}

/* "-1", "+0.5", "-2e-05": what a program of ours prints, in the C locale. */
static bool is_number(const char *text)
{
	size_t len;

	text += *text == '-' || *text == '+';
	len = strspn(text, "0123456789.");
	if (!len)
		return false;
	text += len;
	if (*text != 'e')
		return !*text;
	text++;
	text += *text == '-' || *text == '+';
	return *text && !text[strspn(text, "0123456789")];
}

void csv_add_field(struct strbuf *out, const char *text)
{
	size_t len = strlen(text);
	bool formula = len && strchr("=+-@\t", *text) && !is_number(text);
	bool quote = len && (strpbrk(text, ",\"\r\n") || strchr(" \t", *text) || strchr(" \t", text[len - 1]));

	if (quote)
		strbuf_addch(out, '"');
	if (formula)
		strbuf_addch(out, '\'');
	for (; *text; text++) {
		if (*text == '"')
			strbuf_addch(out, '"');
		strbuf_addch(out, *text);
	}
	if (quote)
		strbuf_addch(out, '"');
}
