#include "engine/terms.h"

#include <math.h>

#include "base/strmap.h"
#include "base/strvec.h"
#include "engine/words.h"

#define K1 1.2
#define B 0.75

/* Pieces of up to this length are remembered with what they stand for. */
#define SEEN_LEN 22
#define SEEN_SLOTS 16384

#define NO_COUNT (-1)
#define NOT_ASKED (-2)

struct posting {
	uint32_t doc;
	uint32_t term;
	uint32_t times;
	bool heading;
};

/* A piece of a word and its term: so that the many common words are looked up once. */
struct seen {
	char piece[SEEN_LEN];
	uint8_t len;
	bool whole;
	int32_t term;
};

struct terms {
	struct strmap words;
	struct strvec shown;
	struct seen *seen;
	uint32_t *length;
	size_t ndocs;
	struct posting *postings;
	size_t nr, alloc;
	/* First posting of each text, and one behind the last. */
	size_t *first;
	/* In how many texts, and headings, a word stands; then idf. */
	uint32_t *docs, *headings;
	double *idf;
	double mean_length;
	/* The text that is being read. */
	size_t doc;
	size_t from;
	uint32_t times;
	bool heading, once;
};

struct terms *terms_new(size_t ndocs)
{
	struct terms *terms = xcalloc(1, sizeof(*terms));

	terms->shown = (struct strvec)STRVEC_INIT;
	terms->length = xcalloc(ndocs, sizeof(*terms->length));
	terms->ndocs = ndocs;
	return terms;
}

void terms_free(struct terms *terms)
{
	if (!terms)
		return;
	strmap_release(&terms->words);
	strvec_release(&terms->shown);
	free(terms->seen);
	free(terms->length);
	free(terms->postings);
	free(terms->first);
	free(terms->docs);
	free(terms->headings);
	free(terms->idf);
	free(terms);
}

uint32_t terms_add(struct terms *terms, const char *word, size_t len, const char *shown, size_t shown_len)
{
	size_t known = terms->words.nr, id = strmap_intern(&terms->words, word, len);

	if (id == known)
		strvec_push_owned(&terms->shown, xmemdupz(shown, shown_len));
	return (uint32_t)id;
}

size_t terms_nr(const struct terms *terms)
{
	return terms->words.nr;
}

const char *terms_word(const struct terms *terms, uint32_t id)
{
	return terms->shown.v[id];
}

static int32_t look_up(const struct terms *terms, const char *piece, size_t len, bool whole)
{
	char word[WORD_MAX + 1];
	size_t n = word_canonical(piece, len, whole, word);
	ssize_t id;

	if (!n)
		return NO_COUNT;
	id = strmap_find(&terms->words, word, n);
	return id < 0 ? NOT_ASKED : (int32_t)id;
}

static int32_t term_of(struct terms *terms, const char *piece, size_t len, bool whole)
{
	struct seen *seen;
	uint32_t hash = 2166136261u;

	if (len > SEEN_LEN)
		return look_up(terms, piece, len, whole);
	for (size_t i = 0; i < len; i++)
		hash = (hash ^ (unsigned char)piece[i]) * 16777619u;
	seen = &terms->seen[(hash ^ hash >> 15) % SEEN_SLOTS];
	if (seen->len == len && seen->whole == whole && !memcmp(seen->piece, piece, len))
		return seen->term;
	seen->term = look_up(terms, piece, len, whole);
	seen->len = (uint8_t)len;
	seen->whole = whole;
	memcpy(seen->piece, piece, len);
	return seen->term;
}

static void count_piece(const char *piece, size_t len, bool whole, void *data)
{
	struct terms *terms = data;
	int32_t term = term_of(terms, piece, len, whole);
	struct posting *p = terms->postings;

	if (term == NO_COUNT)
		return;
	if (!terms->once)
		terms->length[terms->doc] += terms->times;
	if (term == NOT_ASKED)
		return;
	for (size_t i = terms->from; i < terms->nr; i++) {
		if (p[i].term != (uint32_t)term || p[i].heading != terms->heading)
			continue;
		p[i].times += terms->once ? 0 : terms->times;
		return;
	}
	ALLOC_GROW(terms->postings, terms->nr + 1, terms->alloc);
	terms->postings[terms->nr++] = (struct posting){ .doc = (uint32_t)terms->doc,
							 .term = (uint32_t)term,
							 .times = terms->times,
							 .heading = terms->heading };
}

static void begin(struct terms *terms, size_t doc, uint32_t times, bool heading, bool once)
{
	if (doc >= terms->ndocs || terms->first)
		BUG("text %zu of %zu", doc, terms->ndocs);
	if (!terms->seen)
		terms->seen = xcalloc(SEEN_SLOTS, sizeof(*terms->seen));
	terms->doc = doc;
	terms->from = terms->nr;
	terms->times = times;
	terms->heading = heading;
	terms->once = once;
}

void terms_read(struct terms *terms, size_t doc, const char *text, size_t len, uint32_t times, bool heading)
{
	begin(terms, doc, times, heading, false);
	words_split(text, len, count_piece, terms);
}

/* Distinct words in short texts: names and paths. */
struct distinct {
	struct strmap words;
};

static void note_distinct(const char *word, size_t len, void *data)
{
	struct distinct *distinct = data;

	strmap_intern(&distinct->words, word, len);
}

void terms_read_once(struct terms *terms, size_t doc, const char *text, size_t len)
{
	struct distinct distinct = { .words = STRMAP_INIT };

	begin(terms, doc, 1, false, true);
	words_split(text, len, count_piece, terms);
	words_of(text, len, note_distinct, &distinct);
	terms->length[doc] += (uint32_t)distinct.words.nr;
	strmap_release(&distinct.words);
}

static int by_doc(const void *a, const void *b)
{
	const struct posting *x = a, *y = b;

	if (x->doc != y->doc)
		return x->doc < y->doc ? -1 : 1;
	return x->term < y->term ? -1 : x->term > y->term;
}

static bool texts_are_in_order(const struct terms *terms)
{
	for (size_t i = 1; i < terms->nr; i++)
		if (terms->postings[i - 1].doc > terms->postings[i].doc)
			return false;
	return true;
}

/* A text has a handful of postings: by insertion. */
static void sort_text(struct posting *p, size_t nr)
{
	for (size_t i = 1; i < nr; i++) {
		struct posting one = p[i];
		size_t at = i;

		for (; at && p[at - 1].term > one.term; at--)
			p[at] = p[at - 1];
		p[at] = one;
	}
}

/* One posting per text and word, in this order. Texts mostly come in order, and then are sorted one by one. */
static void merge(struct terms *terms)
{
	struct posting *p = terms->postings;
	size_t kept = 0, to;

	if (!texts_are_in_order(terms))
		qsort(p, terms->nr, sizeof(*p), by_doc);
	for (size_t from = 0; from < terms->nr; from = to) {
		for (to = from + 1; to < terms->nr && p[to].doc == p[from].doc;)
			to++;
		sort_text(p + from, to - from);
	}
	for (size_t i = 0; i < terms->nr; i++) {
		if (kept && !by_doc(&p[kept - 1], &p[i])) {
			p[kept - 1].times += p[i].times;
			p[kept - 1].heading |= p[i].heading;
		} else {
			p[kept++] = p[i];
		}
	}
	terms->nr = kept;
}

static void index_postings(struct terms *terms)
{
	size_t at = 0;

	terms->first = xcalloc(terms->ndocs + 1, sizeof(*terms->first));
	for (size_t doc = 0; doc <= terms->ndocs; doc++) {
		while (at < terms->nr && terms->postings[at].doc < doc)
			at++;
		terms->first[doc] = at;
	}
}

void terms_finish(struct terms *terms, size_t n)
{
	double length = 0, filled = 0;

	merge(terms);
	index_postings(terms);
	terms->docs = xcalloc(terms->words.nr, sizeof(*terms->docs));
	terms->headings = xcalloc(terms->words.nr, sizeof(*terms->headings));
	terms->idf = xcalloc(terms->words.nr, sizeof(*terms->idf));
	for (size_t i = 0; i < terms->nr; i++) {
		terms->docs[terms->postings[i].term]++;
		terms->headings[terms->postings[i].term] += terms->postings[i].heading;
	}
	for (size_t i = 0; i < terms->words.nr; i++)
		terms->idf[i] = log1p(((double)n - terms->docs[i] + 0.5) / (terms->docs[i] + 0.5));
	for (size_t i = 0; i < terms->ndocs; i++) {
		length += terms->length[i];
		filled += terms->length[i] > 0;
	}
	terms->mean_length = filled > 0 ? length / filled : 1;
}

static double part(const struct terms *terms, const struct posting *p, const double *weights)
{
	double norm = K1 * (1 - B + B * terms->length[p->doc] / terms->mean_length);

	return weights[p->term] * terms->idf[p->term] * p->times * (K1 + 1) / (p->times + norm);
}

double terms_bm25(const struct terms *terms, size_t doc, const double *weights)
{
	double score = 0;

	for (size_t i = terms->first[doc]; i < terms->first[doc + 1]; i++)
		score += part(terms, &terms->postings[i], weights);
	return score;
}

void terms_headings(const struct terms *terms, size_t doc, terms_heading_fn *fn, void *data)
{
	for (size_t i = terms->first[doc]; i < terms->first[doc + 1]; i++)
		if (terms->postings[i].heading)
			fn(terms->postings[i].term, terms->headings[terms->postings[i].term], data);
}

size_t terms_telling(const struct terms *terms, size_t doc, const double *weights, const char **words,
		     size_t max)
{
	size_t first = terms->first[doc], n = terms->first[doc + 1] - first, nr = 0;
	double *parts = xcalloc(n, sizeof(*parts));

	for (size_t i = 0; i < n; i++)
		parts[i] = part(terms, &terms->postings[first + i], weights);
	while (nr < max) {
		ssize_t best = -1;

		for (size_t i = 0; i < n; i++)
			if (parts[i] > (best < 0 ? 0 : parts[best]))
				best = (ssize_t)i;
		if (best < 0)
			break;
		words[nr++] = terms->shown.v[terms->postings[first + (size_t)best].term];
		parts[best] = 0;
	}
	free(parts);
	return nr;
}
