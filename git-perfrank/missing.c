/* What a partial clone lacks is never fetched by us: it is counted, and the user is told the command. */
#include "query.h"

#include "base/quote.h"
#include "ui/command.h"

/* More files, or commits, than these are no command to type. */
#define PATHS_SHOWN 20
#define COMMITS_SHOWN 3

void missing_change(struct query *query, const char *path)
{
	struct missing *missing = &query->missing;

	missing->changes++;
	/* The changes come file by file. */
	if (!missing->paths.nr || strcmp(missing->paths.v[missing->paths.nr - 1], path))
		strvec_push(&missing->paths, path);
}

void missing_source(struct query *query, const char *path)
{
	strvec_push(&query->missing.sources, path);
}

void missing_name(struct query *query, uint32_t commit)
{
	struct missing *missing = &query->missing;

	ALLOC_GROW(missing->additions, missing->nadditions + 1, missing->additions_alloc);
	missing->additions[missing->nadditions++] = commit;
}

/* As a shell wants to read it. */
static void add_word(struct strbuf *out, const char *word)
{
	size_t plain = strspn(word, WORD_CHARS "+,-./:@^~");

	if (!word[plain]) {
		strbuf_addf(out, " %s", word);
		return;
	}
	strbuf_addch(out, ' ');
	quote_shell(out, word);
}

static void advise(const char *command, const char *word, const struct strvec *paths)
{
	struct strbuf line = STRBUF_INIT;

	strbuf_addf(&line, "git --literal-pathspecs %s", command);
	add_word(&line, word);
	strbuf_addstr(&line, " --");
	for (size_t i = 0; i < paths->nr; i++)
		add_word(&line, paths->v[i]);
	if (paths->nr <= PATHS_SHOWN)
		hint("nothing is fetched unasked; %s >/dev/null fetches them", line.buf);
	else
		hint("nothing is fetched unasked; git fetch --refetch --no-filter fetches all there is");
	strbuf_release(&line);
}

static void report_changes(const struct query *query)
{
	const struct missing *missing = &query->missing;
	char *range = xstrfmt("%s..%s", query->range.base_name, query->range.tip_name);
	struct strvec paths = STRVEC_INIT;

	for (size_t i = 0; i < missing->paths.nr; i++)
		strvec_push(&paths, missing->paths.v[i]);
	for (size_t i = 0; i < missing->old_names.nr; i++)
		strvec_push(&paths, missing->old_names.v[i]);
	strvec_sort_unique(&paths);
	warning("of %zu change%s a version is missing from this partial clone; their hunks and lines do not "
		"count",
		missing->changes, missing->changes == 1 ? "" : "s");
	advise("log -p --full-history --no-merges", range, &paths);
	strvec_release(&paths);
	free(range);
}

/* Those that the range changes come with the changes; this is about the others. */
static void report_sources(const struct query *query)
{
	const struct strvec *sources = &query->missing.sources;

	warning("%zu file%s of the profile %s missing from this partial clone; what hot functions use there "
		"does not count",
		sources->nr, sources->nr == 1 ? "" : "s", sources->nr == 1 ? "is" : "are");
	advise("grep -c .", query->range.tip_name, sources);
}

static void report_names(const struct query *query)
{
	const struct missing *missing = &query->missing;
	struct strbuf ids = STRBUF_INIT;

	for (size_t i = 0; i < missing->nadditions && i < COMMITS_SHOWN; i++)
		strbuf_addf(&ids, " %s", query_hex(query, missing->additions[i]));
	warning("%zu commit%s a file of the profile that may have had another name before; the versions that "
		"tell are missing from this partial clone",
		missing->nadditions, missing->nadditions == 1 ? " adds" : "s add");
	hint("git show -M%s >/dev/null fetches them%s", ids.buf,
	     missing->nadditions > COMMITS_SHOWN ? ", of the first" : "");
	strbuf_release(&ids);
}

void missing_report(const struct query *query)
{
	if (query->missing.changes)
		report_changes(query);
	else if (query->missing.sources.nr)
		report_sources(query);
	if (query->missing.nadditions)
		report_names(query);
}
