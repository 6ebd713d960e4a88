/* From evidence to scores, the order and the prior. */
#include "engine/rank-state.h"

#include <math.h>

/*
 * The prior is softmax(score / TEMPERATURE), mixed with a uniform share so
 * that a commit without evidence stays possible.
 */
#define TEMPERATURE 0.6
#define UNIFORM 0.05
/* How far the strongest commit may be ahead of the second one in a kind of evidence. */
#define OVER 0.1

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

struct subject_words {
	const struct rank *rank;
	double sum;
	struct strbuf *words;
};

static void add_subject_word(uint32_t id, uint32_t docs, void *data)
{
	struct subject_words *s = data;
	double weight = s->rank->word_path[id];

	if (weight == 0)
		return;
	s->sum += weight * rank_rarity(s->rank, docs);
	if (s->words)
		strbuf_addf(s->words, "%s%s", s->words->len ? ", " : "", terms_word(s->rank->messages, id));
}

double rank_subject_words(const struct rank *rank, size_t commit, struct strbuf *words)
{
	struct subject_words s = { .rank = rank, .words = words };

	terms_headings(rank->messages, commit, add_subject_word, &s);
	return s.sum;
}

/* The evidence of the messages alone, each kind in its own unit. */
static void measure_message(const struct rank *rank, size_t index, double *parts)
{
	const struct rank_answers *answers = &rank->answers[index];

	parts[RANK_MESSAGE] = answers->any;
	parts[RANK_CONTEXT] = answers->context;
	parts[RANK_SUBJECT] = answers->subject;
}

/* What the messages answer is asked for twice: for the closer look, and in the end. */
static void measure_answers(struct rank *rank)
{
	bool has_context = *rank->query.context;

	rank->answers = xcalloc(rank->query.ncommits, sizeof(*rank->answers));
	for (size_t i = 0; i < rank->query.ncommits; i++) {
		struct rank_answers *answers = &rank->answers[i];

		if (!rank->commits[i].given)
			continue;
		answers->any = terms_bm25(rank->messages, i, rank->word_any);
		answers->context = has_context ? terms_bm25(rank->messages, i, rank->word_context) : 0;
		answers->subject = rank_subject_words(rank, i, NULL);
	}
}

static double measure_callers(const struct rank *rank, const struct rank_list *list)
{
	double sum = 0;

	for (uint32_t i = 0; i < list->nr; i++) {
		const struct rank_hit *hit = &rank->caller_hits[list->first + i];

		sum += rank->callers[hit->function].weight * log1p(hit->lines);
	}
	return sum;
}

static void measure(const struct rank *rank, size_t index, double *parts)
{
	const struct rank_commit *c = &rank->commits[index];

	for (uint32_t i = 0; i < c->hits.nr; i++) {
		const struct rank_hit *hit = &rank->hits[c->hits.first + i];

		parts[RANK_HUNK] += log1p(rank->query.functions[hit->function].share) * log1p(hit->lines);
	}
	for (uint32_t i = 0; i < c->changes.nr; i++) {
		const struct rank_change *change = &rank->changes[c->changes.first + i];

		parts[RANK_CHURN] += rank->path_weight[change->path] * log1p(change->lines);
	}
	/* Evidence at second hand, for where there is none at first hand. */
	if (parts[RANK_HUNK] == 0)
		parts[RANK_CALLS] = measure_callers(rank, &c->callers);
	for (uint32_t i = 0; i < c->idents.nr; i++)
		parts[RANK_USES] += rank_use(rank, c, &rank->counts[c->idents.first + i]);
	for (uint32_t i = 0; i < c->header_idents.nr; i++)
		parts[RANK_HEADER] = fmax(parts[RANK_HEADER],
					  rank_header_use(rank, &rank->counts[c->header_idents.first + i]));
	if (c->directory)
		parts[RANK_DIRECTORY] = rank->dir_weight[c->directory - 1];
	parts[RANK_CODE] = terms_bm25(rank->code, index, rank->code_context);
	/* A change that is gone again at the bad end does not slow it. */
	parts[RANK_NAMED] = c->reverted ? -1 : c->fixed;
	measure_message(rank, index, parts);
}

/*
 * What a part is measured against: the second largest of the range, so that
 * one commit that changes everything cannot make all others look small.
 */
static double scale_of(const struct rank_result *results, size_t n, size_t part)
{
	double first = 0, second = 0;

	for (size_t i = 0; i < n; i++) {
		double value = fabs(results[i].parts[part]);

		if (value > first) {
			second = first;
			first = value;
		} else if (value > second) {
			second = value;
		}
	}
	return second > 0 ? second : first;
}

/*
 * 0 to 1 for what the second strongest commit has at most; the strongest one
 * stays ahead of it, but not by more than OVER.
 */
static double bounded(double value)
{
	double size = fabs(value);

	return size <= 1 ? value : copysign(1 + OVER * (1 - 1 / size), value);
}

/* Scales and weighs the parts, and sums them. */
static void add_up(const struct rank *rank, struct rank_result *results)
{
	size_t n = rank->query.ncommits;
	double hunk_scale = scale_of(results, n, RANK_HUNK);

	for (size_t k = 0; k < RANK_PARTS; k++) {
		double scale = scale_of(results, n, k);

		/* Of one unit, lines in functions by their share: the best of weak evidence stays weak. */
		if (k == RANK_CALLS && hunk_scale > 0)
			scale = hunk_scale;

		for (size_t i = 0; i < n; i++) {
			double *part = &results[i].parts[k];

			*part = scale > 0 ? rank->weights[k] * bounded(*part / scale) : 0;
			results[i].score += *part;
		}
	}
}

struct position {
	bool ranked;
	double score;
	uint32_t commit;
};

/* Best first; the newer one of two equal scores; merges last. */
static int by_score(const void *a, const void *b)
{
	const struct position *x = a, *y = b;

	if (x->ranked != y->ranked)
		return x->ranked ? -1 : 1;
	if (x->score != y->score)
		return x->score > y->score ? -1 : 1;
	return x->commit > y->commit ? -1 : x->commit < y->commit;
}

static void put_in_order(struct rank *rank)
{
	size_t n = rank->query.ncommits;
	struct position *positions = xcalloc(n, sizeof(*positions));

	for (size_t i = 0; i < n; i++)
		positions[i] = (struct position){ .ranked = rank->commits[i].given,
						  .score = rank->results[i].score,
						  .commit = (uint32_t)i };
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
		const struct rank_commit *c = &rank->commits[i];
		struct rank_result *r = &rank->results[i];

		r->touches = c->changes.nr > 0;
		if (!c->hits.nr)
			continue;
		qsort_r(rank->hits + c->hits.first, c->hits.nr, sizeof(*rank->hits), by_share,
			(void *)(uintptr_t)rank->query.functions);
		r->hits = rank->hits + c->hits.first;
		r->nhits = c->hits.nr;
	}
}

static void finish_messages(struct rank *rank)
{
	if (rank->answers)
		return;
	terms_finish(rank->messages, rank->given);
	measure_answers(rank);
}

/* What changed lines tell before they are put together; near enough to choose by. */
static void measure_roughly(const struct rank *rank, struct rank_result *results)
{
	for (size_t i = 0; i < rank->nchanges; i++) {
		const struct rank_change *change = &rank->changes[i];
		double *parts = results[change->commit].parts;

		results[change->commit].touches = true;
		parts[RANK_CHURN] += rank->path_weight[change->path] * log1p(change->lines);
		for (uint32_t k = 0; k < change->nhits; k++) {
			const struct rank_hit *hit = &rank->hits[change->hit + k];

			parts[RANK_HUNK] += log1p(rank->query.functions[hit->function].share) *
					    log1p(hit->lines);
		}
	}
}

static int by_number(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

size_t rank_closer(struct rank *rank, size_t max, uint32_t *commits)
{
	size_t n = rank->query.ncommits, nr = 0, left[2] = { max, max };
	struct rank_result *results = xcalloc(n, sizeof(*results));
	struct position *positions = xcalloc(n, sizeof(*positions));

	finish_messages(rank);
	measure_roughly(rank, results);
	for (size_t i = 0; i < n; i++)
		measure_message(rank, i, results[i].parts);
	add_up(rank, results);
	for (size_t i = 0; i < n; i++)
		positions[i] = (struct position){ .ranked = rank->commits[i].given,
						  .score = results[i].score,
						  .commit = (uint32_t)i };
	qsort(positions, n, sizeof(*positions), by_score);
	for (size_t i = 0; i < n; i++) {
		uint32_t commit = positions[i].commit;
		bool touches = results[commit].touches;

		if (!rank->commits[commit].given || !left[touches])
			continue;
		left[touches]--;
		commits[nr++] = commit;
	}
	qsort(commits, nr, sizeof(*commits), by_number);
	free(results);
	free(positions);
	return nr;
}

void rank_finish(struct rank *rank)
{
	size_t n = rank->query.ncommits;

	finish_messages(rank);
	rank_merge(rank);
	terms_finish(rank->code, rank->given);
	rank->results = xcalloc(n, sizeof(*rank->results));
	for (size_t i = 0; i < n; i++)
		measure(rank, i, rank->results[i].parts);
	add_up(rank, rank->results);
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

size_t rank_nr(const struct rank *rank)
{
	return rank->given;
}

const uint32_t *rank_order(const struct rank *rank)
{
	return rank->order;
}
