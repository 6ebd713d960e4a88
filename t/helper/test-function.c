/*
 * Drives repo/function.h from shell scripts and benchmarks.
 *
 *	test-function changes OLD NEW	functions and changed lines of two files
 *	test-function ranges FILE	all functions of a file
 *	test-function pairs LIST	many pairs of blobs, read from stdin
 *
 * `pairs` takes on stdin what `git cat-file --batch` says to the ids of LIST,
 * old and new in turn; LIST has a line "old new label" for each pair. Says
 * "label<TAB>function<TAB>lines", and on stderr what it took in CPU.
 */
#include "base/strbuf.h"
#include "repo/function.h"
#include <time.h>

static void die(const char *what)
{
	fprintf(stderr, "test-function: %s\n", what);
	exit(1);
}

static void read_file(struct strbuf *content, const char *path)
{
	FILE *f = fopen(path, "rb");
	char buf[65536];
	size_t n;

	if (!f)
		die(path);
	while ((n = fread(buf, 1, sizeof(buf), f)) > 0)
		strbuf_add(content, buf, n);
	fclose(f);
}

static void print_function(const char *name, size_t len, size_t lines, void *label)
{
	if (label)
		printf("%s\t", (const char *)label);
	printf("%.*s\t%zu\n", (int)len, name, lines);
}

static void print_line(char side, const char *text, size_t len, bool in_comment, void *data)
{
	(void)data;
	printf("%c%c%.*s\n", side, in_comment ? '#' : ' ', (int)len, text);
}

static void changes(const char *old, const char *new_)
{
	struct function_sink sink = { .function = print_function, .line = print_line };
	struct strbuf a = STRBUF_INIT, b = STRBUF_INIT;

	read_file(&a, old);
	read_file(&b, new_);
	function_changes(a.buf, a.len, b.buf, b.len, &sink);
	strbuf_release(&a);
	strbuf_release(&b);
}

static void ranges(const char *path)
{
	struct strbuf text = STRBUF_INIT;
	struct function_range *list;
	size_t nr;

	read_file(&text, path);
	nr = function_ranges(text.buf, text.len, &list);
	for (size_t i = 0; i < nr; i++)
		printf("%" PRIu32 " %" PRIu32 " %" PRIu32 " %.*s\n", list[i].from + 1, list[i].body + 1,
		       list[i].to, (int)list[i].len, list[i].name);
	free(list);
	strbuf_release(&text);
}

/* The next object of the stream; one that is missing is empty. */
static void read_object(struct strbuf *object)
{
	char head[256], *size;

	strbuf_reset(object);
	if (!fgets(head, sizeof(head), stdin))
		die("the stream of objects ends early");
	size = strrchr(head, ' ');
	if (!size || !strcmp(size, " missing\n"))
		return;
	for (size_t left = strtoul(size, NULL, 10) + 1; left;) {
		char buf[65536];
		size_t n = fread(buf, 1, left < sizeof(buf) ? left : sizeof(buf), stdin);

		if (!n)
			die("an object ends early");
		strbuf_add(object, buf, n);
		left -= n;
	}
	strbuf_setlen(object, object->len - 1);
}

static double cpu_seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void pairs(const char *list)
{
	struct strbuf a = STRBUF_INIT, b = STRBUF_INIT;
	FILE *f = fopen(list, "r");
	char line[8192];
	size_t nr = 0, bytes = 0, churn = 0;
	double spent = 0;

	if (!f)
		die(list);
	for (; fgets(line, sizeof(line), f); nr++) {
		char *label = strchr(line, ' ');
		struct function_sink sink = { .function = print_function };
		double begin;

		label = label ? strchr(label + 1, ' ') : NULL;
		if (!label)
			die("a pair without label");
		line[strcspn(line, "\n")] = '\0';
		sink.data = label + 1;
		read_object(&a);
		read_object(&b);
		bytes += a.len + b.len;
		begin = cpu_seconds();
		churn += function_changes(a.buf, a.len, b.buf, b.len, &sink);
		spent += cpu_seconds() - begin;
	}
	fclose(f);
	strbuf_release(&a);
	strbuf_release(&b);
	fprintf(stderr, "%zu pairs, %.1f MB, %zu changed lines: %.3f CPU s\n", nr, (double)bytes / 1e6, churn,
		spent);
}

int main(int argc, char **argv)
{
	if (argc == 4 && !strcmp(argv[1], "changes"))
		changes(argv[2], argv[3]);
	else if (argc == 3 && !strcmp(argv[1], "ranges"))
		ranges(argv[2]);
	else if (argc == 3 && !strcmp(argv[1], "pairs"))
		pairs(argv[2]);
	else
		die("changes OLD NEW | ranges FILE | pairs LIST");
	return 0;
}
