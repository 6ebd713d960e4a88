#include "fixer/changes.h"

#include "base/error.h"
#include "base/process.h"
#include "repo/bisect.h"

#define SAID_LIMIT ((size_t)64 << 20)

/* git <word> in `dir`, which runs no hook and no monitor, and takes each object for what it is. */
static void prepare(struct process *p, const char *dir, const char *word)
{
	strvec_pushl(&p->args, "git", "--no-replace-objects", "-C", dir, "-c", "core.hooksPath=/dev/null", "-c",
		     "core.fsmonitor=false", "-c", "gc.auto=0", "-c", "maintenance.auto=false", word, NULL);
	strvec_push(&p->env, "GIT_TERMINAL_PROMPT=0");
	git_leave_repository(&p->env);
	p->err = PROCESS_PIPE;
}

static int capture(struct process *p, struct strbuf *out)
{
	strbuf_reset(out);
	return process_capture(p, NULL, out, SAID_LIMIT);
}

static int read_oid(struct process *p, struct repo *repo, struct oid *id)
{
	struct strbuf out = STRBUF_INIT;
	int result = capture(p, &out);

	strbuf_rtrim(&out);
	if (!result && (out.len != 2 * repo->rawlen || oid_from_hex(id, out.buf, repo->rawlen)))
		result = error_set("git did not print an id, but '%s'", out.buf);
	strbuf_release(&out);
	return result;
}

static int write_tree(struct changes *changes, struct repo *repo, const char *clone)
{
	struct process add = PROCESS_INIT, write = PROCESS_INIT;
	struct strbuf said = STRBUF_INIT;
	int result;

	prepare(&add, clone, "add");
	strvec_pushl(&add.args, "-u", "--", ":/", NULL);
	result = capture(&add, &said);
	if (!result) {
		prepare(&write, clone, "write-tree");
		result = read_oid(&write, repo, &changes->tree);
	}
	strbuf_release(&said);
	return result ? error_prefix("cannot read what the fixer did in '%s'", clone) : 0;
}

static bool is_plain(const char *mode)
{
	return starts_with(mode, "100644 ") || starts_with(mode, "100755 ");
}

/* ":100644 100755 <id> <id> M\0path\0": is that more than another content? */
static void take_raw(struct changes *changes, const struct strbuf *out)
{
	for (const char *at = out->buf; at < out->buf + out->len;) {
		const char *path = at + strlen(at) + 1, *before = at + 1, *after = at + 8;
		bool made = starts_with(before, "000000 "), gone = starts_with(after, "000000 ");

		if (path >= out->buf + out->len || path - at < 16)
			return;
		strvec_push(&changes->paths, path);
		if ((!made && !is_plain(before)) || (!gone && !is_plain(after)) ||
		    (!made && !gone && memcmp(before, after, 6) != 0))
			strvec_push(&changes->modes, path);
		at = path + strlen(path) + 1;
	}
}

static void diff_args(struct process *p, const char *clone, const struct changes *changes,
		      const struct repo *repo, const struct oid *base)
{
	char hex[OID_HEX_MAX + 1];

	prepare(p, clone, "diff-tree");
	strvec_pushl(&p->args, "-r", "-z", "--no-renames", "--no-ext-diff", NULL);
	strvec_push(&p->args, oid_to_hex(hex, base, repo->rawlen));
	strvec_push(&p->args, oid_to_hex(hex, &changes->tree, repo->rawlen));
}

static int read_paths(struct changes *changes, struct repo *repo, const char *clone, const struct oid *base,
		      const struct strvec *pathspecs)
{
	struct process all = PROCESS_INIT, some = PROCESS_INIT;
	struct strbuf out = STRBUF_INIT;
	int result;

	diff_args(&all, clone, changes, repo, base);
	strvec_push(&all.args, "--raw");
	result = capture(&all, &out);
	if (!result)
		take_raw(changes, &out);
	if (!result && pathspecs->nr) {
		diff_args(&some, clone, changes, repo, base);
		strvec_pushl(&some.args, "--name-only", "--", NULL);
		for (size_t i = 0; i < pathspecs->nr; i++)
			strvec_push(&some.args, pathspecs->v[i]);
		result = capture(&some, &out);
		for (const char *at = out.buf; !result && at < out.buf + out.len; at += strlen(at) + 1)
			strvec_push(&changes->protected, at);
	}
	strbuf_release(&out);
	return result;
}

static int count_untracked(struct changes *changes, const char *clone)
{
	struct process p = PROCESS_INIT;
	struct strbuf out = STRBUF_INIT;
	int result;

	prepare(&p, clone, "ls-files");
	strvec_pushl(&p.args, "-z", "--others", "--exclude-standard", NULL);
	result = capture(&p, &out);
	for (size_t i = 0; i < out.len; i++)
		changes->untracked += !out.buf[i];
	strbuf_release(&out);
	return result;
}

int changes_read(struct changes *changes, struct repo *repo, const char *clone, const struct oid *base,
		 const struct strvec *pathspecs)
{
	if (write_tree(changes, repo, clone) || read_paths(changes, repo, clone, base, pathspecs))
		return -1;
	return count_untracked(changes, clone);
}

/* For the time being: what is kept gets its message once the gain is known. */
static int make_commit(struct repo *repo, const char *clone, const struct changes *changes,
		       const struct oid *base, struct oid *id)
{
	static const char *const names[] = { "GIT_AUTHOR", "GIT_COMMITTER" };
	struct process p = PROCESS_INIT;
	char hex[OID_HEX_MAX + 1];

	prepare(&p, clone, "commit-tree");
	strvec_pushl(&p.args, "-m", "a candidate of git perfhunt", "-p", NULL);
	strvec_push(&p.args, oid_to_hex(hex, base, repo->rawlen));
	strvec_push(&p.args, oid_to_hex(hex, &changes->tree, repo->rawlen));
	/* The same content is the same commit. */
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		strvec_pushf(&p.env, "%s_NAME=git perfhunt", names[i]);
		strvec_pushf(&p.env, "%s_EMAIL=perfhunt@localhost", names[i]);
		strvec_pushf(&p.env, "%s_DATE=@0 +0000", names[i]);
	}
	return read_oid(&p, repo, id);
}

int changes_commit(struct repo *repo, const char *clone, const struct changes *changes,
		   const struct oid *base, const char *ref, struct oid *id)
{
	struct process fetch = PROCESS_INIT;
	struct strbuf said = STRBUF_INIT;
	char hex[OID_HEX_MAX + 1];
	int result = make_commit(repo, clone, changes, base, id);

	if (result)
		return error_prefix("cannot make a commit of what the fixer did");
	prepare(&fetch, repo->common_dir, "fetch");
	strvec_pushl(&fetch.args, "-q", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules",
		     "--upload-pack=git -c uploadpack.allowAnySHA1InWant=true upload-pack", "--", clone, NULL);
	strvec_pushf(&fetch.args, "+%s:%s", oid_to_hex(hex, id, repo->rawlen), ref);
	result = capture(&fetch, &said);
	strbuf_release(&said);
	return result ? error_prefix("cannot fetch what the fixer did") : 0;
}

void changes_release(struct changes *changes)
{
	strvec_release(&changes->paths);
	strvec_release(&changes->protected);
	strvec_release(&changes->modes);
	*changes = (struct changes)CHANGES_INIT;
}
