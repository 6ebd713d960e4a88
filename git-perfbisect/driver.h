/*
 * git's own bisection follows the engine: it is told the engine's marks, and
 * asked for the next commit where the strategy leaves that to git. A mark that
 * was refuted cannot be taken back from git: then its log is made anew from
 * the marks that hold, and replayed.
 */
#ifndef GIT_PERFBISECT_DRIVER_H
#define GIT_PERFBISECT_DRIVER_H

#include "repo/bisect.h"
#include "session.h"

/* Begins git's bisection between the session's ends. */
int driver_start(struct session *s, struct git_bisect_answer *answer) MUST_CHECK;
/* Tells git what it does not know yet; `answer` is what git says then. */
int driver_sync(struct session *s, struct git_bisect_answer *answer) MUST_CHECK;
/* driver_sync(), and git's word recorded as evidence. */
int driver_choose(struct session *s, struct git_bisect_answer *answer) MUST_CHECK;
/* The text of a log that `git bisect replay` takes. */
void driver_log(const struct session *s, struct strbuf *out);

#endif
