/*
 * The journal: a Markdown file that people read and edit. What is below "Noise Functions" is
 * never picked, an entry "- name" a line, the name between backticks where it holds blanks; the rest is
 * for the reader. Entries are lines "- ..." at the end of a section; a line that the section has already
 * is not added again. Who adds one locks the folder meanwhile, so that none is lost.
 */
#ifndef GIT_PERFHUNT_JOURNAL_H
#define GIT_PERFHUNT_JOURNAL_H

#include "base/strbuf.h"
#include "base/strvec.h"

enum journal_section {
	JOURNAL_FINDINGS,
	JOURNAL_APPLIED,
	JOURNAL_DEFERRED,
	JOURNAL_PATTERNS,
	JOURNAL_NOISE,
	JOURNAL_SECTIONS,
};

extern const char *const journal_titles[JOURNAL_SECTIONS + 1];

/* The patterns below "Noise Functions"; nothing where there is no journal. -1 with a recorded error. */
int journal_noise(const char *path, struct strvec *noise) MUST_CHECK;
/* One line; newlines in it become blanks. Makes the journal where there is none. */
int journal_add(const char *path, enum journal_section section, const char *text) MUST_CHECK;
/* The whole text; empty where there is none. */
int journal_read(const char *path, struct strbuf *text) MUST_CHECK;

#endif
