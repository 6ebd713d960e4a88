/*
 * How commits and answers look to people; numbers are report/say.h's. All text that comes from
 * outside is escaped on its way out.
 */
#ifndef GIT_PERFBISECT_SHOW_H
#define GIT_PERFBISECT_SHOW_H

#include "report/finding.h"
#include "session.h"

/* Foreign text, one line. */
void show_text(FILE *out, const char *text);
/* "a, b", to stdout. */
void show_names(const struct strvec *names);
/* "0.1912 s (0.1897 to 0.1927)", the interval left out where there is none. */
void show_interval(struct strbuf *out, const struct bisect_interval *interval, const char *unit);
/* "+12.3 % (+10.1 to +14.6)" of shares. */
void show_relative(struct strbuf *out, const struct bisect_interval *interval);
/* "3 builds, 1 boot, 12 samples" */
void show_spent(const struct bisect_answer *answer, struct strbuf *out);
/* "12 commits between v1 and v2" */
void show_range(const struct session *s, struct strbuf *out);

/* Interval of the difference between a commit and the good end, as a share of the good level. */
bool show_difference(const struct session *s, size_t commit, struct bisect_interval *relative);

/* One line about a commit: id, level, difference, mark, subject. `reason` may be "". */
void show_commit(const struct session *s, size_t commit, const char *reason, const char *machine);

/* Which end is missing, and how to name it. */
void show_waiting(const struct session *s);
/* The answer in full, on stdout; `f` is the same as session_finding() has it. */
void show_answer(const struct session *s, const struct bisect_answer *answer, const struct finding *f);
/* The samples as a drawing in text, a title above; nothing where there are none. */
void show_plot(const struct finding *f);

#endif
