#include "ticket.h"

#include "base/error.h"
#include "base/files.h"
#include "base/tempfile.h"
#include "fixer/place.h"
#include "ui/command.h"

#define TICKET_MAX ((size_t)4 << 20)
#define TICKET_SECONDS 60

static const char open_line[] = "Status: open\n", closed_line[] = "Status: closed\n";

/* Runs the user's command; its first line, for free(), or NULL with a recorded error. */
static char *run_command(struct hunt *h, const char *action, const char *id, const char *title, const char *text)
{
	struct job job = JOB_INIT;
	struct strbuf input = STRBUF_INIT, out = STRBUF_INIT, why = STRBUF_INIT;
	char *line = NULL;
	int result;

	place_command(&job, h->plan.ticket, h->worktree);
	place_set(&job, "PERF_TICKET_ACTION", action);
	place_set(&job, "PERF_TICKET", id);
	place_set(&job, "PERF_TICKET_TITLE", title);
	strbuf_addf(&input, "%s\n", text);
	job.input = &input;
	job.out = &out;
	job.timeout = TICKET_SECONDS;
	result = job_run(&job);
	strbuf_rtrim(&job.tail);
	if (!result && job_failed(&job, &why))
		result = error_set("the ticket command (%s) %s: %s", action, why.buf, job.tail.buf);
	if (!result)
		line = xmemdupz(out.buf, strcspn(out.buf, "\n"));
	job_release(&job);
	strbuf_release(&input);
	strbuf_release(&out);
	strbuf_release(&why);
	return line;
}

static int write_file(const char *path, const struct strbuf *text)
{
	struct tempfile file = TEMPFILE_INIT;

	if (tempfile_create(&file, path))
		return -1;
	fwrite(text->buf, 1, text->len, file.fp);
	return tempfile_commit(&file);
}

char *ticket_open(struct hunt *h, size_t iteration, const char *function, const char *text)
{
	struct strbuf out = STRBUF_INIT, name = STRBUF_INIT;
	char *path, *id, *dir;

	if (h->plan.ticket) {
		strbuf_addf(&name, "make %s faster", function);
		id = run_command(h, "open", NULL, name.buf, text);
		strbuf_release(&name);
		if (!id)
			die_error();
		return id;
	}
	for (const char *at = function; *at && name.len < 60; at++)
		strbuf_addch(&name, is_word_char(*at) ? *at : '-');
	dir = hunt_path(h, "tickets");
	path = xstrfmt("%s/%" PRId64 "-%zu-%s.md", dir, h->row.id, iteration + 1, name.buf);
	strbuf_addf(&out, "# Make %s faster\n\n%s\n%s\n", function, open_line, text);
	if (make_directories(dir) || write_file(path, &out))
		die_error();
	strbuf_release(&out);
	strbuf_release(&name);
	free(dir);
	return path;
}

static int edit_file(const char *path, const char *text, bool close)
{
	struct strbuf old = STRBUF_INIT, out = STRBUF_INIT;
	char *at;
	int result = strbuf_read_file(&old, path, TICKET_MAX) < 0 ? -1 : 0;

	at = !result && close ? strstr(old.buf, open_line) : NULL;
	if (at) {
		strbuf_add(&out, old.buf, (size_t)(at - old.buf));
		strbuf_addstr(&out, closed_line);
		strbuf_addstr(&out, at + strlen(open_line));
	} else {
		strbuf_add(&out, old.buf, old.len);
	}
	strbuf_addf(&out, "- %s\n", text);
	if (!result && !strstr(old.buf, out.buf + out.len - strlen(text) - 3))
		result = write_file(path, &out);
	strbuf_release(&old);
	strbuf_release(&out);
	return result;
}

static void tell(struct hunt *h, const char *id, const char *text, bool close)
{
	char *line;

	if (!h->plan.ticket) {
		if (edit_file(id, text, close))
			warning("%s", error_message());
		return;
	}
	line = run_command(h, close ? "close" : "note", id, NULL, text);
	if (!line)
		warning("%s", error_message());
	free(line);
}

void ticket_note(struct hunt *h, const char *id, const char *text)
{
	tell(h, id, text, false);
}

void ticket_close(struct hunt *h, const char *id, const char *text)
{
	tell(h, id, text, true);
}
