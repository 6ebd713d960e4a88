/*
 * What a fixer did in its clone, as one tree: its commits, what it staged, and what it
 * changed in tracked files, together. New files count once they are added to the index.
 *
 *	struct changes changes = CHANGES_INIT;
 *
 *	if (changes_read(&changes, repo, clone, &base, &protected))
 *		return -1;
 *	if (changes_commit(repo, clone, &changes, &base, message, ref, &id))
 *		return -1;
 *	changes_release(&changes);
 *
 * The clone's configuration and hooks have been found unchanged before (guard.h): git runs
 * there without them, but filters that they name would run.
 */
#ifndef FIXER_CHANGES_H
#define FIXER_CHANGES_H

#include "base/strvec.h"
#include "repo/repo.h"

struct changes {
	struct oid tree;
	/* Paths that differ from the base. */
	struct strvec paths;
	/* Those among them that are not to be touched, as configured. */
	struct strvec protected;
	/* Those that are links, submodules, or got another mode. */
	struct strvec modes;
	/* Files that git does not know of, and does not ignore. */
	size_t untracked;
};

#define CHANGES_INIT                                                                  \
	{                                                                             \
		.paths = STRVEC_INIT, .protected = STRVEC_INIT, .modes = STRVEC_INIT, \
	}

/* `pathspecs`: the protected ones, as git has them. */
int changes_read(struct changes *changes, struct repo *repo, const char *clone, const struct oid *base,
		 const struct strvec *pathspecs) MUST_CHECK;
/*
 * Makes one commit of it on `base` and brings it to the user's repository, where `ref` keeps
 * it. `id` is its id.
 */
int changes_commit(struct repo *repo, const char *clone, const struct changes *changes,
		   const struct oid *base, const char *ref, struct oid *id) MUST_CHECK;
void changes_release(struct changes *changes);

#endif
