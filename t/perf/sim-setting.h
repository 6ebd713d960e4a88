/*
 * What simulators are told and have to reach, as words: "<name>=<number>", and
 * "<figure>>=<number>" or "<figure><=<number>".
 */
#ifndef SIM_SETTING_H
#define SIM_SETTING_H

#include "base/compat.h"

struct sim_setting {
	const char *name;
	double *value;
};

/* Sets the one that `word` names; false when it names none. */
bool sim_set(const struct sim_setting *settings, size_t nr, const char *word);

struct sim_figure {
	const char *name;
	double value;
};

/*
 * Holds `word` against the figures; prints what is missed. -1 when it is nothing of
 * that kind, else the number missed.
 */
int sim_hold(const struct sim_figure *figures, size_t nr, const char *word);

#endif
