#include "repo/chunk.h"

#include "base/error.h"
#include "repo/objects.h"
#include "repo/version.h"

/* "<id> refs/tags/<name>^{}"; git keeps names below a path's length. */
#define LINE_LIMIT 8192
/* Digits of an id in the name of a chunk's end. */
#define SHORT_DIGITS 12

/* A tag at which the range is cut. */
struct cut {
	char *name;
	/* Its numbers; prefix and suffix are not used any more. */
	struct version version;
	/* Its commit's place in the range. */
	size_t at;
};

/* Which tags cut? What the ends of the range say, and the cuts found so far. */
struct series {
	const struct range *range;
	enum chunk_mode mode;
	/* An end counts when it is a tag, as typed, with a version number in its name. */
	const char *base_name, *tip_name;
	struct version base, tip;
	bool base_is_tag, tip_is_tag;
	struct cut *cuts;
	size_t nr;
	size_t alloc;
};

int chunk_parse(const char *word, enum chunk_mode *mode, size_t *size)
{
	char *end;
	unsigned long n;

	*size = 0;
	*mode = CHUNK_NONE;
	if (!word || !strcmp(word, "none"))
		return 0;
	*mode = !strcmp(word, "tags") ? CHUNK_TAGS : !strcmp(word, "rc") ? CHUNK_RC : CHUNK_SIZE;
	if (*mode != CHUNK_SIZE)
		return 0;
	n = *word >= '0' && *word <= '9' ? strtoul(word, &end, 10) : 0;
	if (!n || *end || n > INT_MAX)
		return error_set(
			"`%s' cuts no range: it must be tags, rc, none or a number of commits above 0", word);
	*size = n;
	return 0;
}

/* Takes both names. */
static void add_chunk(struct chunks *chunks, char *from, char *to, size_t nr)
{
	struct chunk *c;

	ALLOC_GROW(chunks->v, chunks->nr + 1, chunks->alloc);
	c = &chunks->v[chunks->nr++];
	c->from = from;
	c->to = to;
	c->nr = nr;
}

static char *short_id(const struct oid *id, size_t rawlen)
{
	char hex[OID_HEX_MAX + 1];

	return xmemdupz(oid_to_hex(hex, id, rawlen), SHORT_DIGITS);
}

static int cut_by_size(struct repo *repo, const struct range *range, size_t size, struct chunks *chunks)
{
	if (!size)
		return error_set("a chunk of 0 commits; give at least 1");
	for (size_t at = 0; at < range->nr; at += size) {
		size_t nr = size < range->nr - at ? size : range->nr - at;
		bool last = at + nr == range->nr;
		char *from = at ? short_id(&range->commits[at - 1].id, repo->rawlen)
				: xstrdup(range->base_name);
		char *to = last ? xstrdup(range->tip_name)
				: short_id(&range->commits[at + nr - 1].id, repo->rawlen);

		for (size_t i = at; i < at + nr; i++)
			chunks->of[i] = (uint32_t)chunks->nr;
		add_chunk(chunks, from, to, nr);
	}
	return 0;
}

static const char *tag_name(const char *typed)
{
	if (starts_with(typed, "refs/tags/"))
		return typed + strlen("refs/tags/");
	return starts_with(typed, "tags/") ? typed + strlen("tags/") : typed;
}

static bool is_pre(const struct version *v)
{
	return v->stage != VERSION_RELEASE;
}

static size_t end_versions(const struct series *s, const struct version *ends[2])
{
	size_t nr = 0;

	if (s->base_is_tag)
		ends[nr++] = &s->base;
	if (s->tip_is_tag)
		ends[nr++] = &s->tip;
	return nr;
}

/*
 * As many numbers as one of the ends has: v6.12.3 is none of v6.12..v6.17.
 * An end that is a pre-release leaves that open: v2.4-dev3 comes before v2.4.0.
 */
static bool count_fits(const struct series *s, const struct version *v)
{
	const struct version *ends[2];
	size_t nr = end_versions(s, ends);
	bool open = true;

	for (size_t i = 0; i < nr; i++) {
		if (is_pre(ends[i]))
			continue;
		if (ends[i]->nr == v->nr)
			return true;
		open = false;
	}
	return open;
}

/* Between pre-releases of one version, the pre-releases of that version cut anyway. */
static bool stage_fits(const struct series *s, const struct version *v)
{
	if (s->mode == CHUNK_RC)
		return true;
	return s->base_is_tag && s->tip_is_tag && is_pre(&s->base) && is_pre(&s->tip) &&
	       !version_compare_numbers(&s->base, &s->tip) && !version_compare_numbers(&s->base, v);
}

static bool fits(const struct series *s, const struct version *v)
{
	const struct version *ends[2];
	size_t nr = end_versions(s, ends);

	for (size_t i = 0; i < nr; i++)
		if (!version_same_series(ends[i], v))
			return false;
	if (s->base_is_tag && version_compare(&s->base, v) >= 0)
		return false;
	if (s->tip_is_tag && version_compare(&s->tip, v) <= 0)
		return false;
	return is_pre(v) ? stage_fits(s, v) : count_fits(s, v);
}

/* A tag and the commit (or the tag object) that it names. */
static void take_tag(struct series *s, const char *name, const struct oid *id)
{
	const struct range *range = s->range;
	struct version version;
	ssize_t at;

	if (oid_equal(id, &range->base[0]) && !strcmp(name, s->base_name))
		s->base_is_tag = version_parse(&s->base, s->base_name);
	if (oid_equal(id, &range->tip)) {
		if (!strcmp(name, s->tip_name))
			s->tip_is_tag = version_parse(&s->tip, s->tip_name);
		return;
	}
	at = range_find(range, id);
	if (at < 0 || !version_parse(&version, name))
		return;
	ALLOC_GROW(s->cuts, s->nr + 1, s->alloc);
	s->cuts[s->nr] = (struct cut){ .name = xstrdup(name), .at = (size_t)at };
	version_parse(&s->cuts[s->nr].version, s->cuts[s->nr].name);
	s->nr++;
}

/*
 * All tags, peeled. show-ref takes what packed-refs knows of the peeled ids;
 * for-each-ref would open every tag.
 */
static int list_tags(struct repo *repo, struct series *s)
{
	struct process p = PROCESS_INIT;
	struct strbuf line = STRBUF_INIT;
	size_t skip = 2 * repo->rawlen + strlen(" refs/tags/");
	int got;

	repo_git(&p);
	strvec_pushl(&p.args, "show-ref", "--tags", "--dereference", NULL);
	p.out = PROCESS_PIPE;
	if (process_start(&p))
		return -1;
	while ((got = process_read_record(&p, &line, '\n', LINE_LIMIT)) > 0) {
		struct oid id;

		if (line.len < skip || oid_from_hex(&id, line.buf, repo->rawlen))
			continue;
		if (ends_with(line.buf, "^{}"))
			strbuf_setlen(&line, line.len - strlen("^{}"));
		take_tag(s, line.buf + skip, &id);
	}
	strbuf_release(&line);
	if (got < 0) {
		process_kill(&p);
		return -1;
	}
	/* 1 says that there is no tag. */
	return process_finish(&p) && p.status != 1 ? -1 : 0;
}

static void drop_unfit(struct series *s)
{
	bool any = s->base_is_tag || s->tip_is_tag;
	size_t kept = 0;

	if (s->base_is_tag && s->tip_is_tag && !version_same_series(&s->base, &s->tip))
		any = false;
	for (size_t i = 0; i < s->nr; i++) {
		if (any && fits(s, &s->cuts[i].version))
			s->cuts[kept++] = s->cuts[i];
		else
			free(s->cuts[i].name);
	}
	s->nr = kept;
}

static int by_version(const void *a, const void *b)
{
	const struct cut *x = a, *y = b;
	int order = version_compare(&x->version, &y->version);

	return order ? order : strcmp(x->name, y->name);
}

/*
 * Gives each commit the first cut that reaches it. The list has parents
 * before children, so that one pass from the newest on finds all: a commit's
 * cut is the least of its own and of its children's.
 */
static void spread(const struct series *s, uint32_t *of)
{
	const struct range *range = s->range;

	for (size_t i = 0; i < range->nr; i++)
		of[i] = (uint32_t)s->nr;
	for (size_t i = s->nr; i > 0; i--)
		of[s->cuts[i - 1].at] = (uint32_t)i - 1;
	for (size_t i = range->nr; i > 0; i--) {
		const struct range_commit *c = &range->commits[i - 1];

		for (uint32_t k = 0; k < c->nparents; k++) {
			ssize_t parent = range_find(range, &range->parents[c->parent + k]);

			if (parent >= 0 && of[parent] > of[i - 1])
				of[parent] = of[i - 1];
		}
	}
}

/* Makes chunks of the cuts that got commits, and numbers them anew. */
static void name_chunks(const struct series *s, struct chunks *chunks)
{
	const char *from = s->range->base_name;
	size_t *counts = xcalloc(s->nr + 1, sizeof(*counts));
	uint32_t *number = xcalloc(s->nr + 1, sizeof(*number));

	for (size_t i = 0; i < s->range->nr; i++)
		counts[chunks->of[i]]++;
	for (size_t i = 0; i <= s->nr; i++) {
		const char *to = i < s->nr ? s->cuts[i].name : s->range->tip_name;

		if (!counts[i])
			continue;
		number[i] = (uint32_t)chunks->nr;
		add_chunk(chunks, xstrdup(from), xstrdup(to), counts[i]);
		from = to;
	}
	for (size_t i = 0; i < s->range->nr; i++)
		chunks->of[i] = number[chunks->of[i]];
	free(counts);
	free(number);
}

static int cut_by_tags(struct repo *repo, const struct range *range, enum chunk_mode mode, struct chunks *chunks)
{
	struct series s = {
		.range = range,
		.mode = mode,
		.base_name = tag_name(range->base_name),
		.tip_name = tag_name(range->tip_name),
	};
	struct version v;
	int result = 0;

	/* Without a version at either end no tag can cut. */
	if (version_parse(&v, s.base_name) || version_parse(&v, s.tip_name))
		result = list_tags(repo, &s);
	drop_unfit(&s);
	if (s.nr)
		qsort(s.cuts, s.nr, sizeof(*s.cuts), by_version);
	if (!result) {
		spread(&s, chunks->of);
		name_chunks(&s, chunks);
	}
	for (size_t i = 0; i < s.nr; i++)
		free(s.cuts[i].name);
	free(s.cuts);
	return result;
}

int chunks_make(struct repo *repo, const struct range *range, enum chunk_mode mode, size_t size,
		struct chunks *chunks)
{
	if (!range->nr)
		return error_set("a range without commits cannot be cut");
	chunks->of = xcalloc(range->nr, sizeof(*chunks->of));
	switch (mode) {
	case CHUNK_NONE:
		add_chunk(chunks, xstrdup(range->base_name), xstrdup(range->tip_name), range->nr);
		return 0;
	case CHUNK_SIZE:
		return cut_by_size(repo, range, size, chunks);
	case CHUNK_TAGS:
	case CHUNK_RC:
		return cut_by_tags(repo, range, mode, chunks);
	}
	BUG("chunk mode %d", mode);
}

void chunks_release(struct chunks *chunks)
{
	for (size_t i = 0; i < chunks->nr; i++) {
		free(chunks->v[i].from);
		free(chunks->v[i].to);
	}
	free(chunks->v);
	free(chunks->of);
	*chunks = (struct chunks)CHUNKS_INIT;
}
