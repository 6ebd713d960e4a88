#include "base/process.h"

#include <poll.h>
#include <signal.h>
#include <time.h>

#include "base/error.h"
#include "base/process-private.h"

#define READ_SIZE 65536
#define ERRORS_MAX 65536

/* Takes what stderr has, up to ERRORS_MAX; the rest is read and dropped. */
static void read_errors(struct process *p)
{
	char piece[4096];
	ssize_t n = read(p->err_fd, piece, sizeof(piece));

	if (n < 0 && errno == EINTR)
		return;
	if (n <= 0) {
		process_close_fd(&p->err_fd);
		return;
	}
	if (p->errors.len + (size_t)n <= ERRORS_MAX)
		strbuf_add(&p->errors, piece, (size_t)n);
}

enum process_ready process_wait_ready(struct process *p, enum process_ready want)
{
	bool has_err = p->err == PROCESS_PIPE;

	while (want || (has_err && p->err_fd >= 0)) {
		struct pollfd fds[] = {
			{ .fd = want & PROCESS_READY_IN ? p->in_fd : -1, .events = POLLOUT },
			{ .fd = want & PROCESS_READY_OUT ? p->out_fd : -1, .events = POLLIN },
			{ .fd = has_err ? p->err_fd : -1, .events = POLLIN },
		};
		enum process_ready ready = PROCESS_READY_NONE;

		if (poll(fds, ARRAY_SIZE(fds), -1) < 0) {
			if (errno == EINTR || errno == EAGAIN)
				continue;
			return want;
		}
		if (fds[2].revents)
			read_errors(p);
		if (fds[0].revents)
			ready |= PROCESS_READY_IN;
		if (fds[1].revents)
			ready |= PROCESS_READY_OUT;
		if (ready)
			return ready;
	}
	return PROCESS_READY_NONE;
}

/* Records "<the child> <what it did>"; returns -1. */
static FORMAT_PRINTF(2, 3) int report(const struct process *p, const char *fmt, ...)
{
	struct strbuf text = STRBUF_INIT;
	va_list ap;

	process_add_name(p, &text);
	strbuf_addch(&text, ' ');
	va_start(ap, fmt);
	strbuf_vaddf(&text, fmt, ap);
	va_end(ap);
	error_set("%s", text.buf);
	strbuf_release(&text);
	return -1;
}

static int stream_error(const struct process *p, const char *what)
{
	struct strbuf name = STRBUF_INIT;
	int error = errno;

	process_add_name(p, &name);
	error_set("cannot %s %s: %s", what, name.buf, strerror(error));
	strbuf_release(&name);
	return -1;
}

/* One read of stdout; 0 at the end, -1 with a recorded error. */
static ssize_t read_some(struct process *p, char *to, size_t len)
{
	ssize_t n;

	if (p->out_fd < 0)
		BUG("reading from %s without a pipe", p->args.v[0]);
	do {
		if (p->err == PROCESS_PIPE)
			process_wait_ready(p, PROCESS_READY_OUT);
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
		if (take > limit - record->len)
			return report(p, "printed a record of more than %zu bytes", limit);
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
		if (!n)
			return report(p, "ended in the middle of its output");
		strbuf_setlen(out, out->len + (size_t)n);
		left -= (size_t)n;
	}
	return 0;
}

ssize_t process_write_quietly(int fd, const void *data, size_t len)
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

	if (p->in_fd < 0)
		BUG("writing to %s without a pipe", p->args.v[0]);
	while (len) {
		ssize_t n = process_write_quietly(p->in_fd, from, len);

		if (n >= 0) {
			from += n;
			len -= (size_t)n;
		} else if (errno == EAGAIN) {
			process_wait_ready(p, PROCESS_READY_IN);
		} else if (errno != EINTR) {
			return stream_error(p, "write to");
		}
	}
	return 0;
}

void process_close_in(struct process *p)
{
	if (p->in == PROCESS_PIPE)
		process_close_fd(&p->in_fd);
}

/* Writes what the pipe takes of the rest of `input`, closing it at the end; -1 with a recorded error. */
static int send_some(struct process *p, const struct strbuf *input, size_t *sent)
{
	ssize_t n = process_write_quietly(p->in_fd, input->buf + *sent, input->len - *sent);

	if (n > 0)
		*sent += (size_t)n;
	/* A child may well end before it has read everything: its status tells. */
	if ((n < 0 && errno == EPIPE) || *sent == input->len)
		process_close_in(p);
	else if (n < 0 && errno != EAGAIN && errno != EINTR)
		return stream_error(p, "write to");
	return 0;
}

/* One round of process_capture(): 1 while there is more, 0 at the end, or -1. */
static int exchange(struct process *p, const struct strbuf *input, size_t *sent, struct strbuf *out)
{
	bool sending = input && p->in_fd >= 0;
	enum process_ready ready = process_wait_ready(p, sending ? PROCESS_READY_IN | PROCESS_READY_OUT
								 : PROCESS_READY_OUT);
	ssize_t n;

	if (sending && ready & PROCESS_READY_IN && send_some(p, input, sent))
		return -1;
	if (!(ready & PROCESS_READY_OUT))
		return 1;
	strbuf_grow(out, READ_SIZE);
	n = read_some(p, out->buf + out->len, READ_SIZE);
	if (n <= 0)
		return (int)n;
	strbuf_setlen(out, out->len + (size_t)n);
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
		if (more > 0 && limit && out->len - start > limit)
			more = report(p, "printed more than %zu bytes", limit);
	} while (more > 0);
	if (more < 0) {
		process_kill(p);
		return -1;
	}
	return process_finish(p);
}
