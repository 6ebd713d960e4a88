/*
 * A format of git log's with placeholders of ours among git's: the format is
 * cut at ours, so that git gets its own pieces with a NUL (%x00) between them,
 * and ours go where the NULs come out.
 *
 *	static const char *const names[] = { "%(rank)", "%(score)" };
 *	struct format format = FORMAT_INIT;
 *
 *	if (format_cut(&format, "%h %(rank) %s", names, ARRAY_SIZE(names)))
 *		return -1;
 *	... format.git is "%h %x00 %s"; what git prints for a commit up to its
 *	... NUL number i is followed by names[format.after[i]]
 *	format_release(&format);
 *
 * No part of a commit can hold a NUL; those that the user asks for are counted
 * as FORMAT_NUL. "%%" is git's, so that "%%(rank)" is none of ours.
 */
#ifndef REPO_FORMAT_H
#define REPO_FORMAT_H

#include "base/strbuf.h"

/* Behind the piece comes the user's own NUL. */
#define FORMAT_NUL SIZE_MAX

struct format {
	/* What follows each piece of git's but the last: an index into the names, or FORMAT_NUL. */
	size_t *after;
	size_t nr, alloc;
	/* git's pieces, with %x00 between them. */
	struct strbuf git;
};

#define FORMAT_INIT                \
	{                          \
		.git = STRBUF_INIT \
	}

/*
 * Each of `names` begins with "%(". -1 with a recorded error where NULs could
 * not be counted: %x00 as a separator within one of git's placeholders.
 */
int format_cut(struct format *format, const char *text, const char *const *names, size_t nnames) MUST_CHECK;
void format_release(struct format *format);

#endif
