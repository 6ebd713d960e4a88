/*
 * Numbers as people read them, the same in every report. All append to `out`.
 */
#ifndef REPORT_SAY_H
#define REPORT_SAY_H

#include "base/strbuf.h"
#include "stats/compare.h"

/* "0.1912 s": four significant digits. */
void say_value(struct strbuf *out, double value, const char *unit);
/* "0.1912 s (0.1897 to 0.1927)", the interval left out where there is none. */
void say_interval(struct strbuf *out, const struct stats_interval *interval, const char *unit);
/* "+12.3": percents of a share, without their sign where a column has it. */
void say_percent(struct strbuf *out, double share);
/* "+12.3 % (+10.1 to +14.6)" of shares; nothing where there is no value. */
void say_relative(struct strbuf *out, const struct stats_interval *interval);
/* "99.4 %", "more than 99.9 %": no measurement is certain. */
void say_confidence(struct strbuf *out, double p);
/* "42 s", "7 min", "3.5 h". */
void say_seconds(struct strbuf *out, double seconds);
/* "12 commits", "1 commit". */
void say_count(struct strbuf *out, size_t nr, const char *what);

#endif
