#include "base/job-private.h"

#include <fcntl.h>

#include "base/process-private.h"

#define READ_SIZE 65536
#define DRAIN_READS 16
#define TAIL_MAX 4096

static void set_error(struct job_state *s, const char *what, const char *path)
{
	if (!s->error)
		s->error = xstrfmt("cannot %s '%s': %s", what, path, strerror(errno));
}

int job_log_open(struct job_state *s)
{
	if (!s->job->log)
		return 0;
	s->log = open(s->job->log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (s->log >= 0)
		return 0;
	set_error(s, "open", s->job->log);
	return -1;
}

static void write_log(struct job_state *s, const char *data, size_t len)
{
	while (len && s->log >= 0) {
		ssize_t n = write(s->log, data, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			set_error(s, "write", s->job->log);
			process_close_fd(&s->log);
			return;
		}
		data += n;
		len -= (size_t)n;
	}
}

/* Keeps the last `half` bytes of what comes. */
static void keep_last(struct job_state *s, const char *data, size_t len, size_t half)
{
	size_t room = half - s->last.len, take = len < room ? len : room;

	strbuf_add(&s->last, data, take);
	data += take;
	len -= take;
	s->left_out += len;
	if (len > half) {
		data += len - half;
		len = half;
	}
	while (len) {
		size_t piece = half - s->last_at < len ? half - s->last_at : len;

		memcpy(s->last.buf + s->last_at, data, piece);
		s->last_at = (s->last_at + piece) % half;
		data += piece;
		len -= piece;
	}
}

static void add_to_log(struct job_state *s, const char *data, size_t len)
{
	size_t half = s->job->log_max / 2, room = half > s->logged ? half - s->logged : 0;
	size_t take = len < room ? len : room;

	if (s->log < 0)
		return;
	write_log(s, data, take);
	s->logged += take;
	if (half)
		keep_last(s, data + take, len - take, half);
}

void job_log_close(struct job_state *s)
{
	struct strbuf note = STRBUF_INIT;

	if (s->left_out) {
		strbuf_addf(&note, "\n... %zu bytes left out ...\n", s->left_out);
		write_log(s, note.buf, note.len);
	}
	write_log(s, s->last.buf + s->last_at, s->last.len - s->last_at);
	write_log(s, s->last.buf, s->last_at);
	process_close_fd(&s->log);
	strbuf_release(&note);
}

static void add_to_tail(struct strbuf *tail, const char *line, size_t len)
{
	const char *cut;

	if (len > TAIL_MAX / 2)
		len = TAIL_MAX / 2;
	strbuf_add(tail, line, len);
	strbuf_addch(tail, '\n');
	if (tail->len <= TAIL_MAX)
		return;
	cut = memchr(tail->buf + tail->len - TAIL_MAX, '\n', TAIL_MAX);
	len = tail->len - (size_t)(cut + 1 - tail->buf);
	memmove(tail->buf, cut + 1, len);
	strbuf_setlen(tail, len);
}

static void end_line(struct job_state *s, enum job_stream which)
{
	struct job_stream_state *stream = &s->streams[which];

	add_to_tail(&s->job->tail, stream->line.buf, stream->line.len);
	if (s->job->line && !s->asked &&
	    s->job->line(stream->line.buf, stream->line.len, which == JOB_ERR, s->job->data)) {
		s->asked = true;
		process_close_fd(&s->control);
	}
	strbuf_reset(&stream->line);
}

static void split_lines(struct job_state *s, enum job_stream which, const char *data, size_t len)
{
	struct job_stream_state *stream = &s->streams[which];

	while (len) {
		const char *end = memchr(data, '\n', len);
		size_t piece = end ? (size_t)(end - data) : len;
		size_t room = JOB_LINE_MAX - stream->line.len;

		strbuf_add(&stream->line, data, piece < room ? piece : room);
		if (end)
			end_line(s, which);
		piece += !!end;
		data += piece;
		len -= piece;
	}
}

static void take(struct job_state *s, enum job_stream which, const char *data, size_t len)
{
	struct strbuf *out = which == JOB_OUT ? s->job->out : NULL;
	size_t room;

	add_to_log(s, data, len);
	split_lines(s, which, data, len);
	if (!out)
		return;
	room = out->len < s->job->out_max ? s->job->out_max - out->len : 0;
	strbuf_add(out, data, len < room ? len : room);
	s->job->out_dropped += len < room ? 0 : len - room;
}

static void end_stream(struct job_state *s, enum job_stream which)
{
	struct job_stream_state *stream = &s->streams[which];

	if (stream->line.len)
		end_line(s, which);
	process_close_fd(&stream->fd);
}

void job_output_read(struct job_state *s, enum job_stream which)
{
	char data[READ_SIZE];
	ssize_t n = read(s->streams[which].fd, data, sizeof(data));

	if (n > 0)
		take(s, which, data, (size_t)n);
	else if (!n || (errno != EINTR && errno != EAGAIN))
		end_stream(s, which);
}

void job_output_drain(struct job_state *s, enum job_stream which)
{
	char data[READ_SIZE];
	ssize_t n = 1;

	if (s->streams[which].fd < 0)
		return;
	/* Whoever is left may write for ever. */
	for (int i = 0; i < DRAIN_READS && n > 0; i++) {
		n = read(s->streams[which].fd, data, sizeof(data));
		if (n > 0)
			take(s, which, data, (size_t)n);
	}
	end_stream(s, which);
}
