/*
 * A finding as one page of HTML that needs nothing else: no script, no other
 * file. It is well-formed XML as well. Light or dark as the reader has it, and
 * fit to be printed.
 */
#ifndef REPORT_PAGE_H
#define REPORT_PAGE_H

#include "base/strbuf.h"
#include "report/finding.h"

struct page {
	/* All may be NULL. The culprit's message, and who wrote it: "A U Thor <author@example.com>". */
	const char *author, *message;
	/* What it changes, as git shows it; `diff_cut`: only its begin. */
	const char *diff;
	bool diff_cut;
};

void page_write(const struct finding *f, const struct page *page, struct strbuf *out);

#endif
