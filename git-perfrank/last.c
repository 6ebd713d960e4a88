#include "last.h"

#include <sys/stat.h>

#include "base/error.h"
#include "base/escape.h"
#include "base/json.h"
#include "base/tempfile.h"
#include "ui/command.h"

#define SCHEMA "git-perfrank-query/1"
#define SIZE_LIMIT ((size_t)1 << 20)

static char *folder(const struct repo *repo)
{
	return xstrfmt("%s/perf", repo->git_dir);
}

/*
 * A folder of our own: no link, nobody else's, and nobody else may write into
 * it. NULL when it is one or not there, else what is wrong with it.
 */
static const char *fault_of(const char *dir)
{
	struct stat st;

	if (lstat(dir, &st))
		return NULL;
	if (S_ISLNK(st.st_mode))
		return "is a symbolic link";
	if (!S_ISDIR(st.st_mode))
		return "is no folder";
	if (st.st_uid != geteuid())
		return "belongs to another user";
	return st.st_mode & 0022 ? "can be written to by others" : NULL;
}

/* JSON cannot hold other bytes, so that another file than the one that was read would be named. */
static bool is_utf8(const char *text)
{
	size_t len = strlen(text), n = 1;
	uint32_t point;

	for (size_t at = 0; n && at < len; at += n)
		n = utf8_sequence(text + at, len - at, &point);
	return n > 0;
}

/* Can it be repeated? Not with a profile from a pipe, which cannot be read again. */
static bool is_repeatable(const struct query *query, const struct strvec *words)
{
	for (size_t i = 0; i < words->nr; i++)
		if (!is_utf8(words->v[i]))
			return false;
	return strcmp(query->profile_path, "-") && is_utf8(query->profile_path) && is_utf8(query->context);
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

/* What would be written through, to somewhere else. */
static bool is_planted(const char *path)
{
	struct stat st;

	return !lstat(path, &st) && !S_ISREG(st.st_mode);
}

void last_write(const struct query *query, const struct query_options *opts, const struct strvec *words)
{
	char *dir = folder(query->repo), *path = xstrfmt("%s/perfrank.json", dir);
	struct tempfile file = TEMPFILE_INIT;
	const char *fault = fault_of(dir);

	if (fault) {
		warning("%s %s, so that this ranking is not remembered; it has to be a folder of yours alone",
			dir, fault);
	} else if (is_repeatable(query, words) && (!mkdir(dir, 0700) || errno == EEXIST) &&
		   !is_planted(path) && !tempfile_create(&file, path)) {
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

	if (fault_of(dir))
		ret = error_set("%s %s, so that the last ranking is not read from it; give a range", dir,
				fault_of(dir));
	else if (is_planted(path) || access(path, R_OK))
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
