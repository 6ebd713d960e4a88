/* Subcommands without arguments and options of their own: one way in and out. */
#ifndef GIT_PERFBISECT_SIMPLE_H
#define GIT_PERFBISECT_SIMPLE_H

#include "session.h"
#include "ui/options.h"

/*
 * Parses, opens the session with `flags` and runs `fn`, which gets `values` (the
 * options, zeroed by the caller, released here) and returns the exit status.
 * `load`: also the evidence and the engine.
 */
int simple_command(const struct option_set *set, int flags, bool load, void *values,
		   int (*fn)(struct session *s, void *values), int argc, char **argv);

#endif
