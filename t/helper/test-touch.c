/*
 * Drives the path walk from shell tests: prints "<id> <C|M> <path>..." for
 * each commit (merge) of a range that changes one of the paths, which come
 * one a line on standard input; a trailing slash asks for a directory.
 *
 *	test-touch [--no-graph] [--stats] [--long] <range> <paths
 *
 * --long prints a line for each path, with what it was and is:
 * "<id> <C|M> <path> <kind>:<before> <kind>:<after>".
 */
#include "base/error.h"
#include "base/strvec.h"
#include "repo/touch.h"

#define STATUS_ERROR 128
#define STATUS_USAGE 129

struct print {
	const struct repo *repo;
	const struct range *range;
	const struct touch_path *paths;
	bool lines;
};

static void print_side(const struct repo *repo, enum touch_kind kind, const struct oid *id)
{
	char hex[OID_HEX_MAX + 1];

	printf(" %c:%s", "-fxltm"[kind], oid_to_hex(hex, id, repo->rawlen));
}

static int print_commit(size_t index, const struct touch_change *changes, size_t nr, void *data)
{
	const struct print *print = data;
	const struct range_commit *commit = &print->range->commits[index];
	char hex[OID_HEX_MAX + 1], kind = commit->nparents > 1 ? 'M' : 'C';

	oid_to_hex(hex, &commit->id, print->repo->rawlen);
	for (size_t i = 0; i < nr; i++) {
		if (print->lines || !i)
			printf("%s %c", hex, kind);
		printf(" %s", print->paths[changes[i].path].path);
		if (!print->lines)
			continue;
		print_side(print->repo, changes[i].before_kind, &changes[i].before);
		print_side(print->repo, changes[i].after_kind, &changes[i].after);
		putchar('\n');
	}
	if (!print->lines)
		putchar('\n');
	return 0;
}

/* The lines of standard input, without what makes them directories. */
static void read_paths(struct strvec *lines, struct touch_path **paths)
{
	char *line = NULL;
	size_t alloc = 0;
	ssize_t len;

	while ((len = getline(&line, &alloc, stdin)) > 0)
		strvec_push_owned(lines, xmemdupz(line, (size_t)len - (line[len - 1] == '\n')));
	free(line);
	*paths = xcalloc(lines->nr + 1, sizeof(**paths));
	for (size_t i = 0; i < lines->nr; i++) {
		size_t end = strlen(lines->v[i]);

		(*paths)[i].path = lines->v[i];
		if (!end || lines->v[i][end - 1] != '/')
			continue;
		lines->v[i][end - 1] = '\0';
		(*paths)[i].want = TOUCH_DIR;
	}
}

static void print_stats(const struct touch_stats *stats)
{
	fprintf(stderr, "commits %zu filters %zu skipped %zu commits-read %zu trees-read %zu touching %zu\n",
		stats->commits, stats->with_filter, stats->skipped_by_filter, stats->commits_read,
		stats->trees_read, stats->touching);
}

static int run(const char *word, bool graph, bool stats, bool long_lines)
{
	struct range range = RANGE_INIT;
	struct strvec lines = STRVEC_INIT;
	struct touch_path *paths = NULL;
	struct touch *touch = NULL;
	struct repo *repo = NULL;
	int result = repo_open(&repo);

	read_paths(&lines, &paths);
	if (!result)
		result = range_resolve(repo, &range, &word, 1);
	if (!result)
		result = range_list(repo, &range);
	if (!result) {
		struct print print = { .repo = repo, .range = &range, .paths = paths, .lines = long_lines };

		touch = touch_new(repo, paths, lines.nr);
		if (!graph)
			touch_ignore_graph(touch);
		result = touch_walk(touch, &range, print_commit, &print);
		if (stats)
			print_stats(touch_stats(touch));
	}
	touch_free(touch);
	range_release(&range);
	repo_close(repo);
	free(paths);
	strvec_release(&lines);
	return result;
}

int main(int argc, char **argv)
{
	bool graph = true, stats = false, lines = false;
	int at = 1;

	for (; at < argc && starts_with(argv[at], "--"); at++) {
		graph = graph && strcmp(argv[at], "--no-graph");
		stats = stats || !strcmp(argv[at], "--stats");
		lines = lines || !strcmp(argv[at], "--long");
	}
	if (argc - at != 1) {
		fprintf(stderr, "usage: test-touch [--no-graph] [--stats] [--long] <range> <paths\n");
		return STATUS_USAGE;
	}
	if (run(argv[at], graph, stats, lines)) {
		fprintf(stderr, "error: %s\n", error_message());
		return STATUS_ERROR;
	}
	return fflush(stdout) ? STATUS_ERROR : 0;
}
