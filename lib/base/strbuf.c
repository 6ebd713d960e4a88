#include "base/strbuf.h"

#include <fcntl.h>

#include "base/error.h"

/* The buffer of every empty strbuf: read, never written, never freed. */
char strbuf_empty[1];

void strbuf_release(struct strbuf *sb)
{
	if (sb->alloc)
		free(sb->buf);
	*sb = (struct strbuf)STRBUF_INIT;
}

char *strbuf_detach(struct strbuf *sb, size_t *len)
{
	char *text;

	strbuf_grow(sb, 0);
	text = sb->buf;
	if (len)
		*len = sb->len;
	*sb = (struct strbuf)STRBUF_INIT;
	return text;
}

void strbuf_grow(struct strbuf *sb, size_t extra)
{
	size_t need;

	if (__builtin_add_overflow(sb->len, extra, &need) || need == SIZE_MAX)
		BUG("a string of %zu + %zu bytes", sb->len, extra);
	need++;
	if (need <= sb->alloc)
		return;
	if (!sb->alloc)
		sb->buf = NULL;
	sb->alloc = alloc_grown(sb->alloc, need);
	sb->buf = xrealloc(sb->buf, sb->alloc);
	sb->buf[sb->len] = '\0';
}

void strbuf_add(struct strbuf *sb, const void *data, size_t len)
{
	if (!len)
		return;
	strbuf_grow(sb, len);
	memcpy(sb->buf + sb->len, data, len);
	strbuf_setlen(sb, sb->len + len);
}

void strbuf_addstr(struct strbuf *sb, const char *text)
{
	strbuf_add(sb, text, strlen(text));
}

void strbuf_addch(struct strbuf *sb, char c)
{
	strbuf_add(sb, &c, 1);
}

void strbuf_addchars(struct strbuf *sb, char c, size_t count)
{
	if (!count)
		return;
	strbuf_grow(sb, count);
	memset(sb->buf + sb->len, c, count);
	strbuf_setlen(sb, sb->len + count);
}

void strbuf_addf(struct strbuf *sb, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	strbuf_vaddf(sb, fmt, ap);
	va_end(ap);
}

void strbuf_vaddf(struct strbuf *sb, const char *fmt, va_list ap)
{
	va_list again;
	int len;

	va_copy(again, ap);
	strbuf_grow(sb, 64);
	len = vsnprintf(sb->buf + sb->len, sb->alloc - sb->len, fmt, ap);
	if (len < 0)
		BUG("the format \"%s\" cannot be printed", fmt);
	if ((size_t)len >= sb->alloc - sb->len) {
		strbuf_grow(sb, (size_t)len);
		len = vsnprintf(sb->buf + sb->len, sb->alloc - sb->len, fmt, again);
	}
	va_end(again);
	strbuf_setlen(sb, sb->len + (size_t)len);
}

void strbuf_setlen(struct strbuf *sb, size_t len)
{
	if (len > (sb->alloc ? sb->alloc - 1 : 0))
		BUG("length %zu of a string of %zu bytes", len, sb->alloc);
	sb->len = len;
	if (sb->alloc)
		sb->buf[len] = '\0';
}

void strbuf_rtrim(struct strbuf *sb)
{
	size_t len = sb->len;

	while (len && strchr(" \t\r\n\v\f", sb->buf[len - 1]))
		len--;
	strbuf_setlen(sb, len);
}

ssize_t strbuf_read(struct strbuf *sb, int fd, size_t limit, const char *name)
{
	size_t start = sb->len;

	for (;;) {
		ssize_t n;

		strbuf_grow(sb, 65536);
		n = read(fd, sb->buf + sb->len, 65536);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_set("cannot read %s: %s", name, strerror(errno));
		if (!n)
			return (ssize_t)(sb->len - start);
		strbuf_setlen(sb, sb->len + (size_t)n);
		if (limit && sb->len - start > limit)
			return error_set("%s is larger than %zu bytes; give a smaller one", name, limit);
	}
}

ssize_t strbuf_read_file(struct strbuf *sb, const char *path, size_t limit)
{
	ssize_t n;
	int fd;

	if (!strcmp(path, "-"))
		return strbuf_read(sb, STDIN_FILENO, limit, "the standard input");
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return error_set("cannot open %s: %s", path, strerror(errno));
	n = strbuf_read(sb, fd, limit, path);
	close(fd);
	return n;
}
