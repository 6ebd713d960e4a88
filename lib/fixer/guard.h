/*
 * What a fixer must leave alone outside of its clone's files: taken before it runs, and
 * compared afterwards.
 *
 *	struct guard before = GUARD_INIT, after = GUARD_INIT;
 *
 *	guard_take(&before, repo, clone)
 *	guard_set(&before, GUARD_EVENTS, &text)
 *	... the fixer ...
 *	guard_take(&after, repo, clone)
 *	if (guard_differs(&before, &after, &part))
 *		... guard_words(part), "the hooks of its clone" ...
 *
 * A guard that is stored outlives the process: where it was killed under the fixer, the next one
 * compares by that, and not by what it finds.
 */
#ifndef FIXER_GUARD_H
#define FIXER_GUARD_H

#include "base/json.h"
#include "base/sha256.h"
#include "repo/repo.h"

enum guard_part {
	/* As `git config --list` has it: system, global and local. */
	GUARD_CONFIG,
	GUARD_HOOKS,
	/* Not known before the clone is there: left out of a comparison with a guard that has none. */
	GUARD_CLONE_CONFIG,
	GUARD_CLONE_HOOKS,
	/* What the caller says with guard_set(). */
	GUARD_EVENTS,
	GUARD_BRANCH,
	GUARD_BUILD,
	GUARD_INPUTS,
	GUARD_PARTS,
};

/* Of each part a hash, "" where it was not taken. */
struct guard {
	char hex[GUARD_PARTS][SHA256_HEX_SIZE];
};

#define GUARD_INIT             \
	{                      \
		.hex = { "" }, \
	}

/* The parts of the repository, and of the clone unless it is NULL. -1 with a recorded error. */
int guard_take(struct guard *guard, const struct repo *repo, const char *clone) MUST_CHECK;
void guard_set(struct guard *guard, enum guard_part part, const struct strbuf *text);
/* The first part that both have and that differs. */
bool guard_differs(const struct guard *a, const struct guard *b, enum guard_part *part);
/* "git's configuration", ... Static. */
const char *guard_words(enum guard_part part);

/* For the caller to own; and back, where what is not there stays as it was not taken. */
json_t *guard_to_json(const struct guard *guard);
void guard_from_json(struct guard *guard, const json_t *object);

#endif
