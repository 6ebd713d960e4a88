#include "repo/linediff.h"

/* Edits that Myers' algorithm follows before the lines are parted at anchors. */
#define MAX_EDITS 160
/* Comparisons for each line that it may take in texts that repeat themselves. */
#define MAX_WORK 24
/* How often what lies between anchors is parted again. */
#define MAX_DEPTH 4
/* How many lines an edit is moved at most to stand in a better place. */
#define MAX_SLIDE 64

/* Bytes that are compared at once: enough for memcmp() to be at its best. */
#define BLOCK 512

/* The lines [0, nr) of a text: line i is [at[i], at[i + 1]). */
struct lines {
	const char **at;
	int nr;
};

/* Two versions, or a part of each; the hunks are for offsets in the whole texts. */
struct part {
	const char *old, *new_;
	struct lines a, b;
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

	while (len - n >= BLOCK && !memcmp(a + n, b + n, BLOCK))
		n += BLOCK;
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

	while (len - n >= BLOCK && !memcmp(a - n - BLOCK, b - n - BLOCK, BLOCK))
		n += BLOCK;
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

/* Appends the begins of the lines of [p, end), and `end`, to the work space; returns how many lines. */
static size_t index_lines(struct linediff *diff, size_t used, const char *p, const char *end)
{
	size_t nr = 0;

	for (; p < end; nr++) {
		const char *eol = memchr(p, '\n', (size_t)(end - p));

		ALLOC_GROW(diff->lines, used + nr + 2, diff->lines_alloc);
		diff->lines[used + nr] = p;
		p = eol ? eol + 1 : end;
	}
	ALLOC_GROW(diff->lines, used + nr + 1, diff->lines_alloc);
	diff->lines[used + nr] = end;
	return nr;
}

static bool same_line(const struct lines *a, int i, const struct lines *b, int j)
{
	size_t len = (size_t)(a->at[i + 1] - a->at[i]);

	return len == (size_t)(b->at[j + 1] - b->at[j]) && !memcmp(a->at[i], b->at[j], len);
}

/* Row d of the trace has 2d + 1 entries, for the diagonals -d to d: it starts after the d^2 of those before it. */
static int *trace_row(int *trace, int d)
{
	return trace + (size_t)d * (size_t)d + d;
}

/* Does the best path with d edits reach diagonal k by an insertion (down)? */
static bool comes_down(const int *before, int d, int k)
{
	return k == -d || (k != d && before[k - 1] < before[k + 1]);
}

/* How many lines from line x of a and line y of b on are the same. */
static int snake(const struct part *part, int x, int y)
{
	int n = 0;

	while (x + n < part->a.nr && y + n < part->b.nr && same_line(&part->a, x + n, &part->b, y + n))
		n++;
	return n;
}

/*
 * Fills the trace with the furthest line of `a` on each diagonal (line of a -
 * line of b) for 0, 1, 2, ... edits; returns with how many the ends are
 * reached, or -1 beyond the bounds.
 */
static int find_edits(struct linediff *diff, const struct part *part)
{
	int64_t work = MAX_WORK * ((int64_t)part->a.nr + part->b.nr) + MAX_EDITS * MAX_EDITS;

	for (int d = 0; d <= MAX_EDITS && work > 0; d++) {
		size_t need = ((size_t)d + 1) * ((size_t)d + 1);
		int *row, *before;

		ALLOC_GROW(diff->trace, need, diff->trace_alloc);
		row = trace_row(diff->trace, d);
		before = d ? trace_row(diff->trace, d - 1) : row;
		for (int k = -d; k <= d; k += 2) {
			int x = 0, n;

			if (d)
				x = comes_down(before, d, k) ? before[k + 1] : before[k - 1] + 1;
			n = snake(part, x, x - k);
			work -= n + 1;
			row[k] = x + n;
			if (x + n >= part->a.nr && x + n - k >= part->b.nr)
				return d;
		}
	}
	return -1;
}

/* Appends lines [a0, a1) instead of [b0, b1) to the hunks. */
static void add_edit(struct linediff *diff, const struct part *part, int a0, int a1, int b0, int b1)
{
	ALLOC_GROW(diff->hunks, diff->nr + 1, diff->alloc);
	diff->hunks[diff->nr++] = (struct hunk){
		(size_t)(part->a.at[a0] - part->old),
		(size_t)(part->a.at[a1] - part->old),
		(size_t)(part->b.at[b0] - part->new_),
		(size_t)(part->b.at[b1] - part->new_),
	};
}

/* Follows the trace back from the ends; edits that touch are one hunk. */
static void walk_back(struct linediff *diff, const struct part *part, int edits)
{
	int k = part->a.nr - part->b.nr, a0 = -1, a1 = -1, b0 = -1, b1 = -1;
	size_t first = diff->nr;

	for (int d = edits; d > 0; d--) {
		const int *before = trace_row(diff->trace, d - 1);
		bool down = comes_down(before, d, k);
		int from_k = down ? k + 1 : k - 1, from_x = before[from_k];
		int to_x = down ? from_x : from_x + 1;

		if (a0 != to_x || b0 != to_x - k) {
			if (a0 >= 0)
				add_edit(diff, part, a0, a1, b0, b1);
			a1 = to_x;
			b1 = to_x - k;
		}
		a0 = from_x;
		b0 = from_x - from_k;
		k = from_k;
	}
	if (a0 >= 0)
		add_edit(diff, part, a0, a1, b0, b1);
	for (size_t i = first, j = diff->nr; i + 1 < j; i++) {
		struct hunk swap = diff->hunks[i];

		diff->hunks[i] = diff->hunks[--j];
		diff->hunks[j] = swap;
	}
}

/* A line's text, and where it stands in both parts. */
struct place {
	uint64_t hash;
	/* The last line of each part that has it; how often it is there: 0, 1, 2 for more. */
	int a, b;
	unsigned char in_a, in_b;
};

struct anchor {
	int a, b;
	/* The anchor before this one in the longest run that ends here, or -1. */
	int previous;
};

static uint64_t hash_line(const char *p, size_t len)
{
	uint64_t hash = len;

	for (; len >= 8; p += 8, len -= 8)
		hash = (hash ^ word_at(p)) * 0x9e3779b97f4a7c15ull, hash ^= hash >> 32;
	for (; len; p++, len--)
		hash = (hash ^ (unsigned char)*p) * 0x9e3779b97f4a7c15ull, hash ^= hash >> 32;
	/* 0 is a free place. */
	return hash ? hash : 1;
}

static struct place *place_of(struct place *places, size_t mask, const struct lines *lines, int i)
{
	uint64_t hash = hash_line(lines->at[i], (size_t)(lines->at[i + 1] - lines->at[i]));
	size_t at = hash & mask;

	while (places[at].hash && places[at].hash != hash)
		at = (at + 1) & mask;
	places[at].hash = hash;
	return &places[at];
}

/* The lines that stand once in each part, in the order of a; returns how many. */
static int find_unique(const struct part *part, struct anchor *anchors)
{
	size_t size = 16;
	struct place *places;
	int nr = 0;

	while (size < 2 * ((size_t)part->a.nr + (size_t)part->b.nr))
		size *= 2;
	places = xcalloc(size, sizeof(*places));
	for (int i = 0; i < part->a.nr; i++) {
		struct place *place = place_of(places, size - 1, &part->a, i);

		place->in_a = place->in_a ? 2 : 1;
	}
	for (int i = 0; i < part->b.nr; i++) {
		struct place *place = place_of(places, size - 1, &part->b, i);

		place->in_b = place->in_b ? 2 : 1;
		place->b = i;
	}
	for (int i = 0; i < part->a.nr; i++) {
		const struct place *place = place_of(places, size - 1, &part->a, i);

		/* Equal hashes of different lines are rare, but not lines to rely on. */
		if (place->in_a == 1 && place->in_b == 1 && same_line(&part->a, i, &part->b, place->b))
			anchors[nr++] = (struct anchor){ i, place->b, -1 };
	}
	free(places);
	return nr;
}

/*
 * Keeps the longest run of anchors that rise in b too (patience sorting), in
 * their order; returns its length.
 */
static int longest_rise(struct anchor *anchors, int nr)
{
	int *tops = xcalloc((size_t)nr + 1, sizeof(*tops)), height = 0;

	for (int i = 0; i < nr; i++) {
		int low = 0, high = height;

		while (low < high) {
			int mid = low + (high - low) / 2;

			if (anchors[tops[mid]].b < anchors[i].b)
				low = mid + 1;
			else
				high = mid;
		}
		anchors[i].previous = low ? tops[low - 1] : -1;
		tops[low] = i;
		if (low == height)
			height++;
	}
	for (int i = height ? tops[height - 1] : -1, n = height; n; i = anchors[i].previous)
		tops[--n] = i;
	for (int n = 0; n < height; n++)
		anchors[n] = anchors[tops[n]];
	free(tops);
	return height;
}

static struct lines slice(const struct lines *lines, int from, int to)
{
	return (struct lines){ lines->at + from, to - from };
}

static void diff_part(struct linediff *diff, struct part part, int depth);

/*
 * Parts the lines at those that stand once in either part, as patience diff
 * does, and compares what is between; false where there are none.
 */
static bool diff_between_anchors(struct linediff *diff, const struct part *part, int depth)
{
	int shorter = part->a.nr < part->b.nr ? part->a.nr : part->b.nr, a = 0, b = 0;
	struct anchor *anchors = xcalloc((size_t)shorter, sizeof(*anchors));
	int nr = longest_rise(anchors, find_unique(part, anchors));

	for (int i = 0; nr && i <= nr; i++) {
		int to_a = i < nr ? anchors[i].a : part->a.nr, to_b = i < nr ? anchors[i].b : part->b.nr;
		struct part between = { part->old, part->new_, slice(&part->a, a, to_a),
					slice(&part->b, b, to_b) };

		diff_part(diff, between, depth + 1);
		a = to_a + 1;
		b = to_b + 1;
	}
	free(anchors);
	return nr;
}

/* Takes the common lines at both ends off. */
static void trim_part(struct part *part)
{
	int n = snake(part, 0, 0);

	part->a = (struct lines){ part->a.at + n, part->a.nr - n };
	part->b = (struct lines){ part->b.at + n, part->b.nr - n };
	while (part->a.nr && part->b.nr && same_line(&part->a, part->a.nr - 1, &part->b, part->b.nr - 1)) {
		part->a.nr--;
		part->b.nr--;
	}
}

static void diff_part(struct linediff *diff, struct part part, int depth)
{
	int edits;

	trim_part(&part);
	if (!part.a.nr && !part.b.nr)
		return;
	edits = part.a.nr && part.b.nr ? find_edits(diff, &part) : -1;
	if (edits >= 0)
		walk_back(diff, &part, edits);
	else if (!part.a.nr || !part.b.nr || depth == MAX_DEPTH || !diff_between_anchors(diff, &part, depth))
		add_edit(diff, &part, 0, part.a.nr, 0, part.b.nr);
}

/* The begin of the line that ends at `to`, its newline included. */
static size_t begin_of_line(const char *text, size_t to)
{
	const char *eol = to > 1 ? memrchr(text, '\n', to - 1) : NULL;

	return eol ? (size_t)(eol - text) + 1 : 0;
}

/* How far the run [from, to) can be moved down, its first line being the one after it, and so on. */
static size_t way_down(const char *text, size_t from, size_t to, size_t ceiling)
{
	size_t moved = 0;

	for (int i = 0; i < MAX_SLIDE && to + moved < ceiling; i++) {
		const char *first = text + from + moved, *next = text + to + moved;
		const char *eol = memchr(next, '\n', ceiling - to - moved);
		size_t len = eol ? (size_t)(eol - next) + 1 : 0;

		if (!len || memcmp(first, next, len))
			break;
		moved += len;
	}
	return moved;
}

/*
 * How far the run [from, to) has to be moved up so that it ends with a blank
 * line or a closing brace, where it ends with the first lines of what follows
 * it, as "static int" before a function's name: otherwise the function after
 * it would seem to be changed. 0 if it cannot be.
 */
static size_t way_up(const char *text, size_t from, size_t to, size_t floor)
{
	size_t moved = 0;

	for (int i = 0; i < MAX_SLIDE; i++) {
		size_t last = begin_of_line(text, to), len = to - last, above;

		if (text[last] == '\n' || text[last] == '\r' || text[last] == '}')
			return moved;
		if (from <= floor || text[last] == ' ' || text[last] == '\t')
			return 0;
		above = begin_of_line(text, from);
		if (above < floor || from - above != len || memcmp(text + above, text + last, len))
			return 0;
		from -= len;
		to -= len;
		moved += len;
	}
	return 0;
}

/*
 * A run of lines that only one version has can often stand in several places:
 * the last of them is taken, or where the way up leads from there. Returns by
 * how many bytes to move it; `floor` and `ceiling` bound where it may be.
 */
static ptrdiff_t place_run(const char *text, size_t from, size_t to, size_t floor, size_t ceiling)
{
	size_t down = way_down(text, from, to, ceiling);

	return (ptrdiff_t)down - (ptrdiff_t)way_up(text, from + down, to + down, floor);
}

static void move_hunk(struct hunk *hunk, ptrdiff_t move)
{
	hunk->old_from += (size_t)move;
	hunk->old_to += (size_t)move;
	hunk->new_from += (size_t)move;
	hunk->new_to += (size_t)move;
}

/* Places the hunks that have lines of one version only; those that come to touch become one. */
static void place_hunks(struct linediff *diff, const char *old, size_t old_len, const char *new_, size_t new_len)
{
	size_t kept = 0;

	for (size_t i = 0; i < diff->nr; i++) {
		struct hunk hunk = diff->hunks[i], *before = kept ? &diff->hunks[kept - 1] : NULL;
		bool last = i + 1 == diff->nr;

		if (hunk.old_from == hunk.old_to)
			move_hunk(&hunk, place_run(new_, hunk.new_from, hunk.new_to, before ? before->new_to : 0,
						   last ? new_len : diff->hunks[i + 1].new_from));
		else if (hunk.new_from == hunk.new_to)
			move_hunk(&hunk, place_run(old, hunk.old_from, hunk.old_to, before ? before->old_to : 0,
						   last ? old_len : diff->hunks[i + 1].old_from));
		if (before && before->old_to == hunk.old_from && before->new_to == hunk.new_from) {
			before->old_to = hunk.old_to;
			before->new_to = hunk.new_to;
		} else {
			diff->hunks[kept++] = hunk;
		}
	}
	diff->nr = kept;
}

void linediff_compute(struct linediff *diff, const char *old, size_t old_len, const char *new_, size_t new_len)
{
	struct hunk all = trim(old, old_len, new_, new_len);
	struct part part = { .old = old, .new_ = new_ };
	size_t na = 0, nb = 0;

	diff->nr = 0;
	if (all.old_from == all.old_to && all.new_from == all.new_to)
		return;
	if (all.old_from < all.old_to && all.new_from < all.new_to) {
		na = index_lines(diff, 0, old + all.old_from, old + all.old_to);
		nb = index_lines(diff, na + 1, new_ + all.new_from, new_ + all.new_to);
	}
	if (na && na < INT_MAX / 4 && nb < INT_MAX / 4) {
		part.a = (struct lines){ diff->lines, (int)na };
		part.b = (struct lines){ diff->lines + na + 1, (int)nb };
		diff_part(diff, part, 0);
	} else {
		ALLOC_GROW(diff->hunks, 1, diff->alloc);
		diff->hunks[diff->nr++] = all;
	}
	place_hunks(diff, old, old_len, new_, new_len);
}
