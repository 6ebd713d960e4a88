#include "repo/range.h"

#include "base/error.h"
#include "base/strvec.h"
#include "repo/names.h"
#include "repo/objects.h"

/* One line of rev-list: a commit and its parents; an octopus has dozens. */
#define LINE_LIMIT ((size_t)1 << 20)
/* How many commits are listed between two words on it. */
#define PROGRESS_STEP 256

/* The typed words taken apart: "" stands for HEAD. */
struct ends {
	struct strvec base;
	struct strvec tip;
};

/*
 * The dots of a range; those within braces are part of a name, as in
 * "HEAD^{/fix a..b}".
 */
static const char *find_dots(const char *word)
{
	int depth = 0;

	for (; *word; word++) {
		depth += *word == '{' ? 1 : *word == '}' ? -1 : 0;
		if (depth <= 0 && word[0] == '.' && word[1] == '.')
			return word;
	}
	return NULL;
}

static int take_word(struct ends *ends, const char *word)
{
	/* The rest of ":/text" is text. */
	const char *dots = starts_with(word, ":/") ? NULL : find_dots(word);

	if (dots && dots[2] == '.')
		return error_set("the symmetric range '%s' has no good end; give %.*s..%s", word,
				 (int)(dots - word), word, dots + 3);
	if (dots) {
		strvec_push_owned(&ends->base, xmemdupz(word, (size_t)(dots - word)));
		strvec_push(&ends->tip, dots + 2);
	} else if (*word == '^') {
		if (!word[1])
			return error_set("'^' needs a revision behind it");
		strvec_push(&ends->base, word + 1);
	} else if (!*word) {
		return error_set("an empty revision");
	} else {
		strvec_push(&ends->tip, word);
	}
	return 0;
}

static int take_words(struct ends *ends, const char *const *words, size_t nr)
{
	for (size_t i = 0; i < nr; i++)
		if (take_word(ends, words[i]))
			return -1;
	if (ends->tip.nr > 1)
		return error_set("more than one upper end: '%s' and '%s'; give one range A..B",
				 ends->tip.v[0], ends->tip.v[1]);
	if (!ends->base.nr && ends->tip.nr)
		return error_set("'%s' has no lower end; give a range A..%s", ends->tip.v[0], ends->tip.v[0]);
	if (!ends->base.nr)
		return error_set("no range; give one like A..B");
	if (!ends->tip.nr)
		strvec_push(&ends->tip, "HEAD");
	return 0;
}

static const char *name_of(const char *typed)
{
	return *typed ? typed : "HEAD";
}

static int resolve(struct repo *repo, struct range *range, const struct ends *ends)
{
	size_t nr = ends->base.nr + 1;
	const char **names = xcalloc(nr, sizeof(*names));
	struct oid *ids = xcalloc(nr, sizeof(*ids));
	int result;

	names[0] = name_of(ends->tip.v[0]);
	for (size_t i = 1; i < nr; i++)
		names[i] = name_of(ends->base.v[i - 1]);
	result = names_resolve(repo, names, nr, ids);
	if (!result) {
		range->tip = ids[0];
		range->nbase = nr - 1;
		range->base = xcalloc(range->nbase, sizeof(*range->base));
		memcpy(range->base, ids + 1, range->nbase * sizeof(*range->base));
		range->tip_name = xstrdup(names[0]);
		range->base_name = xstrdup(names[1]);
	}
	free(names);
	free(ids);
	return result;
}

int range_resolve(struct repo *repo, struct range *range, const char *const *words, size_t nr)
{
	struct ends ends = { .base = STRVEC_INIT, .tip = STRVEC_INIT };
	int result = take_words(&ends, words, nr);

	if (!result)
		result = resolve(repo, range, &ends);
	strvec_release(&ends.base);
	strvec_release(&ends.tip);
	return result;
}

int range_commit_id(struct repo *repo, const char *name, struct oid *id)
{
	return names_resolve(repo, &name, 1, id);
}

/* "<id> <parent> <parent> ..." */
static int add_line(struct range *range, const struct strbuf *line, size_t rawlen)
{
	size_t step = 2 * rawlen + 1, nids = (line->len + 1) / step;
	struct range_commit *c;

	if ((line->len + 1) % step || !nids)
		return error_set("git rev-list printed \"%.100s\"", line->buf);
	if (range->nr == UINT32_MAX || range->nparents + nids > UINT32_MAX)
		return error_set("the range has more than %" PRIu32 " commits", UINT32_MAX);
	ALLOC_GROW(range->commits, range->nr + 1, range->alloc);
	ALLOC_GROW(range->parents, range->nparents + nids, range->parents_alloc);
	c = &range->commits[range->nr++];
	c->parent = (uint32_t)range->nparents;
	c->nparents = (uint32_t)nids - 1;
	for (size_t i = 0; i < nids; i++) {
		struct oid *id = i ? &range->parents[range->nparents++] : &c->id;

		if (oid_from_hex(id, line->buf + i * step, rawlen))
			return error_set("git rev-list printed \"%.100s\"", line->buf);
	}
	return 0;
}

static void push_id(struct process *p, const char *prefix, const struct oid *id, size_t rawlen)
{
	char hex[OID_HEX_MAX + 1];

	strvec_pushf(&p->args, "%s%s", prefix, oid_to_hex(hex, id, rawlen));
}

/*
 * The list comes newest first: with --reverse git would keep all of it back
 * until the last commit is found, and nothing could be said meanwhile.
 */
static void turn_round(struct range *range)
{
	for (size_t i = 0, k = range->nr; i + 1 < k; i++) {
		struct range_commit first = range->commits[i];

		range->commits[i] = range->commits[--k];
		range->commits[k] = first;
	}
}

static int read_list(struct repo *repo, struct range *range)
{
	struct process p = PROCESS_INIT;
	struct strbuf line = STRBUF_INIT;
	int got;

	repo_git(&p);
	strvec_pushl(&p.args, "rev-list", "--parents", "--topo-order", NULL);
	if (range->first_parent)
		strvec_push(&p.args, "--first-parent");
	push_id(&p, "", &range->tip, repo->rawlen);
	for (size_t i = 0; i < range->nbase; i++)
		push_id(&p, "^", &range->base[i], repo->rawlen);
	strvec_push(&p.args, "--");
	for (size_t i = 0; range->paths && i < range->paths->nr; i++)
		strvec_push(&p.args, range->paths->v[i]);
	/* Pathspecs are those of the top, wherever this is called. */
	if (range->paths && range->paths->nr && repo->work_tree)
		p.dir = repo->work_tree;
	p.out = PROCESS_PIPE;
	if (process_start(&p))
		return -1;
	while ((got = process_read_record(&p, &line, '\n', LINE_LIMIT)) > 0) {
		got = add_line(range, &line, repo->rawlen);
		if (got)
			break;
		if (range->on_progress && range->nr % PROGRESS_STEP == 0)
			range->on_progress(range->nr, range->progress_data);
	}
	if (range->on_progress)
		range->on_progress(range->nr, range->progress_data);
	turn_round(range);
	strbuf_release(&line);
	if (got < 0) {
		process_kill(&p);
		return -1;
	}
	return process_finish(&p);
}

/* Ids are hashes already. */
static size_t slot_of(const struct range *range, const struct oid *id)
{
	size_t mask = range->nslots - 1, at = get_be32(id->raw) & mask;

	while (range->slots[at] && !oid_equal(&range->commits[range->slots[at] - 1].id, id))
		at = (at + 1) & mask;
	return at;
}

static void make_index(struct range *range)
{
	range->nslots = 64;
	while (range->nslots < 2 * range->nr)
		range->nslots *= 2;
	range->slots = xcalloc(range->nslots, sizeof(*range->slots));
	for (size_t i = 0; i < range->nr; i++)
		range->slots[slot_of(range, &range->commits[i].id)] = (uint32_t)i + 1;
}

ssize_t range_find(const struct range *range, const struct oid *id)
{
	return range->nslots ? (ssize_t)range->slots[slot_of(range, id)] - 1 : -1;
}

/*
 * Where the histories meet, some commit of the range has a parent that is
 * not of it. In a shallow clone the parents at its boundary are cut away.
 */
static bool has_outer_parent(const struct range *range)
{
	for (size_t i = 0; i < range->nparents; i++)
		if (range_find(range, &range->parents[i]) < 0)
			return true;
	return false;
}

static int empty_error(const struct range *range)
{
	for (size_t i = 0; i < range->nbase; i++)
		if (oid_equal(&range->base[i], &range->tip))
			return error_set("the range %s..%s is empty: both ends are one commit",
					 range->base_name, range->tip_name);
	if (range->nbase == 1 && range->paths && range->paths->nr)
		return error_set("no commit of %s..%s changes '%s'%s", range->base_name, range->tip_name,
				 range->paths->v[0], range->paths->nr > 1 ? " or the other paths" : "");
	/* With one base, the tip is an ancestor of it. */
	if (range->nbase == 1)
		return error_set("the range %s..%s is empty; did you mean %s..%s?", range->base_name,
				 range->tip_name, range->tip_name, range->base_name);
	return error_set("the range is empty: %s is reachable from its lower ends", range->tip_name);
}

int range_list(struct repo *repo, struct range *range)
{
	if (read_list(repo, range))
		return -1;
	if (!range->nr)
		return empty_error(range);
	make_index(range);
	/* Pathspecs leave out the commits in between, and their links. */
	if (!(range->paths && range->paths->nr) && !has_outer_parent(range))
		return error_set("%s and %s have no common history%s", range->base_name, range->tip_name,
				 repo->shallow ? " in this shallow clone; try git fetch --unshallow" : "");
	return 0;
}

void range_release(struct range *range)
{
	free(range->base);
	free(range->tip_name);
	free(range->base_name);
	free(range->commits);
	free(range->parents);
	free(range->slots);
	*range = (struct range)RANGE_INIT;
}
