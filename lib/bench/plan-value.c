#include <math.h>
#include <strings.h>

#include "base/error.h"
#include "bench/plan-keys.h"

#define TEXT_MAX 65536
#define SECONDS_MAX (366.0 * 86400)
#define MILLION 1000000

static void *place(const struct plan_key *row, const void *object)
{
	return (char *)(uintptr_t)object + row->at;
}

static int set_text(const struct plan_key *row, char **at, const char *value)
{
	if (!*value && row->type == PLAN_TEXT)
		return error_set("a value is wanted");
	if (strlen(value) > TEXT_MAX)
		return error_set("the value has more than %d bytes", TEXT_MAX);
	if (row->type == PLAN_TEXT && strpbrk(value, "\n\r"))
		return error_set("the value is one line");
	free(*at);
	*at = xstrdup(value);
	return 0;
}

static int add_text(const struct plan_key *row, struct strvec *list, const char *value)
{
	if (!*value || strlen(value) > TEXT_MAX || strpbrk(value, "\n\r"))
		return error_set("each value is one line of at most %d bytes", TEXT_MAX);
	if (row->section == PLAN_SECTION_PROFILE && (!strchr(value, '=') || *value == '='))
		return error_set("a sysctl is name=value, not '%s'", value);
	strvec_push(list, value);
	return 0;
}

static int set_bool(bool *at, const char *value)
{
	static const char *const words[] = { "true", "yes", "on", "1", "false", "no", "off", "0" };

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (!strcasecmp(value, words[i])) {
			*at = i < ARRAY_SIZE(words) / 2;
			return 0;
		}
	return error_set("'%s' is neither true nor false", value);
}

static int set_choice(const struct plan_key *row, int *at, const char *value)
{
	struct strbuf names = STRBUF_INIT;

	for (int i = 0; row->choices[i]; i++) {
		if (*value && !strcmp(row->choices[i], value)) {
			*at = i;
			return 0;
		}
	}
	for (int i = 0; row->choices[i]; i++)
		if (*row->choices[i])
			strbuf_addf(&names, "%s%s", names.len ? ", " : "", row->choices[i]);
	error_set("'%s' is none of %s", value, names.buf);
	strbuf_release(&names);
	return -1;
}

static bool parse_number(const char *value, double *number, const char **rest)
{
	double parsed;

	if (!metric_number(value, strspn(value, "0123456789."), &parsed))
		return false;
	*rest = value + strspn(value, "0123456789.");
	*rest += strspn(*rest, " ");
	*number = parsed;
	return true;
}

static int set_long(const struct plan_key *row, long *at, const char *value)
{
	size_t digits = strspn(value, "0123456789");
	long long number = digits && digits < 18 ? strtoll(value, NULL, 10) : -1;

	if (!digits || value[digits] || number < row->min || number > row->max)
		return error_set("'%s' is no number from %lld to %lld", value, row->min, row->max);
	*at = (long)number;
	return 0;
}

static int set_share(const struct plan_key *row, double *at, const char *value)
{
	const char *rest;
	double number;

	if (parse_number(value, &number, &rest)) {
		if (!strcmp(rest, "%")) {
			number /= 100;
			rest = "";
		}
		if (!*rest && number * MILLION >= (double)row->min && number * MILLION <= (double)row->max) {
			*at = number;
			return 0;
		}
	}
	return error_set("'%s' is no share from %g to %g (or in %%)", value, (double)row->min / MILLION,
			 (double)row->max / MILLION);
}

/* The number's factor by its unit, 0 for none that is known. */
static double unit_factor(const char *units, const double *factors, const char *unit)
{
	const char *found = unit[0] && !unit[1] ? strchr(units, unit[0]) : NULL;

	return found ? factors[found - units] : 0;
}

static int parse_seconds(const char *value, bool bare, double *seconds)
{
	static const double factors[] = { 1, 60, 3600, 86400 };
	const char *rest;
	double number, factor;

	if (parse_number(value, &number, &rest)) {
		factor = *rest ? unit_factor("smhd", factors, rest) : bare ? 1 : 0;
		if (factor > 0 && number * factor <= SECONDS_MAX) {
			*seconds = number * factor;
			return 0;
		}
	}
	return error_set("'%s' is no time: seconds, or a number with s, m, h or d, at most a year", value);
}

static int set_bytes(long long *at, const char *value)
{
	static const double factors[] = { 1024, 1048576, 1073741824, 1024, 1048576, 1073741824 };
	const char *rest;
	double number, factor;

	if (parse_number(value, &number, &rest)) {
		factor = *rest ? unit_factor("kmgKMG", factors, rest) : 1;
		if (factor > 0 && number * factor < 9e15) {
			*at = (long long)(number * factor);
			return 0;
		}
	}
	return error_set("'%s' is no size: bytes, or a number with k, m or g", value);
}

static int set_budget(struct plan *plan, const char *value)
{
	size_t digits = strspn(value, "0123456789");
	double seconds = 0;
	long boots = 0;

	if (digits && digits < 9 &&
	    (!value[digits] || !strcmp(value + digits + strspn(value + digits, " "), "boots")))
		boots = strtol(value, NULL, 10);
	else if (parse_seconds(value, false, &seconds))
		return error_set(
			"'%s' is no budget: a number of boots (40, 40boots), or a time with s, m, h or d",
			value);
	plan->budget_boots = boots;
	plan->budget_seconds = seconds;
	return 0;
}

int plan_value_set(const struct plan_key *row, void *object, const char *value)
{
	void *at = place(row, object);

	switch (row->type) {
	case PLAN_TEXT:
	case PLAN_COMMAND:
		return set_text(row, at, value);
	case PLAN_TEXTS:
	case PLAN_LINES:
		return add_text(row, at, value);
	case PLAN_BOOL:
		return set_bool(at, value);
	case PLAN_CHOICE:
		return set_choice(row, at, value);
	case PLAN_LONG:
		return set_long(row, at, value);
	case PLAN_SHARE:
		return set_share(row, at, value);
	case PLAN_SECONDS:
		return parse_seconds(value, true, at);
	case PLAN_BYTES:
		return set_bytes(at, value);
	case PLAN_BUDGET:
		return set_budget(object, value);
	}
	BUG("type %d of a key", row->type);
}

/* A number with all its digits, and no more. */
static void push_number(struct strvec *out, double number, const char *unit)
{
	strvec_pushf(out, number == floor(number) && number < 1e15 ? "%.0f%s" : "%.15g%s", number, unit);
}

void plan_value_get(const struct plan_key *row, const void *object, struct strvec *out)
{
	const struct plan *plan = object;
	const void *at = place(row, object);
	const struct strvec *list = at;

	switch (row->type) {
	case PLAN_TEXT:
	case PLAN_COMMAND:
		if (*(char *const *)at)
			strvec_push(out, *(char *const *)at);
		return;
	case PLAN_TEXTS:
	case PLAN_LINES:
		for (size_t i = 0; i < list->nr; i++)
			strvec_push(out, list->v[i]);
		return;
	case PLAN_BOOL:
		strvec_push(out, *(const bool *)at ? "true" : "false");
		return;
	case PLAN_CHOICE:
		if (*row->choices[*(const int *)at])
			strvec_push(out, row->choices[*(const int *)at]);
		return;
	case PLAN_LONG:
		strvec_pushf(out, "%ld", *(const long *)at);
		return;
	case PLAN_SHARE:
	case PLAN_SECONDS:
		push_number(out, *(const double *)at, "");
		return;
	case PLAN_BYTES:
		strvec_pushf(out, "%lld", *(const long long *)at);
		return;
	case PLAN_BUDGET:
		if (plan->budget_seconds > 0)
			push_number(out, plan->budget_seconds, "s");
		else
			strvec_pushf(out, "%ld", plan->budget_boots);
		return;
	}
	BUG("type %d of a key", row->type);
}

void plan_value_clear(const struct plan_key *row, void *object)
{
	void *at = place(row, object);

	if (row->type == PLAN_TEXTS || row->type == PLAN_LINES) {
		strvec_release(at);
	} else if (row->type == PLAN_TEXT || row->type == PLAN_COMMAND) {
		free(*(char **)at);
		*(char **)at = NULL;
	}
}
