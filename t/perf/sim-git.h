/*
 * What "git bisect" would do next, as bisect.c of git 2.39 does it: the commit
 * whose ancestors halve what is left, and what it picks instead of a commit
 * that was skipped. Ties go to the older commit; git breaks them by object id.
 */
#ifndef SIM_GIT_H
#define SIM_GIT_H

#include "engine/bisect.h"
#include "sim-world.h"

/* Asks for the marks of the `ntouched` commits; sets kind and commit of the event. */
void sim_git_choose(const struct sim_graph *graph, struct bisect *b, const size_t *touched, size_t ntouched,
		    struct bisect_event *event);

#endif
