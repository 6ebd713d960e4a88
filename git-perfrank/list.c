/*
 * git perfrank list: the commits that touch the profile's files, one text file
 * per pair of tags, for a person or a language model to read.
 */
#include "perfrank.h"

#include <time.h>

#include "base/error.h"
#include "base/escape.h"
#include "base/tempfile.h"
#include "output.h"
#include "repo/commit.h"
#include "ui/term.h"

struct list_options {
	struct query_options query;
	char *output;
};

static const struct option rows[] = {
	QUERY_OPTION_ROWS(struct list_options),
	{ .type = OPTION_GROUP, .help = "Where to" },
	{ .type = OPTION_STRING,
	  .letter = 'o',
	  .name = "output",
	  .arg = "<dir>",
	  .at = offsetof(struct list_options, output),
	  .config = "output",
	  .complete = "dir",
	  .help = "folder of the lists; - is the standard output (default: that of the profile)" },
	OPTION_END,
};

static const char *const usage[] = { "[<options>] <range>", NULL };

const struct option_set list_set = { .command = "git perfrank list", .usage = usage, .rows = rows };

/* "2025-03-01 12:00:00 +0100", as git's iso format; dates beyond what a calendar holds as a number. */
static void add_date(struct strbuf *out, int64_t seconds, int zone)
{
	time_t local = (time_t)(seconds + (int64_t)zone * 60);
	char text[64];
	struct tm tm;

	if (!gmtime_r(&local, &tm) || !strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &tm)) {
		strbuf_addf(out, "@%" PRId64, seconds);
		return;
	}
	strbuf_addf(out, "%s %c%02d%02d", text, zone < 0 ? '-' : '+', abs(zone) / 60, abs(zone) % 60);
}

/* "Signed-off-by: ...", "Cc: ..." and their like say who, not what. */
static bool is_trailer(const char *line, size_t len)
{
	static const char *const keys[] = { "Cc", "Link", "Closes", "Change-Id" };
	const char *colon = memchr(line, ':', len);
	size_t n = colon ? (size_t)(colon - line) : 0;

	if (!n || n + 1 == len || colon[1] != ' ')
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (strlen(keys[i]) == n && !strncasecmp(line, keys[i], n))
			return true;
	for (size_t i = 0; i < n; i++)
		if (line[i] != '-' && !is_word_char(line[i]))
			return false;
	return n > 3 && !strncasecmp(colon - 3, "-by", 3);
}

/* The body indented, without trailers but for "Fixes:", and without blank lines in a row. */
static void add_body(struct strbuf *out, const char *body, size_t len)
{
	const char *end = body + len;
	bool blank = true;

	while (body < end) {
		const char *eol = memchr(body, '\n', (size_t)(end - body));
		size_t n = (size_t)((eol ? eol : end) - body);

		while (n && (body[n - 1] == ' ' || body[n - 1] == '\t' || body[n - 1] == '\r'))
			n--;
		if (n && !is_trailer(body, n)) {
			strbuf_addstr(out, "    ");
			escape_terminal(out, body, n, ESCAPE_ALL);
			strbuf_addch(out, '\n');
			blank = false;
		} else if (!n && !blank) {
			strbuf_addch(out, '\n');
			blank = true;
		}
		body = eol ? eol + 1 : end;
	}
	if (!blank)
		strbuf_addch(out, '\n');
}

static void add_line(struct strbuf *out, const char *what, const char *text, size_t len)
{
	strbuf_addstr(out, what);
	escape_terminal(out, text, len, ESCAPE_ALL);
	strbuf_addch(out, '\n');
}

static void add_commit(struct query *query, size_t commit, struct strbuf *out)
{
	struct strbuf text = STRBUF_INIT;
	struct commit_text c;
	struct object object;
	char hex[OID_HEX_MAX + 1];

	if (repo_read(query->repo, &query->range.commits[commit].id, OBJECT_COMMIT, &object) ||
	    commit_parse(object.data, object.size, &c))
		die_error();
	strbuf_addf(out, "commit %s\nDate: ",
		    oid_to_hex(hex, &query->range.commits[commit].id, query->repo->rawlen));
	add_date(out, c.author_date, c.author_zone);
	strbuf_addch(out, '\n');
	add_line(out, "Author: ", c.author, c.author_len);
	strbuf_add(&text, c.subject, c.subject_len);
	for (size_t i = 0; i < text.len; i++)
		if (text.buf[i] == '\n')
			text.buf[i] = ' ';
	add_line(out, "Subject: ", text.buf, text.len);
	output_functions(query, rank_result(query->rank, commit), 0, &text);
	if (text.len)
		add_line(out, "Hot functions: ", text.buf, text.len);
	strbuf_addch(out, '\n');
	add_body(out, c.body, c.body_len);
	strbuf_release(&text);
}

/* The touching commits of a chunk, the newest first. */
static size_t list_chunk(struct query *query, size_t chunk, FILE *fp)
{
	struct strbuf text = STRBUF_INIT;
	size_t nr = 0;

	for (size_t i = query->range.nr; i-- > 0;) {
		if (query->chunks.of[i] != chunk || !rank_result(query->rank, i)->touches)
			continue;
		strbuf_reset(&text);
		add_commit(query, i, &text);
		fwrite(text.buf, 1, text.len, fp);
		nr++;
	}
	strbuf_release(&text);
	return nr;
}

/* Tags may hold slashes; file names must not. */
static char *list_path(const char *dir, const struct chunk *chunk)
{
	char *name = xstrfmt("git_log_%s_%s.txt", chunk->from, chunk->to), *path;

	for (char *p = name; *p; p++)
		if (*p == '/' || (unsigned char)*p < ' ')
			*p = '_';
	path = xstrfmt("%s/%s", dir, name);
	free(name);
	return path;
}

static char *list_dir(const struct query *query, const struct list_options *opts)
{
	const char *slash;

	if (opts->output && *opts->output)
		return xstrdup(opts->output);
	if (!strcmp(query->profile_path, "-"))
		die("the profile comes from the standard input; say where the lists go with --output <dir>");
	slash = strrchr(query->profile_path, '/');
	if (!slash)
		return xstrdup(".");
	return xmemdupz(query->profile_path,
			slash == query->profile_path ? 1 : (size_t)(slash - query->profile_path));
}

static void write_lists(struct query *query, const char *dir)
{
	for (size_t i = 0; i < query->chunks.nr; i++) {
		struct tempfile file = TEMPFILE_INIT;
		char *path = list_path(dir, &query->chunks.v[i]);
		struct strbuf shown = STRBUF_INIT;
		size_t nr;

		if (tempfile_create(&file, path))
			die_error();
		nr = list_chunk(query, i, file.fp);
		if (tempfile_commit(&file))
			die_error();
		escape_terminal(&shown, path, strlen(path), ESCAPE_ALL);
		printf("%s: %zu of %zu commits\n", shown.buf, nr, query->chunks.v[i].nr);
		strbuf_release(&shown);
		free(path);
	}
}

static bool any_touches(const struct query *query)
{
	for (size_t i = 0; i < query->range.nr; i++)
		if (rank_result(query->rank, i)->touches)
			return true;
	return false;
}

static int list(struct query *query, const struct list_options *opts, const struct strvec *words)
{
	char *dir;
	bool any;

	query_open(query, &opts->query, (const char *const *)words->v, words->nr);
	dir = list_dir(query, opts);
	query_list(query, &opts->query);
	query_report_paths(query);
	missing_report(query);
	any = any_touches(query);
	if (!any)
		query_report_nothing(query);
	else if (!strcmp(dir, "-"))
		for (size_t i = 0; i < query->chunks.nr; i++)
			list_chunk(query, i, stdout);
	else
		write_lists(query, dir);
	free(dir);
	return any ? EXIT_DONE : EXIT_NEGATIVE;
}

int cmd_list(int argc, char **argv)
{
	struct query query = QUERY_INIT;
	struct list_options opts = { .output = NULL };
	struct strvec words = STRVEC_INIT;
	size_t dashes;
	enum options_result result;
	int status;

	query_configure(&query, rows, &opts);
	result = options_parse(&list_set, &opts, argc, argv, &words, &dashes);
	if (result != OPTIONS_OK)
		status = options_status(result);
	else if (query_conflict(&list_set, &opts.query))
		status = EXIT_USAGE;
	else if (!words.nr)
		status = usage_error(&list_set, "no range; give one like A..B");
	else
		status = list(&query, &opts, &words);
	options_release(rows, &opts);
	strvec_release(&words);
	query_release(&query);
	return status;
}
