/*
 * The terminal: colour, pager, width. Colour is never the only sign of
 * anything. Values come from git's configuration and environment: color.ui,
 * color.<command>, NO_COLOR, GIT_PAGER, core.pager, PAGER, TERM, COLUMNS.
 *
 *	color_init(config_get(&config, "color.ui", NULL), opts.color);
 *	pager_start(config_get(&config, "core.pager", NULL));
 *	printf("%s%s%s\n", color(COLOR_COMMIT), id, color(COLOR_RESET));
 */
#ifndef UI_TERM_H
#define UI_TERM_H

#include "base/strbuf.h"

enum color_slot {
	COLOR_RESET,
	COLOR_BOLD,
	COLOR_DIM,
	COLOR_COMMIT,
	COLOR_OLD,
	COLOR_NEW,
	COLOR_FRAG,
	COLOR_SLOTS,
};

/*
 * Decides whether colour is used; `setting` is the configured word (auto,
 * always, never, true, false; NULL: auto), `option` -1 or what --[no-]color
 * said. To be called before the pager starts. "auto" and, as in git, "true"
 * are for terminals and git's pager only, and not with NO_COLOR or TERM=dumb.
 */
void color_init(const char *setting, int option);
/* The escape sequence of a slot on stdout, "" without colour. */
const char *color(enum color_slot slot);
/* The same for stderr. */
const char *color_stderr(enum color_slot slot);

/*
 * Sends stdout (and stderr when it is a terminal, too) through the pager when
 * stdout is a terminal and one is configured; `pager` is core.pager's value or
 * NULL. A pager that cannot be started is done without, as in git.
 * pager_wait() closes stdout and waits; it is also done at exit and on signals.
 */
void pager_start(const char *pager);
void pager_wait(void);
bool pager_running(void);

/* Columns of the terminal: COLUMNS, else what `fd` says, 80 when neither does. */
size_t term_width(int fd);
/*
 * The width that lines on stdout should keep within: that of the terminal, or
 * 0 (no limit) when they go to a file or to another program than the pager.
 */
size_t output_width(void);

/* Columns that a UTF-8 text fills; invalid bytes and controls count as one. */
size_t text_width(const char *text);
/* Bytes of `text` that fit into `width` columns, combining marks included. */
size_t text_fit(const char *text, size_t width);

#endif
