/*
 * git's own bisection, driven from outside, in the user's worktree: HEAD, index
 * and files stay as they are (--no-checkout; the commit to test is BISECT_HEAD),
 * and `git bisect log`, `view` and `status` there tell the truth.
 *
 *	struct git_bisect_answer answer = GIT_BISECT_ANSWER_INIT;
 *
 *	if (git_bisect_start(repo, &setup, &answer) ||
 *	    git_bisect_mark(repo, "good", &id, &answer))
 *		return -1;
 *	if (answer.word == GIT_BISECT_NEXT)
 *		... answer.id is to be tested ...
 *	git_bisect_answer_release(&answer);
 *
 * Errors are git's own sentence.
 */
#ifndef REPO_BISECT_H
#define REPO_BISECT_H

#include "base/strvec.h"
#include "repo/repo.h"

enum git_bisect_word {
	/* `id` is the next commit to test. */
	GIT_BISECT_NEXT,
	/* `id` is the first bad commit. */
	GIT_BISECT_FIRST_BAD,
	/* Only skipped commits are left. */
	GIT_BISECT_ONLY_SKIPPED,
};

struct git_bisect_answer {
	enum git_bisect_word word;
	struct oid id;
	/* All that git printed, as it stands; owned. */
	struct strbuf said;
};

#define GIT_BISECT_ANSWER_INIT      \
	{                           \
		.said = STRBUF_INIT \
	}

void git_bisect_answer_release(struct git_bisect_answer *answer);

struct git_bisect_setup {
	struct oid bad;
	const struct oid *good;
	size_t ngood;
	bool first_parent;
	/* Terms in place of good and bad; NULL: those. Borrowed. */
	const char *term_good, *term_bad;
	/* Pathspecs; NULL: none. Borrowed. */
	const struct strvec *paths;
};

/* Is a bisection going on in this worktree? And one without a checkout, as git_bisect_start() begins? */
bool git_bisect_active(const struct repo *repo);
bool git_bisect_detached(const struct repo *repo);
/*
 * What of the user's own is in progress here and would be disturbed: "bisect",
 * "rebase", "merge", "cherry-pick", "revert"; NULL: nothing.
 */
const char *git_operation_in_progress(const struct repo *repo);

int git_bisect_start(struct repo *repo, const struct git_bisect_setup *setup,
		     struct git_bisect_answer *answer) MUST_CHECK;
/* `term` as git has it: good, bad, skip, or the terms of the setup. */
int git_bisect_mark(struct repo *repo, const char *term, const struct oid *id,
		    struct git_bisect_answer *answer) MUST_CHECK;
/* Several marks at once; git chooses once. */
int git_bisect_mark_many(struct repo *repo, const char *term, const struct oid *ids, size_t nr,
			 struct git_bisect_answer *answer) MUST_CHECK;
/* Replaces the bisection by that of a log file. */
int git_bisect_replay(struct repo *repo, const char *path, struct git_bisect_answer *answer) MUST_CHECK;
/* What is to be tested now, without a change. */
int git_bisect_next(struct repo *repo, struct git_bisect_answer *answer) MUST_CHECK;
/* Ends it; files, index and HEAD stay. */
int git_bisect_reset(struct repo *repo) MUST_CHECK;

/* Leaves a child without the variables that name this repository (git rev-parse --local-env-vars). */
void git_leave_repository(struct strvec *env);

#endif
