/*
 * What a fixer must leave alone outside of its clone's files: taken before it runs, and
 * compared afterwards.
 *
 *	struct guard before = GUARD_INIT, after = GUARD_INIT;
 *
 *	guard_take(&before, repo, clone, own)
 *	... the fixer ...
 *	guard_take(&after, repo, clone, own)
 *	if ((what = guard_differs(&before, &after)))
 *		... "the hooks of the clone" ...
 */
#ifndef FIXER_GUARD_H
#define FIXER_GUARD_H

#include "base/sha256.h"
#include "repo/repo.h"

enum guard_part {
	/* As `git config --list` has it: system, global and local. */
	GUARD_CONFIG,
	GUARD_HOOKS,
	GUARD_CLONE_CONFIG,
	GUARD_CLONE_HOOKS,
	/* What the caller said. */
	GUARD_STATE,
	GUARD_PARTS,
};

struct guard {
	char hex[GUARD_PARTS][SHA256_HEX_SIZE];
};

#define GUARD_INIT             \
	{                      \
		.hex = { "" }, \
	}

/* `own`: what else must not change, as text; borrowed. -1 with a recorded error. */
int guard_take(struct guard *guard, const struct repo *repo, const char *clone,
	       const struct strbuf *own) MUST_CHECK;
/* The first part that differs, in words; NULL: none does. Static. */
const char *guard_differs(const struct guard *a, const struct guard *b);

#endif
