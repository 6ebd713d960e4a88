/*
 * How a finding was measured, and how to see it again without our tools; one text
 * for all reports that have it. Foreign text is escaped as for a terminal.
 */
#ifndef REPORT_HOW_H
#define REPORT_HOW_H

#include "base/strbuf.h"
#include "report/finding.h"

/* "Machine      altra", one a line, commands with all their lines. */
void how_measured(const struct finding *f, struct strbuf *out);
/* The lines to type, for the culprit and its parent. Nothing unless a culprit is named. */
void how_to_reproduce(const struct finding *f, struct strbuf *out);
/* Sentences: how sure it is, and what else it may be. */
void how_sure(const struct finding *f, struct strbuf *out);
/* While nothing is named: how sure it is of the likeliest commit, and what that still takes. Nothing else. */
void how_near(const struct finding *f, struct strbuf *out);
/* The metric as a name for people. "value" is what one without a name is called. */
const char *how_metric(const struct finding *f);

#endif
