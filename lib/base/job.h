/*
 * A child process together with everything that comes of it: builds,
 * benchmarks and hooks, which may hang, start daemons, call setsid() and
 * ignore signals. For short helpers such as git, see base/process.h.
 *
 *	struct job job = JOB_INIT;
 *
 *	job_shell(&job, command);		or strvec_pushl(&job.args, ...)
 *	job.dir = worktree;
 *	job.timeout = 900;
 *	job.log = path;
 *	if (job_run(&job))
 *		return -1;			it could not be started
 *	if (job_failed(&job, &why)) ...		how it ended, in words
 *	job_release(&job);
 *
 * The child runs below a supervisor of its own (a fork of this process in its
 * own session, PR_SET_CHILD_SUBREAPER), to which all orphans of the tree fall.
 * When the child ends, at the time-out, at job_stop(), when this process gets
 * a signal or dies in whatever way (kill -9 too), every process of the tree
 * gets TERM and, `grace` seconds later, KILL; none is left when job_wait()
 * returns. The signal is then raised again (base/cleanup.h). What another
 * user's or a system service's processes do (sudo, docker, systemd-run) is out
 * of reach; what could not be ended is counted in `left`.
 *
 * stdin is /dev/null, a descriptor, or `input` and then the end of file, or, with `hold_in`,
 * open until the child has ended: a lifeline for the other end of a
 * connection. stdout and stderr are read while job_wait() runs, of every job
 * that was started: to the log, whole in the middle of nothing (its first and
 * its last half of `log_max` bytes are kept, and a line says what was left
 * out), to `out` (stdout alone), and line by line to `line`.
 *
 * With `run`, the child is no program but a fork of this process that runs that
 * function, with stdin, stdout and stderr as above and no other descriptor; `args`
 * is then its name alone, and `env` is not looked at. It may have jobs of its own. It
 * must not touch what its parent has open (databases, git children), and its
 * end flushes no stream.
 *
 * Times are seconds by the real clock. A non-zero status, a signal, a time-out
 * are results, not errors: only what this side could not do returns -1.
 */
#ifndef BASE_JOB_H
#define BASE_JOB_H

#include "base/strbuf.h"
#include "base/strvec.h"

#define JOB_LINE_MAX 65536

enum job_end {
	/* Not started, or still running. */
	JOB_RUNNING,
	JOB_EXITED,
	JOB_SIGNALED,
	JOB_TIMED_OUT,
	/* By job_stop(), or because `line` asked for it. */
	JOB_STOPPED,
};

/*
 * A line of stdout or, with `is_err`, of stderr, without its end, cut at
 * JOB_LINE_MAX; borrowed. Non-zero ends the job (JOB_STOPPED).
 */
typedef int job_line_fn(const char *line, size_t len, bool is_err, void *data);

struct job {
	struct strvec args;
	/* Instead of a program; what it returns is the exit status. NULL: none. */
	int (*run)(void *data);
	void *run_data;
	/* "NAME=value" to set, "NAME" to remove. */
	struct strvec env;
	/* Directory to run in; NULL: this one. Borrowed, as all pointers here. */
	const char *dir;
	/* stdin, one of these: a descriptor that stays the caller's (-1: none), or text. */
	int in_fd;
	const struct strbuf *input;
	bool hold_in;
	/* A file to be made or appended to; NULL: none. */
	const char *log;
	size_t log_max;
	/* stdout is added here; more than `out_max` bytes are dropped and counted in `out_dropped`. */
	struct strbuf *out;
	size_t out_max;
	job_line_fn *line;
	void *data;
	/* Seconds until everything is ended; 0: never. */
	double timeout;
	/* Seconds between TERM and KILL. */
	double grace;

	/* What came of it. */
	enum job_end end;
	/* Exit status, or 128 + signal. */
	int status;
	double wall;
	/*
	 * CPU seconds of all processes of the tree, orphans as well. Those of a process whose
	 * parent ignores SIGCHLD are known to nobody.
	 */
	double user, sys;
	/* Descendants that outlived the child and were ended, and those that could not be. */
	size_t outlived, left;
	/* The system was suspended meanwhile: times mean nothing. */
	bool suspended;
	size_t out_dropped;
	/* The end of both streams, at most 4 KiB, whole lines. */
	struct strbuf tail;

	struct job_state *state;
};

#define JOB_INIT                                                                           \
	{                                                                                  \
		.args = STRVEC_INIT, .env = STRVEC_INIT, .in_fd = -1, .log_max = 16 << 20, \
		.out_max = 64 << 20, .grace = 2, .tail = STRBUF_INIT                       \
	}

/* A shell for what the user wrote for one: sh -c <command>. */
void job_shell(struct job *job, const char *command);
/* The struct must stay where it is until job_wait(). */
int job_start(struct job *job) MUST_CHECK;
/* Until the whole tree is gone. Returns -1 with a recorded error when this side failed (a full disk). */
int job_wait(struct job *job) MUST_CHECK;
int job_run(struct job *job) MUST_CHECK;
/* Ends the tree of a running job; job_wait() is still to be called. */
void job_stop(struct job *job);
/* Waits until a job that runs has something to say, or has ended; at most so many milliseconds (-1: any). */
void job_serve(int milliseconds);
/* Has it ended yet? Reads what there is to be read, without waiting. */
bool job_ended(struct job *job);

/*
 * Did it end otherwise than with status 0? Appends how: "ended with status 2",
 * "was ended by signal 11 (Segmentation fault)", "took more than 900 s", "was stopped".
 */
bool job_failed(const struct job *job, struct strbuf *how);
/* Ends it when it is running; leaves an empty job, ready to be filled again. */
void job_release(struct job *job);

#endif
