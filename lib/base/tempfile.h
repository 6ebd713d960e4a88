/*
 * Files that are written whole or not at all: the text goes to a temporary
 * file next to its target, which takes the target's place once it is
 * complete and on the disk. Until then exit() and signals remove it.
 *
 *	struct tempfile t = TEMPFILE_INIT;
 *
 *	if (tempfile_create(&t, path))
 *		return -1;
 *	fprintf(t.fp, ...);
 *	if (tempfile_commit(&t))
 *		return -1;
 *
 * A new file gets mode 0666 less the umask, a replaced one keeps its mode; a
 * symbolic link stays, its file is replaced. A target that is no regular file
 * (a pipe, /dev/stdout) is written to as it is.
 *
 * tempfile_abort() may be called at any time, also after commit. The struct
 * must stay where it is between create and commit or abort.
 */
#ifndef BASE_TEMPFILE_H
#define BASE_TEMPFILE_H

#include "base/compat.h"

struct tempfile {
	FILE *fp;
	/* The temporary file; NULL when the target itself is written. */
	char *path;
	char *target;
	struct tempfile *next;
};

#define TEMPFILE_INIT       \
	{                   \
		.fp = NULL, \
	}

/* Both return 0, or -1 with a recorded error and nothing left behind. */
int tempfile_create(struct tempfile *t, const char *target) MUST_CHECK;
int tempfile_commit(struct tempfile *t) MUST_CHECK;
void tempfile_abort(struct tempfile *t);

#endif
