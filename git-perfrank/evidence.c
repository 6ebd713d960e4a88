/* The profile held against the tree at the bad end: which function is where, and what it uses. */
#include "query.h"

#include "base/strmap.h"
#include "repo/function.h"

/* The profile's files at the bad end. */
struct source {
	/* NULL where the path is a directory, a link, a submodule. */
	char *text;
	size_t len;
	struct function_range *ranges;
	size_t nranges;
	/* Its words, once more than a few have been asked for. */
	struct strmap words;
	size_t asked;
};

/* From how many look-ups on an index of a file's words pays. */
#define FEW 16

static void index_words(struct source *source)
{
	const char *at = source->text, *end = source->text + source->len;

	while (at < end) {
		const char *from = at;

		while (at < end && is_word_char(*at))
			at++;
		if (at > from)
			strmap_intern(&source->words, from, (size_t)(at - from));
		else
			at++;
	}
}

/* Does the text hold `word` between characters that belong to no word? */
static bool has_word(struct source *source, const char *word)
{
	size_t n = strlen(word);
	const char *end = source->text + source->len;

	if (n && strspn(word, WORD_CHARS) == n && ++source->asked > FEW) {
		if (!source->words.nr)
			index_words(source);
		return strmap_find(&source->words, word, n) >= 0;
	}
	for (const char *at = source->text; n && (at = memmem(at, (size_t)(end - at), word, n)); at++) {
		if ((at == source->text || !is_word_char(at[-1])) && (at + n == end || !is_word_char(at[n])))
			return true;
	}
	return false;
}

static int read_source(struct query *query, const char *path, struct source *source)
{
	struct object object;
	struct oid id;
	unsigned mode;
	int found = repo_tree_entry(query->repo, &query->range.tip, path, &id, &mode);

	if (found || (mode & 0170000) != 0100000)
		return found < 0 ? -1 : 0;
	found = repo_read(query->repo, &id, OBJECT_BLOB, &object);
	if (found > 0 && query->repo->partial)
		missing_source(query, path);
	if (found || object.size > QUERY_BLOB_MAX)
		return found < 0 ? -1 : 0;
	source->text = xmemdupz(object.data, object.size);
	source->len = object.size;
	source->nranges = function_ranges(source->text, source->len, &source->ranges);
	return 0;
}

static void release_sources(struct source *sources, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		free(sources[i].text);
		free(sources[i].ranges);
		strmap_release(&sources[i].words);
	}
	free(sources);
}

/* Index of a path among those that exist, or RANK_NO_PATH. */
static uint32_t find_path(const struct hot *hot, const char *path)
{
	size_t low = 0, high = hot->npaths;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int cmp = strcmp(path, hot->paths[middle]);

		if (!cmp)
			return (uint32_t)middle;
		if (cmp > 0)
			low = middle + 1;
		else
			high = middle;
	}
	return RANK_NO_PATH;
}

/* The functions that the profile's files define, and the first file that does. */
struct definitions_of {
	struct strmap names;
	uint32_t *paths;
	size_t alloc;
};

static void note_definitions(struct definitions_of *d, const struct source *sources, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		for (size_t k = 0; k < sources[i].nranges; k++) {
			size_t known = d->names.nr;
			size_t id = strmap_intern(&d->names, sources[i].ranges[k].name,
						  sources[i].ranges[k].len);

			if (id < known)
				continue;
			ALLOC_GROW(d->paths, id + 1, d->alloc);
			d->paths[id] = (uint32_t)i;
		}
	}
}

static const struct function_range *find_range(const struct source *source, const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < source->nranges; i++)
		if (source->ranges[i].len == len && !memcmp(source->ranges[i].name, name, len))
			return &source->ranges[i];
	return NULL;
}

static void add_function(struct hot *hot, const struct rank_function *function, size_t row)
{
	ALLOC_GROW(hot->functions, hot->nfunctions + 1, hot->functions_alloc);
	ALLOC_GROW(hot->rows, hot->nfunctions + 1, hot->rows_alloc);
	hot->rows[hot->nfunctions] = (uint32_t)row;
	hot->functions[hot->nfunctions++] = *function;
}

/* A row of which the index knows nothing: its file counts if it holds the name, else another of the profile's. */
static uint32_t place_unknown(struct query *query, struct source *sources,
			      const struct definitions_of *defined, size_t row)
{
	struct hot *hot = &query->hot;
	const char *name = hot->resolved.rows[row].name;
	uint32_t path = find_path(hot, query->profile.rows[row].path);
	ssize_t definition;

	if (path != RANK_NO_PATH && (query->believe || !sources[path].text || has_word(&sources[path], name)))
		return path;
	if (query->believe)
		return RANK_NO_PATH;
	if (path != RANK_NO_PATH) {
		ALLOC_GROW(hot->wrong, hot->nwrong + 1, hot->wrong_alloc);
		hot->wrong[hot->nwrong++] = (uint32_t)hot->nfunctions;
	}
	definition = strmap_get(&defined->names, name);
	return definition >= 0 && (size_t)definition < defined->alloc ? defined->paths[definition]
								      : RANK_NO_PATH;
}

static void place_row(struct query *query, struct source *sources, const struct definitions_of *defined,
		      size_t row)
{
	struct hot *hot = &query->hot;
	const struct resolved_row *resolved = &hot->resolved.rows[row];
	struct rank_function f = { .name = resolved->name, .share = profile_share(&query->profile, row) };

	f.places = (uint32_t)resolved->nr;
	for (size_t i = 0; i < resolved->nr; i++) {
		f.path = find_path(hot, hot->resolved.places[resolved->first + i]);
		add_function(hot, &f, row);
	}
	if (resolved->nr)
		return;
	f.path = place_unknown(query, sources, defined, row);
	add_function(hot, &f, row);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int by_share(const void *a, const void *b, void *data)
{
	const struct rank_function *functions = data;
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	if (functions[x].share != functions[y].share)
		return functions[x].share > functions[y].share ? -1 : 1;
	return (x > y) - (x < y);
}

/* Paths that no row is left in say nothing: they go, and their sources. */
static void drop_unused_paths(struct hot *hot, struct source *sources)
{
	uint32_t *moved = xcalloc(hot->npaths, sizeof(*moved));
	bool *used = xcalloc(hot->npaths, sizeof(*used));
	size_t kept = 0;

	for (size_t i = 0; i < hot->nfunctions; i++)
		if (hot->functions[i].path != RANK_NO_PATH)
			used[hot->functions[i].path] = true;
	for (size_t i = 0; i < hot->npaths; i++) {
		struct source source = sources[i];

		if (!used[i])
			continue;
		sources[i] = sources[kept];
		sources[kept] = source;
		hot->paths[kept] = hot->paths[i];
		moved[i] = (uint32_t)kept++;
	}
	for (size_t i = 0; i < hot->nfunctions; i++)
		if (hot->functions[i].path != RANK_NO_PATH)
			hot->functions[i].path = moved[hot->functions[i].path];
	hot->npaths = kept;
	free(moved);
	free(used);
}

static void give_callers(struct query *query)
{
	const struct callers *callers = &query->hot.callers;

	for (size_t i = 0; i < callers->nr; i++)
		rank_caller(query->rank, &(struct rank_caller){ .name = callers->v[i].name,
								.function = (uint32_t)callers->v[i].row,
								.weight = callers->v[i].weight });
}

static void make_rank(struct query *query, const struct source *sources, const struct definitions_of *defined,
		      const double *weights)
{
	struct hot *hot = &query->hot;
	struct rank_query q = { .functions = hot->functions,
				.nfunctions = hot->nfunctions,
				.paths = hot->paths,
				.npaths = hot->npaths,
				.context = query->context,
				.ncommits = query->range.nr,
				.weights = weights };

	/* To look for them takes a while, and is for nothing where they have no weight. */
	bool calls = query->definitions && weights[RANK_CALLS] != 0;

	query->rank = rank_new(&q);
	for (size_t i = 0; i < hot->nfunctions; i++) {
		const struct rank_function *f = &hot->functions[i];
		const struct source *source;
		const struct function_range *range;

		if (calls && f->path != RANK_NO_PATH)
			callers_find(&hot->callers, query->definitions, i, f->name);
		if (f->path == RANK_NO_PATH || strmap_get(&defined->names, f->name) < 0)
			continue;
		source = &sources[f->path];
		range = find_range(source, f->name);
		if (!range)
			continue;
		rank_body(query->rank, (uint32_t)i, source->text + range->start, range->end - range->start);
	}
	give_callers(query);
}

/* Where no function is in its file, the names are none of ours (macros, assembly): the files still count. */
static void believe_if_none(struct query *query)
{
	struct hot *hot = &query->hot;

	for (size_t i = 0; i < hot->nfunctions; i++)
		if (hot->functions[i].path != RANK_NO_PATH)
			return;
	for (size_t i = 0; i < hot->nfunctions; i++)
		hot->functions[i].path = find_path(hot, query->profile.rows[hot->rows[i]].path);
	hot->nwrong = 0;
}

/* Places the functions, and tells the ranking of them and of what they use. */
static void use_sources(struct query *query, struct source *sources, const double *weights)
{
	struct definitions_of defined = { .names = STRMAP_INIT };
	struct hot *hot = &query->hot;

	note_definitions(&defined, sources, hot->npaths);
	for (size_t i = 0; i < query->profile.nr; i++)
		place_row(query, sources, &defined, i);
	believe_if_none(query);
	if (hot->nwrong)
		qsort_r(hot->wrong, hot->nwrong, sizeof(*hot->wrong), by_share, hot->functions);
	drop_unused_paths(hot, sources);
	for (size_t i = 0; i < hot->npaths; i++)
		if (sources[i].text)
			includes_note(&hot->includes, hot->paths[i], sources[i].text, sources[i].len);
	make_rank(query, sources, &defined, weights);
	strmap_release(&defined.names);
	free(defined.paths);
}

/* The files that the index gives, and those that the profile names for what the index does not know. */
static void list_paths(struct query *query)
{
	struct hot *hot = &query->hot;
	const struct resolved *resolved = &hot->resolved;
	struct strmap unknown = STRMAP_INIT;
	size_t nr = 0;

	for (size_t i = 0; i < resolved->nr; i++)
		if (!resolved->rows[i].nr)
			strmap_intern(&unknown, query->profile.rows[i].path,
				      strlen(query->profile.rows[i].path));
	hot->paths = xcalloc(resolved->nplaces + query->paths.nr, sizeof(*hot->paths));
	for (size_t i = 0; i < resolved->nplaces; i++)
		hot->paths[nr++] = resolved->places[i];
	for (size_t i = 0; i < query->paths.nr; i++)
		if (query->paths.v[i].exists && strmap_get(&unknown, query->paths.v[i].path) >= 0)
			hot->paths[nr++] = query->paths.v[i].path;
	if (nr)
		qsort(hot->paths, nr, sizeof(*hot->paths), by_name);
	for (size_t i = 0; i < nr; i++)
		if (!hot->npaths || strcmp(hot->paths[hot->npaths - 1], hot->paths[i]))
			hot->paths[hot->npaths++] = hot->paths[i];
	strmap_release(&unknown);
}

int evidence_hot(struct query *query, const double *weights)
{
	struct hot *hot = &query->hot;
	struct source *sources;
	size_t nsources;
	int ret = 0;

	profile_resolve(&query->profile, query->definitions, &hot->resolved);
	list_paths(query);
	nsources = hot->npaths;
	sources = xcalloc(nsources, sizeof(*sources));
	for (size_t i = 0; i < nsources && !ret; i++)
		ret = read_source(query, hot->paths[i], &sources[i]);
	if (!ret)
		use_sources(query, sources, weights);
	release_sources(sources, nsources);
	return ret;
}
