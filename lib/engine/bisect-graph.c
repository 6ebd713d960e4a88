#include "engine/bisect-state.h"

static void set_bit(uint64_t *bits, size_t commit)
{
	bits[commit / 64] |= (uint64_t)1 << commit % 64;
}

const uint64_t *bisect_ancestors(struct bisect *b, size_t commit)
{
	const struct bisect_problem *p = &b->problem;
	uint64_t *bits;

	if (!b->ancestors)
		b->ancestors = xcalloc(p->nr, sizeof(*b->ancestors));
	if (b->ancestors[commit])
		return b->ancestors[commit];
	bits = b->ancestors[commit] = xcalloc(bisect_words(b), sizeof(*bits));
	set_bit(bits, commit);
	/* Parents come before children, so one pass backwards meets each commit after all its children. */
	for (size_t i = commit; i > 0; i--) {
		if (!bisect_bit(bits, i))
			continue;
		for (uint32_t k = p->parent_at[i]; k < p->parent_at[i + 1]; k++)
			set_bit(bits, p->parents[k]);
	}
	/* 0 stands for all that is older. */
	set_bit(bits, 0);
	return bits;
}

bool bisect_is_ancestor(struct bisect *b, size_t a, size_t d)
{
	if (a >= d || !a)
		return a == d || !a;
	return b->linear || bisect_bit(bisect_ancestors(b, d), a);
}

/* Is there anything that a mark could come from? Most commits have nothing. */
static enum bisect_mark mark_if_known(struct bisect *b, size_t commit)
{
	const struct bisect_commit *c = &b->commits[commit];

	return c->nboots || c->user || c->untestable ? bisect_mark_of(b, commit) : BISECT_UNMARKED;
}

static void keep_only(uint64_t *set, const uint64_t *other, size_t words)
{
	for (size_t k = 0; k < words; k++)
		set[k] &= other[k];
}

static void leave_out(uint64_t *set, const uint64_t *other, size_t words)
{
	for (size_t k = 0; k < words; k++)
		set[k] &= ~other[k];
}

uint64_t *bisect_set_new(struct bisect *b)
{
	size_t words = bisect_words(b), last = b->problem.nr - 1;
	uint64_t *set = xcalloc(words, sizeof(*set));

	memcpy(set, bisect_ancestors(b, last), words * sizeof(*set));
	set[0] &= ~(uint64_t)1;
	for (size_t i = 1; i < last; i++) {
		enum bisect_mark mark = mark_if_known(b, i);

		if (mark == BISECT_BAD)
			keep_only(set, bisect_ancestors(b, i), words);
		else if (mark == BISECT_GOOD)
			leave_out(set, bisect_ancestors(b, i), words);
	}
	return set;
}

size_t bisect_set_count(const struct bisect *b, const uint64_t *set)
{
	size_t nr = 0;

	for (size_t k = 0; k < bisect_words(b); k++)
		nr += (size_t)__builtin_popcountll(set[k]);
	return nr;
}

size_t *bisect_set_list(const struct bisect *b, const uint64_t *set, size_t *nr)
{
	size_t *list = xreallocarray(NULL, bisect_set_count(b, set) + 1, sizeof(*list));

	*nr = 0;
	for (size_t i = 0; i < b->problem.nr; i++)
		if (bisect_bit(set, i))
			list[(*nr)++] = i;
	return list;
}

bool bisect_is_border(const struct bisect *b, const uint64_t *set, size_t commit)
{
	const struct bisect_problem *p = &b->problem;

	if (bisect_bit(set, commit))
		return false;
	for (size_t i = commit + 1; i < p->nr; i++) {
		if (!bisect_bit(set, i))
			continue;
		for (uint32_t k = p->parent_at[i]; k < p->parent_at[i + 1]; k++)
			if (p->parents[k] == commit)
				return true;
	}
	return false;
}

void bisect_graph_free(struct bisect *b)
{
	for (size_t i = 0; b->ancestors && i < b->problem.nr; i++)
		free(b->ancestors[i]);
	free(b->ancestors);
}
