#include "last.h"

#include <sys/stat.h>

#include "base/error.h"
#include "base/json.h"
#include "base/tempfile.h"

#define SCHEMA "git-perfrank-query/1"
#define SIZE_LIMIT ((size_t)1 << 20)

static char *folder(const struct repo *repo)
{
	return xstrfmt("%s/perf", repo->git_dir);
}

/* A folder of our own: no link, and nobody else's. */
static bool is_ours(const char *dir)
{
	struct stat st;

	return !lstat(dir, &st) && S_ISDIR(st.st_mode) && st.st_uid == geteuid();
}

static json_t *query_json(const struct query *query, const struct query_options *opts,
			  const struct strvec *words)
{
	json_t *root = json_object(), *range = json_array();

	for (size_t i = 0; i < words->nr; i++)
		json_append(range, json_text(words->v[i]));
	json_set_text(root, "schema", SCHEMA);
	json_set(root, "range", range);
	json_set_text(root, "profile", query->profile_path);
	json_set_text(root, "context", query->context);
	if (opts->chunk)
		json_set_text(root, "chunk", opts->chunk);
	if (opts->weights)
		json_set_text(root, "weights", opts->weights);
	if (!opts->resolve)
		json_set(root, "resolve", json_false());
	return root;
}

void last_write(const struct query *query, const struct query_options *opts, const struct strvec *words)
{
	char *dir = folder(query->repo), *path = xstrfmt("%s/perfrank.json", dir);
	struct tempfile file = TEMPFILE_INIT;

	/* A profile from a pipe cannot be read again. */
	if (strcmp(query->profile_path, "-") && (!mkdir(dir, 0700) || errno == EEXIST) && is_ours(dir) &&
	    !tempfile_create(&file, path)) {
		if (json_print(query_json(query, opts, words), file.fp) || tempfile_commit(&file))
			tempfile_abort(&file);
	}
	error_clear();
	free(path);
	free(dir);
}

static void take(const json_t *root, const char *key, char **value)
{
	const char *text = json_string_value(json_object_get(root, key));

	if (*value || !text || !*text)
		return;
	*value = xstrdup(text);
}

static int read_json(const char *path, json_t **root)
{
	struct strbuf text = STRBUF_INIT;
	const char *schema;
	int ret = 0;

	*root = NULL;
	if (strbuf_read_file(&text, path, SIZE_LIMIT) < 0)
		ret = -1;
	else
		*root = json_loadb(text.buf, text.len, JSON_REJECT_DUPLICATES, NULL);
	schema = json_string_value(json_object_get(*root, "schema"));
	if (!ret && (!schema || strcmp(schema, SCHEMA)))
		ret = error_set("%s is not of this version of git perfrank; rank again", path);
	strbuf_release(&text);
	return ret;
}

int last_read(const struct repo *repo, struct query_options *opts, struct strvec *words)
{
	char *dir = folder(repo), *path = xstrfmt("%s/perfrank.json", dir);
	json_t *root = NULL;
	int ret = 0;

	if (!is_ours(dir) || access(path, R_OK))
		ret = error_set(
			"no ranking to show a commit of: run git perfrank <range> first, or give a range");
	else
		ret = read_json(path, &root);
	if (!ret) {
		const json_t *range = json_object_get(root, "range");

		for (size_t i = 0; i < json_array_size(range); i++)
			if (json_is_string(json_array_get(range, i)))
				strvec_push(words, json_string_value(json_array_get(range, i)));
		take(root, "profile", &opts->profile);
		if (!opts->context_file)
			take(root, "context", &opts->context);
		take(root, "chunk", &opts->chunk);
		take(root, "weights", &opts->weights);
		if (opts->resolve < 0)
			opts->resolve = !json_is_false(json_object_get(root, "resolve"));
	}
	json_decref(root);
	free(path);
	free(dir);
	return ret;
}
