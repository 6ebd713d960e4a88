/*
 * git's configuration, all of it, from one
 * `git config --list -z --show-scope --show-origin` child, so that scopes,
 * includes, -c and GIT_CONFIG_COUNT are as git has them.
 */
#ifndef REPO_CONFIG_H
#define REPO_CONFIG_H

#include "base/compat.h"

struct config_entry {
	/* Lower-case section and name, as git prints it: "perfrank.profile". */
	char *key;
	/* NULL: the key stands without "=", which is git's true. */
	char *value;
	/* "system", "global", "local", "worktree", "command". */
	char *scope;
	/* "file:.git/config"; for messages. */
	char *origin;
};

struct config {
	struct config_entry *entries;
	size_t nr;
	size_t alloc;
};

#define CONFIG_INIT             \
	{                       \
		.entries = NULL \
	}

int config_load(struct config *config) MUST_CHECK;
/* The last entry of a key, or NULL. Subsections compare with case, the rest of a key without. */
const struct config_entry *config_find(const struct config *config, const char *key);
/* Its value, `fallback` when unset. */
const char *config_get(const struct config *config, const char *key, const char *fallback);
/* git's true and false words; an unset or odd value gives `fallback`. */
bool config_bool(const struct config *config, const char *key, bool fallback);
void config_release(struct config *config);

#endif
