/*
 * The evidence as the database has it: a kind, and a JSON object with full ids
 * in place of indices, so that an event means the same whatever the list of
 * commits looks like.
 */
#ifndef GIT_PERFBISECT_EVENTS_H
#define GIT_PERFBISECT_EVENTS_H

#include "session.h"

/* Kinds that are no evidence: before and after what a replay stored, and the prior as start read it. */
#define EVENT_REPLAY "replay"
#define EVENT_REPLAY_END "replay-end"
#define EVENT_PRIOR "prior"

/* "sample", "boot-end", ...; NULL: none of the engine's. */
const char *event_kind_name(enum bisect_event_kind kind);
int event_kind_parse(const char *name);

/* Owned by the caller. */
char *event_payload(const struct session *s, const struct bisect_event *event);
/* -1 with a recorded error when it is none of ours; 1 when its commit is not in the list. */
int event_parse(const struct session *s, const char *kind, const char *payload,
		struct bisect_event *event) MUST_CHECK;

#endif
