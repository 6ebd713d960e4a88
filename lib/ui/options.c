/* The values of options: defaults, numbers and words, configuration. */
#include "ui/option-row.h"

#include <math.h>
#include <strings.h>

#include "base/error.h"

/* A typing error is at most this many edits away. */
#define NEAR_EDITS 2
#define NAME_MAX_LEN 64

bool option_takes_value(const struct option *row)
{
	return row->type != OPTION_BOOL && row->type != OPTION_TRISTATE && row->type != OPTION_GROUP;
}

bool option_has_negation(const struct option *row)
{
	return row->type == OPTION_BOOL || row->type == OPTION_TRISTATE || row->type == OPTION_STRING ||
	       row->type == OPTION_LIST;
}

void option_add_name(const struct option *row, bool negated, struct strbuf *out)
{
	if (negated && starts_with(row->name, "no-"))
		strbuf_addstr(out, row->name + 3);
	else
		strbuf_addf(out, "%s%s", negated ? "no-" : "", row->name);
}

void option_add_arg(const struct option *row, struct strbuf *out)
{
	if (row->arg) {
		strbuf_addstr(out, row->arg);
	} else if (row->type == OPTION_CHOICE) {
		for (size_t i = 0; row->choices[i]; i++)
			strbuf_addf(out, "%s%s", i ? "|" : "(", row->choices[i]);
		strbuf_addch(out, ')');
	} else if (row->type == OPTION_INT || row->type == OPTION_REAL) {
		strbuf_addstr(out, "<n>");
	} else {
		strbuf_addstr(out, "<value>");
	}
}

static void *value_at(const struct option *row, void *values)
{
	return (char *)values + row->at;
}

static bool has_upper_limit(const struct option *row)
{
	return row->max < (double)LONG_MAX;
}

static bool in_limits(const struct option *row, double value)
{
	return row->min == row->max || (value >= row->min && value <= row->max);
}

static int outside_limits(const struct option *row, const char *text)
{
	if (!has_upper_limit(row))
		return error_set("`%s' is out of range: it must be at least %.15g", text, row->min);
	return error_set("`%s' is out of range: it must be from %.15g to %.15g", text, row->min, row->max);
}

/* git's k, m and g; 0 when `end` is no unit or more follows. */
static long unit_factor(const char *end)
{
	if (!*end)
		return 1;
	if (end[1])
		return 0;
	switch (*end) {
	case 'k':
	case 'K':
		return 1024;
	case 'm':
	case 'M':
		return 1024 * 1024;
	case 'g':
	case 'G':
		return 1024 * 1024 * 1024;
	}
	return 0;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static int store_int(const struct option *row, long *at, const char *text)
{
	const char *digits = text + (*text == '-' || *text == '+');
	char *end;
	long value, factor;

	errno = 0;
	value = strtol(text, &end, 10);
	factor = unit_factor(end);
	if (!is_digit(*digits) || !factor)
		return error_set("`%s' is not a whole number (k, m or g may follow)", text);
	if (errno || __builtin_mul_overflow(value, factor, &value))
		return row->min == row->max ? error_set("`%s' is too large a number", text)
					    : outside_limits(row, text);
	if (!in_limits(row, (double)value))
		return outside_limits(row, text);
	*at = value;
	return 0;
}

static int store_real(const struct option *row, double *at, const char *text)
{
	double value;
	char *end;

	/* strtod() would also take blanks, words (nan, inf) and hexadecimal. */
	value = strtod(text, &end);
	if (!*text || text[strspn(text, "+-.0123456789eE")] || *end || !isfinite(value))
		return error_set("`%s' is not a number", text);
	if (!in_limits(row, value))
		return outside_limits(row, text);
	*at = value;
	return 0;
}

static int unknown_choice(const struct option *row, const char *text)
{
	struct strbuf words = STRBUF_INIT;

	for (size_t i = 0; row->choices[i]; i++)
		strbuf_addf(&words, "%s%s", !i ? "" : row->choices[i + 1] ? ", " : " or ", row->choices[i]);
	error_set("`%s' is unknown: it must be %s", text, words.buf);
	strbuf_release(&words);
	return -1;
}

static int store_choice(const struct option *row, int *at, const char *text)
{
	for (int i = 0; row->choices[i]; i++) {
		if (!strcmp(row->choices[i], text)) {
			*at = i;
			return 0;
		}
	}
	return unknown_choice(row, text);
}

/* git's words for true and false: 1, 0, or -1 for none of them. */
static int parse_bool(const char *text)
{
	static const char *const yes[] = { "true", "yes", "on" };
	static const char *const no[] = { "false", "no", "off", "" };
	char *end;
	long number;

	for (size_t i = 0; i < ARRAY_SIZE(yes); i++)
		if (!strcasecmp(text, yes[i]))
			return 1;
	for (size_t i = 0; i < ARRAY_SIZE(no); i++)
		if (!strcasecmp(text, no[i]))
			return 0;
	number = strtol(text, &end, 10);
	return *end ? -1 : !!number;
}

static int store_bool(const struct option *row, void *at, const char *text)
{
	int value = parse_bool(text);

	if (row->type == OPTION_TRISTATE && !strcasecmp(text, "auto")) {
		*(int *)at = -1;
		return 0;
	}
	if (value < 0)
		return error_set("`%s' is neither true nor false", text);
	if (row->type == OPTION_BOOL)
		*(bool *)at = value;
	else
		*(int *)at = value;
	return 0;
}

int option_store(const struct option *row, void *values, const char *text)
{
	void *at = value_at(row, values);

	switch (row->type) {
	case OPTION_BOOL:
	case OPTION_TRISTATE:
		return store_bool(row, at, text);
	case OPTION_INT:
		return store_int(row, at, text);
	case OPTION_REAL:
		return store_real(row, at, text);
	case OPTION_CHOICE:
		return store_choice(row, at, text);
	case OPTION_STRING:
		if (row->check && row->check(text))
			return error_value();
		free(*(char **)at);
		*(char **)at = xstrdup(text);
		return 0;
	case OPTION_LIST:
		strvec_push(at, text);
		return 0;
	case OPTION_GROUP:
	case OPTION_LAST:
		break;
	}
	BUG("option row `%s' holds no value", row->name ? row->name : "");
}

void option_store_flag(const struct option *row, void *values, bool on)
{
	void *at = value_at(row, values);

	if (row->type == OPTION_BOOL) {
		*(bool *)at = on;
	} else if (row->type == OPTION_TRISTATE) {
		*(int *)at = on;
	} else if (row->type == OPTION_STRING) {
		free(*(char **)at);
		*(char **)at = NULL;
	} else if (row->type == OPTION_LIST) {
		strvec_release(at);
	}
}

void options_default(const struct option *rows, void *values)
{
	for (const struct option *row = rows; row->type != OPTION_LAST; row++) {
		if (row->type == OPTION_LIST)
			*(struct strvec *)value_at(row, values) = (struct strvec)STRVEC_INIT;
		else if (row->type == OPTION_TRISTATE)
			*(int *)value_at(row, values) = -1;
		if (row->initial && option_store(row, values, row->initial))
			BUG("default of --%s: %s", row->name, error_message());
	}
}

void options_release(const struct option *rows, void *values)
{
	for (const struct option *row = rows; row->type != OPTION_LAST; row++)
		if (row->type == OPTION_STRING || row->type == OPTION_LIST)
			option_store_flag(row, values, false);
}

int options_set_config(const struct option *rows, void *values, const char *key, const char *value)
{
	const struct option *row = rows;

	while (row->type != OPTION_LAST && (!row->config || strcasecmp(row->config, key)))
		row++;
	if (row->type == OPTION_LAST)
		return 0;
	if (!value && option_takes_value(row))
		return error_set("%s: a value is missing", row->config);
	if (value && !*value && row->type == OPTION_LIST)
		option_store_flag(row, values, false);
	else if (option_store(row, values, value ? value : "true"))
		return error_prefix("%s", row->config);
	return 1;
}

static size_t min_size(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Optimal string alignment over three rows of its table: here, one up, two up. */
size_t edit_distance(const char *a, const char *b)
{
	size_t table[3][NAME_MAX_LEN + 1], la = strlen(a), lb = strlen(b);

	if (la > NAME_MAX_LEN || lb > NAME_MAX_LEN)
		return NAME_MAX_LEN;
	for (size_t j = 0; j <= lb; j++)
		table[0][j] = j;
	for (size_t i = 1; i <= la; i++) {
		size_t *here = table[i % 3], *up = table[(i + 2) % 3], *up2 = table[(i + 1) % 3];

		here[0] = i;
		for (size_t j = 1; j <= lb; j++) {
			here[j] = up[j - 1] + (a[i - 1] != b[j - 1]);
			here[j] = min_size(here[j], min_size(up[j], here[j - 1]) + 1);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				here[j] = min_size(here[j], up2[j - 2] + 1);
		}
	}
	return table[la % 3][lb];
}

bool is_near(const char *typed, const char *name, size_t *distance)
{
	*distance = edit_distance(typed, name);
	/* Of short names, something must be left of what was typed. */
	return *distance <= NEAR_EDITS && *distance * 2 <= strlen(name);
}

const char *options_nearest_config(const struct option *rows, const char *key)
{
	const char *best = NULL;
	size_t best_distance = SIZE_MAX, distance;
	struct strbuf lower = STRBUF_INIT, name = STRBUF_INIT;

	for (const char *p = key; *p; p++)
		strbuf_addch(&lower, *p >= 'A' && *p <= 'Z' ? (char)(*p - 'A' + 'a') : *p);
	for (const struct option *row = rows; row->type != OPTION_LAST; row++) {
		if (!row->config)
			continue;
		strbuf_reset(&name);
		for (const char *p = row->config; *p; p++)
			strbuf_addch(&name, *p >= 'A' && *p <= 'Z' ? (char)(*p - 'A' + 'a') : *p);
		if (is_near(lower.buf, name.buf, &distance) && distance < best_distance) {
			best = row->config;
			best_distance = distance;
		}
	}
	strbuf_release(&lower);
	strbuf_release(&name);
	return best;
}
