/*
 * What process.c (start and end) and process-io.c (the streams) know of each
 * other; for no one else.
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

#endif
