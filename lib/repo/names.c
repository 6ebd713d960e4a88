#include "repo/names.h"

#include "base/error.h"
#include "repo/objects.h"

#define LINE_LIMIT 65536

/* One line of batch-check: "<id> <kind>", or "<name> missing" and the like. */
static enum object_kind parse(const char *line, size_t rawlen, struct oid *id)
{
	size_t hexlen = 2 * rawlen, len = strlen(line);

	if (len < hexlen + 2 || line[hexlen] != ' ' || oid_from_hex(id, line, rawlen))
		return OBJECT_NONE;
	return object_kind_from_name(line + hexlen + 1, len - hexlen - 1);
}

static int next(struct process *p, struct strbuf *line)
{
	int got = process_read_record(p, line, '\n', LINE_LIMIT);

	return got ? got : error_set("git cat-file ended too early");
}

/*
 * The two answers for a name, as typed and peeled. Peeling may misread what
 * reaches to the end of the name (":/some^{commit}"), so a commit as typed
 * needs none.
 */
static int read_answers(struct process *p, const char *name, size_t rawlen, struct oid *id)
{
	struct strbuf line = STRBUF_INIT;
	struct oid peeled;
	enum object_kind kind = OBJECT_NONE;
	bool ambiguous = false;
	int result = next(p, &line);

	if (result > 0) {
		kind = parse(line.buf, rawlen, id);
		ambiguous = kind == OBJECT_NONE && ends_with(line.buf, " ambiguous");
		result = next(p, &line);
	}
	if (result > 0 && kind == OBJECT_TAG && parse(line.buf, rawlen, &peeled) == OBJECT_COMMIT) {
		*id = peeled;
		kind = OBJECT_COMMIT;
	}
	strbuf_release(&line);
	if (result < 0)
		return -1;
	if (kind == OBJECT_COMMIT)
		return 0;
	if (ambiguous)
		return error_set("revision '%s' is ambiguous; give more digits", name);
	if (kind == OBJECT_NONE)
		return error_set("unknown revision '%s'", name);
	return error_set("'%s' is a %s that leads to no commit", name, object_kind_name(kind));
}

static int check(const char *name)
{
	if (!*name)
		return error_set("an empty revision");
	if (strlen(name) > LINE_LIMIT / 2)
		return error_set("a revision of %zu bytes is too long", strlen(name));
	if (strchr(name, '\n'))
		return error_set("revision '%s' holds a newline; give a tag or an id", name);
	return 0;
}

int names_resolve(struct repo *repo, const char *const *names, size_t nr, struct oid *ids)
{
	struct process p = PROCESS_INIT;
	int result = 0;

	for (size_t i = 0; i < nr; i++)
		if (check(names[i]))
			return -1;
	repo_git(&p);
	strvec_pushl(&p.args, "cat-file", "--batch-check=%(objectname) %(objecttype)", NULL);
	p.in = PROCESS_PIPE;
	p.out = PROCESS_PIPE;
	if (process_start(&p))
		return -1;
	for (size_t i = 0; i < nr && !result; i++) {
		char *ask = xstrfmt("%s\n%s^{commit}\n", names[i], names[i]);

		result = process_write(&p, ask, strlen(ask));
		free(ask);
		if (!result)
			result = read_answers(&p, names[i], repo->rawlen, &ids[i]);
	}
	if (result) {
		process_kill(&p);
		return -1;
	}
	return process_finish(&p);
}
