/*
 * git perfbisect calibrate: the good end against itself. How large a
 * difference does this machine show where there is none, and how often would
 * it be taken for one?
 */
#include <math.h>

#include "base/error.h"
#include "perfbisect.h"
#include "runner.h"
#include "report/say.h"
#include "show.h"
#include "simple.h"

struct calibrate_options {
	long boots;
	int progress;
};

static const struct option rows[] = {
	{ .type = OPTION_INT,
	  .name = "boots",
	  .arg = "<n>",
	  .at = offsetof(struct calibrate_options, boots),
	  .initial = "12",
	  .min = 4,
	  .max = 1000,
	  .help = "how many boots to compare with each other" },
	{ .type = OPTION_TRISTATE,
	  .name = "progress",
	  .at = offsetof(struct calibrate_options, progress),
	  .help = "report progress, or do not, whatever stderr is" },
	OPTION_END,
};

static const char *const usage[] = { "[--boots <n>]", NULL };

const struct option_set calibrate_set = { .command = "git perfbisect calibrate", .usage = usage, .rows = rows };

struct boots {
	double *mean;
	size_t *samples;
	size_t nr, alloc, samples_alloc;
	double within, freedom;
};

static void add_boot(struct boots *boots, const double *values, size_t nr)
{
	double sum = 0;

	if (!nr)
		return;
	for (size_t i = 0; i < nr; i++)
		sum += values[i];
	ALLOC_GROW(boots->mean, boots->nr + 1, boots->alloc);
	ALLOC_GROW(boots->samples, boots->nr + 1, boots->samples_alloc);
	boots->mean[boots->nr] = sum / (double)nr;
	boots->samples[boots->nr++] = nr;
	for (size_t i = 0; i < nr; i++)
		boots->within += pow(values[i] - sum / (double)nr, 2);
	boots->freedom += (double)nr - 1;
}

/* The evidence of this comparison alone: what its own boots gave. */
static void collect(const struct session *s, struct boots *boots)
{
	double *values = xcalloc(s->nkept + 1, sizeof(*values));
	size_t nr = 0;

	for (size_t i = 0; i < s->nkept; i++) {
		if (s->kept[i].kind == BISECT_SAMPLE)
			values[nr++] = s->kept[i].value;
		if (s->kept[i].kind != BISECT_BOOT_END)
			continue;
		add_boot(boots, values, nr);
		nr = 0;
	}
	free(values);
}

/* Every way to hold two neighbouring halves of the boots against each other. */
static size_t false_alarms(const struct boots *boots, double share, size_t *pairs)
{
	size_t alarms = 0;

	*pairs = 0;
	for (size_t i = 0; i < boots->nr; i++) {
		for (size_t k = i + 1; k < boots->nr; k++) {
			double level = fabs(boots->mean[i]);

			*pairs += 1;
			alarms += level > 0 && fabs(boots->mean[k] - boots->mean[i]) / level > share;
		}
	}
	return alarms;
}

static void print_shares(const struct session *s, const struct boots *boots)
{
	static const double shares[] = { 0.005, 0.01, 0.02, 0.05, 0.1 };
	double mean = 0, between = 0, within;
	const char *unit;
	bool higher;
	struct strbuf text = STRBUF_INIT;

	session_metric(s, &unit, &higher);
	for (size_t i = 0; i < boots->nr; i++)
		mean += boots->mean[i] / (double)boots->nr;
	for (size_t i = 0; i < boots->nr; i++)
		between += pow(boots->mean[i] - mean, 2) / (double)(boots->nr - 1);
	within = boots->freedom > 0 ? sqrt(boots->within / boots->freedom) : NAN;
	say_value(&text, mean, unit);
	printf("\nLevel %s over %zu boots.\n", text.buf, boots->nr);
	if (isfinite(within) && mean != 0)
		printf("Standard deviation of a sample within its boot: %.2f %%\n", 100 * within / fabs(mean));
	if (mean != 0)
		printf("Standard deviation of the mean of a boot:       %.2f %%\n",
		       100 * sqrt(between) / fabs(mean));
	printf("\nOne boot against one boot of the same commit: how often would they seem to differ?\n");
	for (size_t i = 0; i < ARRAY_SIZE(shares); i++) {
		size_t pairs, alarms = false_alarms(boots, shares[i], &pairs);

		printf("  by more than %4.1f %%: %3zu of %zu pairs, %.0f %%\n", 100 * shares[i], alarms,
		       pairs, 100.0 * (double)alarms / (double)pairs);
	}
	strbuf_release(&text);
}

static int calibrate(struct session *s, void *values)
{
	const struct calibrate_options *opts = values;
	struct bisect_action action = { .kind = BISECT_MEASURE, .commit = 1, .reason = "A/A" };
	struct runner r = RUNNER_INIT;
	struct boots boots = { .nr = 0 };
	struct oid good;

	session_load(s);
	session_need_context(s);
	if (!s->whole)
		die("the good end is not known yet; git perfbisect good <rev>");
	good = s->good[0];
	action.samples = s->options.repeats;
	/* No evidence of the bisection: a comparison of its own. */
	s->row.id = 0;
	session_compare(s, &good, &good);
	session_replay(s, BISECT_SEQUENTIAL);
	r.progress = opts->progress;
	runner_open(&r, s);
	for (long i = 0; i < opts->boots; i++)
		if (runner_measure(&r, &action))
			die_error();
	runner_close(&r);
	collect(s, &boots);
	if (boots.nr < 2)
		die("there are too few boots to compare");
	print_shares(s, &boots);
	free(boots.mean);
	free(boots.samples);
	return EXIT_DONE;
}

int cmd_calibrate(int argc, char **argv)
{
	struct calibrate_options opts = { .progress = -1 };

	return simple_command(&calibrate_set, SESSION_MUST_EXIST | SESSION_RUN, false, &opts, calibrate, argc,
			      argv);
}
