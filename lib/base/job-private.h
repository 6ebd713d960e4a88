/*
 * What job.c (this process's side), job-output.c (what the tree prints) and
 * job-supervise.c (the supervisor) know of each other; for no one else.
 */
#ifndef BASE_JOB_PRIVATE_H
#define BASE_JOB_PRIVATE_H

#include "base/job.h"

#include <signal.h>

/* What the supervisor needs; made before the fork, since it allocates nothing. */
struct job_setup {
	char **args, **environment;
	/* Instead of them. */
	int (*run)(void *data);
	void *run_data;
	const char *dir;
	/* The tree's stdin, or -1. */
	int in;
	int out, err;
	/* At its end, so is the tree. */
	int control;
	int report;
	double timeout, grace;
	/* The signal mask that the command gets. */
	sigset_t mask;
};

/* First an int goes to `report`: 0, or why the command could not be run. Then, at the end, this. */
struct job_report {
	int wait_status;
	bool timed_out;
	/* By the end of `control`. */
	bool stopped;
	double wall, user, sys;
	size_t outlived, left;
};

/* In a fork of this process: its jobs are not ours. */
void job_forget(void);
NORETURN void job_supervise(const struct job_setup *setup);

enum job_stream { JOB_OUT, JOB_ERR };

struct job_stream_state {
	int fd;
	/* The line that is not at its end yet. */
	struct strbuf line;
};

struct job_state {
	struct job *job;
	struct job_state *next;
	pid_t supervisor;
	int control, report, in;
	size_t sent;
	struct job_stream_state streams[2];
	int log;
	size_t logged, left_out;
	/* What is to be the last half of the log: a ring. */
	struct strbuf last;
	size_t last_at;
	double suspended;
	/* `line` asked for the end. */
	bool asked;
	/* The first thing that went wrong on this side; NULL. */
	char *error;
};

int job_log_open(struct job_state *s);
/* Writes what was held back. */
void job_log_close(struct job_state *s);
/* Takes what a stream has. At its end, closes it. */
void job_output_read(struct job_state *s, enum job_stream which);
/* What is left in a pipe that will not end; then closes it. */
void job_output_drain(struct job_state *s, enum job_stream which);

#endif
