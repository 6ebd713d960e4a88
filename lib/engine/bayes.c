#include "engine/bisect-state.h"

static void next_action(struct bisect *b UNUSED, size_t machine UNUSED, struct bisect_action *action)
{
	action->kind = BISECT_STOP;
}

static enum bisect_mark mark_of(struct bisect *b, size_t commit)
{
	return b->commits[commit].untestable ? BISECT_SKIP : BISECT_UNMARKED;
}

static void fill_answer(struct bisect *b UNUSED, struct bisect_answer *answer UNUSED)
{
}

const struct bisect_operations bisect_bayes = {
	.next = next_action,
	.mark_of = mark_of,
	.answer = fill_answer,
};
