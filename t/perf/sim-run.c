#include "sim-run.h"

#include <math.h>
#include <sys/wait.h>

#include "sim-git.h"

#define PROCESSES 2
#define BOOTS_MAX 2000
#define BUILDERS_MAX 64

struct run {
	struct sim_world world;
	struct bisect *bisect;
	size_t *touched, ntouched, touched_alloc;
	double builder_free[BUILDERS_MAX];
	size_t boots;
	struct outcome out;
};

static void record(struct run *run, struct bisect_event event)
{
	if (bisect_record(run->bisect, &event) < 0)
		BUG("the engine refuses what the world says");
}

static void touch(struct run *run, size_t commit)
{
	for (size_t i = 0; i < run->ntouched; i++)
		if (run->touched[i] == commit)
			return;
	ALLOC_GROW(run->touched, run->ntouched + 1, run->touched_alloc);
	run->touched[run->ntouched++] = commit;
}

static void choose(struct run *run)
{
	struct bisect_event event = { 0 };

	sim_git_choose(run->world.graph, run->bisect, run->touched, run->ntouched, &event);
	record(run, event);
}

/* Builds and boots; records what came out. Returns what it took. */
static double measure(struct run *run, size_t machine, const struct bisect_action *action)
{
	const struct sim_options *o = run->world.o;
	double values[64], seconds = 0;
	size_t commit = action->commit, nr = action->samples;
	uint32_t layout = UINT32_C(1) << action->layout;

	if (nr > ARRAY_SIZE(values) || !nr)
		BUG("a boot of %zu samples", nr);
	touch(run, commit);
	if (!(run->world.built[commit] & layout)) {
		bool broken = run->world.broken[commit];

		record(run, (struct bisect_event){ .kind = broken ? BISECT_BUILD_FAILED : BISECT_BUILT,
						   .commit = commit,
						   .layout = action->layout,
						   .machine = machine,
						   .seconds = o->build });
		seconds += o->build;
		if (broken)
			return seconds;
		run->world.built[commit] |= layout;
	}
	sim_world_boot(&run->world, machine, commit, action->layout, nr, values);
	run->boots++;
	for (size_t i = 0; i < nr; i++)
		record(run, (struct bisect_event){ .kind = BISECT_SAMPLE,
						   .commit = commit,
						   .layout = action->layout,
						   .machine = machine,
						   .boot = run->boots,
						   .value = values[i],
						   .seconds = o->sample });
	record(run, (struct bisect_event){ .kind = BISECT_BOOT_END,
					   .commit = commit,
					   .layout = action->layout,
					   .machine = machine,
					   .boot = run->boots,
					   .seconds = o->boot });
	return seconds + o->boot + (double)nr * o->sample;
}

struct machine {
	bool busy;
	double until;
	struct bisect_action action;
};

/* When a build that is asked for now is done: it waits for a builder. */
static double built_at(struct run *run, const struct bisect_action *action, double now)
{
	size_t nr = (size_t)run->world.o->builders, first = 0;

	if (run->world.built[action->commit] >> action->layout & 1)
		return now;
	if (!nr)
		return now + run->world.o->build;
	for (size_t i = 1; i < nr && i < BUILDERS_MAX; i++)
		if (run->builder_free[i] < run->builder_free[first])
			first = i;
	run->builder_free[first] = fmax(run->builder_free[first], now) + run->world.o->build;
	return run->builder_free[first];
}

/* Hands out what can be; false when the bisection has stopped and no machine is at work. */
static bool hand_out(struct run *run, struct machine *machines, size_t nr, double now)
{
	bool working = false, stopped = false;

	for (size_t i = 0; i < nr && !stopped; i++) {
		struct bisect_action action;

		if (machines[i].busy)
			continue;
		bisect_next(run->bisect, i, &action);
		while (action.kind == BISECT_CHOOSE) {
			choose(run);
			bisect_next(run->bisect, i, &action);
		}
		stopped = action.kind == BISECT_STOP;
		if (action.kind != BISECT_MEASURE)
			continue;
		machines[i].busy = true;
		machines[i].action = action;
		/* That it fails, or takes how long, is known when it is done; the order of ends is near enough. */
		machines[i].until = built_at(run, &action, now) + run->world.o->boot +
				    (double)action.samples * run->world.o->sample;
		record(run, (struct bisect_event){ .kind = BISECT_ISSUED,
						   .commit = action.commit,
						   .layout = action.layout,
						   .machine = i });
	}
	for (size_t i = 0; i < nr; i++)
		working |= machines[i].busy;
	if (!working && !stopped)
		BUG("every machine waits");
	return !stopped && run->boots < BOOTS_MAX;
}

static void bisect_world(struct run *run)
{
	size_t nr = (size_t)run->world.o->machines;
	struct machine *machines = xcalloc(nr, sizeof(*machines));
	double now = 0;

	while (hand_out(run, machines, nr, now)) {
		size_t first = BISECT_NONE;

		for (size_t i = 0; i < nr; i++)
			if (machines[i].busy &&
			    (first == BISECT_NONE || machines[i].until < machines[first].until))
				first = i;
		now = machines[first].until;
		machines[first].busy = false;
		run->out.cost += measure(run, first, &machines[first].action);
	}
	run->out.wall = now;
	free(machines);
}

/* Of a set that is not the fault of the strategy, all but the last commit are unbuildable. */
static bool is_unavoidable(const struct run *run, const struct bisect_answer *answer)
{
	size_t buildable = 0;

	for (size_t i = 0; i < answer->nset; i++)
		buildable += !run->world.broken[answer->set[i]];
	return buildable <= 1;
}

static bool is_step(const struct sim_world *world, size_t commit)
{
	for (size_t i = 0; i < world->nsteps; i++)
		if (world->steps[i].commit == commit)
			return true;
	return false;
}

/* The same commit; or but for commits that do not build, of which nobody could tell. */
static bool is_same_for_all(const struct sim_world *world, size_t a, size_t b)
{
	size_t last = a > b ? a : b, testable = 0;

	for (size_t i = a < b ? a : b; i < last; i++)
		testable += !world->broken[i];
	return !testable;
}

/* Every step of the world is among those that the answer has. */
static bool has_all_steps(const struct sim_world *world, const struct bisect_answer *answer)
{
	for (size_t i = 0; i < world->nsteps; i++) {
		bool found = false;

		for (size_t k = 0; k < answer->nsteps; k++)
			found |= is_same_for_all(world, answer->steps[k].culprit, world->steps[i].commit);
		if (!found)
			return false;
	}
	return true;
}

static void judge(struct run *run)
{
	struct bisect_answer answer = BISECT_ANSWER_INIT;
	struct outcome *out = &run->out;

	bisect_answer(run->bisect, &answer);
	for (size_t i = 0; i < answer.nset; i++)
		out->holds = out->holds || is_step(&run->world, answer.set[i]);
	out->named = answer.verdict == BISECT_NAMED ||
		     (answer.verdict == BISECT_SET && is_unavoidable(run, &answer));
	out->right = out->named &&
		     (answer.verdict == BISECT_NAMED ? is_step(&run->world, answer.culprit) : out->holds);
	out->suspected = answer.more_steps_suspected;
	out->warned = answer.more_steps_suspected || !out->named ||
		      (answer.verdict == BISECT_NAMED && answer.culprit == run->world.steps[0].commit) ||
		      (answer.verdict == BISECT_SET && out->holds);
	out->both = has_all_steps(&run->world, &answer);
	out->not_reproduced = answer.verdict == BISECT_NOT_REPRODUCED;
	out->confidence = answer.verdict == BISECT_NAMED ? answer.confidence : 0;
	out->set = (double)answer.nset;
	out->builds = (double)answer.builds;
	out->boots = (double)answer.boots;
	out->samples = (double)answer.samples;
	bisect_answer_release(&answer);
}

static void run_trial(const struct sim_options *o, const struct sim_graph *graph,
		      const struct bisect_options *options, size_t trial, struct outcome *out)
{
	struct run run = { 0 };
	struct bisect_problem problem = { .nr = graph->nr,
					  .parent_at = graph->parent_at,
					  .parents = graph->parents };

	sim_world_init(&run.world, o, graph, trial);
	problem.stored_good = run.world.stored_good;
	problem.stored_bad = run.world.stored_bad;
	problem.prior = run.world.prior;
	problem.nstored_good = problem.nstored_bad = run.world.nstored;
	run.bisect = bisect_new(&problem, options);
	bisect_world(&run);
	judge(&run);
	*out = run.out;
	bisect_free(run.bisect);
	sim_world_release(&run.world);
	free(run.touched);
}

void sim_run(const struct sim_options *o, const struct sim_graph *graph, const struct bisect_options *options,
	     struct outcome *outcomes)
{
	size_t trials = (size_t)o->trials;
	int fds[PROCESSES][2], status;

	fflush(NULL);
	for (size_t p = 0; p < PROCESSES; p++) {
		if (pipe(fds[p]) < 0)
			BUG("no pipe");
		if (!fork()) {
			for (size_t i = p; i < trials; i += PROCESSES) {
				struct outcome out;

				run_trial(o, graph, options, i, &out);
				if (write(fds[p][1], &out, sizeof(out)) != (ssize_t)sizeof(out))
					_exit(1);
			}
			_exit(0);
		}
		close(fds[p][1]);
	}
	for (size_t p = 0; p < PROCESSES; p++) {
		for (size_t i = p; i < trials; i += PROCESSES) {
			char *at = (char *)&outcomes[i];

			for (size_t have = 0; have < sizeof(*outcomes);) {
				ssize_t n = read(fds[p][0], at + have, sizeof(*outcomes) - have);

				if (n <= 0)
					BUG("trial %zu ended early", i);
				have += (size_t)n;
			}
		}
		close(fds[p][0]);
		wait(&status);
	}
}
