#include "repo/renamed.h"

#include "base/error.h"
#include "base/process.h"
#include "repo/objects.h"

/* ":100644 100644 <id> <id> R090" NUL old NUL new NUL ... */
static int read_renames(const struct repo *repo, struct process *p, const char *path, struct renamed *renamed)
{
	struct strbuf meta = STRBUF_INIT, from = STRBUF_INIT, to = STRBUF_INIT;
	size_t hex = 2 * repo->rawlen;
	int ret;

	while ((ret = process_read_record(p, &meta, '\0', 65536)) > 0) {
		ret = process_read_record(p, &from, '\0', 65536);
		if (ret <= 0)
			break;
		/* Only renames and copies have a second name. */
		if (!strchr(meta.buf, 'R') && !strchr(meta.buf, 'C'))
			continue;
		ret = process_read_record(p, &to, '\0', 65536);
		if (ret <= 0)
			break;
		if (strcmp(to.buf, path) || renamed->from || meta.len < 16 + hex)
			continue;
		if (!oid_from_hex(&renamed->before, meta.buf + strlen(":100644 100644 "), repo->rawlen))
			renamed->from = xstrdup(from.buf);
	}
	strbuf_release(&meta);
	strbuf_release(&from);
	strbuf_release(&to);
	return ret;
}

static int find_by(const struct repo *repo, const struct oid *commit, const char *path, const char *how,
		   struct renamed *renamed)
{
	struct process p = PROCESS_INIT;
	char hex[OID_HEX_MAX + 1];
	int ret;

	oid_to_hex(hex, commit, repo->rawlen);
	repo_git(&p);
	strvec_pushl(&p.args, "diff-tree", "-r", "-z", "--raw", "--no-abbrev", "--no-commit-id", how,
		     "--diff-filter=R", hex, "--", NULL);
	p.out = PROCESS_PIPE;
	if (process_start(&p))
		return -1;
	ret = read_renames(repo, &p, path, renamed);
	if (ret < 0) {
		process_kill(&p);
		return -1;
	}
	return process_finish(&p);
}

int renamed_from(struct repo *repo, const struct oid *commit, const char *path, struct renamed *renamed)
{
	int ret = find_by(repo, commit, path, "-M", renamed);

	if (!ret || !repo->partial)
		return ret;
	/* Where texts are not here, git finds only what did not change. */
	error_clear();
	ret = find_by(repo, commit, path, "-M100%", renamed);
	renamed->unknown = !ret && !renamed->from;
	return ret;
}

void renamed_release(struct renamed *renamed)
{
	free(renamed->from);
	*renamed = (struct renamed)RENAMED_INIT;
}
