#include "base/process.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <time.h>

#include "base/error.h"
#include "base/process-private.h"
#include "base/quote.h"
#include "base/trace.h"

static struct trace_key trace_run = TRACE_KEY("RUN");

void process_close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void release(struct process *p)
{
	if (p->in == PROCESS_PIPE)
		process_close_fd(&p->in_fd);
	if (p->out == PROCESS_PIPE)
		process_close_fd(&p->out_fd);
	if (p->err == PROCESS_PIPE)
		process_close_fd(&p->err_fd);
	strvec_release(&p->args);
	strvec_release(&p->env);
	strbuf_release(&p->ahead);
	strbuf_release(&p->errors);
	p->ahead_at = 0;
	p->pid = 0;
}

void process_add_name(const struct process *p, struct strbuf *out)
{
	const char *program = p->args.nr ? p->args.v[0] : "nothing";
	const char *slash = strrchr(program, '/');
	size_t i = 1;

	if (slash)
		program = slash + 1;
	strbuf_addstr(out, program);
	if (strcmp(program, "git"))
		return;
	while (i < p->args.nr && *p->args.v[i] == '-')
		i += !strcmp(p->args.v[i], "-c") || !strcmp(p->args.v[i], "-C") ? 2 : 1;
	if (i < p->args.nr)
		strbuf_addf(out, " %s", p->args.v[i]);
}

static void trace_start(const struct process *p)
{
	struct strbuf line = STRBUF_INIT;

	if (!trace_on(&trace_run))
		return;
	for (size_t i = 0; i < p->env.nr; i++) {
		strbuf_addch(&line, ' ');
		quote_shell_word(&line, p->env.v[i]);
	}
	for (size_t i = 0; i < p->args.nr; i++) {
		strbuf_addch(&line, ' ');
		quote_shell_word(&line, p->args.v[i]);
	}
	trace_printf(&trace_run, "start %ld:%s", (long)p->pid, line.buf);
	strbuf_release(&line);
}

int process_pipe(int fd[2])
{
	if (pipe2(fd, O_CLOEXEC))
		return -1;
	for (int i = 0; i < 2; i++) {
		int high;

		if (fd[i] > STDERR_FILENO)
			continue;
		high = fcntl(fd[i], F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
		close(fd[i]);
		fd[i] = high;
	}
	if (fd[0] >= 0 && fd[1] >= 0)
		return 0;
	process_close_fd(&fd[0]);
	process_close_fd(&fd[1]);
	return -1;
}

/*
 * Says what the child's stream `to` shall be. For a pipe, the child's end
 * goes to *theirs (to be closed after the start) and ours to *fd.
 */
static int set_stream(posix_spawn_file_actions_t *actions, enum process_stream stream, int to, int *fd,
		      int *theirs)
{
	int ends[2], ours = to == STDIN_FILENO ? 1 : 0;

	switch (stream) {
	case PROCESS_INHERIT:
		return 0;
	case PROCESS_NULL:
		return posix_spawn_file_actions_addopen(actions, to, "/dev/null", O_RDWR, 0);
	case PROCESS_FD:
		return posix_spawn_file_actions_adddup2(actions, *fd, to);
	case PROCESS_PIPE:
		if (process_pipe(ends))
			return errno;
		*fd = ends[ours];
		*theirs = ends[!ours];
		return posix_spawn_file_actions_adddup2(actions, *theirs, to);
	}
	BUG("stream %d", stream);
}

static size_t name_len(const char *assignment)
{
	return strcspn(assignment, "=");
}

/* Does `env`, from `from` on, set or remove the variable of `entry`? */
static bool is_overridden(const struct strvec *env, size_t from, const char *entry)
{
	size_t len = name_len(entry);

	for (size_t i = from; i < env->nr; i++)
		if (name_len(env->v[i]) == len && !memcmp(env->v[i], entry, len))
			return true;
	return false;
}

char **process_environment(const struct strvec *env)
{
	size_t count = 0, nr = 0;
	char **result;

	while (environ[count])
		count++;
	result = xcalloc(count + env->nr + 1, sizeof(*result));
	for (size_t i = 0; i < count; i++)
		if (!is_overridden(env, 0, environ[i]))
			result[nr++] = environ[i];
	for (size_t i = 0; i < env->nr; i++)
		if (strchr(env->v[i], '=') && !is_overridden(env, i + 1, env->v[i]))
			result[nr++] = env->v[i];
	return result;
}

/* Starts the program; returns 0 or an error number. */
static int spawn(struct process *p, posix_spawn_file_actions_t *actions)
{
	char **environment = process_environment(&p->env);
	posix_spawnattr_t attributes;
	sigset_t signals;
	int error;

	posix_spawnattr_init(&attributes);
	sigemptyset(&signals);
	sigaddset(&signals, SIGPIPE);
	posix_spawnattr_setsigdefault(&attributes, &signals);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
	error = posix_spawnp(&p->pid, p->args.v[0], actions, &attributes, p->args.v, environment);
	posix_spawnattr_destroy(&attributes);
	free(environment);
	return error;
}

static int start_error(struct process *p, int error)
{
	if (p->dir && access(p->dir, X_OK))
		error_set("cannot run %s in %s: %s", p->args.v[0], p->dir, strerror(errno));
	else
		error_set("cannot run %s: %s", p->args.v[0], strerror(error));
	release(p);
	return -1;
}

int process_start(struct process *p)
{
	posix_spawn_file_actions_t actions;
	int theirs[3] = { -1, -1, -1 };
	int error;

	if (!p->args.nr)
		BUG("a process without a program");
	posix_spawn_file_actions_init(&actions);
	error = set_stream(&actions, p->in, STDIN_FILENO, &p->in_fd, &theirs[0]);
	if (!error)
		error = set_stream(&actions, p->out, STDOUT_FILENO, &p->out_fd, &theirs[1]);
	if (!error)
		error = set_stream(&actions, p->err, STDERR_FILENO, &p->err_fd, &theirs[2]);
	if (!error && p->dir)
		error = posix_spawn_file_actions_addchdir_np(&actions, p->dir);
	/* So that process_write() can look after stderr while the pipe is full. */
	if (!error && p->in == PROCESS_PIPE && fcntl(p->in_fd, F_SETFL, O_NONBLOCK))
		error = errno;
	if (!error)
		error = spawn(p, &actions);
	posix_spawn_file_actions_destroy(&actions);
	for (size_t i = 0; i < ARRAY_SIZE(theirs); i++)
		process_close_fd(&theirs[i]);
	if (error)
		return start_error(p, error);
	trace_start(p);
	return 0;
}

/* The first thing the child complained about; false if it said nothing. */
static bool complaint(const struct process *p, struct strbuf *out)
{
	static const char *const prefixes[] = { "fatal: ", "error: " };
	const char *line = p->errors.buf, *found = NULL;

	while (*line && !found) {
		for (size_t i = 0; i < ARRAY_SIZE(prefixes) && !found; i++)
			if (starts_with(line, prefixes[i]))
				found = line + strlen(prefixes[i]);
		line += strcspn(line, "\n");
		line += *line == '\n';
	}
	/* No prefix, or a translated one: the first line at least is the child's own. */
	if (!found)
		found = p->errors.buf + strspn(p->errors.buf, "\n");
	strbuf_add(out, found, strcspn(found, "\n"));
	strbuf_rtrim(out);
	return out->len > 0;
}

static int ending_error(struct process *p, int wait_status)
{
	struct strbuf name = STRBUF_INIT, said = STRBUF_INIT;

	process_add_name(p, &name);
	if (WIFSIGNALED(wait_status))
		error_set("%s was ended by signal %d (%s)", name.buf, WTERMSIG(wait_status),
			  strsignal(WTERMSIG(wait_status)));
	else if (complaint(p, &said))
		error_set("%s", said.buf);
	else
		error_set("%s ended with status %d", name.buf, p->status);
	strbuf_release(&name);
	strbuf_release(&said);
	return -1;
}

/* Waits for the child; returns what waitpid() says of it. */
static int reap(struct process *p, int flags, int *wait_status)
{
	pid_t pid;

	do {
		pid = waitpid(p->pid, wait_status, flags);
	} while (pid < 0 && errno == EINTR);
	if (pid != p->pid)
		return pid < 0 ? -1 : 1;
	p->status = WIFSIGNALED(*wait_status) ? 128 + WTERMSIG(*wait_status) : WEXITSTATUS(*wait_status);
	trace_printf(&trace_run, "end %ld: status %d", (long)p->pid, p->status);
	return 0;
}

int process_finish(struct process *p)
{
	int wait_status, result = 0;

	process_close_in(p);
	if (p->out == PROCESS_PIPE)
		process_close_fd(&p->out_fd);
	process_wait_ready(p, PROCESS_READY_NONE);
	if (reap(p, 0, &wait_status)) {
		p->status = 128;
		result = error_set("cannot wait for %s: %s", p->args.v[0], strerror(errno));
	} else if (p->status) {
		result = ending_error(p, wait_status);
	} else if (p->said) {
		strbuf_add(p->said, p->errors.buf, p->errors.len);
	}
	release(p);
	return result;
}

void process_kill(struct process *p)
{
	struct timespec pause = { .tv_nsec = 1000000 };
	int wait_status, state;

	if (p->pid <= 0) {
		release(p);
		return;
	}
	kill(p->pid, SIGTERM);
	/* 1 + 2 + 4 + ... + 512 ms: about a second to end by itself. */
	for (int i = 0; (state = reap(p, WNOHANG, &wait_status)) > 0 && i < 10; i++) {
		nanosleep(&pause, NULL);
		pause.tv_nsec *= 2;
	}
	if (state > 0) {
		kill(p->pid, SIGKILL);
		reap(p, 0, &wait_status);
	}
	release(p);
}
