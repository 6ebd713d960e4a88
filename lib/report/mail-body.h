/* Private to lib/report/: what the mail says. Lines of any length, LF at their ends. */
#ifndef REPORT_MAIL_BODY_H
#define REPORT_MAIL_BODY_H

#include "report/mail.h"

void mail_body(const struct finding *f, const struct mail *mail, struct strbuf *out);

#endif
