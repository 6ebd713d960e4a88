/*
 * One cell of a profile made fit for use: pure functions. What can fail
 * returns 0, or -1 with a recorded error that says what was expected but not
 * where (the caller prefixes the line).
 */
#ifndef PROFILE_CLEAN_H
#define PROFILE_CLEAN_H

#include "base/strbuf.h"

#define CLEAN_PATH_MAX 4096

/* How many bytes of a function's name are left without what compilers append. */
size_t clean_function(const char *name, size_t len);

/* What the name of a symbol says beside the function's own name. */
enum clean_symbol {
	SYMBOL_PLAIN,
	/* The entry of a system call: the source has the call's name only. */
	SYMBOL_SYSCALL,
	SYMBOL_COMPAT_SYSCALL,
};

/*
 * The identifier by which the source knows a symbol: "name" for
 * "ns::Class<T>::name(int)", "read" for "__x64_sys_read". Owned by the caller.
 */
char *clean_symbol(const char *function, enum clean_symbol *kind);

/* Replaces `out` by the path relative to the top of the tree; "" stays "". */
int clean_path(struct strbuf *out, const char *path) MUST_CHECK;

/* A decimal number of the C locale, finite and at least 0; `what` names it in errors. */
int clean_number(double *value, const char *text, const char *what) MUST_CHECK;
/* As clean_number(), up to 100, perhaps with a "%" behind. */
int clean_percent(double *value, const char *text, const char *what) MUST_CHECK;
/* As clean_number(), whole ("12", also "12.0") and at most `max`. */
int clean_count(uint64_t *value, const char *text, uint64_t max, const char *what) MUST_CHECK;

#endif
