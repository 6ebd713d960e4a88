#include "profile/callers.h"

#include <math.h>

void callers_find(struct callers *callers, const struct definitions *definitions, size_t row, const char *name)
{
	struct definition found[CALLERS_FAN];
	size_t fan = definitions_callers(definitions, name, strlen(name), found, ARRAY_SIZE(found));

	for (size_t i = 0; fan <= CALLERS_FAN && i < fan; i++) {
		ALLOC_GROW(callers->v, callers->nr + 1, callers->alloc);
		callers->v[callers->nr++] = (struct caller){ .name = found[i].name,
							     .row = row,
							     .weight = 1 / (1 + log2((double)fan)) };
	}
}

void callers_release(struct callers *callers)
{
	free(callers->v);
	*callers = (struct callers)CALLERS_INIT;
}
