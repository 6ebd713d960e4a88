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

	for (uint32_t i = 0; i < c->hits.nr; i++) {
		const struct rank_hit *hit = &rank->hits[c->hits.first + i];
		const struct rank_function *f = &rank->query.functions[hit->function];

		if (nr == REASONS_MAX) {
			strbuf_addf(out, ", and %u more", c->hits.nr - i);
			return;
		}
		add_item(out, &nr, "%" PRIu32 " line%s in %s (%.3g%%)", hit->lines,
			 hit->lines == 1 ? "" : "s", f->name, f->share);
	}
}

static void churn_reason(const struct rank *rank, const struct rank_commit *c, struct strbuf *out)
{
	size_t nr = 0;

	for (uint32_t i = 0; i < c->changes.nr; i++) {
		const struct rank_change *change = &rank->changes[c->changes.first + i];

		if (nr == REASONS_MAX) {
			strbuf_addf(out, ", and %u more", c->changes.nr - i);
			return;
		}
		add_item(out, &nr, "%" PRIu32 " line%s of %s", change->lines, change->lines == 1 ? "" : "s",
			 rank->query.paths[change->path]);
	}
}

static void calls_reason(const struct rank *rank, const struct rank_list *list, struct strbuf *out)
{
	size_t nr = 0;

	for (uint32_t i = 0; i < list->nr; i++) {
		const struct rank_hit *hit = &rank->caller_hits[list->first + i];
		const struct rank_calling *caller = &rank->callers[hit->function];
		const struct rank_function *f = &rank->query.functions[caller->function];

		if (nr == REASONS_MAX) {
			strbuf_addf(out, ", and %u more", list->nr - i);
			return;
		}
		add_item(out, &nr, "%" PRIu32 " line%s in %s, which calls %s (%.3g%%)", hit->lines,
			 hit->lines == 1 ? "" : "s", strmap_key(&rank->caller_names, hit->function), f->name,
			 f->share);
	}
}

/* The identifiers that count most. */
static void ident_reason(const struct rank *rank, const struct rank_commit *c, bool header, struct strbuf *out)
{
	const struct rank_list *list = header ? &c->header_idents : &c->idents;
	const struct rank_ident *counts = rank->counts + list->first;
	uint32_t given[REASONS_MAX] = { 0 };
	size_t nr = 0;

	while (nr < REASONS_MAX) {
		ssize_t best = -1;
		double largest = 0;

		for (uint32_t i = 0; i < list->nr; i++) {
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

static void words_reason(const struct terms *terms, const double *weights, size_t commit, struct strbuf *out)
{
	const char *words[REASONS_MAX + 1];
	size_t n = terms_telling(terms, commit, weights, words, ARRAY_SIZE(words)), nr = 0;

	for (size_t i = 0; i < n; i++)
		add_item(out, &nr, "%s", words[i]);
}

void rank_reason(const struct rank *rank, size_t commit, enum rank_part part, struct strbuf *out)
{
	const struct rank_commit *c = &rank->commits[commit];
	const char *directory;

	switch (part) {
	case RANK_HUNK:
		hunk_reason(rank, c, out);
		break;
	case RANK_CHURN:
		churn_reason(rank, c, out);
		break;
	case RANK_CALLS:
		calls_reason(rank, &c->callers, out);
		break;
	case RANK_USES:
	case RANK_HEADER:
		ident_reason(rank, c, part == RANK_HEADER, out);
		break;
	case RANK_DIRECTORY:
		directory = c->directory ? strmap_key(&rank->dirs, c->directory - 1) : "";
		strbuf_addstr(out, *directory || !c->directory ? directory : "the top folder");
		break;
	case RANK_SUBJECT:
		rank_subject_words(rank, commit, out);
		break;
	case RANK_MESSAGE:
		words_reason(rank->messages, rank->word_any, commit, out);
		break;
	case RANK_CONTEXT:
		words_reason(rank->messages, rank->word_context, commit, out);
		break;
	case RANK_CODE:
		words_reason(rank->code, rank->code_context, commit, out);
		break;
	case RANK_NAMED:
		if (c->fixed || c->reverted)
			strbuf_addstr(out, c->reverted ? "it reverts this one" : "it fixes this one");
		break;
	case RANK_PARTS:
		BUG("no such part");
	}
}
