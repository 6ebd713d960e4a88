#include "guarding.h"

#include "base/error.h"
#include "base/files.h"
#include "base/process.h"
#include "rounds.h"
#include "ui/command.h"

#define SAID_LIMIT ((size_t)64 << 20)

/* Events up to a limit, and the last of them; how many come after it. */
struct listing {
	struct strbuf text;
	int64_t limit, last;
	size_t later;
};

static int add_event(const struct store_event *event, void *data)
{
	struct listing *listing = data;

	if (event->seq > listing->limit) {
		listing->later++;
		return 0;
	}
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
	/* Where a fixer was killed, its beginning is the last that happened. */
	if (h->state.phase == PHASE_FIXING && listing.later > 1)
		strbuf_addf(&listing.text, "%zu more\n", listing.later - 1);
	guard_set(guard, GUARD_EVENTS, &listing.text);
	store_session_release(&row);
	strbuf_release(&listing.text);
	return listing.last;
}

static void take_branch(const struct hunt *h, struct guard *guard)
{
	struct process p = PROCESS_INIT;
	struct strbuf text = STRBUF_INIT;

	strvec_pushl(&p.args, "git", "for-each-ref", "--format=%(refname) %(objectname)", NULL);
	strvec_pushf(&p.args, "refs/heads/%s", json_get(h->state.start, "branch"));
	p.err = PROCESS_PIPE;
	if (process_capture(&p, NULL, &text, SAID_LIMIT))
		die_error();
	guard_set(guard, GUARD_BRANCH, &text);
	strbuf_release(&text);
}

static void add_stamp(struct strbuf *out, const char *path)
{
	char stamp[SHA256_HEX_SIZE];

	if (access(path, F_OK))
		return;
	if (tree_stamp(path, stamp))
		die_error();
	strbuf_addf(out, "%s\n", stamp);
}

/* What the base is run from: who makes it slower needs no faster candidate. */
static void take_build(const struct hunt *h, struct guard *guard)
{
	char *spare = xstrfmt("%s.spare", h->base.path), *built = xstrfmt("%s.built", h->base.path);
	struct strbuf text = STRBUF_INIT;

	add_stamp(&text, spare);
	add_stamp(&text, built);
	guard_set(guard, GUARD_BUILD, &text);
	strbuf_release(&text);
	free(spare);
	free(built);
}

static void take_inputs(const struct hunt *h, struct guard *guard)
{
	char *inputs = hunt_path(h, "inputs");
	struct strbuf text = STRBUF_INIT;

	add_stamp(&text, inputs);
	guard_set(guard, GUARD_INPUTS, &text);
	strbuf_release(&text);
	free(inputs);
}

static int64_t take(struct hunt *h, const char *clone, int64_t limit, struct guard *guard)
{
	if (guard_take(guard, h->repo, clone))
		die_error();
	take_branch(h, guard);
	take_build(h, guard);
	take_inputs(h, guard);
	return take_events(h, limit, guard);
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
	if (strcmp(now->hex[GUARD_BUILD], then->hex[GUARD_BUILD]) != 0 && tree_forget(&h->base))
		die_error();
	if (strcmp(now->hex[GUARD_INPUTS], then->hex[GUARD_INPUTS]) != 0)
		rounds_forget_inputs(h);
	*now->hex[GUARD_BUILD] = *now->hex[GUARD_INPUTS] = '\0';
}

static NORETURN void die_of_tampering(const struct hunt *h)
{
	die("%s was changed while a fixer worked, and cannot be trusted any more; git perfhunt reset ends it, and what "
	    "was kept stays on %s",
	    guard_words(GUARD_EVENTS), json_get(h->state.start, "branch"));
}

/* What was kept is on it: there is only one value that it can have. */
static NORETURN void die_of_branch(const struct hunt *h)
{
	const char *branch = json_get(h->state.start, "branch");

	if (!strcmp(h->state.head, json_get(h->state.start, "base")))
		die("%s changed while a fixer worked, or since then; nothing was kept yet, so that there is to be "
		    "none: git branch -D %s",
		    guard_words(GUARD_BRANCH), branch);
	die("%s changed while a fixer worked, or since then; put it back: git branch -f %s %s",
	    guard_words(GUARD_BRANCH), branch, h->state.head);
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
	if (strcmp(now.hex[GUARD_BRANCH], then.hex[GUARD_BRANCH]) != 0)
		die_of_branch(h);
	make_anew(h, &now, &then);
	if (!guard_differs(&then, &now, &part))
		return;
	if (!accept)
		die("%s changed while a fixer worked, or since then; put it back, or take it as it is now with git "
		    "perfhunt run --accept",
		    guard_words(part));
	hunt_record(h, "accepted", json_pack("{s:s}", "what", guard_words(part)));
}

const char *guarding_advice(enum guard_part part)
{
	switch (part) {
	case GUARD_CONFIG:
	case GUARD_HOOKS:
		return "; nothing of it is used: look at it and put it back before git perfhunt run goes on, or take "
		       "it as it is now with git perfhunt run --accept";
	case GUARD_BRANCH:
		return "; nothing of it is used: put it back before git perfhunt run goes on";
	case GUARD_EVENTS:
		return "; it cannot be trusted any more: git perfhunt reset ends the hunt";
	default:
		return "; nothing of it is used, and git perfhunt run makes it anew";
	}
}
