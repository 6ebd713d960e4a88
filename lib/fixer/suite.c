#include "fixer/suite.h"

#include <ctype.h>

#include "base/error.h"
#include "base/files.h"
#include "fixer/place.h"

#define NAME_MAX_BYTES 64

/* A word that may be a file's name anywhere. */
static bool is_name(const char *text, size_t len)
{
	return len && len <= NAME_MAX_BYTES && *text != '-' && *text != '.' &&
	       strspn(text, WORD_CHARS "-.+") >= len;
}

static int parse(struct workload *w, const char *spec)
{
	size_t len = strcspn(spec, ":");
	const char *seed = spec[len] ? spec + len + 1 : NULL;
	char *end;

	if (!is_name(spec, len))
		return error_set("'%s' is no workload; they are written name[:seed[:params]], the name of "
				 "letters, digits and -._+",
				 spec);
	w->spec = xstrdup(spec);
	w->name = xmemdupz(spec, len);
	w->params = xstrdup("");
	if (!seed)
		return 0;
	errno = 0;
	w->seed = strtoull(seed, &end, 10);
	if (!isdigit((unsigned char)*seed) || errno || (*end && *end != ':'))
		return error_set("the seed of workload '%s' is no whole number", spec);
	w->has_seed = true;
	if (*end) {
		free(w->params);
		w->params = xstrdup(end + 1);
	}
	return 0;
}

static void release(struct workload *w)
{
	free(w->spec);
	free(w->name);
	free(w->params);
	free(w->command);
	free(w->input);
}

int suite_add(struct suite *suite, const char *spec, const char *command)
{
	struct workload w = { .spec = NULL };

	if (parse(&w, spec)) {
		release(&w);
		return -1;
	}
	if (suite_find(suite, w.name)) {
		error_set("there are two workloads '%s'; give each a name of its own", w.name);
		release(&w);
		return -1;
	}
	w.command = xstrdup(command);
	ALLOC_GROW(suite->v, suite->nr + 1, suite->alloc);
	suite->v[suite->nr++] = w;
	return 0;
}

const struct workload *suite_find(const struct suite *suite, const char *name)
{
	for (size_t i = 0; i < suite->nr; i++)
		if (!strcmp(suite->v[i].name, name))
			return &suite->v[i];
	return NULL;
}

void suite_release(struct suite *suite)
{
	for (size_t i = 0; i < suite->nr; i++)
		release(&suite->v[i]);
	free(suite->v);
	*suite = (struct suite)SUITE_INIT;
}

char *workload_larger(const char *spec)
{
	struct strbuf out = STRBUF_INIT;
	const char *at = strchr(spec, ':');
	bool changed = false;

	at = at ? strchr(at + 1, ':') : NULL;
	if (!at)
		return NULL;
	strbuf_add(&out, spec, (size_t)(at - spec));
	while (*at) {
		size_t digits = strspn(at, "0123456789");
		bool alone = digits && digits < 18 && !isalnum((unsigned char)at[-1]) &&
			     !isalnum((unsigned char)at[digits]) && at[-1] != '.' && at[digits] != '.';

		if (alone) {
			strbuf_addf(&out, "%llu", 2 * strtoull(at, NULL, 10));
			changed = true;
		} else {
			strbuf_add(&out, at, digits ? digits : 1);
		}
		at += digits ? digits : 1;
	}
	if (!changed)
		strbuf_release(&out);
	return changed ? strbuf_detach(&out, NULL) : NULL;
}

void workload_environment(const struct workload *w, uint64_t seed, const char *input, struct job *job)
{
	place_set(job, "PERF_NAME", w->name);
	place_set(job, "PERF_PARAMS", w->params);
	place_set(job, "PERF_INPUT", input);
	if (!w->has_seed) {
		place_set(job, "PERF_SPEC", w->spec);
		place_set(job, "PERF_SEED", "");
		return;
	}
	strvec_pushf(&job->env, "PERF_SEED=%" PRIu64, seed);
	strvec_pushf(&job->env, "PERF_SPEC=%s:%" PRIu64 "%s%s", w->name, seed, *w->params ? ":" : "",
		     w->params);
}

int workload_generate(const struct workload *w, const char *generator, uint64_t seed, const char *path,
		      const char *dir, double timeout)
{
	struct job job = JOB_INIT;
	struct strbuf why = STRBUF_INIT;
	int result = remove_tree(path);

	place_command(&job, generator, dir);
	workload_environment(w, seed, path, &job);
	job.timeout = timeout;
	if (!result)
		result = job_run(&job);
	strbuf_rtrim(&job.tail);
	if (!result && job_failed(&job, &why))
		result = error_set("the generator of workload '%s' %s: %s", w->spec, why.buf,
				   job.tail.len ? job.tail.buf : "it said nothing");
	else if (!result && access(path, F_OK))
		result = error_set("the generator of workload '%s' ended well but did not make $PERF_INPUT; "
				   "it is to write the input there",
				   w->spec);
	job_release(&job);
	strbuf_release(&why);
	return result;
}
