/*
 * Fuzzing of the readers of perf's text: the table of perf report, and the
 * stacks of perf script. Built and run by `make fuzz`.
 */
#include <math.h>

#include "base/error.h"
#include "profile/clean.h"
#include "profile/profile.h"
#include "profile/report.h"
#include "profile/script.h"
#include "profile/symbol.h"

#define REQUIRE(holds)                          \
	do {                                    \
		if (!(holds))                   \
			BUG("not so: " #holds); \
	} while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int check_row(const struct report_row *row, void *data)
{
	struct strbuf name = STRBUF_INIT;
	size_t *line = data;

	REQUIRE(row->line > *line);
	*line = row->line;
	REQUIRE(*row->function && row->level);
	REQUIRE(row->samples <= PROFILE_SAMPLES_MAX);
	REQUIRE(row->percent == -1 || (row->percent >= 0 && row->percent <= 100));
	symbol_name(&name, row->function, strlen(row->function));
	REQUIRE(name.len && strlen(name.buf) == name.len);
	REQUIRE(name.len <= strlen(row->function));
	REQUIRE(clean_function(name.buf, name.len) > 0);
	strbuf_release(&name);
	return 0;
}

/* Calls `fn` for each line of a text without NUL bytes. */
static void each_line(const char *text, size_t len, void (*fn)(const char *, size_t, size_t, void *), void *data)
{
	struct strbuf line = STRBUF_INIT;
	size_t number = 0;

	while (len) {
		const char *end = memchr(text, '\n', len);
		size_t n = end ? (size_t)(end - text) : len;

		strbuf_reset(&line);
		strbuf_add(&line, text, n);
		fn(line.buf, strlen(line.buf), ++number, data);
		n += end != NULL;
		text += n;
		len -= n;
	}
	strbuf_release(&line);
}

static void feed_report(const char *line, size_t len, size_t number, void *data)
{
	REQUIRE(!report_line(data, line, len, number));
}

static void feed_script(const char *line, size_t len, size_t number UNUSED, void *data)
{
	script_line(data, line, len);
}

static void check_report(const char *text, size_t len, bool same_events)
{
	struct report report = REPORT_INIT;
	size_t line = 0;

	report.fn = check_row;
	report.data = &line;
	report.same_events = same_events;
	each_line(text, len, feed_report, &report);
	report_release(&report);
}

static void check_script(const char *text, size_t len, const char *event)
{
	struct script script = SCRIPT_INIT;

	script.event = event;
	each_line(text, len, feed_script, &script);
	script_end(&script);
	for (size_t i = 0; i < script.edges.nr; i++) {
		const struct edge *edge = &script.edges.v[i];

		REQUIRE(edge->caller != edge->callee && edge->weight);
		REQUIRE(edge->caller < script.keys.nr && edge->callee < script.keys.nr);
		REQUIRE(*script_function(&script, edge->caller));
		REQUIRE(strlen(script_object(&script, edge->caller)) < len);
	}
	script_release(&script);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data + 1;

	if (!size)
		return 0;
	if (data[0] & 1)
		check_script(text, size - 1, data[0] & 2 ? "cycles" : NULL);
	else
		check_report(text, size - 1, data[0] & 2);
	return 0;
}
