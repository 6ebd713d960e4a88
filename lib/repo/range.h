/*
 * A range of commits: what the user typed, resolved by git once, and the list
 * of its commits as `git rev-list --parents` has it (so replace refs, grafts
 * and shallow boundaries are right). From here on there are only full ids.
 *
 *	struct range range = RANGE_INIT;
 *
 *	if (range_resolve(repo, &range, words, nr) || range_list(repo, &range))
 *		return -1;
 *	range_release(&range);
 */
#ifndef REPO_RANGE_H
#define REPO_RANGE_H

#include "base/strvec.h"
#include "repo/repo.h"

struct range_commit {
	struct oid id;
	/* First parent in range->parents; the others follow. */
	uint32_t parent;
	uint32_t nparents;
};

struct range {
	/* The ends, full ids: commits reachable from `tip`, not from any of `base`. */
	struct oid tip;
	struct oid *base;
	size_t nbase;
	/* The ends as typed ("v6.12"), owned; for messages and file names. */
	char *tip_name;
	char *base_name;
	/* To be set before range_list(): follow first parents only; history as these pathspecs see it. Borrowed. */
	bool first_parent;
	const struct strvec *paths;
	/* Likewise: called now and then, and at last, with how many commits are listed; may be NULL. */
	void (*on_progress)(size_t done, void *data);
	void *progress_data;
	/* Oldest first, parents before children (rev-list --topo-order, the other way round). */
	struct range_commit *commits;
	size_t nr;
	size_t alloc;
	struct oid *parents;
	size_t nparents;
	size_t parents_alloc;
	/* For range_find(): indices + 1 by hash, 0 where there is none. */
	uint32_t *slots;
	size_t nslots;
};

#define RANGE_INIT              \
	{                       \
		.commits = NULL \
	}

/*
 * Resolves `A..B`, `B ^A` (in any order), `^A B`, or a lone `A..` / `..B`
 * (HEAD for what is missing) given as `nr` words. Errors, each a sentence:
 * unknown revision, `A...B`, no lower end, more than one tip. Words that begin with a dash are never options of git.
 */
int range_resolve(struct repo *repo, struct range *range, const char *const *words, size_t nr) MUST_CHECK;

/*
 * Lists the commits. Errors: an empty range (says which way round it would
 * not be), ends without a common history.
 */
int range_list(struct repo *repo, struct range *range) MUST_CHECK;

/* The index of a commit in the list, or -1. O(1). */
ssize_t range_find(const struct range *range, const struct oid *id);

void range_release(struct range *range);

/* Resolves one name to a commit's full id (git rev-parse --verify --end-of-options NAME^{commit}). */
int range_commit_id(struct repo *repo, const char *name, struct oid *id) MUST_CHECK;

#endif
