#include "repo/objects.h"

#include "base/error.h"

/* "<id> <kind> <size>"; a name longer than an id is never asked for. */
#define LINE_LIMIT 256

static const char *const kind_names[] = { "object", "commit", "tree", "blob", "tag" };

const char *object_kind_name(enum object_kind kind)
{
	return kind_names[kind];
}

enum object_kind object_kind_from_name(const char *name, size_t len)
{
	for (int kind = OBJECT_COMMIT; kind <= OBJECT_TAG; kind++)
		if (strlen(kind_names[kind]) == len && !memcmp(name, kind_names[kind], len))
			return (enum object_kind)kind;
	return OBJECT_NONE;
}

static int start(struct cat_source *s, const struct repo *repo)
{
	s->child = (struct process)PROCESS_INIT;
	repo_git(&s->child);
	strvec_pushl(&s->child.args, "cat-file", "--batch", NULL);
	s->child.in = PROCESS_PIPE;
	s->child.out = PROCESS_PIPE;
	/* In a partial clone git complains about every object that it may not fetch. */
	if (repo->partial)
		s->child.err = PROCESS_NULL;
	if (process_start(&s->child))
		return -1;
	s->running = true;
	return 0;
}

static int stop(struct cat_source *s)
{
	s->running = false;
	return process_finish(&s->child);
}

/* Takes "<id> <kind> <size>" apart; the size comes back, or -1. */
static ssize_t parse_line(const char *line, size_t hexlen, enum object_kind *kind)
{
	const char *word = line + hexlen + 1, *space;
	char *end;
	unsigned long long size;

	if (strlen(line) < hexlen + 2 || line[hexlen] != ' ' || !(space = strchr(word, ' ')))
		return -1;
	*kind = object_kind_from_name(word, (size_t)(space - word));
	if (*kind == OBJECT_NONE || space[1] < '0' || space[1] > '9')
		return -1;
	errno = 0;
	size = strtoull(space + 1, &end, 10);
	return errno || *end || size > SSIZE_MAX - 1 ? -1 : (ssize_t)size;
}

int cat_source_read(struct cat_source *s, const struct repo *repo, const struct oid *id, struct object *object)
{
	char ask[OID_HEX_MAX + 2];
	size_t hexlen = 2 * repo->rawlen;
	ssize_t size;
	int got;

	if (!s->running && start(s, repo))
		return -1;
	oid_to_hex(ask, id, repo->rawlen);
	ask[hexlen] = '\n';
	if (process_write(&s->child, ask, hexlen + 1))
		return -1;
	strbuf_reset(&s->data);
	got = process_read_record(&s->child, &s->line, '\n', LINE_LIMIT);
	if (got < 0)
		return -1;
	/* git before 2.45 dies of an object that it may not fetch; the next read starts another. */
	if (!got)
		return stop(s) && !repo->partial ? -1 : 1;
	if (ends_with(s->line.buf, " missing"))
		return 1;
	size = parse_line(s->line.buf, hexlen, &object->kind);
	if (size < 0)
		return error_set("git cat-file answered \"%s\"", s->line.buf);
	if (process_read_bytes(&s->child, &s->data, (size_t)size + 1))
		return -1;
	/* The newline after the object gives way to the NUL. */
	strbuf_setlen(&s->data, (size_t)size);
	object->data = s->data.buf;
	object->size = (size_t)size;
	return 0;
}

void cat_source_close(struct cat_source *s)
{
	if (s->running) {
		process_close_in(&s->child);
		stop(s);
	}
	strbuf_release(&s->line);
	strbuf_release(&s->data);
}
