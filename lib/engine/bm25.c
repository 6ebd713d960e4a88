#include "engine/bm25.h"

#include <math.h>

#include "base/strmap.h"

#define K1 1.2
#define B 0.75

/* How often a text holds one of the words asked for. */
struct posting {
	uint32_t term;
	uint32_t times;
};

struct document {
	size_t first;
	uint32_t npostings;
	uint32_t length;
	bool given;
	double score;
};

struct bm25 {
	struct strmap terms;
	double *weights;
	size_t weights_alloc;
	double *idf;
	/* Bit of a word's length, first and last character: most words are refused here. */
	uint8_t sieve[8192];
	struct document *docs;
	size_t ndocs;
	struct posting *postings;
	size_t npostings;
	size_t postings_alloc;
	/* Index of a term's posting in the open text, plus one. */
	uint32_t *open_posting;
	size_t open;
	double mean_length;
};

struct bm25 *bm25_new(size_t ndocs)
{
	struct bm25 *bm = xcalloc(1, sizeof(*bm));

	bm->docs = xcalloc(ndocs, sizeof(*bm->docs));
	bm->ndocs = ndocs;
	return bm;
}

void bm25_free(struct bm25 *bm)
{
	if (!bm)
		return;
	strmap_release(&bm->terms);
	free(bm->weights);
	free(bm->idf);
	free(bm->docs);
	free(bm->postings);
	free(bm->open_posting);
	free(bm);
}

static uint8_t *sieve_bit(const struct bm25 *bm, const char *word, size_t len, unsigned *bit)
{
	unsigned key = (unsigned char)word[0] & 31u;

	key = key << 5 | ((unsigned char)word[len - 1] & 31u);
	key = (key << 6 | (len & 63)) ^ ((unsigned char)word[1] & 31u) << 3;
	*bit = 1u << (key & 7);
	return (uint8_t *)&bm->sieve[key >> 3 & 8191];
}

static size_t term_of(struct bm25 *bm, const char *word, size_t len)
{
	size_t term = strmap_intern(&bm->terms, word, len);
	size_t old = bm->weights_alloc;
	unsigned bit;
	uint8_t *byte = sieve_bit(bm, word, len, &bit);

	if (term >= old) {
		ALLOC_GROW(bm->weights, term + 1, bm->weights_alloc);
		memset(bm->weights + old, 0, (bm->weights_alloc - old) * sizeof(*bm->weights));
	}
	*byte = (uint8_t)(*byte | bit);
	return term;
}

void bm25_query(struct bm25 *bm, const char *word, size_t len, double weight)
{
	size_t term = term_of(bm, word, len);

	if (weight > bm->weights[term])
		bm->weights[term] = weight;
}

void bm25_query_add(struct bm25 *bm, const char *word, size_t len, double weight)
{
	size_t term = term_of(bm, word, len);

	bm->weights[term] += weight;
}

void bm25_begin(struct bm25 *bm, size_t doc)
{
	if (doc >= bm->ndocs || bm->docs[doc].given)
		BUG("text %zu of %zu comes twice or not at all", doc, bm->ndocs);
	if (!bm->open_posting)
		bm->open_posting = xcalloc(bm->terms.nr, sizeof(*bm->open_posting));
	bm->open = doc;
	bm->docs[doc].given = true;
	bm->docs[doc].first = bm->npostings;
}

void bm25_word(struct bm25 *bm, const char *word, size_t len, uint32_t times)
{
	struct document *doc = &bm->docs[bm->open];
	uint32_t *open;
	unsigned bit;
	ssize_t term;

	doc->length += times;
	if (!(*sieve_bit(bm, word, len, &bit) & bit))
		return;
	term = strmap_find(&bm->terms, word, len);
	if (term < 0)
		return;
	open = &bm->open_posting[term];
	if (!*open) {
		ALLOC_GROW(bm->postings, bm->npostings + 1, bm->postings_alloc);
		bm->postings[bm->npostings] = (struct posting){ .term = (uint32_t)term };
		bm->npostings++;
		*open = ++doc->npostings;
	}
	bm->postings[doc->first + *open - 1].times += times;
}

void bm25_end(struct bm25 *bm)
{
	const struct document *doc = &bm->docs[bm->open];

	for (uint32_t i = 0; i < doc->npostings; i++)
		bm->open_posting[bm->postings[doc->first + i].term] = 0;
}

static double part(const struct bm25 *bm, const struct document *doc, const struct posting *p)
{
	double norm = K1 * (1 - B + B * doc->length / bm->mean_length);

	return bm->weights[p->term] * bm->idf[p->term] * p->times * (K1 + 1) / (p->times + norm);
}

void bm25_finish(struct bm25 *bm)
{
	double n = 0, length = 0;

	bm->idf = xcalloc(bm->terms.nr, sizeof(*bm->idf));
	for (size_t i = 0; i < bm->ndocs; i++) {
		n += bm->docs[i].given;
		length += bm->docs[i].length;
	}
	bm->mean_length = length > 0 ? length / n : 1;
	/* First the number of texts that hold the word, then what follows from it. */
	for (size_t i = 0; i < bm->npostings; i++)
		bm->idf[bm->postings[i].term]++;
	for (size_t i = 0; i < bm->terms.nr; i++)
		bm->idf[i] = log1p((n - bm->idf[i] + 0.5) / (bm->idf[i] + 0.5));
	for (size_t i = 0; i < bm->ndocs; i++) {
		struct document *doc = &bm->docs[i];

		for (uint32_t j = 0; j < doc->npostings; j++)
			doc->score += part(bm, doc, &bm->postings[doc->first + j]);
	}
}

double bm25_score(const struct bm25 *bm, size_t doc)
{
	return bm->docs[doc].score;
}

size_t bm25_matches(const struct bm25 *bm, size_t doc, const char **words, size_t max)
{
	const struct document *d = &bm->docs[doc];
	double *parts = xcalloc(d->npostings, sizeof(*parts));
	size_t nr = 0;

	for (uint32_t i = 0; i < d->npostings; i++)
		parts[i] = part(bm, d, &bm->postings[d->first + i]);
	while (nr < max) {
		ssize_t best = -1;

		for (uint32_t i = 0; i < d->npostings; i++)
			if (parts[i] > (best < 0 ? 0 : parts[best]))
				best = i;
		if (best < 0)
			break;
		words[nr++] = strmap_key(&bm->terms, bm->postings[d->first + (size_t)best].term);
		parts[best] = 0;
	}
	free(parts);
	return nr;
}
