#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "index.h"
#include "keys.h" //@ +main-keys
#include "report.h"
#include "util.h"

//@ +news-1.1
#define CHUNK 65536 //@ +main-read-file -main-big-chunk
#define CHUNK 262144 //@ +main-big-chunk
#define VERSION "1.1" //@ -news-1.2
#define VERSION "1.2" //@ +news-1.2 -news-1.3
#define VERSION "1.3" //@ +news-1.3 -news-1.4
#define VERSION "1.4" //@ +news-1.4

//@ .
static const char usage[] = "usage: kvlog [-n <number>] [<file>]\n" //@ -main-usage
static const char usage[] = "usage: kvlog [<options>] [<file>]\n" //@ +main-usage
			    "  -n <number>   print that many (10)\n" //@ +main-usage
			    "  -f <format>   text, csv\n" //@ +main-format -main-format-json
			    "  -f <format>   text, csv, json\n" //@ +main-format-json -main-format-tsv
			    "  -f <format>   text, csv, json, tsv\n" //@ +main-format-tsv
			    "  -s <order>    count, key\n" //@ +main-sort -main-sort-lines
			    "  -s <order>    count, key, lines\n" //@ +main-sort-lines
			    "  -c <number>   only what was seen that often\n" //@ +main-at-least
			    "  -l            with the lines\n" //@ +main-lines
			    "  -m            with the mean of numbers\n" //@ +main-mean
			    "  -H            with a header\n" //@ +main-header
			    "  -k            list the known keys\n" //@ +main-keys
			    "  -V            print the version\n" //@ +main-version
			    ;

//@ +main-read-file
static char *read_file(FILE *in, size_t *len)
{
	size_t alloc = 0;
	char *text = NULL;

	*len = 0;
	for (;;) {
		size_t got;

		if (alloc - *len < CHUNK) {
			alloc = alloc ? alloc * 2 : 2 * CHUNK;
			text = xgrow(text, alloc);
		}
		got = fread(text + *len, 1, CHUNK, in);
		if (got == 0)
			break;
		*len += got;
	}
	if (ferror(in)) //@ +main-read-error
		die("cannot read: %s", strerror(errno)); //@ +main-read-error
	return text;
}

static void index_file(struct index *index, FILE *in)
{
	size_t len;
	char *text = read_file(in, &len);

	index_text(index, text, len);
	free(text);
}

//@ .
//@ -main-read-file
static void index_file(struct index *index, FILE *in)
{
	char *line = NULL;
	size_t alloc = 0;
	ssize_t len;

	while ((len = getline(&line, &alloc, in)) > 0) {
		if (line[len - 1] == '\n')
			len--;
		index_line(index, line, (size_t)len);
	}
	free(line);
}

//@ .
static size_t number_of(const char *text)
{
	char *end;
	unsigned long number = strtoul(text, &end, 10);

	if (*end) //@ -main-number-empty
	if (*end || end == text) //@ +main-number-empty
		die("not a number: %s", text);
	return number;
}

int main(int argc, char **argv)
{
	struct report report = { .limit = 10 };
	struct index index;
	FILE *in = stdin;
	int i = 1;

	for (; i < argc && argv[i][0] == '-'; i++) {
		if (!strcmp(argv[i], "-n") && i + 1 < argc) {
			report.limit = number_of(argv[++i]);
		} else if (!strcmp(argv[i], "-f") && i + 1 < argc) { //@ +main-format
			if (report_format(argv[++i], &report.format)) //@ +main-format
				die("unknown format: %s", argv[i]); //@ +main-format
		} else if (!strcmp(argv[i], "-s") && i + 1 < argc) { //@ +main-sort
			report.compare = sort_order(argv[++i]); //@ +main-sort
			if (!report.compare) //@ +main-sort
				die("unknown order: %s", argv[i]); //@ +main-sort
		} else if (!strcmp(argv[i], "-c") && i + 1 < argc) { //@ +main-at-least
			report.at_least = number_of(argv[++i]); //@ +main-at-least
		} else if (!strcmp(argv[i], "-l")) { //@ +main-lines
			report.with_lines = 1; //@ +main-lines
		} else if (!strcmp(argv[i], "-m")) { //@ +main-mean
			report.with_mean = 1; //@ +main-mean
		} else if (!strcmp(argv[i], "-H")) { //@ +main-header
			report.header = 1; //@ +main-header
		} else if (!strcmp(argv[i], "-k")) { //@ +main-keys
			list_keys(stdout); //@ +main-keys
			return 0; //@ +main-keys
		} else if (!strcmp(argv[i], "-V")) { //@ +main-version
			puts("kvlog " VERSION); //@ +main-version
			return 0; //@ +main-version
		} else {
			fputs(usage, stderr);
			return 2;
		}
	}
	if (i + 1 < argc) //@ +main-one-file
		die("one file at a time"); //@ +main-one-file
	if (i < argc && !(in = fopen(argv[i], "r")))
		die("cannot open %s: %s", argv[i], strerror(errno));
	index_init(&index);
	index_file(&index, in);
	if (in != stdin) //@ +main-close
		fclose(in); //@ +main-close
	if (index.skipped > 0) //@ +main-warn-skipped
		warn("%llu fields were too long", (unsigned long long)index.skipped); //@ +main-warn-skipped
	report_top(&index, &report, stdout);
	index_free(&index); //@ +main-free
	return 0; //@ -main-flush
	if (fflush(stdout)) //@ +main-flush
		die("cannot write: %s", strerror(errno)); //@ +main-flush
	return 0; //@ +main-flush
}
