/* What was told change by change, put together commit by commit. */
#include "engine/rank-state.h"

static int by_commit(const void *a, const void *b)
{
	const struct rank_change *x = a, *y = b;

	if (x->commit != y->commit)
		return x->commit < y->commit ? -1 : 1;
	return x->path < y->path ? -1 : x->path > y->path;
}

struct merged {
	struct rank_ident *counts;
	size_t ncounts, counts_alloc;
	struct rank_hit *hits;
	size_t nhits, hits_alloc;
	struct rank_hit *callers;
	size_t ncallers, callers_alloc;
};

/* Adds the identifiers of one change to the list that is being made. */
static void add_idents(struct rank *rank, struct merged *to, struct rank_list *list,
		       const struct rank_change *change)
{
	for (uint32_t i = 0; i < change->nidents; i++) {
		const struct rank_ident *count = &rank->counts[change->ident + i];
		uint32_t *slot = &rank->ident_slot[count->ident];

		if (!*slot) {
			ALLOC_GROW(to->counts, to->ncounts + 1, to->counts_alloc);
			to->counts[to->ncounts++] = (struct rank_ident){ .ident = count->ident };
			*slot = ++list->nr;
		}
		to->counts[list->first + *slot - 1].lines += count->lines;
	}
}

/* Changes [from, to) are one commit's, all of profile files or all of headers. */
static void merge_idents(struct rank *rank, struct merged *m, struct rank_list *list, size_t from, size_t to,
			 uint32_t *commits)
{
	*list = (struct rank_list){ .first = m->ncounts };
	for (size_t i = from; i < to; i++)
		add_idents(rank, m, list, &rank->changes[i]);
	for (size_t i = list->first; i < m->ncounts; i++) {
		uint32_t ident = m->counts[i].ident;

		rank->ident_slot[ident] = 0;
		commits[ident]++;
	}
}

/* Sums the lines of a function that the list of the commit has; false where it has not. */
static bool sum_hit(struct rank_hit *hits, size_t nr, const struct rank_hit *hit)
{
	for (size_t i = 0; i < nr; i++) {
		if (hits[i].function != hit->function)
			continue;
		hits[i].lines += hit->lines;
		return true;
	}
	return false;
}

static void add_hit(struct merged *m, struct rank_list *list, const struct rank_hit *hit)
{
	if (sum_hit(m->hits + list->first, list->nr, hit))
		return;
	ALLOC_GROW(m->hits, m->nhits + 1, m->hits_alloc);
	m->hits[m->nhits++] = *hit;
	list->nr++;
}

/* The changes [from, to) of one commit. */
static void merge_callers(struct rank *rank, struct merged *m, struct rank_list *list, size_t from, size_t to)
{
	*list = (struct rank_list){ .first = m->ncallers };
	for (size_t i = from; i < to; i++) {
		const struct rank_change *change = &rank->changes[i];

		for (uint32_t k = 0; k < change->ncallers; k++) {
			const struct rank_hit *hit = &rank->caller_hits[change->caller + k];

			if (sum_hit(m->callers + list->first, list->nr, hit))
				continue;
			ALLOC_GROW(m->callers, m->ncallers + 1, m->callers_alloc);
			m->callers[m->ncallers++] = *hit;
			list->nr++;
		}
	}
}

/* A profile file is in its own directory, and its name may be in the context. */
static void note_path(struct rank *rank, const struct rank_change *change)
{
	const char *path = rank->query.paths[change->path];
	const char *slash = strrchr(path, '/');
	ssize_t directory = strmap_find(&rank->dirs, path, slash ? (size_t)(slash - path) : 0);

	if (change->lines && directory >= 0)
		rank_nearby(rank, change->commit, (size_t)directory, slash ? slash + 1 : path);
}

static void merge_commit(struct rank *rank, struct merged *m, size_t from, size_t to)
{
	struct rank_commit *c = &rank->commits[rank->changes[from].commit];
	size_t headers = from;

	while (headers < to && rank->changes[headers].path != RANK_HEADER_PATH)
		headers++;
	c->changes = (struct rank_list){ .first = from, .nr = (uint32_t)(headers - from) };
	c->hits = (struct rank_list){ .first = m->nhits };
	for (size_t i = from; i < headers; i++) {
		const struct rank_change *change = &rank->changes[i];

		c->words += change->words;
		for (uint32_t k = 0; k < change->nhits; k++)
			add_hit(m, &c->hits, &rank->hits[change->hit + k]);
		note_path(rank, change);
	}
	merge_callers(rank, m, &c->callers, from, headers);
	merge_idents(rank, m, &c->idents, from, headers, rank->ident_commits);
	merge_idents(rank, m, &c->header_idents, headers, to, rank->ident_header_commits);
}

static void average_words(struct rank *rank)
{
	double words = 0, commits = 0;

	for (size_t i = 0; i < rank->query.ncommits; i++) {
		words += rank->commits[i].words;
		commits += rank->commits[i].words > 0;
	}
	rank->mean_words = commits > 0 ? words / commits : 1;
}

void rank_merge(struct rank *rank)
{
	struct merged m = { .counts = NULL };

	rank_close_list(rank);
	if (rank->nchanges)
		qsort(rank->changes, rank->nchanges, sizeof(*rank->changes), by_commit);
	rank->ident_commits = xcalloc(rank->idents.nr, sizeof(uint32_t));
	rank->ident_header_commits = xcalloc(rank->idents.nr, sizeof(uint32_t));
	for (size_t from = 0, to; from < rank->nchanges; from = to) {
		for (to = from + 1; to < rank->nchanges; to++)
			if (rank->changes[to].commit != rank->changes[from].commit)
				break;
		merge_commit(rank, &m, from, to);
	}
	free(rank->counts);
	free(rank->hits);
	rank->counts = m.counts;
	rank->ncounts = m.ncounts;
	rank->hits = m.hits;
	rank->nhits = m.nhits;
	free(rank->caller_hits);
	rank->caller_hits = m.callers;
	rank->ncaller_hits = m.ncallers;
	average_words(rank);
}
