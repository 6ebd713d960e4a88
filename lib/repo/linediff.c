#include "repo/linediff.h"

/* Edits of the middle that are followed one by one; git's own limit is of this order. */
#define MAX_EDITS 400

/* The lines [0, nr) of a middle: line i is [at[i], at[i + 1]). */
struct lines {
	const char **at;
	int nr;
};

void linediff_release(struct linediff *diff)
{
	free(diff->hunks);
	free(diff->lines);
	free(diff->trace);
	*diff = (struct linediff)LINEDIFF_INIT;
}

static uint64_t word_at(const char *p)
{
	uint64_t word;

	memcpy(&word, p, sizeof(word));
	return word;
}

/* How many leading bytes of two texts agree. */
static size_t common_head(const char *a, const char *b, size_t len)
{
	size_t n = 0;

	while (len - n >= 64 && !memcmp(a + n, b + n, 64))
		n += 64;
	while (len - n >= 8 && word_at(a + n) == word_at(b + n))
		n += 8;
	while (n < len && a[n] == b[n])
		n++;
	return n;
}

/* How many trailing bytes of the texts that end at `a` and `b` agree. */
static size_t common_tail(const char *a, const char *b, size_t len)
{
	size_t n = 0;

	while (len - n >= 64 && !memcmp(a - n - 64, b - n - 64, 64))
		n += 64;
	while (len - n >= 8 && word_at(a - n - 8) == word_at(b - n - 8))
		n += 8;
	while (n < len && a[-(ptrdiff_t)n - 1] == b[-(ptrdiff_t)n - 1])
		n++;
	return n;
}

/*
 * The middle that is left when the common lines at both ends are taken off,
 * the head first, so that an inserted run stands as late as it can.
 */
static struct hunk trim(const char *old, size_t old_len, const char *new_, size_t new_len)
{
	size_t shorter = old_len < new_len ? old_len : new_len;
	size_t head = common_head(old, new_, shorter), tail;

	if (head == old_len && head == new_len)
		return (struct hunk){ head, head, head, head };
	/* A last line without newline differs from the same line with one. */
	while (head && old[head - 1] != '\n')
		head--;
	tail = common_tail(old + old_len, new_ + new_len, shorter - head);
	/* Where the tail does not begin a line in both, its first piece of a line is dropped. */
	if ((old_len - tail > head && old[old_len - tail - 1] != '\n') ||
	    (new_len - tail > head && new_[new_len - tail - 1] != '\n')) {
		const char *eol = memchr(old + old_len - tail, '\n', tail);

		tail = eol ? (size_t)(old + old_len - eol - 1) : 0;
	}
	return (struct hunk){ head, old_len - tail, head, new_len - tail };
}

static size_t count_lines(const char *p, const char *end)
{
	size_t nr = 0;

	for (; p < end; nr++) {
		const char *eol = memchr(p, '\n', (size_t)(end - p));

		p = eol ? eol + 1 : end;
	}
	return nr;
}

static void index_lines(struct lines *lines, const char *p, const char *end)
{
	for (int i = 0; i < lines->nr; i++) {
		const char *eol = memchr(p, '\n', (size_t)(end - p));

		lines->at[i] = p;
		p = eol ? eol + 1 : end;
	}
	lines->at[lines->nr] = end;
}

static bool same_line(const struct lines *a, int i, const struct lines *b, int j)
{
	size_t len = (size_t)(a->at[i + 1] - a->at[i]);

	return len == (size_t)(b->at[j + 1] - b->at[j]) && !memcmp(a->at[i], b->at[j], len);
}

/* Row d of the trace has 2d + 1 entries, for the diagonals -d to d: row d starts after the d^2 of those before it. */
static int *trace_row(int *trace, int d)
{
	return trace + (size_t)d * (size_t)d + d;
}

/* Does the best path with d edits reach diagonal k by an insertion (down)? */
static bool comes_down(const int *before, int d, int k)
{
	return k == -d || (k != d && before[k - 1] < before[k + 1]);
}

/*
 * Fills the trace with the furthest line of `a` on each diagonal (line of a -
 * line of b) for 0, 1, 2, ... edits; returns with how many the ends are
 * reached, or -1 beyond the bound.
 */
static int find_edits(struct linediff *diff, const struct lines *a, const struct lines *b)
{
	for (int d = 0; d <= MAX_EDITS; d++) {
		size_t need = ((size_t)d + 1) * ((size_t)d + 1);
		int *row, *before;

		ALLOC_GROW(diff->trace, need, diff->trace_alloc);
		row = trace_row(diff->trace, d);
		before = d ? trace_row(diff->trace, d - 1) : row;
		for (int k = -d; k <= d; k += 2) {
			int x, y;

			if (!d)
				x = 0;
			else
				x = comes_down(before, d, k) ? before[k + 1] : before[k - 1] + 1;
			y = x - k;
			while (x < a->nr && y < b->nr && y >= 0 && same_line(a, x, b, y)) {
				x++;
				y++;
			}
			row[k] = x;
			if (x >= a->nr && y >= b->nr)
				return d;
		}
	}
	return -1;
}

static void add_hunk(struct linediff *diff, struct hunk hunk)
{
	ALLOC_GROW(diff->hunks, diff->nr + 1, diff->alloc);
	diff->hunks[diff->nr++] = hunk;
}

/* Lines [a0, a1) instead of [b0, b1), as byte offsets of the whole versions. */
struct edit {
	int a0, a1, b0, b1;
};

struct middle {
	const char *old, *new_;
	struct lines a, b;
};

static void add_edit(struct linediff *diff, const struct middle *mid, const struct edit *edit)
{
	add_hunk(diff, (struct hunk){
			       (size_t)(mid->a.at[edit->a0] - mid->old),
			       (size_t)(mid->a.at[edit->a1] - mid->old),
			       (size_t)(mid->b.at[edit->b0] - mid->new_),
			       (size_t)(mid->b.at[edit->b1] - mid->new_),
		       });
}

/* Follows the trace back from the ends; edits that touch are one hunk. */
static void walk_back(struct linediff *diff, const struct middle *mid, int edits)
{
	int x = mid->a.nr, y = mid->b.nr, k = x - y;
	struct edit edit = { -1, -1, -1, -1 };
	size_t first = diff->nr;

	for (int d = edits; d > 0; d--) {
		const int *before = trace_row(diff->trace, d - 1);
		bool down = comes_down(before, d, k);
		int from_k = down ? k + 1 : k - 1, from_x = before[from_k], from_y = from_x - from_k;
		int to_x = down ? from_x : from_x + 1, to_y = to_x - k;

		if (edit.a0 != to_x || edit.b0 != to_y) {
			if (edit.a0 >= 0)
				add_edit(diff, mid, &edit);
			edit.a1 = to_x;
			edit.b1 = to_y;
		}
		edit.a0 = from_x;
		edit.b0 = from_y;
		k = from_k;
	}
	if (edit.a0 >= 0)
		add_edit(diff, mid, &edit);
	for (size_t i = first, j = diff->nr; i + 1 < j; i++) {
		struct hunk swap = diff->hunks[i];

		diff->hunks[i] = diff->hunks[--j];
		diff->hunks[j] = swap;
	}
}

void linediff_compute(struct linediff *diff, const char *old, size_t old_len, const char *new_, size_t new_len)
{
	struct hunk all = trim(old, old_len, new_, new_len);
	struct middle mid = { .old = old, .new_ = new_ };
	size_t na, nb;
	int edits = -1;

	diff->nr = 0;
	if (all.old_from == all.old_to && all.new_from == all.new_to)
		return;
	na = count_lines(old + all.old_from, old + all.old_to);
	nb = count_lines(new_ + all.new_from, new_ + all.new_to);
	if (na && nb && na < INT_MAX / 4 && nb < INT_MAX / 4) {
		ALLOC_GROW(diff->lines, na + nb + 2, diff->lines_alloc);
		mid.a = (struct lines){ diff->lines, (int)na };
		mid.b = (struct lines){ diff->lines + na + 1, (int)nb };
		index_lines(&mid.a, old + all.old_from, old + all.old_to);
		index_lines(&mid.b, new_ + all.new_from, new_ + all.new_to);
		edits = find_edits(diff, &mid.a, &mid.b);
	}
	if (edits < 0)
		add_hunk(diff, all);
	else
		walk_back(diff, &mid, edits);
}
