/* What is kept becomes a commit on the hunt's branch; what was tried is recorded. */
#include "base/error.h"
#include "base/process.h"
#include "iterate.h"
#include "journal.h"
#include "repo/bisect.h"
#include "ticket.h"
#include "ui/command.h"

#define SAID_LIMIT ((size_t)1 << 20)

static void message(const struct hunt *h, struct strbuf *out)
{
	const struct state *s = &h->state;
	const char *title = json_get(s->fixed, "title"), *body = json_get(s->fixed, "body");
	const char *function = json_get(s->picked, "function");
	const json_t *instructions = json_object_get(s->measured, "instructions");

	if (starts_with(title, "perf: "))
		title += strlen("perf: ");
	if (*title)
		strbuf_addf(out, "perf: %s\n\n", title);
	else
		strbuf_addf(out, "perf: make %s faster\n\n", function);
	if (*body)
		strbuf_addf(out, "%s\n\n", body);
	strbuf_addf(out, "Perfhunt-function: %s (%s)\nPerfhunt-gain: ", function, json_get(s->picked, "file"));
	add_change(out, json_object_get(s->measured, "total"));
	strbuf_addf(out, " %s time of the suite, %.0f pairs\n",
		    !strcmp(json_get(s->measured, "clock"), "cpu") ? "CPU" : "wall",
		    json_get_number(s->measured, "pairs"));
	if (json_object_get(instructions, "base"))
		strbuf_addf(out, "Perfhunt-instructions: %+.2f %%, %.0f before\n",
			    json_get_number(instructions, "change_pct"), json_get_number(instructions, "base"));
	strbuf_addf(out, "Perfhunt-base: %s\n", s->head);
}

static void prepare(const struct hunt *h, struct process *p, const char *word)
{
	strvec_pushl(&p->args, "git", "--no-replace-objects", NULL);
	strvec_pushf(&p->args, "--git-dir=%s", h->repo->git_dir);
	strvec_pushl(&p->args, "-c", "core.hooksPath=/dev/null", word, NULL);
	git_leave_repository(&p->env);
	p->err = PROCESS_PIPE;
}

static void capture(struct process *p, const struct strbuf *input, struct strbuf *out)
{
	strbuf_reset(out);
	if (process_capture(p, input, out, SAID_LIMIT))
		die_error();
	strbuf_rtrim(out);
}

/* The user's own, as git would take it; at a date that stays the same when it is done again. */
static void make_commit(const struct hunt *h, struct strbuf *id)
{
	struct process p = PROCESS_INIT;
	struct strbuf text = STRBUF_INIT;
	long long date = (long long)json_get_number(h->state.measured, "time");

	message(h, &text);
	prepare(h, &p, "commit-tree");
	p.in = PROCESS_PIPE;
	strvec_pushl(&p.args, "-F", "-", "-p", h->state.head, NULL);
	strvec_pushf(&p.args, "%s^{tree}", json_get(h->state.fixed, "commit"));
	strvec_pushf(&p.env, "GIT_AUTHOR_DATE=@%lld +0000", date);
	strvec_pushf(&p.env, "GIT_COMMITTER_DATE=@%lld +0000", date);
	capture(&p, &text, id);
	strbuf_release(&text);
}

static void refuse_checked_out(const struct hunt *h, const char *ref)
{
	struct process p = PROCESS_INIT;
	struct strbuf out = STRBUF_INIT;

	prepare(h, &p, "for-each-ref");
	strvec_pushl(&p.args, "--format=%(worktreepath)", ref, NULL);
	capture(&p, NULL, &out);
	if (out.len)
		die("branch %s is checked out in %s; git switch to another one there, then git perfhunt run goes on",
		    ref + strlen("refs/heads/"), out.buf);
	strbuf_release(&out);
}

static bool is_at(const struct hunt *h, const char *ref, const char *id)
{
	struct process p = PROCESS_INIT;
	struct strbuf out = STRBUF_INIT;
	bool same;

	prepare(h, &p, "for-each-ref");
	strvec_pushl(&p.args, "--format=%(objectname)", ref, NULL);
	capture(&p, NULL, &out);
	same = !strcmp(out.buf, id);
	strbuf_release(&out);
	return same;
}

static void move_branch(const struct hunt *h, const char *id)
{
	char *ref = xstrfmt("refs/heads/%s", json_get(h->state.start, "branch"));
	bool is_first = !strcmp(h->state.head, json_get(h->state.start, "base"));
	struct process p = PROCESS_INIT;
	struct strbuf out = STRBUF_INIT;

	if (!is_at(h, ref, id)) {
		refuse_checked_out(h, ref);
		prepare(h, &p, "update-ref");
		/* The old value: a branch that somebody moved is not ours to move. Of a new one: none. */
		strvec_pushl(&p.args, "-m", "perfhunt: keep", "--create-reflog", ref, id,
			     is_first ? "" : h->state.head, NULL);
		capture(&p, NULL, &out);
	}
	strbuf_release(&out);
	free(ref);
}

void step_commit(struct hunt *h)
{
	struct strbuf id = STRBUF_INIT;
	json_t *payload = json_object();

	make_commit(h, &id);
	move_branch(h, id.buf);
	json_set_text(payload, "commit", id.buf);
	hunt_record(h, "committed", payload);
	strbuf_release(&id);
}

static const char *notes_of(const struct state *state)
{
	const json_t *steps[] = { state->measured, state->checked, state->fixed };

	for (size_t i = 0; i < ARRAY_SIZE(steps); i++)
		if (*json_get(steps[i], "notes"))
			return json_get(steps[i], "notes");
	return "";
}

static json_t *record_payload(const struct hunt *h)
{
	const struct state *s = &h->state;
	json_t *payload = json_object();

	json_set_int(payload, "iteration", (long long)s->iteration + 1);
	json_set_text(payload, "function", json_get(s->picked, "function"));
	json_set_text(payload, "file", json_get(s->picked, "file"));
	json_set_text(payload, "outcome", iteration_outcome(s));
	json_set_text(payload, "commit", json_get(s->committed, "commit"));
	json_set_text(payload, "ticket_id", json_get(s->picked, "ticket_id"));
	json_set_real(payload, "samples_pct_before", json_get_number(s->picked, "max_self_pct"));
	if (json_object_get(s->measured, "total")) {
		json_set_real(payload, "time_change_pct",
			      100 * json_get_number(json_object_get(s->measured, "total"), "value"));
		json_object_set(payload, "change", json_object_get(s->measured, "total"));
	}
	json_set_text(payload, "notes", notes_of(s));
	if (json_is_true(json_object_get(s->fixed, "abort")))
		json_set_bool(payload, "abort", true);
	return payload;
}

static void write_journal(const struct hunt *h, const json_t *record)
{
	const char *outcome = json_get(record, "outcome");
	enum journal_section section = !strcmp(outcome, "fixed")    ? JOURNAL_APPLIED
				     : !strcmp(outcome, "deferred") ? JOURNAL_DEFERRED
								    : JOURNAL_FINDINGS;
	struct strbuf text = STRBUF_INIT;

	strbuf_addf(&text, "hunt %" PRId64 ", iteration %.0f: `%s` (%s, %.1f %%): %s; %s", h->row.id,
		    json_get_number(record, "iteration"), json_get(record, "function"),
		    json_get(record, "file"), json_get_number(record, "samples_pct_before"), outcome,
		    json_get(record, "notes"));
	if (json_object_get(record, "change")) {
		strbuf_addstr(&text, ", ");
		add_change(&text, json_object_get(record, "change"));
	}
	if (*json_get(record, "commit"))
		strbuf_addf(&text, ", commit %.12s", json_get(record, "commit"));
	if (*json_get(h->state.fixed, "title"))
		strbuf_addf(&text, ". %s", json_get(h->state.fixed, "title"));
	if (journal_add(h->journal, section, text.buf))
		die_error();
	strbuf_release(&text);
}

static void write_ticket(struct hunt *h, const json_t *record)
{
	const char *outcome = json_get(record, "outcome"), *id = json_get(record, "ticket_id");
	struct strbuf text = STRBUF_INIT;

	strbuf_addf(&text, "%s: %s", outcome, json_get(record, "notes"));
	if (*json_get(record, "commit"))
		strbuf_addf(&text, " (commit %s)", json_get(record, "commit"));
	/* Fixed is done; what was deferred is still to be done; of the rest nothing is left to do. */
	if (!strcmp(outcome, "deferred"))
		ticket_note(h, id, text.buf);
	else
		ticket_close(h, id, text.buf);
	strbuf_release(&text);
}

static void say_result(const json_t *record)
{
	struct strbuf line = STRBUF_INIT;

	strbuf_addf(&line, "%.0f  %-8s  %s: %s", json_get_number(record, "iteration"),
		    json_get(record, "outcome"), json_get(record, "function"), json_get(record, "notes"));
	if (json_object_get(record, "change")) {
		strbuf_addstr(&line, ", ");
		add_change(&line, json_object_get(record, "change"));
	}
	if (*json_get(record, "commit"))
		strbuf_addf(&line, "  %.12s", json_get(record, "commit"));
	hunt_show(&line);
	strbuf_release(&line);
}

void step_record(struct hunt *h)
{
	json_t *payload = record_payload(h);
	char *what = xstrdup(json_get(payload, "notes"));

	write_journal(h, payload);
	write_ticket(h, payload);
	say_result(payload);
	hunt_record(h, "recorded", payload);
	if (h->caught)
		die("%s%s", what, h->caught);
	free(what);
}
