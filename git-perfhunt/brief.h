/* What a fixer is told: BRIEF.md, in plain Markdown. */
#ifndef GIT_PERFHUNT_BRIEF_H
#define GIT_PERFHUNT_BRIEF_H

#include "hunt.h"

/* Of h->state.picked; `failed` (may be NULL) is what the check of the last attempt said. */
void brief_text(struct hunt *h, const char *failed, struct strbuf *out);

#endif
