/*
 * An index of many texts for a few words, and how well each text answers a
 * weighted set of them (BM25).
 *
 *	struct terms *terms = terms_new(ndocs);
 *
 *	uint32_t id = terms_add(terms, "alloc", 5, "allocation", 10);	the words, before any text
 *	terms_read(terms, doc, subject, len, 4, true);		the texts, in any order
 *	terms_finish(terms);
 *	terms_bm25(terms, doc, weights)				weights[id]
 *	terms_free(terms);
 *
 * score = sum over words w of weight(w) * idf(w) * tf * (k1 + 1) /
 * (tf + k1 * (1 - b + b * length / mean length)), idf(w) = ln(1 + (N - df +
 * 0.5) / (df + 0.5)), k1 = 1.2, b = 0.75 (Robertson and Zaragoza, "The
 * Probabilistic Relevance Framework: BM25 and Beyond", 2009). N is given;
 * the mean is over the texts that are not empty.
 */
#ifndef ENGINE_TERMS_H
#define ENGINE_TERMS_H

#include "base/compat.h"

struct terms;

struct terms *terms_new(size_t ndocs);
void terms_free(struct terms *terms);

/*
 * The number of a word in its canonical form (engine/words.h), from 0. `shown` is
 * how people know it; the first one that was given stays.
 */
uint32_t terms_add(struct terms *terms, const char *word, size_t len, const char *shown, size_t shown_len);
size_t terms_nr(const struct terms *terms);
/* As it is shown. */
const char *terms_word(const struct terms *terms, uint32_t id);

/*
 * Reads `text` as a part of the text `doc`; each word counts `times`. What is
 * read as `heading` is remembered to be so. With `once`, a word that the text
 * repeats counts once.
 */
void terms_read(struct terms *terms, size_t doc, const char *text, size_t len, uint32_t times, bool heading);
void terms_read_once(struct terms *terms, size_t doc, const char *text, size_t len);

/* `n` is how many texts there are, the empty ones included. */
void terms_finish(struct terms *terms, size_t n);
double terms_bm25(const struct terms *terms, size_t doc, const double *weights);

/* Calls for each word of a text's headings, with the number of texts whose headings hold it. */
typedef void terms_heading_fn(uint32_t id, uint32_t docs, void *data);
void terms_headings(const struct terms *terms, size_t doc, terms_heading_fn *fn, void *data);

/* The words of a text that add most under these weights, the most telling first; up to `max`. */
size_t terms_telling(const struct terms *terms, size_t doc, const double *weights, const char **words,
		     size_t max);

#endif
