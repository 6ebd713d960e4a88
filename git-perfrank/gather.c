/* What the commits say and what they change, into the ranking. */
#include "query.h"
#include "repo/commit.h"
#include "repo/function.h"
#include "repo/mentions.h"
#include "repo/texts.h"
#include "ui/progress.h"

static void note_mention(size_t commit, bool reverted, void *rank)
{
	rank_named(rank, commit, reverted);
}

static int gather_message(struct query *query, const struct mentions *mentions, size_t commit)
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
	mentions_in(mentions, text.message, text.message_len, note_mention, query->rank);
	return 0;
}

int gather_messages(struct query *query, int progress)
{
	struct mentions *mentions = mentions_new(&query->range, query->repo->rawlen);
	struct progress meter;
	int ret = 0;

	progress_start_now(&meter, "Reading messages", query->range.nr, progress);
	for (size_t i = 0; i < query->range.nr && !ret; i++) {
		if (query->range.commits[i].nparents < 2)
			ret = gather_message(query, mentions, i);
		progress_update(&meter, i + 1);
	}
	progress_stop(&meter);
	mentions_free(mentions);
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
 * By file, the newest first: newer versions are what older ones are stored as
 * differences of, and what one commit makes the next one changes.
 */
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

static int gather_change(struct query *query, struct texts *texts, const struct change *change)
{
	struct function_sink sink = { .function = give_function, .line = give_line, .data = query->rank };
	const struct strbuf *before, *after;
	int missing_after = texts_read(texts, &change->after, NULL, &after), missing_before;

	if (missing_after < 0)
		return -1;
	missing_before = texts_read(texts, &change->before, after, &before);
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
	struct texts texts;
	struct progress meter;
	int ret = 0;

	texts_init(&texts, query->repo, QUERY_BLOB_MAX);
	for (size_t i = 0; i < query->nchanges; i++)
		order[i] = (uint32_t)i;
	if (query->nchanges)
		qsort_r(order, query->nchanges, sizeof(*order), by_file, query->changes);
	progress_start_now(&meter, "Reading changes", query->nchanges, progress);
	for (size_t i = 0; i < query->nchanges && !ret; i++) {
		ret = gather_change(query, &texts, &query->changes[order[i]]);
		progress_update(&meter, i + 1);
	}
	progress_stop(&meter);
	texts_release(&texts);
	free(order);
	return ret;
}
