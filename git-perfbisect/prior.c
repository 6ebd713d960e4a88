/* Weights of commits from a file, as git perfrank --format=prior prints them. */
#include <math.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/json.h"
#include "events.h"
#include "session.h"
#include "ui/command.h"

#define PRIOR_LIMIT ((size_t)64 << 20)

/* "<id> <weight>"; ids of other commits are passed over, so that one ranking serves many ranges. */
static void take_line(struct session *s, const char *line, size_t number, size_t *matched)
{
	size_t hexlen = 2 * s->repo->rawlen, commit;
	struct oid id = { 0 };
	double weight;
	char *end;

	if (!*line || *line == '#')
		return;
	if (strlen(line) < hexlen + 2 || oid_from_hex(&id, line, s->repo->rawlen) ||
	    !strchr(" \t", line[hexlen]))
		die("%s:%zu: a line is a full id, a blank and a weight", s->plan.prior, number);
	weight = strtod(line + hexlen + 1, &end);
	if (end == line + hexlen + 1 || *end || !isfinite(weight) || weight < 0)
		die("%s:%zu: '%s' is no weight", s->plan.prior, number, line + hexlen + 1);
	commit = session_find(s, &id);
	if (commit == BISECT_NONE || !commit)
		return;
	s->prior[commit] = weight;
	*matched += weight > 0;
}

static void take_text(struct session *s, char *text)
{
	size_t number = 0, matched = 0;

	s->prior = xcalloc(s->nr, sizeof(*s->prior));
	for (char *at = text; *at;) {
		size_t n = strcspn(at, "\n");
		bool last = !at[n];

		at[n] = '\0';
		take_line(s, at, ++number, &matched);
		at += n + !last;
	}
	if (!matched)
		die("%s speaks of no commit between %s and %s", s->plan.prior, s->plan.good, s->plan.bad);
	s->problem.prior = s->prior;
}

void session_read_prior(struct session *s)
{
	struct strbuf text = STRBUF_INIT;

	if (s->prior_text) {
		take_text(s, s->prior_text);
		free(s->prior_text);
		s->prior_text = NULL;
	} else if (s->plan.prior) {
		if (strbuf_read_file(&text, s->plan.prior, PRIOR_LIMIT) >= 0)
			take_text(s, text.buf);
		else if (!s->row.id)
			die_error();
		else
			/* Begun by a version that kept no copy; evidence outweighs it. */
			warning("%s; all commits count alike", error_message());
	}
	strbuf_release(&text);
}

void session_store_prior(struct session *s)
{
	struct strbuf text = STRBUF_INIT;
	json_t *root;
	char *payload;

	if (!s->prior)
		return;
	for (size_t i = 1; i < s->nr; i++)
		if (s->prior[i] > 0)
			strbuf_addf(&text, "%s %.17g\n", session_hex(s, i), s->prior[i]);
	root = json_object();
	json_set_text(root, "text", text.buf);
	payload = json_dumps(root, JSON_COMPACT);
	json_decref(root);
	strbuf_release(&text);
	if (store_event_add(s->store, s->row.id, EVENT_PRIOR, (int64_t)clock_wall(), payload, NULL))
		die_error();
	free(payload);
}
