#include "engine/bisect-state.h"

static double expected(const struct bisect_cost *cost, double prior)
{
	return (prior + cost->sum) / (double)(1 + cost->nr);
}

double bisect_build_seconds(const struct bisect *b)
{
	return expected(&b->build_cost, b->options.build_seconds);
}

double bisect_boot_seconds(const struct bisect *b)
{
	return expected(&b->boot_cost, b->options.boot_seconds);
}

double bisect_sample_seconds(const struct bisect *b)
{
	return expected(&b->sample_cost, b->options.sample_seconds);
}

double bisect_seconds(const struct bisect *b, size_t commit, size_t layout, size_t samples)
{
	double build = bisect_build_seconds(b);

	if (b->commits[commit].layouts >> layout & 1)
		build = 0;
	else if (layout)
		build = expected(&b->layout_cost, build);
	return build + bisect_boot_seconds(b) + (double)samples * bisect_sample_seconds(b);
}

double bisect_queue_seconds(const struct bisect *b, size_t machine)
{
	size_t builders = b->options.builders, pending = 0;

	for (size_t i = 0; i < b->nmachines; i++)
		pending += i != machine && b->issued[i] != BISECT_NONE &&
			   !(b->commits[b->issued[i]].layouts >> b->issued_layout[i] & 1);
	if (!builders || pending < builders)
		return 0;
	return bisect_build_seconds(b) * (double)(pending + 1 - builders) / (double)builders;
}

bool bisect_budget_spent(const struct bisect *b)
{
	const struct bisect_options *o = &b->options;

	return (o->budget_boots && b->all_boots >= o->budget_boots) ||
	       (o->budget_seconds > 0 && b->seconds >= o->budget_seconds);
}
