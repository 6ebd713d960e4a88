#ifndef UTIL_H
#define UTIL_H

#include <stddef.h>
#include <stdint.h> //@ +util-parse-number
//@ +util-comment

/*
 * What every module needs: memory that never comes back NULL, and a way to
 * give up.
 */
//@ .
//@ +util-array-size
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define MIN(a, b) ((a) < (b) ? (a) : (b)) //@ +util-min
//@ .

void die(const char *fmt, ...); //@ -util-noreturn
void die(const char *fmt, ...) __attribute__((noreturn)); //@ +util-noreturn -util-format
void die(const char *fmt, ...) __attribute__((noreturn, format(printf, 1, 2))); //@ +util-format
void warn(const char *fmt, ...) __attribute__((format(printf, 1, 2))); //@ +util-warn
void *xalloc(size_t size);
void *xgrow(void *old, size_t size);
char *xcopy(const char *text, size_t len);
#define NUMBER_DIGITS 18 //@ +util-number-define
int parse_number(const char *text, size_t len, int64_t *number); //@ +util-parse-number
int ends_with(const char *text, const char *end); //@ +util-ends-with

#endif
