#include "repo/commit.h"

#include "base/error.h"

/* Digits of a date that surely fits; the year 31 million. */
#define DATE_DIGITS 15

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* "+hhmm" in minutes, 0 where it is malformed. */
static int parse_zone(const char *at, const char *end)
{
	int hours, minutes;

	if (end - at < 5 || (*at != '+' && *at != '-'))
		return 0;
	for (int i = 1; i < 5; i++)
		if (!is_digit(at[i]))
			return 0;
	hours = (at[1] - '0') * 10 + at[2] - '0';
	minutes = (at[3] - '0') * 10 + at[4] - '0';
	return (*at == '-' ? -1 : 1) * (hours * 60 + minutes);
}

/* "<seconds> +hhmm" behind the last ">" of an author or committer line. */
static int64_t parse_date(const char *line, const char *end, int *zone)
{
	const char *at = memrchr(line, '>', (size_t)(end - line)), *digits;
	int64_t date = 0;

	*zone = 0;
	if (!at)
		return 0;
	for (at++; at < end && is_space(*at); at++)
		;
	for (digits = at; at < end && is_digit(*at); at++)
		if (at - digits < DATE_DIGITS)
			date = date * 10 + (*at - '0');
	if (at == digits || at - digits > DATE_DIGITS)
		return 0;
	if (at < end && *at == ' ')
		*zone = parse_zone(at + 1, end);
	return date;
}

/* "A U Thor <mail> ...": name and mail end where git's own parser ends them. */
static void parse_author(struct commit_text *c, const char *line, const char *end)
{
	const char *open = memchr(line, '<', (size_t)(end - line)), *close;
	const char *name = line, *name_end = open ? open : end;

	c->author_date = parse_date(line, end, &c->author_zone);
	while (name < name_end && is_space(*name))
		name++;
	while (name < name_end && is_space(name_end[-1]))
		name_end--;
	c->author = name;
	c->author_len = (size_t)(name_end - name);
	if (!open)
		return;
	close = memchr(open, '>', (size_t)(end - open));
	c->mail = open + 1;
	c->mail_len = (size_t)((close ? close : end) - c->mail);
}

static bool has_word(const char *line, const char *end, const char *word)
{
	size_t len = strlen(word);

	return (size_t)(end - line) >= len && !memcmp(line, word, len);
}

static const char *line_end(const char *at, const char *end)
{
	const char *newline = memchr(at, '\n', (size_t)(end - at));

	return newline ? newline : end;
}

static bool is_blank(const char *at, const char *end)
{
	while (at < end && is_space(*at))
		at++;
	return at == end;
}

/* The first line from `at` on that is not blank. */
static const char *skip_blank_lines(const char *at, const char *end)
{
	while (at < end) {
		const char *eol = line_end(at, end);

		if (!is_blank(at, eol))
			break;
		at = eol < end ? eol + 1 : end;
	}
	return at;
}

/* As git has it: a message ends at its first NUL, the subject at the first blank line. */
static void parse_message(struct commit_text *c, const char *at, const char *end)
{
	const char *nul = memchr(at, '\0', (size_t)(end - at)), *subject_end;

	end = nul ? nul : end;
	c->message = at;
	c->message_len = (size_t)(end - at);
	at = skip_blank_lines(at, end);
	c->subject = at;
	subject_end = at;
	while (at < end) {
		const char *eol = line_end(at, end);

		if (is_blank(at, eol))
			break;
		subject_end = eol;
		at = eol < end ? eol + 1 : end;
	}
	while (subject_end > c->subject && is_space(subject_end[-1]))
		subject_end--;
	c->subject_len = (size_t)(subject_end - c->subject);
	c->body = skip_blank_lines(at, end);
	c->body_len = (size_t)(end - c->body);
}

static int parse_tree(struct commit_text *c, const char *line, const char *end)
{
	size_t digits = 0;

	if (!has_word(line, end, "tree "))
		return error_set("the commit has no tree line; try git fsck");
	c->tree_hex = line + 5;
	while (c->tree_hex + digits < end && strchr("0123456789abcdef", c->tree_hex[digits]) &&
	       c->tree_hex[digits])
		digits++;
	if (c->tree_hex + digits != end || (digits != 40 && digits != 64))
		return error_set("the commit's tree line holds no id; try git fsck");
	return 0;
}

int commit_parse(const char *data, size_t size, struct commit_text *commit)
{
	const char *at = data, *end = data + size, *eol = line_end(data, end);
	bool has_author = false, has_committer = false;
	int zone;

	memset(commit, 0, sizeof(*commit));
	commit->author = commit->mail = commit->subject = commit->body = commit->message = "";
	commit->encoding = "";
	if (parse_tree(commit, at, eol))
		return -1;
	for (; at < end && *at != '\n'; at = eol < end ? eol + 1 : end) {
		eol = line_end(at, end);
		if (!has_author && has_word(at, eol, "author ")) {
			parse_author(commit, at + strlen("author "), eol);
			has_author = true;
		} else if (!has_committer && has_word(at, eol, "committer ")) {
			commit->commit_date = parse_date(at, eol, &zone);
			has_committer = true;
		} else if (!commit->encoding_len && has_word(at, eol, "encoding ")) {
			commit->encoding = at + strlen("encoding ");
			commit->encoding_len = (size_t)(eol - commit->encoding);
		}
	}
	if (at < end)
		parse_message(commit, at + 1, end);
	return 0;
}
