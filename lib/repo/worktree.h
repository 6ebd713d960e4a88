/*
 * A linked worktree of our own, in which commits are built, and the refs that
 * keep tested commits from `git gc`. Both are made by git itself, so that the
 * user's hooks, filters, sparse checkout and settings hold.
 *
 *	if (worktree_prepare(repo, path, &id) || worktree_switch(repo, path, &id))
 *		return -1;
 *
 * The worktree is kept from step to step: only the files that differ between
 * two commits are written, so that builds stay incremental. File times are
 * never set. What a build leaves there is not touched.
 */
#ifndef REPO_WORKTREE_H
#define REPO_WORKTREE_H

#include "repo/repo.h"

/*
 * Sees that `path` (absolute) is a linked worktree of this repository; makes
 * one with `id` checked out where there is none. What is there and is something
 * else is an error. Once a process is enough.
 */
int worktree_prepare(struct repo *repo, const char *path, const struct oid *id) MUST_CHECK;
/* Checks `id` out there, detached; tracked files that a build changed are put back. */
int worktree_switch(struct repo *repo, const char *path, const struct oid *id) MUST_CHECK;
/* Removes from it all that builds left. */
int worktree_clean(struct repo *repo, const char *path) MUST_CHECK;
/* Removes it, with all that builds left. What is not there is no error. */
int worktree_remove(struct repo *repo, const char *path) MUST_CHECK;

/* refs/perf/<group>/<id>, so that gc keeps the commit; `group` is a path of plain words. */
int pin_add(struct repo *repo, const char *group, const struct oid *id) MUST_CHECK;
/* Drops all pins of a group. */
int pin_drop(struct repo *repo, const char *group) MUST_CHECK;

#endif
