/*
 * What must be undone however the program ends: by exit(), or by a signal
 * that would end it (HUP, INT, QUIT, TERM, PIPE). After a signal's clean-up
 * the signal is raised again, so that the parent sees the true reason. A
 * signal that is ignored (nohup) stays ignored.
 */
#ifndef BASE_CLEANUP_H
#define BASE_CLEANUP_H

#include "base/compat.h"

/*
 * `signal` is 0 at exit. In a signal only async-signal-safe functions may be
 * called, and data may be in any state that the code leaves it in.
 */
typedef void cleanup_fn(int signal);

/* The last one added runs first; a function that was added before is not added again. */
void cleanup_add(cleanup_fn *fn);

/* In a fork of this process: what is to be undone is the other's; what is added from now on is ours. */
void cleanup_forget(void);

/* Holds the signals back while data of a cleanup function changes. */
void cleanup_block(void);
void cleanup_unblock(void);

#endif
