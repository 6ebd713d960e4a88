#include "report.h"

#include <math.h>

#include "base/json.h"
#include "ui/command.h"

/* Grows by one whenever something that programs rely on changes. */
#define SCHEMA 1

static void set_interval(json_t *root, const char *key, const struct bisect_interval *interval)
{
	json_t *object = json_object();

	if (!isfinite(interval->value)) {
		json_decref(object);
		json_set(root, key, json_null());
		return;
	}
	json_set_real(object, "value", interval->value);
	json_set_real(object, "low", interval->low);
	json_set_real(object, "high", interval->high);
	json_set(root, key, object);
}

static json_t *commit_object(const struct session *s, size_t commit)
{
	json_t *object = json_object();
	char *subject = session_subject(s, commit, 1000);

	json_set_text(object, "id", session_hex(s, commit));
	json_set_text(object, "subject", subject);
	free(subject);
	return object;
}

static json_t *tested_object(const struct session *s, size_t commit)
{
	static const char *const words[] = { "open", "good", "bad", "skip" };
	json_t *object = commit_object(s, commit);
	struct bisect_commit_state state;
	bool end = !commit || commit == s->nr - 1;

	bisect_commit_state(s->engine, commit, &state);
	json_set_int(object, "boots", (long long)state.boots);
	json_set_int(object, "samples", (long long)state.samples);
	if (state.samples)
		set_interval(object, "level", &state.level);
	if (isfinite(state.p_bad))
		json_set_real(object, "p_bad", state.p_bad);
	json_set_bool(object, "untestable", state.untestable);
	json_set_text(object, "mark",
		      end ? (commit ? "bad" : "good") : words[bisect_mark_of(s->engine, commit)]);
	return object;
}

static const char *verdict_name(enum bisect_verdict verdict)
{
	static const char *const names[] = { "open", "named", "set", "undecided", "not-reproduced" };

	return names[verdict];
}

static void add_answer(const struct session *s, const struct bisect_answer *answer, json_t *root)
{
	json_t *set = json_array(), *steps = json_array(), *parents = json_array(), *spent = json_object();

	json_set_text(root, "verdict", verdict_name(answer->verdict));
	json_set_text(root, "why", answer->why.buf);
	if (answer->verdict == BISECT_NAMED) {
		size_t culprit = answer->culprit;

		json_set(root, "culprit", commit_object(s, culprit));
		for (uint32_t i = s->parent_at[culprit]; i < s->parent_at[culprit + 1]; i++)
			json_append(parents, json_text(session_hex(s, s->parents[i])));
		if (answer->confidence > 0)
			json_set_real(root, "confidence", answer->confidence);
		set_interval(root, "step", &answer->step);
		json_set_real(root, "step_share", answer->step_share);
	}
	json_set(root, "parents", parents);
	for (size_t i = 0; i < answer->nset; i++)
		json_append(set, json_text(session_hex(s, answer->set[i])));
	json_set(root, "set", set);
	for (size_t i = 0; i < answer->nsteps; i++) {
		json_t *step = commit_object(s, answer->steps[i].culprit);

		json_set_real(step, "confidence", answer->steps[i].confidence);
		json_set_real(step, "share", answer->steps[i].share);
		json_append(steps, step);
	}
	json_set(root, "steps", steps);
	set_interval(root, "good", &answer->good);
	set_interval(root, "bad", &answer->bad);
	set_interval(root, "gap", &answer->gap);
	set_interval(root, "relative", &answer->relative);
	json_set_real(root, "stored_gap", answer->stored_gap);
	json_set_bool(root, "more_steps_suspected", answer->more_steps_suspected);
	json_set_int(spent, "builds", (long long)answer->builds);
	json_set_int(spent, "boots", (long long)answer->boots);
	json_set_int(spent, "samples", (long long)answer->samples);
	json_set_real(spent, "seconds", answer->seconds);
	json_set_real(spent, "seconds_left", answer->seconds_left);
	json_set(root, "spent", spent);
}

static void add_tested(const struct session *s, json_t *root)
{
	json_t *tested = json_array();

	for (size_t i = 0; i < s->nr; i++)
		if (s->is_touched[i])
			json_append(tested, tested_object(s, i));
	json_set(root, "tested", tested);
}

int report_json(struct session *s)
{
	struct bisect_answer answer = BISECT_ANSWER_INIT;
	json_t *root = json_object(), *machines = json_array();
	const char *unit, *metric;
	bool higher;
	int status;

	metric = session_metric(s, &unit, &higher);
	bisect_answer(s->engine, &answer);
	status = session_status(answer.verdict);
	json_set_int(root, "schema", SCHEMA);
	/* Ends that were given by good and bad have no name in the context that was kept. */
	json_set_text(root, "good_end", s->plan.good ? s->plan.good : session_hex(s, 0));
	json_set_text(root, "bad_end", s->plan.bad ? s->plan.bad : session_hex(s, s->nr - 1));
	json_set_int(root, "commits", (long long)s->nr - 1);
	json_set_text(root, "benchmark", s->plan.benchmark);
	json_set_text(root, "machine", s->plan.sut.v[0]);
	for (size_t i = 0; i < s->plan.sut.nr; i++)
		json_append(machines, json_text(s->plan.sut.v[i]));
	json_set(root, "machines", machines);
	json_set_text(root, "metric", metric);
	json_set_text(root, "unit", unit);
	json_set_text(root, "better", higher ? "higher" : "lower");
	json_set_bool(root, "find_fix", s->plan.find_fix);
	add_answer(s, &answer, root);
	add_tested(s, root);
	bisect_answer_release(&answer);
	if (json_print(root, stdout))
		die("cannot write the report");
	return status;
}
