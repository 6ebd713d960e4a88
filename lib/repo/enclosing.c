#include "repo/enclosing.h"
#include "repo/cline.h"
#include "repo/header.h"

/* Parameters declared in the way of K&R, at most. */
#define MAX_DECLARATIONS 12

/* What a line does to the question in which function the lines below it are. */
enum event {
	NOTHING,
	OPENS,
	CLOSES,
};

void enclosing_init(struct enclosing *scan, const char *text, size_t len)
{
	*scan = (struct enclosing){ .text = text, .end = text + len, .at = text, .quiet = text };
}

/* The function whose body the brace opens; false if it opens something else. */
static bool opened_function(const struct enclosing *scan, const char *brace, const char **header,
			    struct function_name *function)
{
	*header = header_begin(scan->text, brace);
	return header_name(*header, brace, &function->name, &function->len);
}

/* Are the braces from `brace` to the end of its line balanced, so that a body begins and ends there? */
static bool ends_in_line(const char *brace, const char *eol)
{
	int depth = 0;

	for (const char *p = brace; p < eol;) {
		if (*p == '"' || *p == '\'') {
			p = skip_quoted(p, eol);
			continue;
		}
		if (*p == '{')
			depth++;
		else if (*p == '}' && !--depth)
			return true;
		p++;
	}
	return false;
}

static bool is_hidden_line(const struct enclosing *scan, const char *p)
{
	return in_continuation(scan->text, scan->end, p) || comment_around(scan->text, p);
}

static enum event brace_event(const struct enclosing *scan, const char *brace, struct function_name *function)
{
	const char *header;

	if (!opened_function(scan, brace, &header, function))
		return NOTHING;
	return ends_in_line(brace, line_end(brace, scan->end)) ? CLOSES : OPENS;
}

static enum event close_event(const struct enclosing *scan, const char *p)
{
	return goes_on_after(p, scan->end) || is_hidden_line(scan, p) ? NOTHING : CLOSES;
}

/*
 * The brace at which a header ends that begins in column 0 of the line
 * [p, eol) and goes on in indented lines before `stop`; NULL if it ends in
 * another way.
 */
static const char *header_brace(const char *p, const char *stop)
{
	int depth = 0;

	while (p < stop) {
		char c = *p;

		if (c == '"' || c == '\'') {
			p = skip_quoted(p, stop);
			continue;
		}
		if (c == '/' && stop - p > 1 && p[1] == '*') {
			p = memmem(p + 2, (size_t)(stop - p - 2), "*/", 2);
			if (!p)
				return NULL;
			p += 2;
			continue;
		}
		if (c == '/' && stop - p > 1 && p[1] == '/') {
			p = line_end(p, stop);
			continue;
		}
		p++;
		if (c == '\n' && p < stop && !is_blank(*p) && *p != '\n' && *p != '#')
			return NULL;
		if (c == '(')
			depth++;
		else if (c == ')')
			depth--;
		else if (c == '{' && depth <= 0)
			return p - 1;
		else if ((c == ';' || c == '=') && depth <= 0)
			return NULL;
	}
	return NULL;
}

/* A line [p, eol) that begins with a word in column 0, above the line `stop`. */
static enum event word_event(const struct enclosing *scan, const char *p, const char *eol, const char *stop,
			     struct function_name *function)
{
	struct code code = line_code(p, eol);
	const char *brace;

	if (code.to == p || code.to[-1] == ':' || code.to[-1] == '\\')
		return NOTHING;
	if (code.to[-1] == ';' && (code.to - p < 2 || code.to[-2] != '}'))
		return NOTHING;
	brace = header_brace(p, stop);
	if (!brace || is_hidden_line(scan, p))
		return NOTHING;
	return brace_event(scan, brace, function);
}

static enum event line_event(const struct enclosing *scan, const char *p, const char *eol, const char *stop,
			     struct function_name *function)
{
	if (*p == '{')
		return is_hidden_line(scan, p) ? NOTHING : brace_event(scan, p, function);
	if (*p == '}')
		return close_event(scan, p);
	if (is_word_begin(*p))
		return word_event(scan, p, eol, stop, function);
	return NOTHING;
}

/* Goes to `line`: the last event above it, down to where the scan was, decides. */
static void advance(struct enclosing *scan, const char *line)
{
	struct function_name function;

	for (const char *p = line; p > scan->at;) {
		const char *eol = p - 1;
		enum event event;

		p = line_begin(scan->at, eol);
		event = line_event(scan, p, eol, line, &function);
		if (event == NOTHING)
			continue;
		scan->inside = event == OPENS ? function : (struct function_name){ NULL, 0 };
		break;
	}
	scan->at = line;
}

/* What a line ahead means for the question whether a header goes on through it. */
enum ahead {
	GOES_ON,
	ENDS,
	BRACE,
};

struct look {
	int declarations;
	const char *brace;
};

/* Is the indented "{" at `brace` the first thing after the ")" of the line above? */
static bool follows_arguments(const struct enclosing *scan, const char *p)
{
	struct code above;

	if (p == scan->text)
		return false;
	above = line_code(line_begin(scan->text, p - 1), p - 1);
	return above.to > above.from && above.to[-1] == ')';
}

static enum ahead look_at_brace(const struct enclosing *scan, struct look *look, const char *p,
				const char *brace)
{
	const char *before = brace;

	while (before > p && is_blank(before[-1]))
		before--;
	if (before == p ? brace > p && !follows_arguments(scan, p)
			: before[-1] != ')' && !is_word_char(before[-1]))
		return ENDS;
	if (is_hidden_line(scan, p))
		return ENDS;
	look->brace = brace;
	return BRACE;
}

static enum ahead look_at_line(const struct enclosing *scan, struct look *look, const char *p, const char *eol)
{
	struct code code = line_code(p, eol);
	const char *brace;

	if (code.from == code.to) {
		/* A comment, or a blank line between a header and its brace. */
		return !is_blank_line(p, eol) || (eol + 1 < scan->end && eol[1] == '{') ? GOES_ON : ENDS;
	}
	if (*code.from == '#' || code.to[-1] == '\\')
		return GOES_ON;
	if (*code.from == '}')
		return ENDS;
	brace = memchr(code.from, '{', (size_t)(code.to - code.from));
	if (brace)
		return look_at_brace(scan, look, p, brace);
	if (code.to[-1] != ';')
		return GOES_ON;
	if (memchr(code.from, '(', (size_t)(code.to - code.from)) ||
	    memchr(code.from, '=', (size_t)(code.to - code.from)))
		return ENDS;
	return ++look->declarations > MAX_DECLARATIONS ? ENDS : GOES_ON;
}

/*
 * Looks down from `line` for a brace whose header takes it in. What is found
 * is kept, and so is how far there is nothing.
 */
static void look_ahead(struct enclosing *scan, const char *line)
{
	struct look look = { 0 };
	const char *p = line, *half = line;

	for (int i = 0; i < HEADER_LINES && p < scan->end; i++) {
		const char *eol = line_end(p, scan->end);
		enum ahead ahead = look_at_line(scan, &look, p, eol);

		p = eol < scan->end ? eol + 1 : eol;
		if (i < HEADER_LINES / 2)
			half = p;
		if (ahead == GOES_ON)
			continue;
		scan->quiet = p;
		if (ahead == BRACE && opened_function(scan, look.brace, &scan->header, &scan->next))
			scan->body = p;
		return;
	}
	/* A header that begins here and ends beyond would be very long. */
	scan->quiet = p < scan->end ? half : p;
}

static bool in_next_header(struct enclosing *scan, const char *line)
{
	if (scan->body && line >= scan->header && line < scan->body)
		return true;
	if (line < scan->quiet || (scan->body && line < scan->header))
		return false;
	scan->body = NULL;
	look_ahead(scan, line);
	return scan->body && line >= scan->header;
}

bool enclosing_function(struct enclosing *scan, const char *line, struct function_name *function)
{
	advance(scan, line);
	*function = scan->inside;
	/* In column 0 of a body there may be a header nevertheless, the closing brace being indented. */
	if ((!scan->inside.name || (line < scan->end && is_word_begin(*line))) && in_next_header(scan, line))
		*function = scan->next;
	return function->name;
}
