/*
 * What the console of a guest says, line by line: how far it is, what its
 * benchmark prints, and what goes wrong with its kernel. Pure: no clock, no
 * file.
 *
 *	struct console console = CONSOLE_INIT;
 *
 *	console_line(&console, line, len);	for each line
 *	console_release(&console);
 *
 * The guest's /init says, each in a line of its own:
 *
 *	perf-guest: kernel <release>		it has begun
 *	perf-guest: run				a run of the benchmark begins
 *	perf-guest: ran <status> <wall> <cpu>	it has ended, after so many seconds
 *	perf-guest: done			nothing more will come
 *
 * What stands between the second and the third is that run's output. A line of the kernel's
 * may follow what has no line end yet. After trouble nothing counts any more.
 */
#ifndef BENCH_MACHINE_CONSOLE_H
#define BENCH_MACHINE_CONSOLE_H

#include "base/strbuf.h"

enum console_trouble {
	CONSOLE_NO_TROUBLE,
	CONSOLE_PANIC,
	CONSOLE_OOPS,
	CONSOLE_HUNG_TASK,
	CONSOLE_LOCKUP,
	/* A sysctl of the profile that could not be set. */
	CONSOLE_SYSCTL,
};

struct console_run {
	struct strbuf out;
	int status;
	/* Seconds; -1: not said. */
	double wall, cpu;
};

struct console {
	/* As the guest says; NULL: it has not begun. */
	char *release;
	/* Those that have ended, and one more while `running`. */
	struct console_run *runs;
	size_t nr, alloc;
	bool running, done;
	/* The kernel has said what it is. */
	bool booting;
	enum console_trouble trouble;
	/* The line that told of it, printable. */
	char *said;
	/* The last lines, printable, each with its end. */
	struct strbuf tail;
	size_t lines;
};

#define CONSOLE_INIT                \
	{                           \
		.tail = STRBUF_INIT \
	}

/* A line without its end; a carriage return there is dropped. */
void console_line(struct console *console, const char *line, size_t len);
/* One of the kernel's alone, where its lines and those of /init come by ways of their own. */
void console_kernel_line(struct console *console, const char *line, size_t len);
/* How many runs have ended. */
size_t console_ended(const struct console *console);
/* "panic", "oops", "hung task", "lockup", "sysctl". */
const char *console_trouble_name(enum console_trouble trouble);
void console_release(struct console *console);

#endif
