/*
 * Several machines at once, our side: a boot goes from the process that builds to that of its
 * machine, and what they answer is stored here. Builds wait for each other in the pipe.
 */
#include "base/error.h"
#include "trial/trial-private.h"

static void finish(struct trial_machine *m, enum outcome outcome)
{
	struct trial_current *now = m->current;

	now->phase = TRIAL_OVER;
	now->outcome = outcome;
	now->why = outcome == OUTCOME_MEASURED ? NULL : xstrdup(error_message());
}

static enum outcome outcome_of(json_t *object, char **why)
{
	const char *name = trial_text_of(object, "outcome"), *text = trial_text_of(object, "why");
	int outcome = outcome_parse(name ? name : "");

	if (!*why && text)
		*why = xstrdup(text);
	return outcome < 0 ? OUTCOME_INFRASTRUCTURE : (enum outcome)outcome;
}

/* --- a machine's process --- */

static void take_sample(struct trial_machine *m, json_t *object)
{
	struct bench_sample sample = { .metric = trial_text_of(object, "metric"),
				       .unit = trial_text_of(object, "unit"),
				       .higher_is_better = json_is_true(json_object_get(object, "higher")),
				       .decides = json_is_true(json_object_get(object, "decides")),
				       .value = trial_number_of(object, "value"),
				       .seconds = trial_number_of(object, "seconds") };
	const char *boot = trial_text_of(object, "boot");
	bool taken;

	sample.boot_id = boot && *boot ? boot : NULL;
	taken = sample.metric && sample.unit && !trial_take_sample(m, &sample);
	if (!taken && !m->current->measured.why)
		m->current->measured.why = xstrdup(error_message());
	/* One that does not hear it has ended, which is seen elsewhere. */
	if (trial_process_say(&m->process, taken ? TRIAL_STORED : TRIAL_REFUSED))
		error_clear();
}

static void take_texts(json_t *object, const char *key, struct strvec *texts)
{
	json_t *list = json_object_get(object, key);

	for (size_t i = 0; i < json_array_size(list); i++)
		strvec_push(texts, json_string_value(json_array_get(list, i)));
}

static void take_measured(struct trial_machine *m, json_t *object)
{
	struct trial_measured *measured = &m->current->measured;
	const char *output = trial_text_of(object, "output"), *log = trial_text_of(object, "log");

	measured->outcome = outcome_of(object, &measured->why);
	measured->boot_seconds = trial_number_of(object, "boot");
	measured->bench_seconds = trial_number_of(object, "bench");
	measured->run_seconds = trial_number_of(object, "run");
	strbuf_addstr(&measured->output, output ? output : "");
	measured->log = log ? xstrdup(log) : NULL;
	take_texts(object, "found", &measured->found);
	finish(m, trial_take_measured(m));
}

/* The object below a key of a line; NULL when it has none. `*root` is for json_decref(). */
static json_t *object_of(json_t *root, const char *key)
{
	json_t *object = json_object_get(root, key);

	return json_is_object(object) ? object : NULL;
}

static int take_machine_line(const char *line, size_t len, bool is_err, void *data)
{
	struct trial_machine *m = data;
	json_t *root, *object;

	/* What it says of itself is kept for the message about its end. */
	if (is_err || !m->current || m->current->phase != TRIAL_MEASURING)
		return 0;
	root = json_parse(line, len, false);
	if (!root) {
		error_clear();
		return 1;
	}
	if ((object = object_of(root, "step")))
		trial_say(m, trial_text_of(object, "what"));
	else if ((object = object_of(root, "sample")))
		take_sample(m, object);
	else if ((object = object_of(root, "measured")))
		take_measured(m, object);
	json_decref(root);
	return 0;
}

/* Built: to the machine. */
static int hand_over(struct trial_machine *m)
{
	const struct trial_current *now = m->current;
	char *name = xstrfmt("the process that measures on %s", m->conf->name);
	json_t *request;
	int result = trial_process_start(&m->process, name, trial_serve_machine, take_machine_line, m);

	free(name);
	if (result)
		return -1;
	request = json_object();
	json_set_text(request, "commit", now->hex);
	json_set_text(request, "hash", now->hash);
	if (now->built.out)
		json_set_text(request, "out", now->built.out + strlen(m->trial->dir));
	json_set_int(request, "samples", (long long)now->request.samples);
	return trial_process_ask(&m->process, request);
}

/* --- the process that builds --- */

static void take_built(struct trial_machine *m, json_t *object)
{
	struct trial_built *built = &m->current->built;
	const char *out = trial_text_of(object, "out"), *output = trial_text_of(object, "output");
	enum outcome outcome;

	built->outcome = outcome_of(object, &built->why);
	built->seconds = trial_number_of(object, "seconds");
	if (out)
		built->out = xstrfmt("%s%s", m->trial->dir, out);
	strbuf_addstr(&built->tail, output ? output : "");
	take_texts(object, "notes", &built->notes);
	outcome = trial_take_built(m);
	m->current->phase = TRIAL_MEASURING;
	if (outcome == OUTCOME_MEASURED && hand_over(m))
		outcome = OUTCOME_INFRASTRUCTURE;
	if (outcome != OUTCOME_MEASURED)
		finish(m, outcome);
}

static int take_builder_line(const char *line, size_t len, bool is_err, void *data)
{
	struct trial *trial = data;
	json_t *root, *built, *object;
	size_t machine;

	if (is_err)
		return 0;
	root = json_parse(line, len, false);
	if (!root) {
		error_clear();
		return 1;
	}
	built = object_of(root, "built");
	object = built ? built : object_of(root, "step");
	machine = object ? (size_t)trial_number_of(object, "machine") : trial->nmachines;
	if (machine < trial->nmachines && trial->machines[machine].current &&
	    trial->machines[machine].current->phase == TRIAL_BUILDING) {
		if (built)
			take_built(&trial->machines[machine], built);
		else
			trial_say(&trial->machines[machine], trial_text_of(object, "what"));
	}
	json_decref(root);
	return 0;
}

static int ask_for_build(struct trial_machine *m)
{
	struct trial *trial = m->trial;
	json_t *request;

	if (trial_process_start(&trial->builder, "the process that builds", trial_serve_builds,
				take_builder_line, trial))
		return -1;
	request = json_object();
	json_set_int(request, "machine", (long long)m->index);
	json_set_text(request, "commit", m->current->hex);
	json_set_int(request, "layout", (long long)m->current->request.layout);
	return trial_process_ask(&trial->builder, request);
}

/* --- the interface --- */

void trial_begin(struct trial *trial, const struct trial_request *request, struct trial_result *result)
{
	struct trial_machine *m = &trial->machines[request->machine];

	if (trial_start(m, request, result) || ask_for_build(m))
		finish(m, OUTCOME_INFRASTRUCTURE);
}

bool trial_is_busy(const struct trial *trial, size_t machine)
{
	return trial->machines[machine].current;
}

bool trial_ended(const struct trial *trial, size_t *machine)
{
	for (size_t i = 0; i < trial->nmachines; i++)
		if (trial->machines[i].current && trial->machines[i].current->phase == TRIAL_OVER) {
			*machine = i;
			return true;
		}
	return false;
}

static bool has_ended(struct trial_process *process, struct strbuf *how)
{
	if (!trial_process_is_gone(process, how))
		return false;
	trial_process_end(process);
	return true;
}

/* A process that has ended takes the boots with it that it was at. */
static void lose(struct trial_machine *m, enum trial_phase phase, const char *how)
{
	if (!m->current || m->current->phase != phase)
		return;
	error_set("%s", how);
	finish(m, OUTCOME_INFRASTRUCTURE);
}

static void look_at_builder(struct trial *trial)
{
	struct strbuf how = STRBUF_INIT;

	if (has_ended(&trial->builder, &how))
		for (size_t i = 0; i < trial->nmachines; i++)
			lose(&trial->machines[i], TRIAL_BUILDING, how.buf);
	strbuf_release(&how);
}

static void look_at_machine(struct trial_machine *m)
{
	struct strbuf how = STRBUF_INIT;

	if (has_ended(&m->process, &how))
		lose(m, TRIAL_MEASURING, how.buf);
	strbuf_release(&how);
}

void trial_wait(struct trial *trial, int milliseconds)
{
	size_t machine;

	for (int i = 0; i < 2; i++) {
		look_at_builder(trial);
		for (size_t k = 0; k < trial->nmachines; k++)
			look_at_machine(&trial->machines[k]);
		if (trial_ended(trial, &machine) || i)
			return;
		job_serve(milliseconds);
	}
}

enum outcome trial_finish(struct trial *trial, size_t machine)
{
	struct trial_machine *m = &trial->machines[machine];
	struct trial_current *now = m->current;

	if (!now || now->phase != TRIAL_OVER)
		BUG("a boot that has not ended is to be finished");
	if (now->why)
		(void)error_set("%s", now->why);
	return trial_end(m, now->outcome);
}

/* All at once; the process that builds may be at something for any of them. */
static void end_busy(struct trial *trial)
{
	for (size_t i = 0; i < trial->nmachines; i++)
		if (trial->machines[i].current && trial->machines[i].current->phase != TRIAL_OVER)
			trial_process_end(&trial->machines[i].process);
	trial_process_end(&trial->builder);
}

void trial_cancel(struct trial *trial)
{
	end_busy(trial);
	for (size_t i = 0; i < trial->nmachines; i++) {
		struct trial_machine *m = &trial->machines[i];

		if (!m->current || m->current->phase == TRIAL_OVER)
			continue;
		error_set("the boot was called off");
		finish(m, OUTCOME_INFRASTRUCTURE);
	}
}

void trial_close_processes(struct trial *trial)
{
	end_busy(trial);
	/* Those at rest clean up, side by side. */
	for (size_t i = 0; i < trial->nmachines; i++)
		trial_process_close(&trial->machines[i].process);
	for (size_t i = 0; i < trial->nmachines; i++) {
		struct job *job = &trial->machines[i].process.job;

		if (job->state && job_wait(job))
			error_clear();
		job_release(job);
	}
}
