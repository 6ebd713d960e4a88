/*
 * Progress on stderr: only when it is a terminal and we are in its
 * foreground, only after a delay, with the time that is left as an estimate
 * from the work done; without a terminal (and --progress) one line a minute.
 *
 *	progress_start(&p, "Walking commits", range.nr, opts.progress);
 *	progress_update(&p, done);
 *	progress_stop(&p);
 */
#ifndef UI_PROGRESS_H
#define UI_PROGRESS_H

#include "base/compat.h"

struct progress {
	const char *title;
	size_t total;
	size_t last_percent;
	double started;
	double last_shown;
	bool on;
	bool tty;
	bool shown;
};

/* `option`: -1 decide by the terminal, 0 never, 1 always. `title` is borrowed. */
void progress_start(struct progress *p, const char *title, size_t total, int option);
void progress_update(struct progress *p, size_t done);
/* Ends the line. Tolerates a zeroed struct. */
void progress_stop(struct progress *p);

#endif
