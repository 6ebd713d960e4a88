/*
 * A number that a benchmark gives, and how it is found in what the benchmark
 * prints. One line says all of it:
 *
 *	NAME (higher|lower) UNIT [KIND] PATTERN
 *
 *	events higher events total number of events:\s+(\d+)
 *	lat lower ms json /jobs/0/read/lat_ns/mean
 *	rate higher req/s csv rate name=client
 *	time lower s wall
 *
 *	regex PATTERN	Perl's syntax, ^ and $ at every line; the first group is
 *			the value (the whole match when there is no group). The
 *			kind when none is named.
 *	json POINTER	RFC 6901; the text from the first line on that begins
 *			with { or [.
 *	csv COLUMN [COLUMN=VALUE]
 *			by the names of the first row; only rows where COLUMN
 *			is VALUE.
 *	wall, cpu	seconds that the command itself took; no pattern.
 *	instructions	of the command, by perf stat; no pattern.
 *
 * A kind may be followed by *N (N values a run) or * (one or more); otherwise
 * a run gives exactly one. UNIT "-" is none. Values are strict: the whole
 * string is a finite decimal number ("1,234" and "12ms" are none); JSON
 * strings that hold a number count. Anything else is an error that names the
 * metric and what was found.
 */
#ifndef BENCH_METRIC_H
#define BENCH_METRIC_H

#include "base/strbuf.h"
#include "base/strvec.h"

#define METRIC_VALUES_MAX 100000

enum metric_kind {
	METRIC_REGEX,
	METRIC_JSON,
	METRIC_CSV,
	METRIC_WALL,
	METRIC_CPU,
	METRIC_INSTRUCTIONS,
};

struct regex;

struct metric {
	char *name;
	bool higher_is_better;
	/* "" when there is none. */
	char *unit;
	enum metric_kind kind;
	/* Values a run; 0: one or more. */
	size_t count;
	/* The pattern, the pointer, the column. */
	char *pattern;
	/* csv: only rows where this column ... is this; or NULL. */
	char *where, *is;
	struct regex *regex;
};

struct metric_list {
	struct metric *items;
	size_t nr;
	size_t alloc;
};

#define METRIC_LIST_INIT       \
	{                      \
		.items = NULL, \
	}

/* What one run gave. */
struct metric_source {
	const char *text;
	size_t len;
	/* Seconds; negative: not known. */
	double wall, cpu;
	/* Negative: not known. */
	double instructions;
};

struct metric_values {
	double *v;
	size_t nr;
	size_t alloc;
};

#define METRIC_VALUES_INIT \
	{                  \
		.v = NULL, \
	}

/* Adds the metric of a line to `list`; -1 with a recorded error, also when its name is there already. */
int metric_add(struct metric_list *list, const char *line) MUST_CHECK;
const struct metric *metric_find(const struct metric_list *list, const char *name);
void metric_list_release(struct metric_list *list);

/* The values of one run, added to `out`; -1 with a recorded error when they are not as the line says. */
int metric_read(const struct metric *m, const struct metric_source *source,
		struct metric_values *out) MUST_CHECK;
void metric_values_release(struct metric_values *values);

/* The whole of `text` as a finite decimal number; false when it is none. */
bool metric_number(const char *text, size_t len, double *value);

#endif
