#include "query.h"

#include "base/error.h"
#include "base/escape.h"
#include "base/process.h"
#include "base/strmap.h"
#include "base/trace.h"
#include "ui/command.h"
#include "ui/progress.h"
#include "ui/term.h"

/* A context is a few sentences, not a log. */
#define CONTEXT_MAX 65536
/* How many functions with a wrong file are named. */
#define WRONG_SHOWN 3
/* How many paths that are not there, and how many that were corrected. */
#define MISSING_SHOWN 10
#define CORRECTED_SHOWN 4

/* Keys that other subcommands or later readers of the section know. */
static bool is_other_key(const char *key)
{
	static const char *const known[] = { "profile", "chunk", "weights", "resolve", "limit", "output" };

	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (!strcasecmp(key, known[i]))
			return true;
	return false;
}

/* As git has it for paths in its configuration: "~/" is the home. */
static char *config_value(const char *key, const char *value)
{
	const char *home = getenv("HOME");

	if (value && home && starts_with(value, "~/") &&
	    (!strcasecmp(key, "profile") || !strcasecmp(key, "output")))
		return xstrfmt("%s/%s", home, value + 2);
	return value ? xstrdup(value) : NULL;
}

void query_configure(struct query *query, const struct option *rows, void *values)
{
	if (config_load(&query->config))
		die_error();
	options_default(rows, values);
	for (size_t i = 0; i < query->config.nr; i++) {
		const struct config_entry *entry = &query->config.entries[i];
		const char *key = entry->key + strlen("perfrank.");
		const char *near;
		char *value;
		int taken;

		if (!starts_with(entry->key, "perfrank."))
			continue;
		value = config_value(key, entry->value);
		taken = options_set_config(rows, values, key, value);
		free(value);
		if (taken < 0)
			die("%s: perfrank.%s", entry->origin, error_message());
		if (taken || is_other_key(key))
			continue;
		near = options_nearest_config(rows, key);
		warning("%s: there is no configuration key perfrank.%s%s%s%s", entry->origin, key,
			near ? "; did you mean perfrank." : "", near ? near : "", near ? "?" : "");
	}
}

int query_check_chunk(const char *word)
{
	enum chunk_mode mode;
	size_t size;

	return chunk_parse(word, &mode, &size);
}

int query_check_weights(const char *text)
{
	double weights[RANK_PARTS];

	return rank_weights_parse(text, weights);
}

bool query_conflict(const struct option_set *set, const struct query_options *opts)
{
	if (!opts->context || !opts->context_file)
		return false;
	usage_error(set, "--context and --context-file exclude each other; give one of them");
	return true;
}

static char *profile_path(const struct query *query, const struct query_options *opts)
{
	struct strbuf text = STRBUF_INIT;
	char *path;

	if (opts->profile && *opts->profile)
		return xstrdup(opts->profile);
	path = xstrfmt("%s/%s", query->repo->common_dir, QUERY_PROFILE);
	if (!access(path, F_OK))
		return path;
	strbuf_addstr(&text, "fatal: no profile: give --profile <file>, set perfrank.profile, or write ");
	escape_terminal(&text, path, strlen(path), ESCAPE_ALL);
	fprintf(stderr, "%s\n", text.buf);
	hint("on the machine that is slow: perf record -a -g -- sleep 30");
	hint("then, in the repository: git perfrank profile perf.data");
	hint("PROFILE in git help perfrank says what else may be read");
	exit(EXIT_FATAL);
}

static void read_context(struct query *query, const struct query_options *opts)
{
	struct strbuf text = STRBUF_INIT;

	if (opts->context)
		strbuf_addstr(&text, opts->context);
	if (opts->context_file && strbuf_read_file(&text, opts->context_file, CONTEXT_MAX) < 0)
		die_error();
	if (text.len > CONTEXT_MAX)
		die("the context has %zu bytes; say it in at most %d", text.len, CONTEXT_MAX);
	if (strlen(text.buf) != text.len)
		die("the context holds a NUL byte; give plain text");
	query->context = strbuf_detach(&text, NULL);
}

/* What is typed on the terminal, or slow in coming, shares it with no line of ours. */
static void read_profile(struct query *query, const char *path, int progress)
{
	struct profile_options options = { .commit = &query->range.tip, .repo = query->repo };
	struct progress meter;

	progress_start_now(&meter, "Reading the profile", 0, strcmp(path, "-") ? progress : 0);
	if (profile_read(&query->profile, path, &options))
		die_error();
	progress_stop(&meter);
}

static void show_count(size_t done, void *data)
{
	progress_update(data, done);
}

static void list_commits(struct query *query, int progress)
{
	struct progress meter;

	progress_start_now(&meter, "Listing commits", 0, progress);
	query->range.on_progress = show_count;
	query->range.progress_data = &meter;
	if (range_list(query->repo, &query->range))
		die_error();
	progress_stop(&meter);
	query->range.on_progress = NULL;
}

void query_open(struct query *query, const struct query_options *opts, const char *const *words, size_t nr)
{
	size_t size;
	enum chunk_mode mode;
	char *path;

	if (chunk_parse(opts->chunk, &mode, &size) || (!query->repo && repo_open(&query->repo)))
		die_error();
	color_init(config_get(&query->config, "color.perfrank", config_get(&query->config, "color.ui", NULL)),
		   opts->color);
	if (range_resolve(query->repo, &query->range, words, nr))
		die_error();
	read_context(query, opts);
	path = profile_path(query, opts);
	read_profile(query, path, opts->progress);
	/* A pipe such as /dev/fd/63 has no name of its own. */
	query->profile_path = strcmp(path, "-") ? realpath(path, NULL) : NULL;
	if (query->profile_path)
		free(path);
	else
		query->profile_path = path;
	list_commits(query, opts->progress);
	query_report_git();
	if (chunks_make(query->repo, &query->range, mode, size, &query->chunks))
		die_error();
	if (profile_paths_check(&query->profile, query->repo, &query->range.tip, &query->paths))
		die_error();
	query->believe = !opts->resolve;
}

static struct trace_key trace_rank = TRACE_KEY("RANK");

/* Dies when a step failed, else traces its CPU time. */
static void step(const char *what, int failed, double *since)
{
	double now;

	if (failed)
		die_error();
	if (!trace_on(&trace_rank))
		return;
	now = trace_cpu_seconds();
	trace_printf(&trace_rank, "%s: %.3f CPU seconds", what, now - *since);
	*since = now;
}

static void read_weights(const struct query_options *opts, double *weights)
{
	for (size_t i = 0; i < RANK_PARTS; i++)
		weights[i] = rank_part_info((enum rank_part)i)->weight;
	if (opts->weights && rank_weights_parse(opts->weights, weights))
		die_error();
}

/* Without an index, what the profile says is held against its own files only. */
static void warn_unindexed(const struct query *query)
{
	warning("the functions of %s are not indexed: %s", query->range.tip_name, error_message());
}

static void start_index(struct query *query)
{
	if (!query->believe && definitions_start(query->repo, &query->range.tip, &query->indexing))
		warn_unindexed(query);
}

/* The CPU time of the child is its own, not that of the step in which it ends. */
static void finish_index(struct query *query, int progress, double *since)
{
	struct definitions_work *work = query->indexing;
	struct progress meter;
	bool cached;

	if (!work)
		return;
	cached = definitions_ready(work);
	query->indexing = NULL;
	progress_start_now(&meter, "Indexing functions", 100, cached ? 0 : progress);
	if (definitions_finish(work, show_count, &meter, &query->definitions))
		warn_unindexed(query);
	progress_stop(&meter);
	if (!query->definitions)
		return;
	trace_printf(&trace_rank, "index: %.3f CPU seconds, %s, %zu files, %zu missing",
		     definitions_seconds(query->definitions), cached ? "cached" : "in the background",
		     definitions_files(query->definitions), definitions_missing(query->definitions));
	*since += definitions_seconds(query->definitions);
}

/* The functions in their places, and the commits that change these. */
static void find_changes(struct query *query, const struct query_options *opts, double *since)
{
	double weights[RANK_PARTS];

	read_weights(opts, weights);
	start_index(query);
	if (query->indexing && !definitions_ready(query->indexing))
		step("early walk", walk_early(query, opts->progress), since);
	finish_index(query, opts->progress, since);
	step("hot functions", evidence_hot(query, weights), since);
	step("walk", walk_range(query, opts->progress), since);
}

void query_list(struct query *query, const struct query_options *opts)
{
	double since = trace_cpu_seconds();

	find_changes(query, opts, &since);
	step("changes", gather_changes(query, opts->progress), &since);
	rank_finish(query->rank);
}

void query_rank(struct query *query, const struct query_options *opts)
{
	double since = trace_cpu_seconds();

	find_changes(query, opts, &since);
	step("messages", gather_messages(query, opts->progress), &since);
	step("changes", gather_changes(query, opts->progress), &since);
	step("nearby", gather_nearby(query), &since);
	rank_finish(query->rank);
	step("scores", 0, &since);
}

bool query_has_paths(const struct query *query)
{
	for (size_t i = 0; i < query->paths.nr; i++)
		if (*query->paths.v[i].path)
			return true;
	return false;
}

void query_report_nothing(const struct query *query)
{
	size_t existing = 0;

	for (size_t i = 0; i < query->paths.nr; i++)
		existing += query->paths.v[i].exists;
	if (!existing && !query->hot.npaths)
		warning("none of the paths of %s is in the tree of %s; is it the profile of this repository?",
			query->profile.name, query->range.tip_name);
	else
		warning("no commit of %s..%s changes a file of %s", query->range.base_name,
			query->range.tip_name, query->profile.name);
}

/* Functions that the index does not know, and that the file of the profile does not hold. */
static void report_wrong(const struct query *query)
{
	const struct hot *hot = &query->hot;
	size_t nr = hot->nwrong < WRONG_SHOWN ? hot->nwrong : WRONG_SHOWN;

	for (size_t i = 0; i < nr; i++) {
		const struct rank_function *f = &hot->functions[hot->wrong[i]];
		const struct profile_row *row = &query->profile.rows[hot->rows[hot->wrong[i]]];
		const char *name = *f->name ? f->name : row->function;

		if (f->path != RANK_NO_PATH)
			warning("%s is not in %s; it counts as in %s", name, row->path, hot->paths[f->path]);
		else if (query->definitions)
			warning("%s is not in %s, nor defined anywhere in the tree; its name alone counts",
				name, row->path);
		else
			warning("%s is not in %s, nor in another file of the profile; its name alone counts",
				name, row->path);
	}
	if (hot->nwrong > nr)
		warning("%zu more of the profile's %zu functions are not in the file that it names",
			hot->nwrong - nr, query->profile.nr);
}

void query_report_git(void)
{
	struct strbuf said = STRBUF_INIT;
	char *next;

	repo_said(&said);
	for (char *line = said.buf; *line; line = next) {
		char *eol = strchrnul(line, '\n');

		next = *eol ? eol + 1 : eol;
		*eol = '\0';
		if (starts_with(line, "hint: "))
			hint("%s", line + strlen("hint: "));
		else if (*line)
			warning("%s", line + (starts_with(line, "warning: ") ? strlen("warning: ") : 0));
	}
	strbuf_release(&said);
}

/* Which paths of the profile do its functions still need? Those that were corrected, they do not. */
static bool *needed_paths(const struct query *query)
{
	const struct resolved *resolved = &query->hot.resolved;
	bool *needed = xcalloc(query->paths.nr, sizeof(*needed));
	struct strmap unknown = STRMAP_INIT;

	for (size_t i = 0; i < query->profile.nr; i++)
		if (!resolved->nr || !resolved->rows[i].nr)
			strmap_intern(&unknown, query->profile.rows[i].path,
				      strlen(query->profile.rows[i].path));
	for (size_t i = 0; i < query->paths.nr; i++)
		needed[i] = strmap_get(&unknown, query->paths.v[i].path) >= 0;
	strmap_release(&unknown);
	return needed;
}

static void report_missing(const struct query *query)
{
	bool *needed = needed_paths(query);
	size_t missing = 0;

	query_report_git();
	for (size_t i = 0; i < query->paths.nr; i++) {
		const struct profile_path *p = &query->paths.v[i];
		struct strbuf near = STRBUF_INIT;

		if (p->exists || !needed[i] || ++missing > MISSING_SHOWN)
			continue;
		for (size_t k = 0; k < p->nnear; k++)
			strbuf_addf(&near, "%s%s", k ? ", " : "; near it: ", p->near[k]);
		warning("%s is not in the tree of %s%s", *p->path ? p->path : "(an empty path)",
			query->range.tip_name, near.buf);
		strbuf_release(&near);
	}
	if (missing > MISSING_SHOWN)
		warning("%zu more paths of %s are not in the tree of %s", missing - MISSING_SHOWN,
			query->profile.name, query->range.tip_name);
	free(needed);
}

void query_report_paths(const struct query *query)
{
	struct strbuf corrected = STRBUF_INIT;

	resolved_report(&query->profile, &query->hot.resolved, CORRECTED_SHOWN, &corrected);
	if (corrected.len)
		warning("%s", corrected.buf);
	report_missing(query);
	report_wrong(query);
	strbuf_release(&corrected);
}

const char *query_hex(const struct query *query, size_t commit)
{
	static char hex[OID_HEX_MAX + 1];

	oid_to_hex(hex, &query->range.commits[commit].id, query->repo->rawlen);
	/* Enough digits to be read aloud, few enough for a line. */
	hex[12] = '\0';
	return hex;
}

size_t query_changes_of(const struct query *query, size_t commit, size_t *end)
{
	size_t low = 0, high = query->nchanges;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (query->changes[middle].commit < commit)
			low = middle + 1;
		else
			high = middle;
	}
	for (*end = low; *end < query->nchanges && query->changes[*end].commit == commit;)
		++*end;
	return low;
}

void query_release(struct query *query)
{
	rank_free(query->rank);
	moves_release(query);
	free(query->changes);
	free(query->merges);
	strvec_release(&query->missing.paths);
	strvec_release(&query->missing.old_names);
	strvec_release(&query->missing.sources);
	free(query->missing.additions);
	free(query->hot.functions);
	free(query->hot.paths);
	free(query->hot.wrong);
	free(query->hot.rows);
	callers_release(&query->hot.callers);
	resolved_release(&query->hot.resolved);
	includes_release(&query->hot.includes);
	free(query->context);
	free(query->profile_path);
	definitions_cancel(query->indexing);
	definitions_close(query->definitions);
	profile_paths_release(&query->paths);
	profile_release(&query->profile);
	chunks_release(&query->chunks);
	range_release(&query->range);
	repo_close(query->repo);
	config_release(&query->config);
}
