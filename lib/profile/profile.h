/*
 * A profile: which functions were hot, how hot, and in which file they are
 * said to be. It is read from any of these, told apart by what is in them:
 *
 * - CSV with the columns function, samples, sys_percent, file_path, by name
 *   and in any order; and callers and callees, see below. Other columns are
 *   ignored. Names compare without case, and may also be symbol (function),
 *   percent or overhead (sys_percent; a "%" may follow the number), file or
 *   path (file_path). function and one of samples and sys_percent must be there.
 * - What perf record wrote (perf.data), through perf itself.
 * - What perf report --stdio printed, with its headers.
 * - Folded stacks: "main;parse;hash 123" a line.
 *
 *	struct profile profile = PROFILE_INIT;
 *	struct profile_options options = { .repo = repo, .commit = &tip };
 *
 *	if (profile_read(&profile, "perf.data", &options))
 *		return -1;
 *	... profile.rows[0].function, profile_share(&profile, 0) ...
 *	profile_release(&profile);
 *
 * What compilers append to a function (.isra.0, .constprop.0, .cold, ...) is
 * taken off; C++ and Rust functions lose their parameters and template
 * arguments where perf names them; rows of the same function and path are
 * summed.
 *
 * Where a call graph was recorded, the hottest callers and callees of each
 * function are weaker evidence beside it: row->calls. In CSV they are the
 * columns callers and callees, in which ";" separates calls and each is
 * "<function> <percent>", perhaps with " <path>" behind:
 *
 *	function,samples,sys_percent,file_path,callers,callees
 *	hash_find,41,4.1,src/hash.c,look_up 3.9 src/index.c;main 0.2,same_key 1.5 src/hash.c
 */
#ifndef PROFILE_PROFILE_H
#define PROFILE_PROFILE_H

#include "base/strmap.h"

#define PROFILE_BYTES_MAX ((size_t)256 << 20)
#define PROFILE_ROWS_MAX 2000000
/* What a double holds exactly, so that shares are right. */
#define PROFILE_SAMPLES_MAX ((uint64_t)1 << 53)

struct repo;
struct oid;

/* A function that calls, or is called by, the one of the row. */
struct profile_call {
	char *function;
	/* As that of a row; "" where it is not known. */
	char *path;
	/* Share of all samples, 0 to 100, in which the one had called the other. */
	double percent;
};

/* The highest share first. */
struct profile_calls {
	struct profile_call *callers;
	size_t ncallers;
	struct profile_call *callees;
	size_t ncallees;
};

struct profile_row {
	char *function;
	/*
	 * By which perf annotate -v -s finds it, with parameters, template arguments and what compilers append: the
	 * hottest of those that are this row. Of a perf.data; else NULL.
	 */
	char *symbol;
	/* One of profile.paths. Cleaned: no "./", no doubled slashes; "" where it is not known. */
	const char *path;
	/* 0 where they were not given. */
	uint64_t samples;
	/* The function's own share of all samples, 0 to 100; -1 where it was not given. */
	double percent;
	/* Share of all samples that it was on the stack of, itself included; 0 where no stacks were recorded. */
	double children;
	/* Where the first row of this function and path begins; 0 for a perf.data. */
	size_t line;
	/* NULL: none are known. Owned. */
	struct profile_calls *calls;
};

struct profile {
	/* The name for messages: the file's, or "standard input". Owned. */
	char *name;
	/* In the order of the file; of a perf.data, the hottest first. */
	struct profile_row *rows;
	size_t nr;
	size_t alloc;
	/* Those of the rows, each once: many functions share a file. */
	struct strmap paths;
	/* Of all rows. */
	uint64_t samples;
	/* Rows have a percent. */
	bool has_percent;
};

#define PROFILE_INIT         \
	{                    \
		.rows = NULL \
	}

/* How a perf.data is read; all may be left out, everything is borrowed. */
struct profile_options {
	/*
	 * The tree against whose paths those of the debug information are held;
	 * without, they become relative to the folder that the compiler ran in.
	 */
	struct repo *repo;
	const struct oid *commit;
	/* The kernel with debug information, and a folder of its modules. */
	const char *vmlinux;
	const char *modules;
	/* As perf's own --time: "10%-90%", or "12.5,20" in seconds. */
	const char *time;
	/* Only rows of the kernel and its modules; shares are still of all samples. */
	bool kernel_only;
};

/*
 * Reads `path` ("-": standard input, not for a perf.data) as it comes, so that
 * only rows take memory. `options` may be NULL. Errors name file, line and
 * what was expected: no such column, not a number, negative, above 100 %, a path
 * that is absolute or leaves the tree (".."), no rows, too many rows; for a
 * perf.data: no perf, not the user's own, damaged, no samples in that time, a
 * vmlinux that is not there or not of that kernel.
 */
int profile_read(struct profile *profile, const char *path, const struct profile_options *options) MUST_CHECK;
/* Text forms only. */
int profile_parse(struct profile *profile, const char *text, size_t len, const char *name) MUST_CHECK;
void profile_release(struct profile *profile);

/* Share of row `i` in percent: sys_percent, or samples of all samples. */
double profile_share(const struct profile *profile, size_t i);

/* Appends the profile as CSV, with calls where any are known. */
struct strbuf;
void profile_add_csv(const struct profile *profile, struct strbuf *out);

#endif
