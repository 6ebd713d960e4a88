/*
 * The callers and callees of a row: as the cells of a CSV, and freed.
 *
 *	struct profile_calls *calls = profile_calls_parse("main 3.9 src/main.c;other 0.2", "");
 *
 *	calls_add_cell(&out, calls->callers, calls->ncallers);
 *	profile_calls_free(calls);
 *
 * A cell is lenient: what is no call, or names a path that is none, is left out.
 */
#ifndef PROFILE_CALLS_H
#define PROFILE_CALLS_H

#include "base/strbuf.h"
#include "profile/profile.h"

/* So many callers, and so many callees, of a function are kept. */
#define CALLS_MAX 8

/* NULL when there is no call in either cell. */
struct profile_calls *profile_calls_parse(const char *callers, const char *callees);
void profile_calls_free(struct profile_calls *calls);
void calls_add_cell(struct strbuf *out, const struct profile_call *calls, size_t nr);

#endif
