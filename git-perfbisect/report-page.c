/* git perfbisect report --format=html: the answer as a page, with what git says of the culprit. */
#include "base/error.h"
#include "base/process.h"
#include "report.h"
#include "report/page.h"
#include "ui/command.h"

#define MESSAGE_LIMIT ((size_t)1 << 20)
/* What a reader looks at; a line of a generated file may be as long as the file. */
#define DIFF_LIMIT ((size_t)64 << 10)
#define DIFF_LINE_LIMIT ((size_t)16 << 20)
#define DIFF_LINE_SHOWN 400

static void read_message(const char *culprit, struct strbuf *author, struct strbuf *message)
{
	struct process p = PROCESS_INIT;
	size_t line;

	strvec_pushl(&p.args, "git", "show", "-s", "--no-color", "--no-show-signature", "--encoding=UTF-8",
		     "--format=%aN <%aE>%n%B", culprit, NULL);
	p.out = p.err = PROCESS_PIPE;
	if (process_capture(&p, NULL, message, MESSAGE_LIMIT))
		die_error();
	line = strcspn(message->buf, "\n");
	strbuf_add(author, message->buf, line);
	line += message->buf[line] == '\n';
	memmove(message->buf, message->buf + line, message->len - line);
	strbuf_setlen(message, message->len - line);
	strbuf_rtrim(message);
}

/* Its begin, as git shows it without the user's colours, programs and filters. True when there is more. */
static bool read_diff(const char *culprit, struct strbuf *diff)
{
	struct process p = PROCESS_INIT;
	struct strbuf line = STRBUF_INIT;
	int got;

	strvec_pushl(&p.args, "git", "show", "--format=", "--no-color", "--no-ext-diff", "--no-textconv",
		     "--stat", "--patch", "-M", culprit, NULL);
	p.out = PROCESS_PIPE;
	p.err = PROCESS_PIPE;
	if (process_start(&p))
		die_error();
	while ((got = process_read_record(&p, &line, '\n', DIFF_LINE_LIMIT)) > 0 && diff->len < DIFF_LIMIT) {
		strbuf_add(diff, line.buf, line.len < DIFF_LINE_SHOWN ? line.len : DIFF_LINE_SHOWN);
		strbuf_addstr(diff, line.len > DIFF_LINE_SHOWN ? "...\n" : "\n");
	}
	strbuf_release(&line);
	if (got) {
		/* There is more, or a line that is too long to be looked at. */
		process_kill(&p);
		error_clear();
		return true;
	}
	if (process_finish(&p))
		die_error();
	return false;
}

int report_page(const struct session *s)
{
	struct strbuf out = STRBUF_INIT, author = STRBUF_INIT, message = STRBUF_INIT, diff = STRBUF_INIT;
	struct page page = { 0 };
	struct finding f;
	int status;

	session_finding(s, &f);
	status = session_status((enum bisect_verdict)f.verdict);
	if (f.verdict == FINDING_NAMED) {
		read_message(f.commits[f.culprit].id, &author, &message);
		page.diff_cut = read_diff(f.commits[f.culprit].id, &diff);
		page.author = author.buf;
		page.message = message.buf;
		page.diff = diff.buf;
	}
	page_write(&f, &page, &out);
	if (fwrite(out.buf, 1, out.len, stdout) != out.len || fflush(stdout))
		die("cannot write the page: %s", strerror(errno));
	strbuf_release(&out);
	strbuf_release(&author);
	strbuf_release(&message);
	strbuf_release(&diff);
	finding_release(&f);
	return status;
}
