/*
 * Text for the readers of profiles: from memory or from a file, piece by
 * piece or line by line. The first piece can be looked at before it is read.
 *
 *	struct input input = INPUT_INIT;
 *
 *	input_memory(&input, text, len);	or input_file(&input, fd);
 *	n = input_peek(&input, &piece);
 *	while ((n = input_next(&input, &piece)) > 0) ...
 *	input_release(&input);
 *
 * Errors: a read that fails, more than PROFILE_BYTES_MAX bytes; for lines also a
 * NUL byte and a line of more than INPUT_LINE_MAX bytes, each with the line.
 */
#ifndef PROFILE_INPUT_H
#define PROFILE_INPUT_H

#include "base/strbuf.h"

/* Long C++ names and deep stacks fit many times. */
#define INPUT_LINE_MAX (1 << 20)

struct input {
	/* -1: memory. Borrowed. */
	int fd;
	/* What was read, or given, and not taken yet. */
	const char *text;
	size_t len;
	/* The room that a file is read into. */
	char *buffer;
	size_t total;
	/* The line that input_lines() is at, from 1. */
	size_t line;
};

#define INPUT_INIT        \
	{                 \
		.fd = -1, \
	}

void input_memory(struct input *input, const char *text, size_t len);
void input_file(struct input *input, int fd);
void input_release(struct input *input);

/* The first piece, as much as there is up to 64 KiB; it stays to be read. */
ssize_t input_peek(struct input *input, const char **piece);
/* Length of the next piece, 0 at the end, or -1 with a recorded error. */
ssize_t input_next(struct input *input, const char **piece);

/* A line without its end; non-zero ends the reading and is returned. */
typedef int input_line_fn(const char *line, size_t len, size_t number, void *data);
/* Hands all lines to `fn`, each closed by a NUL. A byte order mark and CRs at line ends are dropped. */
int input_lines(struct input *input, input_line_fn *fn, void *data) MUST_CHECK;

#endif
