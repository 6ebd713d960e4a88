#include "profile/neighbours.h"

#include <math.h>

static double weight_of(size_t fan)
{
	return 1 / (1 + log2(fan ? (double)fan : 1));
}

static void add(struct neighbours *neighbours, const struct definition *place, size_t row, bool calls,
		size_t fan)
{
	ALLOC_GROW(neighbours->v, neighbours->nr + 1, neighbours->alloc);
	neighbours->v[neighbours->nr++] = (struct neighbour){
		.name = place->name, .path = place->path, .row = row, .calls = calls, .weight = weight_of(fan)
	};
}

struct called {
	struct neighbours *neighbours;
	const struct definitions *definitions;
	size_t row, first;
	const char *path;
};

/* The place in the hot function's own file, else the first of few. */
static const struct definition *place_of(const struct called *called, const struct definition *places,
					 size_t nr, size_t known)
{
	for (size_t i = 0; i < known; i++)
		if (!strcmp(places[i].path, called->path))
			return &places[i];
	return nr && nr <= NEIGHBOURS_PLACES ? &places[0] : NULL;
}

static void note_call(const char *name, size_t len, void *data)
{
	const struct called *called = data;
	struct definition places[64];
	size_t fan = definitions_callers(called->definitions, name, len, NULL, 0), nr, known;
	const struct definition *place;

	if (fan > NEIGHBOURS_FAN)
		return;
	for (size_t i = called->first; i < called->neighbours->nr; i++)
		if (!strncmp(called->neighbours->v[i].name, name, len) && !called->neighbours->v[i].name[len])
			return;
	nr = definitions_find(called->definitions, name, len, places, ARRAY_SIZE(places));
	known = nr < ARRAY_SIZE(places) ? nr : ARRAY_SIZE(places);
	place = place_of(called, places, nr, known);
	if (place && !(place->flags & FACTS_STUB))
		add(called->neighbours, place, called->row, false, fan);
}

void neighbours_called(struct neighbours *neighbours, const struct definitions *definitions, size_t row,
		       const char *path, const char *text, size_t len)
{
	struct called called = { neighbours, definitions, row, neighbours->nr, path };
	struct facts_sink sink = { .call = note_call, .data = &called };

	facts_calls(text, len, &sink);
}

void neighbours_calling(struct neighbours *neighbours, const struct definitions *definitions, size_t row,
			const char *name)
{
	struct definition callers[NEIGHBOURS_FAN];
	size_t fan = definitions_callers(definitions, name, strlen(name), callers, ARRAY_SIZE(callers));

	for (size_t i = 0; fan <= NEIGHBOURS_FAN && i < fan; i++)
		add(neighbours, &callers[i], row, true, fan);
}

void neighbours_release(struct neighbours *neighbours)
{
	free(neighbours->v);
	*neighbours = (struct neighbours)NEIGHBOURS_INIT;
}
