/* git perfrank show: why one commit ranks where it does, and the hunks in question. */
#include "perfrank.h"

#include "base/error.h"
#include "base/escape.h"
#include "hunks.h"
#include "last.h"
#include "output.h"
#include "repo/commit.h"
#include "ui/term.h"

struct show_options {
	struct query_options query;
};

static const struct option rows[] = {
	QUERY_OPTION_ROWS(struct show_options),
	OPTION_END,
};

static const char *const usage[] = { "[<options>] <commit> [<range>]", NULL };

const struct option_set show_set = { .command = "git perfrank show", .usage = usage, .rows = rows };

static size_t find_commit(const struct query *query, const char *name)
{
	struct oid id;

	if (range_commit_id(query->repo, name, &id))
		die_error();
	for (size_t i = 0; i < query->range.nr; i++) {
		if (!oid_equal(&query->range.commits[i].id, &id))
			continue;
		if (query->range.commits[i].nparents > 1)
			die("%s is a merge, and merges are not ranked; git perfrank --merges lists them", name);
		return i;
	}
	die("%s is not a commit of %s..%s; give its range after it", name, query->range.base_name,
	    query->range.tip_name);
}

static void print_message(const struct query *query, size_t commit)
{
	struct strbuf text = STRBUF_INIT;
	struct commit_text c;
	struct object object;

	if (repo_read(query->repo, &query->range.commits[commit].id, OBJECT_COMMIT, &object) ||
	    commit_parse(object.data, object.size, &c))
		die_error();
	strbuf_addstr(&text, "Author: ");
	escape_terminal(&text, c.author, c.author_len, ESCAPE_ALL);
	strbuf_addstr(&text, "\n\n    ");
	for (size_t i = 0; i < c.message_len; i++) {
		const char *eol = memchr(c.message + i, '\n', c.message_len - i);
		size_t n = eol ? (size_t)(eol - c.message) - i : c.message_len - i;

		escape_terminal(&text, c.message + i, n, ESCAPE_ALL);
		i += n;
		if (i + 1 < c.message_len)
			strbuf_addstr(&text, c.message[i + 1] == '\n' ? "\n" : "\n    ");
	}
	strbuf_rtrim(&text);
	printf("%s\n\n", text.buf);
	strbuf_release(&text);
}

static void print_commit(struct query *query, size_t commit)
{
	const struct rank_result *result = rank_result(query->rank, commit);
	struct output out = { .query = query };
	struct strbuf chunk = STRBUF_INIT;
	char hex[OID_HEX_MAX + 1];

	output_chunk_name(query, commit, &chunk);
	printf("%scommit %s%s\n", color(COLOR_COMMIT),
	       oid_to_hex(hex, &query->range.commits[commit].id, query->repo->rawlen), color(COLOR_RESET));
	print_message(query, commit);
	printf("Rank %" PRIu32 " of %zu commits in ", result->rank, query->range.nr);
	output_range(query);
	if (query->chunks.nr > 1) {
		printf(" (in ");
		output_text(chunk.buf);
		putchar(')');
	}
	printf(":\n");
	output_evidence(&out, commit, "    ");
	putchar('\n');
	strbuf_release(&chunk);
}

static int show(struct query *query, struct show_options *opts, const struct strvec *words)
{
	struct strvec range = STRVEC_INIT;
	size_t commit;

	for (size_t i = 1; i < words->nr; i++)
		strvec_push(&range, words->v[i]);
	if (repo_open(&query->repo) || (!range.nr && last_read(query->repo, &opts->query, &range)))
		die_error();
	query_open(query, &opts->query, (const char *const *)range.v, range.nr);
	commit = find_commit(query, words->v[0]);
	query_rank(query, &opts->query);
	missing_report(query);
	pager_start(config_get(&query->config, "core.pager", NULL));
	print_commit(query, commit);
	if (hunks_print(query, commit))
		die_error();
	query_report_git();
	strvec_release(&range);
	return EXIT_DONE;
}

/* What was not given comes from the last ranking, not from the configuration. */
static int show_last(struct query *query, int argc, char **argv)
{
	struct show_options given = { .query = { .resolve = -1, .progress = -1, .color = -1 } };
	struct strvec words = STRVEC_INIT;
	size_t dashes;
	int status = EXIT_USAGE;

	if (options_parse(&show_set, &given, argc, argv, &words, &dashes) == OPTIONS_OK)
		status = show(query, &given, &words);
	options_release(rows, &given);
	strvec_release(&words);
	return status;
}

int cmd_show(int argc, char **argv)
{
	struct query query = QUERY_INIT;
	struct show_options opts = { .query = { .progress = -1 } };
	struct strvec words = STRVEC_INIT;
	size_t dashes;
	enum options_result result;
	int status;

	query_configure(&query, rows, &opts);
	result = options_parse(&show_set, &opts, argc, argv, &words, &dashes);
	if (result != OPTIONS_OK)
		status = options_status(result);
	else if (query_conflict(&show_set, &opts.query))
		status = EXIT_USAGE;
	else if (!words.nr)
		status = usage_error(&show_set, "which commit? git perfrank show <commit> [<range>]");
	else if (words.nr == 1)
		status = show_last(&query, argc, argv);
	else
		status = show(&query, &opts, &words);
	options_release(rows, &opts);
	strvec_release(&words);
	query_release(&query);
	return status;
}
