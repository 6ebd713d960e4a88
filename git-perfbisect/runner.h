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
 */
#ifndef GIT_PERFBISECT_RUNNER_H
#define GIT_PERFBISECT_RUNNER_H

#include "session.h"
#include "trial/trial.h"

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
	char *subject_id;
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
void runner_close(struct runner *r);

#endif
