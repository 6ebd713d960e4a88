#include "engine/bisect-state.h"

#include <math.h>

void bisect_answer(struct bisect *b, struct bisect_answer *answer)
{
	bisect_answer_release(answer);
	answer->culprit = BISECT_NONE;
	answer->stored_gap = NAN;
	answer->builds = b->builds;
	answer->boots = b->all_boots;
	answer->samples = b->samples;
	answer->seconds = b->seconds;
	b->ops->answer(b, answer);
}

void bisect_answer_release(struct bisect_answer *answer)
{
	free(answer->set);
	free(answer->steps);
	strbuf_release(&answer->why);
	*answer = (struct bisect_answer)BISECT_ANSWER_INIT;
}

void bisect_commit_state(struct bisect *b, size_t commit, struct bisect_commit_state *state)
{
	const struct bisect_commit *c = &b->commits[commit];

	memset(state, 0, sizeof(*state));
	state->boots = c->nboots;
	state->samples = c->nsamples;
	state->p_bad = NAN;
	state->untestable = c->untestable;
	state->built = c->built;
	if (b->ops->commit_state)
		b->ops->commit_state(b, commit, state);
}
