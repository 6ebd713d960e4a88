#include "repo/header.h"
#include "repo/cline.h"

/* A header that takes more bytes is not looked at. */
#define HEADER_BYTES 16384

/* A word and, when it is one, its group of arguments in parentheses. */
struct group {
	const char *word;
	size_t len;
	/* What is between the parentheses. */
	const char *from, *to;
	/* Words, and "*", since the group before. */
	int words_before;
	bool star_before;
};

struct parse {
	const char *p, *end;
	struct group name;
	bool has_name;
	/* The last word, while nothing but blanks and comments follows it. */
	const char *word;
	size_t len;
	int words;
	bool star;
};

static bool is_word(const char *word, size_t len, const char *const *list)
{
	for (; *list; list++)
		if (strlen(*list) == len && !memcmp(*list, word, len))
			return true;
	return false;
}

static bool is_statement(const char *word, size_t len)
{
	static const char *const words[] = { "if",     "for",    "while", "switch", "do",    "else",
					     "return", "sizeof", "case",  "goto",   "catch", NULL };

	return is_word(word, len, words);
}

static bool is_attribute_word(const char *word, size_t len)
{
	static const char *const words[] = { "__attribute__", "__attribute", "__declspec", "_Alignas",
					     "alignas",       "asm",         "__asm__",    "__asm",
					     "typeof",        "__typeof__",  "_Pragma",    "__pragma",
					     "decltype",      "noexcept",    "_Atomic",    NULL };

	return is_word(word, len, words);
}

/* Capitals, digits and "_", with at least one capital. */
static bool is_capitals(const char *word, size_t len)
{
	bool capital = false;

	for (size_t i = 0; i < len; i++) {
		if (word[i] >= 'a' && word[i] <= 'z')
			return false;
		capital |= word[i] >= 'A' && word[i] <= 'Z';
	}
	return capital;
}

static bool is_reserved(const char *word, size_t len)
{
	return len > 2 && word[0] == '_' && word[1] == '_';
}

/* The first argument of a group, if it is one word and nothing else. */
static bool lone_argument(const struct group *group, const char **word, size_t *len)
{
	const char *p = group->from;

	while (p < group->to && (is_blank(*p) || *p == '\n'))
		p++;
	*word = p;
	while (p < group->to && is_word_char(*p))
		p++;
	*len = (size_t)(p - *word);
	while (p < group->to && (is_blank(*p) || *p == '\n'))
		p++;
	return *len && is_word_begin(**word) && (p == group->to || *p == ',') &&
	       !(*len == 4 && !memcmp(*word, "void", 4));
}

/* Is this an attribute whatever stands around it: __printf(1, 2), __attribute__((x)), SEC("x")? */
static bool is_attribute(const struct group *group)
{
	const char *p = group->from, *arg;
	size_t len;

	if (is_attribute_word(group->word, group->len))
		return true;
	while (p < group->to && (is_blank(*p) || *p == '\n'))
		p++;
	if (p < group->to && (*p == '(' || *p == '"' || (*p >= '0' && *p <= '9')))
		return true;
	return is_reserved(group->word, group->len) && lone_argument(group, &arg, &len) &&
	       p + len == group->to && is_capitals(arg, len);
}

/*
 * Two groups outside of each other: is the later one the name, and the first
 * an attribute? In "__cold(x) int f(void)" it is, in "int f(void) __cold(x)"
 * and "int f(void) ACQUIRES(x)" it is not.
 */
static bool is_better_name(const struct group *first, const struct group *later)
{
	if (is_reserved(later->word, later->len))
		return false;
	if (later->star_before || later->words_before > 1)
		return true;
	return is_capitals(first->word, first->len) && !is_capitals(later->word, later->len);
}

static void skip_directive(struct parse *s)
{
	while (s->p < s->end) {
		const char *eol = line_end(s->p, s->end);
		bool goes_on = eol > s->p && eol[-1] == '\\';

		s->p = eol;
		if (!goes_on || eol == s->end)
			return;
		s->p++;
	}
}

/* Steps over a comment, string, character or directive that begins at s->p, if one does. */
static bool skip_no_code(struct parse *s)
{
	char c = *s->p;

	if (c == '"' || c == '\'') {
		s->p = skip_quoted(s->p, s->end);
		return true;
	}
	if (c == '/' && s->end - s->p > 1 && s->p[1] == '*') {
		const char *close = memmem(s->p + 2, (size_t)(s->end - s->p - 2), "*/", 2);

		s->p = close ? close + 2 : s->end;
		return true;
	}
	if (c == '/' && s->end - s->p > 1 && s->p[1] == '/') {
		s->p = line_end(s->p, s->end);
		return true;
	}
	return false;
}

/* Steps over the group that s->p is the "(" of; false if it is not closed. */
static bool skip_group(struct parse *s)
{
	int depth = 0;

	while (s->p < s->end) {
		char c = *s->p;

		if (skip_no_code(s))
			continue;
		s->p++;
		if (c == '\n' && s->p < s->end && *s->p == '#')
			skip_directive(s);
		else if (c == '(')
			depth++;
		else if (c == ')' && !--depth)
			return true;
	}
	return false;
}

/* After "word (": takes the group, and the word as the name if it can be. False: no header of a function. */
static bool take_group(struct parse *s)
{
	struct group group = { s->word, s->len, s->p + 1, NULL, s->words - 1, s->star };

	if (is_statement(s->word, s->len))
		return false;
	if (!skip_group(s))
		return false;
	group.to = s->p - 1;
	s->word = NULL;
	s->words = 0;
	s->star = false;
	if (is_attribute(&group))
		return true;
	if (!s->has_name || is_better_name(&s->name, &group))
		s->name = group;
	s->has_name = true;
	return true;
}

/* Does a declarator begin here, as in "void (*f(int x))(int)"? */
static bool is_declarator(const struct parse *s)
{
	const char *p = s->p + 1;

	while (p < s->end && is_blank(*p))
		p++;
	return p < s->end && *p == '*' && !s->has_name;
}

static bool take_symbol(struct parse *s)
{
	char c = *s->p;

	if (c == '(') {
		if (is_declarator(s)) {
			s->p++;
			s->word = NULL;
			return true;
		}
		/* Without a word, as in "FNAME(walk)(int x)", the arguments of what a macro named. */
		return s->word ? take_group(s) : skip_group(s);
	}
	s->p++;
	if (is_blank(c))
		return true;
	if (c == '\n') {
		while (s->p < s->end && is_blank(*s->p))
			s->p++;
		if (s->p < s->end && *s->p == '#')
			skip_directive(s);
		return true;
	}
	s->word = NULL;
	s->star |= c == '*';
	/* A label or a case; "::" belongs to a name. */
	if (c == ':' && s->p < s->end && *s->p == ':')
		s->p++;
	else if (c == ':' && !s->has_name)
		return false;
	if (c == ';' && s->has_name) {
		/* Declarations of K&R parameters. */
		s->p = s->end;
		return true;
	}
	return c != '=' && c != ';';
}

bool header_name(const char *p, const char *end, const char **name, size_t *len)
{
	struct parse s = { .p = p, .end = end };

	while (s.p < s.end) {
		if (is_word_begin(*s.p)) {
			s.word = s.p;
			while (s.p < s.end && is_word_char(*s.p))
				s.p++;
			s.len = (size_t)(s.p - s.word);
			s.words++;
		} else if (skip_no_code(&s)) {
			if (s.p[-1] == '"')
				s.word = NULL;
		} else if (!take_symbol(&s)) {
			return false;
		}
	}
	if (!s.has_name)
		return false;
	*name = s.name.word;
	*len = s.name.len;
	/* SYSCALL_DEFINE3(read, ...), RTE_INIT(probe), FNAME(walk)(...): the macro's argument is the name. */
	if (is_capitals(*name, *len)) {
		const char *word;
		size_t word_len;

		if (lone_argument(&s.name, &word, &word_len)) {
			*name = word;
			*len = word_len;
		}
	}
	return true;
}

/* What header_begin() knows of the lines from its place down to the brace. */
struct ascent {
	/* ")" whose "(" has not come yet. */
	int open;
	/* #endifs whose #if has not come yet. */
	int conditions;
	/* The arguments are there: only the type and attributes may precede. */
	bool complete;
	/* A group is there which may be an attribute after the arguments, or be them. */
	bool maybe;
	/* Parameters declared in the way of K&R are there. */
	bool declarations;
	/* Code other than declarations is there. */
	bool code;
};

/* Closing less opening parentheses in the code of a line; `*any` is set when there are some. */
static int count_parens(struct code code, bool *any)
{
	struct parse s = { .p = code.from, .end = code.to };
	int closing = 0;

	while (s.p < s.end) {
		if (skip_no_code(&s))
			continue;
		if (*s.p == '(' || *s.p == ')') {
			closing += *s.p == ')' ? 1 : -1;
			*any = true;
		}
		s.p++;
	}
	return closing;
}

static bool is_directive(struct code code, const char *name)
{
	const char *p = code.from + 1;
	size_t len = strlen(name);

	while (p < code.to && is_blank(*p))
		p++;
	return (size_t)(code.to - p) >= len && !memcmp(p, name, len);
}

/* A preprocessor line above: may the header go on beyond it? */
static bool cross_directive(struct ascent *up, struct code code)
{
	if (up->open)
		return true;
	if (is_directive(code, "endif")) {
		up->conditions++;
		return !up->complete;
	}
	if (is_directive(code, "el"))
		return up->conditions > 0;
	if (is_directive(code, "if") && up->conditions > 0) {
		up->conditions--;
		return !up->complete;
	}
	return false;
}

static bool has_parens(struct code code)
{
	size_t len = (size_t)(code.to - code.from);

	return memchr(code.from, '(', len) || memchr(code.from, ')', len);
}

/* Nothing but words and "*": a return type, and some attributes. */
static bool is_type(struct code code)
{
	for (const char *p = code.from; p < code.to; p++)
		if (!is_word_char(*p) && !is_blank(*p) && *p != '*')
			return false;
	return true;
}

/* Does the code begin a struct, enum, namespace and the like, which has no arguments before its brace? */
static bool begins_aggregate(struct code code)
{
	static const char *const words[] = { "struct", "union",     "enum",   "typedef",
					     "class",  "namespace", "extern", NULL };
	const char *p = code.from;

	while (p < code.to && is_word_char(*p))
		p++;
	return is_word(code.from, (size_t)(p - code.from), words) && !has_parens(code);
}

/* Outside of parentheses: may a line of code above be part of the header? */
static bool belongs(struct ascent *up, struct code code, bool indented)
{
	char last = code.to[-1];

	if (last == '\\' || last == ':' || memchr(code.from, '{', (size_t)(code.to - code.from)) ||
	    memchr(code.from, '}', (size_t)(code.to - code.from)))
		return false;
	if (!up->complete && !up->maybe && last != ';' && begins_aggregate(code))
		return false;
	if (up->complete && !up->conditions)
		return is_type(code) ||
		       (!indented && is_word_begin(*code.from) && (last == ')' || last == '"'));
	if (last == ';') {
		if (up->code || up->complete || has_parens(code))
			return false;
		up->declarations = true;
		return true;
	}
	return !up->declarations || last == ')' || up->complete;
}

/* Does the code begin with a word of the compiler's and its arguments, as "__releases(lock)" does? */
static bool begins_with_attribute(struct code code)
{
	const char *p = code.from;

	while (p < code.to && is_word_char(*p))
		p++;
	return p < code.to && *p == '(' && is_reserved(code.from, (size_t)(p - code.from));
}

/* Takes the line above, if it belongs to the header; `*code_line` says that it holds code. */
static bool ascend(struct ascent *up, const char *limit, const char *p, const char *eol, bool *code_line)
{
	struct code code = line_code(p, eol);
	bool any = false;

	*code_line = false;
	if (p < eol && (*p == '{' || *p == '}'))
		return false;
	/* A comment, or blank lines, may part the header from the brace. */
	if (code.from == code.to)
		return up->open || !(up->code || up->declarations);
	if (*code.from == '#')
		return cross_directive(up, code);
	/* The line above may be one of a macro, and then so is this. */
	if (!up->open && (ends_in_backslash(limit, p - (p > limit)) || !belongs(up, code, code.from > p)))
		return false;
	up->open += count_parens(code, &any);
	if (any && !up->open) {
		/* An indented line, or one of an attribute, may follow the arguments. */
		if (code.from > p || begins_with_attribute(code))
			up->maybe = true;
		else
			up->complete = true;
	}
	*code_line = true;
	up->code |= code.to[-1] != ';';
	return up->open >= 0;
}

const char *header_begin(const char *text, const char *brace)
{
	const char *limit = brace - text > HEADER_BYTES ? brace - HEADER_BYTES : text;
	const char *begin = line_begin(limit, brace), *p = begin, *none = begin;
	struct ascent up = { 0 };
	bool code_line;

	if (p < brace && !ascend(&up, limit, p, brace, &code_line))
		return begin;
	for (int i = 0; i < HEADER_LINES && p > limit; i++) {
		const char *eol = p - 1;

		p = line_begin(limit, eol);
		if (!ascend(&up, limit, p, eol, &code_line))
			break;
		if (code_line)
			begin = p;
	}
	return up.complete || up.maybe ? begin : none;
}
