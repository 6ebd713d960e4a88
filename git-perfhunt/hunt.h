/*
 * The hunt of a worktree, as the subcommands share it: repository, context, database,
 * and the state that follows from the events.
 *
 *	struct hunt h = HUNT_INIT;
 *
 *	hunt_open(&h, HUNT_MUST_EXIST | HUNT_RUN);	dies with a sentence
 *	hunt_load(&h);
 *	...
 *	hunt_record(&h, "picked", payload);		stored, then taken into h.state
 *	hunt_release(&h);
 *
 * Files are below h.dir, <git-dir>/perf/hunt: tree-a/ and tree-b/ (base and candidate, fixer/tree.h),
 * clone/ (the fixer's), inputs/, profile/, tickets/, log/, scratch/, journal.md.
 */
#ifndef GIT_PERFHUNT_HUNT_H
#define GIT_PERFHUNT_HUNT_H

#include "fixer/suite.h"
#include "fixer/tree.h"
#include "plan.h"
#include "repo/config.h"
#include "repo/repo.h"
#include "state.h"
#include "store/store.h"

enum hunt_open_flags {
	/* Dies where no hunt is going on. */
	HUNT_MUST_EXIST = 1,
	/* The newest one will do, also when it has ended. */
	HUNT_LAST = 2,
	/* Takes the lock that only one process may hold. */
	HUNT_LOCK = 4,
	/* Writes nothing. */
	HUNT_READ_ONLY = 8,
	/* Of simple_command(): works without the state, also where that cannot be read. */
	HUNT_UNREAD = 16,
};

struct hunt {
	struct config config;
	struct repo *repo;
	struct store *store;
	struct store_session row;
	bool exists;
	struct store_lock lock;
	/* Absolute. */
	char *perf_dir, *dir, *worktree, *journal;
	struct hunt_plan plan;
	struct state state;
	/* Workloads of the suite as it is now; those held out come last. */
	struct suite suite;
	size_t nheld_out;
	/* The commit that is built upon, and the one that is tried. */
	struct tree base, candidate;
	/* Where a fixer of this process was caught: what is to be done then. Static; NULL otherwise. */
	const char *caught;
};

#define HUNT_INIT                                                                                    \
	{                                                                                            \
		.config = CONFIG_INIT, .row = STORE_SESSION_INIT, .lock = STORE_LOCK_INIT,           \
		.plan = HUNT_PLAN_INIT, .state = STATE_INIT, .suite = SUITE_INIT, .base = TREE_INIT, \
		.candidate = TREE_INIT                                                               \
	}

void hunt_open(struct hunt *h, int flags);
/* The plan as the hunt was started with, its events, its suite. */
void hunt_load(struct hunt *h);
/* Those below h->dir that somebody may have removed. */
void hunt_make_folders(const struct hunt *h);
/* h->journal, as the plan says; a path is relative to the top of the work tree, wherever we are called. */
void hunt_find_journal(struct hunt *h);
/* The workloads of these specs; dies when one is wrong. */
void hunt_make_suite(struct hunt *h, const struct strvec *specs);
/*
 * Frees `payload`. Dies when it cannot be stored. GIT_TEST_PERF_HUNT_KILL=<n> in the environment,
 * for tests: this process is killed (SIGKILL) when it comes to store its n-th event.
 */
void hunt_record(struct hunt *h, const char *kind, json_t *payload);
void hunt_release(struct hunt *h);

/* A path below h->dir, for free(). */
char *hunt_path(const struct hunt *h, const char *fmt, ...) FORMAT_PRINTF(2, 3);
/* The id of hexadecimal digits; dies when they are none. */
struct oid hunt_oid(const struct hunt *h, const char *hex);
/* A line of the result, to stdout. */
void hunt_show(const struct strbuf *line);
/* A line of what is going on, to stderr. */
void hunt_say(const char *fmt, ...) FORMAT_PRINTF(1, 2);

#endif
