#include "fixer/tree.h"

#include "base/error.h"
#include "base/files.h"
#include "base/process.h"
#include "base/tempfile.h"
#include "fixer/place.h"
#include "repo/bisect.h"

void tree_init(struct tree *tree, const char *path)
{
	tree->path = xstrdup(path);
}

void tree_release(struct tree *tree)
{
	free(tree->path);
	*tree = (struct tree)TREE_INIT;
}

static char *spare_path(const struct tree *tree)
{
	return xstrfmt("%s.spare", tree->path);
}

static char *built_path(const struct tree *tree)
{
	return xstrfmt("%s.built", tree->path);
}

static int run_git(struct process *p)
{
	p->err = PROCESS_PIPE;
	strvec_push(&p->env, "GIT_TERMINAL_PROMPT=0");
	git_leave_repository(&p->env);
	return process_start(p) || process_finish(p) ? -1 : 0;
}

int clone_shared(struct repo *repo, const char *path, const struct oid *id)
{
	struct process clone = PROCESS_INIT, leave = PROCESS_INIT, checkout = PROCESS_INIT;
	char hex[OID_HEX_MAX + 1];

	if (repo->shallow || repo->partial)
		return error_set("this clone is %s, and cannot be shared with another one; "
				 "git fetch %s first",
				 repo->shallow ? "shallow" : "partial",
				 repo->shallow ? "--unshallow" : "--refetch");
	if (remove_tree(path))
		return -1;
	strvec_pushl(&clone.args, "git", "-c", "core.hooksPath=/dev/null", "clone", "-q", "--shared",
		     "--no-checkout", "--template=", "--", repo->common_dir, path, NULL);
	/* Nothing is pushed to the user's repository by habit. */
	strvec_pushl(&leave.args, "git", "-C", path, "remote", "remove", "origin", NULL);
	strvec_pushl(&checkout.args, "git", "-C", path, "-c", "core.hooksPath=/dev/null", "-c",
		     "advice.detachedHead=false", "checkout", "-q", "--detach",
		     oid_to_hex(hex, id, repo->rawlen), "--", NULL);
	if (run_git(&clone) || run_git(&leave)) {
		process_kill(&checkout);
		return error_prefix("cannot clone the repository to '%s'", path);
	}
	return run_git(&checkout) ? error_prefix("cannot check out %.12s in '%s'", hex, path) : 0;
}

/* What is not marked as built is not believed to be whole. */
int tree_forget(const struct tree *tree)
{
	char *spare = spare_path(tree), *built = built_path(tree);
	int result = remove_tree(built);

	if (!result)
		result = remove_tree(spare);
	free(spare);
	free(built);
	return result;
}

int tree_checkout(struct tree *tree, struct repo *repo, const struct oid *id)
{
	return tree_forget(tree) ? -1 : clone_shared(repo, tree->path, id);
}

/* Stamps the tree as it is now, and says that it is that of this commit. */
static int mark_built(struct tree *tree, const char *hex)
{
	char *built = built_path(tree);
	struct tempfile file = TEMPFILE_INIT;
	int result = tree_stamp(tree->path, tree->stamp);

	if (!result)
		result = tempfile_create(&file, built);
	if (!result) {
		fprintf(file.fp, "%s %s %s\n", hex, tree->stamp, tree->spare_stamp);
		result = tempfile_commit(&file);
	}
	tempfile_abort(&file);
	free(built);
	return result;
}

static int keep_spare(struct tree *tree, const char *hex)
{
	char *spare = spare_path(tree);
	int result = tree_forget(tree);

	if (!result)
		result = copy_tree(tree->path, spare);
	if (!result)
		result = tree_stamp(spare, tree->spare_stamp);
	if (!result)
		result = mark_built(tree, hex);
	free(spare);
	return result;
}

bool tree_is_spared(const struct tree *tree)
{
	char *spare = spare_path(tree);
	char now[SHA256_HEX_SIZE];
	bool same = !tree_stamp(spare, now) && !strcmp(now, tree->spare_stamp);

	error_clear();
	free(spare);
	return same;
}

/* Runs a command of the user's; 1 with "<what> <how it ended>; see <log>". */
static int run_in(struct tree *tree, const char *what, struct job *job, struct strbuf *tail)
{
	struct strbuf why = STRBUF_INIT;
	int result = job_run(job);

	if (!result && job_failed(job, &why)) {
		if (tail)
			strbuf_add(tail, job->tail.buf, job->tail.len);
		error_set("%s in '%s' %s; see %s", what, tree->path, why.buf, job->log);
		result = 1;
	}
	strbuf_release(&why);
	return result;
}

int tree_build(struct tree *tree, const char *hex, const char *command, double timeout, const char *log,
	       struct strbuf *tail)
{
	struct job job = JOB_INIT;
	int result;

	place_command(&job, command, tree->path);
	place_set(&job, "PERF_COMMIT", hex);
	place_set(&job, "PERF_WORKTREE", tree->path);
	job.timeout = timeout;
	job.log = log;
	result = run_in(tree, "the build", &job, tail);
	job_release(&job);
	return result ? result : keep_spare(tree, hex);
}

int tree_check(struct tree *tree, const char *command, double timeout, const char *log, struct strbuf *tail)
{
	struct job job = JOB_INIT;
	char *why;
	int result;

	place_command(&job, command, tree->path);
	job.timeout = timeout;
	job.log = log;
	result = run_in(tree, "the check", &job, tail);
	job_release(&job);
	/* To put things back is not to forget why it failed. */
	why = result > 0 ? xstrdup(error_message()) : NULL;
	if (result >= 0 && !tree_is_spared(tree)) {
		result = tree_forget(tree) ? -1 : 1;
		if (result > 0)
			error_set("the check in '%s' wrote to the copy of what was built", tree->path);
	} else if (result >= 0 && tree_restore(tree, NULL)) {
		result = -1;
	} else if (result > 0) {
		error_set("%s", why);
	}
	free(why);
	return result;
}

/* "<commit> <stamp> <stamp of the spare copy>": of which commit is what stands there? False when nothing does. */
static bool read_mark(const struct tree *tree, struct strbuf *hex, char *stamp, char *spare_stamp)
{
	char *built = built_path(tree);
	struct strbuf text = STRBUF_INIT;
	const char *blank;
	bool found = !access(built, R_OK) && strbuf_read_file(&text, built, 4096) >= 0 &&
		     (blank = strchr(text.buf, ' ')) && strlen(blank) == 2 * (size_t)SHA256_HEX_SIZE + 1;

	if (found) {
		strbuf_add(hex, text.buf, (size_t)(blank - text.buf));
		snprintf(stamp, SHA256_HEX_SIZE, "%s", blank + 1);
		snprintf(spare_stamp, SHA256_HEX_SIZE, "%s", blank + 1 + SHA256_HEX_SIZE);
	}
	error_clear();
	strbuf_release(&text);
	free(built);
	return found;
}

bool tree_is_built(struct tree *tree, const char *hex)
{
	struct strbuf of = STRBUF_INIT;
	char stamp[SHA256_HEX_SIZE], spare_stamp[SHA256_HEX_SIZE];
	bool ready = read_mark(tree, &of, stamp, spare_stamp) && !strcmp(of.buf, hex);

	/* What this process made is known: another mark is not ours. */
	if (ready && *tree->stamp)
		ready = !strcmp(stamp, tree->stamp) && !strcmp(spare_stamp, tree->spare_stamp);
	if (ready) {
		memcpy(tree->stamp, stamp, SHA256_HEX_SIZE);
		memcpy(tree->spare_stamp, spare_stamp, SHA256_HEX_SIZE);
		ready = !tree_restore(tree, NULL);
		error_clear();
	}
	strbuf_release(&of);
	return ready;
}

static int copy_spare(struct tree *tree)
{
	struct strbuf hex = STRBUF_INIT;
	char stamps[2][SHA256_HEX_SIZE];
	char *spare = spare_path(tree);
	int result = 0;

	/* By the stamps that we know: what is written there is not believed. */
	if (!read_mark(tree, &hex, stamps[0], stamps[1]) || !tree_is_spared(tree))
		result = error_set("the spare copy of '%s' is gone, or was changed; git perfhunt run makes "
				   "it anew",
				   tree->path);
	if (!result)
		result = remove_tree(tree->path);
	if (!result)
		result = copy_tree(spare, tree->path);
	if (!result)
		result = mark_built(tree, hex.buf);
	strbuf_release(&hex);
	free(spare);
	return result;
}

int tree_restore(struct tree *tree, bool *changed)
{
	char now[SHA256_HEX_SIZE];
	bool same = !tree_stamp(tree->path, now) && !strcmp(now, tree->stamp);

	if (changed)
		*changed = !same;
	return same ? 0 : copy_spare(tree);
}
