/*
 * What process.c (start and end), process-io.c (the streams) and job*.c know
 * of each other; for no one else.
 */
#ifndef BASE_PROCESS_PRIVATE_H
#define BASE_PROCESS_PRIVATE_H

#include "base/process.h"

enum process_ready {
	PROCESS_READY_NONE = 0,
	PROCESS_READY_IN = 1,
	PROCESS_READY_OUT = 2,
};

/*
 * Waits until one of the wanted streams can be used, reading stderr
 * meanwhile. With none wanted: until stderr is at its end.
 */
enum process_ready process_wait_ready(struct process *p, enum process_ready want);

/* The program, and for git the subcommand behind its options: what a message calls it. */
void process_add_name(const struct process *p, struct strbuf *out);

/* Closes what is open, and says so in *fd. */
void process_close_fd(int *fd);

/* A pipe beyond the standard streams, which may be closed in this process; -1 with errno. */
int process_pipe(int fd[2]);

/* A child's environment, for free(); its strings are borrowed. */
char **process_environment(const struct strvec *env);

/* write() without the SIGPIPE of a reader that is gone; EPIPE remains. */
ssize_t process_write_quietly(int fd, const void *data, size_t len);

#endif
