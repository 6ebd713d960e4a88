/*
 * Private to lib/engine/: what a ranking holds between its calls. rank.c
 * gathers, rank-score.c scores, rank-reason.c explains.
 */
#ifndef ENGINE_RANK_STATE_H
#define ENGINE_RANK_STATE_H

#include "base/strmap.h"
#include "engine/bm25.h"
#include "engine/rank.h"

/* An identifier on changed lines of a commit. */
struct rank_ident {
	uint32_t ident;
	/* Changed lines that hold it. */
	uint32_t lines;
};

/* A profile file that a commit changes. */
struct rank_change {
	uint32_t path;
	/* Changed lines of code, removed and added. */
	uint32_t lines;
};

/* Calls for one commit come together, so its items lie side by side. */
struct rank_commit {
	/* Of author and subject up to the colon: what makes a series. */
	uint64_t topic;
	bool given, fixed, reverted, touches_header;
	/* Strongest directory in which it changes code, plus one. */
	uint32_t directory;
	/* Strongest path word of its subject, plus one. */
	uint32_t path_word;
	/* Identifiers on changed lines of profile files, each counted once a line. */
	uint32_t words;
	size_t change, ident, header, hit;
	uint32_t nchanges, nidents, nheaders, nhits;
};

struct rank {
	struct rank_query query;
	double weights[RANK_PARTS];
	/* Distinct names of hot functions, and g = ln(1 + share), the largest of a name's rows. */
	struct strmap names;
	double *name_weight;
	/* Query function of the name (its hottest row). */
	uint32_t *name_function;
	/* Per path: the sum of ln(1 + share) over its rows. */
	double *path_weight;
	/* Directories of the paths, and their sums of path_weight. */
	struct strmap dirs;
	uint32_t *dir_order;
	double *dir_weight;
	/* Words of the paths, and how much of the profile they stand for. */
	struct strmap path_words;
	double *path_word_weight;
	/* Identifiers in bodies of hot functions: the sum of g over the functions. */
	struct strmap idents;
	double *ident_use;
	size_t ident_alloc;
	/* In how many commits a changed line of a profile file, or of a header, holds it. */
	uint32_t *ident_commits, *ident_header_commits;
	/* Line on which an identifier was last seen; its item in the open list, plus one. */
	uint32_t *ident_line, *ident_slot;
	uint32_t line_number;
	/* The commit that is being told of, and whether of its headers. */
	size_t open;
	bool open_header;
	struct bm25 *message, *context;
	struct rank_commit *commits;
	struct rank_change *changes;
	size_t nchanges, changes_alloc;
	struct rank_ident *counts;
	size_t ncounts, counts_alloc;
	struct rank_hit *hits;
	size_t nhits, hits_alloc;
	/* Mean of `words` over the commits that change something. */
	double mean_words;
	size_t given;
	struct rank_result *results;
	uint32_t *order;
};

/* idf of something that `commits` of the range change: 1 for none, towards 0 for all. */
double rank_rarity(const struct rank *rank, uint32_t commits);
/* What one identifier of a change to a profile file adds to RANK_USES. */
double rank_use(const struct rank *rank, const struct rank_commit *commit, const struct rank_ident *count);
/* What one identifier of a change to a header is worth; RANK_HEADER takes the largest. */
double rank_header_use(const struct rank *rank, const struct rank_ident *count);
void rank_score_all(struct rank *rank);

#endif
