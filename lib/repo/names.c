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

/* Asks for one name; OBJECT_NONE when there is no such object, the answer in *line. */
static int ask(struct process *p, const char *name, size_t rawlen, struct strbuf *line, struct oid *id,
	       enum object_kind *kind)
{
	char *request = xstrfmt("%s\n", name);
	int result = process_write(p, request, strlen(request));

	free(request);
	if (result)
		return -1;
	result = process_read_record(p, line, '\n', LINE_LIMIT);
	if (result < 0)
		return -1;
	if (!result)
		return error_set("git cat-file ended before it answered for '%s'", name);
	*kind = parse(line->buf, rawlen, id);
	return 0;
}

/*
 * Only tags are peeled: for names that reach to the end of the line, as
 * ":/text" does, "^{commit}" would be part of the name.
 */
static int resolve(struct process *p, const char *name, const struct repo *repo, struct oid *id)
{
	size_t rawlen = repo->rawlen;
	struct strbuf line = STRBUF_INIT;
	enum object_kind kind = OBJECT_NONE, first;
	int result = ask(p, name, rawlen, &line, id, &kind);

	first = kind;
	if (!result && kind == OBJECT_TAG) {
		char *peeled = xstrfmt("%s^{commit}", name);

		result = ask(p, peeled, rawlen, &line, id, &kind);
		free(peeled);
	}
	if (!result && kind != OBJECT_COMMIT) {
		if (first != OBJECT_NONE)
			error_set("'%s' is a %s that leads to no commit", name, object_kind_name(first));
		else if (ends_with(line.buf, " ambiguous"))
			error_set("revision '%s' is ambiguous; give more digits", name);
		else
			error_set("unknown revision '%s'%s", name,
				  repo->shallow ? " in this shallow clone; try git fetch --unshallow --tags"
						: "");
		result = -1;
	}
	strbuf_release(&line);
	return result;
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
	for (size_t i = 0; i < nr && !result; i++)
		result = resolve(&p, names[i], repo, &ids[i]);
	if (result) {
		process_kill(&p);
		return -1;
	}
	return process_finish(&p);
}
