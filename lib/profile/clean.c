#include "profile/clean.h"

#include <locale.h>
#include <math.h>

#include "base/error.h"

/* Profilers round, each row by itself. */
#define PERCENT_MAX 100.5

/* Longest number that makes sense; a longer one is no number. */
#define NUMBER_LEN_MAX 64

/* The length without one appended part at the end, or `len` when there is none. */
static size_t without_part(const char *name, size_t len)
{
	static const struct {
		const char *word;
		bool bare;
	} parts[] = {
		{ ".constprop", false }, { ".isra", false },     { ".part", false },  { ".cold", true },
		{ ".llvm", false },      { ".lto_priv", false }, { ".clone", false },
	};
	size_t end = len;
	bool numbered;

	while (end && name[end - 1] >= '0' && name[end - 1] <= '9')
		end--;
	numbered = end < len && end && name[end - 1] == '.';
	end = numbered ? end - 1 : len;
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		size_t n = strlen(parts[i].word);

		/* Something must be left. */
		if (end > n && !memcmp(name + end - n, parts[i].word, n) && (numbered || parts[i].bare))
			return end - n;
	}
	return len;
}

size_t clean_function(const char *name, size_t len)
{
	for (;;) {
		size_t shorter = without_part(name, len);

		if (shorter == len)
			return len;
		len = shorter;
	}
}

/* The function behind the prefix of a system call's entry. */
static const char *without_entry(const char *function, enum clean_symbol *kind)
{
	static const char *const machines[] = { "__x64_",  "__ia32_",  "__x32_", "__arm64_", "__riscv_",
						"__s390_", "__s390x_", "__se_",  "__do_" };
	static const char *const calls[] = { "compat_sys_", "sys_" };

	*kind = SYMBOL_PLAIN;
	for (size_t i = 0; i < ARRAY_SIZE(machines); i++) {
		const char *rest = function + strlen(machines[i]);

		if (!starts_with(function, machines[i]))
			continue;
		for (size_t k = 0; k < ARRAY_SIZE(calls); k++) {
			if (!starts_with(rest, calls[k]) || !rest[strlen(calls[k])])
				continue;
			*kind = k ? SYMBOL_SYSCALL : SYMBOL_COMPAT_SYSCALL;
			return rest + strlen(calls[k]);
		}
	}
	return function;
}

char *clean_symbol(const char *function, enum clean_symbol *kind)
{
	const char *name = without_entry(function, kind);
	size_t from = 0, len = 0, depth = 0;

	for (size_t i = 0; name[i]; i++) {
		if (name[i] == '(' && !depth && len)
			break;
		if (name[i] == '<')
			depth++;
		else if (name[i] == '>' && depth)
			depth--;
		else if (!depth && is_word_char(name[i]))
			len = i + 1 - from;
		else if (!depth && name[i] != '~')
			from = i + 1, len = 0;
	}
	return xmemdupz(name + from, len);
}

int clean_path(struct strbuf *out, const char *path)
{
	const char *part = path;

	strbuf_reset(out);
	if (*path == '/')
		return error_set("the path \"%s\" is absolute; make it relative to the top of the tree", path);
	if (strlen(path) > CLEAN_PATH_MAX)
		return error_set("a path of more than %d bytes", CLEAN_PATH_MAX);
	while (*part) {
		size_t len = strcspn(part, "/");

		if (len == 2 && !memcmp(part, "..", 2))
			return error_set(
				"the path \"%s\" has a \"..\"; make it relative to the top of the tree", path);
		if (len && !(len == 1 && *part == '.')) {
			if (out->len)
				strbuf_addch(out, '/');
			strbuf_add(out, part, len);
		}
		part += len;
		part += *part == '/';
	}
	if (*path && !out->len)
		return error_set("the path \"%s\" names no file", path);
	return 0;
}

/* Digits, perhaps a point with digits, perhaps an exponent: strtod() takes much more. */
static bool is_decimal(const char *text)
{
	size_t whole = strspn(text, "0123456789"), fraction = 0;

	text += whole;
	if (*text == '.') {
		fraction = strspn(text + 1, "0123456789");
		text += 1 + fraction;
	}
	if (!whole && !fraction)
		return false;
	if (*text == 'e' || *text == 'E') {
		text++;
		text += *text == '-' || *text == '+';
		whole = strspn(text, "0123456789");
		text += whole;
		if (!whole)
			return false;
	}
	return !*text;
}

int clean_number(double *value, const char *text, const char *what)
{
	static locale_t c_locale;

	if (!*text)
		return error_set("%s is empty, expected a number", what);
	if (*text == '-' && is_decimal(text + 1))
		return error_set("%s is negative (%s)", what, text);
	if (strlen(text) > NUMBER_LEN_MAX || !is_decimal(text))
		return error_set("%s is \"%.*s\", expected a number like 12 or 3.45", what, NUMBER_LEN_MAX,
				 text);
	if (!c_locale)
		c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
	if (!c_locale)
		BUG("no C locale");
	*value = strtod_l(text, NULL, c_locale);
	if (!isfinite(*value))
		return error_set("%s is too large (%s)", what, text);
	return 0;
}

int clean_percent(double *value, const char *text, const char *what)
{
	char *number = xstrdup(text);
	size_t len = strlen(number);
	int result;

	if (len && number[len - 1] == '%') {
		do {
			number[--len] = '\0';
		} while (len && number[len - 1] == ' ');
	}
	result = clean_number(value, number, what);
	free(number);
	if (result)
		return result;
	if (*value > PERCENT_MAX)
		return error_set("%s is %s, above 100", what, text);
	if (*value > 100)
		*value = 100;
	return 0;
}

int clean_count(uint64_t *value, const char *text, uint64_t max, const char *what)
{
	double number = 0;

	if (clean_number(&number, text, what))
		return -1;
	if (number != floor(number))
		return error_set("%s is %s, expected a whole number", what, text);
	if (number > (double)max)
		return error_set("%s is %s, at most %" PRIu64 " can be handled", what, text, max);
	*value = (uint64_t)number;
	return 0;
}
