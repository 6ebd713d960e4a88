#include "engine/rank.h"

#include <math.h>

#include "base/error.h"
#include "engine/rank-state.h"
#include "engine/words.h"

#define NO_COMMIT SIZE_MAX

static const struct rank_part_info part_info[RANK_PARTS] = {
	[RANK_HUNK] = { "hunk", "changed lines in hot functions", 1 },
	[RANK_CHURN] = { "churn", "changed lines in files of hot functions", 1 },
	[RANK_USES] = { "uses", "changed lines name what hot functions use", 1 },
	[RANK_HEADER] = { "header", "a changed header defines what hot functions use", 0 },
	[RANK_DIRECTORY] = { "directory", "changes code beside hot functions", 1 },
	[RANK_MESSAGE] = { "message", "the message speaks of hot functions, files and the context", 1 },
	[RANK_SUBJECT] = { "subject", "the subject names a hot file or its folder", 1 },
	[RANK_CONTEXT] = { "context", "the message answers the context", 2 },
	[RANK_NAMED] = { "named", "a later commit of the range fixes or reverts it", 0 },
};

const struct rank_part_info *rank_part_info(enum rank_part part)
{
	return &part_info[part];
}

int rank_weights_parse(const char *text, double *weights)
{
	while (*text) {
		size_t len = strcspn(text, "="), part;
		char *end;

		for (part = 0; part < RANK_PARTS; part++)
			if (strlen(part_info[part].name) == len && !strncmp(part_info[part].name, text, len))
				break;
		if (part == RANK_PARTS || text[len] != '=')
			goto wrong;
		weights[part] = strtod(text + len + 1, &end);
		if (end == text + len + 1 || !isfinite(weights[part]) || fabs(weights[part]) > 1000 ||
		    (*end && *end != ','))
			goto wrong;
		text = *end ? end + 1 : end;
	}
	return 0;
wrong:
	error_set("weights are <name>=<number>,... between -1000 and 1000, not \"%s\"; the names are", text);
	for (size_t i = 0; i < RANK_PARTS; i++)
		error_set("%s%s %s", error_message(), i ? "," : "", part_info[i].name);
	return -1;
}

/* Words that half the paths of any C tree hold. */
static bool is_common_path_word(const char *word)
{
	static const char *const common[] = { "app",      "builtin", "common", "core",   "drivers",
					      "examples", "include", "lib",    "librte", "main",
					      "module",   "net",     "src",    "test",   "base" };

	for (size_t i = 0; i < ARRAY_SIZE(common); i++)
		if (!strcmp(word, common[i]))
			return true;
	return false;
}

struct path_words {
	struct rank *rank;
	double weight;
	size_t path;
	/* Path that a word was last seen in, plus one. */
	size_t *seen;
	size_t alloc;
};

static void add_path_word(const char *word, size_t len, void *data)
{
	struct path_words *words = data;
	struct rank *rank = words->rank;
	size_t old = rank->path_words.nr, id;

	if (is_common_path_word(word))
		return;
	id = strmap_intern(&rank->path_words, word, len);
	if (id == old) {
		rank->path_word_weight = xreallocarray(rank->path_word_weight, id + 1, sizeof(double));
		words->seen = xreallocarray(words->seen, id + 1, sizeof(*words->seen));
		rank->path_word_weight[id] = 0;
		words->seen[id] = 0;
	}
	if (words->seen[id] == words->path + 1)
		return;
	words->seen[id] = words->path + 1;
	rank->path_word_weight[id] += words->weight;
}

static void weigh_paths(struct rank *rank)
{
	struct path_words words = { .rank = rank };
	const struct rank_query *query = &rank->query;
	double largest = 0;

	rank->path_weight = xcalloc(query->npaths, sizeof(double));
	for (size_t i = 0; i < query->nfunctions; i++)
		if (query->functions[i].path != RANK_NO_PATH)
			rank->path_weight[query->functions[i].path] += log1p(query->functions[i].share);
	for (size_t i = 0; i < query->npaths; i++)
		largest = fmax(largest, rank->path_weight[i]);
	for (size_t i = 0; i < query->npaths && largest > 0; i++) {
		words.path = i;
		words.weight = rank->path_weight[i] / largest;
		words_of_path(query->paths[i], strlen(query->paths[i]), add_path_word, &words);
	}
	free(words.seen);
}

static size_t directory_len(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? (size_t)(slash - path) : 0;
}

static void weigh_directories(struct rank *rank)
{
	const struct rank_query *query = &rank->query;

	rank->dir_weight = xcalloc(query->npaths, sizeof(double));
	for (size_t i = 0; i < query->npaths; i++) {
		size_t dir = strmap_intern(&rank->dirs, query->paths[i], directory_len(query->paths[i]));

		rank->dir_weight[dir] += rank->path_weight[i];
	}
}

static void weigh_names(struct rank *rank)
{
	const struct rank_query *query = &rank->query;

	rank->name_weight = xcalloc(query->nfunctions, sizeof(double));
	rank->name_function = xcalloc(query->nfunctions, sizeof(uint32_t));
	for (size_t i = 0; i < query->nfunctions; i++) {
		const char *name = query->functions[i].name;
		size_t known = rank->names.nr, id = strmap_intern(&rank->names, name, strlen(name));
		double weight = log1p(query->functions[i].share);

		if (id == known || weight > rank->name_weight[id]) {
			rank->name_weight[id] = weight;
			rank->name_function[id] = (uint32_t)i;
		}
	}
}

struct query_words {
	struct bm25 *bm;
	struct strmap sums;
	double *weights;
	double weight;
	/* The text that is being read, and the one in which a word was last seen; from 1. */
	size_t text;
	size_t *seen;
};

/* Sums the weights of the texts that hold a word. */
static void sum_word(const char *word, size_t len, void *data)
{
	struct query_words *q = data;
	size_t known = q->sums.nr, id;

	if (word_is_stop(word, len))
		return;
	id = strmap_intern(&q->sums, word, len);
	if (id == known) {
		q->weights = xreallocarray(q->weights, id + 1, sizeof(*q->weights));
		q->seen = xreallocarray(q->seen, id + 1, sizeof(*q->seen));
		q->weights[id] = 0;
		q->seen[id] = 0;
	}
	if (q->seen[id] != q->text)
		q->weights[id] += q->weight;
	q->seen[id] = q->text;
}

static void ask_context(const char *word, size_t len, void *data)
{
	struct rank *rank = data;

	if (word_is_stop(word, len))
		return;
	bm25_query(rank->context, word, word_stem(word, len), 1);
}

/* Words of the functions weigh by share, those of the paths likewise, those of the context one. */
static void make_queries(struct rank *rank)
{
	const char *context = rank->query.context;
	struct query_words q = { .weight = 1 };
	double largest = 0;

	for (size_t i = 0; i < rank->names.nr; i++)
		largest = fmax(largest, rank->name_weight[i]);
	for (size_t i = 0; i < rank->names.nr && largest > 0; i++) {
		q.text++;
		q.weight = rank->name_weight[i] / largest;
		words_of_text(strmap_key(&rank->names, i), strlen(strmap_key(&rank->names, i)), sum_word, &q);
	}
	for (size_t i = 0; i < q.sums.nr; i++)
		bm25_query(rank->message, strmap_key(&q.sums, i), strlen(strmap_key(&q.sums, i)),
			   log1p(q.weights[i]));
	for (size_t i = 0; i < rank->path_words.nr; i++)
		bm25_query(rank->message, strmap_key(&rank->path_words, i),
			   strlen(strmap_key(&rank->path_words, i)), log1p(rank->path_word_weight[i]));
	free(q.weights);
	free(q.seen);
	strmap_release(&q.sums);

	q = (struct query_words){ .weight = 1, .text = 1 };
	words_of_text(context, strlen(context), sum_word, &q);
	for (size_t i = 0; i < q.sums.nr; i++)
		bm25_query_add(rank->message, strmap_key(&q.sums, i), strlen(strmap_key(&q.sums, i)), 1);
	words_of_text(context, strlen(context), ask_context, rank);
	free(q.weights);
	free(q.seen);
	strmap_release(&q.sums);
}

struct rank *rank_new(const struct rank_query *query)
{
	struct rank *rank = xcalloc(1, sizeof(*rank));

	rank->query = *query;
	for (size_t i = 0; i < RANK_PARTS; i++)
		rank->weights[i] = query->weights ? query->weights[i] : part_info[i].weight;
	rank->message = bm25_new(query->ncommits);
	rank->context = bm25_new(query->ncommits);
	rank->commits = xcalloc(query->ncommits, sizeof(*rank->commits));
	rank->open = NO_COMMIT;
	weigh_names(rank);
	weigh_paths(rank);
	weigh_directories(rank);
	make_queries(rank);
	return rank;
}

void rank_free(struct rank *rank)
{
	if (!rank)
		return;
	strmap_release(&rank->names);
	strmap_release(&rank->dirs);
	strmap_release(&rank->path_words);
	strmap_release(&rank->idents);
	free(rank->name_weight);
	free(rank->name_function);
	free(rank->path_weight);
	free(rank->dir_weight);
	free(rank->path_word_weight);
	free(rank->ident_use);
	free(rank->ident_commits);
	free(rank->ident_header_commits);
	free(rank->ident_line);
	free(rank->ident_slot);
	bm25_free(rank->message);
	bm25_free(rank->context);
	free(rank->commits);
	free(rank->changes);
	free(rank->counts);
	free(rank->hits);
	free(rank->results);
	free(rank->order);
	free(rank);
}
