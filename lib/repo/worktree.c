#include "repo/worktree.h"

#include <sys/stat.h>

#include "base/error.h"
#include "base/process.h"
#include "repo/bisect.h"
#include "repo/objects.h"

#define SAID_LIMIT ((size_t)1 << 20)

/* A git child for this repository, wherever `path` is; NULL: no other folder. */
static void prepare(struct repo *repo, struct process *p, const char *path)
{
	strvec_push(&p->args, "git");
	strvec_push(&p->env, "GIT_TERMINAL_PROMPT=0");
	git_leave_repository(&p->env);
	if (path)
		strvec_pushl(&p->args, "-C", path, NULL);
	else
		strvec_pushf(&p->args, "--git-dir=%s", repo->git_dir);
	p->err = PROCESS_PIPE;
}

static int run(struct process *p)
{
	struct strbuf said = STRBUF_INIT;
	int result = process_capture(p, NULL, &said, SAID_LIMIT);

	strbuf_release(&said);
	return result;
}

/* Is `path` the top of a worktree of this repository? */
static bool is_ours(struct repo *repo, const char *path)
{
	struct process p = PROCESS_INIT;
	struct strbuf said = STRBUF_INIT, expect = STRBUF_INIT;
	char *real = realpath(path, NULL), *common = realpath(repo->common_dir, NULL);
	bool ours;

	prepare(repo, &p, path);
	strvec_pushl(&p.args, "rev-parse", "--path-format=absolute", "--git-common-dir", "--show-toplevel",
		     NULL);
	strbuf_addf(&expect, "%s\n%s\n", common ? common : "", real ? real : "");
	ours = !process_capture(&p, NULL, &said, SAID_LIMIT) && !strcmp(said.buf, expect.buf);
	error_clear();
	strbuf_release(&said);
	strbuf_release(&expect);
	free(real);
	free(common);
	return ours;
}

/* A checkout that was killed leaves its lock; nobody else works in there. */
static int drop_lock(struct repo *repo, const char *path)
{
	struct process p = PROCESS_INIT;
	struct strbuf lock = STRBUF_INIT;
	int result;

	prepare(repo, &p, path);
	strvec_pushl(&p.args, "rev-parse", "--path-format=absolute", "--git-path", "index.lock", NULL);
	result = process_capture(&p, NULL, &lock, SAID_LIMIT);
	strbuf_rtrim(&lock);
	if (!result && unlink(lock.buf) && errno != ENOENT)
		result = error_set("cannot remove %s: %s", lock.buf, strerror(errno));
	strbuf_release(&lock);
	return result;
}

int worktree_prepare(struct repo *repo, const char *path, const struct oid *id)
{
	struct process p = PROCESS_INIT;
	char hex[OID_HEX_MAX + 1];
	struct stat st;

	if (!lstat(path, &st)) {
		if (S_ISDIR(st.st_mode) && is_ours(repo, path))
			return drop_lock(repo, path);
		/* An empty folder that a crash left is taken. */
		if (!S_ISDIR(st.st_mode) || rmdir(path))
			return error_set(
				"%s is in the way of the worktree that commits are built in; move it away",
				path);
	}
	/* -f: a worktree that was deleted by hand is still registered. */
	prepare(repo, &p, NULL);
	strvec_pushl(&p.args, "worktree", "add", "-f", "-q", "--detach", "--", path,
		     oid_to_hex(hex, id, repo->rawlen), NULL);
	if (run(&p))
		return error_prefix("cannot make the worktree %s", path);
	return 0;
}

int worktree_switch(struct repo *repo, const char *path, const struct oid *id)
{
	struct process p = PROCESS_INIT;
	char hex[OID_HEX_MAX + 1];

	prepare(repo, &p, path);
	strvec_pushl(&p.args, "checkout", "-q", "-f", "--detach", oid_to_hex(hex, id, repo->rawlen), "--",
		     NULL);
	if (run(&p))
		return error_prefix("cannot check out %.12s in %s", hex, path);
	return 0;
}

int worktree_clean(struct repo *repo, const char *path)
{
	struct process p = PROCESS_INIT;

	prepare(repo, &p, path);
	/* -f twice: what a build has cloned, too. */
	strvec_pushl(&p.args, "clean", "-q", "-f", "-f", "-d", "-x", NULL);
	if (run(&p))
		return error_prefix("cannot remove what builds left in %s", path);
	return 0;
}

int worktree_remove(struct repo *repo, const char *path)
{
	struct process p = PROCESS_INIT;
	struct stat st;

	if (lstat(path, &st))
		return 0;
	if (!S_ISDIR(st.st_mode) || !is_ours(repo, path))
		return error_set("%s is no worktree of this repository; remove it by hand", path);
	prepare(repo, &p, NULL);
	strvec_pushl(&p.args, "worktree", "remove", "-f", "-f", "--", path, NULL);
	return run(&p);
}

int pin_add(struct repo *repo, const char *group, const struct oid *id)
{
	struct process p = PROCESS_INIT;
	char hex[OID_HEX_MAX + 1];

	oid_to_hex(hex, id, repo->rawlen);
	prepare(repo, &p, NULL);
	strvec_pushl(&p.args, "update-ref", NULL);
	strvec_pushf(&p.args, "refs/perf/%s/%s", group, hex);
	strvec_push(&p.args, hex);
	return run(&p);
}

int pin_drop(struct repo *repo, const char *group)
{
	struct process list = PROCESS_INIT, drop = PROCESS_INIT;
	struct strbuf refs = STRBUF_INIT, said = STRBUF_INIT;
	int result;

	prepare(repo, &list, NULL);
	strvec_pushl(&list.args, "for-each-ref", "--format=delete %(refname)", NULL);
	strvec_pushf(&list.args, "refs/perf/%s/", group);
	result = process_capture(&list, NULL, &refs, SAID_LIMIT);
	if (!result && refs.len) {
		prepare(repo, &drop, NULL);
		strvec_pushl(&drop.args, "update-ref", "--stdin", NULL);
		result = process_capture(&drop, &refs, &said, SAID_LIMIT);
	}
	strbuf_release(&refs);
	strbuf_release(&said);
	return result;
}
