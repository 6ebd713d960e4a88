/*
 * The header of a C function: what stands before the brace that opens its
 * body, with its return type, attributes, K&R declarations, and #ifdefs
 * between alternatives.
 */
#ifndef REPO_HEADER_H
#define REPO_HEADER_H

#include "base/compat.h"

/* No header has more lines. */
#define HEADER_LINES 60

/*
 * The name in the header [p, end), where the brace stands at `end`. False
 * where this is no header of a function, but of a table, struct, enum,
 * namespace, or a statement. The name borrows from the text.
 */
bool header_name(const char *p, const char *end, const char **name, size_t *len);

/*
 * The line begin of the header that ends at `brace`, looking upward but never
 * before `text`; the line begin of `brace` itself where no more belongs to it.
 */
const char *header_begin(const char *text, const char *brace);

#endif
