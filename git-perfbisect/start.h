/*
 * git perfbisect start: what was typed becomes a context, the context is
 * checked, and the session begins.
 */
#ifndef GIT_PERFBISECT_START_H
#define GIT_PERFBISECT_START_H

#include "session.h"
#include "ui/options.h"

/* How a commit is measured; for start and for test. */
struct measure_options {
	struct strvec on, sut;
	char *build, *output, *run;
	char *metric, *json_pointer, *csv_column, *unit, *better;
	char *warmups, *repeats, *sessions, *timeout;
	char *benchmark, *resultclass;
	char *host, *user, *port, *keyfile;
};

#define TEXT_ROW(name_, arg_, at_, complete_, help_)                                                         \
	{                                                                                                    \
		.type = OPTION_STRING, .name = (name_), .arg = (arg_), .at = (at_), .complete = (complete_), \
		.help = (help_)                                                                              \
	}

#define LIST_ROW(name_, arg_, at_, complete_, help_)                                                       \
	{                                                                                                  \
		.type = OPTION_LIST, .name = (name_), .arg = (arg_), .at = (at_), .complete = (complete_), \
		.help = (help_)                                                                            \
	}

/* Rows of struct measure_options, the first member `measure` of `holder`. */
#define MEASURE_AT(holder, member) offsetof(struct holder, measure.member)
#define MEASURE_OPTION_ROWS(h)                                                                                \
	TEXT_ROW("build", "<command>", MEASURE_AT(h, build), NULL, "builds the commit that is checked out"),  \
		TEXT_ROW("output", "<path>", MEASURE_AT(h, output), NULL,                                     \
			 "what the build leaves, to be kept and measured"),                                   \
		TEXT_ROW("run", "<command>", MEASURE_AT(h, run), NULL, "the benchmark, as after --"),         \
		LIST_ROW("on", "<machine>", MEASURE_AT(h, on), NULL,                                          \
			 "where: local, <user>@<host> or perfsut.<name>; several measure at once"),           \
		TEXT_ROW("metric", "<regex>", MEASURE_AT(h, metric), NULL,                                    \
			 "the number in what the benchmark prints"),                                          \
		TEXT_ROW("json-pointer", "<pointer>", MEASURE_AT(h, json_pointer), NULL,                      \
			 "the number in JSON that it prints"),                                                \
		TEXT_ROW("csv-column", "<column>", MEASURE_AT(h, csv_column), NULL,                           \
			 "the number in CSV that it prints"),                                                 \
		TEXT_ROW("unit", "<unit>", MEASURE_AT(h, unit), NULL, "the number's unit"),                   \
		TEXT_ROW("better", "(higher|lower)", MEASURE_AT(h, better), NULL, "which way is better"),     \
		TEXT_ROW("warmups", "<n>", MEASURE_AT(h, warmups), NULL, "runs of a boot that do not count"), \
		TEXT_ROW("repeats", "<n>", MEASURE_AT(h, repeats), NULL, "runs of a boot that count"),        \
		TEXT_ROW("sessions", "<n>", MEASURE_AT(h, sessions), NULL, "boots of a baseline"),            \
		TEXT_ROW("timeout", "<seconds>", MEASURE_AT(h, timeout), NULL,                                \
			 "the longest that a run may take"),                                                  \
		TEXT_ROW("benchmark", "<suite>/<name>", MEASURE_AT(h, benchmark), NULL,                       \
			 "the benchmark's name"),                                                             \
		TEXT_ROW("resultclass", "<metric>", MEASURE_AT(h, resultclass), NULL,                         \
			 "the metric that decides"),                                                          \
		TEXT_ROW("host", "<host>", MEASURE_AT(h, host), NULL, "the machine's host, for ssh"),         \
		TEXT_ROW("user", "<user>", MEASURE_AT(h, user), NULL, "the user there"),                      \
		TEXT_ROW("port", "<port>", MEASURE_AT(h, port), NULL, "the port of its ssh server"),          \
		TEXT_ROW("keyfile", "<file>", MEASURE_AT(h, keyfile), "file", "the key to log in with"),      \
		LIST_ROW("sut", "<name>", MEASURE_AT(h, sut), NULL, "the machine's name in results; as --on")

struct start_options {
	struct measure_options measure;
	char *good, *bad;
	char *term_good, *term_bad;
	char *strategy, *confidence, *budget, *min_effect, *prior, *rank;
	char *context, *from;
	bool first_parent;
	struct strvec paths;
	bool find_fix;
	bool force;
	bool no_check;
	char *good_swprofile, *bad_swprofile, *resultstore;
};

/* git's configuration, then how to measure, into the plan; `words` from `dashes` on are the benchmark's. */
void start_fill_measure(struct session *s, const struct measure_options *opts, const struct strvec *words,
			size_t dashes);

/* Options, positional revisions and the words of the benchmark command into the plan; dies when wrong. */
void start_fill_plan(struct session *s, const struct start_options *opts, const struct strvec *words,
		     size_t dashes);
/* Resolves the ends that are known, `more` good ones beside the plan's; dies with a sentence when they cannot be bisected. */
void start_find_ends(struct session *s, const struct strvec *more);
/* Ranks the commits between the ends by a profile, and makes that the plan's prior; dies when it cannot. */
void start_rank(struct session *s, const char *profile);
/* The event of the ends; dies when the database does. */
void start_store_ends(struct session *s);

/* A context or plan of Fastpath (YAML) into the plan; dies when it is none. */
void start_read_fastpath(struct session *s, const char *path);

/*
 * Baselines of a result store: checks them (start-baselines.c), fills what the
 * plan leaves open (revisions, command line, sysctls), and copies them.
 */
void start_read_baselines(struct session *s);
void start_store_baselines(struct session *s);

#endif
