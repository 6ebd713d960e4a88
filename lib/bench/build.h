/*
 * One commit built, in the worktree where it is checked out, by the user's
 * command; and the artefacts of earlier builds.
 *
 *	struct build_request request = { .plan = &plan, .commit = hex, .worktree = dir, .store = "<git-dir>/perf" };
 *	struct build_result result = BUILD_RESULT_INIT;
 *
 *	switch (build_run(&request, &result)) ...
 *	build_result_release(&result);
 *
 * The command runs by a shell in the worktree, with PERF_COMMIT, PERF_WORKTREE,
 * PERF_OUT, PERF_JOBS, PERF_LAYOUT and PERF_CONTEXT_HASH in its environment; PERF_OUT is an
 * empty directory of ours that it may write artefacts to. The output paths are
 * deleted before the build, and again when it failed: what is left of another
 * commit is never measured. File times are not touched.
 *
 * Afterwards PERF_OUT holds the declared outputs too (copied, reflinked where
 * that works), under their names relative to the worktree. It is kept as
 * <store>/kept/<build hash>/<commit> (<commit>-<layout> for another layout than 0), so that a revisit costs no build; the
 * least recently used ones go when all are larger than perfbuild.keep. A kept
 * build's outputs are put back into the worktree, which has to be at its commit. With
 * nothing declared and nothing in PERF_OUT the worktree is what is measured,
 * and nothing can be kept.
 *
 * The log is <store>/log/<commit>-build.log (<commit>-<layout>-build.log), the last one wins.
 *
 * With perfbuild.sut the command runs as a job of that cluster, where the same paths
 * have to lead to the same files.
 */
#ifndef BENCH_BUILD_H
#define BENCH_BUILD_H

#include "base/job.h"
#include "bench/outcome.h"
#include "bench/plan.h"

struct build_request {
	const struct plan *plan;
	/* Full id. */
	const char *commit;
	/* Which build of it: PERF_LAYOUT; 0 is the one that all have. */
	size_t layout;
	const char *worktree;
	/* Our directory, absolute. */
	const char *store;
	/* Of plan_hash(); for the command's environment. May be NULL. */
	const char *context_hash;
	/* Seconds; 0: the plan's, or 900 when it has none. */
	double timeout;
	/* Artefacts of builds that are being measured: they stay. May be NULL. */
	const struct strvec *in_use;
	/* Builds even if it is kept. */
	bool anew;
	/* May be NULL. */
	job_line_fn *line;
	/* How a build waits that is a job of a cluster; NULL: still the same. May be NULL. */
	void (*wait)(const char *what, void *data);
	void *data;
};

struct build_result {
	/* The artefacts' directory; NULL when there are none and the worktree is what is measured. */
	char *out;
	char *log;
	/* Was it kept from before? Then nothing ran. */
	bool kept;
	double seconds;
	/* The last lines of a failed build. */
	struct strbuf tail;
	/* Lines that it wants the user to be told, "perf-note: " in front of each taken off. */
	struct strvec notes;
};

#define BUILD_RESULT_INIT                                 \
	{                                                 \
		.tail = STRBUF_INIT, .notes = STRVEC_INIT \
	}

/* OUTCOME_MEASURED when there is something to measure. */
enum outcome build_run(const struct build_request *request, struct build_result *result) MUST_CHECK;
/*
 * Before the worktree gets another commit. A build that is a job of a cluster (perfbuild.sut) may
 * have been left behind by a process that was killed: one of this very commit is under way, and
 * build_run() waits for it in the worktree as it is; any other one is ended.
 */
enum outcome build_resume(const struct build_request *request, bool *under_way) MUST_CHECK;
/* Is there a kept build? Then no worktree is needed. */
bool build_is_kept(const struct build_request *request);
/* Will what is built be kept, and be had without its worktree? */
bool build_keeps(const struct plan *plan);
void build_result_release(struct build_result *result);

#endif
