/*
 * What was measured, and how a session came to its verdict: one SQLite
 * database, perf.db in the folder perf/ of the repository's common directory.
 * Results are shared by all worktrees; sessions belong to one each.
 *
 *	struct store *store;
 *
 *	if (store_open(&store, perf_dir, 0))
 *		return -1;
 *	if (store_session_find(store, worktree, "perfbisect", &session)) ...
 *	if (store_session_lock(store, session.id, now, &lock)) ...
 *
 *	if (store_boot_begin(store, &boot))		before anything is built
 *		...
 *	store_boot_identify(store, boot.id, boot_id);	once the machine is up
 *	store_sample_add(store, &sample);		before it is shown or used
 *	boot.class = STORE_MEASURED;
 *	store_boot_end(store, &boot);
 *
 *	store_unlock(&lock);
 *	store_close(store);
 *
 * Durability: each function that writes returns 0 when what it wrote is on
 * the disk; after an error nothing of it is there, unless the disk itself lost
 * track (an fsync failed: then the store takes no more). Several belong
 * together between store_begin() and store_commit(), which are then what is
 * durable. Nothing is ever deleted: an undo is an event of its own.
 *
 * Texts are UTF-8 or bytes, without NUL. Times are seconds since 1970 by the
 * caller's clock, for display only; durations are seconds. Ids are above 0.
 * Structs whose texts are "const char *" borrow them: for the call when they
 * are arguments, for the callback when they are results.
 *
 * Errors: 0, or -1 with a recorded sentence that says what to do: a full
 * disk, a failing or read-only one, a database that others hold for longer
 * than ten seconds, one that is damaged or none of ours, one of a newer
 * version. After a failed write inside a transaction only store_rollback() may
 * follow.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "base/compat.h"

struct store;

enum store_open_flags {
	/* Writes nothing, makes nothing; where there is no database, an empty one is read. */
	STORE_READ_ONLY = 1,
};

enum {
	/* Not an error, nothing recorded: there is no such thing. */
	STORE_NONE = 1,
	/* An error like -1; the sentence says who holds the lock. */
	STORE_BUSY = -2,
};

/*
 * Opens <perf_dir>/perf.db, after store_dir(); makes it when it is not there, brings
 * an older one to this version. *store is NULL after an error.
 */
int store_open(struct store **store, const char *perf_dir, int flags) MUST_CHECK;
/* NULL is harmless. An open transaction is rolled back. */
void store_close(struct store *store);
/*
 * Whether a folder may hold state: a real directory (no link), ours, not writable by
 * group or others. Makes it (mode 0700) when `create` and it is not there.
 */
int store_dir(const char *perf_dir, bool create) MUST_CHECK;

/* A transaction of several writes; they do not nest. */
int store_begin(struct store *store) MUST_CHECK;
int store_commit(struct store *store) MUST_CHECK;
/* Keeps the recorded error. Harmless without a transaction. */
void store_rollback(struct store *store);

/* Results. */

enum store_class {
	/* Begun and not ended: under way, or killed. Its samples are as good as others. */
	STORE_UNFINISHED,
	/* The only one that may ever become good or bad. */
	STORE_MEASURED,
	STORE_BUILD_FAILED,
	STORE_BOOT_FAILED,
	STORE_BENCH_FAILED,
	STORE_INFRASTRUCTURE,
};

/* "unfinished", "measured", "build-failed", "boot-failed", "bench-failed", "infrastructure". */
const char *store_class_name(enum store_class class);
/* The class of a name, or -1 (nothing recorded). */
int store_class_parse(const char *name);

/* One attempt at one commit: built (or taken from a cache), booted, measured. */
struct store_boot {
	/* Given by store_boot_begin(). */
	int64_t id;
	/* Full id in hexadecimal digits. */
	const char *commit;
	/* Hash of what determines a measurement, hexadecimal. */
	const char *context;
	const char *machine;
	/* "bisect-<12>"; NULL: that, made from `commit`. */
	const char *swprofile;
	/* "suite/name". */
	const char *benchmark;
	/*
	 * What tells this boot of this machine from others; "" or NULL while none is known.
	 * Unique together with commit, context, machine and benchmark.
	 */
	const char *boot_id;
	/* 0: of no session. */
	int64_t session;
	int64_t started;
	enum store_class class;
	/* Negative: did not happen. */
	double build_seconds, boot_seconds, bench_seconds;
	/* Why it failed, for the user; "" or NULL: nothing to say. */
	const char *detail;
};

#define STORE_BOOT_INIT                                                      \
	{                                                                    \
		.build_seconds = -1, .boot_seconds = -1, .bench_seconds = -1 \
	}

struct store_sample {
	/* Given by store_sample_add(). */
	int64_t id;
	/* store_boot.id */
	int64_t boot;
	/* 1, 2, ... Unique together with boot and resultclass. */
	int run;
	const char *resultclass;
	/* Finite. */
	double value;
	/* "" or NULL: none. */
	const char *unit;
	/* "higher" or "lower". */
	const char *better;
	/* How long this run took; negative: unknown. */
	double seconds;
};

/* Stores all but class, seconds and detail, which are for store_boot_end(); gives boot->id. */
int store_boot_begin(struct store *store, struct store_boot *boot) MUST_CHECK;
/* Sets the boot id of a boot that has none. */
int store_boot_identify(struct store *store, int64_t boot, const char *boot_id) MUST_CHECK;
/* Stores class, seconds and detail of boot->id. A boot ends once. */
int store_boot_end(struct store *store, const struct store_boot *boot) MUST_CHECK;
int store_sample_add(struct store *store, struct store_sample *sample) MUST_CHECK;

/* Which boots or samples; NULL and 0 stand for any. */
struct store_query {
	const char *commit, *context, *machine, *swprofile, *benchmark;
	/* Samples only. */
	const char *resultclass;
	int64_t session;
	int64_t boot;
	/* The newest so many; they still come oldest first. */
	size_t last;
};

/* Non-zero ends the reading and is returned. Both may call store_*() functions that read. */
typedef int store_boot_fn(const struct store_boot *boot, void *data);
typedef int store_sample_fn(const struct store_sample *sample, const struct store_boot *boot, void *data);

/* In the order in which they were stored. 0, what `fn` returned, or -1. */
int store_boots(struct store *store, const struct store_query *query, store_boot_fn *fn, void *data);
int store_samples(struct store *store, const struct store_query *query, store_sample_fn *fn, void *data);

/* Sessions. */

enum store_state {
	STORE_OPEN,
	STORE_PAUSED,
	STORE_DONE,
};

/* "open", "paused", "done". */
const char *store_state_name(enum store_state state);

/* Its texts are its own. */
struct store_session {
	int64_t id;
	/* Absolute and real. */
	char *worktree;
	/* "perfbisect" */
	char *command;
	/* The context as the session was started with, byte for byte, and its hash. */
	char *context;
	char *context_hash;
	enum store_state state;
	int64_t created;
	/* 0: not yet. */
	int64_t finished;
	/*
	 * Who runs it, or ran it last when it was killed (store_session_running() knows):
	 * 0 and "" after an orderly end.
	 */
	int64_t runner_pid;
	char *runner_host;
	int64_t runner_since;
};

#define STORE_SESSION_INIT       \
	{                        \
		.worktree = NULL \
	}

void store_session_release(struct store_session *session);

/*
 * Begins a session. A worktree has at most one of a command that is not done;
 * the error names it.
 */
int store_session_start(struct store *store, const char *worktree, const char *command, const char *context,
			const char *context_hash, int64_t now, int64_t *id) MUST_CHECK;
/*
 * The session of a worktree that is not done, or the newest in any state, or the one of
 * an id. 0, STORE_NONE or -1; the struct is empty unless 0. `command` NULL: any.
 */
int store_session_find(struct store *store, const char *worktree, const char *command,
		       struct store_session *session) MUST_CHECK;
int store_session_last(struct store *store, const char *worktree, const char *command,
		       struct store_session *session) MUST_CHECK;
int store_session_read(struct store *store, int64_t id, struct store_session *session) MUST_CHECK;
/* Between STORE_OPEN and STORE_PAUSED; one that is done stays so. */
int store_session_set_state(struct store *store, int64_t id, enum store_state state) MUST_CHECK;
int store_session_finish(struct store *store, int64_t id, int64_t now) MUST_CHECK;

/*
 * The right to run a session: a lock on <perf_dir>/session-<id>.lock, which the kernel
 * takes back however the process ends.
 */
struct store_lock {
	struct store *store;
	int64_t session;
	int fd;
};

#define STORE_LOCK_INIT  \
	{                \
		.fd = -1 \
	}

/* 0; STORE_BUSY with the sentence "... is run by pid 12 on host since 2026-01-02 03:04"; or -1. */
int store_session_lock(struct store *store, int64_t session, int64_t now, struct store_lock *lock) MUST_CHECK;
/* Harmless without a lock. To be called before store_close(). */
void store_unlock(struct store_lock *lock);
/* Whether somebody holds the lock now: 1, 0, or -1. Takes nothing. */
int store_session_running(struct store *store, int64_t session) MUST_CHECK;

/* Events: the evidence of a session, in order; it only grows. */

#define STORE_UNDO "undo"

struct store_event {
	int64_t session;
	/* 1, 2, ... within the session. */
	int64_t seq;
	/* A word of the command; STORE_UNDO is ours. */
	const char *kind;
	int64_t time;
	/* A JSON object. */
	const char *payload;
};

typedef int store_event_fn(const struct store_event *event, void *data);

/* `payload` NULL: {}. `seq` may be NULL. */
int store_event_add(struct store *store, int64_t session, const char *kind, int64_t time, const char *payload,
		    int64_t *seq) MUST_CHECK;
/*
 * Takes events back by an event of kind STORE_UNDO with {"seq":[...]}. What it takes
 * back may be an undo, which brings back what that one took. Refuses what is not
 * there, or was taken back already.
 */
int store_event_undo(struct store *store, int64_t session, int64_t time, const int64_t *seqs, size_t nr,
		     int64_t *seq) MUST_CHECK;
/* All, in order; or those that are left after undo, without the undo events. */
int store_events_read(struct store *store, int64_t session, store_event_fn *fn, void *data);
int store_events_effective(struct store *store, int64_t session, store_event_fn *fn, void *data);

#endif
