/*
 * Contexts and plans of Arm's Fastpath, read from YAML: what `fastpath bisect
 * start` wrote, or a plan by itself.
 *
 *	struct fastpath_context context = FASTPATH_CONTEXT_INIT;
 *
 *	if (fastpath_read(&context, path))
 *		return -1;
 *	...
 *	fastpath_release(&context);
 *
 * One document without aliases, anchors, tags and merge keys; at most
 * FASTPATH_BYTES_MAX bytes, FASTPATH_DEPTH_MAX levels, FASTPATH_NODES_MAX
 * nodes. Keys that are not known are kept as warnings, with their line. A
 * list of texts may also be one text.
 *
 * Errors: -1, and a sentence with file and line; `kind` and `line` of
 * struct fastpath_error say the same to programs.
 */
#ifndef STORE_FASTPATH_YAML_H
#define STORE_FASTPATH_YAML_H

#include "base/strvec.h"

#define FASTPATH_BYTES_MAX ((size_t)1 << 20)
#define FASTPATH_DEPTH_MAX 16
#define FASTPATH_NODES_MAX 20000

enum fastpath_error_kind {
	FASTPATH_OK,
	/* The file cannot be read. */
	FASTPATH_IO,
	/* It is no YAML. */
	FASTPATH_SYNTAX,
	/* An alias, an anchor, a tag, a second document. */
	FASTPATH_FORBIDDEN,
	/* Too big, too deep, too many nodes. */
	FASTPATH_LIMIT,
	/* A key that stands twice. */
	FASTPATH_DUPLICATE,
	/* A key that must be there is missing. */
	FASTPATH_MISSING,
	/* A text where a list is expected, and the like; a number that is none. */
	FASTPATH_TYPE,
};

struct fastpath_error {
	enum fastpath_error_kind kind;
	/* From 1; 0: of no line. */
	size_t line;
};

struct fastpath_swprofile {
	/* "" where absent. */
	char *name;
	char *kernel;
	char *kernel_git_sha;
	struct strvec cmdline;
	struct strvec sysctl;
	struct strvec bootscript;
};

struct fastpath_benchmark {
	char *suite;
	char *name;
	/* "" where absent. */
	char *type;
	char *image;
	/* The plan's defaults where the benchmark says nothing; 0: neither does. */
	unsigned warmups, repeats, sessions;
	/* Each may be a node of its own (server, client); 0: it names none. */
	unsigned roles;
};

struct fastpath_context {
	/* Texts are "" where absent. */
	char *sut;
	/* 0: it names none, and is one. */
	unsigned nodes;
	/* "SSH" */
	char *method;
	char *host;
	char *user;
	/* 0: absent. */
	unsigned port;
	char *keyfile;
	struct fastpath_swprofile *swprofiles;
	size_t swprofiles_nr;
	size_t swprofiles_alloc;
	struct fastpath_benchmark *benchmarks;
	size_t benchmarks_nr;
	size_t benchmarks_alloc;
	/* Of defaults.benchmark; 0: absent. */
	unsigned warmups, repeats, sessions;

	/* A context only; "" in a plan. */
	bool is_context;
	char *good_swprofile;
	char *good_sha;
	char *bad_swprofile;
	char *bad_sha;
	char *resultclass;
	/* URLs as of store/foreign.h, as they were written: perhaps with a password. */
	char *resultstore;
	char *output_resultstore;

	/* "line 12: 'image-cache' is not known and was left out" */
	struct strvec warnings;
	struct fastpath_error error;
};

#define FASTPATH_CONTEXT_INIT            \
	{                                \
		.warnings = STRVEC_INIT, \
	}

int fastpath_read(struct fastpath_context *context, const char *path) MUST_CHECK;
/* `name` is for messages. */
int fastpath_parse(struct fastpath_context *context, const char *text, size_t len, const char *name) MUST_CHECK;
void fastpath_release(struct fastpath_context *context);

#endif
