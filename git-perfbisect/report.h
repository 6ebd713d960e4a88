/* The report as JSON, for `report --json` and `status --json`: one schema. */
#ifndef GIT_PERFBISECT_REPORT_H
#define GIT_PERFBISECT_REPORT_H

#include "session.h"

/* Prints it; returns the exit status of the verdict. Dies when it cannot be written. */
int report_json(struct session *s);

#endif
