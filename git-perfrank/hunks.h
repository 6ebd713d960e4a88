/*
 * The hunks of a commit that lie in hot functions, for git perfrank show.
 */
#ifndef GIT_PERFRANK_HUNKS_H
#define GIT_PERFRANK_HUNKS_H

#include "query.h"

/*
 * Prints them, coloured, from git's own diff of the profile's files; where the
 * commit changes no hot function, all hunks of these files. Says how many
 * hunks it left out.
 */
int hunks_print(struct query *query, size_t commit) MUST_CHECK;

#endif
