/*
 * What a command's main() is made of: a table of subcommands, the way to die,
 * and the set-up every command needs.
 *
 *	static const struct command commands[] = {
 *		{ "rank", cmd_rank, &rank_set, true }, { "show", cmd_show, &show_set }, ...
 *	};
 *
 *	int main(int argc, char **argv)
 *	{
 *		return command_main("git-perfrank", commands, ARRAY_SIZE(commands), argc, argv);
 *	}
 *
 * The first word chooses the subcommand; when it is none of them the first
 * row of the table is run with all words, provided that it is a fallback, else
 * the user hears which may have been meant. command_main() answers --version,
 * and for every subcommand -h; it sets the locale, ignores SIGPIPE's
 * death-by-signal for nobody (a closed pipe ends us by the signal, as git),
 * and closes stdout with a check, so that a full disk is an error.
 */
#ifndef UI_COMMAND_H
#define UI_COMMAND_H

#include "ui/exit.h"
#include "ui/options.h"

struct command {
	const char *name;
	/* argv[0] is the subcommand's name. Returns the exit status. */
	int (*run)(int argc, char **argv);
	const struct option_set *options;
	/* Of the first row only: also what the program does without a subcommand. */
	bool fallback;
};

int command_main(const char *program, const struct command *commands, size_t nr, int argc, char **argv);

/* "fatal: <sentence>" on stderr, escaped for the terminal; exits 128. */
NORETURN void die(const char *fmt, ...) FORMAT_PRINTF(1, 2);
/* die() with the error that lib/ recorded. */
NORETURN void die_error(void);
/* "error: <sentence>", escaped, and the usage on stderr; the status to exit with. */
int usage_error(const struct option_set *set, const char *fmt, ...) FORMAT_PRINTF(2, 3);
/* "warning: <sentence>" and "hint: <sentence>" on stderr, escaped. */
void warning(const char *fmt, ...) FORMAT_PRINTF(1, 2);
void hint(const char *fmt, ...) FORMAT_PRINTF(1, 2);

#endif
