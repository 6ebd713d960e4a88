/*
 * Options: one row each, from which everything about an option follows: the
 * parser, the -h text, the configuration key, completion, and the test that
 * the manual page names it.
 *
 *	struct rank_options { char *profile; long limit; bool json; };
 *
 *	static const struct option rows[] = {
 *		{ .type = OPTION_STRING, .letter = 'p', .name = "profile", .arg = "<file>",
 *		  .at = offsetof(struct rank_options, profile), .config = "profile",
 *		  .complete = "file", .help = "the profile to rank by" },
 *		OPTION_END
 *	};
 *
 *	options_default(rows, &opts);
 *	options_config(rows, "perfrank", config, &opts)
 *	options_parse(&set, &opts, argc, argv, &rest)
 *
 * The order is: default, git configuration, command line; the last one wins.
 * As git's parse-options has it: --name=value and --name value, -n20 and
 * -n 20, bundled letters, unique abbreviations of long names, --no-name,
 * "--" and --end-of-options, options after arguments.
 */
#ifndef UI_OPTIONS_H
#define UI_OPTIONS_H

#include "base/strbuf.h"
#include "base/strvec.h"

enum option_type {
	OPTION_LAST,
	/* bool; --name sets, --no-name clears. */
	OPTION_BOOL,
	/* int: -1 unset (default), 1 --name, 0 --no-name; for what the terminal decides. */
	OPTION_TRISTATE,
	/* long within [min, max]. */
	OPTION_INT,
	/* double within [min, max]. */
	OPTION_REAL,
	/* char *, owned; --no-name makes it NULL. */
	OPTION_STRING,
	/* struct strvec; each use adds one, --no-name empties. */
	OPTION_LIST,
	/* int: index into `choices`. */
	OPTION_CHOICE,
	/* A heading of the -h text; only `help` counts. */
	OPTION_GROUP,
};

struct option {
	enum option_type type;
	char letter;
	const char *name;
	/* What the value is called: "<file>". */
	const char *arg;
	/* Offset of the value in the options struct. */
	size_t at;
	/* One line for -h, lower case, no full stop. */
	const char *help;
	/* Key below the command's section ("profile": perfrank.profile); NULL: none. */
	const char *config;
	/* For OPTION_CHOICE: NULL-terminated words. */
	const char *const *choices;
	/*
	 * The default as it would be typed; NULL: zero, empty, false, unset. -h
	 * shows it after the help. Lists start empty.
	 */
	const char *initial;
	/* Limits of numbers; min == max: none; an infinite or LONG_MAX max: from min on. */
	double min, max;
	/*
	 * For OPTION_STRING: is the text a value? Returns 0, or -1 with a recorded
	 * error that says what is; NULL: any text is.
	 */
	int (*check)(const char *text);
	/* "file", "dir", "rev": what the shell completes the value with. */
	const char *complete;
};

#define OPTION_END                  \
	{                           \
		.type = OPTION_LAST \
	}

struct option_set {
	/* "git perfrank" or "git perfrank show". */
	const char *command;
	/*
	 * What follows the command's name in the usage, one text per "usage:" or
	 * "or:" line, NULL-terminated; a newline goes on below the text's begin.
	 */
	const char *const *usage;
	const struct option *rows;
};

/* Answers of options_parse(). */
enum options_result {
	OPTIONS_OK = 0,
	/* A completion helper was answered on stdout. */
	OPTIONS_ANSWERED,
	/* -h was answered on stdout. */
	OPTIONS_HELP,
	/* A sentence went to stderr, and the usage unless only a value was wrong. */
	OPTIONS_WRONG,
};

/* The exit status that an answer other than OPTIONS_OK asks for. */
int options_status(enum options_result result);

/* Sets every value of `rows` in the zeroed struct `values` to its default. */
void options_default(const struct option *rows, void *values);
/* Frees what options own. */
void options_release(const struct option *rows, void *values);

/*
 * Takes one configuration value for the row whose `config` is `key`
 * (case-insensitive). Returns 1 when taken, 0 when there is no such row, or
 * -1 with a recorded error, which begins with the key. A NULL value is git's
 * "true" by mere presence; an empty one empties a list.
 */
int options_set_config(const struct option *rows, void *values, const char *key, const char *value);

/* The row key nearest to a mistyped one, or NULL when none is near. */
const char *options_nearest_config(const struct option *rows, const char *key);

/*
 * Parses argv[1..]. Arguments that are no options go to `rest`; what followed
 * "--" begins at rest->v[*after_dashes] (rest->nr when there was none).
 */
enum options_result options_parse(const struct option_set *set, void *values, int argc, char **argv,
				  struct strvec *rest, size_t *after_dashes);

/* The whole usage text, as -h prints it. */
void options_usage(const struct option_set *set, struct strbuf *out);

#endif
