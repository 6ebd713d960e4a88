#include "bench/machine/console.h"

#include "bench/metric.h"

#define PREFIX "perf-guest: "
/* Of the last lines. */
#define TAIL_LINES 24
#define TAIL_LINE_MAX 400
/* Of a run's output, and of runs. */
#define OUT_MAX ((size_t)64 << 20)
#define RUNS_MAX 1000000

static const char *const names[] = { "", "panic", "oops", "hung task", "lockup", "sysctl" };

/* What a kernel says when it is lost, as its sources have it; the first that is found names it. */
static const struct {
	enum console_trouble trouble;
	const char *text;
	/* Has to follow somewhere; may be NULL. */
	const char *then;
} signs[] = {
	{ CONSOLE_PANIC, "Kernel panic - not syncing", NULL },
	{ CONSOLE_OOPS, "BUG: unable to handle ", NULL },
	{ CONSOLE_OOPS, "BUG: kernel NULL pointer dereference", NULL },
	{ CONSOLE_OOPS, "Unable to handle kernel ", NULL },
	{ CONSOLE_OOPS, "kernel BUG at ", NULL },
	{ CONSOLE_OOPS, "general protection fault, ", NULL },
	{ CONSOLE_OOPS, "general protection fault: ", NULL },
	{ CONSOLE_OOPS, "Oops: ", "[#" },
	{ CONSOLE_OOPS, "invalid opcode: ", "[#" },
	{ CONSOLE_OOPS, "divide error: ", "[#" },
	{ CONSOLE_OOPS, "Internal error: ", "[#" },
	{ CONSOLE_HUNG_TASK, "INFO: task ", "blocked for more than" },
	{ CONSOLE_LOCKUP, "BUG: soft lockup", NULL },
	{ CONSOLE_LOCKUP, "detected hard LOCKUP", NULL },
	{ CONSOLE_LOCKUP, "rcu: INFO: ", "detected" },
	{ CONSOLE_SYSCTL, "set sysctl parameter '", NULL },
	{ CONSOLE_SYSCTL, "to set sysctl from command line", NULL },
};

static enum console_trouble find_trouble(const char *line)
{
	for (size_t i = 0; i < ARRAY_SIZE(signs); i++) {
		const char *at = strstr(line, signs[i].text);

		if (at && (!signs[i].then || strstr(at, signs[i].then)))
			return signs[i].trouble;
	}
	return CONSOLE_NO_TROUBLE;
}

/* What a terminal would take for itself is a question mark. */
static char *printable(const char *line, size_t len)
{
	char *text = xmemdupz(line, len);

	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		if ((c < ' ' && c != '\t') || c >= 0x7f)
			text[i] = '?';
	}
	return text;
}

static void keep_tail(struct console *console, const char *text)
{
	strbuf_addf(&console->tail, "%.*s\n", TAIL_LINE_MAX, text);
	if (++console->lines > TAIL_LINES) {
		size_t len = strcspn(console->tail.buf, "\n") + 1;

		memmove(console->tail.buf, console->tail.buf + len, console->tail.len - len);
		strbuf_setlen(&console->tail, console->tail.len - len);
		console->lines--;
	}
}

static bool take_number(const char **at, double *number)
{
	size_t len;

	*at += strspn(*at, " ");
	len = strcspn(*at, " ");
	if (!metric_number(*at, len, number))
		return false;
	*at += len;
	return true;
}

static void end_run(struct console *console, const char *numbers)
{
	struct console_run *run = &console->runs[console->nr - 1];
	double status;

	console->running = false;
	/* Without a status that can be read it did not end well. */
	run->status = take_number(&numbers, &status) && status >= 0 && status < 256 ? (int)status : 255;
	if (!take_number(&numbers, &run->wall) || !take_number(&numbers, &run->cpu))
		run->wall = run->cpu = -1;
}

static void begin_run(struct console *console)
{
	if (console->nr >= RUNS_MAX)
		return;
	ALLOC_GROW(console->runs, console->nr + 1, console->alloc);
	console->runs[console->nr++] = (struct console_run){ .out = STRBUF_INIT, .wall = -1, .cpu = -1 };
	console->running = true;
}

/* A word of the guest's /init; where it makes no sense it is just a line. */
static bool obey(struct console *console, const char *text)
{
	bool begun = console->release && !console->done;

	if (starts_with(text, "kernel ") && !console->release)
		console->release = xstrdup(text + strlen("kernel "));
	else if (begun && !strcmp(text, "run") && !console->running)
		begin_run(console);
	else if (begun && starts_with(text, "ran ") && console->running)
		end_run(console, text + strlen("ran "));
	else if (begun && !strcmp(text, "done") && !console->running)
		console->done = true;
	else
		return false;
	return true;
}

/* The line, printable, when it is to be looked at: there was no trouble, and it tells of none. */
static char *take_line(struct console *console, const char *line, size_t *len)
{
	char *text;

	while (*len && line[*len - 1] == '\r')
		(*len)--;
	text = printable(line, *len);
	keep_tail(console, text);
	console->booting = console->booting || strstr(text, "Linux version ");
	if (!console->trouble) {
		console->trouble = find_trouble(text);
		if (!console->trouble)
			return text;
		console->said = text;
	} else {
		free(text);
	}
	return NULL;
}

void console_line(struct console *console, const char *line, size_t len)
{
	char *text = take_line(console, line, &len);

	if (text && (!starts_with(text, PREFIX) || !obey(console, text + strlen(PREFIX)))) {
		struct strbuf *out = console->running ? &console->runs[console->nr - 1].out : NULL;

		if (out && out->len + len < OUT_MAX) {
			strbuf_add(out, line, len);
			strbuf_addch(out, '\n');
		}
	}
	free(text);
}

void console_kernel_line(struct console *console, const char *line, size_t len)
{
	free(take_line(console, line, &len));
}

size_t console_ended(const struct console *console)
{
	return console->nr - console->running;
}

const char *console_trouble_name(enum console_trouble trouble)
{
	return names[trouble];
}

void console_release(struct console *console)
{
	for (size_t i = 0; i < console->nr; i++)
		strbuf_release(&console->runs[i].out);
	free(console->runs);
	free(console->release);
	free(console->said);
	strbuf_release(&console->tail);
	*console = (struct console)CONSOLE_INIT;
}
