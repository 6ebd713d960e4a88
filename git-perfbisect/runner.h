/*
 * Carries out what the engine asks for: one boot at a time through lib/trial,
 * each sample stored as evidence before it is shown.
 *
 *	struct runner r = RUNNER_INIT;
 *
 *	runner_open(&r, &session);
 *	if (runner_measure(&r, &action))
 *		... paused: error_message() says why ...
 *	runner_close(&r);
 *
 * Several machines are at work at once:
 *
 *	for each that runner_is_free()
 *		runner_begin(&r, machine, &action)
 *	if (runner_is_busy(&r) && runner_wait(&r, &machine))
 *		... paused ...
 */
#ifndef GIT_PERFBISECT_RUNNER_H
#define GIT_PERFBISECT_RUNNER_H

#include "session.h"
#include "trial/trial.h"

/* What a machine is asked for. */
struct runner_slot {
	struct bisect_action action;
	struct trial_result result;
	int tries, failures;
	/* "test 3f2a9c1b8d2e" */
	char *subject;
	/* It failed, and the others go on. */
	bool gone;
};

struct runner {
	struct session *session;
	struct trial trial;
	/* Lines about commits go to stdout; without, only talk to stderr. */
	bool show;
	/* -1: by the terminal. */
	int progress;
	/* Stands for the worktree of this one commit: built elsewhere. Borrowed. */
	const char *built;
	size_t built_for;
	/* What is going on: "3f2a9c1b8d2e: building". */
	struct strbuf doing;
	struct runner_slot *slots;
	size_t nslots;
	char *pins;
	double doing_since, last_line;
	/* Expected seconds until there is an answer; 0: not known. */
	double left;
	bool on_screen;
};

#define RUNNER_INIT                                                                     \
	{                                                                               \
		.trial = TRIAL_INIT, .show = true, .progress = -1, .doing = STRBUF_INIT \
	}

/* Dies when the context's machines are not right. */
void runner_open(struct runner *r, struct session *s);
/*
 * One boot; what came of it is recorded. 0, or -1 with a recorded error when the
 * machine or this computer failed and did so again. Dies when an end of the
 * range cannot be measured.
 */
int runner_measure(struct runner *r, const struct bisect_action *action) MUST_CHECK;
/*
 * The same for one of several machines: begun, and waited for until one has ended what it was
 * at (or tries it again). A machine that failed is named and left out; -1 when none is left.
 */
int runner_begin(struct runner *r, size_t machine, const struct bisect_action *action) MUST_CHECK;
int runner_wait(struct runner *r, size_t *machine) MUST_CHECK;
bool runner_is_free(const struct runner *r, size_t machine);
bool runner_is_busy(const struct runner *r);
/* Ends what all are at; what was measured counts. */
void runner_cancel(struct runner *r);
void runner_close(struct runner *r);

#endif
