/* What the commits say and what they change, into the ranking. */
#include "query.h"
#include "repo/commit.h"
#include "repo/function.h"
#include "ui/progress.h"

/* Fewest digits of an id that a message may name a commit by: 28 bits. */
#define NAME_DIGITS 7

/* The ids of the range by their first 28 bits, to find a commit by the start of its id. */
struct ids {
	const struct query *query;
	struct id_start {
		uint32_t bits;
		uint32_t commit;
	} * starts;
};

static uint32_t start_bits(const struct oid *id)
{
	return get_be32(id->raw) >> 4;
}

static int by_bits(const void *a, const void *b)
{
	const struct id_start *x = a, *y = b;

	return (x->bits > y->bits) - (x->bits < y->bits);
}

static void sort_ids(struct ids *ids, const struct query *query)
{
	ids->query = query;
	ids->starts = xcalloc(query->range.nr, sizeof(*ids->starts));
	for (size_t i = 0; i < query->range.nr; i++)
		ids->starts[i] = (struct id_start){ .bits = start_bits(&query->range.commits[i].id),
						    .commit = (uint32_t)i };
	qsort(ids->starts, query->range.nr, sizeof(*ids->starts), by_bits);
}

static bool id_starts_with(const struct ids *ids, uint32_t commit, const char *hex, size_t digits)
{
	char full[OID_HEX_MAX + 1];

	oid_to_hex(full, &ids->query->range.commits[commit].id, ids->query->repo->rawlen);
	return !strncmp(full, hex, digits);
}

/* The commit of the range that the digits stand for, or -1: none, or more than one. */
static ssize_t find_id(const struct ids *ids, const char *hex, size_t digits)
{
	size_t low = 0, high = ids->query->range.nr;
	char start[NAME_DIGITS + 1];
	ssize_t found = -1;
	uint32_t bits;

	if (digits < NAME_DIGITS || digits > 2 * ids->query->repo->rawlen)
		return -1;
	memcpy(start, hex, NAME_DIGITS);
	start[NAME_DIGITS] = '\0';
	bits = (uint32_t)strtoul(start, NULL, 16);
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (ids->starts[middle].bits < bits)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < ids->query->range.nr && ids->starts[low].bits == bits; low++) {
		if (!id_starts_with(ids, ids->starts[low].commit, hex, digits))
			continue;
		if (found >= 0)
			return -1;
		found = ids->starts[low].commit;
	}
	return found;
}

/* "Fixes: <id>" and "This reverts commit <id>" in a message name earlier commits. */
static void note_names(struct query *query, const struct ids *ids, const struct commit_text *text)
{
	static const struct {
		const char *words;
		bool reverted;
	} forms[] = { { "\nFixes: ", false }, { "This reverts commit ", true } };
	const char *end = text->message + text->message_len;

	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		size_t n = strlen(forms[i].words);
		const char *at = text->message;

		while ((at = memmem(at, (size_t)(end - at), forms[i].words, n))) {
			size_t digits = 0;
			ssize_t named;

			at += n;
			while (at + digits < end && digits < OID_HEX_MAX &&
			       strchr("0123456789abcdef", at[digits]) && at[digits])
				digits++;
			named = find_id(ids, at, digits);
			if (named >= 0)
				rank_named(query->rank, (size_t)named, forms[i].reverted);
		}
	}
}

static int gather_message(struct query *query, const struct ids *ids, size_t commit)
{
	struct commit_text text;
	struct object object;

	if (repo_read(query->repo, &query->range.commits[commit].id, OBJECT_COMMIT, &object) ||
	    commit_parse(object.data, object.size, &text))
		return -1;
	rank_message(query->rank, commit,
		     &(struct rank_message){ .author = text.author,
					     .author_len = text.author_len,
					     .subject = text.subject,
					     .subject_len = text.subject_len,
					     .body = text.body,
					     .body_len = text.body_len });
	note_names(query, ids, &text);
	return 0;
}

int gather_messages(struct query *query, int progress)
{
	struct progress meter;
	struct ids ids;
	int ret = 0;

	sort_ids(&ids, query);
	progress_start_now(&meter, "Reading messages", query->range.nr, progress);
	for (size_t i = 0; i < query->range.nr && !ret; i++) {
		if (query->range.commits[i].nparents < 2)
			ret = gather_message(query, &ids, i);
		progress_update(&meter, i + 1);
	}
	progress_stop(&meter);
	free(ids.starts);
	return ret;
}

static void give_line(char side, const char *text, size_t len, bool in_comment, void *data)
{
	(void)side;
	if (!in_comment)
		rank_line(data, text, len);
}

static void give_function(const char *name, size_t len, size_t lines, void *data)
{
	rank_changed(data, name, len, lines);
}

/*
 * Versions of one file that were read last. Newer versions are what older
 * ones are stored as differences of, and what one commit makes the next one
 * changes: so the changes of a file are read from the newest to the oldest,
 * and most texts once.
 */
#define VERSIONS 4

struct version {
	struct oid id;
	bool missing;
	struct strbuf text;
};

struct versions {
	struct version v[VERSIONS];
	size_t next;
};

/*
 * A blob's text, borrowed until the next call, or the one after that which
 * says `keep`. Returns 1 where the blob is not here.
 */
static int read_version(struct query *query, struct versions *versions, const struct oid *id,
			const struct strbuf *keep, const struct strbuf **text)
{
	static const struct strbuf none = STRBUF_INIT;
	struct version *version;
	struct object object;
	int found;

	*text = &none;
	if (oid_is_zero(id))
		return 0;
	for (size_t i = 0; i < VERSIONS; i++) {
		*text = &versions->v[i].text;
		if (oid_equal(&versions->v[i].id, id))
			return versions->v[i].missing;
	}
	/* The other side of the change in hand is never the one to go. */
	version = &versions->v[versions->next++ % VERSIONS];
	if (&version->text == keep)
		version = &versions->v[versions->next++ % VERSIONS];
	*text = &version->text;
	version->id = *id;
	strbuf_reset(&version->text);
	found = repo_read(query->repo, id, OBJECT_NONE, &object);
	if (found < 0)
		return -1;
	if (!found && object.kind == OBJECT_BLOB && object.size <= QUERY_BLOB_MAX)
		strbuf_add(&version->text, object.data, object.size);
	version->missing = found > 0 && query->repo->partial;
	return version->missing;
}

/* By file, the newest first. */
static int by_file(const void *a, const void *b, void *data)
{
	const struct change *changes = data;
	const struct change *x = &changes[*(const uint32_t *)a], *y = &changes[*(const uint32_t *)b];

	if (x->path != y->path)
		return x->path < y->path ? -1 : 1;
	return x->commit > y->commit ? -1 : x->commit < y->commit;
}

struct moved_sink {
	struct rank *rank;
	const struct change *change;
	const struct strvec *names;
	bool told;
};

static void give_moved(const char *name, size_t len, size_t lines, void *data)
{
	struct moved_sink *to = data;

	for (size_t i = 0; i < to->names->nr; i++) {
		if (strlen(to->names->v[i]) != len || memcmp(to->names->v[i], name, len) || !lines)
			continue;
		if (!to->told)
			rank_file(to->rank, to->change->commit, to->change->path);
		to->told = true;
		rank_changed(to->rank, name, len, lines);
	}
}

/* Of a file that hot functions were in before, nothing but these is hot. */
static void gather_moved(struct query *query, const struct change *change, const struct strbuf *before,
			 const struct strbuf *after)
{
	struct moved_sink to = { query->rank, change, &query->moved[change->moved - 1].names, false };
	struct function_sink sink = { .function = give_moved, .data = &to };

	function_changes(before->buf, before->len, after->buf, after->len, &sink);
}

static int gather_change(struct query *query, struct versions *versions, const struct change *change)
{
	struct function_sink sink = { .function = give_function, .line = give_line, .data = query->rank };
	const struct strbuf *before, *after;
	int missing_after = read_version(query, versions, &change->after, NULL, &after), missing_before;

	if (missing_after < 0)
		return -1;
	missing_before = read_version(query, versions, &change->before, after, &before);
	if (missing_before < 0)
		return -1;
	if (change->moved) {
		gather_moved(query, change, before, after);
		return 0;
	}
	rank_file(query->rank, change->commit, change->path);
	/* Against an empty text every line would be a change. */
	if (missing_before || missing_after)
		missing_change(query, query->hot.paths[change->path]);
	else
		function_changes(before->buf, before->len, after->buf, after->len, &sink);
	return 0;
}

int gather_changes(struct query *query, int progress)
{
	uint32_t *order = xcalloc(query->nchanges, sizeof(*order));
	struct versions versions = { .next = 0 };
	struct progress meter;
	int ret = 0;

	for (size_t i = 0; i < VERSIONS; i++)
		versions.v[i].text = (struct strbuf)STRBUF_INIT;
	for (size_t i = 0; i < query->nchanges; i++)
		order[i] = (uint32_t)i;
	if (query->nchanges)
		qsort_r(order, query->nchanges, sizeof(*order), by_file, query->changes);
	progress_start_now(&meter, "Reading changes", query->nchanges, progress);
	for (size_t i = 0; i < query->nchanges && !ret; i++) {
		ret = gather_change(query, &versions, &query->changes[order[i]]);
		progress_update(&meter, i + 1);
	}
	progress_stop(&meter);
	for (size_t i = 0; i < VERSIONS; i++)
		strbuf_release(&versions.v[i].text);
	free(order);
	return ret;
}
