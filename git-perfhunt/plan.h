/*
 * What a hunt goes by: the options of start, as git's configuration, a context file and the
 * command line have them, in this order; and the file in which they are kept.
 *
 *	struct hunt_plan plan = HUNT_PLAN_INIT;
 *
 *	hunt_plan_defaults(&plan);
 *	hunt_plan_configure(&plan, &config);
 *	hunt_plan_read(&plan, path);
 *	hunt_plan_check(&plan);
 *
 * All die with a sentence. Seconds are seconds.
 */
#ifndef GIT_PERFHUNT_PLAN_H
#define GIT_PERFHUNT_PLAN_H

#include "fixer/suite.h"
#include "repo/config.h"
#include "ui/options.h"

struct hunt_plan {
	/* Commands. */
	char *build, *preflight, *check, *generate, *run, *evolve, *fixer, *ticket;
	char *journal;
	/* Specs; names of those that A/B takes (none: all). */
	struct strvec workloads, held_out, ab;
	struct strvec own, skip, protect;
	double threshold;
	long max_iterations, max_files, frequency, calibration;
	double fixer_timeout, build_timeout, check_timeout, run_timeout;
	int call_graph;
	bool keep_marginal, thorough, callgrind;
	/* Pairs "name", "command": perfhunt.<name>.run. */
	struct strvec commands;

	/* Of start itself, not of the file. */
	char *context, *from;
};

#define HUNT_PLAN_INIT        \
	{                     \
		.build = NULL \
	}

extern const struct option hunt_plan_rows[];

void hunt_plan_defaults(struct hunt_plan *plan);
void hunt_plan_configure(struct hunt_plan *plan, const struct config *config);
/* A context file on top of what is there; a list in it replaces a list. */
void hunt_plan_read(struct hunt_plan *plan, const char *path);
/* Of the text that hunt_plan_text() made. */
void hunt_plan_parse(struct hunt_plan *plan, const struct strbuf *list, const char *path);
/* Is everything there that a hunt needs? */
void hunt_plan_check(const struct hunt_plan *plan);
/* The context file. */
void hunt_plan_text(const struct hunt_plan *plan, struct strbuf *out);
void hunt_plan_release(struct hunt_plan *plan);

/* The command of a workload by its name. */
const char *hunt_plan_command(const struct hunt_plan *plan, const char *name);
/* "fp", "dwarf", "none" */
const char *hunt_plan_call_graph(const struct hunt_plan *plan);

#endif
