#include "trial/trial-private.h"

#include "base/clock.h"
#include "base/error.h"

/* A run may take ten times what the slowest one took, and always so much. */
#define RUN_FACTOR 10
#define RUN_SECONDS 60
/* Before the first run is known. */
#define FIRST_RUN_SECONDS 3600

static double run_timeout(const struct trial_machine *m)
{
	double seconds = RUN_FACTOR * m->run_seconds;

	if (m->bench->timeout > 0)
		return m->bench->timeout;
	if (m->run_seconds <= 0)
		return FIRST_RUN_SECONDS;
	return seconds > RUN_SECONDS ? seconds : RUN_SECONDS;
}

int trial_keep_found(struct trial_machine *m, const struct strvec *found)
{
	if (m->metrics.nr)
		return 0;
	for (size_t i = 0; i < found->nr; i++) {
		if (metric_add(&m->metrics, found->v[i]))
			return -1;
		strvec_push(&m->found, found->v[i]);
	}
	return 0;
}

static void keep_last_words(const struct trial_machine *m, enum outcome outcome,
			    const struct bench_result *result, struct trial_measured *measured)
{
	const char *console = machine_console(m->machine), *log = machine_console_log(m->machine);

	if (outcome != OUTCOME_BOOT_FAILED && outcome != OUTCOME_BENCH_FAILED)
		return;
	if (console)
		strbuf_addstr(&measured->output, console);
	else if (outcome == OUTCOME_BENCH_FAILED)
		strbuf_add(&measured->output, result->output.buf, result->output.len);
	measured->log = log ? xstrdup(log) : NULL;
}

void trial_measure(struct trial_machine *m, const struct trial_work *work, bench_sample_fn *sample,
		   bench_step_fn *step, void *data, struct trial_measured *measured)
{
	struct bench_request request = { .plan = m->trial->plan,
					 .bench = m->bench,
					 .machine = m->machine,
					 .metrics = m->metrics.nr ? &m->metrics : NULL,
					 .timeout = run_timeout(m),
					 .sample = sample,
					 .step = step,
					 .data = data };
	struct machine_software software = work->software;
	struct bench_result result = BENCH_RESULT_INIT;
	double start = clock_monotonic();
	enum outcome outcome;

	software.runs = (size_t)m->bench->warmups + work->samples;
	machine_use(m->machine, &software);
	outcome = bench_boot(&request, &result);
	measured->boot_seconds = clock_monotonic() - start;
	start = clock_monotonic();
	if (outcome == OUTCOME_MEASURED)
		outcome = bench_measure(&request, work->samples, &result);
	measured->bench_seconds = clock_monotonic() - start;
	machine_leave(m->machine);
	keep_last_words(m, outcome, &result, measured);
	if (outcome == OUTCOME_MEASURED && trial_keep_found(m, &result.found))
		outcome = OUTCOME_INFRASTRUCTURE;
	if (outcome == OUTCOME_MEASURED && result.run_seconds > m->run_seconds)
		m->run_seconds = result.run_seconds;
	for (size_t i = 0; i < m->found.nr; i++)
		strvec_push(&measured->found, m->found.v[i]);
	measured->run_seconds = m->run_seconds;
	measured->outcome = outcome;
	if (outcome != OUTCOME_MEASURED)
		measured->why = xstrdup(error_message());
	bench_result_release(&result);
}

void trial_measured_release(struct trial_measured *measured)
{
	strbuf_release(&measured->output);
	strvec_release(&measured->found);
	free(measured->log);
	free(measured->why);
	*measured = (struct trial_measured)TRIAL_MEASURED_INIT;
}
