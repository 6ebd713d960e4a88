/* Sending output through the user's pager, as git does. */
#include "ui/term.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/process.h"

static struct process pager = PROCESS_INIT;
static volatile sig_atomic_t running;
static bool took_stderr;

bool pager_running(void)
{
	return running;
}

static const char *choose(const char *configured)
{
	const char *command = getenv("GIT_PAGER");

	if (!command)
		command = configured;
	if (!command)
		command = getenv("PAGER");
	if (!command)
		command = "less";
	return *command && strcmp(command, "cat") ? command : NULL;
}

static void close_output(void)
{
	close(STDOUT_FILENO);
	if (took_stderr)
		close(STDERR_FILENO);
}

static void at_end(int sig)
{
	int status;

	if (!running)
		return;
	if (!sig) {
		pager_wait();
		return;
	}
	/* Without this the shell's prompt and the pager would fight for the terminal. */
	close_output();
	while (waitpid(pager.pid, &status, 0) < 0 && errno == EINTR)
		;
}

/* What git's pagers find when the user has not said otherwise. */
static void set_environment(void)
{
	char width[32];

	snprintf(width, sizeof(width), "%zu", term_width(STDOUT_FILENO));
	setenv("COLUMNS", width, 0);
	if (!getenv("LESS"))
		strvec_push(&pager.env, "LESS=FRX");
	if (!getenv("LV"))
		strvec_push(&pager.env, "LV=-c");
}

void pager_start(const char *configured)
{
	const char *command = choose(configured);
	int ends[2];

	if (running || !command || !isatty(STDOUT_FILENO) || pipe2(ends, O_CLOEXEC))
		return;
	/* Only what needs a shell gets one: then a missing program shows at once. */
	if (command[strcspn(command, "|&;<>()$`\\\"' \t\n*?[#~=%")])
		strvec_pushl(&pager.args, "sh", "-c", command, NULL);
	else
		strvec_push(&pager.args, command);
	set_environment();
	pager.in = PROCESS_FD;
	pager.in_fd = ends[0];
	fflush(stdout);
	if (!process_start(&pager)) {
		running = 1;
		cleanup_add(at_end);
		took_stderr = isatty(STDERR_FILENO);
		dup2(ends[1], STDOUT_FILENO);
		if (took_stderr)
			dup2(ends[1], STDERR_FILENO);
	} else {
		error_clear();
	}
	close(ends[0]);
	close(ends[1]);
}

void pager_wait(void)
{
	if (!running)
		return;
	fflush(stdout);
	fflush(stderr);
	close_output();
	process_finish(&pager);
	running = 0;
}
