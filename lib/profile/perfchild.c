#include "profile/perfchild.h"

#include <sys/mman.h>

#include "base/error.h"

/* C++ has long names; a stack's frames have a line each. */
#define LINE_MAX_BYTES (1 << 20)
/* What perf says last is what it died of. */
#define SAID_MAX 4096

void perfchild_args(struct perfchild *child, const char *subcommand, const char *path)
{
	child->path = path;
	strvec_pushl(&child->process.args, "perf", subcommand, "-i", path, NULL);
	strvec_pushl(&child->process.env, "LC_ALL=C", "DEBUGINFOD_URLS", "PERF_PAGER=cat", NULL);
}

/* With -v perf talks much: only the end is kept, so the file must be one that can be sought in. */
static void read_said(struct perfchild *child, int fd)
{
	off_t size = lseek(fd, 0, SEEK_END);
	ssize_t n;

	strbuf_grow(&child->said, SAID_MAX);
	n = size < 0 ? 0 : pread(fd, child->said.buf, SAID_MAX, size > SAID_MAX ? size - SAID_MAX : 0);
	strbuf_setlen(&child->said, n > 0 ? (size_t)n : 0);
}

static int start(struct perfchild *child)
{
	struct process *p = &child->process;

	p->out = PROCESS_PIPE;
	p->err = PROCESS_FD;
	p->err_fd = memfd_create("perf", MFD_CLOEXEC);
	if (p->err_fd < 0)
		return error_set("cannot make room for what perf says: %s", strerror(errno));
	if (!process_start(p))
		return 0;
	close(p->err_fd);
	return error_prefix("%s cannot be read without perf (linux-perf, linux-tools)", child->path);
}

int perfchild_run(struct perfchild *child, perfchild_line_fn *fn, void *data)
{
	struct strbuf line = STRBUF_INIT;
	int said, more;

	if (start(child))
		return -1;
	said = child->process.err_fd;
	while ((more = process_read_record(&child->process, &line, '\n', LINE_MAX_BYTES)) > 0)
		fn(line.buf, line.len, data);
	if (more < 0) {
		process_kill(&child->process);
	} else {
		/* Its status is looked at with what it said. */
		if (process_finish(&child->process))
			error_clear();
		child->status = child->process.status;
		read_said(child, said);
	}
	close(said);
	strbuf_release(&line);
	return more < 0 ? -1 : 0;
}

/* The last line that is not blank. */
static void last_line(const struct strbuf *said, struct strbuf *out)
{
	size_t end = said->len, from;

	while (end && (said->buf[end - 1] == '\n' || said->buf[end - 1] == ' '))
		end--;
	from = end;
	while (from && said->buf[from - 1] != '\n')
		from--;
	strbuf_add(out, said->buf + from, end - from);
}

int perfchild_explain(const struct perfchild *child, const char *time)
{
	const char *said = child->said.buf, *path = child->path;
	struct strbuf last = STRBUF_INIT;

	last_line(&child->said, &last);
	if (strstr(said, "not owned by current user"))
		error_set("%s belongs to another user, and perf refuses it; take a copy of your own", path);
	else if (time && strstr(said, "Invalid time string"))
		error_set("--time=%s is nothing that perf understands; give 10%%-90%%, or seconds like 12.5,20",
			  time);
	else if (strstr(said, "incompatible file format") || strstr(said, "failed to process") ||
		 strstr(said, "zero-sized") || strstr(said, "file is truncated"))
		error_set("%s is damaged, or was cut off while perf recorded: %s", path, last.buf);
	else if (child->status && last.len)
		error_set("perf cannot read %s: %s", path, last.buf);
	else if (child->status)
		error_set("perf cannot read %s: it ended with status %d", path, child->status);
	else if (time)
		error_set("%s has no samples within --time=%s", path, time);
	else
		error_set("%s has no samples; was anything running while perf recorded?", path);
	strbuf_release(&last);
	return -1;
}

void perfchild_release(struct perfchild *child)
{
	strbuf_release(&child->said);
	strvec_release(&child->process.args);
	strvec_release(&child->process.env);
}
