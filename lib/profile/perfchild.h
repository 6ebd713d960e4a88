/*
 * perf as a child: its output line by line, and its complaints in our words.
 *
 *	struct perfchild child = PERFCHILD_INIT;
 *
 *	perfchild_args(&child, "report", path);
 *	strvec_pushl(&child.process.args, "--stdio", NULL);
 *	if (perfchild_run(&child, take_line, data))
 *		return -1;
 *	perfchild_release(&child);
 *
 * Nothing of it depends on the user's locale, and nothing is asked of servers.
 */
#ifndef PROFILE_PERFCHILD_H
#define PROFILE_PERFCHILD_H

#include "base/process.h"
#include "profile/profile.h"

struct perfchild {
	struct process process;
	const char *path;
	/* The end of what it said on stderr. */
	struct strbuf said;
	/* Its exit status. */
	int status;
};

#define PERFCHILD_INIT                                       \
	{                                                    \
		.process = PROCESS_INIT, .said = STRBUF_INIT \
	}

/* perf <subcommand> -i <path> */
void perfchild_args(struct perfchild *child, const char *subcommand, const char *path);
typedef void perfchild_line_fn(const char *line, size_t len, void *data);
/*
 * Runs it to its end. Returns 0, also when it failed; -1 with a recorded error
 * when it could not be run, or its output not be read.
 */
int perfchild_run(struct perfchild *child, perfchild_line_fn *fn, void *data) MUST_CHECK;
/* Records why there is nothing in what it printed; `time` is that of the options. Returns -1. */
int perfchild_explain(const struct perfchild *child, const char *time);
void perfchild_release(struct perfchild *child);

#endif
