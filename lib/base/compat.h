/*
 * What every file of the project starts with: the system's headers, checked
 * allocation, and the two ways a program of ours may end without its caller's
 * consent: out of memory, and BUG().
 *
 * The x*() allocators never return NULL: they print one sentence and exit
 * with status 128, because no caller could do better. Everything else in
 * lib/ reports errors through base/error.h.
 */
#ifndef BASE_COMPAT_H
#define BASE_COMPAT_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define FORMAT_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#define MUST_CHECK __attribute__((warn_unused_result))
#define UNUSED __attribute__((unused))
#define NORETURN __attribute__((noreturn))

void *xmalloc(size_t size);
void *xcalloc(size_t count, size_t size);
void *xrealloc(void *ptr, size_t size);
/* As xrealloc() of `count` items, dying when the product overflows. */
void *xreallocarray(void *ptr, size_t count, size_t size);
char *xstrdup(const char *text);
/* `len` bytes of `text` and a closing NUL. */
char *xmemdupz(const void *text, size_t len);
char *xstrfmt(const char *fmt, ...) FORMAT_PRINTF(1, 2);

/*
 * Makes room for at least `nr` items in the array `ptr` of capacity `alloc`
 * (both are assigned to), growing by half so that appending is linear. That no
 * array has room is asked of `ptr` as well, for analyzers, which cannot see
 * that the two go together.
 */
#define ALLOC_GROW(ptr, nr, alloc)                                             \
	do {                                                                   \
		if (!(ptr) || (size_t)(nr) > (size_t)(alloc)) {                \
			(alloc) = alloc_grown((alloc), (nr));                  \
			(ptr) = xreallocarray((ptr), (alloc), sizeof(*(ptr))); \
		}                                                              \
	} while (0)
size_t alloc_grown(size_t alloc, size_t need);

/* A broken invariant of ours: prints where, and aborts. */
#define BUG(...) bug_at(__FILE__, __LINE__, __VA_ARGS__)
NORETURN void bug_at(const char *file, int line, const char *fmt, ...) FORMAT_PRINTF(3, 4);

static inline bool starts_with(const char *text, const char *prefix)
{
	return !strncmp(text, prefix, strlen(prefix));
}

static inline bool ends_with(const char *text, const char *suffix)
{
	size_t len = strlen(text), n = strlen(suffix);

	return len >= n && !memcmp(text + len - n, suffix, n);
}

/* Reads a big-endian number, as git's binary formats hold them. */
static inline uint32_t get_be32(const void *at)
{
	const unsigned char *p = at;

	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static inline uint64_t get_be64(const void *at)
{
	return (uint64_t)get_be32(at) << 32 | get_be32((const unsigned char *)at + 4);
}

#define WORD_CHARS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_"

/* Letters, digits and "_" in the C locale, whatever the user's locale says. */
static inline bool is_word_char(char c)
{
	return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

#endif
