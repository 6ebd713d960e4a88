/*
 * Regular expressions, through PCRE2 (Perl's syntax), on bytes: text that is
 * no UTF-8 matches like any other. Work, depth and memory of a match are
 * limited, so that no pattern and no text can take the machine.
 *
 *	struct regex *re = regex_compile("events:\\s+(\\d+)", 0);
 *	struct regex_span spans[2];
 *
 *	if (!re)
 *		return -1;
 *	found = regex_search(re, text, len, 0, spans, 2);
 *	regex_free(re);
 *
 * spans[0] is the whole match, spans[n] the n-th group. A pattern that does
 * not compile is an error that names the pattern, what is wrong and the offset
 * of the byte; a match that meets a limit is an error as well, not a mismatch.
 */
#ifndef BASE_REGEX_H
#define BASE_REGEX_H

#include "base/compat.h"

#define REGEX_PATTERN_MAX 65536

enum regex_flags {
	REGEX_IGNORE_CASE = 1,
	/* "^" and "$" stand at every line. */
	REGEX_LINES = 2,
};

/* Bytes [start, end) of the text; both SIZE_MAX for a group that took no part. */
struct regex_span {
	size_t start;
	size_t end;
};

struct regex;

/* NULL with a recorded error. */
struct regex *regex_compile(const char *pattern, enum regex_flags flags);
/* How many groups the pattern has. */
size_t regex_groups(const struct regex *re);
/*
 * The first match that begins at byte `from` or later. Fills `nr` spans.
 * Returns 1, 0 when there is none, or -1 with a recorded error.
 */
int regex_search(struct regex *re, const char *text, size_t len, size_t from, struct regex_span *spans,
		 size_t nr) MUST_CHECK;
void regex_free(struct regex *re);

#endif
