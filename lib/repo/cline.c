#include "repo/cline.h"

/* So many marks in strings between a line and its comment are taken for hostile text. */
#define MAX_HIDDEN 16
/* Blanks and newlines between a "}" and its "else", and bytes of a label, at most. */
#define MAX_GAP 32
#define MAX_LABEL 128

const char *skip_quoted(const char *p, const char *end)
{
	const char *begin = p;
	char quote = *p++;

	while (p < end && *p != quote && *p != '\n')
		p += *p == '\\' && end - p > 1 ? 2 : 1;
	if (p < end && *p == quote)
		return p + 1;
	return quote == '"' ? p : begin + 1;
}

static bool at_pair(const char *p, const char *end, char first, char second)
{
	return end - p > 1 && p[0] == first && p[1] == second;
}

/* One past the comment that begins at `p`; `end` where it is not closed before. */
static const char *skip_comment(const char *p, const char *end)
{
	const char *close = memmem(p + 2, (size_t)(end - p - 2), "*/", 2);

	return close ? close + 2 : end;
}

static bool begins_comment_line(const char *p, const char *eol)
{
	if (p == eol || *p != '*')
		return false;
	return eol - p == 1 || is_blank(p[1]) || p[1] == '*' || p[1] == '/';
}

/* Where the code ends that begins at `p`, when there may be comments in the line. */
static const char *end_of_code(const char *p, const char *eol)
{
	const char *to = p;

	while (p < eol) {
		if (at_pair(p, eol, '/', '/'))
			break;
		if (at_pair(p, eol, '/', '*')) {
			p = skip_comment(p, eol);
		} else if (*p == '"' || *p == '\'') {
			to = p = skip_quoted(p, eol);
		} else {
			if (!is_blank(*p))
				to = p + 1;
			p++;
		}
	}
	return to;
}

struct code line_code(const char *p, const char *eol)
{
	struct code code;

	while (p < eol && is_blank(*p))
		p++;
	while (eol > p && is_blank(eol[-1]))
		eol--;
	if (begins_comment_line(p, eol)) {
		p = eol - p > 1 ? memmem(p, (size_t)(eol - p), "*/", 2) : NULL;
		p = p ? p + 2 : eol;
	}
	while (at_pair(p, eol, '/', '*')) {
		p = skip_comment(p, eol);
		while (p < eol && is_blank(*p))
			p++;
	}
	code.from = p;
	code.to = p < eol && memchr(p, '/', (size_t)(eol - p)) ? end_of_code(p, eol) : eol;
	return code;
}

bool line_has_code(const char *p, const char *eol, bool *in_comment)
{
	bool code = false;

	if (*in_comment) {
		const char *close = memmem(p, (size_t)(eol - p), "*/", 2);

		if (!close)
			return false;
		p = close + 2;
		*in_comment = false;
	}
	while (p < eol) {
		if (at_pair(p, eol, '/', '/'))
			return code;
		if (at_pair(p, eol, '/', '*')) {
			const char *close = memmem(p + 2, (size_t)(eol - p - 2), "*/", 2);

			if (!close) {
				*in_comment = true;
				return code;
			}
			p = close + 2;
		} else if (*p == '"' || *p == '\'') {
			p = skip_quoted(p, eol);
			code = true;
		} else {
			code |= !is_blank(*p);
			p++;
		}
	}
	return code;
}

/* Is `mark`, which looks like the begin of a comment, in a string or behind "//"? */
static bool is_hidden(const char *from, const char *mark, const char *end)
{
	for (const char *p = line_begin(from, mark); p < mark;) {
		if (at_pair(p, mark, '/', '/'))
			return true;
		p = *p == '"' || *p == '\'' ? skip_quoted(p, end) : p + 1;
		if (p > mark)
			return true;
	}
	return false;
}

const char *comment_around(const char *text, const char *p)
{
	const char *from = p - text > COMMENT_LOOK_BACK ? p - COMMENT_LOOK_BACK : text;
	const char *slash = p;
	int hidden = 0;

	while (hidden < MAX_HIDDEN && (slash = memrchr(from, '/', (size_t)(slash - from)))) {
		if (slash - from > 1 && slash[-1] == '*' && slash[-2] != '/')
			return NULL;
		if (slash + 1 == p || slash[1] != '*')
			continue;
		if (!is_hidden(from, slash, p))
			return slash;
		hidden++;
	}
	return NULL;
}

bool in_continuation(const char *text, const char *end, const char *p)
{
	return (p > text && ends_in_backslash(text, p - 1)) || ends_in_backslash(p, line_end(p, end));
}

static bool begins_with(const char *p, const char *end, const char *word)
{
	size_t len = strlen(word);

	return (size_t)(end - p) > len && !memcmp(p, word, len) && !is_word_char(p[len]);
}

static bool is_label(const char *p, const char *end)
{
	const char *limit = end - p > MAX_LABEL ? p + MAX_LABEL : end;

	if (p == end || !is_word_begin(*p))
		return false;
	while (p < limit && is_word_char(*p))
		p++;
	return end - p > 1 && *p == ':' && p[1] != ':';
}

bool goes_on_after(const char *brace, const char *end)
{
	const char *next = brace + 1;

	while (next < end && is_blank(*next))
		next++;
	if (begins_with(next, end, "while"))
		return true;
	for (int i = 0; i < MAX_GAP && next < end && (is_blank(*next) || *next == '\n'); i++)
		next++;
	return begins_with(next, end, "else") || is_label(next, end);
}
