#include "report/json.h"

#include <math.h>

/* Grows by one whenever something that programs rely on changes. */
#define SCHEMA 1

static void set_interval(json_t *root, const char *key, const struct stats_interval *interval)
{
	json_t *object;

	if (!isfinite(interval->value)) {
		json_set(root, key, json_null());
		return;
	}
	object = json_object();
	json_set_real(object, "value", interval->value);
	json_set_real(object, "low", interval->low);
	json_set_real(object, "high", interval->high);
	json_set(root, key, object);
}

static json_t *commit_object(const struct finding_commit *c)
{
	json_t *object = json_object();

	json_set_text(object, "id", c->id);
	json_set_text(object, "subject", c->subject);
	return object;
}

static json_t *tested_object(const struct finding *f, const struct finding_commit *c)
{
	static const char *const words[FINDING_MARKS] = { "open", "good", "bad", "skip" };
	json_t *object = commit_object(c);

	json_set_int(object, "boots", (long long)c->boots);
	json_set_int(object, "samples", (long long)c->runs);
	if (c->runs)
		set_interval(object, "level", &c->level);
	if (isfinite(c->p_bad))
		json_set_real(object, "p_bad", c->p_bad);
	json_set_bool(object, "untestable", c->untestable);
	json_set_text(object, "mark", finding_is_end(f, c) ? (c->at ? "bad" : "good") : words[c->mark]);
	return object;
}

static void add_lists(const struct finding *f, json_t *root)
{
	json_t *set = json_array(), *steps = json_array(), *parents = json_array();

	for (size_t i = 0; i < f->nparents; i++)
		json_append(parents, json_text(f->commits[f->parents[i]].id));
	json_set(root, "parents", parents);
	for (size_t i = 0; i < f->nset; i++)
		json_append(set, json_text(f->commits[f->set[i]].id));
	json_set(root, "set", set);
	for (size_t i = 0; i < f->nsteps; i++) {
		json_t *step = commit_object(&f->commits[f->steps[i].commit]);

		json_set_int(step, "among", (long long)f->steps[i].among);
		json_set_real(step, "confidence", f->steps[i].confidence);
		json_set_real(step, "share", f->steps[i].share);
		json_append(steps, step);
	}
	json_set(root, "steps", steps);
}

static void add_answer(const struct finding *f, json_t *root)
{
	static const char *const verdicts[] = { "open", "named", "set", "undecided", "not-reproduced" };
	json_t *spent = json_object();

	json_set_text(root, "verdict", verdicts[f->verdict]);
	json_set_text(root, "why", f->why);
	if (f->verdict == FINDING_NAMED) {
		json_set(root, "culprit", commit_object(&f->commits[f->culprit]));
		if (f->confidence > 0)
			json_set_real(root, "confidence", f->confidence);
		set_interval(root, "step", &f->step);
		json_set_real(root, "step_share", f->step_share);
	}
	add_lists(f, root);
	set_interval(root, "good", &f->good);
	set_interval(root, "bad", &f->bad);
	set_interval(root, "gap", &f->gap);
	set_interval(root, "relative", &f->relative);
	json_set_real(root, "stored_gap", f->stored_gap);
	json_set_bool(root, "more_steps_suspected", f->more_steps_suspected);
	json_set_int(spent, "builds", (long long)f->builds);
	json_set_int(spent, "boots", (long long)f->boots);
	json_set_int(spent, "samples", (long long)f->samples);
	json_set_real(spent, "seconds", f->seconds);
	json_set_real(spent, "seconds_left", f->seconds_left);
	json_set(root, "spent", spent);
}

json_t *finding_json(const struct finding *f)
{
	json_t *root = json_object(), *machines = json_array(), *tested = json_array();

	json_set_int(root, "schema", SCHEMA);
	json_set_text(root, "good_end", f->good_name);
	json_set_text(root, "bad_end", f->bad_name);
	json_set_int(root, "commits", (long long)f->nr - 1);
	json_set_text(root, "benchmark", f->benchmark);
	json_set_text(root, "machine", f->machines.v[0]);
	for (size_t i = 0; i < f->machines.nr; i++)
		json_append(machines, json_text(f->machines.v[i]));
	json_set(root, "machines", machines);
	json_set_text(root, "metric", f->metric);
	json_set_text(root, "unit", f->unit);
	json_set_text(root, "better", f->higher_is_better ? "higher" : "lower");
	json_set_bool(root, "find_fix", f->find_fix);
	add_answer(f, root);
	for (size_t i = 0; i < f->ncommits; i++)
		if (f->commits[i].tested)
			json_append(tested, tested_object(f, &f->commits[i]));
	json_set(root, "tested", tested);
	return root;
}
