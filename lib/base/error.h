/*
 * The one error message of lib/: a function that fails records a sentence
 * with error_set() and returns negative; its callers pass the failure up,
 * and the command prints error_message() once and ends. A sentence says what
 * is wrong and what to do; it carries no prefix, no final full stop and no
 * newline, and may hold foreign text raw: whoever prints it escapes it.
 */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include "base/compat.h"

/* Replaces the recorded message. Always returns -1, so: return error_set(...); */
int error_set(const char *fmt, ...) FORMAT_PRINTF(1, 2);
/* Puts "<text>: " before the recorded message. Always returns -1. */
int error_prefix(const char *fmt, ...) FORMAT_PRINTF(1, 2);
/* The recorded message, "" if none; valid until the next call of these. */
const char *error_message(void);
void error_clear(void);

/* What both return, where callers can see it: a compiler and its analyzers then know that failures fail. */
static inline int error_value(void)
{
	return -1;
}
#define error_set(...) ((void)error_set(__VA_ARGS__), error_value())
#define error_prefix(...) ((void)error_prefix(__VA_ARGS__), error_value())

#endif
