/* Subcommands that look at a hunt: one way in and out. */
#ifndef GIT_PERFHUNT_SIMPLE_H
#define GIT_PERFHUNT_SIMPLE_H

#include "hunt.h"

/*
 * Parses, opens and loads the hunt with `flags`, and runs `fn`, which gets `values` (the
 * options, zeroed by the caller) and the words (at most `nwords`), and returns the exit status.
 */
int simple_command(const struct option_set *set, int flags, size_t nwords, void *values,
		   int (*fn)(struct hunt *h, void *values, const struct strvec *words), int argc, char **argv);

#endif
