/*
 * Drives repo/definitions.h and repo/facts.h from shell tests and measurements.
 *
 *	test-definitions facts FILE [NAME]		what it defines and calls (as if called NAME)
 *	test-definitions find REVISION NAME...		its places in the tree
 *	test-definitions callers REVISION NAME...	who calls it
 *	test-definitions time REVISION NAME...		what it took in CPU
 *
 * Exits 0, or 128 with the recorded error on stderr.
 */
#include "base/error.h"
#include "base/trace.h"
#include "repo/definitions.h"
#include "repo/range.h"

#define STATUS_ERROR 128
#define PLACES 1000

static void print_function(const char *name, size_t len, unsigned flags, uint32_t line, void *data)
{
	(void)data;
	printf("%.*s %" PRIu32 "%s%s%s%s\n", (int)len, name, line, flags & FACTS_SYSCALL ? " syscall" : "",
	       flags & FACTS_COMPAT ? " compat" : "", flags & FACTS_STUB ? " stub" : "",
	       flags & FACTS_WEAK ? " weak" : "");
}

static void print_call(const char *name, size_t len, void *data)
{
	(void)data;
	printf("  %.*s\n", (int)len, name);
}

static int facts(const char *path, const char *name)
{
	struct facts_sink sink = { .function = print_function, .call = print_call };
	struct strbuf text = STRBUF_INIT;

	if (strbuf_read_file(&text, path, 0) < 0)
		return -1;
	if (facts_wanted(name))
		facts_of(name, text.buf, text.len, &sink);
	strbuf_release(&text);
	return 0;
}

static void answer(const struct definitions *definitions, bool callers, const char *name)
{
	struct definition places[PLACES] = { { 0 } };
	size_t nr = (callers ? definitions_callers : definitions_find)(definitions, name, strlen(name),
								       places, PLACES);

	printf("%s %zu\n", name, nr);
	for (size_t i = 0; i < nr && i < PLACES; i++)
		printf("  %s:%" PRIu32 " %s\n", places[i].path, places[i].line, places[i].name);
}

static int ask(int argc, char **argv)
{
	struct repo *repo = NULL;
	struct definitions_work *work;
	struct definitions *definitions = NULL;
	struct oid commit;
	double start = trace_cpu_seconds();
	bool ready = false;
	int ret = -1;

	if (repo_open(&repo) || range_commit_id(repo, argv[2], &commit) ||
	    definitions_start(repo, &commit, &work))
		goto out;
	ready = definitions_ready(work);
	ret = definitions_finish(work, NULL, NULL, &definitions);
	for (int i = 3; i < argc && !ret; i++)
		answer(definitions, !strcmp(argv[1], "callers"), argv[i]);
	if (!ret && !strcmp(argv[1], "time"))
		printf("%s: %.3f s CPU, of them %.3f s of the child; %zu files, %zu missing\n",
		       ready ? "cached" : "made", trace_cpu_seconds() - start, definitions_seconds(definitions),
		       definitions_files(definitions), definitions_missing(definitions));
out:
	definitions_close(definitions);
	repo_close(repo);
	return ret;
}

int main(int argc, char **argv)
{
	int ret;

	if (argc < 3) {
		fputs("usage: test-definitions (facts <file> [<name>]|find|callers|time <revision> <name>...)\n",
		      stderr);
		return 129;
	}
	ret = strcmp(argv[1], "facts") ? ask(argc, argv) : facts(argv[2], argv[argc > 3 ? 3 : 2]);
	if (ret)
		fprintf(stderr, "error: %s\n", error_message());
	return ret ? STATUS_ERROR : 0;
}
