#include "guarding.h"

#include "base/error.h"
#include "base/files.h"
#include "base/process.h"
#include "ui/command.h"

#define SAID_LIMIT ((size_t)64 << 20)

/* Events up to a limit, and the last of them. */
struct listing {
	struct strbuf text;
	int64_t limit, last;
};

static int add_event(const struct store_event *event, void *data)
{
	struct listing *listing = data;

	if (event->seq > listing->limit)
		return 0;
	strbuf_addf(&listing->text, "%" PRId64 " %s %s\n", event->seq, event->kind, event->payload);
	listing->last = event->seq;
	return 0;
}

/* The context, and what has happened; while a fixer works nothing else does. Returns the last event. */
static int64_t take_events(struct hunt *h, int64_t limit, struct guard *guard)
{
	struct listing listing = { .text = STRBUF_INIT, .limit = limit };
	struct store_session row = STORE_SESSION_INIT;

	if (store_events_read(h->store, h->row.id, add_event, &listing) < 0 ||
	    store_session_read(h->store, h->row.id, &row))
		die_error();
	strbuf_addf(&listing.text, "%s\n%s\n", row.context_hash, row.context);
	guard_set(guard, GUARD_EVENTS, &listing.text);
	store_session_release(&row);
	strbuf_release(&listing.text);
	return listing.last;
}

/* Those of this hunt: another worktree may hunt at the same time. The one of this iteration comes and goes. */
static void take_refs(const struct hunt *h, struct guard *guard)
{
	struct process p = PROCESS_INIT;
	struct strbuf refs = STRBUF_INIT, own = STRBUF_INIT, text = STRBUF_INIT;

	strvec_pushl(&p.args, "git", "for-each-ref", "--format=%(refname) %(objectname)", NULL);
	strvec_pushf(&p.args, "refs/heads/%s", json_get(h->state.start, "branch"));
	strvec_pushf(&p.args, "refs/perf/hunt/%" PRId64 "/", h->row.id);
	p.err = PROCESS_PIPE;
	if (process_capture(&p, NULL, &refs, SAID_LIMIT))
		die_error();
	strbuf_addf(&own, "refs/perf/hunt/%" PRId64 "/%zu ", h->row.id, h->state.iteration + 1);
	for (const char *at = refs.buf; *at;) {
		size_t len = strcspn(at, "\n");

		if (!starts_with(at, own.buf))
			strbuf_add(&text, at, len);
		at += len + (at[len] == '\n');
	}
	guard_set(guard, GUARD_REFS, &text);
	strbuf_release(&refs);
	strbuf_release(&own);
	strbuf_release(&text);
}

static void take_stamp(const char *path, enum guard_part part, struct guard *guard)
{
	struct strbuf text = STRBUF_INIT;
	char stamp[SHA256_HEX_SIZE];

	if (!access(path, F_OK)) {
		if (tree_stamp(path, stamp))
			die_error();
		strbuf_addstr(&text, stamp);
	}
	guard_set(guard, part, &text);
	strbuf_release(&text);
}

static int64_t take(struct hunt *h, const char *clone, int64_t limit, struct guard *guard)
{
	int64_t last;
	char *spare = xstrfmt("%s.spare", h->base.path), *inputs = hunt_path(h, "inputs");

	if (guard_take(guard, h->repo, clone))
		die_error();
	last = take_events(h, limit, guard);
	take_refs(h, guard);
	/* What the base is run from: who makes it slower needs no faster candidate. */
	take_stamp(spare, GUARD_BUILD, guard);
	take_stamp(inputs, GUARD_INPUTS, guard);
	free(spare);
	free(inputs);
	return last;
}

json_t *guarding_begin(struct hunt *h)
{
	struct guard guard = GUARD_INIT;
	int64_t last = take(h, NULL, INT64_MAX, &guard);
	json_t *object = guard_to_json(&guard);

	json_set_int(object, "last", last);
	return object;
}

void guarding_take(struct hunt *h, const char *clone, struct guard *guard)
{
	take(h, clone, INT64_MAX, guard);
}

/* What can be made anew is not worth a refusal. */
static void make_anew(struct hunt *h, struct guard *now, const struct guard *then)
{
	char *inputs = hunt_path(h, "inputs");

	if (strcmp(now->hex[GUARD_BUILD], then->hex[GUARD_BUILD]) != 0 && tree_forget(&h->base))
		die_error();
	if (strcmp(now->hex[GUARD_INPUTS], then->hex[GUARD_INPUTS]) != 0 &&
	    (remove_tree(inputs) || make_directories(inputs)))
		die_error();
	*now->hex[GUARD_BUILD] = *now->hex[GUARD_INPUTS] = '\0';
	free(inputs);
}

static NORETURN void die_of_tampering(const struct hunt *h)
{
	die("%s was changed while a fixer worked, and cannot be trusted any more; git perfhunt reset ends it, and what "
	    "was kept stays on %s",
	    guard_words(GUARD_EVENTS), json_get(h->state.start, "branch"));
}

void guarding_check(struct hunt *h, bool accept)
{
	struct guard now = GUARD_INIT, then = GUARD_INIT;
	enum guard_part part;

	if (h->state.tampered)
		die_of_tampering(h);
	if (!h->state.guard)
		return;
	guard_from_json(&then, h->state.guard);
	take(h, NULL, (int64_t)json_get_number(h->state.guard, "last"), &now);
	if (strcmp(now.hex[GUARD_EVENTS], then.hex[GUARD_EVENTS]) != 0)
		die_of_tampering(h);
	make_anew(h, &now, &then);
	if (!guard_differs(&then, &now, &part))
		return;
	if (!accept)
		die("%s changed while a fixer worked, or since then; put it back, or take it as it is now with git "
		    "perfhunt run --accept",
		    guard_words(part));
	hunt_record(h, "accepted", json_pack("{s:s}", "what", guard_words(part)));
}
