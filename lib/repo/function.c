#include "repo/function.h"
#include "base/strmap.h"
#include "repo/linediff.h"

/* Git's own rule for binary files. */
#define BINARY_PEEK 8000
/* A header and what stands between its name and its brace: lines. */
#define HEADER_LINES 40

struct tally {
	struct strmap names;
	size_t *lines;
	size_t alloc;
};

static bool is_binary(const char *text, size_t len)
{
	return len && memchr(text, 0, len < BINARY_PEEK ? len : BINARY_PEEK);
}

static const char *line_begin(const char *text, const char *p)
{
	const char *eol = p > text ? memrchr(text, '\n', (size_t)(p - text)) : NULL;

	return eol ? eol + 1 : text;
}

static const char *line_end(const char *p, const char *end)
{
	const char *eol = memchr(p, '\n', (size_t)(end - p));

	return eol ? eol : end;
}

/* The name in the header [p, end): the word before the first "(". */
static bool header_name(const char *p, const char *end, const char **name, size_t *len)
{
	const char *word = NULL;

	*len = 0;
	for (; p < end; p++) {
		if (is_word_char(*p)) {
			word = p;
			while (p < end && is_word_char(*p))
				p++;
			*len = (size_t)(p-- - word);
		} else if (*p == '(' && word) {
			*name = word;
			return true;
		} else if (*p == '=' || *p == ';' || *p == '{') {
			return false;
		}
	}
	return false;
}

/* Stand-in until the scan proper: the nearest "{" in column 0 upward. */
static bool enclosing(const char *text, const char *p, const char **name, size_t *len)
{
	const char *brace = p, *head;

	while (brace > text && *brace != '{') {
		if (*brace == '}' && brace != p)
			return false;
		brace = line_begin(text, brace - 1);
	}
	if (*brace != '{')
		return false;
	head = brace;
	for (int i = 0; i < HEADER_LINES && head > text; i++) {
		const char *prev = line_begin(text, head - 1);

		if (prev == head - 1 || *prev == '}' || *prev == '#' || head[-2] == ';' || head[-2] == '/')
			break;
		head = prev;
	}
	return header_name(head, brace, name, len);
}

static void count_line(struct tally *tally, const char *name, size_t len, bool in_comment)
{
	size_t id = strmap_intern(&tally->names, name, len), known = tally->alloc;

	ALLOC_GROW(tally->lines, id + 1, tally->alloc);
	memset(tally->lines + known, 0, (tally->alloc - known) * sizeof(*tally->lines));
	tally->lines[id] += !in_comment;
}

static bool comment_line(const char *p, const char *eol)
{
	while (p < eol && (*p == ' ' || *p == '\t' || *p == '\r'))
		p++;
	return p == eol || *p == '*' || (eol - p > 1 && *p == '/' && (p[1] == '/' || p[1] == '*'));
}

static size_t side_changes(const char *text, size_t len, size_t from, size_t to, char side,
			   const struct function_sink *sink, struct tally *tally)
{
	size_t nr = 0;

	for (const char *p = text + from, *next; p < text + to; p = next, nr++) {
		const char *eol = line_end(p, text + len), *name;
		bool in_comment = comment_line(p, eol);
		size_t name_len;

		next = eol < text + len ? eol + 1 : eol;
		if (sink->line)
			sink->line(side, p, (size_t)(eol - p), in_comment, sink->data);
		if (enclosing(text, p, &name, &name_len))
			count_line(tally, name, name_len, in_comment);
		else
			count_line(tally, "-", 1, in_comment);
	}
	return nr;
}

size_t function_changes(const char *old, size_t old_len, const char *new_, size_t new_len,
			const struct function_sink *sink)
{
	struct linediff diff = LINEDIFF_INIT;
	struct tally tally = { .names = STRMAP_INIT };
	size_t nr = 0;

	if (is_binary(old, old_len) || is_binary(new_, new_len))
		return 0;
	linediff_compute(&diff, old, old_len, new_, new_len);
	for (size_t i = 0; i < diff.nr; i++) {
		const struct hunk *hunk = &diff.hunks[i];

		nr += side_changes(old, old_len, hunk->old_from, hunk->old_to, '-', sink, &tally);
		nr += side_changes(new_, new_len, hunk->new_from, hunk->new_to, '+', sink, &tally);
	}
	for (size_t id = 0; sink->function && id < tally.names.nr; id++) {
		const char *name = strmap_key(&tally.names, id);

		sink->function(name, strlen(name), tally.lines[id], sink->data);
	}
	linediff_release(&diff);
	strmap_release(&tally.names);
	free(tally.lines);
	return nr;
}

size_t function_ranges(const char *text, size_t len, struct function_range **ranges)
{
	(void)text;
	(void)len;
	*ranges = NULL;
	return 0;
}
