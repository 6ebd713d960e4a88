#include "fixer/guard.h"

#include <fts.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/process.h"
#include "repo/bisect.h"

#define LIMIT ((size_t)16 << 20)

static int by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

/* A file, or all that is in a folder: names, modes, contents. What is not there adds nothing. */
static int add_path(struct strbuf *out, const char *path)
{
	char *copy = xstrdup(path), *roots[] = { copy, NULL };
	FTS *tree = access(path, F_OK) ? NULL : fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, by_name);
	const FTSENT *entry;
	int result = 0;

	while (!result && tree && (entry = fts_read(tree))) {
		if (entry->fts_info == FTS_DP)
			continue;
		strbuf_addf(out, "%s %o\n", entry->fts_path, (unsigned)entry->fts_statp->st_mode);
		if (entry->fts_info == FTS_F && strbuf_read_file(out, entry->fts_path, LIMIT) < 0)
			result = -1;
		if (entry->fts_info == FTS_SL)
			strbuf_addf(out, "%lld\n", (long long)entry->fts_statp->st_mtime);
	}
	if (tree)
		fts_close(tree);
	free(copy);
	return result;
}

static int git_says(struct strbuf *out, const struct repo *repo, const char *const *words)
{
	struct process p = PROCESS_INIT;

	strvec_pushl(&p.args, "git", "-C", repo->work_tree ? repo->work_tree : repo->common_dir, NULL);
	git_leave_repository(&p.env);
	for (; *words; words++)
		strvec_push(&p.args, *words);
	p.err = PROCESS_PIPE;
	return process_capture(&p, NULL, out, LIMIT);
}

static int add_config(struct strbuf *out, const struct repo *repo)
{
	static const char *const words[] = { "config", "--list", "-z", "--show-origin", NULL };

	return git_says(out, repo, words);
}

static int add_hooks(struct strbuf *out, const struct repo *repo)
{
	static const char *const words[] = { "rev-parse", "--path-format=absolute", "--git-path", "hooks",
					     NULL };
	struct strbuf path = STRBUF_INIT;
	int result = git_says(&path, repo, words);

	strbuf_rtrim(&path);
	if (!result)
		result = add_path(out, path.buf);
	strbuf_release(&path);
	return result;
}

static int add_clone(struct strbuf *out, const char *clone, const char *const *names)
{
	int result = 0;

	for (; !result && *names; names++) {
		char *path = xstrfmt("%s/.git/%s", clone, *names);

		result = add_path(out, path);
		free(path);
	}
	return result;
}

int guard_take(struct guard *guard, const struct repo *repo, const char *clone, const struct strbuf *own)
{
	static const char *const config[] = { "config", "config.worktree",         "refs/replace",
					      "info",   "objects/info/alternates", "commondir",
					      NULL };
	static const char *const hooks[] = { "hooks", NULL };
	struct strbuf text[GUARD_PARTS];
	int result;

	for (size_t i = 0; i < GUARD_PARTS; i++)
		text[i] = (struct strbuf)STRBUF_INIT;
	strbuf_add(&text[GUARD_STATE], own->buf, own->len);
	result = add_config(&text[GUARD_CONFIG], repo) || add_hooks(&text[GUARD_HOOKS], repo) ||
				 add_clone(&text[GUARD_CLONE_CONFIG], clone, config) ||
				 add_clone(&text[GUARD_CLONE_HOOKS], clone, hooks)
		       ? -1
		       : 0;
	for (size_t i = 0; i < GUARD_PARTS; i++) {
		sha256_hex(text[i].buf, text[i].len, guard->hex[i]);
		strbuf_release(&text[i]);
	}
	return result;
}

const char *guard_differs(const struct guard *a, const struct guard *b)
{
	static const char *const names[] = {
		[GUARD_CONFIG] = "git's configuration",
		[GUARD_HOOKS] = "the hooks of the repository",
		[GUARD_CLONE_CONFIG] = "the configuration of its clone",
		[GUARD_CLONE_HOOKS] = "the hooks of its clone",
		[GUARD_STATE] = "the state of the hunt",
	};

	for (size_t i = 0; i < GUARD_PARTS; i++)
		if (strcmp(a->hex[i], b->hex[i]) != 0)
			return names[i];
	return NULL;
}
