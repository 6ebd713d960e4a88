/*
 * One cell of a profile made fit for use: pure functions, each of which
 * returns 0, or -1 with a recorded error that says what was expected but not
 * where (the caller prefixes the line).
 */
#ifndef PROFILE_CLEAN_H
#define PROFILE_CLEAN_H

#include "base/strbuf.h"

#define CLEAN_PATH_MAX 4096

/* How many bytes of a function's name are left without what compilers append. */
size_t clean_function(const char *name, size_t len);

/* Replaces `out` by the path relative to the top of the tree; "" stays "". */
int clean_path(struct strbuf *out, const char *path) MUST_CHECK;

/* A decimal number of the C locale, finite and at least 0; `what` names it in errors. */
int clean_number(double *value, const char *text, const char *what) MUST_CHECK;
/* As clean_number(), up to 100, perhaps with a "%" behind. */
int clean_percent(double *value, const char *text, const char *what) MUST_CHECK;
/* As clean_number(), whole ("12", also "12.0") and at most `max`. */
int clean_count(uint64_t *value, const char *text, uint64_t max, const char *what) MUST_CHECK;

#endif
