/*
 * git perfbisect report --format=mail: who is to get it is asked of git, and, where
 * the work tree has one, of scripts/get_maintainer.pl.
 *
 * GIT_TEST_PERF_MAINTAINERS=<seconds> in the environment is how long that may take; for tests.
 */
#include <sys/stat.h>

#include "base/error.h"
#include "base/job.h"
#include "base/process.h"
#include "report.h"
#include "report/header.h"
#include "report/mail.h"
#include "ui/command.h"

#define SAID_LIMIT ((size_t)1 << 20)
#define PATCH_LIMIT ((size_t)64 << 20)
#define MAINTAINERS "scripts/get_maintainer.pl"
#define MAINTAINERS_SECONDS 60

/* "Name <mail> 1112911993 +0200", as git itself would write a commit; it says what is lacking. */
static void find_sender(struct strbuf *from, struct mail *mail)
{
	struct process p = PROCESS_INIT;
	struct strbuf name = STRBUF_INIT, address = STRBUF_INIT;
	char *end;
	long zone;

	strvec_pushl(&p.args, "git", "var", "GIT_AUTHOR_IDENT", NULL);
	p.out = p.err = PROCESS_PIPE;
	if (process_capture(&p, NULL, from, SAID_LIMIT))
		die("%s; git config user.name and user.email say whom the mail is from", error_message());
	end = strrchr(from->buf, '>');
	if (!end)
		die("git var GIT_AUTHOR_IDENT named nobody");
	mail->date = strtoll(end + 1, &end, 10);
	zone = strtol(end, NULL, 10);
	mail->zone = (int)(zone / 100 * 60 + zone % 100);
	strbuf_setlen(from, (size_t)(strrchr(from->buf, '>') + 1 - from->buf));
	/* git takes any word as an address; a mail without a sender is none. */
	if (!header_person(from->buf, &name, &address))
		die("'%s' is nobody whom a mail can be from; git config user.email sets the address",
		    from->buf);
	strbuf_release(&name);
	strbuf_release(&address);
	mail->from = from->buf;
}

/* The trailers of those who had to do with the commit, rather than with what it was to mend. */
static bool is_asked(const char *line)
{
	static const char *const trailers[] = { "Signed-off-by: ", "Co-developed-by: ", "Reviewed-by: ",
						"Acked-by: ",      "Tested-by: ",       "Suggested-by: " };

	for (size_t i = 0; i < ARRAY_SIZE(trailers); i++)
		if (!strncasecmp(line, trailers[i], strlen(trailers[i])))
			return true;
	return false;
}

static void push_lines(struct strvec *lines, const char *text)
{
	while (*text) {
		size_t len = strcspn(text, "\n");

		strvec_push_owned(lines, xmemdupz(text, len));
		text += len + (text[len] == '\n');
	}
}

/* Who moved is written to where they are now. */
static void map_people(struct strvec *people)
{
	struct process p = PROCESS_INIT;
	struct strbuf name = STRBUF_INIT, address = STRBUF_INIT, asked = STRBUF_INIT, said = STRBUF_INIT;
	struct strvec mapped = STRVEC_INIT;

	for (size_t i = 0; i < people->nr; i++)
		if (header_person(people->v[i], &name, &address))
			strbuf_addf(&asked, "%s <%s>\n", name.buf, address.buf);
	strvec_pushl(&p.args, "git", "check-mailmap", "--stdin", NULL);
	p.in = p.out = p.err = PROCESS_PIPE;
	if (process_capture(&p, &asked, &said, SAID_LIMIT))
		die_error();
	push_lines(&mapped, said.buf);
	strvec_release(people);
	*people = mapped;
	strbuf_release(&name);
	strbuf_release(&address);
	strbuf_release(&asked);
	strbuf_release(&said);
}

/* Author and trailers, as git reads them: in UTF-8. */
static void find_authors(const char *culprit, struct mail *mail)
{
	struct process p = PROCESS_INIT;
	struct strbuf said = STRBUF_INIT, name = STRBUF_INIT, address = STRBUF_INIT;
	struct strvec lines = STRVEC_INIT;

	strvec_pushl(&p.args, "git", "show", "-s", "--no-color", "--no-show-signature", "--encoding=UTF-8",
		     "--format=%aN <%aE>%n%(trailers:only,unfold)", culprit, NULL);
	p.out = p.err = PROCESS_PIPE;
	if (process_capture(&p, NULL, &said, SAID_LIMIT))
		die_error();
	push_lines(&lines, said.buf);
	for (size_t i = 0; i < lines.nr; i++)
		if (!i)
			strvec_push(&mail->to, lines.v[i]);
		else if (is_asked(lines.v[i]))
			strvec_push(&mail->cc, strchr(lines.v[i], ':') + 1);
	if (!lines.nr || !header_person(lines.v[0], &name, &address))
		warning("the author, '%s', has no address that a mail can go to, and is not in To",
			lines.nr ? lines.v[0] : "");
	strbuf_release(&name);
	strbuf_release(&address);
	strvec_release(&lines);
	strbuf_release(&said);
}

/* --- scripts/get_maintainer.pl --- */

/* Nobody else can change it, and it lies here: a link may lead to what is not of the work tree at all. */
static bool is_yours_alone(const char *path, mode_t type)
{
	struct stat st;

	return !lstat(path, &st) && (st.st_mode & S_IFMT) == type && st.st_uid == geteuid() &&
	       !(st.st_mode & (S_IWGRP | S_IWOTH)) && st.st_mode & S_IXUSR;
}

/*
 * It is run as the user's own programs are, so it has to be one: the script of a work tree that
 * the user has checked out, as a build there runs others. Who can change a directory above it can
 * put another one in its place.
 */
static bool is_own(const char *work_tree, const char *path)
{
	char *top = realpath(work_tree, NULL), *dir = xmemdupz(path, (size_t)(strrchr(path, '/') - path));
	bool own = top && is_yours_alone(top, S_IFDIR) && is_yours_alone(dir, S_IFDIR) &&
		   is_yours_alone(path, S_IFREG);

	if (!own)
		warning("%s is not run: it is not yours alone, or no program; the maintainers are not in Cc",
			path);
	free(top);
	free(dir);
	return own;
}

static int read_patch(const char *culprit, struct strbuf *patch)
{
	struct process p = PROCESS_INIT;

	strvec_pushl(&p.args, "git", "format-patch", "-1", "--stdout", "--no-color", "--no-ext-diff",
		     "--no-textconv", "--no-signature", culprit, NULL);
	p.out = p.err = PROCESS_PIPE;
	return process_capture(&p, NULL, patch, PATCH_LIMIT);
}

static double maintainers_seconds(void)
{
	const char *test = getenv("GIT_TEST_PERF_MAINTAINERS");

	return test ? strtod(test, NULL) : MAINTAINERS_SECONDS;
}

/* As the script is meant to be run: at the top, with the patch. git's history would name bystanders. */
static void ask_script(const struct session *s, const char *path, const struct strbuf *patch, struct mail *mail)
{
	struct job job = JOB_INIT;
	struct strbuf said = STRBUF_INIT, how = STRBUF_INIT;

	strvec_pushl(&job.args, path, "--nogit", "--nogit-fallback", "--norolestats", NULL);
	job.dir = s->repo->work_tree;
	job.input = patch;
	job.out = &said;
	job.out_max = SAID_LIMIT;
	job.timeout = maintainers_seconds();
	if (job_run(&job)) {
		warning("%s: %s; the maintainers are not in Cc", MAINTAINERS, error_message());
		error_clear();
	} else if (job_failed(&job, &how)) {
		warning("%s %s; the maintainers are not in Cc", MAINTAINERS, how.buf);
	} else {
		push_lines(&mail->cc, said.buf);
	}
	job_release(&job);
	strbuf_release(&said);
	strbuf_release(&how);
}

static void find_maintainers(const struct session *s, const char *culprit, struct mail *mail)
{
	struct strbuf patch = STRBUF_INIT;
	char *path;

	if (!s->repo->work_tree)
		return;
	path = xstrfmt("%s/%s", s->repo->work_tree, MAINTAINERS);
	if (!access(path, F_OK) && is_own(s->repo->work_tree, path)) {
		if (read_patch(culprit, &patch))
			die_error();
		ask_script(s, path, &patch, mail);
	}
	free(path);
	strbuf_release(&patch);
}

/* --- kernels --- */

static bool is_kernel(const struct session *s)
{
	/* What scripts/get_maintainer.pl itself looks for. */
	static const char *const paths[] = { "COPYING",       "CREDITS", "Kbuild",  "MAINTAINERS",
					     "Documentation", "arch",    "drivers", "fs",
					     "init",          "ipc",     "kernel" };
	struct oid id;
	unsigned mode;

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
		if (repo_tree_entry(s->repo, session_oid(s, s->nr - 1), paths[i], &id, &mode)) {
			error_clear();
			return false;
		}
	return true;
}

/* Of "v5.15.3" the length of "v5.15."; 0 of what has no three numbers. */
static size_t series_of(const char *tag)
{
	static const char digits[] = "0123456789";
	size_t at = 1, series = 0;

	if (*tag != 'v')
		return 0;
	for (int i = 0; i < 3; i++) {
		size_t len = strspn(tag + at, digits);

		series = at;
		at += len;
		if (!len || tag[at] != (i < 2 ? '.' : '\0'))
			return 0;
		at += i < 2;
	}
	return series;
}

/* Are both ends of one stable series? */
static bool is_stable(const struct finding *f)
{
	size_t series = series_of(f->good_name);

	return series && series == series_of(f->bad_name) && !strncmp(f->good_name, f->bad_name, series);
}

/* So little on a micro-benchmark is no regression to the kernel's developers; see reporting-regressions.rst. */
#define SMALL 0.05

static void write_mail(const struct session *s, const struct finding *f, bool maintainers, struct strbuf *out)
{
	struct strbuf from = STRBUF_INIT;
	struct mail mail = MAIL_INIT;
	struct stats_interval step = finding_step_relative(f);

	find_sender(&from, &mail);
	mail.kernel = is_kernel(s);
	mail.stable = mail.kernel && is_stable(f);
	if (f->verdict == FINDING_NAMED) {
		find_authors(f->commits[f->culprit].id, &mail);
		if (maintainers)
			find_maintainers(s, f->commits[f->culprit].id, &mail);
		map_people(&mail.cc);
	}
	mail_write(f, &mail, out);
	if (mail.kernel && step.value > -SMALL && step.value < SMALL)
		hint("less than 5 %% in a micro-benchmark is unlikely to count as a regression, unless a broad "
		     "benchmark moves by more than 1 %%");
	strvec_release(&mail.to);
	strvec_release(&mail.cc);
	strbuf_release(&from);
}

int report_mail(const struct session *s, bool maintainers)
{
	struct strbuf out = STRBUF_INIT;
	struct finding f;
	const char *refusal;
	int status;

	session_finding(s, &f);
	status = session_status((enum bisect_verdict)f.verdict);
	refusal = mail_refusal(&f);
	if (refusal) {
		warning("no mail is written: %s", refusal);
		status = status ? status : EXIT_NEGATIVE;
	} else {
		write_mail(s, &f, maintainers, &out);
		if (fwrite(out.buf, 1, out.len, stdout) != out.len || fflush(stdout))
			die("cannot write the mail: %s", strerror(errno));
	}
	strbuf_release(&out);
	finding_release(&f);
	return status;
}
