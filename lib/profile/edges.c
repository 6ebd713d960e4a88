#include "profile/edges.h"

static size_t slot_of(const struct edges *edges, uint32_t caller, uint32_t callee)
{
	uint64_t hash = ((uint64_t)caller << 32 | callee) * 0x9e3779b97f4a7c15u;
	size_t at = (hash >> 32) & (edges->nslots - 1);

	for (; edges->slots[at]; at = (at + 1) & (edges->nslots - 1)) {
		const struct edge *edge = &edges->v[edges->slots[at] - 1];

		if (edge->caller == caller && edge->callee == callee)
			break;
	}
	return at;
}

static void grow_slots(struct edges *edges)
{
	edges->nslots = edges->nslots ? edges->nslots * 2 : 1024;
	free(edges->slots);
	edges->slots = xcalloc(edges->nslots, sizeof(*edges->slots));
	for (size_t i = 0; i < edges->nr; i++)
		edges->slots[slot_of(edges, edges->v[i].caller, edges->v[i].callee)] = (uint32_t)i + 1;
}

static void add_edge(struct edges *edges, uint32_t caller, uint32_t callee, uint64_t weight)
{
	size_t at;

	if (edges->nr * 2 >= edges->nslots)
		grow_slots(edges);
	at = slot_of(edges, caller, callee);
	if (edges->slots[at]) {
		edges->v[edges->slots[at] - 1].weight += weight;
		return;
	}
	if (edges->nr == EDGES_MAX)
		return;
	ALLOC_GROW(edges->v, edges->nr + 1, edges->alloc);
	edges->v[edges->nr++] = (struct edge){ .caller = caller, .callee = callee, .weight = weight };
	edges->slots[at] = (uint32_t)edges->nr;
}

/* Is the call from frame `i` + 1 to frame `i` on the stack further in as well? */
static bool is_repeated(const uint32_t *functions, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (functions[k] == functions[i] && functions[k + 1] == functions[i + 1])
			return true;
	return false;
}

static void add_on_stack(struct edges *edges, uint32_t function, uint64_t weight)
{
	if (function >= edges->non_stack) {
		size_t nr = alloc_grown(edges->non_stack, (size_t)function + 1);

		edges->on_stack = xreallocarray(edges->on_stack, nr, sizeof(*edges->on_stack));
		memset(edges->on_stack + edges->non_stack, 0,
		       (nr - edges->non_stack) * sizeof(*edges->on_stack));
		edges->non_stack = nr;
	}
	edges->on_stack[function] += weight;
}

static bool is_further_in(const uint32_t *functions, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (functions[k] == functions[i])
			return true;
	return false;
}

uint64_t edges_on_stack(const struct edges *edges, uint32_t function)
{
	return function < edges->non_stack ? edges->on_stack[function] : 0;
}

void edges_stack(struct edges *edges, const uint32_t *functions, size_t nr, uint64_t weight)
{
	edges->total += weight;
	if (nr > EDGES_DEPTH)
		nr = EDGES_DEPTH;
	for (size_t i = 0; i < nr; i++)
		if (functions[i] != EDGES_UNKNOWN && !is_further_in(functions, i))
			add_on_stack(edges, functions[i], weight);
	for (size_t i = 0; i + 1 < nr; i++) {
		uint32_t callee = functions[i], caller = functions[i + 1];

		if (callee == EDGES_UNKNOWN || caller == EDGES_UNKNOWN || callee == caller ||
		    is_repeated(functions, i))
			continue;
		add_edge(edges, caller, callee, weight);
	}
}

void edges_rename(struct edges *edges, const uint32_t *to)
{
	struct edges renamed = EDGES_INIT;

	renamed.total = edges->total;
	/* What becomes one function and was on one stack twice counts twice, up to all there is. */
	for (size_t i = 0; i < edges->non_stack; i++)
		if (edges->on_stack[i] && to[i] != EDGES_UNKNOWN)
			add_on_stack(&renamed, to[i], edges->on_stack[i]);
	for (size_t i = 0; i < edges->nr; i++) {
		uint32_t caller = to[edges->v[i].caller], callee = to[edges->v[i].callee];

		if (caller != EDGES_UNKNOWN && callee != EDGES_UNKNOWN && caller != callee)
			add_edge(&renamed, caller, callee, edges->v[i].weight);
	}
	edges_release(edges);
	*edges = renamed;
}

void edges_release(struct edges *edges)
{
	free(edges->v);
	free(edges->slots);
	free(edges->on_stack);
	*edges = (struct edges)EDGES_INIT;
}

static int compare(const struct edge *a, const struct edge *b, bool by_callee)
{
	uint32_t x = by_callee ? a->callee : a->caller, y = by_callee ? b->callee : b->caller;

	if (x != y)
		return x < y ? -1 : 1;
	if (a->weight != b->weight)
		return a->weight > b->weight ? -1 : 1;
	x = by_callee ? a->caller : a->callee;
	y = by_callee ? b->caller : b->callee;
	return (x > y) - (x < y);
}

static int by_callee_order(const void *a, const void *b)
{
	return compare(a, b, true);
}

static int by_caller_order(const void *a, const void *b)
{
	return compare(a, b, false);
}

void edges_sort(struct edges *edges, bool by_callee)
{
	/* Positions change: nothing can be added any more. */
	free(edges->slots);
	edges->slots = NULL;
	edges->nslots = 0;
	if (edges->nr)
		qsort(edges->v, edges->nr, sizeof(*edges->v), by_callee ? by_callee_order : by_caller_order);
}

const struct edge *edges_find(const struct edges *edges, bool by_callee, uint32_t function, size_t *nr)
{
	size_t low = 0, high = edges->nr;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct edge *edge = &edges->v[middle];

		if ((by_callee ? edge->callee : edge->caller) < function)
			low = middle + 1;
		else
			high = middle;
	}
	for (*nr = 0; low + *nr < edges->nr; ++*nr) {
		const struct edge *edge = &edges->v[low + *nr];

		if ((by_callee ? edge->callee : edge->caller) != function)
			break;
	}
	return *nr ? edges->v + low : NULL;
}
