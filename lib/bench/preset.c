#include "bench/preset.h"

#include "base/compat.h"
#include "base/error.h"
#include "base/strmap.h"
#include "bench/metric.h"
#include "bench/preset-table.h"

#define BLANKS " \t\r"

const struct preset *preset_find(const char *name)
{
	for (size_t i = 0; preset_table[i].name; i++)
		if (!strcmp(preset_table[i].name, name))
			return &preset_table[i];
	return NULL;
}

const char *preset_name(const struct preset *preset)
{
	return preset->name;
}

/* What runs another command, with options, numbers and assignments between. */
static bool is_wrapper(const char *word)
{
	static const char *const wrappers[] = { "env",  "exec",    "time",    "nice", "ionice", "taskset",
						"sudo", "numactl", "timeout", "chrt", "stdbuf", "setarch" };

	for (size_t i = 0; i < ARRAY_SIZE(wrappers); i++)
		if (!strcmp(wrappers[i], word))
			return true;
	return false;
}

/* The words of one simple command, the program first, by its last path name; wrappers passed over. */
static void command_words(const char *text, size_t len, struct strvec *words)
{
	const char *end = text + len;
	bool wrapped = false;

	while (text < end) {
		size_t blanks = strspn(text, BLANKS), n = strcspn(text + blanks, BLANKS);
		char *word, *slash;

		text += blanks;
		if (text >= end)
			break;
		if (n > (size_t)(end - text))
			n = (size_t)(end - text);
		word = xmemdupz(text, n);
		text += n;
		slash = strrchr(word, '/');
		if (!words->nr && is_wrapper(slash ? slash + 1 : word))
			wrapped = true;
		else if (words->nr)
			strvec_push(words, word);
		else if (!strchr(word, '=') && !(wrapped && (*word == '-' || (*word >= '0' && *word <= '9'))))
			strvec_push(words, slash ? slash + 1 : word);
		free(word);
	}
}

static bool has_word(const struct strvec *words, const char *wanted, size_t len)
{
	for (size_t i = 1; i < words->nr; i++)
		if (strlen(words->v[i]) == len && !memcmp(words->v[i], wanted, len))
			return true;
	return false;
}

/* Is `pattern` ("sysbench mutex") the program and words that are somewhere behind it? */
static bool is_command(const struct strvec *words, const char *pattern)
{
	size_t len = strcspn(pattern, " ");

	if (!words->nr || strlen(words->v[0]) != len || memcmp(words->v[0], pattern, len))
		return false;
	while (pattern[len]) {
		pattern += len + 1;
		len = strcspn(pattern, " ");
		if (!has_word(words, pattern, len))
			return false;
	}
	return true;
}

const struct preset *preset_of_command(const char *command)
{
	const struct preset *found = NULL;

	while (*command && !found) {
		struct strvec words = STRVEC_INIT;
		size_t len = strcspn(command, ";&|\n()");

		command_words(command, len, &words);
		for (size_t i = 0; preset_table[i].name && !found; i++)
			if (preset_table[i].command && is_command(&words, preset_table[i].command))
				found = &preset_table[i];
		strvec_release(&words);
		command += len + !!command[len];
	}
	return found;
}

static const char *next_line(const char *at, const char *end, size_t *len)
{
	const char *newline = memchr(at, '\n', (size_t)(end - at));

	*len = (size_t)((newline ? newline : end) - at);
	return newline ? newline + 1 : end;
}

/* "metric NAME VALUE UNIT", or the same without its first word. */
struct plain {
	bool marked;
	const char *name, *unit;
	size_t name_len, unit_len;
};

static bool take_word(const char **at, const char *end, const char **word, size_t *len)
{
	while (*at < end && strchr(BLANKS, **at) && **at)
		++*at;
	*word = *at;
	while (*at < end && **at && !strchr(BLANKS, **at))
		++*at;
	*len = (size_t)(*at - *word);
	return *len > 0;
}

static bool is_name(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!is_word_char(text[i]) && !strchr("-./:%", text[i]))
			return false;
	return len && text[0] != '-' && (text[0] < '0' || text[0] > '9');
}

static bool parse_plain(const char *line, size_t len, struct plain *plain)
{
	const char *at = line, *end = line + len, *value, *rest;
	size_t value_len, rest_len;
	double number;

	if (memchr(line, '\0', len) || !take_word(&at, end, &plain->name, &plain->name_len))
		return false;
	plain->marked = plain->name_len == 6 && !memcmp(plain->name, "metric", 6);
	if (plain->marked && !take_word(&at, end, &plain->name, &plain->name_len))
		return false;
	return take_word(&at, end, &value, &value_len) && take_word(&at, end, &plain->unit, &plain->unit_len) &&
	       !take_word(&at, end, &rest, &rest_len) && is_name(plain->name, plain->name_len) &&
	       is_name(plain->unit, plain->unit_len) && metric_number(value, value_len, &number);
}

/* More of it is better when it is a rate or a score; times, sizes and counts are not. */
static bool is_rate(const char *unit, size_t len)
{
	static const char *const rates[] = { "ops", "iops", "events", "score", "points", "fps",
					     "rps", "tps",  "qps",    "MBps",  "Mbps",   "Gbps" };

	if (memchr(unit, '/', len))
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(rates); i++)
		if (strlen(rates[i]) == len && !memcmp(rates[i], unit, len))
			return true;
	return false;
}

/* Does this output consist of such lines? Marked ones may stand among others. */
static bool is_plain_output(const char *text, size_t len, bool *marked)
{
	const char *end = text + len;
	size_t plain_lines = 0, others = 0;

	*marked = false;
	while (text < end) {
		struct plain plain;
		size_t n;
		const char *next = next_line(text, end, &n);

		if (!parse_plain(text, n, &plain))
			others += n > 0;
		else
			plain_lines++, *marked |= plain.marked;
		text = next;
	}
	return *marked || (plain_lines && !others);
}

static size_t plain_metrics(const char *text, size_t len, struct strvec *lines)
{
	struct strmap seen = STRMAP_INIT;
	const char *end = text + len;
	size_t count = 0, n;
	bool marked;

	if (!is_plain_output(text, len, &marked))
		return 0;
	for (const char *next; text < end; text = next) {
		struct plain plain;

		next = next_line(text, end, &n);
		if (!parse_plain(text, n, &plain) || plain.marked != marked ||
		    strmap_find(&seen, plain.name, plain.name_len) >= 0)
			continue;
		strmap_intern(&seen, plain.name, plain.name_len);
		strvec_pushf(lines, "%.*s %s %.*s regex* ^%s\\Q%.*s\\E\\s+(\\S+)\\s+\\S+\\s*$",
			     (int)plain.name_len, plain.name,
			     is_rate(plain.unit, plain.unit_len) ? "higher" : "lower", (int)plain.unit_len,
			     plain.unit, marked ? "metric\\s+" : "", (int)plain.name_len, plain.name);
		count++;
	}
	strmap_release(&seen);
	return count;
}

/* Does the line find what is worth watching: values that are not all zero? */
static bool gives_value(const char *line, const char *text, size_t len)
{
	struct metric_source source = { text, len, -1, -1, -1 };
	struct metric_list list = METRIC_LIST_INIT;
	struct metric_values values = METRIC_VALUES_INIT;
	bool found = false;

	if (metric_add(&list, line))
		BUG("preset '%s': %s", line, error_message());
	if (!metric_read(&list.items[0], &source, &values))
		for (size_t i = 0; i < values.nr; i++)
			found |= values.v[i] != 0;
	error_clear();
	metric_values_release(&values);
	metric_list_release(&list);
	return found;
}

size_t preset_metrics(const struct preset *preset, const char *text, size_t len, struct strvec *lines)
{
	size_t count = 0;

	if (!preset->metrics)
		return plain_metrics(text, len, lines);
	for (size_t i = 0; preset->metrics[i]; i++) {
		if (!gives_value(preset->metrics[i], text, len))
			continue;
		strvec_push(lines, preset->metrics[i]);
		count++;
	}
	return count;
}

const struct preset *preset_of_output(const char *text, size_t len)
{
	for (size_t i = 0; preset_table[i].name; i++) {
		struct strvec lines = STRVEC_INIT;
		size_t count = 0;

		if (!preset_table[i].sign ||
		    memmem(text, len, preset_table[i].sign, strlen(preset_table[i].sign)))
			count = preset_metrics(&preset_table[i], text, len, &lines);
		strvec_release(&lines);
		if (count)
			return &preset_table[i];
	}
	return NULL;
}

const char *preset_choose(const char *command, const char *text, size_t len, struct strvec *lines)
{
	const struct preset *preset = preset_of_command(command);

	if (preset && preset_metrics(preset, text, len, lines))
		return preset->name;
	preset = preset_of_output(text, len);
	if (preset && preset_metrics(preset, text, len, lines))
		return preset->name;
	strvec_pushl(lines, "wall lower s wall", "cpu lower s cpu", NULL);
	return "wall";
}
