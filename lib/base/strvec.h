/*
 * A vector of strings of its own, NULL-terminated, so that `v` can be an argv.
 *
 *	struct strvec args = STRVEC_INIT;
 *
 *	strvec_pushl(&args, "git", "rev-list", NULL);
 *	strvec_release(&args);
 */
#ifndef BASE_STRVEC_H
#define BASE_STRVEC_H

#include "base/compat.h"

struct strvec {
	char **v;
	size_t nr;
	size_t alloc;
};

extern char *strvec_empty[];
#define STRVEC_INIT               \
	{                         \
		.v = strvec_empty \
	}

void strvec_release(struct strvec *vec);
/* A copy of `text`; the vector owns it. */
void strvec_push(struct strvec *vec, const char *text);
void strvec_pushf(struct strvec *vec, const char *fmt, ...) FORMAT_PRINTF(2, 3);
/* All arguments up to a NULL. */
void strvec_pushl(struct strvec *vec, ...) __attribute__((sentinel));
/* Takes `text`, which the vector frees. */
void strvec_push_owned(struct strvec *vec, char *text);
/* Sorts by byte value and drops repeated strings. */
void strvec_sort_unique(struct strvec *vec);

#endif
