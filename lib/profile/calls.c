#include "profile/calls.h"

#include "base/error.h"
#include "profile/clean.h"

/* A cell is a list of few, whatever a file says. */
#define CELL_CALLS_MAX 64

static void free_list(struct profile_call *calls, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		free(calls[i].function);
		free(calls[i].path);
	}
	free(calls);
}

void profile_calls_free(struct profile_calls *calls)
{
	if (!calls)
		return;
	free_list(calls->callers, calls->ncallers);
	free_list(calls->callees, calls->ncallees);
	free(calls);
}

/* The share in "<function> <percent>[ <path>]": the first word behind a blank that is a number. */
static char *find_percent(char *text, double *percent, char **rest)
{
	for (char *at = strchr(text, ' '); at; at = strchr(at + 1, ' ')) {
		char *word = at + 1, *end = word + strcspn(word, " "), saved = *end;
		int result;

		*end = '\0';
		result = at == text ? -1 : clean_percent(percent, word, "the share");
		*end = saved;
		if (result)
			continue;
		*rest = saved ? end + 1 : end;
		return at;
	}
	return NULL;
}

static bool parse_call(struct profile_call *call, char *text)
{
	struct strbuf path = STRBUF_INIT;
	char *end, *rest;

	end = find_percent(text, &call->percent, &rest);
	if (!end)
		return false;
	if (clean_path(&path, rest))
		strbuf_reset(&path);
	call->function = xmemdupz(text, clean_function(text, (size_t)(end - text)));
	call->path = xmemdupz(path.buf, path.len);
	strbuf_release(&path);
	return true;
}

static struct profile_call *parse_cell(const char *cell, size_t *nr)
{
	struct profile_call *calls = NULL;
	size_t alloc = 0;

	*nr = 0;
	while (*cell && *nr < CELL_CALLS_MAX) {
		size_t len = strcspn(cell, ";");
		char *text = xmemdupz(cell, len);

		ALLOC_GROW(calls, *nr + 1, alloc);
		if (parse_call(&calls[*nr], text))
			++*nr;
		free(text);
		cell += len + (cell[len] == ';');
	}
	return calls;
}

struct profile_calls *profile_calls_parse(const char *callers, const char *callees)
{
	struct profile_calls *calls = xcalloc(1, sizeof(*calls));

	calls->callers = parse_cell(callers, &calls->ncallers);
	calls->callees = parse_cell(callees, &calls->ncallees);
	/* What was no number was no error either. */
	error_clear();
	if (calls->ncallers || calls->ncallees)
		return calls;
	profile_calls_free(calls);
	return NULL;
}

void calls_add_cell(struct strbuf *out, const struct profile_call *calls, size_t nr)
{
	bool first = true;

	for (size_t i = 0; i < nr; i++) {
		/* Neither may be mistaken for the next call. */
		bool has_path = *calls[i].path && !strchr(calls[i].path, ';');

		if (strchr(calls[i].function, ';'))
			continue;
		strbuf_addf(out, "%s%s %.2f", first ? "" : ";", calls[i].function, calls[i].percent);
		if (has_path)
			strbuf_addf(out, " %s", calls[i].path);
		first = false;
	}
}
