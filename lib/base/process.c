#include "base/process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <time.h>

#include "base/error.h"
#include "base/trace.h"

#define READ_SIZE 65536
#define ERRORS_MAX 65536

static struct trace_key trace_run = TRACE_KEY("RUN");

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void release(struct process *p)
{
	if (p->in == PROCESS_PIPE)
		close_fd(&p->in_fd);
	if (p->out == PROCESS_PIPE)
		close_fd(&p->out_fd);
	if (p->err == PROCESS_PIPE)
		close_fd(&p->err_fd);
	strvec_release(&p->args);
	strvec_release(&p->env);
	strbuf_release(&p->ahead);
	strbuf_release(&p->errors);
	p->ahead_at = 0;
	p->pid = 0;
}

/* The program, and for git the subcommand behind its options: what a message calls it. */
static void add_name(const struct process *p, struct strbuf *out)
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

/* As a POSIX shell would want to read it back. */
static void add_quoted(struct strbuf *out, const char *word)
{
	size_t plain = strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				    "%+,-./:=@^_");

	if (plain && !word[plain]) {
		strbuf_addstr(out, word);
		return;
	}
	strbuf_addch(out, '\'');
	for (; *word; word++) {
		if (*word == '\'')
			strbuf_addstr(out, "'\\''");
		else
			strbuf_addch(out, *word);
	}
	strbuf_addch(out, '\'');
}

static void trace_start(const struct process *p)
{
	struct strbuf line = STRBUF_INIT;

	if (!trace_on(&trace_run))
		return;
	for (size_t i = 0; i < p->env.nr; i++) {
		strbuf_addch(&line, ' ');
		add_quoted(&line, p->env.v[i]);
	}
	for (size_t i = 0; i < p->args.nr; i++) {
		strbuf_addch(&line, ' ');
		add_quoted(&line, p->args.v[i]);
	}
	trace_printf(&trace_run, "start %ld:%s", (long)p->pid, line.buf);
	strbuf_release(&line);
}

/* A pipe beyond the standard streams, which may be closed in this process. */
static int make_pipe(int fd[2])
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
	close_fd(&fd[0]);
	close_fd(&fd[1]);
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
		if (make_pipe(ends))
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

/* Does `env` set or remove the variable of `entry`? */
static bool is_overridden(const struct strvec *env, const char *entry)
{
	size_t len = name_len(entry);

	for (size_t i = 0; i < env->nr; i++)
		if (name_len(env->v[i]) == len && !memcmp(env->v[i], entry, len))
			return true;
	return false;
}

/* The child's environment; its strings are borrowed. */
static char **make_environment(const struct strvec *env)
{
	size_t count = 0, nr = 0;
	char **result;

	while (environ[count])
		count++;
	result = xcalloc(count + env->nr + 1, sizeof(*result));
	for (size_t i = 0; i < count; i++)
		if (!is_overridden(env, environ[i]))
			result[nr++] = environ[i];
	for (size_t i = 0; i < env->nr; i++)
		if (strchr(env->v[i], '='))
			result[nr++] = env->v[i];
	return result;
}

/* Starts the program; returns 0 or an error number. */
static int spawn(struct process *p, posix_spawn_file_actions_t *actions)
{
	char **environment = make_environment(&p->env);
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
		close_fd(&theirs[i]);
	if (error)
		return start_error(p, error);
	trace_start(p);
	return 0;
}

/* Takes what stderr has, up to ERRORS_MAX; the rest is read and dropped. */
static void read_errors(struct process *p)
{
	char piece[4096];
	ssize_t n = read(p->err_fd, piece, sizeof(piece));

	if (n < 0 && errno == EINTR)
		return;
	if (n <= 0) {
		close_fd(&p->err_fd);
		return;
	}
	if (p->errors.len + (size_t)n <= ERRORS_MAX)
		strbuf_add(&p->errors, piece, (size_t)n);
}

enum ready {
	READY_NONE = 0,
	READY_IN = 1,
	READY_OUT = 2,
};

/*
 * Waits until one of the wanted streams can be used, reading stderr
 * meanwhile. With none wanted: until stderr is at its end.
 */
static enum ready wait_ready(struct process *p, enum ready want)
{
	bool has_err = p->err == PROCESS_PIPE;

	while (want || (has_err && p->err_fd >= 0)) {
		struct pollfd fds[] = {
			{ .fd = want & READY_IN ? p->in_fd : -1, .events = POLLOUT },
			{ .fd = want & READY_OUT ? p->out_fd : -1, .events = POLLIN },
			{ .fd = has_err ? p->err_fd : -1, .events = POLLIN },
		};
		enum ready ready = READY_NONE;

		if (poll(fds, ARRAY_SIZE(fds), -1) < 0) {
			if (errno == EINTR || errno == EAGAIN)
				continue;
			return want;
		}
		if (fds[2].revents)
			read_errors(p);
		if (fds[0].revents)
			ready |= READY_IN;
		if (fds[1].revents)
			ready |= READY_OUT;
		if (ready)
			return ready;
	}
	return READY_NONE;
}

/* The first thing the child complained about; false if it said nothing. */
static bool complaint(const struct process *p, struct strbuf *out)
{
	static const char *const prefixes[] = { "fatal: ", "error: " };
	const char *text = p->errors.buf;
	const char *found = NULL;

	for (const char *line = text; line && *line && !found; line = strchr(line, '\n')) {
		line += *line == '\n';
		for (size_t i = 0; i < ARRAY_SIZE(prefixes) && !found; i++)
			if (starts_with(line, prefixes[i]))
				found = line + strlen(prefixes[i]);
	}
	/* No prefix, or a translated one: the first line at least is the child's own. */
	if (!found)
		found = text + strspn(text, "\n");
	strbuf_add(out, found, strcspn(found, "\n"));
	strbuf_rtrim(out);
	return out->len > 0;
}

static int ending_error(struct process *p, int wait_status)
{
	struct strbuf name = STRBUF_INIT, said = STRBUF_INIT;

	add_name(p, &name);
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
		close_fd(&p->out_fd);
	wait_ready(p, READY_NONE);
	if (reap(p, 0, &wait_status)) {
		p->status = 128;
		result = error_set("cannot wait for %s: %s", p->args.v[0], strerror(errno));
	} else if (p->status) {
		result = ending_error(p, wait_status);
	}
	release(p);
	return result;
}

void process_kill(struct process *p)
{
	struct timespec pause = { .tv_nsec = 1000000 };
	int wait_status, state;

	process_close_in(p);
	if (p->out == PROCESS_PIPE)
		close_fd(&p->out_fd);
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

static int stream_error(const struct process *p, const char *what)
{
	struct strbuf name = STRBUF_INIT;
	int error = errno;

	add_name(p, &name);
	error_set("cannot %s %s: %s", what, name.buf, strerror(error));
	strbuf_release(&name);
	return -1;
}

/* One read of stdout; 0 at the end, -1 with a recorded error. */
static ssize_t read_some(struct process *p, char *to, size_t len)
{
	ssize_t n;

	do {
		if (p->err == PROCESS_PIPE)
			wait_ready(p, READY_OUT);
		n = read(p->out_fd, to, len);
	} while (n < 0 && errno == EINTR);
	return n < 0 ? stream_error(p, "read from") : n;
}

/* Refills the emptied read-ahead buffer; returns 1, 0 at the end, or -1. */
static int read_ahead(struct process *p)
{
	ssize_t n;

	strbuf_reset(&p->ahead);
	p->ahead_at = 0;
	strbuf_grow(&p->ahead, READ_SIZE);
	n = read_some(p, p->ahead.buf, READ_SIZE);
	if (n <= 0)
		return (int)n;
	strbuf_setlen(&p->ahead, (size_t)n);
	return 1;
}

int process_read_record(struct process *p, struct strbuf *record, char delim, size_t limit)
{
	strbuf_reset(record);
	for (;;) {
		const char *from = p->ahead.buf + p->ahead_at, *end;
		size_t have = p->ahead.len - p->ahead_at, take;

		end = have ? memchr(from, delim, have) : NULL;
		take = end ? (size_t)(end - from) : have;
		if (take > limit - record->len) {
			struct strbuf name = STRBUF_INIT;

			add_name(p, &name);
			error_set("%s printed a record of more than %zu bytes", name.buf, limit);
			strbuf_release(&name);
			return -1;
		}
		strbuf_add(record, from, take);
		p->ahead_at += take + !!end;
		if (end)
			return 1;
		switch (read_ahead(p)) {
		case 0:
			return record->len > 0;
		case 1:
			break;
		default:
			return -1;
		}
	}
}

int process_read_bytes(struct process *p, struct strbuf *out, size_t len)
{
	size_t have = p->ahead.len - p->ahead_at, take = len < have ? len : have;

	strbuf_add(out, p->ahead.buf + p->ahead_at, take);
	p->ahead_at += take;
	for (size_t left = len - take; left;) {
		/* By what has come, not by `len`, which may be a lie. */
		size_t piece = left < 1 << 20 ? left : 1 << 20;
		ssize_t n;

		strbuf_grow(out, piece);
		n = read_some(p, out->buf + out->len, piece);
		if (n < 0)
			return -1;
		if (!n) {
			errno = EPIPE;
			return stream_error(p, "read all of the output of");
		}
		strbuf_setlen(out, out->len + (size_t)n);
		left -= (size_t)n;
	}
	return 0;
}

/* write() without the SIGPIPE of a reader that is gone; EPIPE remains. */
static ssize_t write_quietly(int fd, const void *data, size_t len)
{
	static const struct timespec now;
	sigset_t sigpipe, old, pending;
	ssize_t n;
	int error;

	sigemptyset(&sigpipe);
	sigaddset(&sigpipe, SIGPIPE);
	sigpending(&pending);
	sigprocmask(SIG_BLOCK, &sigpipe, &old);
	n = write(fd, data, len);
	error = errno;
	/* Takes away the signal that this write made, not one that was waiting before. */
	if (n < 0 && error == EPIPE && !sigismember(&pending, SIGPIPE))
		while (sigtimedwait(&sigpipe, NULL, &now) < 0 && errno == EINTR)
			;
	sigprocmask(SIG_SETMASK, &old, NULL);
	errno = error;
	return n;
}

int process_write(struct process *p, const void *data, size_t len)
{
	const char *from = data;

	while (len) {
		ssize_t n = write_quietly(p->in_fd, from, len);

		if (n >= 0) {
			from += n;
			len -= (size_t)n;
		} else if (errno == EAGAIN) {
			wait_ready(p, READY_IN);
		} else if (errno != EINTR) {
			return stream_error(p, "write to");
		}
	}
	return 0;
}

void process_close_in(struct process *p)
{
	if (p->in == PROCESS_PIPE)
		close_fd(&p->in_fd);
}

/* One round of process_capture(): 1 while there is more, 0 at the end, or -1. */
static int exchange(struct process *p, const struct strbuf *input, size_t *sent, struct strbuf *out)
{
	enum ready ready = wait_ready(p, p->in_fd >= 0 ? READY_IN | READY_OUT : READY_OUT);

	if (ready & READY_IN) {
		ssize_t n = write_quietly(p->in_fd, input->buf + *sent, input->len - *sent);

		if (n > 0)
			*sent += (size_t)n;
		/* A child may well end before it has read everything: its status tells. */
		if ((n < 0 && errno == EPIPE) || *sent == input->len)
			process_close_in(p);
		else if (n < 0 && errno != EAGAIN && errno != EINTR)
			return stream_error(p, "write to");
	}
	if (ready & READY_OUT) {
		ssize_t n;

		strbuf_grow(out, READ_SIZE);
		n = read_some(p, out->buf + out->len, READ_SIZE);
		if (n <= 0)
			return (int)n;
		strbuf_setlen(out, out->len + (size_t)n);
	}
	return 1;
}

int process_capture(struct process *p, const struct strbuf *input, struct strbuf *out, size_t limit)
{
	size_t start = out->len, sent = 0;
	int more;

	if (input)
		p->in = PROCESS_PIPE;
	p->out = PROCESS_PIPE;
	if (process_start(p))
		return -1;
	if (!input || !input->len)
		process_close_in(p);
	do {
		more = exchange(p, input, &sent, out);
		if (more > 0 && limit && out->len - start > limit) {
			struct strbuf name = STRBUF_INIT;

			add_name(p, &name);
			more = error_set("%s printed more than %zu bytes", name.buf, limit);
			strbuf_release(&name);
		}
	} while (more > 0);
	if (more < 0) {
		process_kill(p);
		return -1;
	}
	return process_finish(p);
}
