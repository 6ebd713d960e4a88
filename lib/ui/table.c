#include "ui/table.h"

#include "base/escape.h"

/* Between columns. */
#define GAP 2
/* A cut column keeps at least this much, or its title. */
#define FLEX_MIN 12
#define DOTS "..."

struct table_column {
	char *title;
	enum table_align align;
};

struct table_cell {
	char *text;
	size_t width;
	enum color_slot slot;
};

void table_column(struct table *table, const char *title, enum table_align align)
{
	if (table->ncells)
		BUG("column %s comes after the first cell", title);
	table->columns = xreallocarray(table->columns, table->ncolumns + 1, sizeof(*table->columns));
	table->columns[table->ncolumns++] = (struct table_column){ xstrdup(title), align };
}

void table_cell(struct table *table, enum color_slot slot, const char *fmt, ...)
{
	struct strbuf raw = STRBUF_INIT, shown = STRBUF_INIT;
	struct table_cell *cell;
	va_list ap;

	va_start(ap, fmt);
	strbuf_vaddf(&raw, fmt, ap);
	va_end(ap);
	escape_terminal(&shown, raw.buf, raw.len, ESCAPE_ALL);
	strbuf_rtrim(&shown);
	strbuf_release(&raw);
	ALLOC_GROW(table->cells, table->ncells + 1, table->alloc);
	cell = &table->cells[table->ncells++];
	cell->width = text_width(shown.buf);
	cell->text = strbuf_detach(&shown, NULL);
	cell->slot = slot;
}

static size_t *natural_widths(const struct table *table)
{
	size_t *widths = xcalloc(table->ncolumns, sizeof(*widths));

	for (size_t i = 0; i < table->ncolumns; i++)
		widths[i] = text_width(table->columns[i].title);
	for (size_t i = 0; i < table->ncells; i++)
		if (table->cells[i].width > widths[i % table->ncolumns])
			widths[i % table->ncolumns] = table->cells[i].width;
	return widths;
}

/* Takes what is too much from the flexible columns, the first one first. */
static void fit_widths(const struct table *table, size_t *widths, size_t limit)
{
	size_t total = (table->ncolumns - 1) * GAP;

	for (size_t i = 0; i < table->ncolumns; i++)
		total += widths[i];
	for (size_t i = 0; i < table->ncolumns && limit && total > limit; i++) {
		size_t least = text_width(table->columns[i].title);
		size_t cut = total - limit;

		if (least < FLEX_MIN)
			least = FLEX_MIN;
		if (table->columns[i].align != TABLE_FLEX || widths[i] <= least)
			continue;
		if (cut > widths[i] - least)
			cut = widths[i] - least;
		widths[i] -= cut;
		total -= cut;
	}
}

struct line {
	struct strbuf text;
	/* Blanks that are due before the next text, so that none end a line. */
	size_t blanks;
};

static void add_cell(struct line *line, const char *text, size_t text_columns, enum table_align align,
		     size_t width, enum color_slot slot)
{
	const char *begin = slot == COLOR_RESET ? "" : color(slot);
	const char *end = *begin ? color(COLOR_RESET) : "";
	size_t pad;

	if (text_columns > width) {
		size_t fits = text_fit(text, width - strlen(DOTS));
		char *kept = xmemdupz(text, fits);

		pad = width - strlen(DOTS) - text_width(kept);
		strbuf_addchars(&line->text, ' ', line->blanks);
		strbuf_addf(&line->text, "%s%s%s%s", begin, kept, DOTS, end);
		line->blanks = pad;
		free(kept);
		return;
	}
	pad = width - text_columns;
	if (align == TABLE_RIGHT)
		line->blanks += pad;
	if (*text) {
		strbuf_addchars(&line->text, ' ', line->blanks);
		strbuf_addf(&line->text, "%s%s%s", begin, text, end);
		line->blanks = 0;
	}
	if (align != TABLE_RIGHT)
		line->blanks += pad;
}

static void print_line(struct line *line, FILE *out)
{
	strbuf_addch(&line->text, '\n');
	fwrite(line->text.buf, 1, line->text.len, out);
	strbuf_reset(&line->text);
	line->blanks = 0;
}

static void print_header(const struct table *table, const size_t *widths, struct line *line, FILE *out)
{
	bool any = false;

	for (size_t i = 0; i < table->ncolumns; i++) {
		const char *title = table->columns[i].title;

		line->blanks += i ? GAP : 0;
		add_cell(line, title, text_width(title), table->columns[i].align, widths[i], COLOR_BOLD);
		any = any || *title;
	}
	if (any)
		print_line(line, out);
	line->blanks = 0;
}

void table_print(const struct table *table, FILE *out, size_t width)
{
	struct line line = { .text = STRBUF_INIT };
	size_t *widths;

	if (!table->ncolumns)
		return;
	widths = natural_widths(table);
	fit_widths(table, widths, width);
	print_header(table, widths, &line, out);
	for (size_t i = 0; i < table->ncells; i++) {
		const struct table_cell *cell = &table->cells[i];
		size_t at = i % table->ncolumns;

		line.blanks += at ? GAP : 0;
		add_cell(&line, cell->text, cell->width, table->columns[at].align, widths[at], cell->slot);
		if (at + 1 == table->ncolumns || i + 1 == table->ncells)
			print_line(&line, out);
	}
	strbuf_release(&line.text);
	free(widths);
}

void table_release(struct table *table)
{
	for (size_t i = 0; i < table->ncolumns; i++)
		free(table->columns[i].title);
	for (size_t i = 0; i < table->ncells; i++)
		free(table->cells[i].text);
	free(table->columns);
	free(table->cells);
	*table = (struct table)TABLE_INIT;
}
