#include "bench/outcome.h"

#include "base/compat.h"

static const char *const names[] = {
	[OUTCOME_MEASURED] = "measured",
	[OUTCOME_BUILD_FAILED] = "build-failed",
	[OUTCOME_BOOT_FAILED] = "boot-failed",
	[OUTCOME_BENCH_FAILED] = "bench-failed",
	[OUTCOME_INFRASTRUCTURE] = "infrastructure",
};

const char *outcome_name(enum outcome outcome)
{
	return names[outcome];
}

int outcome_parse(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (!strcmp(names[i], name))
			return (int)i;
	return -1;
}
