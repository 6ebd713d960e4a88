/* What every command of the user's gets, or is spared; for this module. */
#ifndef BENCH_ENVIRONMENT_H
#define BENCH_ENVIRONMENT_H

#include "base/strvec.h"

/* git's variables that would make a command in our worktree see another repository are removed. */
void bench_clear_git(struct strvec *env);

#endif
