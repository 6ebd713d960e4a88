/*
 * Which functions did a change of a C file touch? Pure text, no git: the
 * common ends of the two versions are trimmed, the middle is compared line by
 * line (Myers), and for each hunk the enclosing function is found by a local
 * scan, which beats both git's hunk headers (they name the preceding
 * function) and a full lexer in speed.
 */
#ifndef REPO_FUNCTION_H
#define REPO_FUNCTION_H

#include "base/compat.h"

/* A run of lines that one version has instead of another run of the other. */
struct hunk {
	/* Lines counted from 0; [from, to) in each version; either may be empty. */
	uint32_t old_from, old_to;
	uint32_t new_from, new_to;
};

struct function_sink {
	/*
	 * A function that changed lines lie in, or "-" for lines outside any;
	 * `name` is not NUL-terminated; comes once per function and side.
	 */
	void (*function)(const char *name, size_t len, void *data);
	/*
	 * A changed line, without its newline: `side` is '-' or '+'. May be NULL.
	 * `in_comment` is set where the line holds nothing but a comment.
	 */
	void (*line)(char side, const char *text, size_t len, bool in_comment, void *data);
	void *data;
};

/*
 * Compares two versions of a file. Returns the number of lines added and
 * removed. Versions with NUL bytes in their first 8000 bytes are binary:
 * 0 is returned and nothing is reported.
 */
size_t function_changes(const char *old, size_t old_len, const char *new_, size_t new_len,
			const struct function_sink *sink);

/* One function of a file: lines counted from 0, [from, to). */
struct function_range {
	const char *name;
	size_t len;
	/* Header's first line, the line of the opening brace, one past the closing one. */
	uint32_t from, body, to;
	/* Byte offsets of the header's begin and the end. */
	size_t start, end;
};

/*
 * All functions of a file by a small lexer, in order; names point into `text`.
 * Returns how many there are; `*ranges` is the caller's to free().
 */
size_t function_ranges(const char *text, size_t len, struct function_range **ranges);

#endif
