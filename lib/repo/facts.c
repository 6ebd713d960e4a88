#include "repo/facts.h"

#include "repo/cline.h"
#include "repo/function.h"

static const char *const headers[] = { ".h", ".hh", ".hpp", ".hxx", NULL };
static const char *const sources[] = { ".c", ".cc", ".cpp", ".cxx", ".inc", NULL };
static const char *const assembler[] = { ".S", ".s", NULL };

static bool ends_in(const char *path, const char *const *endings)
{
	for (; *endings; endings++)
		if (ends_with(path, *endings))
			return true;
	return false;
}

bool facts_wanted(const char *path)
{
	return ends_in(path, sources) || ends_in(path, headers) || ends_in(path, assembler);
}

static bool begins_with(const char *p, const char *end, const char *word)
{
	size_t len = strlen(word);

	return (size_t)(end - p) >= len && !memcmp(p, word, len);
}

/* Words that a "(" may follow and that call nothing. */
static bool is_keyword(const char *word, size_t len)
{
	static const char *const words[] = { "if",         "for",           "while",    "switch",
					     "return",     "sizeof",        "case",     "else",
					     "do",         "defined",       "typeof",   "alignof",
					     "__typeof__", "__attribute__", "asm",      "__asm",
					     "__asm__",    "offsetof",      "_Alignof", "void",
					     "int",        "char",          "likely",   "unlikely" };

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strlen(words[i]) == len && !memcmp(words[i], word, len))
			return true;
	return false;
}

/* Is it a macro by its name: no small letter in it? */
static bool is_capitals(const char *word, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (word[i] >= 'a' && word[i] <= 'z')
			return false;
	return true;
}

/* The "(" at `paren`: is what stands before it, not before `from`, called? */
static void take_paren(const char *from, const char *paren, const struct facts_sink *sink)
{
	const char *end = paren, *word;

	while (end > from && is_blank(end[-1]))
		end--;
	for (word = end; word > from && is_word_char(word[-1]);)
		word--;
	if (word == end || !is_word_begin(*word) || is_capitals(word, (size_t)(end - word)) ||
	    is_keyword(word, (size_t)(end - word)))
		return;
	sink->call(word, (size_t)(end - word), sink->data);
}

static const char *skip_slash(const char *p, const char *end)
{
	const char *close;

	if (end - p > 1 && p[1] == '/')
		return line_end(p, end);
	if (end - p < 2 || p[1] != '*')
		return p + 1;
	close = memmem(p + 2, (size_t)(end - p - 2), "*/", 2);
	return close ? close + 2 : end;
}

static void take_calls(const char *from, const char *end, const struct facts_sink *sink)
{
	for (const char *p = from; p < end;) {
		switch (*p) {
		case '(':
			take_paren(from, p++, sink);
			break;
		case '/':
			p = skip_slash(p, end);
			break;
		case '"':
		case '\'':
			p = skip_quoted(p, end);
			break;
		default:
			p++;
		}
	}
}

void facts_calls(const char *text, size_t len, const struct facts_sink *sink)
{
	const char *brace = memchr(text, '{', len);

	if (brace)
		take_calls(brace, text + len, sink);
}

/* Where the body begins: the first brace after the name, outside of the arguments. */
static const char *body_of(const struct function_range *range, const char *text)
{
	const char *end = text + range->end;
	const char *brace = memchr(range->name + range->len, '{', (size_t)(end - range->name - range->len));

	return brace ? brace : end;
}

/* "{ }" and "{ return 0; }": nothing is read, called or computed. */
static bool is_stub_body(const char *body, const char *end)
{
	const char *p = body + 1;

	while (p < end && (is_blank(*p) || *p == '\n'))
		p++;
	if (p >= end || (*p != '}' && !begins_with(p, end, "return")))
		return false;
	for (; p < end; p++)
		if (!is_word_char(*p) && !is_blank(*p) && !strchr("\n;-}", *p))
			return false;
	return true;
}

static unsigned flags_of(const struct function_range *range, const char *text, const char *body, bool header)
{
	const char *macro = memmem(text + range->start, (size_t)(range->name - text) - range->start,
				   "SYSCALL_DEFINE", strlen("SYSCALL_DEFINE"));
	unsigned flags = 0;

	if (macro) {
		size_t before = (size_t)(macro - text) - range->start;

		flags = FACTS_SYSCALL;
		if (before >= 7 && !memcmp(macro - 7, "COMPAT_", 7))
			flags |= FACTS_COMPAT;
	}
	if (memmem(text + range->start, (size_t)(range->name - text) - range->start, "weak", strlen("weak")))
		flags |= FACTS_WEAK;
	if (header && is_stub_body(body, text + range->end))
		flags |= FACTS_STUB;
	return flags;
}

static void take_c(const char *text, size_t len, bool header, const struct facts_sink *sink)
{
	struct function_range *ranges;
	size_t nr;

	/* Lists of constants, such as those of a chip's registers, are long. */
	if (!memchr(text, '{', len))
		return;
	nr = function_ranges(text, len, &ranges);
	for (size_t i = 0; i < nr; i++) {
		const struct function_range *range = &ranges[i];
		const char *body = body_of(range, text);

		sink->function(range->name, range->len, flags_of(range, text, body, header), range->from + 1,
			       sink->data);
		if (sink->call)
			take_calls(body, text + range->end, sink);
	}
	free(ranges);
}

/* The name in "SYM_FUNC_START(name)", when the line begins so. */
static size_t assembler_name(const char *p, const char *eol, const char **name)
{
	static const char *const macros[] = { "SYM_FUNC_START", "SYM_CODE_START", "SYM_TYPED_FUNC_START",
					      "SYM_FUNC_ALIAS", "ENTRY",          "WEAK",
					      "_GLOBAL" };
	const char *end;

	for (size_t i = 0; i < ARRAY_SIZE(macros); i++) {
		if (!begins_with(p, eol, macros[i]))
			continue;
		for (p += strlen(macros[i]); p < eol && is_word_char(*p);)
			p++;
		if (p == eol || *p++ != '(')
			return 0;
		while (p < eol && is_blank(*p))
			p++;
		for (end = p; end < eol && is_word_char(*end);)
			end++;
		*name = p;
		return p < end && is_word_begin(*p) ? (size_t)(end - p) : 0;
	}
	return 0;
}

static void take_assembler(const char *text, size_t len, const struct facts_sink *sink)
{
	const char *end = text + len, *name;
	uint32_t line = 1;

	for (const char *p = text; p < end; p = next_line(p, end), line++) {
		const char *eol = line_end(p, end), *word = p;
		size_t n;

		while (word < eol && is_blank(*word))
			word++;
		n = assembler_name(word, eol, &name);
		if (n)
			sink->function(name, n, 0, line, sink->data);
	}
}

void facts_of(const char *path, const char *text, size_t len, const struct facts_sink *sink)
{
	if (!len)
		return;
	if (ends_in(path, assembler))
		take_assembler(text, len, sink);
	else
		take_c(text, len, ends_in(path, headers), sink);
}
