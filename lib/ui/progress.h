/*
 * Progress on stderr: only when it is a terminal and we are in its
 * foreground, only after a delay (GIT_PROGRESS_DELAY seconds, 2 without),
 * with the time that is left as an estimate from the work done; without a
 * terminal (and --progress) one line a minute.
 *
 *	progress_start(&p, "Walking commits", range.nr, opts.progress);
 *	progress_start_now(...)				or without the delay
 *	progress_update(&p, done);
 *	progress_stop(&p);
 */
#ifndef UI_PROGRESS_H
#define UI_PROGRESS_H

#include "base/strbuf.h"

struct progress {
	const char *title;
	/* 0: not known; then only the count is shown. */
	size_t total;
	size_t done;
	/* Seconds of a clock that never goes back. */
	double started;
	double last_shown;
	double delay;
	/* Columns of the line on the screen. */
	size_t columns;
	bool on;
	bool tty;
	bool shown;
	bool at_once;
};

/*
 * `option`: -1 decide by the terminal, 0 never, 1 always. `title` is borrowed;
 * the struct stays where it is until progress_stop().
 */
void progress_start(struct progress *p, const char *title, size_t total, int option);
/*
 * The same for what keeps the first line of a run waiting: the line is there at
 * once, and leaves the terminal again when the work ends before the delay.
 */
void progress_start_now(struct progress *p, const char *title, size_t total, int option);
void progress_update(struct progress *p, size_t done);
/* Ends the line. Tolerates a zeroed struct, and being called again. */
void progress_stop(struct progress *p);
/* Takes the line off the screen for a message; the next update draws it again. */
void progress_hide(void);

/*
 * The text of one line after `elapsed` seconds, without line end; what is
 * beyond `width` columns (0: no limit) is left out, the estimate first.
 */
void progress_format(const struct progress *p, double elapsed, size_t width, struct strbuf *out);

#endif
