/*
 * BM25: how well each of many texts answers a weighted set of words.
 *
 *	struct bm25 *bm = bm25_new(ndocs);
 *
 *	bm25_query(bm, "charge", 6, 1.0);		before the first text
 *	bm25_begin(bm, doc); bm25_word(bm, word, len, 2); ... bm25_end(bm);
 *	bm25_finish(bm);
 *	bm25_score(bm, doc)
 *	bm25_free(bm);
 *
 * score = sum over words w of weight(w) * idf(w) * tf * (k1 + 1) /
 * (tf + k1 * (1 - b + b * length / mean length)), idf(w) = ln(1 + (N - df +
 * 0.5) / (df + 0.5)), k1 = 1.2, b = 0.75 (Robertson and Zaragoza, "The
 * Probabilistic Relevance Framework", 2009). N is the number of texts given.
 */
#ifndef ENGINE_BM25_H
#define ENGINE_BM25_H

#include "base/compat.h"

struct bm25;

struct bm25 *bm25_new(size_t ndocs);
void bm25_free(struct bm25 *bm);

/* A word asked for twice keeps the larger weight. */
void bm25_query(struct bm25 *bm, const char *word, size_t len, double weight);
/* Adds to a word's weight (0 where it is new). */
void bm25_query_add(struct bm25 *bm, const char *word, size_t len, double weight);

void bm25_begin(struct bm25 *bm, size_t doc);
/* A word of the text that counts `times`; words nobody asked for make it longer. */
void bm25_word(struct bm25 *bm, const char *word, size_t len, uint32_t times);
void bm25_end(struct bm25 *bm);

void bm25_finish(struct bm25 *bm);
double bm25_score(const struct bm25 *bm, size_t doc);
/* The words of a text that were asked for, the most telling first; up to `max`. */
size_t bm25_matches(const struct bm25 *bm, size_t doc, const char **words, size_t max);

#endif
