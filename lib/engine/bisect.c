#include "engine/bisect.h"

#include <math.h>

#include "base/error.h"
#include "engine/bisect-state.h"

/* A session with more machines than this is a broken one. */
#define MACHINES_MAX 4096

static const struct bisect_operations *const strategies[] = {
	[BISECT_ADAPTIVE] = &bisect_adaptive,
	[BISECT_SEQUENTIAL] = &bisect_sequential,
	[BISECT_BAYES] = &bisect_bayes,
};

static void fill_options(struct bisect_options *o)
{
	o->repeats = o->repeats ? o->repeats : 1;
	o->anchors_min = o->anchors_min ? o->anchors_min : 4;
	o->anchors_max = o->anchors_max ? o->anchors_max : 12;
	if (o->anchors_max < o->anchors_min)
		o->anchors_max = o->anchors_min;
	o->reanchor = o->reanchor ? o->reanchor : 10;
	o->machines = o->machines ? o->machines : 1;
	o->layouts = o->layouts ? o->layouts : 1;
	if (o->layouts > BISECT_LAYOUTS_MAX)
		o->layouts = BISECT_LAYOUTS_MAX;
	if (!(o->confidence > 0 && o->confidence < 1))
		o->confidence = 0.99;
}

static bool is_linear(const struct bisect_problem *problem)
{
	for (size_t i = 1; i < problem->nr; i++)
		if (problem->parent_at[i + 1] - problem->parent_at[i] != 1 ||
		    problem->parents[problem->parent_at[i]] != i - 1)
			return false;
	return true;
}

static void grow_machines(struct bisect *b, size_t nr)
{
	if (nr <= b->nmachines)
		return;
	b->issued = xreallocarray(b->issued, nr, sizeof(*b->issued));
	b->issued_layout = xreallocarray(b->issued_layout, nr, sizeof(*b->issued_layout));
	b->machines = xreallocarray(b->machines, nr, sizeof(*b->machines));
	for (size_t i = b->nmachines; i < nr; i++) {
		b->issued[i] = BISECT_NONE;
		b->issued_layout[i] = 0;
		b->machines[i] = (struct bisect_machine){ 0 };
	}
	b->nmachines = nr;
}

struct bisect *bisect_new(const struct bisect_problem *problem, const struct bisect_options *options)
{
	struct bisect *b = xcalloc(1, sizeof(*b));

	if (problem->nr < 2 || problem->nr > UINT32_MAX)
		BUG("a bisection of %zu commits", problem->nr);
	b->problem = *problem;
	b->options = *options;
	fill_options(&b->options);
	b->ops = strategies[options->strategy];
	b->commits = xcalloc(problem->nr, sizeof(*b->commits));
	b->linear = is_linear(problem);
	grow_machines(b, b->options.machines);
	if (b->ops->start)
		b->ops->start(b);
	return b;
}

void bisect_free(struct bisect *b)
{
	if (!b)
		return;
	if (b->ops->stop)
		b->ops->stop(b);
	for (size_t i = 0; i < b->problem.nr; i++)
		free(b->commits[i].boots);
	for (size_t i = 0; i < b->nboots; i++)
		free(b->boots[i].values);
	bisect_graph_free(b);
	free(b->commits);
	free(b->boots);
	free(b->ended);
	free(b->issued);
	free(b->issued_layout);
	free(b->machines);
	free(b);
}

static struct bisect_boot *find_boot(struct bisect *b, size_t number)
{
	for (size_t i = b->nboots; i > 0; i--)
		if (b->boots[i - 1].number == number)
			return &b->boots[i - 1];
	return NULL;
}

/* The boot of the event, begun if need be; NULL with a recorded error when the event is not of it. */
static struct bisect_boot *boot_of(struct bisect *b, const struct bisect_event *event)
{
	struct bisect_boot *boot = find_boot(b, event->boot);

	if (!boot) {
		ALLOC_GROW(b->boots, b->nboots + 1, b->boots_alloc);
		boot = &b->boots[b->nboots++];
		memset(boot, 0, sizeof(*boot));
		boot->commit = event->commit;
		boot->machine = event->machine;
		boot->layout = event->layout;
		boot->number = event->boot;
		return boot;
	}
	if (boot->commit != event->commit || boot->machine != event->machine || boot->layout != event->layout) {
		error_set("boot %zu is one of another commit, build or machine", event->boot);
		return NULL;
	}
	if (boot->ended) {
		error_set("boot %zu has ended already", event->boot);
		return NULL;
	}
	return boot;
}

static void spend(struct bisect *b, struct bisect_cost *cost, double seconds)
{
	b->seconds += seconds;
	if (!cost)
		return;
	cost->sum += seconds;
	cost->nr++;
}

static int record_sample(struct bisect *b, const struct bisect_event *event)
{
	struct bisect_boot *boot;

	if (!isfinite(event->value))
		return error_set("a sample of commit %zu is not a number", event->commit);
	boot = boot_of(b, event);
	if (!boot)
		return -1;
	ALLOC_GROW(boot->values, boot->nr + 1, boot->alloc);
	boot->values[boot->nr++] = event->value;
	b->samples++;
	spend(b, &b->sample_cost, event->seconds);
	return 0;
}

static int record_boot_end(struct bisect *b, const struct bisect_event *event)
{
	struct bisect_commit *commit = &b->commits[event->commit];
	struct bisect_boot *boot = boot_of(b, event);

	if (!boot)
		return -1;
	boot->ended = true;
	b->all_boots++;
	spend(b, &b->boot_cost, event->seconds);
	b->issued[event->machine] = BISECT_NONE;
	if (!boot->nr || boot->dropped)
		return 0;
	ALLOC_GROW(commit->boots, commit->nboots + 1, commit->boots_alloc);
	commit->boots[commit->nboots++] = (size_t)(boot - b->boots);
	commit->nsamples += boot->nr;
	commit->built = true;
	commit->layouts |= UINT32_C(1) << event->layout;
	b->layouts |= UINT32_C(1) << event->layout;
	ALLOC_GROW(b->ended, b->nended + 1, b->ended_alloc);
	b->ended[b->nended++] = (size_t)(boot - b->boots);
	if (!event->commit || event->commit == b->problem.nr - 1)
		bisect_fit_machines(b);
	return 0;
}

static void record_failure(struct bisect *b, const struct bisect_event *event)
{
	if (event->kind == BISECT_BUILD_FAILED) {
		b->builds++;
		b->failed++;
		spend(b, event->layout ? &b->layout_cost : &b->build_cost, event->seconds);
	} else {
		b->all_boots++;
		spend(b, NULL, event->seconds);
	}
	if (event->layout) {
		b->layout_failures[event->layout] += !(b->commits[event->commit].no_layouts >> event->layout &
						       1);
		b->commits[event->commit].no_layouts |= UINT32_C(1) << event->layout;
	} else {
		b->commits[event->commit].untestable = true;
	}
	b->issued[event->machine] = BISECT_NONE;
	b->git = BISECT_GIT_NONE;
}

/* Two words of the user that cannot both be true are refused. */
static int check_user(struct bisect *b, const struct bisect_event *event)
{
	enum bisect_mark other = event->kind == BISECT_USER_GOOD ? BISECT_BAD : BISECT_GOOD;

	if (!event->commit || event->commit == b->problem.nr - 1)
		return error_set("the ends of a bisection cannot be marked");
	if (event->kind == BISECT_USER_SKIP)
		return 0;
	for (size_t i = 1; i + 1 < b->problem.nr; i++) {
		if (b->commits[i].user != other || i == event->commit)
			continue;
		if (other == BISECT_BAD ? bisect_is_ancestor(b, i, event->commit)
					: bisect_is_ancestor(b, event->commit, i))
			return error_set(
				other == BISECT_BAD
					? "a commit cannot be good when an ancestor of it was marked bad"
					: "a commit cannot be bad when a descendant of it was marked good");
	}
	return 0;
}

static int record_user(struct bisect *b, const struct bisect_event *event)
{
	if (check_user(b, event) < 0)
		return -1;
	b->commits[event->commit].user = event->kind == BISECT_USER_GOOD ? BISECT_GOOD
				       : event->kind == BISECT_USER_BAD  ? BISECT_BAD
									 : BISECT_SKIP;
	b->git = BISECT_GIT_NONE;
	return 0;
}

static void record_retry(struct bisect *b, const struct bisect_event *event)
{
	struct bisect_commit *commit = &b->commits[event->commit];

	for (size_t i = 0; i < b->nboots; i++)
		if (b->boots[i].commit == event->commit)
			b->boots[i].dropped = true;
	commit->nboots = commit->nsamples = 0;
	commit->user = BISECT_UNMARKED;
	commit->untestable = false;
	for (size_t i = 1; i < BISECT_LAYOUTS_MAX; i++)
		b->layout_failures[i] -= commit->no_layouts >> i & 1 && b->layout_failures[i];
	commit->no_layouts = 0;
	b->git = BISECT_GIT_NONE;
	bisect_fit_machines(b);
}

static int take_event(struct bisect *b, const struct bisect_event *event)
{
	switch (event->kind) {
	case BISECT_BUILT:
		b->builds++;
		b->commits[event->commit].built = true;
		b->commits[event->commit].layouts |= UINT32_C(1) << event->layout;
		spend(b, event->layout ? &b->layout_cost : &b->build_cost, event->seconds);
		return 0;
	case BISECT_BUILD_FAILED:
	case BISECT_BOOT_FAILED:
	case BISECT_BENCH_FAILED:
		record_failure(b, event);
		return 0;
	case BISECT_SAMPLE:
		return record_sample(b, event);
	case BISECT_BOOT_END:
		return record_boot_end(b, event);
	case BISECT_CANDIDATE:
	case BISECT_FIRST_BAD:
		b->git = event->kind == BISECT_CANDIDATE ? BISECT_GIT_CANDIDATE : BISECT_GIT_FIRST_BAD;
		b->git_commit = event->commit;
		return 0;
	case BISECT_ONLY_SKIPPED:
		b->git = BISECT_GIT_ONLY_SKIPPED;
		return 0;
	case BISECT_USER_GOOD:
	case BISECT_USER_BAD:
	case BISECT_USER_SKIP:
		return record_user(b, event);
	case BISECT_RETRY:
		record_retry(b, event);
		return 0;
	case BISECT_ISSUED:
		b->issued[event->machine] = event->commit;
		b->issued_layout[event->machine] = event->layout;
		return 0;
	case BISECT_RETURNED:
		b->issued[event->machine] = BISECT_NONE;
		return 0;
	}
	return error_set("a bisection knows no event of kind %d", (int)event->kind);
}

int bisect_record(struct bisect *b, const struct bisect_event *event)
{
	/* "Only skipped commits are left" is about none of them. */
	if (event->commit >= b->problem.nr && event->kind != BISECT_ONLY_SKIPPED)
		return error_set("commit %zu is not one of the %zu of this bisection", event->commit,
				 b->problem.nr);
	if (event->machine >= MACHINES_MAX)
		return error_set("machine %zu is beyond the %d that a bisection can have", event->machine,
				 MACHINES_MAX);
	if (event->layout >= BISECT_LAYOUTS_MAX)
		return error_set("layout %zu is beyond the %d that a commit can have", event->layout,
				 BISECT_LAYOUTS_MAX);
	if (!isfinite(event->seconds) || event->seconds < 0)
		return error_set("what an event took is not a number of seconds");
	grow_machines(b, event->machine + 1);
	if (take_event(b, event) < 0)
		return -1;
	if (b->ops->record)
		b->ops->record(b, event);
	return 0;
}

void bisect_next(struct bisect *b, size_t machine, struct bisect_action *action)
{
	*action = (struct bisect_action){ .kind = BISECT_WAIT, .commit = BISECT_NONE, .reason = "wait" };
	if (bisect_budget_spent(b)) {
		action->kind = BISECT_STOP;
		action->reason = "budget";
		return;
	}
	b->ops->next(b, machine, action);
}

enum bisect_mark bisect_mark_of(struct bisect *b, size_t commit)
{
	if (!commit || commit + 1 >= b->problem.nr)
		return BISECT_UNMARKED;
	if (b->commits[commit].user)
		return b->commits[commit].user;
	return b->ops->mark_of(b, commit);
}
