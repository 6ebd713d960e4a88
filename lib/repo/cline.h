/*
 * Lines of C text, looked at one by one and locally: where their code begins
 * and ends, whether they lie in a comment or in a macro. Everything here is
 * bounded or linear in the line, and takes any bytes.
 */
#ifndef REPO_CLINE_H
#define REPO_CLINE_H

#include "base/compat.h"

/* The begin of the line that `p` is in; `p` may be the end of the text. */
static inline const char *line_begin(const char *text, const char *p)
{
	const char *eol = p > text ? memrchr(text, '\n', (size_t)(p - text)) : NULL;

	return eol ? eol + 1 : text;
}

/* The newline that ends the line of `p`, or `end`. */
static inline const char *line_end(const char *p, const char *end)
{
	const char *eol = memchr(p, '\n', (size_t)(end - p));

	return eol ? eol : end;
}

static inline const char *next_line(const char *p, const char *end)
{
	const char *eol = line_end(p, end);

	return eol < end ? eol + 1 : end;
}

static inline bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v';
}

static inline bool is_blank_line(const char *p, const char *eol)
{
	while (p < eol && is_blank(*p))
		p++;
	return p == eol;
}

/* Does the line that ends at `eol` go on in the next one? `text` bounds the look. */
static inline bool ends_in_backslash(const char *text, const char *eol)
{
	if (eol > text && eol[-1] == '\r')
		eol--;
	return eol > text && eol[-1] == '\\';
}

/* Letter or "_": what a word of C begins with. */
static inline bool is_word_begin(char c)
{
	return is_word_char(c) && (c < '0' || c > '9');
}

/* The code of a line: [from, to) without blanks and comments at both ends; empty if there is none. */
struct code {
	const char *from, *to;
};

/*
 * Takes the line [p, eol) for code, unless it begins with a "*" as the lines
 * of a block comment do or is the last line of such a comment.
 */
struct code line_code(const char *p, const char *eol);

/*
 * Lexes the line [p, eol): does it hold any code? `*in_comment` says whether
 * a block comment is open where the line begins, and is set to whether one
 * is where it ends.
 */
bool line_has_code(const char *p, const char *eol, bool *in_comment);

/*
 * Steps over the string or character that begins at `p` to one past it. A
 * newline ends a string at the latest; an apostrophe without a partner in its
 * line is stepped over alone.
 */
const char *skip_quoted(const char *p, const char *end);

/* The bytes that comment_around() looks back; longer comments are not seen. */
#define COMMENT_LOOK_BACK 8192

/*
 * The begin of the block comment that is open at the line begin `p`, or NULL:
 * decided by the nearest comment mark before `p` that is not in a string.
 */
const char *comment_around(const char *text, const char *p);

/* Is the line that begins at `p` continued, or a continuation, by a backslash (a macro's body)? */
bool in_continuation(const char *text, const char *end, const char *p);

/*
 * Is the "}" in column 0 at `brace` but one of the lines of a body, badly
 * indented? So it is in "} else {" and "} while (x);", and before "else" or a
 * label.
 */
bool goes_on_after(const char *brace, const char *end);

#endif
