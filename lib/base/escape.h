/*
 * The one way in which foreign text (messages, authors, paths, errors) goes
 * to a terminal: control characters (C0, DEL, C1), line and paragraph
 * separators, bidirectional marks and overrides, and bytes that are no UTF-8
 * are shown as \n, \t, \xNN; nothing else changes.
 */
#ifndef BASE_ESCAPE_H
#define BASE_ESCAPE_H

#include "base/strbuf.h"

enum escape_flags {
	ESCAPE_ALL = 0,
	/* Newlines and tabs pass; for text of several lines. */
	ESCAPE_KEEP_LINES = 1,
};

/* Must this character not reach a terminal as it is? */
bool escape_needed(uint32_t point, enum escape_flags flags);
void escape_terminal(struct strbuf *out, const char *text, size_t len, enum escape_flags flags);
/* Appends `text` as valid UTF-8: bytes that are none become U+FFFD. For JSON. */
void escape_utf8(struct strbuf *out, const char *text, size_t len);
/* Length of the valid UTF-8 sequence at `text`, 0 if there is none; code point in *point. */
size_t utf8_sequence(const char *text, size_t len, uint32_t *point);

#endif
