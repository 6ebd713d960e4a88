/*
 * A function as profilers name it, made the name that a source has for it:
 * "void eng::sort<int*>(int*, int*) [clone .isra.0]" is eng::sort.
 */
#ifndef PROFILE_SYMBOL_H
#define PROFILE_SYMBOL_H

#include "base/strbuf.h"

/*
 * Replaces `out` by the name without parameters, return type, template
 * arguments and notes on clones; namespaces and classes stay, and so does what
 * is no C++ or Rust. Never empty unless `text` is.
 */
void symbol_name(struct strbuf *out, const char *text, size_t len);

/* An address that stands where no name was known: 0x12ab. */
bool symbol_is_unknown(const char *text, size_t len);

#endif
