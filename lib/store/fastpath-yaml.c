#include "store/fastpath-yaml.h"

#include "base/error.h"
#include "base/strbuf.h"
#include "store/fastpath-tree.h"

/* More than anybody means. */
#define NUMBER_MAX 1000000
#define PORT_MAX 65535

enum field_kind {
	FIELD_TEXT,
	FIELD_NUMBER,
	/* A list of texts, or one. */
	FIELD_TEXTS,
	/* A node of this kind, left to the caller. */
	FIELD_MAP,
	FIELD_LIST,
	/* How many entries a map or a list has; of a text, one. */
	FIELD_COUNT,
};

struct field {
	/* Without case of "-" and "_". */
	const char *name;
	enum field_kind kind;
	bool required;
	/* In the struct that is filled: char *, unsigned, struct strvec or const struct fastpath_node *. */
	size_t offset;
};

#define fail(context, ...) fastpath_tree_error(&(context)->error, __VA_ARGS__)

/* Their contexts have "good-swprofile" next to "good_sha". */
static bool same_key(const char *a, const char *b)
{
	for (; *a && *b; a++, b++)
		if (*a != *b && !(strchr("-_", *a) && strchr("-_", *b)))
			return false;
	return *a == *b;
}

static int read_number(struct fastpath_context *context, const struct fastpath_node *node, unsigned max,
		       unsigned *number)
{
	const char *text = node->text;
	unsigned long value = 0;
	size_t len = text ? strlen(text) : 0;

	if (len && len < 8 && strspn(text, "0123456789") == len)
		value = strtoul(text, NULL, 10);
	else
		len = 0;
	if (!len || value > max)
		return fail(context, FASTPATH_TYPE, node->line,
			    "'%s' is \"%.64s\", expected a number from 0 to %u", node->key, text ? text : "",
			    max);
	*number = (unsigned)value;
	return 0;
}

static int read_texts(struct fastpath_context *context, const struct fastpath_node *node, struct strvec *texts)
{
	if (node->kind == NODE_TEXT) {
		if (node->text)
			strvec_push(texts, node->text);
		return 0;
	}
	if (node->kind != NODE_LIST)
		return fail(context, FASTPATH_TYPE, node->line, "'%s' is a map, expected a list of texts",
			    node->key);
	for (const struct fastpath_node *item = node->first; item; item = item->next) {
		if (item->kind != NODE_TEXT)
			return fail(context, FASTPATH_TYPE, item->line, "'%s' has an entry that is no text",
				    node->key);
		strvec_push(texts, item->text ? item->text : "");
	}
	return 0;
}

static int wrong_kind(struct fastpath_context *context, const struct fastpath_node *node, const char *expected)
{
	static const char *const names[] = {
		[NODE_TEXT] = "a text", [NODE_LIST] = "a list", [NODE_MAP] = "a map"
	};

	return fail(context, FASTPATH_TYPE, node->line, "'%s' is %s, expected %s", node->key,
		    names[node->kind], expected);
}

static unsigned count_entries(const struct fastpath_node *node)
{
	unsigned nr = 0;

	for (const struct fastpath_node *item = node->first; item; item = item->next)
		nr++;
	return node->kind == NODE_TEXT ? 1 : nr;
}

static int read_field(struct fastpath_context *context, const struct field *field,
		      const struct fastpath_node *node, void *at)
{
	switch (field->kind) {
	case FIELD_TEXT:
		if (node->kind != NODE_TEXT)
			return wrong_kind(context, node, "a text");
		*(char **)at = xstrdup(node->text ? node->text : "");
		return 0;
	case FIELD_NUMBER:
		if (node->kind != NODE_TEXT)
			return wrong_kind(context, node, "a number");
		return read_number(context, node, strcmp(field->name, "port") ? NUMBER_MAX : PORT_MAX, at);
	case FIELD_TEXTS:
		return read_texts(context, node, at);
	case FIELD_MAP:
		if (node->kind != NODE_MAP)
			return wrong_kind(context, node, "a map");
		break;
	case FIELD_LIST:
		if (node->kind != NODE_LIST)
			return wrong_kind(context, node, "a list");
		break;
	case FIELD_COUNT:
		*(unsigned *)at = count_entries(node);
		return 0;
	}
	*(const struct fastpath_node **)at = node;
	return 0;
}

static const struct field *find_field(const struct field *fields, size_t nr, const char *key)
{
	for (size_t i = 0; i < nr; i++)
		if (same_key(fields[i].name, key))
			return &fields[i];
	return NULL;
}

static bool is_present(const struct fastpath_node *map, const struct field *field)
{
	for (const struct fastpath_node *node = map->first; node; node = node->next)
		if (same_key(field->name, node->key))
			return node->kind != NODE_TEXT || (node->text && *node->text);
	return false;
}

/* Texts that are absent are "", never NULL. */
static void fill_texts(const struct field *fields, size_t nr, char *base)
{
	for (size_t i = 0; i < nr; i++) {
		char **text = (char **)(base + fields[i].offset);

		if (fields[i].kind == FIELD_TEXT && !*text)
			*text = xstrdup("");
	}
}

/* Fills a struct from a map; `what` is how messages call the map. */
static int read_map(struct fastpath_context *context, const struct fastpath_node *map, const char *what,
		    const struct field *fields, size_t nr, void *base)
{
	bool seen[16] = { false };

	for (const struct fastpath_node *node = map->first; node; node = node->next) {
		const struct field *field = find_field(fields, nr, node->key);

		if (!field) {
			strvec_pushf(&context->warnings, "line %zu: '%s' of %s is not read", node->line,
				     node->key, what);
			continue;
		}
		if (seen[field - fields])
			return fail(context, FASTPATH_DUPLICATE, node->line,
				    "'%s' of %s stands here a second time", node->key, what);
		seen[field - fields] = true;
		/* "key:" with nothing after it. */
		if (node->kind == NODE_TEXT && !node->text && !field->required)
			continue;
		if (read_field(context, field, node, (char *)base + field->offset))
			return -1;
	}
	for (size_t i = 0; i < nr; i++)
		if (fields[i].required && !is_present(map, &fields[i]))
			return fail(context, FASTPATH_MISSING, map->line, "%s has no '%s'", what,
				    fields[i].name);
	return 0;
}

#define CONTEXT_FIELD(name, kind, required, member)                               \
	{                                                                         \
		(name), kind, required, offsetof(struct fastpath_context, member) \
	}

static const struct field param_fields[] = {
	CONTEXT_FIELD("host", FIELD_TEXT, true, host),
	CONTEXT_FIELD("user", FIELD_TEXT, false, user),
	CONTEXT_FIELD("port", FIELD_NUMBER, false, port),
	CONTEXT_FIELD("keyfile", FIELD_TEXT, false, keyfile),
};

static const struct field default_fields[] = {
	CONTEXT_FIELD("warmups", FIELD_NUMBER, false, warmups),
	CONTEXT_FIELD("repeats", FIELD_NUMBER, false, repeats),
	CONTEXT_FIELD("sessions", FIELD_NUMBER, false, sessions),
};

/* What holds other maps is read in two steps. */
struct sut_parts {
	char *name;
	const struct fastpath_node *connection;
	unsigned nodes;
};

struct connection_parts {
	char *method;
	const struct fastpath_node *params;
};

struct plan_parts {
	const struct fastpath_node *sut, *swprofiles, *benchmarks, *defaults;
};

struct defaults_parts {
	const struct fastpath_node *benchmark;
};

struct context_parts {
	char *good_swprofile, *good_sha, *bad_swprofile, *bad_sha;
	char *resultclass, *resultstore, *output_resultstore;
	const struct fastpath_node *plan;
};

static const struct field sut_fields[] = {
	{ "name", FIELD_TEXT, true, offsetof(struct sut_parts, name) },
	{ "connection", FIELD_MAP, true, offsetof(struct sut_parts, connection) },
	{ "nodes", FIELD_COUNT, false, offsetof(struct sut_parts, nodes) },
};

static const struct field connection_fields[] = {
	{ "method", FIELD_TEXT, true, offsetof(struct connection_parts, method) },
	{ "params", FIELD_MAP, true, offsetof(struct connection_parts, params) },
};

static const struct field plan_fields[] = {
	{ "sut", FIELD_MAP, true, offsetof(struct plan_parts, sut) },
	{ "swprofiles", FIELD_LIST, true, offsetof(struct plan_parts, swprofiles) },
	{ "benchmarks", FIELD_LIST, true, offsetof(struct plan_parts, benchmarks) },
	{ "defaults", FIELD_MAP, false, offsetof(struct plan_parts, defaults) },
};

static const struct field defaults_fields[] = {
	{ "benchmark", FIELD_MAP, false, offsetof(struct defaults_parts, benchmark) },
};

static const struct field swprofile_fields[] = {
	{ "name", FIELD_TEXT, false, offsetof(struct fastpath_swprofile, name) },
	{ "kernel", FIELD_TEXT, false, offsetof(struct fastpath_swprofile, kernel) },
	{ "gitsha", FIELD_TEXT, false, offsetof(struct fastpath_swprofile, kernel_git_sha) },
	{ "cmdline", FIELD_TEXTS, false, offsetof(struct fastpath_swprofile, cmdline) },
	{ "sysctl", FIELD_TEXTS, false, offsetof(struct fastpath_swprofile, sysctl) },
	{ "bootscript", FIELD_TEXTS, false, offsetof(struct fastpath_swprofile, bootscript) },
};

static const struct field benchmark_fields[] = {
	{ "suite", FIELD_TEXT, true, offsetof(struct fastpath_benchmark, suite) },
	{ "name", FIELD_TEXT, true, offsetof(struct fastpath_benchmark, name) },
	{ "type", FIELD_TEXT, false, offsetof(struct fastpath_benchmark, type) },
	{ "image", FIELD_TEXT, false, offsetof(struct fastpath_benchmark, image) },
	{ "roles", FIELD_COUNT, false, offsetof(struct fastpath_benchmark, roles) },
	{ "warmups", FIELD_NUMBER, false, offsetof(struct fastpath_benchmark, warmups) },
	{ "repeats", FIELD_NUMBER, false, offsetof(struct fastpath_benchmark, repeats) },
	{ "sessions", FIELD_NUMBER, false, offsetof(struct fastpath_benchmark, sessions) },
};

static const struct field context_fields[] = {
	{ "plan", FIELD_MAP, true, offsetof(struct context_parts, plan) },
	{ "good-swprofile", FIELD_TEXT, true, offsetof(struct context_parts, good_swprofile) },
	{ "good_sha", FIELD_TEXT, false, offsetof(struct context_parts, good_sha) },
	{ "bad-swprofile", FIELD_TEXT, true, offsetof(struct context_parts, bad_swprofile) },
	{ "bad_sha", FIELD_TEXT, false, offsetof(struct context_parts, bad_sha) },
	{ "resultclass", FIELD_TEXT, true, offsetof(struct context_parts, resultclass) },
	{ "resultstore", FIELD_TEXT, false, offsetof(struct context_parts, resultstore) },
	{ "output-resultstore", FIELD_TEXT, false, offsetof(struct context_parts, output_resultstore) },
};

static int read_sut(struct fastpath_context *context, const struct fastpath_node *node)
{
	struct connection_parts connection = { .method = NULL };
	struct sut_parts sut = { .name = NULL };
	int result = read_map(context, node, "the sut", sut_fields, ARRAY_SIZE(sut_fields), &sut);

	if (!result)
		result = read_map(context, sut.connection, "the connection", connection_fields,
				  ARRAY_SIZE(connection_fields), &connection);
	if (!result)
		result = read_map(context, connection.params, "the connection's params", param_fields,
				  ARRAY_SIZE(param_fields), context);
	context->nodes = sut.nodes;
	context->sut = sut.name;
	context->method = connection.method;
	return result;
}

static int read_swprofiles(struct fastpath_context *context, const struct fastpath_node *list)
{
	int result = 0;

	for (const struct fastpath_node *node = list ? list->first : NULL; !result && node; node = node->next) {
		struct fastpath_swprofile *swprofile;

		if (node->kind != NODE_MAP)
			return fail(context, FASTPATH_TYPE, node->line, "an entry of 'swprofiles' is no map");
		ALLOC_GROW(context->swprofiles, context->swprofiles_nr + 1, context->swprofiles_alloc);
		swprofile = &context->swprofiles[context->swprofiles_nr++];
		*swprofile = (struct fastpath_swprofile){ .cmdline = STRVEC_INIT,
							  .sysctl = STRVEC_INIT,
							  .bootscript = STRVEC_INIT };
		result = read_map(context, node, "a swprofile", swprofile_fields,
				  ARRAY_SIZE(swprofile_fields), swprofile);
		fill_texts(swprofile_fields, ARRAY_SIZE(swprofile_fields), (char *)swprofile);
	}
	return result;
}

static int read_benchmarks(struct fastpath_context *context, const struct fastpath_node *list)
{
	int result = 0;

	for (const struct fastpath_node *node = list ? list->first : NULL; !result && node; node = node->next) {
		struct fastpath_benchmark *benchmark;

		if (node->kind != NODE_MAP)
			return fail(context, FASTPATH_TYPE, node->line, "an entry of 'benchmarks' is no map");
		ALLOC_GROW(context->benchmarks, context->benchmarks_nr + 1, context->benchmarks_alloc);
		benchmark = &context->benchmarks[context->benchmarks_nr++];
		*benchmark = (struct fastpath_benchmark){
			.warmups = context->warmups,
			.repeats = context->repeats,
			.sessions = context->sessions,
		};
		result = read_map(context, node, "a benchmark", benchmark_fields,
				  ARRAY_SIZE(benchmark_fields), benchmark);
		fill_texts(benchmark_fields, ARRAY_SIZE(benchmark_fields), (char *)benchmark);
	}
	return result;
}

static int read_plan(struct fastpath_context *context, const struct fastpath_node *node)
{
	struct defaults_parts defaults = { .benchmark = NULL };
	struct plan_parts plan = { .sut = NULL };
	int result = read_map(context, node, "the plan", plan_fields, ARRAY_SIZE(plan_fields), &plan);

	if (!result && plan.defaults)
		result = read_map(context, plan.defaults, "the defaults", defaults_fields,
				  ARRAY_SIZE(defaults_fields), &defaults);
	if (!result && defaults.benchmark)
		result = read_map(context, defaults.benchmark, "the defaults of benchmarks", default_fields,
				  ARRAY_SIZE(default_fields), context);
	if (!result)
		result = read_sut(context, plan.sut);
	if (!result)
		result = read_swprofiles(context, plan.swprofiles);
	if (!result)
		result = read_benchmarks(context, plan.benchmarks);
	return result;
}

static int read_context(struct fastpath_context *context, const struct fastpath_node *root)
{
	struct context_parts parts = { .plan = NULL };
	int result = read_map(context, root, "the context", context_fields, ARRAY_SIZE(context_fields), &parts);

	context->is_context = true;
	context->good_swprofile = parts.good_swprofile;
	context->good_sha = parts.good_sha;
	context->bad_swprofile = parts.bad_swprofile;
	context->bad_sha = parts.bad_sha;
	context->resultclass = parts.resultclass;
	context->resultstore = parts.resultstore;
	context->output_resultstore = parts.output_resultstore;
	return result ? result : read_plan(context, parts.plan);
}

/* The texts of a context itself. */
static const size_t texts[] = {
	offsetof(struct fastpath_context, sut),         offsetof(struct fastpath_context, method),
	offsetof(struct fastpath_context, host),        offsetof(struct fastpath_context, user),
	offsetof(struct fastpath_context, keyfile),     offsetof(struct fastpath_context, good_swprofile),
	offsetof(struct fastpath_context, good_sha),    offsetof(struct fastpath_context, bad_swprofile),
	offsetof(struct fastpath_context, bad_sha),     offsetof(struct fastpath_context, resultclass),
	offsetof(struct fastpath_context, resultstore), offsetof(struct fastpath_context, output_resultstore),
};

static char **text_at(struct fastpath_context *context, size_t i)
{
	return (char **)((char *)context + texts[i]);
}

static int read_root(struct fastpath_context *context, const struct fastpath_node *root)
{
	int result;

	if (root->kind != NODE_MAP)
		return fail(context, FASTPATH_TYPE, root->line, "neither a context nor a plan, which are maps");
	result = is_present(root, &context_fields[0]) ? read_context(context, root) : read_plan(context, root);
	for (size_t i = 0; !result && i < ARRAY_SIZE(texts); i++)
		if (!*text_at(context, i))
			*text_at(context, i) = xstrdup("");
	return result;
}

int fastpath_parse(struct fastpath_context *context, const char *text, size_t len, const char *name)
{
	struct fastpath_error error;
	struct fastpath_node *root;
	int result;

	*context = (struct fastpath_context)FASTPATH_CONTEXT_INIT;
	root = fastpath_tree_read(text, len, &context->error);
	result = root ? read_root(context, root) : -1;
	fastpath_tree_free(root);
	if (!result)
		return 0;
	error = context->error;
	fastpath_release(context);
	context->error = error;
	return error_prefix("%s", name);
}

int fastpath_read(struct fastpath_context *context, const char *path)
{
	struct strbuf text = STRBUF_INIT;
	int result;

	*context = (struct fastpath_context)FASTPATH_CONTEXT_INIT;
	if (strbuf_read_file(&text, path, FASTPATH_BYTES_MAX) < 0) {
		context->error.kind = FASTPATH_IO;
		result = -1;
	} else {
		result = fastpath_parse(context, text.buf, text.len, path);
	}
	strbuf_release(&text);
	return result;
}

static void swprofile_release(struct fastpath_swprofile *swprofile)
{
	free(swprofile->name);
	free(swprofile->kernel);
	free(swprofile->kernel_git_sha);
	strvec_release(&swprofile->cmdline);
	strvec_release(&swprofile->sysctl);
	strvec_release(&swprofile->bootscript);
}

static void benchmark_release(struct fastpath_benchmark *benchmark)
{
	free(benchmark->suite);
	free(benchmark->name);
	free(benchmark->type);
	free(benchmark->image);
}

void fastpath_release(struct fastpath_context *context)
{
	for (size_t i = 0; i < context->swprofiles_nr; i++)
		swprofile_release(&context->swprofiles[i]);
	for (size_t i = 0; i < context->benchmarks_nr; i++)
		benchmark_release(&context->benchmarks[i]);
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		free(*text_at(context, i));
	free(context->swprofiles);
	free(context->benchmarks);
	strvec_release(&context->warnings);
	*context = (struct fastpath_context)FASTPATH_CONTEXT_INIT;
}
