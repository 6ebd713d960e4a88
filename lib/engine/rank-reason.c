/* Why a part of a score is what it is, in a few words for people. */
#include "engine/rank-state.h"

#define REASONS_MAX 4

static void add_item(struct strbuf *out, size_t *nr, const char *fmt, ...) FORMAT_PRINTF(3, 4);
static void add_item(struct strbuf *out, size_t *nr, const char *fmt, ...)
{
	va_list ap;

	if (*nr)
		strbuf_addstr(out, ", ");
	(*nr)++;
	va_start(ap, fmt);
	strbuf_vaddf(out, fmt, ap);
	va_end(ap);
}

static void hunk_reason(const struct rank *rank, const struct rank_commit *c, struct strbuf *out)
{
	size_t nr = 0;

	for (uint32_t i = 0; i < c->nhits; i++) {
		const struct rank_hit *hit = &rank->hits[c->hit + i];
		const struct rank_function *f = &rank->query.functions[hit->function];

		if (nr == REASONS_MAX) {
			strbuf_addf(out, ", and %u more", c->nhits - i);
			return;
		}
		add_item(out, &nr, "%" PRIu32 " line%s in %s (%.3g%%)", hit->lines,
			 hit->lines == 1 ? "" : "s", f->name, f->share);
	}
}

static void churn_reason(const struct rank *rank, const struct rank_commit *c, struct strbuf *out)
{
	size_t nr = 0;

	for (uint32_t i = 0; i < c->nchanges; i++) {
		const struct rank_change *change = &rank->changes[c->change + i];

		if (nr == REASONS_MAX) {
			strbuf_addf(out, ", and %u more", c->nchanges - i);
			return;
		}
		add_item(out, &nr, "%" PRIu32 " line%s of %s", change->lines, change->lines == 1 ? "" : "s",
			 rank->query.paths[change->path]);
	}
}

/* The identifiers that count most. */
static void ident_reason(const struct rank *rank, const struct rank_commit *c, bool header, struct strbuf *out)
{
	const struct rank_ident *counts = rank->counts + (header ? c->header : c->ident);
	uint32_t n = header ? c->nheaders : c->nidents;
	uint32_t given[REASONS_MAX];
	size_t nr = 0;

	while (nr < REASONS_MAX) {
		ssize_t best = -1;
		double largest = 0;

		for (uint32_t i = 0; i < n; i++) {
			double worth = header ? rank_header_use(rank, &counts[i])
					      : rank_use(rank, c, &counts[i]);
			bool known = false;

			for (size_t k = 0; k < nr; k++)
				known |= given[k] == i;
			if (known || worth <= largest)
				continue;
			best = i;
			largest = worth;
		}
		if (best < 0)
			return;
		given[nr] = (uint32_t)best;
		add_item(out, &nr, "%s", strmap_key(&rank->idents, counts[best].ident));
	}
}

static void words_reason(const struct bm25 *bm, size_t commit, struct strbuf *out)
{
	const char *words[REASONS_MAX + 1];
	size_t n = bm25_matches(bm, commit, words, ARRAY_SIZE(words)), nr = 0;

	for (size_t i = 0; i < n; i++)
		add_item(out, &nr, "%s", words[i]);
}

void rank_reason(const struct rank *rank, size_t commit, enum rank_part part, struct strbuf *out)
{
	const struct rank_commit *c = &rank->commits[commit];

	switch (part) {
	case RANK_HUNK:
		hunk_reason(rank, c, out);
		break;
	case RANK_CHURN:
		churn_reason(rank, c, out);
		break;
	case RANK_USES:
	case RANK_HEADER:
		ident_reason(rank, c, part == RANK_HEADER, out);
		break;
	case RANK_DIRECTORY:
		if (c->directory)
			strbuf_addstr(out, *strmap_key(&rank->dirs, c->directory - 1)
						   ? strmap_key(&rank->dirs, c->directory - 1)
						   : "the top folder");
		break;
	case RANK_SUBJECT:
		if (c->path_word)
			strbuf_addstr(out, strmap_key(&rank->path_words, c->path_word - 1));
		break;
	case RANK_MESSAGE:
	case RANK_CONTEXT:
		if (c->given)
			words_reason(part == RANK_MESSAGE ? rank->message : rank->context, commit, out);
		break;
	case RANK_NAMED:
		if (c->fixed || c->reverted)
			strbuf_addstr(out, c->reverted ? "reverted in the range" : "fixed in the range");
		break;
	case RANK_PARTS:
		BUG("no such part");
	}
}
