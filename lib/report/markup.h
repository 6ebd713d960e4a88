/*
 * Text for XML and HTML: what moves a terminal is shown as base/escape.h shows it,
 * what XML has no place for is U+FFFD, and what it reads is an entity.
 */
#ifndef REPORT_MARKUP_H
#define REPORT_MARKUP_H

#include "base/escape.h"

/* For content and for attributes between any quotes. */
void markup_add(struct strbuf *out, const char *text);
void markup_addn(struct strbuf *out, const char *text, size_t len, enum escape_flags flags);

#endif
