/*
 * Words of messages, names and paths, as the ranking counts them.
 *
 * A word is a run of letters, digits and "_". It counts by its pieces: cut at
 * "_" and where camelCase turns, in lower case, stemmed, and with the common
 * abbreviations of systems code made one (tx, xmit and transmit are one word).
 * Pieces of one character, numbers and stop words do not count. A word of
 * more than one piece counts as a whole as well, in lower case only.
 */
#ifndef ENGINE_WORDS_H
#define ENGINE_WORDS_H

#include "base/compat.h"

/* Longer words are cut here. */
#define WORD_MAX 128

/* `word` is NUL-terminated, in its canonical form, borrowed for the call. */
typedef void word_fn(const char *word, size_t len, void *data);
void words_of(const char *text, size_t len, word_fn *fn, void *data);

/* The same in two steps, so that the second can be remembered: pieces in lower case ... */
typedef void piece_fn(const char *piece, size_t len, bool whole, void *data);
void words_split(const char *text, size_t len, piece_fn *fn, void *data);
/* ... and the canonical form of a piece in `word` (WORD_MAX + 1 bytes); 0 when it does not count. */
size_t word_canonical(const char *piece, size_t len, bool whole, char *word);

/*
 * Calls `fn` for each identifier of a line of C, of three characters or more
 * and no keyword or basic type, as it stands, not NUL-terminated.
 */
void identifiers_of(const char *text, size_t len, word_fn *fn, void *data);
/* The same for many lines, without what stands in comments and literals. */
void code_identifiers_of(const char *text, size_t len, word_fn *fn, void *data);

#endif
