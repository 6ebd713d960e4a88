/*
 * What a fixer must leave alone, over the death of this process: the guard is stored with the
 * fixer's beginning, and whoever goes on afterwards compares by it.
 *
 *	guarding_check(h, accept)		before anything is done; dies, or all is well
 *	hunt_record(h, "fixing", { ..., "guard": guarding_begin(h) })
 *	guarding_take(h, clone, before)
 *	... the fixer ...
 *	guarding_take(h, clone, after)
 *	hunt_record(h, "fixed", ...)		the guard is over, unless with "abort"
 */
#ifndef GIT_PERFHUNT_GUARDING_H
#define GIT_PERFHUNT_GUARDING_H

#include "fixer/guard.h"
#include "hunt.h"

/* What is stored: the guard before there is a clone, and the event that it goes up to. */
json_t *guarding_begin(struct hunt *h);
/* Dies when it cannot be read. */
void guarding_take(struct hunt *h, const char *clone, struct guard *guard);
/*
 * Where a fixer was killed with us, or was caught: does all stand as it did before? Configuration and
 * hooks that differ are refused with a sentence, or taken as they are when `accept`; the branch is to
 * be put back; builds and inputs are made anew; a changed record of the hunt ends it.
 */
void guarding_check(struct hunt *h, bool accept);
/* What is to be done where a fixer changed it, to be put behind a sentence that says so. Static. */
const char *guarding_advice(enum guard_part part);

#endif
