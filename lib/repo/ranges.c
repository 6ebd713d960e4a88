#include "repo/function.h"
#include "repo/cline.h"
#include "repo/header.h"

/* #ifs in each other that are followed; deeper ones are taken as they come. */
#define MAX_CONDITIONS 64

struct lexer {
	const char *text, *p, *end;
	/* Begin and number of the line of `p`; whether code stands before `p` in it. */
	const char *bol;
	uint32_t line;
	bool begun;
	/* Braces that are open, and how many were at each #if, to which its #else goes back. */
	size_t braces;
	size_t conditions[MAX_CONDITIONS];
	size_t nconditions;
	/* Begin of the declaration outside of braces, NULL before its first byte; begin and number of its line. */
	const char *declaration, *declaration_bol;
	uint32_t declaration_line;
	/* Code that is not of the declaration stands before it in its line. */
	bool declaration_follows;
	/* The last function is still open. */
	bool open;
	struct function_range *ranges;
	size_t nr, alloc;
	/* The first of the ranges whose last line has not been seen to its end. */
	size_t unfinished;
};

/* The line ends before p: so do the ranges that were closed in it. */
static void finish_ranges(struct lexer *lexer)
{
	for (; lexer->unfinished < lexer->nr - lexer->open; lexer->unfinished++)
		if (lexer->ranges[lexer->unfinished].to == lexer->line + 1)
			lexer->ranges[lexer->unfinished].end = (size_t)(lexer->p - lexer->text);
}

static void take_newline(struct lexer *lexer)
{
	lexer->p++;
	finish_ranges(lexer);
	lexer->bol = lexer->p;
	lexer->line++;
	lexer->begun = false;
}

/* Steps to `to`, counting lines. */
static void step_to(struct lexer *lexer, const char *to)
{
	while (lexer->p < to) {
		const char *eol = line_end(lexer->p, to);

		lexer->p = eol;
		if (eol < to)
			take_newline(lexer);
	}
}

static void take_comment(struct lexer *lexer)
{
	const char *close = memmem(lexer->p + 2, (size_t)(lexer->end - lexer->p - 2), "*/", 2);

	step_to(lexer, close ? close + 2 : lexer->end);
}

/* A "/": a comment, or nothing. */
static void take_slash(struct lexer *lexer)
{
	char next = lexer->end - lexer->p > 1 ? lexer->p[1] : '\0';

	if (next == '*')
		take_comment(lexer);
	else if (next == '/')
		lexer->p = line_end(lexer->p, lexer->end);
	else
		lexer->p++;
}

static bool is_word_at(const char *p, const char *end, const char *word)
{
	size_t len = strlen(word);

	return (size_t)(end - p) >= len && !memcmp(p, word, len);
}

/* Where #if parts the text, each branch begins with the braces that the first began with. */
static void follow_condition(struct lexer *lexer, const char *name)
{
	if (is_word_at(name, lexer->end, "if")) {
		if (lexer->nconditions < MAX_CONDITIONS)
			lexer->conditions[lexer->nconditions] = lexer->braces;
		lexer->nconditions++;
	} else if (is_word_at(name, lexer->end, "el")) {
		if (lexer->nconditions && lexer->nconditions <= MAX_CONDITIONS)
			lexer->braces = lexer->conditions[lexer->nconditions - 1];
	} else if (is_word_at(name, lexer->end, "endif") && lexer->nconditions) {
		lexer->nconditions--;
	}
}

/* A line of the preprocessor, and those that go on from it. */
static void take_directive(struct lexer *lexer)
{
	const char *name = lexer->p + 1;

	while (name < lexer->end && is_blank(*name))
		name++;
	follow_condition(lexer, name);
	while (lexer->p < lexer->end && *lexer->p != '\n') {
		if (*lexer->p == '/') {
			take_slash(lexer);
		} else {
			lexer->p++;
		}
		if (lexer->p < lexer->end && *lexer->p == '\n' && ends_in_backslash(lexer->bol, lexer->p))
			take_newline(lexer);
	}
}

static void end_range(struct lexer *lexer, const char *end, uint32_t to)
{
	if (!lexer->open)
		return;
	lexer->ranges[lexer->nr - 1].end = (size_t)(end - lexer->text);
	lexer->ranges[lexer->nr - 1].to = to;
	lexer->open = false;
}

static uint32_t lines_between(const char *p, const char *end)
{
	uint32_t nr = 0;

	while ((p = memchr(p, '\n', (size_t)(end - p)))) {
		nr++;
		p++;
	}
	return nr;
}

static bool follows_arguments(const struct lexer *lexer)
{
	const char *p = lexer->p;

	while (p > lexer->declaration && (is_blank(p[-1]) || p[-1] == '\n'))
		p--;
	return p > lexer->declaration && p[-1] == ')';
}

/*
 * Notes name and begin of the function whose body begins at p: by the lines
 * above it, or else by the declaration that was lexed.
 */
static bool find_header(const struct lexer *lexer, struct function_range *range)
{
	const char *begin;

	if (!lexer->declaration || lexer->declaration < lexer->bol || !lexer->declaration_follows) {
		begin = header_begin(lexer->text, lexer->p);
		range->start = (size_t)(begin - lexer->text);
		range->from = lexer->line - lines_between(begin, lexer->p);
		if (header_name(begin, lexer->p, &range->name, &range->len))
			return true;
	}
	if (!lexer->declaration || !follows_arguments(lexer))
		return false;
	range->start = (size_t)(lexer->declaration_bol - lexer->text);
	range->from = lexer->declaration_line;
	return header_name(lexer->declaration, lexer->p, &range->name, &range->len);
}

/* A brace outside of any other. */
static void begin_range(struct lexer *lexer)
{
	struct function_range range = { .body = lexer->line }, *last;

	if (!find_header(lexer, &range))
		return;
	last = lexer->open ? &lexer->ranges[lexer->nr - 1] : NULL;
	/* The other branch of an #if repeats the header, and has a body that goes on in both. */
	if (last && last->len == range.len && !memcmp(last->name, range.name, range.len))
		return;
	/* An #else took back the braces of a body that begins where this header is: it was none. */
	if (last && range.from <= last->body) {
		lexer->open = false;
		lexer->nr--;
	}
	end_range(lexer, lexer->text + range.start, range.from);
	ALLOC_GROW(lexer->ranges, lexer->nr + 1, lexer->alloc);
	lexer->ranges[lexer->nr++] = range;
	lexer->open = true;
}

/* Does the declaration begin with extern "C", or a namespace? What is in its braces is outside too. */
static bool is_transparent(const struct lexer *lexer)
{
	const char *p = lexer->declaration;

	if (!p)
		return false;
	if (is_word_at(p, lexer->p, "namespace"))
		return true;
	if (!is_word_at(p, lexer->p, "extern"))
		return false;
	for (p += 6; p < lexer->p && is_blank(*p); p++)
		;
	return is_word_at(p, lexer->p, "\"C\"") || is_word_at(p, lexer->p, "\"C++\"");
}

static void take_open_brace(struct lexer *lexer)
{
	if (lexer->braces) {
		lexer->braces++;
	} else {
		if (!is_transparent(lexer)) {
			begin_range(lexer);
			lexer->braces = 1;
		}
		lexer->declaration = NULL;
	}
	lexer->p++;
}

/*
 * Is the "}" in column 0, with other braces open, not the last one of the
 * body, but badly indented? The next line of code tells.
 */
static bool is_inner(const char *brace, const char *end)
{
	const char *next = next_line(brace, end);

	if (goes_on_after(brace, end))
		return true;
	while (next < end && *next == '\n')
		next++;
	return next < end && (*next == '\t' || (*next == '}' && next == next_line(brace, end)));
}

static void take_close_brace(struct lexer *lexer)
{
	const char *brace = lexer->p++;

	lexer->declaration = NULL;
	if (!lexer->braces)
		return;
	lexer->braces--;
	/* In column 0 it closes all that is open: an #ifdef may have spoilt the count. */
	if (lexer->braces && brace == lexer->bol && !is_inner(brace, lexer->end))
		lexer->braces = 0;
	if (!lexer->braces)
		end_range(lexer, lexer->p, lexer->line + 1);
}

/* A byte that is not white space, outside of bodies. */
static void take_declaration(struct lexer *lexer)
{
	if (*lexer->p == ';') {
		lexer->declaration = NULL;
	} else if (!lexer->declaration) {
		lexer->declaration = lexer->p;
		lexer->declaration_bol = lexer->bol;
		lexer->declaration_line = lexer->line;
		lexer->declaration_follows = lexer->begun;
	}
	lexer->p++;
}

static void take_byte(struct lexer *lexer)
{
	char c = *lexer->p;

	if (c == '\n') {
		take_newline(lexer);
		return;
	}
	if (is_blank(c)) {
		lexer->p++;
		return;
	}
	if (c == '/')
		take_slash(lexer);
	else if (c == '"' || c == '\'')
		step_to(lexer, skip_quoted(lexer->p, lexer->end));
	else if (c == '{')
		take_open_brace(lexer);
	else if (c == '}')
		take_close_brace(lexer);
	else if (c == '#' && !lexer->begun)
		take_directive(lexer);
	else if (lexer->braces)
		lexer->p++;
	else
		take_declaration(lexer);
	lexer->begun = true;
}

size_t function_ranges(const char *text, size_t len, struct function_range **ranges)
{
	struct lexer lexer = { .text = text, .p = text, .end = text + len, .bol = text };

	*ranges = NULL;
	if (!len)
		return 0;
	while (lexer.p < lexer.end)
		take_byte(&lexer);
	end_range(&lexer, lexer.end, lexer.line + (lexer.p > lexer.bol));
	finish_ranges(&lexer);
	*ranges = lexer.ranges;
	return lexer.nr;
}
