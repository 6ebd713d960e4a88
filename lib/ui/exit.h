/*
 * The exit statuses of the commands, each stated once. The manual pages'
 * EXIT STATUS sections and t/ hold them against this list.
 */
#ifndef UI_EXIT_H
#define UI_EXIT_H

enum exit_status {
	/* Done. */
	EXIT_DONE = 0,
	/* Done, and the answer is negative: nothing matches, nothing differs. */
	EXIT_NEGATIVE = 1,
	/* Not done: bad input, a missing program, a failed child. */
	EXIT_FATAL = 128,
	/* The command line is wrong, or -h was asked for. */
	EXIT_USAGE = 129,
};

#endif
