/*
 * Which functions did a change of a C file touch? Pure text, no git: the two
 * versions are compared by repo/linediff.h, and for each changed line the
 * enclosing function is found by a local scan, which beats both git's hunk
 * headers (they name the preceding function) and a full lexer in speed.
 *
 *	struct function_sink sink = { .function = note_function, .line = note_line, .data = mine };
 *	size_t churn = function_changes(old, old_len, new_, new_len, &sink);
 *
 * A function reaches from the first line of its header (the return type, if
 * that stands on a line of its own) to its closing brace. Comments before it
 * and everything else between functions (tables, structs, prototypes, macros)
 * is "-". SYSCALL_DEFINE3(read, ...) and other macros in capitals that define
 * a function are named by their first argument: "read".
 *
 * Any bytes may be passed; time is linear in the versions but for the
 * bounded comparison of their middle.
 */
#ifndef REPO_FUNCTION_H
#define REPO_FUNCTION_H

#include "base/compat.h"

struct function_sink {
	/*
	 * Once for each distinct function of the pair, both versions merged, in
	 * the order of first sight, after all lines: `lines` is how many changed
	 * lines (removed + added) lie in it, not counting blank ones and those
	 * that hold only a comment, so it may be 0. "-" stands for all lines
	 * outside any function. `name` is not NUL-terminated, and is valid during
	 * the call only. May be NULL.
	 */
	void (*function)(const char *name, size_t len, size_t lines, void *data);
	/*
	 * A changed line, without its newline: `side` is '-' or '+', in the order
	 * of a diff. `in_comment` is set where the line is blank or holds nothing
	 * but a comment, as far as a local look can tell. May be NULL.
	 */
	void (*line)(char side, const char *text, size_t len, bool in_comment, void *data);
	void *data;
};

/*
 * Compares two versions of a file; an empty one (len 0, may be NULL) stands
 * for a file that was added or deleted. Returns the number of lines removed
 * plus added. Versions with NUL bytes in their first 8000 bytes are binary:
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
