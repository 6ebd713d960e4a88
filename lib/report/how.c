#include "report/how.h"

#include <math.h>

#include "base/escape.h"
#include "report/say.h"

const char *how_metric(const struct finding *f)
{
	return *f->metric && strcmp(f->metric, "value") != 0 ? f->metric : f->benchmark;
}

/*
 * Each line of `text` behind `indent`, so that none can pass for a line of ours. Tabs
 * stay: a command in which one became \t is another one.
 */
static void add_lines(struct strbuf *out, const char *indent, const char *text)
{
	while (*text) {
		size_t len = strcspn(text, "\n");

		strbuf_addstr(out, indent);
		escape_terminal(out, text, len, ESCAPE_KEEP_LINES);
		strbuf_addch(out, '\n');
		text += len + (text[len] == '\n');
	}
}

static void add_fact(struct strbuf *out, const char *title, const char *text)
{
	strbuf_addf(out, "%-20s ", title);
	escape_terminal(out, text, strlen(text), ESCAPE_ALL);
	strbuf_addch(out, '\n');
}

static void add_facts(struct strbuf *out, const char *title, const struct strvec *texts)
{
	for (size_t i = 0; i < texts->nr; i++)
		add_fact(out, i ? "" : title, texts->v[i]);
}

void how_measured(const struct finding *f, struct strbuf *out)
{
	struct strbuf text = STRBUF_INIT;

	add_fact(out, "Benchmark", f->benchmark);
	strbuf_addstr(&text, f->metric);
	if (*f->unit)
		strbuf_addf(&text, " (%s)", f->unit);
	strbuf_addf(&text, ", %s is better", f->higher_is_better ? "higher" : "lower");
	add_fact(out, "Metric", text.buf);
	add_facts(out, f->machines.nr > 1 ? "Machines" : "Machine", &f->machines);
	if (f->cmdline)
		add_fact(out, "Kernel command line", f->cmdline);
	add_facts(out, "Kernel settings", &f->sysctl);
	add_facts(out, "The build also reads", &f->inputs);
	strbuf_reset(&text);
	say_count(&text, f->builds, "build");
	strbuf_addstr(&text, ", ");
	say_count(&text, f->boots, "boot");
	strbuf_addstr(&text, ", ");
	say_count(&text, f->samples, "sample");
	strbuf_addstr(&text, ", ");
	say_seconds(&text, f->seconds);
	add_fact(out, "Spent", text.buf);
	strbuf_release(&text);
}

static void add_once(const struct finding *f, const struct finding_commit *c, struct strbuf *out)
{
	strbuf_addf(out, "git checkout --detach %.12s\n", c->id);
	if (f->build)
		add_lines(out, "", f->build);
	if (f->boots_it)
		strbuf_addstr(out, "# boot what was built, and there:\n");
	if (f->run)
		add_lines(out, "", f->run);
}

static bool mentions(const char *command, const char *word)
{
	return command && strstr(command, word);
}

void how_to_reproduce(const struct finding *f, struct strbuf *out)
{
	static const struct {
		const char *name, *means;
	} variables[] = {
		{ "PERF_OUT", "an empty directory" },
		{ "PERF_WORKTREE", "the directory that is checked out" },
		{ "PERF_JOBS", "the number of processors" },
		{ "PERF_COMMIT", "the full id of the commit" },
		{ "PERF_LAYOUT", "0; another number is a build of the same with its code elsewhere" },
	};

	if (f->verdict != FINDING_NAMED || !f->nparents)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(variables); i++)
		if (mentions(f->build, variables[i].name) || mentions(f->run, variables[i].name))
			strbuf_addf(out, "# %s is %s\n", variables[i].name, variables[i].means);
	add_once(f, &f->commits[f->parents[0]], out);
	strbuf_addch(out, '\n');
	add_once(f, &f->commits[f->culprit], out);
}

/* Of the one that is named. */
static void add_confidence(const struct finding *f, struct strbuf *out)
{
	const char *it = f->find_fix ? "fix" : "culprit";

	if (f->confidence > 0) {
		strbuf_addf(out, "The probability that this commit is the %s is ", it);
		say_confidence(out, f->confidence);
		strbuf_addstr(out, ", as far as the model of the noise holds. ");
	} else {
		strbuf_addstr(out, "The way in which it was found states no probability. ");
	}
	if (f->nset > 1)
		strbuf_addf(out, "%zu commits together hold the %s with 95 %% confidence.", f->nset, it);
	else if (f->confidence > 0)
		strbuf_addstr(out, "No other commit is needed to reach 95 %.");
	if (f->nsteps > 1)
		strbuf_addf(out, " %zu steps were found; this is the largest.", f->nsteps);
}

void how_sure(const struct finding *f, struct strbuf *out)
{
	if (f->verdict == FINDING_SET) {
		strbuf_addf(out, "It is one of %zu commits, which cannot be told apart: ", f->nset);
		strbuf_addstr(out, "what lies between them cannot be built, booted or measured.");
	}
	if (f->verdict == FINDING_NAMED)
		add_confidence(f, out);
	if (f->more_steps_suspected && (f->verdict == FINDING_SET || f->verdict == FINDING_NAMED))
		strbuf_addstr(
			out,
			" Not all commits are at the level of one of the ends: there may be more than one step.");
	strbuf_rtrim(out);
}

void how_near(const struct finding *f, struct strbuf *out)
{
	const struct finding_commit *c = f->likeliest == FINDING_NONE ? NULL : &f->commits[f->likeliest];
	double boots = f->seconds > 0 ? ceil((double)f->boots * f->seconds_left / f->seconds) : 0;

	if (!c || f->verdict == FINDING_NAMED || f->verdict == FINDING_NOT_REPRODUCED)
		return;
	/* One of many is no suspect yet. */
	if (f->likely < 0.5) {
		strbuf_addf(out, "No commit is likelier than %.0f %%", 100 * f->likely);
	} else {
		if (f->likely < 0.99)
			strbuf_addf(out, "%.0f %%", 100 * f->likely);
		else
			say_confidence(out, f->likely);
		strbuf_addf(out, " sure that it is %.12s %s", c->id, c->subject);
	}
	if (f->verdict == FINDING_SET || !(boots > 0) || boots > 1e6)
		return;
	strbuf_addf(out, "; about %.0f more boot%s would settle it", boots, boots > 1 ? "s" : "");
	if (f->next != FINDING_NONE)
		strbuf_addf(out, ", the next of %.12s", f->commits[f->next].id);
}
