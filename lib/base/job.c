#include "base/job.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/job-private.h"
#include "base/process-private.h"
#include "base/trace.h"

static struct trace_key trace_run = TRACE_KEY("RUN");

/* Seconds that a supervisor may have been suspended for without anyone caring. */
#define SUSPENDED_MIN 1.0

/* Those that are running. Changed only while signals are held back. */
static struct job_state *states;

/* Async-signal-safe: the supervisors do the work, and have ended when it is done. */
static void end_all(int sig UNUSED)
{
	for (struct job_state *s = states; s; s = s->next)
		if (s->control >= 0)
			close(s->control);
	for (struct job_state *s = states; s; s = s->next)
		while (waitpid(s->supervisor, NULL, 0) < 0 && errno == EINTR)
			;
	states = NULL;
}

void job_forget(void)
{
	states = NULL;
	cleanup_forget();
	trace_forget();
}

static void unlink_state(struct job_state *s)
{
	struct job_state **link = &states;

	cleanup_block();
	while (*link && *link != s)
		link = &(*link)->next;
	if (*link)
		*link = s->next;
	cleanup_unblock();
}

/* After the supervisor is gone. */
static void release_state(struct job *job)
{
	struct job_state *s = job->state;

	job->state = NULL;
	if (!s)
		return;
	process_close_fd(&s->control);
	process_close_fd(&s->report);
	process_close_fd(&s->in);
	process_close_fd(&s->log);
	for (size_t i = 0; i < ARRAY_SIZE(s->streams); i++) {
		process_close_fd(&s->streams[i].fd);
		strbuf_release(&s->streams[i].line);
	}
	strbuf_release(&s->last);
	free(s->error);
	free(s);
}

void job_shell(struct job *job, const char *command)
{
	strvec_pushl(&job->args, "sh", "-c", command, NULL);
}

/* The pipes: ours into the state, theirs into the setup. 0 or -1 with errno. */
static int make_pipes(struct job_state *s, struct job_setup *setup)
{
	int ends[2];

	/* Ours is [1] for what we write, [0] for what we read. */
	if (process_pipe(ends))
		return -1;
	setup->control = ends[0];
	s->control = ends[1];
	if (process_pipe(ends))
		return -1;
	s->report = ends[0];
	setup->report = ends[1];
	for (size_t i = 0; i < ARRAY_SIZE(s->streams); i++) {
		if (process_pipe(ends))
			return -1;
		s->streams[i].fd = ends[0];
		*(i == JOB_OUT ? &setup->out : &setup->err) = ends[1];
		if (fcntl(ends[0], F_SETFL, O_NONBLOCK))
			return -1;
	}
	if (s->job->in_fd >= 0) {
		setup->in = fcntl(s->job->in_fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
		return setup->in < 0 ? -1 : 0;
	}
	if (!s->job->input && !s->job->hold_in)
		return 0;
	if (process_pipe(ends))
		return -1;
	setup->in = ends[0];
	s->in = ends[1];
	return fcntl(s->in, F_SETFL, O_NONBLOCK);
}

static void close_setup(struct job_setup *setup)
{
	process_close_fd(&setup->in);
	process_close_fd(&setup->out);
	process_close_fd(&setup->err);
	process_close_fd(&setup->control);
	process_close_fd(&setup->report);
	free(setup->environment);
}

/* Forks the supervisor and enters the state into the list; signals never see one without the other. */
static int start_supervisor(struct job_state *s, struct job_setup *setup)
{
	int error;

	cleanup_add(end_all);
	sigprocmask(SIG_SETMASK, NULL, &setup->mask);
	cleanup_block();
	s->supervisor = fork();
	error = errno;
	if (!s->supervisor)
		job_supervise(setup);
	if (s->supervisor > 0) {
		s->next = states;
		states = s;
	}
	cleanup_unblock();
	errno = error;
	return s->supervisor > 0 ? 0 : -1;
}

/* All of a message from the supervisor; false when it ended before. */
static bool read_report(const struct job_state *s, void *data, size_t len)
{
	char *at = data;

	while (len) {
		ssize_t n = read(s->report, at, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		at += n;
		len -= (size_t)n;
	}
	return true;
}

static void end_supervisor(struct job_state *s)
{
	process_close_fd(&s->control);
	while (waitpid(s->supervisor, NULL, 0) < 0 && errno == EINTR)
		;
	unlink_state(s);
}

/* Was the command run? The supervisor says so first. */
static int command_started(struct job *job)
{
	int error;

	if (!read_report(job->state, &error, sizeof(error)))
		error = EIO;
	if (!error) {
		trace_printf(&trace_run, "start %ld: %s %s", (long)job->state->supervisor, job->args.v[0],
			     job->args.v[job->args.nr - 1]);
		return 0;
	}
	end_supervisor(job->state);
	if (job->dir && access(job->dir, X_OK))
		return error_set("cannot run %s in %s: %s", job->args.v[0], job->dir, strerror(errno));
	return error_set("cannot run %s: %s", job->args.v[0], strerror(error));
}

static struct job_state *new_state(struct job *job)
{
	struct job_state *s = xcalloc(1, sizeof(*s));

	s->job = job;
	s->control = s->report = s->in = s->log = -1;
	s->last = (struct strbuf)STRBUF_INIT;
	for (size_t i = 0; i < ARRAY_SIZE(s->streams); i++) {
		s->streams[i].fd = -1;
		s->streams[i].line = (struct strbuf)STRBUF_INIT;
	}
	return s;
}

static void clear_results(struct job *job)
{
	job->end = JOB_RUNNING;
	job->status = 0;
	job->wall = job->user = job->sys = 0;
	job->outlived = job->left = job->out_dropped = 0;
	job->suspended = false;
	strbuf_reset(&job->tail);
}

int job_start(struct job *job)
{
	struct job_setup setup = { .in = -1, .out = -1, .err = -1, .control = -1, .report = -1 };
	struct job_state *s;
	int result = -1;

	if (!job->args.nr || job->state)
		BUG("a job without a command, or one that runs");
	clear_results(job);
	s = job->state = new_state(job);
	setup.args = job->args.v;
	setup.run = job->run;
	setup.run_data = job->run_data;
	setup.environment = process_environment(&job->env);
	setup.dir = job->dir;
	setup.timeout = job->timeout;
	setup.grace = job->grace;
	if (job_log_open(s))
		error_set("%s", s->error);
	else if (make_pipes(s, &setup) || start_supervisor(s, &setup))
		error_set("cannot run %s: %s", job->args.v[0], strerror(errno));
	else
		result = 0;
	close_setup(&setup);
	s->suspended = clock_suspended();
	if (!result)
		result = command_started(job);
	if (result)
		release_state(job);
	return result;
}

/* Writes what the pipe takes of the input. */
static void send_input(struct job_state *s)
{
	const struct strbuf *input = s->job->input;
	ssize_t n = input ? process_write_quietly(s->in, input->buf + s->sent, input->len - s->sent) : 0;

	if (n > 0)
		s->sent += (size_t)n;
	/* Who does not read to the end does not want it. */
	if ((n < 0 && errno != EAGAIN && errno != EINTR) ||
	    ((!input || s->sent == input->len) && !s->job->hold_in))
		process_close_fd(&s->in);
}

/* Takes the last message, and what it tells. */
static void take_report(struct job_state *s)
{
	struct job *job = s->job;
	struct job_report report;

	if (!read_report(s, &report, sizeof(report))) {
		if (!s->error)
			s->error = xstrfmt("what watches over %s was killed", job->args.v[0]);
		report = (struct job_report){ .wait_status = 128 << 8, .stopped = true };
	}
	process_close_fd(&s->report);
	process_close_fd(&s->in);
	end_supervisor(s);
	for (size_t i = 0; i < ARRAY_SIZE(s->streams); i++)
		job_output_drain(s, (enum job_stream)i);
	job_log_close(s);
	job->status = WIFSIGNALED(report.wait_status) ? 128 + WTERMSIG(report.wait_status)
						      : WEXITSTATUS(report.wait_status);
	job->end = report.timed_out                ? JOB_TIMED_OUT
		 : report.stopped                  ? JOB_STOPPED
		 : WIFSIGNALED(report.wait_status) ? JOB_SIGNALED
						   : JOB_EXITED;
	job->wall = report.wall;
	job->user = report.user;
	job->sys = report.sys;
	job->outlived = report.outlived;
	job->left = report.left;
	job->suspended = clock_suspended() - s->suspended > SUSPENDED_MIN;
	trace_printf(&trace_run, "end %ld: status %d", (long)s->supervisor, job->status);
}

enum { WATCH_OUT, WATCH_ERR, WATCH_REPORT, WATCH_IN, WATCHED };

static void fill_polls(const struct job_state *s, struct pollfd *fds)
{
	bool sending = s->in >= 0 && s->job->input && s->sent < s->job->input->len;

	fds[WATCH_OUT] = (struct pollfd){ .fd = s->streams[JOB_OUT].fd, .events = POLLIN };
	fds[WATCH_ERR] = (struct pollfd){ .fd = s->streams[JOB_ERR].fd, .events = POLLIN };
	fds[WATCH_REPORT] = (struct pollfd){ .fd = s->report, .events = POLLIN };
	/* A held pipe is left alone, whatever becomes of its reader. */
	fds[WATCH_IN] = (struct pollfd){ .fd = sending || !s->job->hold_in ? s->in : -1, .events = POLLOUT };
}

static void serve(struct job_state *s, const struct pollfd *fds)
{
	if (fds[WATCH_IN].revents)
		send_input(s);
	if (fds[WATCH_OUT].revents)
		job_output_read(s, JOB_OUT);
	if (fds[WATCH_ERR].revents)
		job_output_read(s, JOB_ERR);
	if (fds[WATCH_REPORT].revents)
		take_report(s);
}

/* One round over all jobs that run. */
static void pump(int milliseconds)
{
	struct job_state **all = NULL;
	struct pollfd *fds = NULL;
	size_t nr = 0, alloc = 0, fds_alloc = 0;

	/* A copy: the list changes when one ends, or when a callback starts another. */
	for (struct job_state *s = states; s; s = s->next) {
		ALLOC_GROW(all, nr + 1, alloc);
		all[nr++] = s;
	}
	ALLOC_GROW(fds, (nr + 1) * WATCHED, fds_alloc);
	for (size_t i = 0; i < nr; i++)
		fill_polls(all[i], fds + i * WATCHED);
	if (poll(fds, nr * WATCHED, milliseconds) > 0)
		for (size_t i = 0; i < nr; i++)
			serve(all[i], fds + i * WATCHED);
	free(fds);
	free(all);
}

int job_wait(struct job *job)
{
	int result = 0;

	if (!job->state)
		BUG("waiting for a job that was not started");
	while (job->end == JOB_RUNNING)
		pump(-1);
	if (job->state->error)
		result = error_set("%s", job->state->error);
	release_state(job);
	return result;
}

int job_run(struct job *job)
{
	return job_start(job) ? -1 : job_wait(job);
}

void job_stop(struct job *job)
{
	if (job->state && job->end == JOB_RUNNING)
		process_close_fd(&job->state->control);
}

void job_serve(int milliseconds)
{
	if (!states)
		BUG("no job is there to be waited for");
	pump(milliseconds);
}

bool job_ended(struct job *job)
{
	if (job->state && job->end == JOB_RUNNING)
		pump(0);
	return job->end != JOB_RUNNING;
}

bool job_failed(const struct job *job, struct strbuf *how)
{
	switch (job->end) {
	case JOB_RUNNING:
		strbuf_addstr(how, "has not ended");
		return true;
	case JOB_EXITED:
		if (job->status)
			strbuf_addf(how, "ended with status %d", job->status);
		return job->status != 0;
	case JOB_SIGNALED:
		strbuf_addf(how, "was ended by signal %d (%s)", job->status - 128,
			    strsignal(job->status - 128));
		return true;
	case JOB_TIMED_OUT:
		strbuf_addf(how, "took more than %g s", job->timeout);
		return true;
	case JOB_STOPPED:
		strbuf_addstr(how, "was stopped");
		return true;
	}
	BUG("end %d of a job", job->end);
}

void job_release(struct job *job)
{
	if (job->state) {
		job->line = NULL;
		job_stop(job);
		while (job->end == JOB_RUNNING)
			pump(-1);
		release_state(job);
	}
	strvec_release(&job->args);
	strvec_release(&job->env);
	strbuf_release(&job->tail);
	*job = (struct job)JOB_INIT;
}
