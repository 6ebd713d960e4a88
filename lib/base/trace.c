#include "base/trace.h"

#include <ctype.h>
#include <fcntl.h>
#include <strings.h>
#include <sys/resource.h>
#include <sys/time.h>

#include "base/escape.h"

/* Differs from that of a key that was not opened. */
static unsigned generation = 1;

static void open_key(struct trace_key *key)
{
	char *name = xstrfmt("GIT_TRACE_PERF_%s", key->area);
	const char *value = getenv(name);

	key->opened = generation;
	key->fd = -1;
	if (value && (!strcmp(value, "1") || !strcmp(value, "2") || !strcasecmp(value, "true")))
		key->fd = STDERR_FILENO;
	else if (value && *value == '/')
		key->fd = open(value, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
	free(name);
}

bool trace_on(struct trace_key *key)
{
	if (key->opened != generation)
		open_key(key);
	return key->fd >= 0;
}

void trace_printf(struct trace_key *key, const char *fmt, ...)
{
	struct strbuf text = STRBUF_INIT, line = STRBUF_INIT;
	size_t done = 0;
	va_list ap;

	if (!trace_on(key))
		return;
	for (const char *c = key->area; *c; c++)
		strbuf_addch(&line, (char)tolower((unsigned char)*c));
	strbuf_addstr(&line, ": ");
	va_start(ap, fmt);
	strbuf_vaddf(&text, fmt, ap);
	va_end(ap);
	escape_terminal(&line, text.buf, text.len, ESCAPE_ALL);
	strbuf_addch(&line, '\n');
	/* One write where possible: lines of several processes do not mix. */
	while (done < line.len) {
		ssize_t n = write(key->fd, line.buf + done, line.len - done);

		if (n > 0)
			done += (size_t)n;
		else if (errno != EINTR)
			break;
	}
	strbuf_release(&text);
	strbuf_release(&line);
}

void trace_forget(void)
{
	generation++;
}

static double seconds(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

double trace_cpu_seconds(void)
{
	struct rusage self, children;

	if (getrusage(RUSAGE_SELF, &self) || getrusage(RUSAGE_CHILDREN, &children))
		return 0;
	return seconds(self.ru_utime) + seconds(self.ru_stime) + seconds(children.ru_utime) +
	       seconds(children.ru_stime);
}
