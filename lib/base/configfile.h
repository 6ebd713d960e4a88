/*
 * Files in git's configuration syntax that are no configuration of git's: read by git
 * itself, so that quoting is right, after a look for what people get wrong: an unquoted
 * ";" or "#" cuts a command short.
 *
 *	if (configfile_read(path, is_delicate, &list))
 *		return -1;
 *	for (at = list.buf; at < list.buf + list.len; at += strlen(at) + 1)
 *		... "section.name\nvalue", or "section.name" ...
 */
#ifndef BASE_CONFIGFILE_H
#define BASE_CONFIGFILE_H

#include "base/strbuf.h"

/* Would a comment behind the value of this key hide a part of it? */
typedef bool configfile_delicate_fn(const char *section, const char *name);

/* -1 with a recorded error: cannot be read, no such syntax, a value that is cut short (file and line). */
int configfile_read(const char *path, configfile_delicate_fn *delicate, struct strbuf *out) MUST_CHECK;
/* The same without the look. */
int configfile_list(const char *path, struct strbuf *out) MUST_CHECK;
/* Of a text that is in no file. */
int configfile_list_text(const struct strbuf *text, struct strbuf *out) MUST_CHECK;
/* A value as git reads it back: between quotes, but for plain words. */
void configfile_add_value(struct strbuf *out, const char *value);

#endif
