/*
 * Private to lib/engine/: what a ranking holds between its calls. rank.c makes
 * it, rank-gather.c takes the evidence, rank-score.c scores, rank-reason.c
 * explains.
 */
#ifndef ENGINE_RANK_STATE_H
#define ENGINE_RANK_STATE_H

#include "base/strmap.h"
#include "engine/rank.h"
#include "engine/terms.h"

/* The path of a change to a header. */
#define RANK_HEADER_PATH (UINT32_MAX - 1)

/* What is known of a caller of hot functions by its name. */
struct rank_calling {
	uint32_t function;
	/* With the share of the hot one in it. */
	double weight;
};

/* An identifier that hot functions use, on changed lines. */
struct rank_ident {
	uint32_t ident;
	/* Changed lines that hold it. */
	uint32_t lines;
};

/* A profile file or header that a commit changes; once sorted, in order of commit and path. */
struct rank_change {
	uint32_t commit;
	/* Into the query's paths, or RANK_HEADER_PATH. */
	uint32_t path;
	/* Changed lines of code, removed and added, and all identifiers on them, once a line. */
	uint32_t lines, words;
	/* Into rank->counts, rank->hits and rank->caller_hits. */
	size_t ident, hit, caller;
	uint32_t nidents, nhits, ncallers;
};

/* A list of one kind, merged over a commit's changes. */
struct rank_list {
	size_t first;
	uint32_t nr;
};

struct rank_commit {
	/* Of author and subject up to the colon: what makes a series. */
	uint64_t topic;
	bool given, fixed, reverted;
	/* Strongest directory of its changes beside profile files, plus one. */
	uint32_t directory;
	/* Identifiers on changed lines of profile files, once a line. */
	uint32_t words;
	struct rank_list changes, idents, header_idents, hits, callers;
};

/* How a message answers the words of functions, paths and context; raw. */
struct rank_answers {
	double any, context, subject;
};

struct rank {
	struct rank_query query;
	double weights[RANK_PARTS];
	/* Distinct names of hot functions, and g = ln(1 + share), the largest of a name's rows. */
	struct strmap names;
	double *name_weight;
	/* Query function of the name: its hottest row. */
	uint32_t *name_function;
	/* Per path: the sum of ln(1 + share) over its rows. */
	double *path_weight;
	/* Directories of the paths, and the sums of path_weight directly in them. */
	struct strmap dirs;
	double *dir_weight;
	/* Words of messages, and what a word counts as context, as any word of ours, as a path's. */
	struct terms *messages;
	double *word_context, *word_any, *word_path;
	/* Words of changed functions and files; those of the context count one each. */
	struct terms *code;
	double *code_context;
	/* Identifiers in bodies of hot functions: the sum of g over the functions. */
	struct strmap idents;
	double *ident_use;
	size_t ident_alloc;
	/* In how many commits a changed line of a profile file, or of a header, holds it. */
	uint32_t *ident_commits, *ident_header_commits;
	/* Line on which an identifier was last seen; its item in the open list, plus one. */
	uint32_t *ident_line, *ident_slot;
	uint32_t line_number;
	struct rank_commit *commits;
	struct rank_change *changes;
	size_t nchanges, changes_alloc;
	struct rank_ident *counts;
	size_t ncounts, counts_alloc;
	struct rank_hit *hits;
	size_t nhits, hits_alloc;
	/* Callers by name, and those that commits change: `function` is the number of the name. */
	struct strmap caller_names;
	struct rank_calling *callers;
	size_t callers_alloc;
	struct rank_hit *caller_hits;
	size_t ncaller_hits, caller_hits_alloc;
	/* Mean of `words` over the commits that have any. */
	double mean_words;
	size_t given;
	/* What the messages answer, once all are read. */
	struct rank_answers *answers;
	struct rank_result *results;
	uint32_t *order;
};

/* idf of what `commits` of the range have: 1 for none, towards 0 for all. */
double rank_rarity(const struct rank *rank, uint32_t commits);
/* What one identifier on changed lines of profile files adds to RANK_USES. */
double rank_use(const struct rank *rank, const struct rank_commit *commit, const struct rank_ident *count);
/* What one identifier on changed lines of headers is worth; RANK_HEADER takes the largest. */
double rank_header_use(const struct rank *rank, const struct rank_ident *count);
/* Words of the subject that are words of profile paths. */
double rank_subject_words(const struct rank *rank, size_t commit, struct strbuf *words);
/* Ends the open list of identifiers; merges what was told into lists per commit. */
void rank_close_list(struct rank *rank);
void rank_merge(struct rank *rank);

#endif
