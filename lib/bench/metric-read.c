#include <math.h>

#include "base/csv.h"
#include "base/error.h"
#include "base/json.h"
#include "base/regex.h"
#include "bench/metric.h"

/* A foreign value in a message. */
#define SHOWN_MAX 60

#define DIGITS "0123456789"

/* The length of [+-]digits[.digits][(e|E)[+-]digits] at `text`; 0 when there is none. */
static size_t number_len(const char *text)
{
	const char *at = text + (*text == '-' || *text == '+');
	size_t whole = strspn(at, DIGITS), part = 0;

	at += whole;
	if (*at == '.') {
		part = strspn(at + 1, DIGITS);
		at += 1 + part;
	}
	if (!whole && !part)
		return 0;
	if (*at == 'e' || *at == 'E') {
		const char *exponent = at + 1 + (at[1] == '-' || at[1] == '+');
		size_t digits = strspn(exponent, DIGITS);

		if (!digits)
			return 0;
		at = exponent + digits;
	}
	return (size_t)(at - text);
}

bool metric_number(const char *text, size_t len, double *value)
{
	char copy[400];

	/* Longer than any double needs. */
	if (!len || len >= sizeof(copy) || memchr(text, '\0', len))
		return false;
	memcpy(copy, text, len);
	copy[len] = '\0';
	if (number_len(copy) != len)
		return false;
	/* The C locale's, as the program never calls setlocale() for numbers. */
	*value = strtod(copy, NULL);
	return isfinite(*value);
}

static void add_value(struct metric_values *out, double value)
{
	ALLOC_GROW(out->v, out->nr + 1, out->alloc);
	out->v[out->nr++] = value;
}

static int add_text(const struct metric *m, const char *text, size_t len, struct metric_values *out)
{
	double value;

	if (!metric_number(text, len, &value))
		return error_set("metric '%s': '%.*s' is no finite number", m->name,
				 (int)(len < SHOWN_MAX ? len : SHOWN_MAX), text);
	add_value(out, value);
	return 0;
}

static int read_regex(const struct metric *m, const struct metric_source *source, struct metric_values *out)
{
	struct regex_span spans[2];
	size_t from = 0, group = regex_groups(m->regex) ? 1 : 0, found = 0;
	int more;

	while ((more = regex_search(m->regex, source->text, source->len, from, spans, group + 1)) > 0) {
		struct regex_span value = spans[group];

		if (++found > METRIC_VALUES_MAX)
			return error_set("metric '%s' has more than %d values", m->name, METRIC_VALUES_MAX);
		if (value.start == SIZE_MAX)
			return error_set("metric '%s': its pattern matched without a value", m->name);
		if (add_text(m, source->text + value.start, value.end - value.start, out))
			return -1;
		from = spans[0].end > spans[0].start ? spans[0].end : spans[0].end + 1;
	}
	return more < 0 ? error_prefix("metric '%s'", m->name) : 0;
}

/* Where JSON begins: the first line that opens an object or an array. */
static const char *json_start(const char *text, size_t len)
{
	const char *end = text + len;

	while (text < end) {
		const char *newline;

		if (*text == '{' || *text == '[')
			return text;
		newline = memchr(text, '\n', (size_t)(end - text));
		if (!newline)
			return NULL;
		text = newline + 1;
	}
	return NULL;
}

static int add_json(const struct metric *m, const json_t *value, struct metric_values *out)
{
	if (json_is_string(value))
		return add_text(m, json_string_value(value), json_string_length(value), out);
	if (!json_is_number(value) || !isfinite(json_number_value(value)))
		return error_set("metric '%s': what '%s' leads to is no number", m->name, m->pattern);
	add_value(out, json_number_value(value));
	return 0;
}

static int read_json(const struct metric *m, const struct metric_source *source, struct metric_values *out)
{
	const char *start = json_start(source->text, source->len);
	json_t *root, *value;
	int result = 0;

	if (!start)
		return error_set("metric '%s': there is no JSON", m->name);
	root = json_parse(start, source->len - (size_t)(start - source->text), true);
	value = root ? json_pointer(root, m->pattern) : NULL;
	if (!value)
		result = error_prefix("metric '%s'", m->name);
	else if (!json_is_array(value))
		result = add_json(m, value, out);
	else
		for (size_t i = 0; i < json_array_size(value) && !result; i++)
			result = add_json(m, json_array_get(value, i), out);
	json_decref(root);
	return result;
}

struct csv_state {
	const struct metric *m;
	struct metric_values *out;
	/* From 1; 0: not known yet. */
	size_t column, where;
};

static size_t column_of(const struct csv_row *row, const char *name)
{
	for (size_t i = 0; name && i < row->nr; i++)
		if (!strcmp(row->fields[i], name))
			return i + 1;
	return 0;
}

static int read_row(const struct csv_row *row, void *data)
{
	struct csv_state *state = data;
	const struct metric *m = state->m;
	const char *field;

	if (!state->column) {
		state->column = column_of(row, m->pattern);
		state->where = column_of(row, m->where);
		if (!state->column || (m->where && !state->where))
			return error_set("there is no column '%s'", state->column ? m->where : m->pattern);
		return 0;
	}
	if (m->where && (row->nr < state->where || strcmp(row->fields[state->where - 1], m->is)))
		return 0;
	if (row->nr < state->column)
		return error_set("line %zu has no column '%s'", row->line, m->pattern);
	field = row->fields[state->column - 1];
	return add_text(m, field, strlen(field), state->out);
}

static int read_csv(const struct metric *m, const struct metric_source *source, struct metric_values *out)
{
	struct csv_state state = { .m = m, .out = out };
	struct csv_reader *reader = csv_reader_new(read_row, &state);
	int result = csv_reader_feed(reader, source->text, source->len);

	if (!result)
		result = csv_reader_end(reader);
	csv_reader_free(reader);
	if (!result)
		return 0;
	return starts_with(error_message(), "metric ") ? -1 : error_prefix("metric '%s'", m->name);
}

static int add_known(const struct metric *m, double value, struct metric_values *out)
{
	if (!(value >= 0) || !isfinite(value))
		return error_set("metric '%s' is not known here: nothing counts it", m->name);
	add_value(out, value);
	return 0;
}

static int read_values(const struct metric *m, const struct metric_source *source, struct metric_values *out)
{
	switch (m->kind) {
	case METRIC_REGEX:
		return read_regex(m, source, out);
	case METRIC_JSON:
		return read_json(m, source, out);
	case METRIC_CSV:
		return read_csv(m, source, out);
	case METRIC_WALL:
		return add_known(m, source->wall, out);
	case METRIC_CPU:
		return add_known(m, source->cpu, out);
	case METRIC_INSTRUCTIONS:
		return add_known(m, source->instructions, out);
	}
	BUG("kind %d of a metric", m->kind);
}

int metric_read(const struct metric *m, const struct metric_source *source, struct metric_values *out)
{
	size_t before = out->nr, count;

	if (read_values(m, source, out)) {
		out->nr = before;
		return -1;
	}
	count = out->nr - before;
	if (count && (count == m->count || !m->count))
		return 0;
	out->nr = before;
	if (!count)
		return error_set("metric '%s' has no value: '%s' was not found", m->name, m->pattern);
	return error_set("metric '%s' has %zu values a run, %zu expected", m->name, count, m->count);
}

void metric_values_release(struct metric_values *values)
{
	free(values->v);
	*values = (struct metric_values)METRIC_VALUES_INIT;
}
