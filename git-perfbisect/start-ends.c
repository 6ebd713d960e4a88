/* The ends of a bisection: resolved once, and held against each other. */
#include "base/clock.h"
#include "base/error.h"
#include "base/json.h"
#include "base/process.h"
#include "start.h"
#include "ui/command.h"

#define LINE_LIMIT 4096

static bool is_ancestor(struct session *s, const struct oid *a, const struct oid *b)
{
	struct process p = PROCESS_INIT;
	char one[OID_HEX_MAX + 1], two[OID_HEX_MAX + 1];
	int status;

	strvec_pushl(&p.args, "git", "merge-base", "--is-ancestor", oid_to_hex(one, a, s->repo->rawlen),
		     oid_to_hex(two, b, s->repo->rawlen), NULL);
	p.err = PROCESS_PIPE;
	if (process_start(&p))
		die_error();
	if (process_finish(&p) && p.status != 1)
		die_error();
	status = p.status;
	error_clear();
	return !status;
}

/* As git bisect does it: where the histories meet is what has to be good. */
NORETURN static void die_not_ancestor(struct session *s, const char *name, const struct oid *good)
{
	struct process p = PROCESS_INIT;
	struct strbuf base = STRBUF_INIT;
	char one[OID_HEX_MAX + 1], two[OID_HEX_MAX + 1];

	if (is_ancestor(s, &s->bad, good))
		die("'%s' is newer than '%s': the bad end must come after the good one; swap them, or give --find-fix "
		    "where a commit made it better",
		    name, s->plan.bad);
	strvec_pushl(&p.args, "git", "merge-base", oid_to_hex(one, good, s->repo->rawlen),
		     oid_to_hex(two, &s->bad, s->repo->rawlen), NULL);
	p.err = PROCESS_PIPE;
	if (process_capture(&p, NULL, &base, LINE_LIMIT) || base.len < 2 * s->repo->rawlen)
		die("'%s' and '%s' have no common history", name, s->plan.bad);
	strbuf_rtrim(&base);
	die("'%s' is not an ancestor of '%s'; their histories meet in %s: measure that one first, and where it is "
	    "good take it as the good end: git perfbisect start %s %.12s ...",
	    name, s->plan.bad, base.buf, s->plan.bad, base.buf);
}

static void resolve(struct session *s, const char *which, const char *name, struct oid *id)
{
	if (range_commit_id(s->repo, name, id)) {
		(void)error_prefix("the %s end", which);
		die_error();
	}
}

/* All good ends must lead to the bad one. */
static void add_good(struct session *s, const char *name)
{
	struct oid id;

	resolve(s, session_term(s, BISECT_GOOD), name, &id);
	if (oid_equal(&id, &s->bad))
		die("'%s' and '%s' are the same commit; nothing lies between them", name, s->plan.bad);
	if (!is_ancestor(s, &id, &s->bad))
		die_not_ancestor(s, name, &id);
	s->good = xreallocarray(s->good, s->ngood + 1, sizeof(*s->good));
	s->good[s->ngood++] = id;
}

void start_find_ends(struct session *s, const struct strvec *more)
{
	struct oid unused;

	s->whole = s->plan.good && s->plan.bad;
	if (s->plan.bad)
		resolve(s, session_term(s, BISECT_BAD), s->plan.bad, &s->bad);
	if (!s->whole) {
		if (s->plan.good)
			resolve(s, session_term(s, BISECT_GOOD), s->plan.good, &unused);
		return;
	}
	add_good(s, s->plan.good);
	for (size_t i = 0; i < more->nr; i++)
		add_good(s, more->v[i]);
}

void start_store_ends(struct session *s)
{
	json_t *root = json_object(), *good = json_array();
	char hex[OID_HEX_MAX + 1], *text;

	for (size_t i = 0; i < s->ngood; i++)
		json_append(good, json_text(oid_to_hex(hex, &s->good[i], s->repo->rawlen)));
	json_set(root, "good", good);
	json_set_text(root, "bad", oid_to_hex(hex, &s->bad, s->repo->rawlen));
	text = json_dumps(root, JSON_COMPACT);
	json_decref(root);
	if (store_event_add(s->store, s->row.id, "ends", (int64_t)clock_wall(), text, NULL))
		die_error();
	free(text);
	session_store_prior(s);
}
