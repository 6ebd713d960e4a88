/*
 * Scores the commits of a range by how likely each made the profiled program
 * slower. Pure: texts and counts go in, scores come out; no git, no clock,
 * no chance. What the evidence is, why, and what it is worth:
 * Documentation/technical/ranking.adoc.
 *
 *	struct rank *rank = rank_new(&query);
 *
 *	rank_body(rank, function, text, len);		bodies of the hot functions
 *	rank_caller(rank, &caller);			functions that call hot ones
 *	rank_message(rank, commit, &message);		every commit but merges, once
 *	rank_named(rank, commit, reverted);		a later commit fixes or reverts it
 *	rank_file(rank, commit, path);			a profile file that it changes,
 *	rank_line(rank, text, len);			its changed lines of code,
 *	rank_changed(rank, name, len, lines);		and the functions they are in
 *	nr = rank_closer(rank, max, commits);		who deserves a closer look?
 *	rank_header(rank, commit, path); rank_line()	a header of profile files it changes
 *	rank_nearby(rank, commit, directory, name);	code it changes beside profile files
 *	rank_finish(rank);
 *	rank_result(rank, commit), rank_order(rank), rank_reason(...)
 *	rank_free(rank);
 *
 * Commits are numbered 0 to ncommits - 1 in the order of the range, and may
 * come in any order. rank_line() and rank_changed() belong to the latest
 * rank_file() or rank_header().
 */
#ifndef ENGINE_RANK_H
#define ENGINE_RANK_H

#include "base/strbuf.h"

#define RANK_NO_PATH UINT32_MAX

/* The kinds of evidence; a score is the sum of its parts. */
enum rank_part {
	RANK_HUNK,
	RANK_CHURN,
	RANK_USES,
	RANK_HEADER,
	RANK_DIRECTORY,
	RANK_MESSAGE,
	RANK_SUBJECT,
	RANK_CONTEXT,
	RANK_CODE,
	RANK_NAMED,
	RANK_CALLS,
	RANK_PARTS,
};

struct rank_part_info {
	/* One word, as --weights and JSON have it. */
	const char *name;
	/* What it measures, for people. */
	const char *text;
	/* The built-in weight: what the strongest commit of the range gets. */
	double weight;
};

const struct rank_part_info *rank_part_info(enum rank_part part);

struct rank_function {
	const char *name;
	/* Share of all samples in percent, 0 to 100. */
	double share;
	/* Index into the query's paths, or RANK_NO_PATH where the file is unknown or wrong. */
	uint32_t path;
	/*
	 * In so many files is a function of this name defined, of which one may be
	 * meant: it is told once for each, and weighs less as evidence against a
	 * file. 0 is 1.
	 */
	uint32_t places;
};

struct rank_query {
	/* All borrowed until rank_free(). */
	const struct rank_function *functions;
	size_t nfunctions;
	/* Relative to the top of the tree. */
	const char *const *paths;
	size_t npaths;
	/* What got slower, in the user's words; "" for none. */
	const char *context;
	size_t ncommits;
	/* RANK_PARTS weights; NULL: the built-in ones. */
	const double *weights;
};

/* A function that is not hot itself, but whose change may call one more often. */
struct rank_caller {
	const char *name;
	/* Index into the query's functions: the one that it calls. */
	uint32_t function;
	/* 0 to 1: how much of the evidence against the hot one counts. */
	double weight;
};

struct rank_message {
	const char *author;
	size_t author_len;
	const char *subject;
	size_t subject_len;
	const char *body;
	size_t body_len;
};

/* A hot function that a commit changes. */
struct rank_hit {
	/* Index into the query's functions. */
	uint32_t function;
	/* Changed lines of code in it, removed and added. */
	uint32_t lines;
};

struct rank_result {
	double score;
	/* The prior: all of the range sum to 1. */
	double weight;
	/* Weighted: they sum to the score. */
	double parts[RANK_PARTS];
	/* 1 is the likeliest. */
	uint32_t rank;
	/* Commits of one series share a number: the index of its first commit. */
	uint32_t series;
	/* It changes a file of the profile. */
	bool touches;
	/* By falling share, then name; borrowed. */
	const struct rank_hit *hits;
	uint32_t nhits;
};

struct rank;

struct rank *rank_new(const struct rank_query *query);
void rank_free(struct rank *rank);

/* The directories that hold files of the profile, by byte order; "" is the top. */
size_t rank_ndirectories(const struct rank *rank);
const char *rank_directory_name(const struct rank *rank, size_t directory);

void rank_body(struct rank *rank, uint32_t function, const char *text, size_t len);
/* Of several of one name the strongest counts; hot functions count as such. Names are copied. */
void rank_caller(struct rank *rank, const struct rank_caller *caller);
void rank_message(struct rank *rank, size_t commit, const struct rank_message *message);
void rank_named(struct rank *rank, size_t commit, bool reverted);
void rank_file(struct rank *rank, size_t commit, uint32_t path);
void rank_header(struct rank *rank, size_t commit);
void rank_line(struct rank *rank, const char *text, size_t len);
void rank_changed(struct rank *rank, const char *name, size_t len, size_t lines);
/*
 * The `max` commits that look likeliest so far among those that change a
 * profile file, and as many among the others: a culprit may sit in the same
 * subsystem without touching a file of the profile. In ascending order;
 * `commits` holds ncommits. All messages and files have been told by then.
 */
size_t rank_closer(struct rank *rank, size_t max, uint32_t *commits);
/* `name`: the file's name in that directory. */
void rank_nearby(struct rank *rank, size_t commit, size_t directory, const char *name);
void rank_finish(struct rank *rank);

const struct rank_result *rank_result(const struct rank *rank, size_t commit);
/* How many commits are ranked: those with a message, so no merges. */
size_t rank_nr(const struct rank *rank);
/* The commits from the likeliest to the least likely: rank_nr() indices, then the merges. */
const uint32_t *rank_order(const struct rank *rank);
/* Why the part is what it is: "12 lines in newidle_balance (8.2%)"; "" without a reason. */
void rank_reason(const struct rank *rank, size_t commit, enum rank_part part, struct strbuf *out);

/*
 * Reads "hunk=1,churn=0.5" over the RANK_PARTS weights, which hold the
 * built-in ones. Returns 0, or -1 with a recorded error that lists the names.
 */
int rank_weights_parse(const char *text, double *weights) MUST_CHECK;

#endif
