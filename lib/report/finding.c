#include "report/finding.h"

#include <math.h>

#include "stats/summary.h"

struct finding_commit *finding_add(struct finding *f, size_t at, const char *id)
{
	struct finding_commit *c;

	ALLOC_GROW(f->commits, f->ncommits + 1, f->commits_alloc);
	c = &f->commits[f->ncommits++];
	*c = (struct finding_commit){
		.at = at, .id = xstrdup(id), .subject = xstrdup(""), .level = { NAN, NAN, NAN }, .p_bad = NAN
	};
	return c;
}

static int by_place(const void *a, const void *b)
{
	const struct finding_commit *x = a, *y = b;

	return (x->at > y->at) - (x->at < y->at);
}

static size_t index_of(const struct finding *f, size_t at)
{
	struct finding_commit key = { .at = at };
	struct finding_commit *found = bsearch(&key, f->commits, f->ncommits, sizeof(*f->commits), by_place);

	if (!found)
		BUG("commit %zu of the range is not in the finding", at);
	return (size_t)(found - f->commits);
}

void finding_link(struct finding *f)
{
	if (f->verdict == FINDING_NAMED)
		f->culprit = index_of(f, f->culprit);
	if (f->likeliest != FINDING_NONE)
		f->likeliest = index_of(f, f->likeliest);
	if (f->next != FINDING_NONE)
		f->next = index_of(f, f->next);
	for (size_t i = 0; i < f->nparents; i++)
		f->parents[i] = index_of(f, f->parents[i]);
	for (size_t i = 0; i < f->nset; i++)
		f->set[i] = index_of(f, f->set[i]);
	for (size_t i = 0; i < f->nsteps; i++)
		f->steps[i].commit = index_of(f, f->steps[i].commit);
}

void finding_release(struct finding *f)
{
	for (size_t i = 0; i < f->ncommits; i++) {
		free(f->commits[i].id);
		free(f->commits[i].subject);
		free(f->commits[i].samples);
	}
	free(f->commits);
	free(f->why);
	free(f->good_name);
	free(f->bad_name);
	free(f->term_good);
	free(f->term_bad);
	free(f->parents);
	free(f->set);
	free(f->steps);
	free(f->culprits);
	free(f->benchmark);
	free(f->metric);
	free(f->unit);
	strvec_release(&f->machines);
	free(f->build);
	free(f->run);
	free(f->cmdline);
	strvec_release(&f->inputs);
	strvec_release(&f->sysctl);
	*f = (struct finding)FINDING_INIT;
}

static double *values_of(const struct finding_commit *c)
{
	double *values = xcalloc(c->nsamples + 1, sizeof(*values));

	for (size_t i = 0; i < c->nsamples; i++)
		values[i] = c->samples[i].value;
	return values;
}

double finding_mean(const struct finding_commit *c)
{
	double *values = values_of(c), mean = stats_mean(values, c->nsamples);

	free(values);
	return mean;
}

double finding_deviation(const struct finding_commit *c)
{
	double *values = values_of(c), sd = c->nsamples > 1 ? stats_sd(values, c->nsamples) : NAN;

	free(values);
	return sd;
}

double finding_change(const struct finding *f, double level)
{
	double good = f->good.value;

	return isfinite(good) && fabs(good) > 0 ? (level - good) / fabs(good) : NAN;
}

struct stats_interval finding_step_relative(const struct finding *f)
{
	double level = fabs(f->good.value);

	if (!isfinite(f->step.value) || !(level > 0))
		return f->relative;
	return (struct stats_interval){ f->step.value / level, f->step.low / level, f->step.high / level };
}
