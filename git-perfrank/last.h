/*
 * The query of the last ranking, so that `git perfrank show <commit>` can
 * repeat it: <git-dir>/perf/perfrank.json, one JSON object. Nothing depends
 * on it being there.
 */
#ifndef GIT_PERFRANK_LAST_H
#define GIT_PERFRANK_LAST_H

#include "query.h"

/*
 * Remembers; where the repository cannot be written to, it does not. Warns where
 * <git-dir>/perf is a link, another user's, or open to others: it is not used.
 */
void last_write(const struct query *query, const struct query_options *opts, const struct strvec *words);
/*
 * Fills the options that the command line left open, and the range. Returns 0,
 * or -1 with a recorded error that says what to do.
 */
int last_read(const struct repo *repo, struct query_options *opts, struct strvec *words) MUST_CHECK;

#endif
