#include <strings.h>

#include "base/error.h"
#include "bench/plan-keys.h"

#define BLANKS " \t\r"

struct scan {
	const char *path;
	const char *at, *end;
	size_t line;
	/* Of the section that is open; -1: none of ours. */
	int section;
};

/* "[section" or "[section "sub"]": which of ours? Moves behind the bracket or to the line's end. */
static void scan_section(struct scan *s)
{
	const char *name = s->at + 1, *from = name;
	bool quoted = false;

	while (from < s->end && is_word_char(*from))
		from++;
	s->section = -1;
	for (int i = 0; i < PLAN_SECTIONS; i++)
		if (strlen(plan_section_names[i]) == (size_t)(from - name) &&
		    !strncasecmp(name, plan_section_names[i], (size_t)(from - name)))
			s->section = i;
	for (; from < s->end && *from != '\n' && (quoted || *from != ']'); from++) {
		if (*from == '"')
			quoted = !quoted;
		else if (*from == '\\' && from + 1 < s->end && from[1] != '\n')
			from++;
	}
	s->at = from + (from < s->end && *from == ']');
}

/* Would a comment behind this value hide a part of it? */
static bool is_delicate(const struct scan *s, const char *name, size_t len)
{
	char *copy = xmemdupz(name, len);
	const struct plan_key *row = s->section >= 0 ? plan_key_find((enum plan_section)s->section, copy)
						     : NULL;

	free(copy);
	return row &&
	       (row->type == PLAN_COMMAND || row->type == PLAN_LINES || row->section == PLAN_SECTION_PROFILE);
}

static int cut_error(const struct scan *s, size_t line, char mark, const char *name, size_t len)
{
	return error_set("%s:%zu: '%c' cuts the value of %.*s short; put the value between double quotes",
			 s->path, line, mark, (int)len, name);
}

/* The value behind "=", with its quotes and its continued lines. */
static int scan_value(struct scan *s, const char *name, size_t len)
{
	bool quoted = false, delicate = is_delicate(s, name, len);
	/* Bytes outside quotes, blanks not counted, and pieces between quotes. */
	size_t plain = 0, pieces = 0, line = s->line;

	for (; s->at < s->end && *s->at != '\n'; s->at++) {
		if (*s->at == '\\') {
			if (s->at + 1 >= s->end)
				break;
			s->at++;
			if (*s->at == '\r' && s->at + 1 < s->end && s->at[1] == '\n')
				s->at++;
			s->line += *s->at == '\n';
			plain += !quoted && *s->at != '\n';
		} else if (*s->at == '"') {
			quoted = !quoted;
			pieces += quoted;
		} else if (!quoted && (*s->at == ';' || *s->at == '#')) {
			/* Behind a value that is all between quotes, a comment hides nothing. */
			if (delicate && (plain || pieces != 1))
				return cut_error(s, line, *s->at, name, len);
			while (s->at < s->end && *s->at != '\n')
				s->at++;
			return 0;
		} else {
			plain += !quoted && !strchr(BLANKS, *s->at);
		}
	}
	return 0;
}

static void skip_line(struct scan *s)
{
	while (s->at < s->end && *s->at != '\n')
		s->at++;
}

/* One line, or several when it is continued. */
static int scan_line(struct scan *s)
{
	const char *name;
	size_t len;

	while (s->at < s->end && *s->at && strchr(BLANKS, *s->at))
		s->at++;
	/* git allows an entry behind the bracket. */
	while (s->at < s->end && *s->at == '[') {
		scan_section(s);
		while (s->at < s->end && *s->at && strchr(BLANKS, *s->at))
			s->at++;
	}
	name = s->at;
	while (s->at < s->end && (is_word_char(*s->at) || *s->at == '-'))
		s->at++;
	len = (size_t)(s->at - name);
	while (s->at < s->end && *s->at && strchr(BLANKS, *s->at))
		s->at++;
	if (!len || s->at >= s->end || *s->at != '=') {
		skip_line(s);
		return 0;
	}
	s->at++;
	return scan_value(s, name, len);
}

int plan_scan(const char *path, const char *text, size_t len)
{
	struct scan s = { .path = path, .at = text, .end = text + len, .line = 1, .section = -1 };

	if (memchr(text, '\0', len))
		return error_set("'%s' holds a NUL byte", path);
	/* git passes over a byte order mark. */
	if (len >= 3 && !memcmp(text, "\xef\xbb\xbf", 3))
		s.at += 3;
	while (s.at < s.end) {
		if (scan_line(&s))
			return -1;
		if (s.at < s.end)
			s.at++;
		s.line++;
	}
	return 0;
}
