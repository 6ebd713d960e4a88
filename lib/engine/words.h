/*
 * Words of messages and source lines, as the ranking counts them.
 *
 * A word of a text is a run of letters, digits and "_" that begins with a
 * letter or "_"; it counts in lower case, and where it holds "_", its pieces
 * count as well: try_charge_memcg gives itself, try, charge and memcg. Words
 * of fewer than three characters do not count.
 */
#ifndef ENGINE_WORDS_H
#define ENGINE_WORDS_H

#include "base/compat.h"

#define WORD_MAX 128

/* `word` is in lower case, NUL-terminated, borrowed for the call. */
typedef void word_fn(const char *word, size_t len, void *data);

void words_of_text(const char *text, size_t len, word_fn *fn, void *data);
/* Runs of [a-z0-9]{3,} of the lower-cased text: the words of a path or subject. */
void words_of_path(const char *text, size_t len, word_fn *fn, void *data);

/*
 * The length of `word` without its ending ing, ed, es or s, if more than three
 * characters stay: enough of a stemmer to make "wakeups" meet "wakeup".
 */
size_t word_stem(const char *word, size_t len);

/* Says nothing about any commit: the, and, with, use, ... */
bool word_is_stop(const char *word, size_t len);

/*
 * Calls `fn` for each identifier of a line of C, of three characters or more
 * and no keyword or basic type, as it stands.
 */
typedef void identifier_fn(const char *name, size_t len, void *data);
void identifiers_of_code(const char *text, size_t len, identifier_fn *fn, void *data);

#endif
