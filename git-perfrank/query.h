/*
 * What the subcommands of git perfrank share: the options that say which
 * commits and which profile, and the ranking that follows from them.
 *
 *	struct query query = QUERY_INIT;
 *
 *	query_configure(&query, rows, &opts);		git's configuration into options
 *	options_parse(...)
 *	query_conflict(...)				what excludes each other was given
 *	query_open(&query, &opts.query, words, nr);	range and profile; dies with a sentence
 *	query_rank(&query, &opts.query);		the evidence and the scores
 *	query_release(&query);
 */
#ifndef GIT_PERFRANK_QUERY_H
#define GIT_PERFRANK_QUERY_H

#include "engine/rank.h"
#include "profile/callers.h"
#include "profile/paths.h"
#include "profile/profile.h"
#include "profile/resolve.h"
#include "repo/chunk.h"
#include "repo/config.h"
#include "repo/includes.h"
#include "repo/range.h"
#include "repo/repo.h"
#include "repo/touch.h"
#include "ui/options.h"

/* The default profile, below the repository's common directory. */
#define QUERY_PROFILE "perf/kernel_func.csv"

/* Larger files are data, not code: they change as a whole. */
#define QUERY_BLOB_MAX ((size_t)16 << 20)

struct query_options {
	char *profile;
	char *context;
	char *context_file;
	char *chunk;
	char *weights;
	/* -1: not said, so yes. */
	int resolve;
	int progress;
	int color;
};

/* The option rows of struct query_options, the first member `query` of `holder`. */
#define QUERY_OPTION_ROWS(holder)                                                                        \
	{ .type = OPTION_GROUP, .help = "What to rank by" },                                             \
		{ .type = OPTION_STRING,                                                                 \
		  .letter = 'p',                                                                         \
		  .name = "profile",                                                                     \
		  .arg = "<file>",                                                                       \
		  .at = offsetof(holder, query.profile),                                                 \
		  .config = "profile",                                                                   \
		  .complete = "file",                                                                    \
		  .help = "the hot functions: CSV, perf.data, folded stacks; - is the standard input" }, \
		{ .type = OPTION_STRING,                                                                 \
		  .name = "context",                                                                     \
		  .arg = "<text>",                                                                       \
		  .at = offsetof(holder, query.context),                                                 \
		  .help = "what got slower, in your words" },                                            \
		{ .type = OPTION_STRING,                                                                 \
		  .name = "context-file",                                                                \
		  .arg = "<file>",                                                                       \
		  .at = offsetof(holder, query.context_file),                                            \
		  .complete = "file",                                                                    \
		  .help = "the same from a file; - is the standard input" },                             \
		{ .type = OPTION_TRISTATE,                                                               \
		  .name = "resolve",                                                                     \
		  .at = offsetof(holder, query.resolve),                                                 \
		  .config = "resolve",                                                                   \
		  .help = "look for the functions in the tree, whatever files the profile names" },      \
		{ .type = OPTION_STRING,                                                                 \
		  .name = "chunk",                                                                       \
		  .arg = "(tags|rc|none|<n>)",                                                           \
		  .at = offsetof(holder, query.chunk),                                                   \
		  .config = "chunk",                                                                     \
		  .check = query_check_chunk,                                                            \
		  .initial = "tags",                                                                     \
		  .help = "cut the range at release tags, at pre-releases too, not at all, every <n>" }, \
		{ .type = OPTION_STRING,                                                                 \
		  .name = "weights",                                                                     \
		  .arg = "<name>=<x>,...",                                                               \
		  .at = offsetof(holder, query.weights),                                                 \
		  .config = "weights",                                                                   \
		  .check = query_check_weights,                                                          \
		  .help = "other weights for kinds of evidence" },                                       \
		{ .type = OPTION_TRISTATE,                                                               \
		  .name = "progress",                                                                    \
		  .at = offsetof(holder, query.progress),                                                \
		  .help = "report progress, or do not, whatever stderr is" },                            \
	{                                                                                                \
		.type = OPTION_TRISTATE, .name = "color", .at = offsetof(holder, query.color),           \
		.help = "use colour, or do not, whatever stdout is"                                      \
	}

/* A file that functions of a profile file were in before a commit of the range took them over. */
struct moved {
	char *from;
	/* Of hot->paths: where they are at the bad end; and the commit that moved them. */
	uint32_t path, until;
	/* Only changes in these count. */
	struct strvec names;
};

/* One change of one watched path by one commit. */
struct change {
	uint32_t commit;
	/* Index into query->moved plus one; 0: the file itself, under whatever name. */
	uint32_t moved;
	/* Index into query->hot.paths. */
	uint32_t path;
	struct oid before;
	struct oid after;
};

/* The profile as the tree at the bad end has it. */
struct hot {
	/* What the index of functions says of the profile's rows. */
	struct resolved resolved;
	/* A row's function in each of its places, by row; and the row of each. */
	struct rank_function *functions;
	size_t nfunctions, functions_alloc;
	uint32_t *rows;
	size_t rows_alloc;
	/* What calls them; `row` is the index of a function. */
	struct callers callers;
	/* Paths that exist in byte order, borrowed from the profile and the index. */
	const char **paths;
	size_t npaths;
	/* Functions that the index does not know and the row's file does not hold, by falling share. */
	uint32_t *wrong;
	size_t nwrong, wrong_alloc;
	struct includes includes;
};

/* What a partial clone lacks of what the ranking reads. */
struct missing {
	/* Changes that do not count, as one of their two versions is not here; their files, with repeats. */
	size_t changes;
	struct strvec paths;
	/* What files of the profile were called before: where they may have to be looked for. */
	struct strvec old_names;
	/* Files that are not here as they are at the bad end. */
	struct strvec sources;
	/* Commits that add a file of which is not known what it was called before. */
	uint32_t *additions;
	size_t nadditions, additions_alloc;
};

#define MISSING_INIT                                                                   \
	{                                                                              \
		.paths = STRVEC_INIT, .old_names = STRVEC_INIT, .sources = STRVEC_INIT \
	}

struct query {
	struct config config;
	struct repo *repo;
	struct range range;
	struct chunks chunks;
	struct profile profile;
	struct profile_paths paths;
	/* The functions of the tree at the bad end; the first until it is there. NULL: done without. */
	struct definitions_work *indexing;
	struct definitions *definitions;
	/* The profile's paths are taken as they are. */
	bool believe;
	struct hot hot;
	char *context;
	/* As it can be opened again from another folder; "-": the standard input. */
	char *profile_path;
	/* Changes of profile files by commits that are no merges, by commit, then path. */
	struct change *changes;
	size_t nchanges, changes_alloc;
	/* Owned; by path, commit and file. */
	struct moved *moved;
	size_t nmoved, moved_alloc;
	/* Merges that differ from every parent in a profile file, likewise. */
	struct change *merges;
	size_t nmerges, merges_alloc;
	struct touch_stats stats;
	/* walk_early() was there: the paths of the changes are those of query->paths. */
	bool walked_early;
	struct missing missing;
	struct rank *rank;
};

#define QUERY_INIT                                                                                   \
	{                                                                                            \
		.config = CONFIG_INIT, .hot = { .includes = INCLUDES_INIT }, .missing = MISSING_INIT \
	}

/*
 * Values of the section perfrank into options. Keys of the section that no
 * row of any subcommand knows are warned about, with the nearest name.
 */
void query_configure(struct query *query, const struct option *rows, void *values);
/* Options that exclude each other: says so, and the usage; the status is EXIT_USAGE then. */
bool query_conflict(const struct option_set *set, const struct query_options *opts);
/* Of the option rows. */
int query_check_chunk(const char *word);
int query_check_weights(const char *text);
void query_open(struct query *query, const struct query_options *opts, const char *const *words, size_t nr);
void query_rank(struct query *query, const struct query_options *opts);
/* The same without messages and scores: which commits touch, and in which hot functions. */
void query_list(struct query *query, const struct query_options *opts);
void query_release(struct query *query);

/* Says on stderr what git's children said on theirs. */
void query_report_git(void);
/* Says on stderr which paths of the profile are not in the tree, and what is near them. */
void query_report_paths(const struct query *query);

/* The first 12 digits of a commit's id; valid until the next call. */
const char *query_hex(const struct query *query, size_t commit);
/* Does any row of the profile name a file? */
bool query_has_paths(const struct query *query);
/* Says that no commit of the range changes a file of the profile. */
void query_report_nothing(const struct query *query);

/* The changes of one commit, [first, *end) of query->changes. */
size_t query_changes_of(const struct query *query, size_t commit, size_t *end);

/* evidence.c: places the hot functions in the tree and makes query->rank. */
int evidence_hot(struct query *query, const double *weights) MUST_CHECK;
/*
 * walk.c: fills query->changes and query->merges. What is already certain to be
 * wanted, the profile's own paths, can be walked for before the functions are
 * placed; walk_range() then asks for the others only, and drops what is not.
 */
int walk_early(struct query *query, int progress) MUST_CHECK;
int walk_range(struct query *query, int progress) MUST_CHECK;
/* moves.c: files that hot functions were in before; the walk asks for them, too. */
int moves_find(struct query *query) MUST_CHECK;
void moves_release(struct query *query);
/* gather.c: messages and changed lines into the ranking. */
int gather_messages(struct query *query, int progress) MUST_CHECK;
int gather_changes(struct query *query, int progress) MUST_CHECK;
/*
 * missing.c: notes a change of which one version is not here, a file as it is
 * at the bad end, a commit whose renames are not known for that; says on
 * stderr how many there are, and the commands that fetch them. We never do.
 */
void missing_change(struct query *query, const char *path);
void missing_source(struct query *query, const char *path);
void missing_name(struct query *query, uint32_t commit);
void missing_report(const struct query *query);
/* nearby.c: what the commits that deserve a closer look change beside the profile's files. */
int gather_nearby(struct query *query) MUST_CHECK;

#endif
