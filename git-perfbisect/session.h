/*
 * The bisection of a worktree, as the subcommands share it: repository,
 * context, database, evidence, and the engine that follows from them.
 *
 *	struct session s = SESSION_INIT;
 *
 *	session_open(&s, SESSION_MUST_EXIST);		dies with a sentence
 *	session_load(&s);				context, ends, evidence -> s.engine
 *	...
 *	session_record(&s, &event);			told to the engine, and stored
 *	session_release(&s);
 *
 * Commits are indices as in engine/bisect.h: 0 is the good end.
 */
#ifndef GIT_PERFBISECT_SESSION_H
#define GIT_PERFBISECT_SESSION_H

#include "bench/plan.h"
#include "engine/bisect.h"
#include "repo/config.h"
#include "repo/range.h"
#include "repo/repo.h"
#include "store/store.h"

enum session_flags {
	/* Dies where no session is going on. */
	SESSION_MUST_EXIST = 1,
	/* The newest one will do, also when it has ended. */
	SESSION_LAST = 2,
	/* Takes the lock that only one process may hold. */
	SESSION_RUN = 4,
	/* Writes nothing. */
	SESSION_READ_ONLY = 8,
	/* Makes no database where there is none; session_reopen() does. */
	SESSION_MAKE_LATER = 16,
};

struct session {
	struct config config;
	struct repo *repo;
	/* <git-dir>/perf/bisect and <common-dir>/perf. */
	char *dir;
	char *perf_dir;
	/* The worktree, or the git directory of a bare repository; absolute and real. */
	char *worktree;
	struct store *store;
	struct store_session row;
	struct store_lock lock;

	char *context_path;
	struct plan plan;
	/* Of what determines a measurement, as the context has it now: on each machine, and all of it. */
	char (*machine_hash)[PLAN_HASH_SIZE];
	char context_hash[PLAN_HASH_SIZE];
	/* Metric lines that a preset found; in the plan, too, but not in the hash. */
	struct strvec metrics;
	struct oid bad;
	struct oid *good;
	size_t ngood;
	struct range range;
	size_t nr;
	uint32_t *parent_at;
	uint32_t *parents;
	double *prior;
	/* Its lines, as the session keeps them; NULL: none, or taken. */
	char *prior_text;
	double *stored_good, *stored_bad;
	size_t nstored_good, nstored_bad;
	struct bisect_problem problem;
	struct bisect_options options;
	struct bisect *engine;
	/* Commits that any evidence speaks of, in the order in which it first did. */
	size_t *touched;
	size_t ntouched, touched_alloc;
	bool *is_touched;
	/* The boot of each machine that was going on when the tool was killed; 0: none. */
	struct session_boot {
		size_t boot, commit, layout;
	} * open;
	size_t nopen;
	/* Evidence of a comparison that is no session (row.id is 0). */
	struct bisect_event *kept;
	size_t nkept, kept_alloc;
	/* There is a row for it in the database. */
	bool exists;
	/* Both ends are known. */
	bool whole;
	/* The bad end was left out by pathspecs and was put at the end of the range. */
	bool tip_added;
	/* The user said --force: the ends need not differ as they did. */
	bool force;
	/* And --all-steps. */
	bool all_steps;
};

#define SESSION_INIT                                                                                          \
	{                                                                                                     \
		.config = CONFIG_INIT, .row = STORE_SESSION_INIT, .lock = STORE_LOCK_INIT, .plan = PLAN_INIT, \
		.metrics = STRVEC_INIT, .range = RANGE_INIT, .options = BISECT_OPTIONS_INIT                   \
	}

/* Repository, configuration, database, and the session's row; dies when something is wrong. */
void session_open(struct session *s, int flags);
/* After SESSION_MAKE_LATER: with a database that can be written. */
void session_reopen(struct session *s);
/* context.c: its directory, where there is none. */
void session_make_dir(struct session *s);
/* What git's configuration says, as the lowest layer of the plan. */
void session_configure(struct session *s);
/* The end of filling it: dies where it is not whole, warns of keys that are not known. */
void session_finish_plan(struct session *s);
/* The context file as it is now; warns when it is not what the session was started with. */
void session_load_plan(struct session *s);
/* The hashes of the plan as it is: before a preset's metrics are put into it. */
void session_hash(struct session *s);
/* All: plan, ends, history, evidence, engine. Dies when something is wrong. */
void session_load(struct session *s);
/*
 * For a comparison of two commits (the same one twice: of one commit) without a session:
 * s->good and s->bad are its ends, which need not be related.
 */
void session_compare(struct session *s, const struct oid *good, const struct oid *bad);
/* From s->bad and s->good: the list of commits, and the engine's problem. */
void session_list(struct session *s);
/* facts.c: ends, metrics, baselines and --force, as the events have them; dies when they are damaged. */
void session_read_facts(struct session *s);
/* prior.c: the weights that the plan names, into the problem; dies when they are none. */
void session_read_prior(struct session *s);
/* So that the file is read once, and what is measured does not depend on what becomes of it. */
void session_store_prior(struct session *s);
/* Makes the engine anew from the effective events. `strategy`: as session_strategy() has it. */
void session_replay(struct session *s, enum bisect_strategy strategy);
enum bisect_strategy session_strategy(const struct session *s);
void session_release(struct session *s);

/* Tells the engine and stores the event, unless the engine refuses it. -1 with a recorded error. */
int session_record(struct session *s, const struct bisect_event *event) MUST_CHECK;
/* Boots that were cut off by a crash count with the samples they have. */
int session_close_boots(struct session *s) MUST_CHECK;
/* The exit status that stands for a verdict. */
int session_status(enum bisect_verdict verdict);
/* The halves of it: stores (inside a transaction of somebody's), and tells the engine. */
int session_store(struct session *s, const struct bisect_event *event) MUST_CHECK;
int session_tell(struct session *s, const struct bisect_event *event) MUST_CHECK;

/* The index of a commit, or BISECT_NONE. */
size_t session_find(const struct session *s, const struct oid *id);
const struct oid *session_oid(const struct session *s, size_t commit);
/* Full id of a commit; one of four buffers, valid until the fourth call from now. */
const char *session_hex(const struct session *s, size_t commit);
/* Its subject, at most `max` bytes, owned by the caller. */
char *session_subject(const struct session *s, size_t commit, size_t max);

/* The terms that git and the user know the ends by. */
const char *session_term(const struct session *s, enum bisect_mark mark);
/* "the bad end is not known yet; git perfbisect bad <rev>": the words of the command are no terms. */
void session_waiting(const struct session *s, struct strbuf *out);
/* Dies with it unless both ends are known. */
void session_need_ends(const struct session *s);
/* Dies when the context was changed: measurements could not be compared with those that are there. */
void session_need_context(const struct session *s);
/* The metric that decides: name and unit, "" while it is not known. */
const char *session_metric(const struct session *s, const char **unit, bool *higher);

#endif
