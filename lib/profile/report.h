/*
 * The table that "perf report --stdio" prints, read line by line, whatever its
 * columns: aligned by blanks, or separated as -t has it (tab, comma). Trees of
 * call graphs below the rows are passed over.
 *
 *	struct report report = { .fn = take_row, .data = data };
 *
 *	for each line: report_line(&report, line, len, number);
 *	... report.rows: how many rows were seen ...
 *	report_release(&report);
 *
 * Where several events were recorded, the first that has rows counts; and, with
 * `same_events`, those of the same name on other kinds of processors
 * (cpu_core/cycles/, cpu_atom/cycles/).
 */
#ifndef PROFILE_REPORT_H
#define PROFILE_REPORT_H

#include "base/strbuf.h"

#define REPORT_COLUMNS_MAX 32

/* Borrowed for the call; what the table does not have is NULL, 0, or a percent of -1. */
struct report_row {
	/* As perf names it, closed by a NUL; an address where it knows none. */
	const char *function;
	bool is_known;
	/* '.' user, 'k' kernel, ... */
	char level;
	/* Of a sample in it, with -v: an offset in the file of a program, as it ran for the kernel. */
	uint64_t address;
	bool has_address;
	/* Program, library, [kernel.kallsyms]. */
	const char *object;
	const char *file;
	uint64_t samples;
	uint64_t period;
	double percent;
	size_t line;
};

typedef int report_row_fn(const struct report_row *row, void *data);

struct report_column {
	int kind;
	/* Where it begins and ends in a line, where the columns are aligned. */
	size_t from;
	size_t to;
};

struct report {
	report_row_fn *fn;
	void *data;
	bool same_events;
	/* The rest is the parser's own. */
	size_t rows;
	char separator;
	struct report_column columns[REPORT_COLUMNS_MAX];
	size_t ncolumns;
	/* The line of titles, until the line of dots has said where columns are. */
	struct strbuf titles;
	/* The event of the rows that counted, and of the table at hand. */
	struct strbuf event;
	struct strbuf section;
	bool is_passed_over;
	struct strbuf cells[4];
};

#define REPORT_INIT                                                                             \
	{                                                                                       \
		.titles = STRBUF_INIT, .event = STRBUF_INIT, .section = STRBUF_INIT, .cells = { \
			STRBUF_INIT,                                                            \
			STRBUF_INIT,                                                            \
			STRBUF_INIT,                                                            \
			STRBUF_INIT                                                             \
		}                                                                               \
	}

/* Returns 0, or what `fn` returned. */
int report_line(struct report *report, const char *line, size_t len, size_t number) MUST_CHECK;
/* "cycles" of "cpu_core/cycles/P" and "cycles:u"; anything else as it is. */
void report_event_name(struct strbuf *out, const char *text, size_t len);
void report_release(struct report *report);

#endif
