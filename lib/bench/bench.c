#include "bench/bench.h"

#include "base/clock.h"
#include "base/error.h"
#include "bench/preset.h"

#define RUN_TIMEOUT 3600
#define HOOK_TIMEOUT 600
#define OUTPUT_KEPT 65536

static void say(const struct bench_request *r, const char *fmt, ...) FORMAT_PRINTF(2, 3);
static void say(const struct bench_request *r, const char *fmt, ...)
{
	struct strbuf text = STRBUF_INIT;
	va_list ap;

	if (!r->step)
		return;
	va_start(ap, fmt);
	strbuf_vaddf(&text, fmt, ap);
	va_end(ap);
	r->step(text.buf, r->data);
	strbuf_release(&text);
}

enum outcome bench_boot(const struct bench_request *r, struct bench_result *result)
{
	enum outcome outcome;

	result->samples = result->runs = 0;
	result->warm = false;
	say(r, "installing");
	outcome = machine_install(r->machine);
	if (!outcome) {
		say(r, "booting");
		machine_listen(r->machine, r->step, r->data);
		outcome = machine_boot(r->machine);
		machine_listen(r->machine, NULL, NULL);
		result->boot_seconds = machine_boot_seconds(r->machine);
	}
	return outcome ? outcome : machine_verify(r->machine);
}

/* A hook on the machine, which is not to blame the commit when it fails. */
static enum outcome run_hook(const struct bench_request *r, const char *what, const char *command)
{
	struct machine_run run = MACHINE_RUN_INIT;
	enum outcome outcome;

	if (!command)
		return OUTCOME_MEASURED;
	run.command = command;
	run.timeout = HOOK_TIMEOUT;
	outcome = machine_run(r->machine, &run);
	if (outcome) {
		error_prefix("the %s hook", what);
		outcome = OUTCOME_INFRASTRUCTURE;
	}
	machine_run_release(&run);
	return outcome;
}

/* The line of the metric that decides comes first. */
static int put_first(struct strvec *lines, const char *name)
{
	size_t len = name ? strlen(name) : 0;

	for (size_t i = 0; name && i < lines->nr; i++) {
		char *line = lines->v[i];

		if (strncmp(line, name, len) != 0 || line[len] != ' ')
			continue;
		memmove(lines->v + 1, lines->v, i * sizeof(*lines->v));
		lines->v[0] = line;
		return 0;
	}
	return name ? error_set("the benchmark prints no '%s'; its metrics are found by themselves, and the first is: %s",
				name, lines->nr ? lines->v[0] : "none")
		    : 0;
}

/* The metrics to read: the caller's, the plan's, or what a preset found. */
static enum outcome find_metrics(const struct bench_request *r, const struct machine_run *run,
				 struct bench_result *result)
{
	const char *command = r->bench->command ? r->bench->command : "";
	const struct strbuf *text = r->bench->file ? &run->file_text : &run->out;

	if (r->metrics || result->metrics.nr)
		return OUTCOME_MEASURED;
	if (!r->bench->metric.nr) {
		result->preset = preset_choose(command, text->buf, text->len, &result->found);
		if (put_first(&result->found, r->plan->result_class))
			return OUTCOME_BENCH_FAILED;
		for (size_t i = 0; i < result->found.nr; i++)
			if (metric_add(&result->metrics, result->found.v[i]))
				return OUTCOME_BENCH_FAILED;
	} else if (plan_metrics(r->plan, r->bench, &result->metrics)) {
		return OUTCOME_INFRASTRUCTURE;
	}
	return OUTCOME_MEASURED;
}

static const struct metric_list *metrics_of(const struct bench_request *r, const struct bench_result *result)
{
	return r->metrics ? r->metrics : &result->metrics;
}

static bool counts_instructions(const struct bench_request *r, const struct bench_result *result)
{
	const struct metric_list *list = metrics_of(r, result);

	for (size_t i = 0; i < list->nr; i++)
		if (list->items[i].kind == METRIC_INSTRUCTIONS)
			return true;
	/* Before they have been compiled. */
	for (size_t i = 0; !list->nr && i < r->bench->metric.nr; i++)
		if (strstr(r->bench->metric.v[i], "instructions"))
			return true;
	return false;
}

static void keep_output(struct bench_result *result, const struct strbuf *out)
{
	size_t len = out->len < OUTPUT_KEPT ? out->len : OUTPUT_KEPT;

	strbuf_reset(&result->output);
	strbuf_add(&result->output, out->buf + out->len - len, len);
}

/* All values of one run, before any is reported: a run counts whole or not at all. */
static enum outcome read_values(const struct metric_list *metrics, const struct machine_run *run,
				bool from_file, struct metric_values *values)
{
	const struct strbuf *text = from_file ? &run->file_text : &run->out;
	struct metric_source source = { text->buf, text->len, run->wall, run->cpu, run->count };

	for (size_t i = 0; i < metrics->nr; i++)
		if (metric_read(&metrics->items[i], &source, &values[i]))
			return OUTCOME_BENCH_FAILED;
	return OUTCOME_MEASURED;
}

static enum outcome report(const struct bench_request *r, struct bench_result *result, double at,
			   double seconds, const struct metric_values *values)
{
	const struct metric_list *metrics = metrics_of(r, result);

	for (size_t i = 0; i < metrics->nr; i++) {
		const struct metric *m = &metrics->items[i];

		for (size_t j = 0; j < values[i].nr; j++) {
			struct bench_sample sample = {
				.metric = m->name,
				.unit = m->unit,
				.higher_is_better = m->higher_is_better,
				.decides = !i,
				.value = values[i].v[j],
				.run = result->runs,
				.index = j,
				.boot_id = machine_boot_id(r->machine),
				.at = at,
				.seconds = seconds,
			};

			if (r->sample && r->sample(&sample, r->data))
				return OUTCOME_INFRASTRUCTURE;
			result->samples++;
		}
	}
	return OUTCOME_MEASURED;
}

static double timeout_of(const struct bench_request *r)
{
	if (r->timeout > 0)
		return r->timeout;
	return r->bench->timeout > 0 ? r->bench->timeout : RUN_TIMEOUT;
}

/* One run; a warm-up gives values like any other, so that what is wrong is seen at once. */
static enum outcome run_once(const struct bench_request *r, bool counts, struct bench_result *result)
{
	struct machine_run run = MACHINE_RUN_INIT;
	struct metric_values *values = NULL;
	double at = clock_wall(), start = clock_monotonic(), seconds;
	const struct metric_list *metrics;
	enum outcome outcome;

	run.command = r->bench->command ? r->bench->command : "";
	run.timeout = timeout_of(r);
	run.file = r->bench->file;
	run.instructions = counts_instructions(r, result);
	outcome = machine_run(r->machine, &run);
	seconds = clock_monotonic() - start;
	if (seconds > result->run_seconds)
		result->run_seconds = seconds;
	keep_output(result, &run.out);
	if (!outcome)
		outcome = find_metrics(r, &run, result);
	metrics = metrics_of(r, result);
	values = xcalloc(metrics->nr + 1, sizeof(*values));
	if (!outcome)
		outcome = read_values(metrics, &run, r->bench->file, values);
	if (!outcome && counts) {
		outcome = report(r, result, at, seconds, values);
		result->runs++;
	}
	for (size_t i = 0; i < metrics->nr; i++)
		metric_values_release(&values[i]);
	free(values);
	machine_run_release(&run);
	return outcome;
}

static enum outcome run_all(const struct bench_request *r, size_t repeats, struct job *load,
			    struct bench_result *result)
{
	size_t warmups = result->warm ? 0 : (size_t)r->bench->warmups;
	enum outcome outcome = OUTCOME_MEASURED;

	for (size_t i = 0; i < warmups && !outcome; i++) {
		say(r, "warm-up %zu of %zu", i + 1, warmups);
		outcome = run_once(r, false, result);
	}
	result->warm = true;
	for (size_t i = 0; i < repeats && !outcome; i++) {
		say(r, "run %zu of %zu", i + 1, repeats);
		outcome = run_once(r, true, result);
		if (!outcome && r->bench->load && job_ended(load)) {
			struct strbuf how = STRBUF_INIT;

			job_failed(load, &how);
			error_set("the load generator %s before the benchmark", how.len ? how.buf : "ended");
			outcome = OUTCOME_INFRASTRUCTURE;
			strbuf_release(&how);
		}
	}
	return outcome;
}

/* In every case; an error of its own is told only if there was none before. */
static enum outcome clean_up(const struct bench_request *r, enum outcome outcome)
{
	char *why = xstrdup(error_message());
	enum outcome bench = run_hook(r, "benchmark's cleanup", r->bench->cleanup);
	const struct plan_machine *conf = r->plan ? plan_machine(r->plan, machine_name(r->machine)) : NULL;
	enum outcome machine = run_hook(r, "machine's cleanup", conf ? conf->cleanup : NULL);

	if (outcome)
		error_set("%s", why);
	else
		outcome = bench ? bench : machine;
	free(why);
	return outcome;
}

enum outcome bench_measure(const struct bench_request *r, size_t repeats, struct bench_result *result)
{
	const struct plan_machine *conf = plan_machine(r->plan, machine_name(r->machine));
	struct machine_load load = MACHINE_LOAD_INIT;
	enum outcome outcome = run_hook(r, "machine's prepare", conf ? conf->prepare : NULL);

	if (!outcome)
		outcome = run_hook(r, "benchmark's prepare", r->bench->prepare);
	if (!outcome && r->bench->load)
		outcome = machine_load_start(r->machine, r->bench->load, &load);
	if (!outcome)
		outcome = run_all(r, repeats ? repeats : (size_t)r->bench->repeats, &load.job, result);
	machine_load_end(&load);
	return clean_up(r, outcome);
}

void bench_result_release(struct bench_result *result)
{
	strvec_release(&result->found);
	strbuf_release(&result->output);
	metric_list_release(&result->metrics);
	*result = (struct bench_result)BENCH_RESULT_INIT;
}
