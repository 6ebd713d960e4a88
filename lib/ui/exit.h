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
	/* Ended without an answer: the budget is used up, or only untestable commits are left. */
	EXIT_UNDECIDED = 2,
	/* Paused: the machine or the network failed; the same command goes on. */
	EXIT_PAUSED = 3,
	/* A commit that cannot be tested, as `git bisect run` has it; of `test` only. */
	EXIT_UNTESTABLE = 125,
	/* Not done: bad input, a missing program, a failed child. */
	EXIT_FATAL = 128,
	/* The command line is wrong, or -h was asked for. */
	EXIT_USAGE = 129,
};

#endif
