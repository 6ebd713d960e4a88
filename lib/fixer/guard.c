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

/* A link, and the file that it leads to. */
static int add_link(struct strbuf *out, const char *path)
{
	char target[PATH_MAX];
	ssize_t len = readlink(path, target, sizeof(target));
	struct stat st;

	if (len < 0)
		return error_set("cannot read the link '%s': %s", path, strerror(errno));
	strbuf_add(out, target, (size_t)len);
	strbuf_addch(out, '\n');
	return !stat(path, &st) && S_ISREG(st.st_mode) && strbuf_read_file(out, path, LIMIT) < 0 ? -1 : 0;
}

/* A file, or all that is in a folder: names, modes, contents. What is not there adds nothing. */
static int add_path(struct strbuf *out, const char *path)
{
	char *copy = xstrdup(path), *roots[] = { copy, NULL };
	FTS *tree = access(path, F_OK) ? NULL
				       : fts_open(roots, FTS_PHYSICAL | FTS_COMFOLLOW | FTS_NOCHDIR, by_name);
	const FTSENT *entry;
	int result = 0;

	while (!result && tree && (entry = fts_read(tree))) {
		if (entry->fts_info == FTS_DP)
			continue;
		strbuf_addf(out, "%s %o\n", entry->fts_path, (unsigned)entry->fts_statp->st_mode);
		if (entry->fts_info == FTS_F && strbuf_read_file(out, entry->fts_path, LIMIT) < 0)
			result = -1;
		if (entry->fts_info == FTS_SL)
			result = add_link(out, entry->fts_path);
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
	/* What this command alone was told is nothing that a fixer could change. */
	strvec_pushl(&p.env, "GIT_CONFIG_PARAMETERS", "GIT_CONFIG_COUNT", NULL);
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

void guard_set(struct guard *guard, enum guard_part part, const struct strbuf *text)
{
	sha256_hex(text->buf, text->len, guard->hex[part]);
}

int guard_take(struct guard *guard, const struct repo *repo, const char *clone)
{
	static const char *const config[] = { "config", "config.worktree",         "refs/replace",
					      "info",   "objects/info/alternates", "commondir",
					      NULL };
	static const char *const hooks[] = { "hooks", NULL };
	/* Those before GUARD_EVENTS. */
	struct strbuf text[GUARD_EVENTS];
	size_t nr = clone ? GUARD_EVENTS : GUARD_CLONE_CONFIG;
	int result;

	for (size_t i = 0; i < ARRAY_SIZE(text); i++)
		text[i] = (struct strbuf)STRBUF_INIT;
	result = add_config(&text[GUARD_CONFIG], repo);
	if (!result)
		result = add_hooks(&text[GUARD_HOOKS], repo);
	if (!result && clone)
		result = add_clone(&text[GUARD_CLONE_CONFIG], clone, config);
	if (!result && clone)
		result = add_clone(&text[GUARD_CLONE_HOOKS], clone, hooks);
	for (size_t i = 0; i < nr; i++)
		guard_set(guard, (enum guard_part)i, &text[i]);
	for (size_t i = 0; i < ARRAY_SIZE(text); i++)
		strbuf_release(&text[i]);
	return result;
}

bool guard_differs(const struct guard *a, const struct guard *b, enum guard_part *part)
{
	for (size_t i = 0; i < GUARD_PARTS; i++)
		if (*a->hex[i] && *b->hex[i] && strcmp(a->hex[i], b->hex[i]) != 0) {
			*part = (enum guard_part)i;
			return true;
		}
	return false;
}

/* --- words --- */

static const struct {
	const char *key, *words;
} names[] = {
	[GUARD_CONFIG] = { "config", "git's configuration" },
	[GUARD_HOOKS] = { "hooks", "the hooks of the repository" },
	[GUARD_CLONE_CONFIG] = { "clone_config", "the configuration of its clone" },
	[GUARD_CLONE_HOOKS] = { "clone_hooks", "the hooks of its clone" },
	[GUARD_EVENTS] = { "events", "the state of the hunt" },
	[GUARD_BRANCH] = { "branch", "the branch of the hunt" },
	[GUARD_BUILD] = { "build", "the build that it is compared with" },
	[GUARD_INPUTS] = { "inputs", "the inputs of the workloads" },
};

const char *guard_words(enum guard_part part)
{
	return names[part].words;
}

json_t *guard_to_json(const struct guard *guard)
{
	json_t *object = json_object();

	for (size_t i = 0; i < GUARD_PARTS; i++)
		if (*guard->hex[i])
			json_set_text(object, names[i].key, guard->hex[i]);
	return object;
}

void guard_from_json(struct guard *guard, const json_t *object)
{
	for (size_t i = 0; i < GUARD_PARTS; i++) {
		const char *hex = json_string_value(json_object_get(object, names[i].key));

		if (hex && strlen(hex) == SHA256_HEX_SIZE - 1)
			memcpy(guard->hex[i], hex, SHA256_HEX_SIZE);
	}
}
