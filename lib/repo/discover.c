#include "repo/objects.h"

#include <dirent.h>
#include <sys/stat.h>

#include "base/error.h"

/* Bytes of one answer; git itself has PATH_MAX in places. */
#define PATH_LIMIT 65536

/* Answers of rev-parse, one line each, in the order in which they are asked for. */
enum answer {
	ANSWER_GIT_DIR,
	ANSWER_COMMON_DIR,
	ANSWER_OBJECT_DIR,
	ANSWER_SHALLOW,
	ANSWER_FORMAT,
	ANSWER_INSIDE,
	ANSWER_WORK_TREE,
	ANSWERS,
};

/* What children said and did well all the same. */
static struct strbuf said = STRBUF_INIT;

void repo_said(struct strbuf *out)
{
	strbuf_add(out, said.buf, said.len);
	strbuf_release(&said);
}

void repo_git(struct process *p)
{
	/* A diff looks at the index for attributes, and the index would run the monitor. */
	strvec_pushl(&p->args, "git", "-c", "core.fsmonitor=false", NULL);
	/* Names of refs and files in it are not for a terminal. */
	p->err = PROCESS_PIPE;
	p->said = &said;
	/* git before 2.45 does not know the first; then the fetch itself is refused. */
	strvec_push(&p->env, "GIT_NO_LAZY_FETCH=1");
	strvec_push(&p->env, "GIT_ALLOW_PROTOCOL=none");
	strvec_push(&p->env, "GIT_TERMINAL_PROMPT=0");
}

static bool is_space(char c)
{
	return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

/*
 * git's own words, what follows the last "fatal: ", as one line; where a
 * sentence began on a line of its own, a full stop ends the one before.
 */
static int record_fatal(const char *text)
{
	const char *at = text, *next;
	struct strbuf line = STRBUF_INIT;

	while ((next = strstr(at, "fatal: ")))
		at = next + strlen("fatal: ");
	while (*at) {
		bool newline = false;

		if (!is_space(*at)) {
			strbuf_addch(&line, *at++);
			continue;
		}
		for (; is_space(*at); at++)
			newline |= *at == '\n';
		if (newline && *at >= 'A' && *at <= 'Z' && line.len && !strchr(".:,", line.buf[line.len - 1]))
			strbuf_addch(&line, '.');
		if (line.len)
			strbuf_addch(&line, ' ');
	}
	strbuf_rtrim(&line);
	if (strstr(text, "unknown repository extension") && strstr(text, "refstorage"))
		strbuf_addstr(&line, "; install git 2.45 or newer, or let one of 2.46 convert the refs: "
				     "git refs migrate --ref-format=files");
	else if (strstr(text, "unknown repository extension"))
		strbuf_addstr(&line, "; a newer git may read it");
	error_set("%s", line.len ? line.buf : "git rev-parse cannot tell where the repository is");
	strbuf_release(&line);
	return -1;
}

/*
 * --show-toplevel fails where there is no work tree; it comes last, so the
 * other answers are there all the same. Returns how many came, at most `max`.
 */
static int ask(char **answers, size_t max, struct strbuf *errors)
{
	struct process p = PROCESS_INIT;
	struct strbuf line = STRBUF_INIT;
	size_t nr = 0;
	int got;

	repo_git(&p);
	strvec_pushl(&p.args, "rev-parse", "--path-format=absolute", "--git-dir", "--git-common-dir",
		     "--git-path", "objects", "--is-shallow-repository", "--show-object-format",
		     "--is-inside-work-tree", "--show-toplevel", NULL);
	p.out = PROCESS_PIPE;
	/* Its errors are wanted as a whole. */
	p.said = NULL;
	if (process_start(&p))
		return -1;
	while ((got = process_read_record(&p, &line, '\n', PATH_LIMIT)) > 0) {
		if (nr < max)
			answers[nr] = xstrdup(line.buf);
		nr++;
	}
	strbuf_release(&line);
	strbuf_add(errors, p.errors.buf, p.errors.len);
	if (got < 0 || (p.err_fd >= 0 && strbuf_read(errors, p.err_fd, 0, "git rev-parse") < 0)) {
		process_kill(&p);
		return -1;
	}
	process_finish(&p);
	return nr <= max ? (int)nr : error_set("the repository's path holds a newline; rename that folder");
}

/* Is there a file in `dir` whose name ends so? */
static bool has_file(const char *dir, const char *suffix)
{
	DIR *d = opendir(dir);
	struct dirent *entry;
	bool found = false;

	if (!d)
		return false;
	while (!found && (entry = readdir(d)))
		found = entry->d_name[0] != '.' && ends_with(entry->d_name, suffix);
	closedir(d);
	return found;
}

static bool has_promisor(const char *object_dir)
{
	char *packs = xstrfmt("%s/pack", object_dir);
	bool found = has_file(packs, ".promisor");

	free(packs);
	return found;
}

static bool has_grafts(const char *common_dir)
{
	const char *set = getenv("GIT_GRAFT_FILE");
	char *file = set ? xstrdup(set) : xstrfmt("%s/info/grafts", common_dir);
	struct stat st;
	bool found = !stat(file, &st) && st.st_size > 0;

	free(file);
	return found;
}

/* Checks the answers and moves the paths from them. */
static int take(struct repo *repo, char **answers, int nr, const char *errors)
{
	const char *format = answers[ANSWER_FORMAT];

	if (nr <= ANSWER_INSIDE || (nr == ANSWER_WORK_TREE && !strcmp(answers[ANSWER_INSIDE], "true")))
		return record_fatal(errors);
	if (strcmp(format, "sha1") && strcmp(format, "sha256"))
		return error_set("the repository's object format %s is unknown here", format);
	repo->rawlen = strcmp(format, "sha1") ? OID_RAW_SHA256 : OID_RAW_SHA1;
	repo->shallow = !strcmp(answers[ANSWER_SHALLOW], "true");
	repo->git_dir = xstrdup(answers[ANSWER_GIT_DIR]);
	repo->common_dir = xstrdup(answers[ANSWER_COMMON_DIR]);
	repo->object_dir = xstrdup(answers[ANSWER_OBJECT_DIR]);
	if (nr > ANSWER_WORK_TREE)
		repo->work_tree = xstrdup(answers[ANSWER_WORK_TREE]);
	repo->partial = has_promisor(repo->object_dir);
	repo->rewritten = has_grafts(repo->common_dir);
	return 0;
}

int repo_discover(struct repo *repo)
{
	char *answers[ANSWERS] = { NULL };
	struct strbuf errors = STRBUF_INIT;
	int nr = ask(answers, ANSWERS, &errors);
	int result = nr < 0 ? -1 : take(repo, answers, nr, errors.buf);

	for (size_t i = 0; i < ANSWERS; i++)
		free(answers[i]);
	strbuf_release(&errors);
	return result;
}
