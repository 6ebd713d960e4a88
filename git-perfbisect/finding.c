/* From the engine's state to the plain data that reports are made of. */
#include "report.h"
#include "report/json.h"
#include "ui/command.h"

#define SUBJECT_MAX 1000
/* Subjects of a longer set are not read: nobody reads them. */
#define SET_SUBJECTS 100

static struct stats_interval interval_of(const struct bisect_interval *i)
{
	return (struct stats_interval){ i->value, i->low, i->high };
}

static char *text_of(const char *text)
{
	return text ? xstrdup(text) : NULL;
}

static void fill_state(const struct session *s, struct finding_commit *c)
{
	struct bisect_commit_state state;
	struct bisect_sample *samples;

	bisect_commit_state(s->engine, c->at, &state);
	c->tested = s->is_touched[c->at];
	if (c->at && c->at != s->nr - 1)
		c->mark = (enum finding_mark)bisect_mark_of(s->engine, c->at);
	else
		c->mark = c->at ? FINDING_BAD : FINDING_GOOD;
	c->untestable = state.untestable;
	c->boots = state.boots;
	c->runs = state.samples;
	c->level = interval_of(&state.level);
	c->p_bad = state.p_bad;
	samples = bisect_samples(s->engine, c->at, &c->nsamples);
	c->samples = xcalloc(c->nsamples + 1, sizeof(*c->samples));
	for (size_t i = 0; i < c->nsamples; i++)
		c->samples[i] = (struct finding_sample){ samples[i].boot, samples[i].value };
	free(samples);
}

enum wanted {
	WANTED_ID = 1,
	WANTED_SUBJECT,
	WANTED_STATE,
};

static void want(unsigned char *wanted, size_t commit, enum wanted what)
{
	if (commit != FINDING_NONE && wanted[commit] < what)
		wanted[commit] = (unsigned char)what;
}

/* Of everything that the answer speaks of, and that was tested. */
static void fill_commits(const struct session *s, struct finding *f)
{
	unsigned char *wanted = xcalloc(s->nr, sizeof(*wanted));

	for (size_t i = 0; i < s->nr; i++)
		if (s->is_touched[i] || !i || i == s->nr - 1)
			want(wanted, i, WANTED_STATE);
	if (f->verdict == FINDING_NAMED)
		want(wanted, f->culprit, WANTED_STATE);
	want(wanted, f->likeliest, WANTED_SUBJECT);
	want(wanted, f->next, WANTED_SUBJECT);
	for (size_t i = 0; i < f->nparents; i++)
		want(wanted, f->parents[i], WANTED_STATE);
	for (size_t i = 0; i < f->nsteps; i++)
		want(wanted, f->steps[i].commit, WANTED_SUBJECT);
	for (size_t i = 0; i < f->nset; i++)
		want(wanted, f->set[i], i < SET_SUBJECTS ? WANTED_SUBJECT : WANTED_ID);
	for (size_t i = 0; i < s->nr; i++) {
		struct finding_commit *c;

		if (!wanted[i])
			continue;
		c = finding_add(f, i, session_hex(s, i));
		if (wanted[i] >= WANTED_SUBJECT) {
			free(c->subject);
			c->subject = session_subject(s, i, SUBJECT_MAX);
		}
		if (wanted[i] == WANTED_STATE)
			fill_state(s, c);
	}
	free(wanted);
}

/* The likeliest commit, and what a machine would do next; while that is asked of no git. */
static void fill_open(const struct session *s, const struct bisect_answer *answer, struct finding *f)
{
	struct bisect_action action;

	if (f->verdict == FINDING_NAMED || f->verdict == FINDING_NOT_REPRODUCED || !(answer->confidence > 0))
		return;
	f->likeliest = answer->culprit;
	f->likely = answer->confidence;
	if (f->verdict != FINDING_OPEN)
		return;
	bisect_next(s->engine, 0, &action);
	if (action.kind == BISECT_MEASURE)
		f->next = action.commit;
}

static void fill_lists(const struct session *s, const struct bisect_answer *answer, struct finding *f)
{
	f->set = xcalloc(answer->nset + 1, sizeof(*f->set));
	for (f->nset = 0; f->nset < answer->nset; f->nset++)
		f->set[f->nset] = answer->set[f->nset];
	f->steps = xcalloc(answer->nsteps + 1, sizeof(*f->steps));
	for (f->nsteps = 0; f->nsteps < answer->nsteps; f->nsteps++) {
		const struct bisect_step *step = &answer->steps[f->nsteps];

		f->steps[f->nsteps] = (struct finding_step){ step->culprit, step->nset, step->confidence,
							     step->share };
	}
	if (f->verdict != FINDING_NAMED)
		return;
	f->culprit = answer->culprit;
	f->parents = xcalloc(s->parent_at[f->culprit + 1] - s->parent_at[f->culprit] + 1, sizeof(*f->parents));
	for (uint32_t i = s->parent_at[f->culprit]; i < s->parent_at[f->culprit + 1]; i++)
		f->parents[f->nparents++] = s->parents[i];
}

static void fill_answer(const struct session *s, struct finding *f)
{
	struct bisect_answer answer = BISECT_ANSWER_INIT;

	bisect_answer(s->engine, &answer);
	f->verdict = (enum finding_verdict)answer.verdict;
	f->why = xstrdup(answer.why.buf);
	f->confidence = answer.confidence;
	f->good = interval_of(&answer.good);
	f->bad = interval_of(&answer.bad);
	f->gap = interval_of(&answer.gap);
	f->relative = interval_of(&answer.relative);
	f->step = interval_of(&answer.step);
	f->step_share = answer.step_share;
	f->stored_gap = answer.stored_gap;
	f->more_steps_suspected = answer.more_steps_suspected;
	f->builds = answer.builds;
	f->boots = answer.boots;
	f->samples = answer.samples;
	f->seconds = answer.seconds;
	f->seconds_left = answer.seconds_left;
	fill_lists(s, &answer, f);
	fill_open(s, &answer, f);
	fill_commits(s, f);
	bisect_answer_release(&answer);
	finding_link(f);
}

static void fill_plan(const struct session *s, struct finding *f)
{
	const struct plan_bench *bench = plan_bench(&s->plan, s->plan.benchmark);
	const struct plan_machine *machine = plan_machine(&s->plan, s->plan.sut.v[0]);
	const char *unit, *metric;

	metric = session_metric(s, &unit, &f->higher_is_better);
	f->metric = xstrdup(metric);
	f->unit = xstrdup(unit);
	f->benchmark = xstrdup(s->plan.benchmark);
	f->find_fix = s->plan.find_fix;
	/* Ends that were given by good and bad have no name in the context that was kept. */
	f->good_name = xstrdup(s->plan.good ? s->plan.good : session_hex(s, 0));
	f->bad_name = xstrdup(s->plan.bad ? s->plan.bad : session_hex(s, s->nr - 1));
	f->term_good = xstrdup(session_term(s, BISECT_GOOD));
	f->term_bad = xstrdup(session_term(s, BISECT_BAD));
	for (size_t i = 0; i < s->plan.sut.nr; i++)
		strvec_push(&f->machines, s->plan.sut.v[i]);
	f->build = text_of(s->plan.build.command);
	f->run = text_of(bench->command ? bench->command : machine->command);
	f->cmdline = text_of(s->plan.profile.cmdline);
	for (size_t i = 0; i < s->plan.build.input.nr; i++)
		strvec_push(&f->inputs, s->plan.build.input.v[i]);
	for (size_t i = 0; i < s->plan.profile.sysctl.nr; i++)
		strvec_push(&f->sysctl, s->plan.profile.sysctl.v[i]);
	f->boots_it = machine->boot != PLAN_BOOT_NONE ||
		      (machine->method && (!strcmp(machine->method, "qemu") || !strcmp(machine->method, "vng")));
}

void session_finding(const struct session *s, struct finding *f)
{
	*f = (struct finding)FINDING_INIT;
	f->nr = s->nr;
	f->culprits = bisect_culprits(s->engine);
	fill_plan(s, f);
	fill_answer(s, f);
}

int report_json(const struct session *s)
{
	struct finding f;
	int status;

	session_finding(s, &f);
	status = session_status((enum bisect_verdict)f.verdict);
	if (json_print(finding_json(&f), stdout))
		die("cannot write the report");
	finding_release(&f);
	return status;
}
