/*
 * JSON, through jansson: what its API leaves open is decided here, once.
 * Strings are made from any bytes (base/escape.h), numbers are finite, keys
 * keep their order, and what is printed moves no terminal.
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <jansson.h>

#include "base/strbuf.h"

/* Each takes a new reference for `object` and never fails (out of memory dies). */
void json_set_text(json_t *object, const char *key, const char *text);
void json_set_textn(json_t *object, const char *key, const char *text, size_t len);
void json_set_int(json_t *object, const char *key, long long value);
/* Six significant digits, so that output is the same everywhere; null when not finite. */
void json_set_real(json_t *object, const char *key, double value);
void json_set_bool(json_t *object, const char *key, bool value);
/* Hands `value` over. */
void json_set(json_t *object, const char *key, json_t *value);
void json_append(json_t *array, json_t *value);
/* New references, never NULL. */
json_t *json_text(const char *text);
json_t *json_real_rounded(double value);

/*
 * Reads the value that `text` begins with; what comes after it is not looked
 * at when `more` is allowed. Duplicate keys are refused. NULL with a recorded
 * error that names line and column.
 */
json_t *json_parse(const char *text, size_t len, bool more);
/*
 * What an RFC 6901 pointer leads to ("/jobs/0/read/iops", "" is `root`
 * itself), borrowed; NULL with a recorded error that names the step that is not there.
 */
json_t *json_pointer(json_t *root, const char *pointer);

/*
 * Prints indented by two, a newline at the end, and frees `root`. What
 * base/escape.h would escape (DEL, C1, bidirectional overrides) is printed as
 * \uNNNN, other text as UTF-8. Returns 0, or -1 with a recorded error when
 * writing fails.
 */
int json_print(json_t *root, FILE *out) MUST_CHECK;

#endif
