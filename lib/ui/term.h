/*
 * The terminal: colour, pager, width. Colour is never the only sign of
 * anything. Values come from git's configuration and environment: color.ui,
 * color.<command>, NO_COLOR, GIT_PAGER, core.pager, PAGER, TERM, COLUMNS.
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
 * Decides whether colour is used on stdout; `setting` is the configured word
 * (auto, always, never, true, false; NULL: auto), `option` -1 or what
 * --[no-]color said. To be called before the pager starts.
 */
void color_init(const char *setting, int option);
/* The escape sequence of a slot, "" without colour. */
const char *color(enum color_slot slot);

/*
 * Sends stdout through the pager when it is a terminal and one is configured;
 * `pager` is core.pager's value or NULL. pager_wait() closes and waits; it is
 * also done at exit.
 */
void pager_start(const char *pager);
void pager_wait(void);

/* Columns of the terminal on `fd`; COLUMNS; 80 when unknown. */
size_t term_width(int fd);
/* Columns that a UTF-8 text fills; invalid bytes and controls count as one. */
size_t text_width(const char *text);

#endif
