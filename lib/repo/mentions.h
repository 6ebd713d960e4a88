/*
 * The commits of a range that messages name by the start of their ids, as
 * fixed ("Fixes: <id>") or reverted ("This reverts commit <id>").
 *
 *	struct mentions *mentions = mentions_new(&range, repo->rawlen);
 *
 *	mentions_in(mentions, message, len, note, data);
 *	mentions_free(mentions);
 *
 * Seven digits are the fewest that name a commit, and must be those of only
 * one of the range.
 */
#ifndef REPO_MENTIONS_H
#define REPO_MENTIONS_H

#include "repo/range.h"

/* `commit` is the index in the range. */
typedef void mention_fn(size_t commit, bool reverted, void *data);

/* The range is borrowed until mentions_free(). */
struct mentions *mentions_new(const struct range *range, size_t rawlen);
void mentions_free(struct mentions *mentions);
/* `message` is a commit's whole message. */
void mentions_in(const struct mentions *mentions, const char *message, size_t len, mention_fn *fn, void *data);

#endif
