/*
 * Private to lib/repo/: all folders that hold objects of a repository: its
 * own, and its alternates (info/alternates, GIT_ALTERNATE_OBJECT_DIRECTORIES)
 * and theirs. For what may be incomplete without harm: quoted lines are left
 * to git.
 */
#ifndef REPO_OBJECT_DIRS_H
#define REPO_OBJECT_DIRS_H

#include "base/strvec.h"

/* Appends each once, `object_dir` itself first. */
void object_dirs(struct strvec *dirs, const char *object_dir);

#endif
