#include "profile/report.h"

#include "base/error.h"
#include "profile/clean.h"
#include "profile/profile.h"
#include "profile/symbol.h"

/* Nanoseconds or cycles of all processors: years of them. */
#define PERIOD_MAX (UINT64_MAX / 4)

enum kind {
	KIND_OTHER,
	/* The function's own share; "Overhead" where no "Self" is there. */
	KIND_OVERHEAD,
	KIND_SELF,
	KIND_SAMPLES,
	KIND_PERIOD,
	KIND_OBJECT,
	KIND_SYMBOL,
	KIND_FILE,
};

/* Which cells of a row are kept until it is handed over. */
enum cell {
	CELL_SYMBOL,
	CELL_OBJECT,
	CELL_FILE,
	CELL_NUMBER,
};

static enum kind kind_of(const char *title, size_t len)
{
	static const struct {
		const char *title;
		enum kind kind;
	} kinds[] = {
		{ "Overhead", KIND_OVERHEAD },    { "Self", KIND_SELF },
		{ "Samples", KIND_SAMPLES },      { "Period", KIND_PERIOD },
		{ "Shared Object", KIND_OBJECT }, { "Symbol", KIND_SYMBOL },
		{ "Source File", KIND_FILE },
	};

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (strlen(kinds[i].title) == len && !memcmp(kinds[i].title, title, len))
			return kinds[i].kind;
	return KIND_OTHER;
}

/* The text of [from, to) of a line without the blanks around it. */
static const char *trimmed(const char *line, size_t len, size_t from, size_t to, size_t *n)
{
	if (to > len)
		to = len;
	if (from > to)
		from = to;
	while (from < to && (line[from] == ' ' || line[from] == '\t'))
		from++;
	while (to > from && (line[to - 1] == ' ' || line[to - 1] == '\t'))
		to--;
	*n = to - from;
	return line + from;
}

static void add_column(struct report *report, const char *title, size_t len, size_t from, size_t to)
{
	if (report->ncolumns == REPORT_COLUMNS_MAX)
		return;
	report->columns[report->ncolumns++] = (struct report_column){ .kind = (int)kind_of(title, len),
								      .from = from,
								      .to = to };
}

static bool has_kind(const struct report *report, enum kind kind)
{
	for (size_t i = 0; i < report->ncolumns; i++)
		if (report->columns[i].kind == (int)kind)
			return true;
	return false;
}

/* Columns are known: is this a table of functions? */
static void end_header(struct report *report)
{
	static const enum kind numbers[] = { KIND_SELF, KIND_OVERHEAD, KIND_SAMPLES, KIND_PERIOD };
	bool has_number = false;

	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
		has_number |= has_kind(report, numbers[i]);
	if (!has_kind(report, KIND_SYMBOL) || !has_number)
		report->ncolumns = 0;
	strbuf_reset(&report->titles);
}

static void split_titles(struct report *report, const char *titles, size_t len)
{
	size_t from = 0;

	report->ncolumns = 0;
	while (from <= len) {
		const char *end = memchr(titles + from, report->separator, len - from), *title;
		size_t to = end ? (size_t)(end - titles) : len, n;

		title = trimmed(titles, len, from, to, &n);
		add_column(report, title, n, from, to);
		from = to + 1;
	}
	end_header(report);
}

/* "# ......  .....": each run of dots is as wide as its column. */
static void take_dots(struct report *report, const char *line, size_t len)
{
	const struct strbuf *titles = &report->titles;
	size_t at = 1, previous = 0;

	report->ncolumns = 0;
	while (at < len) {
		size_t from = at + strspn(line + at, " "), to = from + strspn(line + from, "."), n;
		size_t next = to + strspn(line + to, " ");
		bool is_last = next >= len;
		const char *title;

		if (to == from)
			break;
		/* The first is written from the line's begin, the last to its end. */
		title = trimmed(titles->buf, titles->len, from, is_last ? SIZE_MAX : next, &n);
		add_column(report, title, n, previous ? from : 0, is_last ? SIZE_MAX : to);
		previous = at = to;
	}
	end_header(report);
}

void report_event_name(struct strbuf *out, const char *text, size_t len)
{
	const char *slash = memchr(text, '/', len);

	if (slash) {
		len -= (size_t)(slash + 1 - text);
		text = slash + 1;
	}
	for (size_t i = 0; i < len && text[i] != '/' && text[i] != ':'; i++)
		strbuf_addch(out, text[i]);
}

/* "# Samples: 96  of event 'cycles:u'": a table begins. */
static void begin_section(struct report *report, const char *line, size_t len)
{
	const char *quote = memchr(line, '\'', len);
	const char *close = quote ? memrchr(quote, '\'', len - (size_t)(quote - line)) : NULL;

	strbuf_reset(&report->section);
	if (close > quote)
		report_event_name(&report->section, quote + 1, (size_t)(close - quote) - 1);
	report->ncolumns = 0;
	report->is_passed_over = report->rows && (!report->same_events || !report->event.len ||
						  strcmp(report->event.buf, report->section.buf));
}

static void take_comment(struct report *report, const char *line, size_t len)
{
	const char *titles = line + 1;

	if (starts_with(line, "# Samples:") || starts_with(line, "# Samples :")) {
		begin_section(report, line, len);
		return;
	}
	if (report->titles.len && strspn(line + 1, " .") == len - 1) {
		take_dots(report, line, len);
		return;
	}
	if (!strstr(line, "Symbol"))
		return;
	/* Of titles without dots below, the last ones count. */
	report->separator = strchr(line, '\t') ? '\t' : strchr(line, ',') ? ',' : '\0';
	if (report->separator) {
		split_titles(report, titles, len - 1);
		return;
	}
	report->ncolumns = 0;
	strbuf_reset(&report->titles);
	strbuf_add(&report->titles, line, len);
}

/* The cell's first word: of a group of events, the leader's number. */
static bool take_number(struct report *report, struct report_row *row, enum kind kind, const char *text,
			size_t len)
{
	struct strbuf *word = &report->cells[CELL_NUMBER];

	strbuf_reset(word);
	strbuf_add(word, text, len);
	strbuf_setlen(word, strcspn(word->buf, " "));
	switch (kind) {
	case KIND_SELF:
		return !clean_percent(&row->percent, word->buf, "it");
	case KIND_OVERHEAD:
		return has_kind(report, KIND_SELF) || !clean_percent(&row->percent, word->buf, "it");
	case KIND_SAMPLES:
		return !clean_count(&row->samples, word->buf, PROFILE_SAMPLES_MAX, "it");
	case KIND_PERIOD:
		return !clean_count(&row->period, word->buf, PERIOD_MAX, "it");
	default:
		return true;
	}
}

/* "[.] name", or with -v "0x11f3             B [.] name". */
static bool take_symbol(struct report *report, struct report_row *row, const char *text, size_t len)
{
	struct strbuf *cell = &report->cells[CELL_SYMBOL];
	const char *at;
	char *end;

	strbuf_reset(cell);
	strbuf_add(cell, text, len);
	at = cell->buf;
	if (starts_with(at, "0x")) {
		row->address = strtoull(at, &end, 16);
		row->has_address = true;
		at = end + strspn(end, " ");
		/* Where perf has the symbol from. */
		if (*at && *at != '[' && at[1] == ' ')
			at += 2;
	}
	if (at[0] != '[' || !at[1] || at[2] != ']' || at[3] != ' ')
		return false;
	row->level = at[1];
	row->function = at + 4 + strspn(at + 4, " ");
	row->is_known = !symbol_is_unknown(row->function, strlen(row->function));
	return *row->function;
}

static const char *keep(struct strbuf *cell, const char *text, size_t len)
{
	strbuf_reset(cell);
	strbuf_add(cell, text, len);
	return cell->buf;
}

static bool take_cell(struct report *report, struct report_row *row, enum kind kind, const char *text,
		      size_t len)
{
	switch (kind) {
	case KIND_SYMBOL:
		return take_symbol(report, row, text, len);
	case KIND_OBJECT:
		row->object = keep(&report->cells[CELL_OBJECT], text, len);
		return true;
	case KIND_FILE:
		row->file = keep(&report->cells[CELL_FILE], text, len);
		return true;
	default:
		return take_number(report, row, kind, text, len);
	}
}

/* False: the line is no row. */
static bool parse_row(struct report *report, struct report_row *row, const char *line, size_t len)
{
	size_t at = 0;

	for (size_t i = 0; i < report->ncolumns; i++) {
		const struct report_column *column = &report->columns[i];
		bool is_last = i + 1 == report->ncolumns;
		size_t from = column->from, to = column->to, n;
		const char *text, *end;

		if (report->separator) {
			if (at > len)
				return false;
			/* A comma in a symbol is none where symbols come last. */
			end = is_last ? NULL : memchr(line + at, report->separator, len - at);
			from = at;
			to = end ? (size_t)(end - line) : len;
			at = to + 1;
		}
		text = trimmed(line, len, from, to, &n);
		if (!take_cell(report, row, (enum kind)column->kind, text, n))
			return false;
	}
	return row->function;
}

int report_line(struct report *report, const char *line, size_t len, size_t number)
{
	struct report_row row = { .percent = -1, .line = number };

	if (*line == '#') {
		take_comment(report, line, len);
		return 0;
	}
	if (!len || !report->ncolumns || report->is_passed_over)
		return 0;
	if (!parse_row(report, &row, line, len)) {
		/* What is no number was none of ours. */
		error_clear();
		return 0;
	}
	if (!report->rows++)
		strbuf_addstr(&report->event, report->section.buf);
	return report->fn(&row, report->data);
}

void report_release(struct report *report)
{
	strbuf_release(&report->titles);
	strbuf_release(&report->event);
	strbuf_release(&report->section);
	for (size_t i = 0; i < ARRAY_SIZE(report->cells); i++)
		strbuf_release(&report->cells[i]);
	*report = (struct report)REPORT_INIT;
}
