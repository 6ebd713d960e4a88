/*
 * Private to lib/repo/: what commits do names stand for? All of them go to
 * one `git cat-file --batch-check` child on its standard input, where no name
 * can be an option.
 */
#ifndef REPO_NAMES_H
#define REPO_NAMES_H

#include "repo/repo.h"

/* Resolves `nr` names into ids[0..nr); tags are peeled. Errors name the name. */
int names_resolve(struct repo *repo, const char *const *names, size_t nr, struct oid *ids) MUST_CHECK;

#endif
