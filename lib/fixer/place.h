/*
 * Where a command of the user's runs: in a folder, with the names of things in its
 * environment, and, for what is measured, in a world of its own: HOME, TMPDIR and the
 * XDG folders are new and empty, and gone afterwards.
 *
 *	struct job job = JOB_INIT;
 *
 *	if (place_fresh(scratch) || ...)
 *		return -1;
 *	place_command(&job, command, tree);
 *	place_world(&job, scratch);
 *	... job_run(&job) ...
 *
 * Variables of git's that would point a child at the repository of ours are removed.
 */
#ifndef FIXER_PLACE_H
#define FIXER_PLACE_H

#include "base/job.h"

/* `command` by a shell in `dir` (borrowed), without git's variables. */
void place_command(struct job *job, const char *command, const char *dir);
/* Makes `scratch` anew: home/, tmp/ and output/. -1 with a recorded error. */
int place_fresh(const char *scratch) MUST_CHECK;
/* HOME and the like there; PERF_OUTPUT is its output/. */
void place_world(struct job *job, const char *scratch);
/* "NAME=value" into the job's environment; NULL: nothing. */
void place_set(struct job *job, const char *name, const char *value);

#endif
