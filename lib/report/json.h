/* A finding for programs: git perfbisect report --json. */
#ifndef REPORT_JSON_H
#define REPORT_JSON_H

#include "base/json.h"
#include "report/finding.h"

/* A new reference. Text of a commit's subject may be of any bytes. */
json_t *finding_json(const struct finding *f);

#endif
