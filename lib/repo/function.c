#include "repo/function.h"
#include "base/strmap.h"
#include "repo/cline.h"
#include "repo/enclosing.h"
#include "repo/linediff.h"

/* Git's own rule for binary files. */
#define BINARY_PEEK 8000

struct tally {
	struct strmap names;
	size_t *lines;
	size_t alloc;
};

static bool is_binary(const char *text, size_t len)
{
	return len && memchr(text, 0, len < BINARY_PEEK ? len : BINARY_PEEK);
}

/* One of the two versions. */
struct side {
	const char *text, *end;
	char sign;
	struct enclosing scan;
};

static void side_init(struct side *side, const char *text, size_t len, char sign)
{
	side->text = text;
	side->end = text + len;
	side->sign = sign;
	enclosing_init(&side->scan, text, len);
}

static void count_line(struct tally *tally, const struct function_name *function, bool in_comment)
{
	size_t id = strmap_intern(&tally->names, function->name, function->len), known = tally->alloc;

	ALLOC_GROW(tally->lines, id + 1, tally->alloc);
	memset(tally->lines + known, 0, (tally->alloc - known) * sizeof(*tally->lines));
	tally->lines[id] += !in_comment;
}

/* The changed lines [from, to) of one version; returns how many. */
static size_t side_changes(struct side *side, size_t from, size_t to, const struct function_sink *sink,
			   struct tally *tally)
{
	bool open_comment = from < to && comment_around(side->text, side->text + from);
	size_t nr = 0;

	for (const char *p = side->text + from, *next; p < side->text + to; p = next, nr++) {
		const char *eol = line_end(p, side->end);
		bool in_comment = !line_has_code(p, eol, &open_comment);
		struct function_name function;

		next = eol < side->end ? eol + 1 : eol;
		if (sink->line)
			sink->line(side->sign, p, (size_t)(eol - p), in_comment, sink->data);
		if (!sink->function)
			continue;
		if (!enclosing_function(&side->scan, p, &function))
			function = (struct function_name){ "-", 1 };
		count_line(tally, &function, in_comment);
	}
	return nr;
}

size_t function_changes(const char *old, size_t old_len, const char *new_, size_t new_len,
			const struct function_sink *sink)
{
	struct linediff diff = LINEDIFF_INIT;
	struct tally tally = { .names = STRMAP_INIT };
	struct side before, after;
	size_t nr = 0;

	if (is_binary(old, old_len) || is_binary(new_, new_len))
		return 0;
	/* No pointer arithmetic on NULL. */
	old = old_len ? old : "";
	new_ = new_len ? new_ : "";
	side_init(&before, old, old_len, '-');
	side_init(&after, new_, new_len, '+');
	linediff_compute(&diff, old, old_len, new_, new_len);
	for (size_t i = 0; i < diff.nr; i++) {
		const struct hunk *hunk = &diff.hunks[i];

		nr += side_changes(&before, hunk->old_from, hunk->old_to, sink, &tally);
		nr += side_changes(&after, hunk->new_from, hunk->new_to, sink, &tally);
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
