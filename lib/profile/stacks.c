#include "profile/stacks.h"

#include "profile/calls.h"

/* Calls of less are noise. */
#define PERCENT_MIN 0.1

/* The first of the calls found, which are the heaviest. */
static struct profile_call *take_calls(const struct edge *edges, size_t nr, bool callers,
				       const struct stacks_function *functions, uint64_t total, size_t *taken)
{
	struct profile_call *calls = NULL;

	*taken = 0;
	if (nr > CALLS_MAX)
		nr = CALLS_MAX;
	for (size_t i = 0; i < nr; i++) {
		const struct stacks_function *f = &functions[callers ? edges[i].caller : edges[i].callee];
		double percent = 100 * ((double)edges[i].weight / (double)total);

		if (percent < PERCENT_MIN)
			break;
		if (!calls)
			calls = xcalloc(nr, sizeof(*calls));
		calls[*taken].function = xstrdup(f->name);
		calls[*taken].path = xstrdup(f->path);
		calls[*taken].percent = percent > 100 ? 100 : percent;
		++*taken;
	}
	return calls;
}

struct profile_calls *stacks_calls(const struct edges *by_callee, const struct edges *by_caller, uint32_t i,
				   const struct stacks_function *functions, uint64_t total)
{
	struct profile_calls calls = { .callers = NULL }, *result;
	const struct edge *edges;
	size_t nr;

	edges = edges_find(by_callee, true, i, &nr);
	calls.callers = take_calls(edges, nr, true, functions, total, &calls.ncallers);
	edges = edges_find(by_caller, false, i, &nr);
	calls.callees = take_calls(edges, nr, false, functions, total, &calls.ncallees);
	if (!calls.ncallers && !calls.ncallees)
		return NULL;
	result = xmalloc(sizeof(*result));
	*result = calls;
	return result;
}

void stacks_copy(struct edges *to, const struct edges *from)
{
	*to = (struct edges)EDGES_INIT;
	to->total = from->total;
	to->nr = to->alloc = from->nr;
	to->v = xcalloc(from->nr, sizeof(*to->v));
	if (from->nr)
		memcpy(to->v, from->v, from->nr * sizeof(*to->v));
}
