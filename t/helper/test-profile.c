/*
 * Drives lib/profile/ from shell tests and measurements: each subcommand
 * prints, one fact a line, what a function of the library answers. Exits 0,
 * or 128 with the recorded error on stderr.
 *
 *	test-profile rows <file>		line, function, path, samples, percent, share
 *	test-profile paths <file> <revision>	each path, whether it exists, what is near
 *	test-profile time <file> [<revision>]	CPU seconds of reading, and of the paths
 */
#include <sys/resource.h>

#include "base/error.h"
#include "base/trace.h"
#include "profile/paths.h"
#include "profile/profile.h"
#include "repo/range.h"

#define STATUS_ERROR 128

static void print_rows(const struct profile *profile)
{
	printf("name %s\n", profile->name);
	for (size_t i = 0; i < profile->nr; i++) {
		const struct profile_row *row = &profile->rows[i];

		printf("%zu %s %s %" PRIu64 " %.4g %.4g\n", row->line, row->function,
		       *row->path ? row->path : "-", row->samples, row->percent, profile_share(profile, i));
	}
}

static int check_paths(const struct profile *profile, const char *revision, struct profile_paths *paths)
{
	struct repo *repo;
	struct oid commit;
	int result;

	if (repo_open(&repo))
		return -1;
	result = range_commit_id(repo, revision, &commit);
	if (!result)
		result = profile_paths_check(profile, repo, &commit, paths);
	repo_close(repo);
	return result;
}

static void print_paths(const struct profile_paths *paths)
{
	for (size_t i = 0; i < paths->nr; i++) {
		const struct profile_path *path = &paths->v[i];

		printf("%s %s %.4g %zu", path->path, path->exists ? "exists" : "missing", path->share,
		       path->rows);
		for (size_t n = 0; n < path->nnear; n++)
			printf(" %s", path->near[n]);
		putchar('\n');
	}
}

static void print_peak(const char *what, double start)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	printf("%s: %.3f s CPU, %ld KiB at most\n", what, trace_cpu_seconds() - start, usage.ru_maxrss);
}

static int run(struct profile *profile, struct profile_paths *paths, int argc, char **argv)
{
	double start = trace_cpu_seconds();

	if (profile_read(profile, argv[2], NULL))
		return -1;
	if (!strcmp(argv[1], "rows"))
		print_rows(profile);
	if (!strcmp(argv[1], "time"))
		print_peak("read", start);
	if (argc < 4)
		return 0;
	start = trace_cpu_seconds();
	if (check_paths(profile, argv[3], paths))
		return -1;
	if (!strcmp(argv[1], "time"))
		print_peak("paths", start);
	else
		print_paths(paths);
	return 0;
}

int main(int argc, char **argv)
{
	struct profile profile = PROFILE_INIT;
	struct profile_paths paths = PROFILE_PATHS_INIT;
	int result;

	if (argc < 3) {
		fputs("usage: test-profile (rows|paths|time) <file> [<revision>]\n", stderr);
		return 129;
	}
	result = run(&profile, &paths, argc, argv);
	if (result)
		fprintf(stderr, "error: %s\n", error_message());
	profile_paths_release(&paths);
	profile_release(&profile);
	return result ? STATUS_ERROR : 0;
}
