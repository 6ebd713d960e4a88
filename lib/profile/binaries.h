/*
 * The programs, libraries, kernel and modules that a profile names, each
 * opened once, and the source files of their functions as paths of a tree.
 *
 *	struct binaries binaries = BINARIES_INIT;
 *
 *	if (binaries_prepare(&binaries, &options))
 *		return -1;
 *	binaries_add_build_id(&binaries, "/usr/bin/program", "97377...");
 *	if (binaries_check_kernel(&binaries, "perf.data"))
 *		return -1;
 *	path = binaries_path(&binaries, &where, NULL);	"" when it is not known
 *	binaries_release(&binaries);
 *
 * A file whose build id is not the recorded one has been rebuilt since: it is
 * looked for in perf's own cache (~/.debug), else nothing is known of it.
 */
#ifndef PROFILE_BINARIES_H
#define PROFILE_BINARIES_H

#include "base/strmap.h"
#include "base/strvec.h"
#include "profile/profile.h"
#include "profile/source.h"
#include "profile/suffix.h"

struct binaries {
	const struct profile_options *options;
	/* By the name that perf has for them. */
	struct strmap names;
	struct binary {
		/* NULL: not opened yet, or not to be had. */
		struct source *source;
		bool tried;
		/* "" where none was recorded. Owned. */
		char *build_id;
	} * v;
	size_t alloc;
	/* Modules with debug information: their names, and where they are. */
	struct strmap modules;
	struct strvec module_paths;
	struct source *vmlinux;
	struct suffixes suffixes;
	/* Paths of files that were asked for: their number, and what they are in the tree. */
	struct strmap files;
	struct strvec paths;
	struct strbuf scratch;
};

#define BINARIES_INIT                                                                                         \
	{                                                                                                     \
		.names = STRMAP_INIT, .modules = STRMAP_INIT, .module_paths = STRVEC_INIT,                    \
		.suffixes = SUFFIXES_INIT, .files = STRMAP_INIT, .paths = STRVEC_INIT, .scratch = STRBUF_INIT \
	}

/* A place in a function, as perf has it. */
struct place {
	const char *object;
	/* As the linker has it, but for C++ and Rust, and without what compilers append. */
	const char *function;
	/* Offset in the file of a program; as it ran for the kernel. */
	uint64_t address;
	/* `address` is where the function begins. */
	bool is_begin;
};

/* Opens options->vmlinux, lists options->modules and the tree; errors name what is not there. */
int binaries_prepare(struct binaries *binaries, const struct profile_options *options) MUST_CHECK;
void binaries_add_build_id(struct binaries *binaries, const char *name, const char *build_id);
/* An error when the vmlinux is not the kernel whose build id was recorded in `profile`. */
int binaries_check_kernel(const struct binaries *binaries, const char *profile) MUST_CHECK;

/*
 * Borrowed; relative to the top of the tree; "" when not known. `name` (may be
 * NULL) becomes the function's name in its source, where that is known.
 */
const char *binaries_path(struct binaries *binaries, const struct place *place, const char **name);
/* Of a file as a compiler saw it, in this folder (or ""). */
const char *binaries_file(struct binaries *binaries, const char *file, const char *folder);

/* Is this the kernel, or one of its modules? */
bool binary_is_kernel(const char *name);

void binaries_release(struct binaries *binaries);

#endif
