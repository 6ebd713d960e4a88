/* git perfrank profile: from what perf record wrote to the CSV that the others read. */
#include "perfrank.h"

#include <sys/stat.h>

#include "base/error.h"
#include "base/escape.h"
#include "base/tempfile.h"
#include "query.h"

struct profile_command_options {
	char *vmlinux;
	char *modules;
	char *time;
	bool kernel_only;
	char *output;
};

static const struct option rows[] = {
	{ .type = OPTION_GROUP, .help = "What to read" },
	{ .type = OPTION_STRING,
	  .name = "vmlinux",
	  .arg = "<file>",
	  .at = offsetof(struct profile_command_options, vmlinux),
	  .complete = "file",
	  .help = "the kernel that was profiled, with debug information" },
	{ .type = OPTION_STRING,
	  .name = "modules",
	  .arg = "<dir>",
	  .at = offsetof(struct profile_command_options, modules),
	  .complete = "dir",
	  .help = "where its modules are, with debug information" },
	{ .type = OPTION_STRING,
	  .name = "time",
	  .arg = "<from>,<to>",
	  .at = offsetof(struct profile_command_options, time),
	  .help = "the steady part only, as perf has it: 10%-90%, or seconds" },
	{ .type = OPTION_BOOL,
	  .name = "kernel-only",
	  .at = offsetof(struct profile_command_options, kernel_only),
	  .help = "only functions of the kernel and its modules" },
	{ .type = OPTION_GROUP, .help = "Where to" },
	{ .type = OPTION_STRING,
	  .letter = 'o',
	  .name = "output",
	  .arg = "<file>",
	  .at = offsetof(struct profile_command_options, output),
	  .complete = "file",
	  .help = "the CSV; - is the standard output (default: where git perfrank looks for it)" },
	OPTION_END,
};

static const char *const usage[] = { "[<options>] <perf.data>", NULL };

const struct option_set profile_set = { .command = "git perfrank profile", .usage = usage, .rows = rows };

/* The tree at HEAD, where there is one: without, the paths are the compiler's. */
static void find_tree(struct query *query, struct profile_options *options, bool needed)
{
	if (repo_open(&query->repo)) {
		if (needed)
			die("%s; say where the CSV goes with --output", error_message());
		error_clear();
		return;
	}
	if (range_commit_id(query->repo, "HEAD", &query->range.tip)) {
		warning("HEAD is no commit yet: paths are not held against a tree");
		error_clear();
		return;
	}
	options->repo = query->repo;
	options->commit = &query->range.tip;
}

static char *output_path(const struct query *query, const struct profile_command_options *opts)
{
	char *path, *slash;

	if (opts->output)
		return xstrdup(opts->output);
	path = xstrfmt("%s/%s", query->repo->common_dir, QUERY_PROFILE);
	slash = strrchr(path, '/');
	*slash = '\0';
	if (mkdir(path, 0777) && errno != EEXIST)
		die("cannot make the folder %s: %s", path, strerror(errno));
	*slash = '/';
	return path;
}

static void write_csv(const struct profile *profile, const char *path)
{
	struct strbuf text = STRBUF_INIT;
	struct tempfile file = TEMPFILE_INIT;

	profile_add_csv(profile, &text);
	if (!strcmp(path, "-")) {
		fwrite(text.buf, 1, text.len, stdout);
	} else {
		if (tempfile_create(&file, path))
			die_error();
		fwrite(text.buf, 1, text.len, file.fp);
		if (tempfile_commit(&file))
			die_error();
	}
	strbuf_release(&text);
}

/* On the standard error: how much of the time has a function, and a file of the tree. */
static void report_summary(const struct profile *profile, const char *path)
{
	struct strbuf text = STRBUF_INIT;
	double known = 0, placed = 0;

	for (size_t i = 0; i < profile->nr; i++) {
		double share = profile_share(profile, i);

		known += share;
		placed += *profile->rows[i].path ? share : 0;
	}
	escape_terminal(&text, path, strlen(path), ESCAPE_ALL);
	fprintf(stderr, "%s: %zu function%s with %.1f%% of the samples, %.1f%% in files %s\n",
		strcmp(path, "-") ? text.buf : "standard output", profile->nr, profile->nr == 1 ? "" : "s",
		known, placed, "that are known");
	strbuf_release(&text);
}

static int make_profile(struct query *query, const struct profile_command_options *opts, const char *data)
{
	struct profile_options options = { .vmlinux = opts->vmlinux,
					   .modules = opts->modules,
					   .time = opts->time,
					   .kernel_only = opts->kernel_only };
	char *path;

	find_tree(query, &options, !opts->output);
	if (profile_read(&query->profile, data, &options))
		die_error();
	path = output_path(query, opts);
	write_csv(&query->profile, path);
	report_summary(&query->profile, path);
	free(path);
	return EXIT_DONE;
}

int cmd_profile(int argc, char **argv)
{
	struct query query = QUERY_INIT;
	struct profile_command_options opts = { .output = NULL };
	struct strvec words = STRVEC_INIT;
	size_t dashes;
	enum options_result result;
	int status;

	options_default(rows, &opts);
	result = options_parse(&profile_set, &opts, argc, argv, &words, &dashes);
	if (result != OPTIONS_OK)
		status = options_status(result);
	else if (words.nr != 1)
		status = usage_error(&profile_set, words.nr ? "one perf.data at a time"
							    : "which file? give what perf record wrote");
	else
		status = make_profile(&query, &opts, words.v[0]);
	options_release(rows, &opts);
	strvec_release(&words);
	query_release(&query);
	return status;
}
