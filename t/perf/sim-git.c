#include "sim-git.h"

#define PRN_MODULO 32768
/* Commits whose ancestors are counted at once: eight words of bits. */
#define BLOCK_WORDS 8

struct candidate {
	size_t commit, distance;
};

struct search {
	const struct sim_graph *graph;
	/* Per commit: may it be the culprit? */
	bool *in;
	bool *skipped;
	size_t bad, nr;
	bool linear;
	struct candidate *list;
};

static void spread_down(const struct sim_graph *g, bool *in, size_t from)
{
	for (size_t i = from; i > 0; i--)
		if (in[i])
			for (uint32_t k = g->parent_at[i]; k < g->parent_at[i + 1]; k++)
				in[g->parents[k]] = true;
}

/* Ancestors of the bad commit that are not ancestors of good ones. */
static void find_candidates(struct search *s, struct bisect *b, const size_t *touched, size_t ntouched)
{
	const struct sim_graph *g = s->graph;
	bool *good = xcalloc(g->nr, sizeof(*good));
	size_t newest = 0;

	s->bad = g->nr - 1;
	good[0] = true;
	for (size_t i = 0; i < ntouched; i++) {
		enum bisect_mark mark = bisect_mark_of(b, touched[i]);

		if (mark == BISECT_BAD && touched[i] < s->bad)
			s->bad = touched[i];
		if (mark == BISECT_GOOD) {
			good[touched[i]] = true;
			newest = touched[i] > newest ? touched[i] : newest;
		}
		s->skipped[touched[i]] = mark == BISECT_SKIP;
	}
	s->in[s->bad] = true;
	spread_down(g, s->in, s->bad);
	spread_down(g, good, newest);
	if (good[s->bad])
		BUG("a good commit descends from commit %zu, which is bad", s->bad);
	for (size_t i = 0; i < g->nr; i++) {
		s->in[i] = s->in[i] && !good[i];
		s->nr += s->in[i];
	}
	free(good);
}

static bool is_linear(const struct search *s)
{
	for (size_t i = 1; i < s->graph->nr; i++)
		if (s->in[i] && (s->graph->parent_at[i + 1] - s->graph->parent_at[i] != 1 ||
				 s->graph->parents[s->graph->parent_at[i]] != i - 1))
			return false;
	return true;
}

/* The bits of one block: the candidates from `first` on, as many as there are bits. Returns where the next begins. */
static size_t weigh_block(const struct search *s, size_t first, uint64_t (*bits)[BLOCK_WORDS], uint32_t *weights)
{
	const struct sim_graph *g = s->graph;
	size_t in_block = 0, next = g->nr;

	for (size_t i = first; i < g->nr; i++) {
		memset(bits[i], 0, sizeof(bits[i]));
		if (!s->in[i])
			continue;
		for (uint32_t k = g->parent_at[i]; k < g->parent_at[i + 1]; k++)
			for (size_t word = 0; g->parents[k] >= first && word < BLOCK_WORDS; word++)
				bits[i][word] |= bits[g->parents[k]][word];
		if (in_block < BLOCK_WORDS * 64)
			bits[i][in_block / 64] |= (uint64_t)1 << in_block % 64;
		else if (next == g->nr)
			next = i;
		in_block++;
		for (size_t word = 0; word < BLOCK_WORDS; word++)
			weights[i] += (uint32_t)__builtin_popcountll(bits[i][word]);
	}
	return next;
}

/* Counts, for each candidate, the candidates among its ancestors, itself included. */
static void weigh(const struct search *s, uint32_t *weights)
{
	uint64_t(*bits)[BLOCK_WORDS] = xcalloc(s->graph->nr, sizeof(*bits));

	for (size_t first = 0; first < s->graph->nr;)
		first = weigh_block(s, first, bits, weights);
	free(bits);
}

static int compare_candidates(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	if (x->distance != y->distance)
		return x->distance < y->distance ? 1 : -1;
	return (x->commit > y->commit) - (x->commit < y->commit);
}

static void sort_candidates(struct search *s)
{
	uint32_t *weights = xcalloc(s->graph->nr, sizeof(*weights)), running = 0;
	size_t nr = 0;
	bool linear = is_linear(s);

	if (!linear)
		weigh(s, weights);
	s->list = xreallocarray(NULL, s->nr, sizeof(*s->list));
	for (size_t i = 0; i < s->graph->nr; i++) {
		size_t weight;

		if (!s->in[i])
			continue;
		weight = linear ? ++running : weights[i];
		s->list[nr].commit = i;
		s->list[nr++].distance = weight < s->nr - weight ? weight : s->nr - weight;
	}
	qsort(s->list, nr, sizeof(*s->list), compare_candidates);
	free(weights);
}

static unsigned int pseudo_random(unsigned int count)
{
	count = count * 1103515245 + 12345;
	return count / 65536 % PRN_MODULO;
}

static unsigned int square_root(unsigned int value)
{
	float d, x = (float)value;

	if (!value)
		return 0;
	do {
		float y = (x + (float)value / x) / 2;

		d = y > x ? y - x : x - y;
		x = y;
	} while (d >= 0.5F);
	return (unsigned int)x;
}

/* git's skip_away(): somewhere in the list, sooner near its beginning. */
static size_t skip_away(const struct search *s, const struct candidate *list, size_t nr)
{
	unsigned int prn = pseudo_random((unsigned int)nr);
	size_t at = nr * prn / PRN_MODULO * square_root(prn) / square_root(PRN_MODULO);

	if (at >= nr)
		at = nr - 1;
	if (list[at].commit == s->bad)
		at = at ? at - 1 : 0;
	return list[at].commit;
}

void sim_git_choose(const struct sim_graph *graph, struct bisect *b, const size_t *touched, size_t ntouched,
		    struct bisect_event *event)
{
	struct search s = { .graph = graph };
	size_t kept = 0, chosen, skips = 0;
	bool first_skipped;

	s.in = xcalloc(graph->nr, sizeof(*s.in));
	s.skipped = xcalloc(graph->nr, sizeof(*s.skipped));
	find_candidates(&s, b, touched, ntouched);
	sort_candidates(&s);
	first_skipped = s.skipped[s.list[0].commit];
	for (size_t i = 0; i < s.nr; i++) {
		if (s.skipped[s.list[i].commit])
			skips++;
		else
			s.list[kept++] = s.list[i];
	}
	chosen = first_skipped ? skip_away(&s, s.list, kept) : s.list[0].commit;
	event->commit = chosen;
	event->kind = chosen != s.bad ? BISECT_CANDIDATE : skips ? BISECT_ONLY_SKIPPED : BISECT_FIRST_BAD;
	free(s.in);
	free(s.skipped);
	free(s.list);
}
