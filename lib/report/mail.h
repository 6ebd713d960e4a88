/*
 * The regression report that the kernel's documentation asks for
 * (Documentation/admin-guide/reporting-regressions.rst), as an mbox of one
 * mail, to be looked through and handed to `git send-email`. Nothing is sent.
 *
 *	why = mail_refusal(&finding);
 *	if (why)
 *		... the finding accuses nobody, and so must no mail ...
 *	mail_write(&finding, &mail, &out);
 *
 * The body is UTF-8 of 8 bits, or quoted-printable where a line is longer than
 * mail allows. A line of it that begins with "From " (after any ">") gets one
 * more ">", as mboxrd has it.
 */
#ifndef REPORT_MAIL_H
#define REPORT_MAIL_H

#include "base/strbuf.h"
#include "report/finding.h"

struct mail {
	/* All borrowed. "A U Thor <author@example.com>" each; whoever is `from` or in `to` is left out of `cc`. */
	const char *from;
	struct strvec to, cc;
	/* Seconds since 1970, and the zone as +hhmm in minutes. */
	int64_t date;
	int zone;
	/* A kernel: its lists get copies, and its regression tracker is told. */
	bool kernel;
	/* Of a stable series: so does its list. */
	bool stable;
};

#define MAIL_INIT                                    \
	{                                            \
		.to = STRVEC_INIT, .cc = STRVEC_INIT \
	}

/* A sentence why no mail is to be written; NULL when one may be. */
const char *mail_refusal(const struct finding *f);
void mail_write(const struct finding *f, const struct mail *mail, struct strbuf *out);

#endif
