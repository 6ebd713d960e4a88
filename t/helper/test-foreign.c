/*
 * Drives lib/store/foreign.h from shell tests. The URL "store" is the store
 * in the folder "perf". Exits 0, or 128 with the recorded error on stderr.
 *
 *	test-foreign list <url>		software profiles, benchmarks, systems under test
 *	test-foreign results <url> <sut> <swprofile> <benchmark> <resultclass>
 *	test-foreign differ <url> <swprofile> <swprofile>
 */
#include "base/error.h"
#include "store/foreign.h"

#define STATUS_ERROR 128

static int print_swprofile(const struct foreign_swprofile *p, void *data UNUSED)
{
	printf("swprofile %s|%s|%s|%s|%s|%s|%s\n", p->id, p->kernel_name, p->kernel_git_sha, p->userspace,
	       p->cmdline, p->sysctl, p->bootscript);
	return 0;
}

static int print_benchmark(const struct foreign_benchmark *b, void *data UNUSED)
{
	printf("benchmark %s|%s|%s|%s|%s\n", b->id, b->suite, b->name, b->type, b->image);
	return 0;
}

static int print_sut(const struct foreign_sut *sut, void *data UNUSED)
{
	printf("sut %s|%s\n", sut->id, sut->name);
	return 0;
}

static int list(struct foreign *foreign)
{
	if (foreign_swprofiles(foreign, print_swprofile, NULL) ||
	    foreign_benchmarks(foreign, print_benchmark, NULL))
		return -1;
	return foreign_suts(foreign, print_sut, NULL);
}

static int print_results(struct foreign *foreign, char **argv)
{
	const struct foreign_query query = { argv[3], argv[4], argv[5], argv[6] };
	struct foreign_results results;

	if (foreign_results_read(foreign, &query, &results))
		return -1;
	printf("unit '%s' better '%s'\n", results.unit, results.better);
	for (size_t i = 0; i < results.nr; i++) {
		printf("%s:", results.groups[i].session_uuid);
		for (size_t n = 0; n < results.groups[i].nr; n++)
			printf(" %.17g", results.groups[i].values[n]);
		putchar('\n');
	}
	foreign_results_release(&results);
	return 0;
}

static int print_difference(struct foreign *foreign, char **argv)
{
	struct foreign_swprofile a = FOREIGN_SWPROFILE_INIT, b = FOREIGN_SWPROFILE_INIT;
	const char *name;
	int result = foreign_swprofile_find(foreign, argv[3], &a);

	if (!result)
		result = foreign_swprofile_find(foreign, argv[4], &b);
	if (!result) {
		name = foreign_profiles_differ(&a, &b);
		if (name)
			printf("%s: '%s' '%s'\n", name, foreign_profile_field(&a, name),
			       foreign_profile_field(&b, name));
		else
			puts("same");
	}
	foreign_swprofile_release(&a);
	foreign_swprofile_release(&b);
	return result;
}

static int run(int argc, char **argv)
{
	struct store *store = NULL;
	struct foreign *foreign = NULL;
	int result = 0;

	if (!strcmp(argv[2], "store"))
		result = store_open(&store, "perf", STORE_READ_ONLY);
	if (!result)
		result = foreign_open(&foreign, argv[2], store);
	if (!result && !strcmp(argv[1], "list"))
		result = list(foreign);
	else if (!result && !strcmp(argv[1], "results") && argc == 7)
		result = print_results(foreign, argv);
	else if (!result && !strcmp(argv[1], "differ") && argc == 5)
		result = print_difference(foreign, argv);
	else if (!result)
		result = error_set("no such subcommand, or too few arguments");
	foreign_close(foreign);
	store_close(store);
	return result;
}

int main(int argc, char **argv)
{
	if (argc < 3) {
		fputs("usage: test-foreign (list|results|differ) <url> ...\n", stderr);
		return 129;
	}
	if (run(argc, argv)) {
		fprintf(stderr, "error: %s\n", error_message());
		return STATUS_ERROR;
	}
	return 0;
}
