#include "perfrank.h"

#include "base/error.h"
#include "last.h"
#include "output.h"
#include "ui/term.h"

struct rank_options {
	struct query_options query;
	long limit;
	bool explain;
	bool chunks;
	bool merges;
	bool json;
	bool porcelain;
	bool nul;
	char *format;
};

static const struct option rows[] = {
	QUERY_OPTION_ROWS(struct rank_options),
	{ .type = OPTION_GROUP, .help = "What to show" },
	{ .type = OPTION_INT,
	  .letter = 'n',
	  .name = "limit",
	  .arg = "<n>",
	  .at = offsetof(struct rank_options, limit),
	  .config = "limit",
	  .initial = "20",
	  .min = 0,
	  .max = INT_MAX,
	  .help = "how many commits to show; 0 is all" },
	{ .type = OPTION_BOOL,
	  .name = "explain",
	  .at = offsetof(struct rank_options, explain),
	  .help = "show what each score is made of" },
	{ .type = OPTION_BOOL,
	  .name = "short-lists",
	  .at = offsetof(struct rank_options, chunks),
	  .help = "show a list for every chunk before the ranking of all" },
	{ .type = OPTION_BOOL,
	  .name = "merges",
	  .at = offsetof(struct rank_options, merges),
	  .help = "list the merges that change a profile file in a way of their own" },
	{ .type = OPTION_GROUP, .help = "For programs" },
	{ .type = OPTION_BOOL, .name = "json", .at = offsetof(struct rank_options, json), .help = "print JSON" },
	{ .type = OPTION_BOOL,
	  .name = "porcelain",
	  .at = offsetof(struct rank_options, porcelain),
	  .help = "print fields with tabs between them" },
	{ .type = OPTION_BOOL,
	  .letter = 'z',
	  .name = "null",
	  .at = offsetof(struct rank_options, nul),
	  .help = "end records of --porcelain and --format with NUL" },
	{ .type = OPTION_STRING,
	  .name = "format",
	  .arg = "<format>",
	  .at = offsetof(struct rank_options, format),
	  .check = output_check_format,
	  .help = "print placeholders of git log and %(rank), %(score), ...; prior: every id and its weight" },
	OPTION_END,
};

static const char *const usage[] = { "[<options>] <range>", NULL };

const struct option_set rank_set = { .command = "git perfrank", .usage = usage, .rows = rows };

static size_t count_touching(const struct query *query)
{
	size_t nr = 0;

	for (size_t i = 0; i < query->range.nr; i++)
		nr += rank_result(query->rank, i)->touches;
	return nr;
}

/* Two plain sentences above the table. */
static void print_summary(const struct output *out, size_t touching)
{
	const struct query *query = out->query;
	const uint32_t *order = rank_order(query->rank);
	double weight = 0;
	size_t n = out->limit < rank_nr(query->rank) ? out->limit : rank_nr(query->rank);

	for (size_t i = 0; i < n; i++)
		weight += rank_result(query->rank, order[i])->weight;
	printf("%zu commit%s in ", query->range.nr, query->range.nr == 1 ? "" : "s");
	output_range(query);
	if (query->chunks.nr > 1)
		printf(" (%zu chunks)", query->chunks.nr);
	printf(", %zu change%s the %zu file%s of ", touching, touching == 1 ? "s" : "", query->hot.npaths,
	       query->hot.npaths == 1 ? "" : "s");
	output_text(query->profile.name);
	if (n == 1)
		printf(".\nThe likeliest holds");
	else
		printf(".\nThe likeliest %zu hold", n);
	printf(" %.0f%% of the prior; a revert or a bisection is the proof.\n\n", 100 * weight);
}

/* From how many commits on the walk is worth speeding up. */
#define GRAPH_COMMITS 10000

/* A graph in the user's repository is the user's to write, if it can be; we only say so. */
static void advise_graph(const struct query *query)
{
	if (query->range.nr < GRAPH_COMMITS || access(query->repo->object_dir, W_OK) ||
	    query->stats.with_filter || query->repo->rewritten || query->repo->shallow ||
	    !config_bool(&query->config, "core.commitGraph", true) ||
	    !config_bool(&query->config, "advice.perfCommitGraph", true))
		return;
	hint("git commit-graph write --reachable --changed-paths makes this walk several times faster");
	hint("git config advice.perfCommitGraph false silences this");
}

static int print(struct output *out, const struct rank_options *opts, size_t touching)
{
	if (opts->format && !strcmp(opts->format, "prior"))
		output_prior(out);
	else if (opts->format)
		return output_format(out, opts->format);
	else if (opts->json)
		return output_json(out);
	else if (opts->porcelain)
		output_porcelain(out);
	else {
		print_summary(out, touching);
		if (opts->chunks) {
			output_chunks(out);
			printf("\n%s", color(COLOR_BOLD));
			output_range(out->query);
			printf("%s: the likeliest of all\n", color(COLOR_RESET));
		}
		output_ranking(out);
		if (opts->merges)
			output_merges(out);
	}
	return 0;
}

static double best_score(const struct query *query)
{
	return rank_result(query->rank, rank_order(query->rank)[0])->score;
}

static int rank_and_print(struct query *query, const struct rank_options *opts, const struct strvec *words)
{
	struct output out = { .query = query, .explain = opts->explain, .nul = opts->nul };
	int status = EXIT_DONE;
	size_t touching;

	query_open(query, &opts->query, (const char *const *)words->v, words->nr);
	query_rank(query, &opts->query);
	last_write(query, &opts->query, words);
	query_report_paths(query);
	missing_report(query);
	advise_graph(query);
	touching = count_touching(query);
	/* A profile of names alone has no files to change; messages still speak of them. */
	if (!touching && (query_has_paths(query) || best_score(query) <= 0)) {
		query_report_nothing(query);
		status = EXIT_NEGATIVE;
		if (!opts->format || strcmp(opts->format, "prior"))
			return status;
	}
	out.limit = opts->limit ? (size_t)opts->limit : SIZE_MAX;
	out.width = output_width();
	if (!opts->json && !opts->porcelain && !opts->format)
		pager_start(config_get(&query->config, "core.pager", NULL));
	if (print(&out, opts, touching))
		die_error();
	query_report_git();
	return status;
}

int cmd_rank(int argc, char **argv)
{
	struct query query = QUERY_INIT;
	struct rank_options opts = { .limit = 0 };
	struct strvec words = STRVEC_INIT;
	size_t dashes;
	enum options_result result;
	int status;

	query_configure(&query, rows, &opts);
	result = options_parse(&rank_set, &opts, argc, argv, &words, &dashes);
	if (result != OPTIONS_OK)
		status = options_status(result);
	else if (opts.json + opts.porcelain + (opts.format != NULL) > 1)
		status = usage_error(&rank_set,
				     "--json, --porcelain and --format exclude each other; give one of them");
	else if (query_conflict(&rank_set, &opts.query))
		status = EXIT_USAGE;
	else if (!words.nr)
		status = usage_error(&rank_set, "no range; give one like A..B");
	else
		status = rank_and_print(&query, &opts, &words);
	options_release(rows, &opts);
	strvec_release(&words);
	query_release(&query);
	return status;
}
