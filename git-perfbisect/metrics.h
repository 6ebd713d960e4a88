/* Which of several metrics tells the ends apart best. */
#ifndef GIT_PERFBISECT_METRICS_H
#define GIT_PERFBISECT_METRICS_H

#include "session.h"

/* A table on stdout, and perhaps a hint; nothing where there is but one metric. */
void metrics_show(const struct session *s);

#endif
