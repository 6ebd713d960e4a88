/* Weights of commits from a file, as git perfrank --format=prior prints them. */
#include <math.h>

#include "base/error.h"
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

void session_read_prior(struct session *s)
{
	struct strbuf text = STRBUF_INIT;
	size_t number = 0, matched = 0;

	if (!s->plan.prior)
		return;
	if (strbuf_read_file(&text, s->plan.prior, PRIOR_LIMIT) < 0) {
		/* A session that has begun goes on without: evidence outweighs it. */
		if (!s->row.id)
			die_error();
		warning("%s; all commits count alike", error_message());
		return;
	}
	s->prior = xcalloc(s->nr, sizeof(*s->prior));
	for (char *at = text.buf; *at;) {
		size_t n = strcspn(at, "\n");
		bool last = !at[n];

		at[n] = '\0';
		take_line(s, at, ++number, &matched);
		at += n + !last;
	}
	if (!matched)
		die("%s speaks of no commit between %s and %s", s->plan.prior, s->plan.good, s->plan.bad);
	s->problem.prior = s->prior;
	strbuf_release(&text);
}
