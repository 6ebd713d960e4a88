/*
 * What perf record wrote, read through perf itself: the time of each function
 * from perf report; its callers and callees, where stacks were recorded, from
 * perf script; build ids from perf buildid-list. The file's format is perf's own.
 */
#ifndef PROFILE_PERFDATA_H
#define PROFILE_PERFDATA_H

#include "profile/build.h"

/* Does the text begin as such a file does? */
bool perfdata_is(const char *text, size_t len);

/* `options` may be NULL. Returns 0, or -1 with a recorded error that names the file. */
int perfdata_read(struct build *build, const char *path, const struct profile_options *options) MUST_CHECK;

#endif
