/* The session's answer as a report/finding.h, and the reports made of one that ask git for more. */
#ifndef GIT_PERFBISECT_REPORT_H
#define GIT_PERFBISECT_REPORT_H

#include "report/finding.h"
#include "session.h"

/* Both ends are known, and the evidence is loaded. */
void session_finding(const struct session *s, struct finding *f);
/* Prints it; returns the exit status of the verdict. Dies when it cannot be written. */
int report_json(const struct session *s);
/*
 * A regression report as an mbox; `maintainers`: scripts/get_maintainer.pl of the user's work
 * tree may be run. Where it would accuse without an answer, a sentence on stderr and no mail.
 */
int report_mail(const struct session *s, bool maintainers);
/* A page of HTML, as report/page.h has it. */
int report_page(const struct session *s);

#endif
