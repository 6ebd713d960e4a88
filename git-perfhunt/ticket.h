/*
 * A ticket for each function that is worked on: its running log. A file below the hunt's
 * folder; where perfhunt.ticket is set, that command instead, with PERF_TICKET_ACTION (open,
 * note, close), PERF_TICKET and PERF_TICKET_TITLE in its environment and the text on its
 * standard input; what "open" prints first is the ticket's id.
 */
#ifndef GIT_PERFHUNT_TICKET_H
#define GIT_PERFHUNT_TICKET_H

#include "hunt.h"

/* Its id (a path, where it is a file), for free(). Dies when it cannot be opened. */
char *ticket_open(struct hunt *h, size_t iteration, const char *function, const char *text);
/* Warn when they fail: the hunt is worth more than its tickets. */
void ticket_note(struct hunt *h, const char *id, const char *text);
void ticket_close(struct hunt *h, const char *id, const char *text);

#endif
