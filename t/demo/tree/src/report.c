#include "report.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h> //@ +report-format

#include "stats.h" //@ +report-mean
#include "util.h"

//@ +report-lines
#define SHOWN_LINES 3 //@ -report-five-lines
#define SHOWN_LINES 5 //@ +report-five-lines

//@ .
//@ +report-lines
static void print_lines(const struct entry *entry, FILE *out)
{
	for (size_t i = 0; i < entry->nlines && i < SHOWN_LINES; i++)
		fprintf(out, "%s%" PRIu32, i ? "," : "", entry->lines[i]);
	if (entry->nlines > SHOWN_LINES) //@ +report-dots
		fputs(",...", out); //@ +report-dots
}

//@ .
static void print_text(const struct entry *entry, const struct report *report, FILE *out)
{
	fprintf(out, "%8" PRIu64 " %s", entry->count, entry->key); //@ -report-width
	fprintf(out, "%10" PRIu64 "  %s", entry->count, entry->key); //@ +report-width
	(void)report; //@ -report-lines
	if (report->with_mean) //@ +report-mean
		fprintf(out, " mean %.1f", stats_mean(entry)); //@ +report-mean -report-mean-digits
		fprintf(out, " mean %.3f", stats_mean(entry)); //@ +report-mean-digits
	if (report->with_lines) { //@ +report-lines
		fputs(" lines ", out); //@ +report-lines
		print_lines(entry, out); //@ +report-lines
	} //@ +report-lines
	fputc('\n', out);
}

//@ +report-csv
static void print_quoted(const char *text, FILE *out)
{
	fputc('"', out);
	for (; *text; text++) {
		if (*text == '"')
			fputc('"', out);
		fputc(*text, out);
	}
	fputc('"', out);
}

static void print_csv(const struct entry *entry, FILE *out)
{
	print_quoted(entry->key, out);
	fprintf(out, ",%" PRIu64 "\n", entry->count); //@ -report-csv-lines
	fprintf(out, ",%" PRIu64 ",%zu\n", entry->count, entry->nlines); //@ +report-csv-lines
}

//@ .
//@ +report-json
static void print_escaped(const char *text, FILE *out)
{
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			fputc('\\', out);
		if ((unsigned char)*text < ' ') //@ +report-json-control
			fprintf(out, "\\u%04x", (unsigned char)*text); //@ +report-json-control
		else //@ +report-json-control
			fputc(*text, out); //@ +report-json-control
		fputc(*text, out); //@ -report-json-control
	}
}

static void print_json(const struct entry *entry, FILE *out)
{
	fputs("{\"key\":\"", out);
	print_escaped(entry->key, out);
	fprintf(out, "\",\"count\":%" PRIu64 "}\n", entry->count); //@ -report-json-lines
	fprintf(out, "\",\"count\":%" PRIu64 ",\"lines\":%zu}\n", entry->count, entry->nlines); //@ +report-json-lines
}

//@ .
static void print_entry(const struct entry *entry, const struct report *report, FILE *out)
{
	switch (report->format) {
	case FORMAT_TEXT:
		print_text(entry, report, out);
		break;
	case FORMAT_CSV: //@ +report-csv
		print_csv(entry, out); //@ +report-csv
		break; //@ +report-csv
	case FORMAT_JSON: //@ +report-json
		print_json(entry, out); //@ +report-json
		break; //@ +report-json
	case FORMAT_TSV: //@ +report-tsv
		fprintf(out, "%s\t%" PRIu64 "\n", entry->key, entry->count); //@ +report-tsv
		break; //@ +report-tsv
	}
}

//@ +report-header
static void print_header(const struct report *report, FILE *out)
{
	if (report->format == FORMAT_TEXT)
		fputs("   count key\n", out); //@ -report-header-width
		fputs("     count  key\n", out); //@ +report-header-width
	if (report->format == FORMAT_CSV) //@ +report-csv-header
		fputs("key,count\n", out); //@ +report-csv-header -report-csv-lines
		fputs("key,count,lines\n", out); //@ +report-csv-lines
}

//@ .
void report_top(const struct index *index, const struct report *report, FILE *out)
{
	size_t nr = index->table.used;
	struct entry **list = xalloc(nr * sizeof(*list)); //@ -index-entries
	struct entry **list; //@ +index-entries
	size_t shown = 0; //@ +report-shown

	hash_list(&index->table, list); //@ -index-entries
	nr = index_entries(index, &list); //@ +index-entries
	sort_entries(list, nr, by_count); //@ -report-order
	sort_entries(list, nr, report->compare ? report->compare : by_count); //@ +report-order
	if (report->header) //@ +report-header
		print_header(report, out); //@ +report-header
	for (size_t i = 0; i < nr; i++) {
		if (report->limit && i >= report->limit) //@ -report-shown
		if (report->limit && shown >= report->limit) //@ +report-shown
			break;
		if (list[i]->count < report->at_least) //@ +report-at-least
			continue; //@ +report-at-least
		print_entry(list[i], report, out);
		shown++; //@ +report-shown
	}
	free(list); //@ +report-leak
}
//@ +report-format

int report_format(const char *name, enum format *format)
{
	static const char *const names[] = {
		"text", //@ -report-designators
		"csv", //@ -report-designators
		"json", //@ +report-json -report-designators
		[FORMAT_TEXT] = "text", //@ +report-designators
		[FORMAT_CSV] = "csv", //@ +report-designators
		[FORMAT_JSON] = "json", //@ +report-designators
		[FORMAT_TSV] = "tsv", //@ +report-tsv
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) { //@ -report-array-size
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) { //@ +report-array-size
		if (!strcmp(names[i], name)) {
			*format = (enum format)i;
			return 0;
		}
	}
	return -1;
}
//@ .
