/*
 * Text as one word for a POSIX shell, to be run or to be shown to be typed.
 * What git writes and reads back itself (git bisect's log) has its own quoting.
 */
#ifndef BASE_QUOTE_H
#define BASE_QUOTE_H

#include "base/strbuf.h"

/* 'it'\''s': always between quotes. */
void quote_shell(struct strbuf *out, const char *text);
/* As it stands where no shell would see anything in it, else between quotes. */
void quote_shell_word(struct strbuf *out, const char *word);

#endif
