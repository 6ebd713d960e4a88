#include "ui/command.h"

#include <fcntl.h>
#include <locale.h>
#include <signal.h>

#include "base/error.h"
#include "base/escape.h"
#include "ui/option-row.h"
#include "ui/progress.h"
#include "ui/term.h"

/* One line on stderr in one write, so that lines of several processes do not mix. */
static void say(enum color_slot slot, const char *prefix, const char *fmt, va_list ap)
{
	struct strbuf raw = STRBUF_INIT, line = STRBUF_INIT;

	strbuf_vaddf(&raw, fmt, ap);
	strbuf_addf(&line, "%s%s:%s ", color_stderr(slot), prefix, color_stderr(COLOR_RESET));
	escape_terminal(&line, raw.buf, raw.len, ESCAPE_ALL);
	strbuf_addch(&line, '\n');
	fflush(stdout);
	progress_hide();
	fwrite(line.buf, 1, line.len, stderr);
	strbuf_release(&raw);
	strbuf_release(&line);
}

void die(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(COLOR_OLD, "fatal", fmt, ap);
	va_end(ap);
	exit(EXIT_FATAL);
}

void die_error(void)
{
	die("%s", error_message());
}

void warning(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(COLOR_COMMIT, "warning", fmt, ap);
	va_end(ap);
}

void hint(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(COLOR_COMMIT, "hint", fmt, ap);
	va_end(ap);
}

int usage_error(const struct option_set *set, const char *fmt, ...)
{
	struct strbuf raw = STRBUF_INIT, text = STRBUF_INIT;
	va_list ap;

	va_start(ap, fmt);
	strbuf_vaddf(&raw, fmt, ap);
	va_end(ap);
	strbuf_addstr(&text, "error: ");
	escape_terminal(&text, raw.buf, raw.len, ESCAPE_ALL);
	strbuf_addch(&text, '\n');
	options_usage(set, &text);
	fwrite(text.buf, 1, text.len, stderr);
	strbuf_release(&raw);
	strbuf_release(&text);
	return EXIT_USAGE;
}

/* Output that did not reach its place makes the whole command fail. */
static int close_stdout(int status)
{
	bool failed = ferror(stdout);

	if (fflush(stdout) || failed)
		die("cannot write the output: %s", strerror(errno ? errno : EIO));
	return status;
}

static void show_usage(const struct command *commands, size_t nr)
{
	struct strbuf text = STRBUF_INIT;

	for (size_t i = 0; i < nr; i++)
		option_add_usage_lines(commands[i].options, !i, &text);
	option_add_rows(commands[0].options->rows, &text);
	fwrite(text.buf, 1, text.len, stdout);
	strbuf_release(&text);
}

static void show_completion_table(const struct command *commands, size_t nr)
{
	struct strbuf text = STRBUF_INIT;

	for (size_t i = 0; i < nr; i++) {
		strbuf_addf(&text, "command\t%s\t", commands[i].name);
		option_add_completion_usage(commands[i].options, &text);
		option_add_completion_table(commands[i].options->rows, &text);
	}
	fwrite(text.buf, 1, text.len, stdout);
	strbuf_release(&text);
}

static int run(const struct command *command, int argc, char **argv)
{
	argv[0] = (char *)command->name;
	return command->run(argc, argv);
}

/*
 * A file that is opened later must not become a standard stream that the
 * caller closed: messages would go into it. Output to a closed one still fails.
 */
static void fill_standard_streams(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", fd == STDOUT_FILENO ? O_RDONLY : O_RDWR) < 0)
			die("cannot open /dev/null: %s", strerror(errno));
}

/* What was typed is none of the subcommands: says what is near, and the usage. */
static int refuse_word(const char *word, const struct command *commands, size_t nr)
{
	struct strbuf text = STRBUF_INIT;
	const char *near = NULL;
	size_t distance = SIZE_MAX;

	for (size_t i = 0; i < nr; i++)
		if (is_near(word, commands[i].name, &distance))
			near = commands[i].name;
	if (!*word)
		strbuf_addstr(&text, "error: which subcommand?\n");
	else {
		strbuf_addstr(&text, "error: '");
		escape_terminal(&text, word, strlen(word), ESCAPE_ALL);
		strbuf_addf(&text, "' is no subcommand%s%s%s\n", near ? "; did you mean '" : "",
			    near ? near : "", near ? "'?" : "");
	}
	for (size_t i = 0; i < nr; i++)
		option_add_usage_lines(commands[i].options, !i, &text);
	fwrite(text.buf, 1, text.len, stderr);
	strbuf_release(&text);
	return EXIT_USAGE;
}

int command_main(const char *program, const struct command *commands, size_t nr, int argc, char **argv)
{
	const char *word = argc > 1 ? argv[1] : "";

	fill_standard_streams();
	setlocale(LC_CTYPE, "");
	signal(SIGPIPE, SIG_DFL);
	if (!strcmp(word, "--version")) {
		printf("%s version %s\n", program, PROJECT_VERSION);
		return close_stdout(EXIT_DONE);
	}
	if (argc == 2 && !strcmp(word, "-h")) {
		show_usage(commands, nr);
		return close_stdout(EXIT_USAGE);
	}
	if (argc == 2 && !strcmp(word, "--git-completion-helper-table")) {
		show_completion_table(commands, nr);
		return close_stdout(EXIT_DONE);
	}
	for (size_t i = 0; i < nr; i++)
		if (!strcmp(word, commands[i].name))
			return close_stdout(run(&commands[i], argc - 1, argv + 1));
	if (!commands[0].fallback)
		return refuse_word(word, commands, nr);
	return close_stdout(run(&commands[0], argc, argv));
}
