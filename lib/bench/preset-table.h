/* The table of preset.c; for no one else. */
#ifndef BENCH_PRESET_TABLE_H
#define BENCH_PRESET_TABLE_H

#include "bench/preset.h"

struct preset {
	const char *name;
	/* The program and words that must be among its arguments; NULL: none. */
	const char *command;
	/* What an output of it holds in any case; NULL: its metrics tell. */
	const char *sign;
	/* Metric lines; NULL: of the lines themselves ("lines"). */
	const char *const *metrics;
};

/* The narrower before the wider; ends with a row without a name. */
extern const struct preset preset_table[];

#endif
