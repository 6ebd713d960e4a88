/*
 * Two functions and a third without a file, and short ways to tell a ranking
 * about commits.
 */
#ifndef RANK_FIXTURE_H
#define RANK_FIXTURE_H

#include "unit.h"

#include <math.h>

#include "engine/rank.h"

static const char *const paths[] = { "drivers/net/ring.c", "lib/slow.c" };

static const struct rank_function functions[] = {
	{ "fast_path", 50, 0 },
	{ "slow_path", 1, 1 },
	{ "nowhere_known", 5, RANK_NO_PATH },
};

static inline struct rank *new_rank(size_t ncommits, const char *context, const double *weights)
{
	struct rank_query query = { .functions = functions,
				    .nfunctions = ARRAY_SIZE(functions),
				    .paths = paths,
				    .npaths = ARRAY_SIZE(paths),
				    .context = context,
				    .ncommits = ncommits,
				    .weights = weights };

	return rank_new(&query);
}

static inline void say(struct rank *rank, size_t commit, const char *author, const char *subject,
		       const char *body)
{
	rank_message(rank, commit,
		     &(struct rank_message){ .author = author,
					     .author_len = strlen(author),
					     .subject = subject,
					     .subject_len = strlen(subject),
					     .body = body,
					     .body_len = strlen(body) });
}

static inline void say_nothing(struct rank *rank, size_t first, size_t nr)
{
	for (size_t i = first; i < first + nr; i++)
		say(rank, i, "A U Thor", "zero", "");
}

static inline void line(struct rank *rank, const char *text)
{
	rank_line(rank, text, strlen(text));
}

static inline void changed(struct rank *rank, const char *name, size_t lines)
{
	rank_changed(rank, name, strlen(name), lines);
}

#endif
