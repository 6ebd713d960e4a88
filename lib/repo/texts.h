/*
 * The texts of blobs, of which the last few are kept: changes of a file from
 * the newest to the oldest read most of its versions twice in a row.
 *
 *	struct texts texts;
 *
 *	texts_init(&texts, repo, max);
 *	if (texts_read(&texts, &after_id, NULL, &after) < 0 || texts_read(&texts, &before_id, after, &before) < 0)
 *		...
 *	texts_release(&texts);
 */
#ifndef REPO_TEXTS_H
#define REPO_TEXTS_H

#include "base/strbuf.h"
#include "repo/repo.h"

#define TEXTS_KEPT 4

struct texts {
	struct repo *repo;
	/* What is longer, or no blob, has an empty text. */
	size_t max;
	struct text_kept {
		struct oid id;
		bool missing;
		struct strbuf text;
	} kept[TEXTS_KEPT];
	size_t next;
};

void texts_init(struct texts *texts, struct repo *repo, size_t max);
/*
 * A blob's text, borrowed until the next call, or the one after that which
 * says `keep`; that of no object is empty. Returns 1 where a partial clone does
 * not have it, -1 with a recorded error.
 */
int texts_read(struct texts *texts, const struct oid *id, const struct strbuf *keep,
	       const struct strbuf **text) MUST_CHECK;
void texts_release(struct texts *texts);

#endif
