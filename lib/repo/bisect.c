#include "repo/bisect.h"

#include <sys/stat.h>

#include "base/error.h"
#include "base/process.h"
#include "repo/objects.h"

/* What git says of one step is a few lines; a list of skipped commits may be long. */
#define SAID_LIMIT ((size_t)16 << 20)

void git_bisect_answer_release(struct git_bisect_answer *answer)
{
	strbuf_release(&answer->said);
}

static bool exists_in(const char *dir, const char *name)
{
	char *path = xstrfmt("%s/%s", dir, name);
	struct stat st;
	bool found = !lstat(path, &st);

	free(path);
	return found;
}

bool git_bisect_active(const struct repo *repo)
{
	return exists_in(repo->git_dir, "BISECT_START");
}

bool git_bisect_detached(const struct repo *repo)
{
	return git_bisect_active(repo) && exists_in(repo->git_dir, "BISECT_HEAD");
}

const char *git_operation_in_progress(const struct repo *repo)
{
	static const struct {
		const char *file;
		const char *name;
	} operations[] = {
		{ "BISECT_START", "bisect" }, { "BISECT_LOG", "bisect" },
		{ "rebase-merge", "rebase" }, { "rebase-apply", "rebase" },
		{ "MERGE_HEAD", "merge" },    { "CHERRY_PICK_HEAD", "cherry-pick" },
		{ "REVERT_HEAD", "revert" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(operations); i++)
		if (exists_in(repo->git_dir, operations[i].file))
			return operations[i].name;
	return NULL;
}

void git_leave_repository(struct strvec *env)
{
	strvec_pushl(env, "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_CONFIG", "GIT_DIR", "GIT_GRAFT_FILE",
		     "GIT_IMPLICIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_INTERNAL_SUPER_PREFIX",
		     "GIT_NO_REPLACE_OBJECTS", "GIT_OBJECT_DIRECTORY", "GIT_PREFIX", "GIT_REPLACE_REF_BASE",
		     "GIT_SHALLOW_FILE", "GIT_WORK_TREE", "GIT_COMMON_DIR", NULL);
}

/* A child `git <words>` in the worktree, its messages in English whatever the user reads. */
static void prepare(struct repo *repo, struct process *p, const char *word)
{
	repo_git(p);
	strvec_pushl(&p->env, "LC_ALL=C", "LANGUAGE", NULL);
	if (!strcmp(word, "bisect"))
		strvec_pushl(&p->args, "-c", "advice.bisect=false", NULL);
	strvec_push(&p->args, word);
	p->dir = repo->work_tree ? repo->work_tree : repo->git_dir;
}

/* The id of a line "<id> is the first bad commit". */
static bool first_bad(const char *said, size_t rawlen, struct oid *id)
{
	for (const char *line = said; *line; line = strchr(line, '\n') + 1) {
		if (strlen(line) > 2 * rawlen && starts_with(line + 2 * rawlen, " is the first ") &&
		    !oid_from_hex(id, line, rawlen))
			return true;
		if (!strchr(line, '\n'))
			break;
	}
	return false;
}

/* Where refs are files, the next commit is read as fast as a file is. */
static bool read_next(const struct repo *repo, struct oid *id)
{
	char *path = xstrfmt("%s/BISECT_HEAD", repo->git_dir);
	struct strbuf line = STRBUF_INIT;
	bool found = strbuf_read_file(&line, path, 1024) >= 0;

	if (!found)
		error_clear();
	strbuf_rtrim(&line);
	found = found && line.len == 2 * repo->rawlen && !oid_from_hex(id, line.buf, repo->rawlen);
	strbuf_release(&line);
	free(path);
	return found;
}

int git_bisect_next(struct repo *repo, struct git_bisect_answer *answer)
{
	struct process p = PROCESS_INIT;
	struct strbuf line = STRBUF_INIT;
	int result;

	answer->word = GIT_BISECT_NEXT;
	if (read_next(repo, &answer->id))
		return 0;
	prepare(repo, &p, "rev-parse");
	strvec_pushl(&p.args, "--verify", "-q", "BISECT_HEAD", NULL);
	result = process_capture(&p, NULL, &line, 1024);
	if (!result && oid_from_hex(&answer->id, line.buf, repo->rawlen))
		result = error_set("git bisect has no next commit; 'git bisect log' tells what it knows");
	strbuf_release(&line);
	return result;
}

/* Runs `git bisect` to its end and understands what it says. */
static int run(struct repo *repo, struct process *p, struct git_bisect_answer *answer)
{
	strbuf_reset(&answer->said);
	p->err = PROCESS_PIPE;
	if (process_capture(p, NULL, &answer->said, SAID_LIMIT) &&
	    !(p->status == 2 && strstr(answer->said.buf, "We cannot bisect more!")))
		return -1;
	error_clear();
	if (p->status == 2) {
		answer->word = GIT_BISECT_ONLY_SKIPPED;
		return 0;
	}
	if (first_bad(answer->said.buf, repo->rawlen, &answer->id)) {
		answer->word = GIT_BISECT_FIRST_BAD;
		return 0;
	}
	return git_bisect_next(repo, answer);
}

static void push_id(struct process *p, const struct repo *repo, const struct oid *id)
{
	char hex[OID_HEX_MAX + 1];

	strvec_push(&p->args, oid_to_hex(hex, id, repo->rawlen));
}

int git_bisect_start(struct repo *repo, const struct git_bisect_setup *setup, struct git_bisect_answer *answer)
{
	struct process p = PROCESS_INIT;

	prepare(repo, &p, "bisect");
	strvec_pushl(&p.args, "start", "--no-checkout", NULL);
	if (setup->first_parent)
		strvec_push(&p.args, "--first-parent");
	if (setup->term_good)
		strvec_pushf(&p.args, "--term-good=%s", setup->term_good);
	if (setup->term_bad)
		strvec_pushf(&p.args, "--term-bad=%s", setup->term_bad);
	push_id(&p, repo, &setup->bad);
	for (size_t i = 0; i < setup->ngood; i++)
		push_id(&p, repo, &setup->good[i]);
	if (setup->paths && setup->paths->nr) {
		strvec_push(&p.args, "--");
		for (size_t i = 0; i < setup->paths->nr; i++)
			strvec_push(&p.args, setup->paths->v[i]);
	}
	return run(repo, &p, answer);
}

int git_bisect_mark(struct repo *repo, const char *term, const struct oid *id, struct git_bisect_answer *answer)
{
	return git_bisect_mark_many(repo, term, id, 1, answer);
}

int git_bisect_mark_many(struct repo *repo, const char *term, const struct oid *ids, size_t nr,
			 struct git_bisect_answer *answer)
{
	struct process p = PROCESS_INIT;

	prepare(repo, &p, "bisect");
	strvec_push(&p.args, term);
	for (size_t i = 0; i < nr; i++)
		push_id(&p, repo, &ids[i]);
	return run(repo, &p, answer);
}

int git_bisect_replay(struct repo *repo, const char *path, struct git_bisect_answer *answer)
{
	struct process p = PROCESS_INIT;

	prepare(repo, &p, "bisect");
	strvec_pushl(&p.args, "replay", path, NULL);
	return run(repo, &p, answer);
}

int git_bisect_reset(struct repo *repo)
{
	struct process p = PROCESS_INIT;
	struct strbuf said = STRBUF_INIT;
	int result;

	prepare(repo, &p, "bisect");
	strvec_push(&p.args, "reset");
	p.err = PROCESS_PIPE;
	result = process_capture(&p, NULL, &said, SAID_LIMIT);
	strbuf_release(&said);
	return result;
}
