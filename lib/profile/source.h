/*
 * In which source file does a function of a program, library, kernel or module
 * begin, as its debug information says? The only door to libdw.
 *
 *	struct source *source;
 *	struct source_function f;
 *
 *	if (source_open(&source, "/usr/bin/program"))
 *		return -1;
 *	if (source_at_offset(source, offset, &f))
 *		... f.file, f.line, f.name ...
 *	source_close(source);
 *
 * All units are walked once, for the ranges of their functions; a look-up is a
 * binary search. That is right where asking for the unit at an address is not:
 * clang's units, link-time optimisation, parts moved away (.cold), inlined
 * headers, two static functions of the same name.
 *
 * Debug information is looked for in the file, by its build id and debug link
 * below /usr/lib/debug, and nowhere on the net. Without any, or for a file that
 * holds none, source_open() succeeds and nothing is found.
 *
 * Addresses are those of the file as it was linked; offsets are from its first
 * byte. Errors: a file that cannot be opened or is no ELF file.
 */
#ifndef PROFILE_SOURCE_H
#define PROFILE_SOURCE_H

#include "base/strbuf.h"

struct source;

/* Borrowed from the source. */
struct source_function {
	/* As the source has it, without namespaces; and as the linker has it. */
	const char *name;
	const char *linkage;
	/* As the compiler saw it, absolute where it can be made so; and the folder that the compiler ran in, or "". */
	const char *file;
	const char *folder;
	int line;
	/* The range that holds the address: [low, high). */
	uint64_t low;
	uint64_t high;
};

int source_open(struct source **source, const char *path) MUST_CHECK;
void source_close(struct source *source);

/* How many ranges of functions are known; 0: there is no debug information. */
size_t source_nr(const struct source *source);
/* In hexadecimal; "" without one. */
const char *source_build_id(const struct source *source);

/* True when the function and its file are known. */
bool source_at(struct source *source, uint64_t address, struct source_function *f);
/* As perf has addresses of programs and libraries. */
bool source_at_offset(struct source *source, uint64_t offset, struct source_function *f);

/*
 * By the linker's name, for what runs elsewhere than where it was linked.
 * Where several files have a function of that name, the one counts that
 * `address` lies in when it was moved by a multiple of `step` (a power of two;
 * 0: any); false when that does not decide.
 */
bool source_named(struct source *source, const char *linkage, uint64_t address, uint64_t step,
		  struct source_function *f);

#endif
