#include "base/configfile.h"

#include "base/error.h"
#include "base/process.h"

#define BLANKS " \t\r"
#define FILE_MAX_BYTES (1 << 20)

struct scan {
	const char *path;
	const char *at, *end;
	size_t line;
	/* The section that is open: within the text. */
	const char *section;
	size_t section_len;
	configfile_delicate_fn *delicate;
};

/* "[section" or "[section "sub"]": notes it and moves behind the bracket or to the line's end. */
static void scan_section(struct scan *s)
{
	const char *name = s->at + 1, *from = name;
	bool quoted = false;

	while (from < s->end && is_word_char(*from))
		from++;
	s->section = name;
	s->section_len = (size_t)(from - name);
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
	char *section = xmemdupz(s->section, s->section_len), *copy = xmemdupz(name, len);
	bool delicate = s->delicate(section, copy);

	free(section);
	free(copy);
	return delicate;
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

static int scan(struct scan *s, const char *text, size_t len)
{
	if (memchr(text, '\0', len))
		return error_set("'%s' holds a NUL byte", s->path);
	/* git passes over a byte order mark. */
	if (len >= 3 && !memcmp(text, "\xef\xbb\xbf", 3))
		s->at += 3;
	while (s->at < s->end) {
		if (scan_line(s))
			return -1;
		if (s->at < s->end)
			s->at++;
		s->line++;
	}
	return 0;
}

int configfile_list(const char *path, struct strbuf *out)
{
	struct process p = PROCESS_INIT;

	/* An include would bring in what was not looked at. */
	strvec_pushl(&p.args, "git", "config", "--file", path, "--no-includes", "--list", "-z", NULL);
	p.err = PROCESS_PIPE;
	return process_capture(&p, NULL, out, 2 * FILE_MAX_BYTES);
}

int configfile_list_text(const struct strbuf *text, struct strbuf *out)
{
	struct process p = PROCESS_INIT;

	strvec_pushl(&p.args, "git", "config", "--file", "-", "--no-includes", "--list", "-z", NULL);
	p.err = PROCESS_PIPE;
	return process_capture(&p, text, out, 2 * FILE_MAX_BYTES);
}

int configfile_read(const char *path, configfile_delicate_fn *delicate, struct strbuf *out)
{
	struct strbuf text = STRBUF_INIT;
	int result = -1;

	if (strbuf_read_file(&text, path, FILE_MAX_BYTES) >= 0) {
		struct scan s = { .path = path,
				  .at = text.buf,
				  .end = text.buf + text.len,
				  .line = 1,
				  .section = text.buf,
				  .delicate = delicate };

		result = scan(&s, text.buf, text.len) || configfile_list(path, out) ? -1 : 0;
	}
	strbuf_release(&text);
	return result;
}

/* As git reads it back: always between quotes, but for plain words. */
void configfile_add_value(struct strbuf *out, const char *value)
{
	if (*value && strspn(value, WORD_CHARS "./-:+=,$()% ") == strlen(value) && *value != ' ' &&
	    !ends_with(value, " ")) {
		strbuf_addstr(out, value);
		return;
	}
	strbuf_addch(out, '"');
	for (; *value; value++) {
		if (*value == '\n')
			strbuf_addstr(out, "\\n");
		else if (*value == '\t')
			strbuf_addstr(out, "\\t");
		else if (*value == '"' || *value == '\\')
			strbuf_addf(out, "\\%c", *value);
		else
			strbuf_addch(out, *value);
	}
	strbuf_addch(out, '"');
}
