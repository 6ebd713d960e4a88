/* The calls that bring evidence into a ranking. */
#include "engine/rank-state.h"

#include <math.h>

#include "engine/words.h"

/* What of a message's body is read: longer ones hold logs and tables. */
#define BODY_MAX 6000

size_t rank_ndirectories(const struct rank *rank)
{
	return rank->dirs.nr;
}

const char *rank_directory_name(const struct rank *rank, size_t directory)
{
	return strmap_key(&rank->dirs, directory);
}

struct body {
	struct rank *rank;
	uint32_t name;
	double weight;
};

static void grow_idents(struct rank *rank)
{
	size_t old = rank->ident_alloc;
	size_t extra;

	if (rank->idents.nr <= old)
		return;
	rank->ident_alloc = alloc_grown(old, rank->idents.nr);
	extra = rank->ident_alloc - old;
	rank->ident_use = xreallocarray(rank->ident_use, rank->ident_alloc, sizeof(double));
	memset(rank->ident_use + old, 0, extra * sizeof(double));
	rank->ident_line = xreallocarray(rank->ident_line, rank->ident_alloc, sizeof(uint32_t));
	memset(rank->ident_line + old, 0, extra * sizeof(uint32_t));
}

static void use_ident(const char *name, size_t len, void *data)
{
	struct body *body = data;
	struct rank *rank = body->rank;
	size_t id;

	if (strmap_find(&rank->names, name, len) == (ssize_t)body->name)
		return;
	id = strmap_intern(&rank->idents, name, len);
	grow_idents(rank);
	if (rank->ident_line[id] != rank->line_number)
		rank->ident_use[id] += body->weight;
	rank->ident_line[id] = rank->line_number;
}

void rank_body(struct rank *rank, uint32_t function, const char *text, size_t len)
{
	const char *name = rank->query.functions[function].name;
	struct body body = { .rank = rank, .name = (uint32_t)strmap_get(&rank->names, name) };

	body.weight = rank->name_weight[body.name];
	/* One number for the whole body: each identifier counts once in it. */
	rank->line_number++;
	identifiers_of_code(text, len, use_ident, &body);
}

struct reading {
	struct rank *rank;
	uint32_t times;
};

static void read_word(const char *word, size_t len, void *data)
{
	struct reading *reading = data;

	if (word_is_stop(word, len))
		return;
	bm25_word(reading->rank->message, word, len, reading->times);
	bm25_word(reading->rank->context, word, word_stem(word, len), reading->times);
}

/* "Signed-off-by: ...", "Fixes: ...": names and numbers that say nothing of the change. */
static bool is_trailer(const char *line, size_t len)
{
	static const char *const keys[] = { "cc",          "fixes",          "link",     "closes",
					    "bugzilla id", "coverity issue", "change-id" };
	const char *colon = memchr(line, ':', len);
	size_t n = colon ? (size_t)(colon - line) : 0;

	if (!n)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (strlen(keys[i]) == n && !strncasecmp(keys[i], line, n))
			return true;
	if (n < 4 || strncasecmp(colon - 2, "by", 2) || !memchr(line, '-', n))
		return false;
	for (size_t i = 0; i < n; i++)
		if (line[i] != '-' && !is_word_char(line[i]))
			return false;
	return true;
}

static void read_body(struct reading *reading, const char *body, size_t len)
{
	const char *end = body + len;
	size_t left = BODY_MAX;

	while (body < end && left) {
		const char *eol = memchr(body, '\n', (size_t)(end - body));
		size_t n = (size_t)((eol ? eol : end) - body);

		if (!is_trailer(body, n)) {
			size_t kept = n < left ? n : left;

			words_of_text(body, kept, read_word, reading);
			left -= kept;
		}
		body += n + (eol != NULL);
	}
}

static void find_path_word(const char *word, size_t len, void *data)
{
	struct reading *reading = data;
	const struct rank *rank = reading->rank;
	uint32_t *best = &rank->commits[rank->open].path_word;
	ssize_t id = strmap_find(&rank->path_words, word, len);

	if (id >= 0 && (!*best || rank->path_word_weight[id] > rank->path_word_weight[*best - 1]))
		*best = (uint32_t)id + 1;
}

/* Author and subject up to the colon; FNV-1a, 64 bits. */
static uint64_t topic_of(const struct rank_message *message)
{
	const char *colon = memchr(message->subject, ':', message->subject_len);
	size_t len = colon ? (size_t)(colon - message->subject) : 0;
	uint64_t hash = 14695981039346656037u;

	if (!len || len > 60)
		return 0;
	for (size_t i = 0; i < message->author_len; i++)
		hash = (hash ^ (unsigned char)message->author[i]) * 1099511628211u;
	for (size_t i = 0; i < len; i++)
		hash = (hash ^ (unsigned char)message->subject[i]) * 1099511628211u;
	return hash | 1;
}

void rank_message(struct rank *rank, size_t commit, const struct rank_message *message)
{
	struct reading reading = { .rank = rank, .times = 2 };

	rank->commits[commit].given = true;
	rank->commits[commit].topic = topic_of(message);
	rank->given++;
	rank->open = commit;
	bm25_begin(rank->message, commit);
	bm25_begin(rank->context, commit);
	words_of_text(message->subject, message->subject_len, read_word, &reading);
	reading.times = 1;
	read_body(&reading, message->body, message->body_len);
	bm25_end(rank->message);
	bm25_end(rank->context);
	words_of_path(message->subject, message->subject_len, find_path_word, &reading);
	rank->open = SIZE_MAX;
}

/* Ends the list of identifiers that is open. */
static void close_list(struct rank *rank)
{
	const struct rank_commit *c;
	size_t from;
	uint32_t nr;

	if (rank->open == SIZE_MAX)
		return;
	c = &rank->commits[rank->open];
	from = rank->open_header ? c->header : c->ident;
	nr = rank->open_header ? c->nheaders : c->nidents;
	for (uint32_t i = 0; i < nr; i++) {
		uint32_t ident = rank->counts[from + i].ident;

		rank->ident_slot[ident] = 0;
		(rank->open_header ? rank->ident_header_commits : rank->ident_commits)[ident]++;
	}
	rank->open = SIZE_MAX;
}

static struct rank_commit *open_list(struct rank *rank, size_t commit, bool header)
{
	struct rank_commit *c = &rank->commits[commit];

	if (rank->open == commit && rank->open_header == header)
		return c;
	close_list(rank);
	/* The bodies are known: no identifier joins from here on. */
	if (!rank->ident_slot) {
		rank->ident_slot = xcalloc(rank->idents.nr, sizeof(uint32_t));
		rank->ident_commits = xcalloc(rank->idents.nr, sizeof(uint32_t));
		rank->ident_header_commits = xcalloc(rank->idents.nr, sizeof(uint32_t));
	}
	if (header) {
		c->header = rank->ncounts;
		c->touches_header = true;
	} else {
		c->ident = rank->ncounts;
		c->change = rank->nchanges;
		c->hit = rank->nhits;
	}
	rank->open = commit;
	rank->open_header = header;
	return c;
}

void rank_file(struct rank *rank, size_t commit, uint32_t path)
{
	struct rank_commit *c = open_list(rank, commit, false);

	ALLOC_GROW(rank->changes, rank->nchanges + 1, rank->changes_alloc);
	rank->changes[rank->nchanges++] = (struct rank_change){ .path = path };
	c->nchanges++;
}

void rank_header(struct rank *rank, size_t commit)
{
	open_list(rank, commit, true);
}

static void count_ident(const char *name, size_t len, void *data)
{
	struct rank *rank = data;
	struct rank_commit *c = &rank->commits[rank->open];
	size_t from = rank->open_header ? c->header : c->ident;
	uint32_t *nr = rank->open_header ? &c->nheaders : &c->nidents;
	ssize_t id = strmap_find(&rank->idents, name, len);

	if (!rank->open_header)
		c->words++;
	if (id < 0 || rank->ident_line[id] == rank->line_number)
		return;
	rank->ident_line[id] = rank->line_number;
	if (!rank->ident_slot[id]) {
		ALLOC_GROW(rank->counts, rank->ncounts + 1, rank->counts_alloc);
		rank->counts[rank->ncounts++] = (struct rank_ident){ .ident = (uint32_t)id };
		rank->ident_slot[id] = ++*nr;
	}
	rank->counts[from + rank->ident_slot[id] - 1].lines++;
}

void rank_line(struct rank *rank, const char *text, size_t len)
{
	rank->line_number++;
	if (!rank->open_header)
		rank->changes[rank->nchanges - 1].lines++;
	identifiers_of_code(text, len, count_ident, rank);
}

void rank_changed(struct rank *rank, const char *name, size_t len, size_t lines)
{
	struct rank_commit *c = &rank->commits[rank->open];
	ssize_t id = strmap_find(&rank->names, name, len);
	uint32_t function;

	if (id < 0 || !lines || rank->open_header)
		return;
	function = rank->name_function[id];
	for (uint32_t i = 0; i < c->nhits; i++) {
		if (rank->hits[c->hit + i].function != function)
			continue;
		rank->hits[c->hit + i].lines += (uint32_t)lines;
		return;
	}
	ALLOC_GROW(rank->hits, rank->nhits + 1, rank->hits_alloc);
	rank->hits[rank->nhits++] = (struct rank_hit){ .function = function, .lines = (uint32_t)lines };
	c->nhits++;
}

void rank_directory(struct rank *rank, size_t commit, size_t directory)
{
	uint32_t *best = &rank->commits[commit].directory;

	if (!*best || rank->dir_weight[directory] > rank->dir_weight[*best - 1])
		*best = (uint32_t)directory + 1;
}

void rank_named(struct rank *rank, size_t commit, bool reverted)
{
	if (reverted)
		rank->commits[commit].reverted = true;
	else
		rank->commits[commit].fixed = true;
}

void rank_finish(struct rank *rank)
{
	close_list(rank);
	bm25_finish(rank->message);
	bm25_finish(rank->context);
	rank_score_all(rank);
}
