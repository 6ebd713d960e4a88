/* The calls that bring evidence into a ranking. */
#include "engine/rank-state.h"

#include <math.h>

#include "engine/words.h"

/* What of a message's body is read: longer ones hold logs and tables. */
#define BODY_MAX 6000
/* A word of the subject counts as so many of the body. */
#define SUBJECT_TIMES 4

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
	const struct rank_function *f = &rank->query.functions[function];
	const char *name = f->name;
	struct body body = { .rank = rank, .name = (uint32_t)strmap_get(&rank->names, name) };

	body.weight = rank->name_weight[body.name] / (f->places ? f->places : 1);
	/* One number for the whole body: each identifier counts once in it. */
	rank->line_number++;
	code_identifiers_of(text, len, use_ident, &body);
}

void rank_caller(struct rank *rank, const struct rank_caller *caller)
{
	double weight = caller->weight * log1p(rank->query.functions[caller->function].share);
	size_t known = rank->caller_names.nr, id;

	if (strmap_get(&rank->names, caller->name) >= 0)
		return;
	id = strmap_intern(&rank->caller_names, caller->name, strlen(caller->name));
	ALLOC_GROW(rank->callers, id + 1, rank->callers_alloc);
	if (id < known && rank->callers[id].weight >= weight)
		return;
	rank->callers[id] = (struct rank_calling){ caller->function, weight };
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

/* The body without its trailers. */
static void read_body(struct rank *rank, size_t commit, const char *body, size_t len)
{
	const char *end = body + len;
	size_t left = BODY_MAX;

	while (body < end && left) {
		const char *eol = memchr(body, '\n', (size_t)(end - body));
		size_t n = (size_t)((eol ? eol : end) - body);

		if (!is_trailer(body, n)) {
			size_t kept = n < left ? n : left;

			terms_read(rank->messages, commit, body, kept, 1, false);
			left -= kept;
		}
		body += n + (eol != NULL);
	}
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
	struct rank_commit *c = &rank->commits[commit];

	if (c->given)
		BUG("commit %zu comes twice", commit);
	c->given = true;
	c->topic = topic_of(message);
	rank->given++;
	terms_read(rank->messages, commit, message->subject, message->subject_len, SUBJECT_TIMES, true);
	read_body(rank, commit, message->body, message->body_len);
}

void rank_named(struct rank *rank, size_t commit, bool reverted)
{
	if (reverted)
		rank->commits[commit].reverted = true;
	else
		rank->commits[commit].fixed = true;
}

void rank_close_list(struct rank *rank)
{
	const struct rank_change *change;

	if (!rank->nchanges)
		return;
	change = &rank->changes[rank->nchanges - 1];
	for (uint32_t i = 0; i < change->nidents; i++)
		rank->ident_slot[rank->counts[change->ident + i].ident] = 0;
}

static void open_change(struct rank *rank, size_t commit, uint32_t path)
{
	rank_close_list(rank);
	/* The bodies are known: no identifier joins from here on. */
	if (!rank->ident_slot)
		rank->ident_slot = xcalloc(rank->idents.nr, sizeof(*rank->ident_slot));
	ALLOC_GROW(rank->changes, rank->nchanges + 1, rank->changes_alloc);
	rank->changes[rank->nchanges++] = (struct rank_change){ .commit = (uint32_t)commit,
								.path = path,
								.ident = rank->ncounts,
								.hit = rank->nhits,
								.caller = rank->ncaller_hits };
}

void rank_file(struct rank *rank, size_t commit, uint32_t path)
{
	open_change(rank, commit, path);
}

void rank_header(struct rank *rank, size_t commit)
{
	open_change(rank, commit, RANK_HEADER_PATH);
}

static void count_ident(const char *name, size_t len, void *data)
{
	struct rank *rank = data;
	struct rank_change *change = &rank->changes[rank->nchanges - 1];
	ssize_t id = strmap_find(&rank->idents, name, len);

	/* What hot functions do not use makes the line longer, nothing else. */
	if (id < 0) {
		change->words++;
		return;
	}
	if (rank->ident_line[id] == rank->line_number)
		return;
	rank->ident_line[id] = rank->line_number;
	change->words++;
	if (!rank->ident_slot[id]) {
		ALLOC_GROW(rank->counts, rank->ncounts + 1, rank->counts_alloc);
		rank->counts[rank->ncounts++] = (struct rank_ident){ .ident = (uint32_t)id };
		rank->ident_slot[id] = ++change->nidents;
	}
	rank->counts[change->ident + rank->ident_slot[id] - 1].lines++;
}

void rank_line(struct rank *rank, const char *text, size_t len)
{
	rank->line_number++;
	rank->changes[rank->nchanges - 1].lines++;
	identifiers_of(text, len, count_ident, rank);
}

static void change_caller(struct rank *rank, struct rank_change *change, const char *name, size_t len,
			  size_t lines)
{
	ssize_t id = strmap_find(&rank->caller_names, name, len);

	if (id < 0)
		return;
	ALLOC_GROW(rank->caller_hits, rank->ncaller_hits + 1, rank->caller_hits_alloc);
	rank->caller_hits[rank->ncaller_hits++] = (struct rank_hit){ .function = (uint32_t)id,
								     .lines = (uint32_t)lines };
	change->ncallers++;
}

void rank_changed(struct rank *rank, const char *name, size_t len, size_t lines)
{
	struct rank_change *change = &rank->changes[rank->nchanges - 1];
	ssize_t id = strmap_find(&rank->names, name, len);

	if (!lines || change->path == RANK_HEADER_PATH || (len == 1 && *name == '-'))
		return;
	terms_read_once(rank->code, change->commit, name, len);
	if (id < 0) {
		change_caller(rank, change, name, len, lines);
		return;
	}
	ALLOC_GROW(rank->hits, rank->nhits + 1, rank->hits_alloc);
	rank->hits[rank->nhits++] = (struct rank_hit){ .function = rank->name_function[id],
						       .lines = (uint32_t)lines };
	change->nhits++;
}

void rank_nearby(struct rank *rank, size_t commit, size_t directory, const char *name)
{
	uint32_t *best = &rank->commits[commit].directory;
	const char *dot = strrchr(name, '.');
	const char *dir = strmap_key(&rank->dirs, directory);
	char *path;

	if (!*best || rank->dir_weight[directory] > rank->dir_weight[*best - 1])
		*best = (uint32_t)directory + 1;
	path = xstrfmt("%s/%.*s", dir, (int)(dot ? dot - name : (ptrdiff_t)strlen(name)), name);
	terms_read_once(rank->code, commit, path, strlen(path));
	free(path);
}
