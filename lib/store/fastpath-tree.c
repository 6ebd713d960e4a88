#include "store/fastpath-tree.h"

#include <yaml.h>

#include "base/error.h"
#include "base/strbuf.h"

/* A longer key is told by its beginning. */
#define KEY_SHOWN 64

struct reading {
	yaml_parser_t parser;
	const char *text;
	size_t len;
	struct fastpath_error *error;
	/* The lists and maps that are open. */
	struct fastpath_node *open[FASTPATH_DEPTH_MAX];
	size_t depth;
	struct fastpath_node *root;
	size_t nodes;
	/* The key that waits for its value, and where it stands. */
	char *key;
};

int fastpath_tree_error(struct fastpath_error *error, enum fastpath_error_kind kind, size_t line,
			const char *fmt, ...)
{
	struct strbuf text = STRBUF_INIT;
	va_list ap;

	va_start(ap, fmt);
	strbuf_vaddf(&text, fmt, ap);
	va_end(ap);
	error_set("line %zu: %s", line, text.buf);
	strbuf_release(&text);
	*error = (struct fastpath_error){ .kind = kind, .line = line };
	return -1;
}

static size_t line_of(const yaml_event_t *event)
{
	return event->start_mark.line + 1;
}

static struct fastpath_node *add_node(struct reading *r, enum fastpath_node_kind kind, size_t line)
{
	struct fastpath_node *node, *parent = r->depth ? r->open[r->depth - 1] : NULL;

	if (r->nodes++ >= FASTPATH_NODES_MAX) {
		fastpath_tree_error(r->error, FASTPATH_LIMIT, line, "more than %d values", FASTPATH_NODES_MAX);
		return NULL;
	}
	node = xcalloc(1, sizeof(*node));
	node->kind = kind;
	node->line = line;
	node->key = r->key;
	r->key = NULL;
	/* The root was made first and begins the chain. */
	if (r->root) {
		node->chain = r->root->chain;
		r->root->chain = node;
	} else {
		r->root = node;
	}
	if (!parent)
		return node;
	if (parent->last)
		parent->last->next = node;
	else
		parent->first = node;
	parent->last = node;
	return node;
}

static bool wants_key(const struct reading *r)
{
	return r->depth && r->open[r->depth - 1]->kind == NODE_MAP && !r->key;
}

static int take_key(struct reading *r, const char *text, size_t line)
{
	for (const struct fastpath_node *node = r->open[r->depth - 1]->first; node; node = node->next)
		if (!strcmp(node->key, text))
			return fastpath_tree_error(r->error, FASTPATH_DUPLICATE, line,
						   "'%.*s' stands here and in line %zu", KEY_SHOWN, text,
						   node->line);
	if (!strcmp(text, "<<"))
		return fastpath_tree_error(r->error, FASTPATH_FORBIDDEN, line,
					   "a merge key; write out what it stands for");
	if (++r->nodes > FASTPATH_NODES_MAX)
		return fastpath_tree_error(r->error, FASTPATH_LIMIT, line, "more than %d values",
					   FASTPATH_NODES_MAX);
	r->key = xstrdup(text);
	return 0;
}

static bool is_null(const yaml_event_t *event)
{
	const char *text = (const char *)event->data.scalar.value;

	return event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
	       (!*text || !strcmp(text, "~") || !strcmp(text, "null"));
}

static int take_text(struct reading *r, const yaml_event_t *event)
{
	const char *text = (const char *)event->data.scalar.value;
	struct fastpath_node *node;

	if (strlen(text) != event->data.scalar.length)
		return fastpath_tree_error(r->error, FASTPATH_TYPE, line_of(event),
					   "a NUL character within a text");
	if (wants_key(r))
		return take_key(r, text, line_of(event));
	node = add_node(r, NODE_TEXT, line_of(event));
	if (!node)
		return -1;
	node->text = is_null(event) ? NULL : xstrdup(text);
	return 0;
}

static int open_node(struct reading *r, const yaml_event_t *event, enum fastpath_node_kind kind)
{
	struct fastpath_node *node;

	if (wants_key(r))
		return fastpath_tree_error(r->error, FASTPATH_TYPE, line_of(event), "a list or map as a key");
	if (r->depth >= FASTPATH_DEPTH_MAX)
		return fastpath_tree_error(r->error, FASTPATH_LIMIT, line_of(event),
					   "more than %d levels deep", FASTPATH_DEPTH_MAX);
	node = add_node(r, kind, line_of(event));
	if (!node)
		return -1;
	r->open[r->depth++] = node;
	return 0;
}

static int forbid(struct reading *r, const yaml_event_t *event, const char *what)
{
	return fastpath_tree_error(r->error, FASTPATH_FORBIDDEN, line_of(event),
				   "%s; write out what it stands for", what);
}

static int check_extras(struct reading *r, const yaml_event_t *event, const yaml_char_t *anchor,
			const yaml_char_t *tag)
{
	if (anchor)
		return forbid(r, event, "an anchor (&)");
	return tag ? forbid(r, event, "a tag (!)") : 0;
}

static int take_event(struct reading *r, const yaml_event_t *event)
{
	switch (event->type) {
	case YAML_ALIAS_EVENT:
		return forbid(r, event, "an alias (*)");
	case YAML_SCALAR_EVENT:
		return check_extras(r, event, event->data.scalar.anchor, event->data.scalar.tag) ||
				       take_text(r, event)
			     ? -1
			     : 0;
	case YAML_SEQUENCE_START_EVENT:
		return check_extras(r, event, event->data.sequence_start.anchor,
				    event->data.sequence_start.tag) ||
				       open_node(r, event, NODE_LIST)
			     ? -1
			     : 0;
	case YAML_MAPPING_START_EVENT:
		return check_extras(r, event, event->data.mapping_start.anchor, event->data.mapping_start.tag) ||
				       open_node(r, event, NODE_MAP)
			     ? -1
			     : 0;
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		r->depth--;
		return 0;
	case YAML_DOCUMENT_START_EVENT:
		if (r->root)
			return fastpath_tree_error(r->error, FASTPATH_FORBIDDEN, line_of(event),
						   "a second document");
		return 0;
	default:
		return 0;
	}
}

static size_t line_at(const struct reading *r, size_t offset)
{
	size_t line = 1;

	for (size_t i = 0; i < offset && i < r->len; i++)
		line += r->text[i] == '\n';
	return line;
}

static int refuse_syntax(struct reading *r)
{
	const yaml_parser_t *p = &r->parser;
	size_t line = p->problem_mark.line + 1;

	/* What is no text at all has a place, but no mark. */
	if (p->error == YAML_READER_ERROR)
		line = line_at(r, p->problem_offset);
	if (p->error == YAML_MEMORY_ERROR)
		return fastpath_tree_error(r->error, FASTPATH_LIMIT, line, "out of memory");
	return fastpath_tree_error(r->error, FASTPATH_SYNTAX, line, "no YAML: %s",
				   p->problem ? p->problem : "it cannot be understood");
}

static int read_events(struct reading *r)
{
	int result = 0;
	bool end = false;

	while (!result && !end) {
		yaml_event_t event;

		if (!yaml_parser_parse(&r->parser, &event))
			return refuse_syntax(r);
		result = take_event(r, &event);
		end = event.type == YAML_STREAM_END_EVENT;
		yaml_event_delete(&event);
	}
	if (!result && !r->root)
		add_node(r, NODE_TEXT, 1);
	return result;
}

static void free_chain(struct fastpath_node *node)
{
	while (node) {
		struct fastpath_node *chain = node->chain;

		free(node->key);
		free(node->text);
		free(node);
		node = chain;
	}
}

struct fastpath_node *fastpath_tree_read(const char *text, size_t len, struct fastpath_error *error)
{
	struct reading r = { .text = text, .len = len, .error = error };
	int result;

	*error = (struct fastpath_error){ .kind = FASTPATH_OK };
	if (len > FASTPATH_BYTES_MAX) {
		fastpath_tree_error(error, FASTPATH_LIMIT, 1, "more than %zu KiB", FASTPATH_BYTES_MAX >> 10);
		return NULL;
	}
	if (!yaml_parser_initialize(&r.parser)) {
		fastpath_tree_error(error, FASTPATH_LIMIT, 1, "out of memory");
		return NULL;
	}
	yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&r.parser, (const unsigned char *)text, len);
	result = read_events(&r);
	yaml_parser_delete(&r.parser);
	free(r.key);
	if (result) {
		free_chain(r.root);
		return NULL;
	}
	return r.root;
}

void fastpath_tree_free(struct fastpath_node *root)
{
	free_chain(root);
}
