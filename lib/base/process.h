/*
 * Child processes: an argv vector, never a shell, and one convention for how
 * they end. For short helpers such as git, which are trusted to end with what
 * they began; builds and benchmarks are run by base/job.h.
 *
 *	struct process p = PROCESS_INIT;
 *
 *	strvec_pushl(&p.args, "git", "rev-list", "--parents", range, NULL);
 *	p.out = PROCESS_PIPE;
 *	if (process_start(&p))
 *		return -1;
 *	while (process_read_record(&p, &line, '\n', 4096) > 0) ...
 *	if (process_finish(&p))
 *		return -1;
 *
 * process_finish() always reaps and releases. A child that cannot be started,
 * exits non-zero or dies by a signal makes it return negative with a recorded
 * error that names program and subcommand; `p.status` tells more when needed.
 * A failed process_start() has released everything already.
 *
 * With `err` as a pipe, what the child says there is collected by the readers,
 * writers and process_finish() themselves, and its first sentence ("fatal: " or
 * "error: " taken off) is the recorded error: git speaks for itself, once.
 * What a child that succeeds says there is dropped, or appended to `said`.
 *
 * Our ends of pipes are never inherited by other children, and SIGPIPE is at
 * its default in the child. Every start and end is traced under
 * GIT_TRACE_PERF_RUN (base/trace.h).
 */
#ifndef BASE_PROCESS_H
#define BASE_PROCESS_H

#include "base/strbuf.h"
#include "base/strvec.h"

enum process_stream {
	/* The stream of this process. */
	PROCESS_INHERIT,
	/* /dev/null. */
	PROCESS_NULL,
	/* A pipe whose other end is in_fd or out_fd; for stderr see above. */
	PROCESS_PIPE,
	/* The descriptor that was put into in_fd, out_fd or err_fd; it stays the caller's. */
	PROCESS_FD,
};

struct process {
	struct strvec args;
	/* "NAME=value" to set, "NAME" to remove. */
	struct strvec env;
	/* Directory to run in; NULL: this one. Borrowed. */
	const char *dir;
	enum process_stream in, out, err;
	int in_fd, out_fd, err_fd;
	pid_t pid;
	/* Exit status, or 128 + signal; valid after process_finish(). */
	int status;
	/* Read, but not taken yet by process_read_record() and process_read_bytes(). */
	struct strbuf ahead;
	size_t ahead_at;
	/* The first 64 KiB of a piped stderr. */
	struct strbuf errors;
	/* Where these go when the child succeeds; borrowed, may be NULL. */
	struct strbuf *said;
};

#define PROCESS_INIT                                                                                    \
	{                                                                                               \
		.args = STRVEC_INIT, .env = STRVEC_INIT, .in = PROCESS_NULL, .in_fd = -1, .out_fd = -1, \
		.err_fd = -1, .ahead = STRBUF_INIT, .errors = STRBUF_INIT                               \
	}

int process_start(struct process *p) MUST_CHECK;
/*
 * Closes the pipes and waits. stdout is to be read to its end before: a child
 * that still writes dies of it; one that is not wanted to its end is killed.
 */
int process_finish(struct process *p);
/* Ends a child that is no longer wanted (TERM, then KILL) and releases; the recorded error stays. */
void process_kill(struct process *p);

/*
 * The next record of a piped stdout up to `delim` (not included), of at most
 * `limit` bytes; the last one may lack its `delim`. Returns 1, 0 at the end,
 * or -1 with a recorded error.
 */
int process_read_record(struct process *p, struct strbuf *record, char delim, size_t limit);
/* Appends exactly `len` bytes of a piped stdout; -1 with a recorded error when fewer come. */
int process_read_bytes(struct process *p, struct strbuf *out, size_t len);
/* Writes all of `data` to the piped stdin; a reader that is gone is an error, not a signal. */
int process_write(struct process *p, const void *data, size_t len);
/* Closes the piped stdin, so that the child sees its end. */
void process_close_in(struct process *p);

/*
 * Runs to the end and takes all of stdout (at most `limit` bytes, 0: any)
 * into `out`. `input` (may be NULL) goes to stdin while stdout is read, so
 * neither side can block the other. Releases `p`. Returns 0 or -1.
 */
int process_capture(struct process *p, const struct strbuf *input, struct strbuf *out, size_t limit);

#endif
