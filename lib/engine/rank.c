#include "engine/rank.h"

#include <math.h>

#include "base/error.h"
#include "engine/rank-state.h"
#include "engine/words.h"

static const struct rank_part_info part_info[RANK_PARTS] = {
	[RANK_HUNK] = { "hunk", "changes hot functions", 1 },
	[RANK_CHURN] = { "churn", "changes files of hot functions", 1 },
	[RANK_USES] = { "uses", "changes lines that name what hot functions use", 1 },
	[RANK_HEADER] = { "header", "changes what hot functions use from a header", 0.5 },
	[RANK_DIRECTORY] = { "directory", "changes code in a folder of hot functions", 1 },
	[RANK_MESSAGE] = { "message", "speaks of hot functions, their files, the context", 1 },
	[RANK_SUBJECT] = { "subject", "names hot files in its subject", 1 },
	[RANK_CONTEXT] = { "context", "speaks of the context", 2 },
	[RANK_CODE] = { "code", "changes functions and files with words of the context", 1 },
	[RANK_CALLS] = { "calls", "changes what calls hot functions, and none of these", 0.15 },
	[RANK_NAMED] = { "named", "is named by a later commit of the range", 0.25 },
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

static void weigh_paths(struct rank *rank)
{
	const struct rank_query *query = &rank->query;

	rank->path_weight = xcalloc(query->npaths, sizeof(double));
	for (size_t i = 0; i < query->nfunctions; i++) {
		const struct rank_function *f = &query->functions[i];

		if (f->path != RANK_NO_PATH)
			rank->path_weight[f->path] += log1p(f->share) / (f->places ? f->places : 1);
	}
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

/* The words of some weighted texts: for each word the sum of the weights of the texts that hold it. */
struct word_sums {
	struct terms *terms;
	double *sums;
	size_t *seen;
	size_t nr, sums_alloc, seen_alloc;
	/* The text that is being read, from 1, and its weight. */
	size_t text;
	double weight;
};

static void sum_piece(const char *piece, size_t len, bool whole, void *data)
{
	struct word_sums *w = data;
	char word[WORD_MAX + 1];
	size_t n = word_canonical(piece, len, whole, word), id;

	if (!n)
		return;
	id = terms_add(w->terms, word, n, piece, len);
	if (id >= w->nr) {
		ALLOC_GROW(w->sums, id + 1, w->sums_alloc);
		ALLOC_GROW(w->seen, id + 1, w->seen_alloc);
		memset(w->sums + w->nr, 0, (id + 1 - w->nr) * sizeof(*w->sums));
		memset(w->seen + w->nr, 0, (id + 1 - w->nr) * sizeof(*w->seen));
		w->nr = id + 1;
	}
	if (w->seen[id] != w->text)
		w->sums[id] += w->weight;
	w->seen[id] = w->text;
}

static void sum_text(struct word_sums *w, const char *text, size_t len, double weight)
{
	w->text++;
	w->weight = weight;
	words_split(text, len, sum_piece, w);
}

/* The sums as an array of `nr` weights. */
static double *word_weights(struct word_sums *w, size_t nr)
{
	double *weights = xcalloc(nr, sizeof(*weights));

	for (size_t i = 0; i < w->nr; i++)
		weights[i] = w->sums[i];
	free(w->sums);
	free(w->seen);
	return weights;
}

static double largest_of(const double *v, size_t nr)
{
	double largest = 0;

	for (size_t i = 0; i < nr; i++)
		largest = fmax(largest, v[i]);
	return largest > 0 ? largest : 1;
}

static size_t path_stem(const char *path)
{
	const char *dot = strrchr(path, '.');

	return dot ? (size_t)(dot - path) : strlen(path);
}

/* Words of functions and paths weigh by share, those of the context one. */
static void make_queries(struct rank *rank)
{
	const struct rank_query *query = &rank->query;
	struct word_sums functions = { .terms = rank->messages }, paths = functions, context = functions;
	struct word_sums code = { .terms = rank->code };
	double most_name = largest_of(rank->name_weight, rank->names.nr);
	double most_path = largest_of(rank->path_weight, query->npaths);
	double *by_function;
	size_t n;

	for (size_t i = 0; i < rank->names.nr; i++)
		sum_text(&functions, strmap_key(&rank->names, i), strlen(strmap_key(&rank->names, i)),
			 rank->name_weight[i] / most_name);
	for (size_t i = 0; i < query->npaths; i++)
		sum_text(&paths, query->paths[i], path_stem(query->paths[i]), rank->path_weight[i] / most_path);
	sum_text(&context, query->context, strlen(query->context), 1);
	sum_text(&code, query->context, strlen(query->context), 1);
	n = terms_nr(rank->messages);
	by_function = word_weights(&functions, n);
	rank->word_path = word_weights(&paths, n);
	rank->word_context = word_weights(&context, n);
	rank->code_context = word_weights(&code, terms_nr(rank->code));
	rank->word_any = xcalloc(n, sizeof(double));
	for (size_t i = 0; i < n; i++)
		rank->word_any[i] = fmax(log1p(by_function[i]), log1p(rank->word_path[i])) +
				    rank->word_context[i];
	free(by_function);
}

struct rank *rank_new(const struct rank_query *query)
{
	struct rank *rank = xcalloc(1, sizeof(*rank));

	rank->query = *query;
	for (size_t i = 0; i < RANK_PARTS; i++)
		rank->weights[i] = query->weights ? query->weights[i] : part_info[i].weight;
	rank->messages = terms_new(query->ncommits);
	rank->code = terms_new(query->ncommits);
	rank->commits = xcalloc(query->ncommits, sizeof(*rank->commits));
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
	strmap_release(&rank->idents);
	free(rank->name_weight);
	free(rank->name_function);
	free(rank->path_weight);
	free(rank->dir_weight);
	free(rank->ident_use);
	free(rank->ident_commits);
	free(rank->ident_header_commits);
	free(rank->ident_line);
	free(rank->ident_slot);
	terms_free(rank->messages);
	terms_free(rank->code);
	free(rank->word_any);
	free(rank->word_path);
	free(rank->word_context);
	free(rank->code_context);
	free(rank->commits);
	free(rank->answers);
	free(rank->changes);
	free(rank->counts);
	free(rank->hits);
	strmap_release(&rank->caller_names);
	free(rank->callers);
	free(rank->caller_hits);
	free(rank->results);
	free(rank->order);
	free(rank);
}
