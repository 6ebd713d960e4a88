/*
 * Builds that are kept: <store>/kept/<build hash>/<name>/, where the name is that of the
 * commit (and of the layout), whole once <name>.ok is beside it, which holds its size and whose time is that of
 * its last use. For build.c.
 */
#ifndef BENCH_KEPT_H
#define BENCH_KEPT_H

#include "base/strvec.h"

/* The directory of a commit's artefacts; for free(). */
char *kept_path(const char *store, const char *hash, const char *name);
/* Is it there, whole? Then this is a use. */
bool kept_use(const char *path);
/* Removes what may be there and makes it anew, empty; -1 with a recorded error. */
int kept_begin(const char *path) MUST_CHECK;
/* It is whole: to be found from now on. */
int kept_finish(const char *path) MUST_CHECK;
bool kept_is_empty(const char *path);
/*
 * Removes the least recently used ones until all together are no larger than `limit`;
 * `path` stays, and so do those `in_use` (NULL: none).
 */
void kept_limit(const char *store, const char *path, const struct strvec *in_use, long long limit);

#endif
