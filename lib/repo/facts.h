/*
 * What one source file defines and calls, as an index of a whole tree wants to
 * know it. Pure text, no git.
 *
 *	struct facts_sink sink = { .function = note_function, .call = note_call, .data = mine };
 *
 *	if (facts_wanted(path))
 *		facts_of(path, text, len, &sink);
 *
 * In C, functions are what function_ranges() finds, under the names that it
 * gives them (SYSCALL_DEFINE3(read, ...) is "read"), and a call is a word with
 * a "(" behind it in a body, outside of comments and strings: a macro that is
 * used like a function is one, too, unless its name is all capitals. In
 * assembler, functions are what SYM_FUNC_START(), SYM_CODE_START(), ENTRY() and
 * their kin name; they call nothing. Any bytes may be passed; time is linear.
 */
#ifndef REPO_FACTS_H
#define REPO_FACTS_H

#include "base/compat.h"

enum facts_flag {
	/* Made by SYSCALL_DEFINEn() or COMPAT_SYSCALL_DEFINEn(): a profile has a prefix before its name. */
	FACTS_SYSCALL = 1,
	FACTS_COMPAT = 2,
	/* Does nothing but return a constant, in a header: what stands in where a thing is configured away. */
	FACTS_STUB = 4,
	/* Holds where no other definition is linked. */
	FACTS_WEAK = 8,
};

struct facts_sink {
	/* A function, its name borrowed from the text, the line of its header's begin from 1. */
	void (*function)(const char *name, size_t len, unsigned flags, uint32_t line, void *data);
	/* What the latest function calls, each time that it stands there. May be NULL. */
	void (*call)(const char *name, size_t len, void *data);
	void *data;
};

/* Does the file's name say that it is C, C++ or assembler? */
bool facts_wanted(const char *path);

/* The calls alone, in the text of one function from the brace that opens its body or from before it. */
void facts_calls(const char *text, size_t len, const struct facts_sink *sink);

void facts_of(const char *path, const char *text, size_t len, const struct facts_sink *sink);

#endif
