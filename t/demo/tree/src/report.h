#ifndef REPORT_H
#define REPORT_H

#include <stdio.h>

#include "index.h"
#include "sort.h"

enum format {
	FORMAT_TEXT,
	FORMAT_CSV, //@ +report-csv
	FORMAT_JSON, //@ +report-json
	FORMAT_TSV, //@ +report-tsv
};

struct report {
	size_t limit;
	enum format format;
	compare_fn compare; //@ +report-order
	int header; //@ +report-header
	int with_lines; //@ +report-lines
	int with_mean; //@ +report-mean
	uint64_t at_least; //@ +report-at-least
};

//@ +report-comment
/* Prints the first `limit` entries; 0 prints them all. */
//@ .
void report_top(const struct index *index, const struct report *report, FILE *out);
int report_format(const char *name, enum format *format); //@ +report-format

#endif
