#include "bench/metric.h"

#include "base/error.h"
#include "base/regex.h"

#define NAME_MAX_BYTES 200
#define BLANKS " \t"

static const struct kind {
	const char *name;
	enum metric_kind kind;
	bool has_pattern;
} kinds[] = {
	{ "regex", METRIC_REGEX, true }, { "json", METRIC_JSON, true },
	{ "csv", METRIC_CSV, true },     { "wall", METRIC_WALL, false },
	{ "cpu", METRIC_CPU, false },    { "instructions", METRIC_INSTRUCTIONS, false },
};

/* The next word, or NULL; *at is moved behind it and its blanks. */
static char *next_word(const char **at)
{
	const char *from = *at + strspn(*at, BLANKS);
	size_t len = strcspn(from, BLANKS);

	*at = from + len + strspn(from + len, BLANKS);
	return len ? xmemdupz(from, len) : NULL;
}

static void release(struct metric *m)
{
	free(m->name);
	free(m->unit);
	free(m->pattern);
	free(m->where);
	free(m->is);
	regex_free(m->regex);
	*m = (struct metric){ 0 };
}

/* "*N" or "*" behind a kind; false for anything else. */
static bool parse_count(const char *text, size_t *count)
{
	size_t digits;

	*count = 1;
	if (!*text)
		return true;
	if (*text++ != '*')
		return false;
	digits = strspn(text, "0123456789");
	*count = strtoul(text, NULL, 10);
	return !text[digits] && digits < 7 && (!digits || (*count && *count <= METRIC_VALUES_MAX));
}

/* Takes the kind when the text begins with one, else it is a regular expression. */
static const struct kind *parse_kind(const char **at, size_t *count)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		const char *rest = *at;
		char *word = next_word(&rest);
		size_t len = strlen(kinds[i].name);
		bool found = word && starts_with(word, kinds[i].name) && parse_count(word + len, count);

		free(word);
		if (found) {
			*at = rest;
			return &kinds[i];
		}
	}
	*count = 1;
	return &kinds[0];
}

/* "COLUMN" or "COLUMN COLUMN=VALUE". */
static int parse_csv(struct metric *m, const char *text)
{
	char *column = next_word(&text), *condition = next_word(&text);
	char *equals = condition ? strchr(condition, '=') : NULL;
	bool wrong = !column || *text || (condition && (!equals || equals == condition));

	if (!wrong) {
		m->pattern = xstrdup(column);
		if (equals) {
			m->where = xmemdupz(condition, (size_t)(equals - condition));
			m->is = xstrdup(equals + 1);
		}
	}
	free(column);
	free(condition);
	return wrong ? error_set("metric '%s': after csv comes COLUMN or COLUMN COLUMN=VALUE", m->name) : 0;
}

static int parse_pattern(struct metric *m, const struct kind *kind, const char *text)
{
	if (!kind->has_pattern)
		return *text ? error_set("metric '%s': nothing may follow %s", m->name, kind->name) : 0;
	if (!*text)
		return error_set("metric '%s' has no pattern", m->name);
	if (kind->kind == METRIC_CSV)
		return parse_csv(m, text);
	m->pattern = xstrdup(text);
	if (kind->kind == METRIC_JSON)
		return *text == '/' ? 0
				    : error_set("metric '%s': '%s' is no JSON pointer: it begins with '/'",
						m->name, text);
	m->regex = regex_compile(text, REGEX_LINES);
	if (!m->regex)
		return error_prefix("metric '%s'", m->name);
	if (regex_groups(m->regex) > 1)
		return error_set(
			"metric '%s': one group holds the value, '%s' has %zu (write (?:...) for others)",
			m->name, text, regex_groups(m->regex));
	return 0;
}

static int parse(struct metric *m, const char *line)
{
	const char *at = line;
	char *better;
	const struct kind *kind;
	int result = -1;

	m->name = next_word(&at);
	better = next_word(&at);
	m->unit = next_word(&at);
	if (!m->name || !better || !m->unit) {
		error_set("a metric is NAME (higher|lower) UNIT [KIND] PATTERN, not '%s'", line);
	} else if (strlen(m->name) > NAME_MAX_BYTES) {
		error_set("a metric's name has more than %d bytes", NAME_MAX_BYTES);
	} else if (strcmp(better, "higher") && strcmp(better, "lower")) {
		error_set("metric '%s': what is better is higher or lower, not '%s'", m->name, better);
	} else {
		m->higher_is_better = *better == 'h';
		if (!strcmp(m->unit, "-"))
			m->unit[0] = '\0';
		kind = parse_kind(&at, &m->count);
		m->kind = kind->kind;
		result = parse_pattern(m, kind, at);
	}
	free(better);
	return result;
}

int metric_add(struct metric_list *list, const char *line)
{
	struct metric m = { 0 };

	if (parse(&m, line)) {
		release(&m);
		return -1;
	}
	if (metric_find(list, m.name)) {
		error_set("the metric '%s' is there twice", m.name);
		release(&m);
		return -1;
	}
	ALLOC_GROW(list->items, list->nr + 1, list->alloc);
	list->items[list->nr++] = m;
	return 0;
}

const struct metric *metric_find(const struct metric_list *list, const char *name)
{
	for (size_t i = 0; i < list->nr; i++)
		if (!strcmp(list->items[i].name, name))
			return &list->items[i];
	return NULL;
}

void metric_list_release(struct metric_list *list)
{
	for (size_t i = 0; i < list->nr; i++)
		release(&list->items[i]);
	free(list->items);
	*list = (struct metric_list)METRIC_LIST_INIT;
}
