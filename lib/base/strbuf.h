/*
 * A growing string: bytes with a length, always closed by a NUL.
 *
 *	struct strbuf sb = STRBUF_INIT;
 *
 *	strbuf_addf(&sb, "%s..%s", good, bad);
 *	puts(sb.buf);
 *	strbuf_release(&sb);
 *
 * `buf` is never NULL. strbuf_release() frees and leaves an empty, usable
 * strbuf; strbuf_detach() hands the memory to the caller, who frees it.
 */
#ifndef BASE_STRBUF_H
#define BASE_STRBUF_H

#include "base/compat.h"

struct strbuf {
	char *buf;
	size_t len;
	size_t alloc;
};

extern char strbuf_empty[];
#define STRBUF_INIT                 \
	{                           \
		.buf = strbuf_empty \
	}

void strbuf_release(struct strbuf *sb);
char *strbuf_detach(struct strbuf *sb, size_t *len);
/* Room for `extra` more bytes and the NUL. */
void strbuf_grow(struct strbuf *sb, size_t extra);
void strbuf_add(struct strbuf *sb, const void *data, size_t len);
void strbuf_addstr(struct strbuf *sb, const char *text);
void strbuf_addch(struct strbuf *sb, char c);
void strbuf_addchars(struct strbuf *sb, char c, size_t count);
void strbuf_addf(struct strbuf *sb, const char *fmt, ...) FORMAT_PRINTF(2, 3);
void strbuf_vaddf(struct strbuf *sb, const char *fmt, va_list ap) FORMAT_PRINTF(2, 0);
void strbuf_setlen(struct strbuf *sb, size_t len);
/* Drops white space at the end. */
void strbuf_rtrim(struct strbuf *sb);

static inline void strbuf_reset(struct strbuf *sb)
{
	strbuf_setlen(sb, 0);
}

/*
 * Reads a file descriptor to its end, at most `limit` bytes (0: no limit).
 * Returns the bytes read, or -1 with a recorded error (base/error.h) when
 * reading fails or there is more than `limit`; `name` is for the message.
 */
ssize_t strbuf_read(struct strbuf *sb, int fd, size_t limit, const char *name);
/* The same for a file; "-" is the standard input. */
ssize_t strbuf_read_file(struct strbuf *sb, const char *path, size_t limit);

#endif
