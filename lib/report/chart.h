/*
 * Drawings of a finding as SVG that stands inside of HTML: with title and
 * description for those who cannot see them, in the colours of the page's
 * style, no colour without a shape.
 */
#ifndef REPORT_CHART_H
#define REPORT_CHART_H

#include "base/strbuf.h"
#include "report/finding.h"

/* The commits that were tested, in order, with their samples, levels and the levels of the ends. */
void chart_samples(const struct finding *f, struct strbuf *out);
/* P(culprit) over the whole range, with the set that holds 95 %. Nothing where there is no such probability. */
void chart_posterior(const struct finding *f, struct strbuf *out);
/* The shape of a mark alone, as large as a letter; for the legend and the table. */
void chart_mark(enum finding_mark mark, struct strbuf *out);

#endif
