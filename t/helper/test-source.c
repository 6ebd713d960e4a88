/*
 * Drives lib/profile/source.h from shell tests: questions on the standard
 * input, one a line, an answer "<file name> <line> <name>" or "-" for each.
 * Exits 0, or 128 with the recorded error on stderr.
 *
 *	test-source <program>
 *		at <address>
 *		offset <offset>
 *		named <linkage name> <address> <step>
 *		count
 *		build-id
 */
#include "base/error.h"
#include "profile/source.h"

#define STATUS_ERROR 128

static void print_answer(bool found, const struct source_function *f)
{
	const char *slash = found ? strrchr(f->file, '/') : NULL;

	if (found)
		printf("%s %d %s\n", slash ? slash + 1 : f->file, f->line, f->name);
	else
		puts("-");
}

static void answer(struct source *source, const char *line)
{
	struct source_function f;
	unsigned long address, step;
	char name[512];

	if (sscanf(line, "at %lx", &address) == 1)
		print_answer(source_at(source, address, &f), &f);
	else if (sscanf(line, "offset %lx", &address) == 1)
		print_answer(source_at_offset(source, address, &f), &f);
	else if (sscanf(line, "named %511s %lx %lx", name, &address, &step) == 3)
		print_answer(source_named(source, name, address, step, &f), &f);
	else if (starts_with(line, "count"))
		printf("%zu\n", source_nr(source));
	else if (starts_with(line, "build-id"))
		printf("%s\n", source_build_id(source));
	else
		puts("?");
}

int main(int argc, char **argv)
{
	struct source *source;
	char line[1024];

	if (argc != 2) {
		fputs("usage: test-source <program>\n", stderr);
		return 129;
	}
	if (source_open(&source, argv[1])) {
		fprintf(stderr, "error: %s\n", error_message());
		return STATUS_ERROR;
	}
	while (fgets(line, sizeof(line), stdin))
		answer(source, line);
	source_close(source);
	return 0;
}
