/*
 * The header of a mail (RFC 5322), from foreign text. What would end a line,
 * control characters and bidirectional marks are blanks; bytes that are no
 * UTF-8 are U+FFFD; what is not ASCII is written as RFC 2047 has it. Lines are
 * folded, and each header ends with a newline.
 */
#ifndef REPORT_HEADER_H
#define REPORT_HEADER_H

#include "base/strbuf.h"
#include "base/strvec.h"

/* "Subject: ..."; words up to the first that needs it stay as they are. */
void header_add_text(struct strbuf *out, const char *name, const char *text);
/* Addresses as header_person() takes them; none that is no address, and nothing at all without any. */
void header_add_people(struct strbuf *out, const char *name, const struct strvec *people);

/*
 * "A U Thor <author@example.com> # more" or "list@example.com (open list)" taken apart; false when
 * there is no plain address in it. `name` may come out empty. Both are replaced.
 */
bool header_person(const char *text, struct strbuf *name, struct strbuf *address);

#endif
