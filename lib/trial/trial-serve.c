/* What the processes of several machines do: one builds, each other one measures. */
#include "base/error.h"
#include "trial/trial-private.h"

/* Of what a failed command printed: a line has its limit, and what is escaped is longer. */
#define OUTPUT_MAX 8192

static void set_output(json_t *object, const struct strbuf *text)
{
	size_t skip = text->len > OUTPUT_MAX ? text->len - OUTPUT_MAX : 0;

	json_set_textn(object, "output", text->buf + skip, text->len - skip);
}

static void set_texts(json_t *object, const char *key, const struct strvec *texts)
{
	json_t *list = json_array();

	for (size_t i = 0; i < texts->nr; i++)
		json_append(list, json_text(texts->v[i]));
	json_set(object, key, list);
}

static void set_end(json_t *object, enum outcome outcome, const char *why)
{
	json_set_text(object, "outcome", outcome_name(outcome));
	if (why)
		json_set_text(object, "why", why);
}

/* Each request is read, served and answered before the next. */
static int serve_all(void (*serve)(void *data, json_t *request), void *data)
{
	struct strbuf line = STRBUF_INIT;
	int status = 0;

	while (!status && trial_process_hear(&line)) {
		json_t *request = json_parse(line.buf, line.len, false);

		if (request)
			serve(data, request);
		else
			status = 1;
		json_decref(request);
	}
	strbuf_release(&line);
	return status;
}

/* --- builds --- */

static void tell_build_step(const char *what, void *data)
{
	json_t *object = json_object();

	json_set_int(object, "machine", *(const long long *)data);
	if (what)
		json_set_text(object, "what", what);
	trial_process_tell("step", object);
}

static void serve_build(void *data, json_t *request)
{
	struct trial *trial = data;
	long long machine = (long long)trial_number_of(request, "machine");
	const char *hex = trial_text_of(request, "commit");
	struct trial_built built = TRIAL_BUILT_INIT;
	json_t *object = json_object();
	struct trial_request build = { .layout = (size_t)trial_number_of(request, "layout") };

	if (!hex || oid_from_hex(&build.id, hex, trial->repo->rawlen))
		BUG("the request names no commit");
	trial_build(&trial->machines[machine], &build, tell_build_step, &machine, &built);
	set_end(object, built.outcome, built.why);
	json_set_int(object, "machine", machine);
	json_set(object, "seconds", json_real(built.seconds));
	/* Below our directory all is ASCII; the directory itself may be anything. */
	if (built.out)
		json_set_text(object, "out", built.out + strlen(trial->dir));
	set_output(object, &built.tail);
	set_texts(object, "notes", &built.notes);
	trial_process_tell("built", object);
	trial_built_release(&built);
}

int trial_serve_builds(void *data)
{
	return serve_all(serve_build, data);
}

/* --- a machine --- */

static int tell_sample(const struct bench_sample *sample, void *data UNUSED)
{
	json_t *object = json_object();
	struct strbuf line = STRBUF_INIT;
	bool taken;

	json_set_text(object, "metric", sample->metric);
	json_set_text(object, "unit", sample->unit);
	json_set_bool(object, "higher", sample->higher_is_better);
	json_set_bool(object, "decides", sample->decides);
	json_set(object, "value", json_real(sample->value));
	json_set(object, "seconds", json_real(sample->seconds));
	json_set_text(object, "boot", sample->boot_id ? sample->boot_id : "");
	trial_process_tell("sample", object);
	/* It is durable before the next run begins. */
	taken = trial_process_hear(&line) && starts_with(TRIAL_STORED, line.buf);
	strbuf_release(&line);
	return taken ? 0 : error_set("the sample could not be stored");
}

static void tell_step(const char *what, void *data UNUSED)
{
	json_t *object = json_object();

	if (what)
		json_set_text(object, "what", what);
	trial_process_tell("step", object);
}

static void tell_measured(const struct trial_measured *measured)
{
	json_t *object = json_object();

	set_end(object, measured->outcome, measured->why);
	json_set(object, "boot", json_real(measured->boot_seconds));
	json_set(object, "bench", json_real(measured->bench_seconds));
	json_set(object, "run", json_real(measured->run_seconds));
	set_output(object, &measured->output);
	if (measured->log)
		json_set_text(object, "log", measured->log);
	set_texts(object, "found", &measured->found);
	trial_process_tell("measured", object);
}

static void serve_boot(void *data, json_t *request)
{
	struct trial_machine *m = data;
	const char *out = trial_text_of(request, "out");
	char *whole = out ? xstrfmt("%s%s", m->trial->dir, out) : NULL;
	struct trial_measured measured = TRIAL_MEASURED_INIT;
	struct trial_work work = { .software = { .commit = trial_text_of(request, "commit"),
						 .worktree = m->place->path,
						 .out = whole,
						 .context_hash = trial_text_of(request, "hash") },
				   .samples = (size_t)trial_number_of(request, "samples") };

	measured.outcome = m->checked ? OUTCOME_MEASURED : machine_check(m->machine);
	m->checked = measured.outcome == OUTCOME_MEASURED;
	if (m->checked)
		trial_measure(m, &work, tell_sample, tell_step, NULL, &measured);
	else
		measured.why = xstrdup(error_message());
	tell_measured(&measured);
	trial_measured_release(&measured);
	free(whole);
}

int trial_serve_machine(void *data)
{
	struct trial_machine *m = data;
	int status = serve_all(serve_boot, m);

	machine_close(m->machine);
	return status;
}
