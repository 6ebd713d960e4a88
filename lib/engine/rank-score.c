/* From evidence to scores, the order and the prior. */
#include "engine/rank-state.h"

#include <math.h>

/*
 * The prior is softmax(score / TEMPERATURE), mixed with a uniform share so
 * that a commit without evidence stays possible.
 */
#define TEMPERATURE 0.5
#define UNIFORM 0.05

double rank_rarity(const struct rank *rank, uint32_t commits)
{
	double n = (double)rank->given + 1;

	return n > 1 ? log(n / (commits + 0.5)) / log(n) : 0;
}

double rank_use(const struct rank *rank, const struct rank_commit *commit, const struct rank_ident *count)
{
	double norm = 1.2 * (0.25 + 0.75 * commit->words / rank->mean_words);

	return rank->ident_use[count->ident] * rank_rarity(rank, rank->ident_commits[count->ident]) *
	       count->lines * 2.2 / (count->lines + norm);
}

double rank_header_use(const struct rank *rank, const struct rank_ident *count)
{
	return rank->ident_use[count->ident] * rank_rarity(rank, rank->ident_header_commits[count->ident]);
}

/* Every kind of evidence in its own unit. */
static void measure(const struct rank *rank, size_t index, double *parts)
{
	const struct rank_commit *c = &rank->commits[index];

	for (uint32_t i = 0; i < c->nhits; i++) {
		const struct rank_hit *hit = &rank->hits[c->hit + i];

		parts[RANK_HUNK] += log1p(rank->query.functions[hit->function].share) * log1p(hit->lines);
	}
	for (uint32_t i = 0; i < c->nchanges; i++) {
		const struct rank_change *change = &rank->changes[c->change + i];

		parts[RANK_CHURN] += rank->path_weight[change->path] * log1p(change->lines);
	}
	for (uint32_t i = 0; i < c->nidents; i++)
		parts[RANK_USES] += rank_use(rank, c, &rank->counts[c->ident + i]);
	for (uint32_t i = 0; i < c->nheaders; i++)
		parts[RANK_HEADER] = fmax(parts[RANK_HEADER],
					  rank_header_use(rank, &rank->counts[c->header + i]));
	if (c->directory)
		parts[RANK_DIRECTORY] = rank->dir_weight[c->directory - 1];
	if (c->path_word)
		parts[RANK_SUBJECT] = rank->path_word_weight[c->path_word - 1];
	if (c->given) {
		parts[RANK_MESSAGE] = bm25_score(rank->message, index);
		parts[RANK_CONTEXT] = bm25_score(rank->context, index);
	}
	/* A change that is gone again at the bad end does not slow it. */
	parts[RANK_NAMED] = c->reverted ? -1 : c->fixed;
}

/* Each part over its largest in the range, so that weights mean the same everywhere. */
static void add_up(struct rank *rank)
{
	double largest[RANK_PARTS] = { 0 };
	size_t n = rank->query.ncommits;

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < RANK_PARTS; k++)
			largest[k] = fmax(largest[k], fabs(rank->results[i].parts[k]));
	for (size_t i = 0; i < n; i++) {
		struct rank_result *r = &rank->results[i];

		for (size_t k = 0; k < RANK_PARTS; k++) {
			r->parts[k] *= largest[k] > 0 ? rank->weights[k] / largest[k] : 0;
			r->score += r->parts[k];
		}
	}
}

struct position {
	double score;
	uint32_t commit;
};

/* Best first; the newer one of two equal scores. */
static int by_score(const void *a, const void *b)
{
	const struct position *x = a, *y = b;

	if (x->score != y->score)
		return x->score > y->score ? -1 : 1;
	return x->commit > y->commit ? -1 : x->commit < y->commit;
}

static void put_in_order(struct rank *rank)
{
	size_t n = rank->query.ncommits;
	struct position *positions = xcalloc(n, sizeof(*positions));

	for (size_t i = 0; i < n; i++)
		positions[i] = (struct position){ .score = rank->results[i].score, .commit = (uint32_t)i };
	qsort(positions, n, sizeof(*positions), by_score);
	rank->order = xcalloc(n, sizeof(*rank->order));
	for (size_t i = 0; i < n; i++) {
		rank->order[i] = positions[i].commit;
		rank->results[positions[i].commit].rank = (uint32_t)i + 1;
	}
	free(positions);
}

static void make_prior(struct rank *rank)
{
	size_t n = rank->query.ncommits;
	double best = n ? rank->results[rank->order[0]].score : 0, sum = 0;

	for (size_t i = 0; i < n; i++) {
		rank->results[i].weight = exp((rank->results[i].score - best) / TEMPERATURE);
		sum += rank->results[i].weight;
	}
	for (size_t i = 0; i < n; i++)
		rank->results[i].weight = (1 - UNIFORM) * rank->results[i].weight / sum + UNIFORM / (double)n;
}

/* Neighbours in the order of the range by one author, on one topic. */
static void find_series(struct rank *rank)
{
	for (size_t i = 0; i < rank->query.ncommits; i++) {
		bool joins = i && rank->commits[i].topic &&
			     rank->commits[i].topic == rank->commits[i - 1].topic;

		rank->results[i].series = joins ? rank->results[i - 1].series : (uint32_t)i;
	}
}

static int by_share(const void *a, const void *b, void *data)
{
	const struct rank_function *functions = data;
	const struct rank_function *x = &functions[((const struct rank_hit *)a)->function];
	const struct rank_function *y = &functions[((const struct rank_hit *)b)->function];

	if (x->share != y->share)
		return x->share > y->share ? -1 : 1;
	return strcmp(x->name, y->name);
}

static void hand_out_hits(struct rank *rank)
{
	for (size_t i = 0; i < rank->query.ncommits; i++) {
		struct rank_commit *c = &rank->commits[i];
		struct rank_result *r = &rank->results[i];

		if (c->nhits)
			qsort_r(rank->hits + c->hit, c->nhits, sizeof(*rank->hits), by_share,
				(void *)(uintptr_t)rank->query.functions);
		r->hits = c->nhits ? rank->hits + c->hit : NULL;
		r->nhits = c->nhits;
		r->touches = c->nchanges > 0;
	}
}

void rank_score_all(struct rank *rank)
{
	size_t n = rank->query.ncommits, changing = 0;
	double words = 0;

	rank->results = xcalloc(n, sizeof(*rank->results));
	for (size_t i = 0; i < n; i++) {
		changing += rank->commits[i].nchanges || rank->commits[i].touches_header;
		words += rank->commits[i].words;
	}
	rank->mean_words = words > 0 ? words / (double)changing : 1;
	for (size_t i = 0; i < n; i++)
		measure(rank, i, rank->results[i].parts);
	add_up(rank);
	put_in_order(rank);
	make_prior(rank);
	find_series(rank);
	hand_out_hits(rank);
}

const struct rank_result *rank_result(const struct rank *rank, size_t commit)
{
	if (commit >= rank->query.ncommits || !rank->results)
		BUG("commit %zu of %zu", commit, rank->query.ncommits);
	return &rank->results[commit];
}

const uint32_t *rank_order(const struct rank *rank)
{
	return rank->order;
}
