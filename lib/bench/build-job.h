/*
 * A build as a job of a cluster, for build.c: the command runs on a node, in the
 * worktree that it shares with us; what it printed is read when it has ended.
 */
#ifndef BENCH_BUILD_JOB_H
#define BENCH_BUILD_JOB_H

#include "bench/build.h"
#include "bench/slurm.h"

/* perfbuild.sut; NULL: built here. */
const struct plan_machine *build_job_machine(const struct build_request *r);
/* One that a process of ours left behind for this very build; one for another build is ended. */
enum outcome build_job_find(const struct build_request *r, const char *out, struct slurm_job *slurm,
			    bool *found) MUST_CHECK;
/*
 * Submits it unless it was `found`, waits, and fills `replay`, a job here that prints what the
 * build printed and ends as it ended. `env` is what the command gets.
 */
enum outcome build_job_run(const struct build_request *r, const char *out, const struct strvec *env,
			   double timeout, struct slurm_job *slurm, bool found, struct job *replay,
			   double *seconds) MUST_CHECK;

#endif
