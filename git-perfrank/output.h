/*
 * The forms in which a ranking leaves the program. Everything here reads a
 * finished ranking and writes to stdout; foreign text is escaped for where it
 * goes.
 */
#ifndef GIT_PERFRANK_OUTPUT_H
#define GIT_PERFRANK_OUTPUT_H

#include "query.h"

struct output {
	struct query *query;
	/* Commits to show; SIZE_MAX: all. */
	size_t limit;
	bool explain;
	/* Records end with NUL instead of a newline. */
	bool nul;
	/* The terminal's width, 0 where lines are not cut. */
	size_t width;
};

/* The super ranking for people: a table, or with `explain` the reasons below each commit. */
void output_ranking(const struct output *out);
/* The same for every chunk. */
void output_chunks(const struct output *out);
/* Merges that differ from every parent in a profile file. */
void output_merges(const struct output *out);
/* Schema "git-perfrank/1"; git-perfrank(1) describes it. */
int output_json(const struct output *out) MUST_CHECK;
/* rank TAB score TAB weight TAB id TAB chunk TAB functions TAB subject. */
void output_porcelain(const struct output *out);
/* "<id> <weight>" for every commit of the range, in its order. */
void output_prior(const struct output *out);
/* For the option row: is the text a format? */
int output_check_format(const char *text);
/* git's placeholders through `git log`, ours in between. */
int output_format(const struct output *out, const char *text) MUST_CHECK;

/* Prints text that may come from anywhere: names of revisions, of files. */
void output_text(const char *text);
/* "v6.12..v6.17" */
void output_range(const struct query *query);
/* The evidence of one commit, part by part. */
void output_evidence(const struct output *out, size_t commit, const char *indent);
/* "try_charge 4.1%, mutex_lock 2%" within `width` columns (0: all). */
void output_functions(const struct query *query, const struct rank_result *result, size_t width,
		      struct strbuf *text);
/* The first line of a message, without newlines. */
void output_subject(const struct query *query, size_t commit, struct strbuf *text);
/* "v6.12..v6.13" */
void output_chunk_name(const struct query *query, size_t commit, struct strbuf *text);

#endif
