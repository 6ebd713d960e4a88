#include "engine/bisect-state.h"

#include <math.h>

double bisect_boot_value(const struct bisect_boot *boot, double sigma_w UNUSED)
{
	double sum = 0;

	for (size_t i = 0; i < boot->nr; i++)
		sum += boot->values[i];
	return sum / (double)boot->nr;
}

size_t bisect_under_way(const struct bisect *b, size_t commit, size_t machine)
{
	size_t nr = 0;

	for (size_t i = 0; i < b->nmachines; i++)
		nr += i != machine && b->issued[i] == commit;
	return nr;
}

void bisect_anchors(struct bisect *b UNUSED, struct bisect_anchors *anchors)
{
	memset(anchors, 0, sizeof(*anchors));
}

bool bisect_anchors_next(struct bisect *b UNUSED, size_t machine UNUSED, struct bisect_action *action UNUSED)
{
	return false;
}
