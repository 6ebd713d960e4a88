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

void bisect_graph_free(struct bisect *b)
{
	for (size_t i = 0; b->ancestors && i < b->problem.nr; i++)
		free(b->ancestors[i]);
	free(b->ancestors);
}
