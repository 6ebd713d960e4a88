/*
 * The samples of the tested commits as lines of text, for a terminal:
 *
 *	                       99.2                                   112.1
 *	89d448149259 good end  .|-o:-|
 *	2570f5fd08b0 bad                                       |-.#-:|  .
 *
 * "." is a sample, ":" several; "o" the level of a commit that is good, "#" of one
 * that is bad, "?" of one that is neither; "|---|" its 95 % interval. ASCII.
 */
#ifndef REPORT_PLOT_H
#define REPORT_PLOT_H

#include "base/strbuf.h"
#include "report/finding.h"

/* Lines of at most `width` columns (0: 80). Nothing where fewer than two commits were measured. */
void finding_plot(const struct finding *f, size_t width, struct strbuf *out);

#endif
