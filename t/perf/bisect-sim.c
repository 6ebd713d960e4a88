/*
 * Bisections of made-up regressions, over the engine's public interface:
 *
 *	bisect-sim strategy=sequential n=72482 effect=2 trials=200
 *
 * prints a row of a table. Every name of the table below may be given, with "="
 * and a number; "shape=FILE" reads the range from a file, "header" prints the
 * head of the table, "bins" how often what was claimed was right.
 */
#include <math.h>
#include <sys/wait.h>

#include "engine/bisect.h"
#include "sim-git.h"
#include "sim-world.h"
#include "stats/quantile.h"
#include "stats/summary.h"

#define PROCESSES 2
#define BOOTS_MAX 4000

/* What one bisection came to; goes through a pipe. */
struct outcome {
	double named, right, holds, not_reproduced, confidence, set;
	double builds, boots, samples, cost, wall;
};

struct run {
	struct sim_world world;
	struct bisect *bisect;
	size_t *touched, ntouched, touched_alloc;
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

	if (nr > ARRAY_SIZE(values) || !nr)
		BUG("a boot of %zu samples", nr);
	touch(run, commit);
	if (!run->world.built[commit]) {
		bool broken = run->world.broken[commit];

		record(run, (struct bisect_event){ .kind = broken ? BISECT_BUILD_FAILED : BISECT_BUILT,
						   .commit = commit,
						   .machine = machine,
						   .seconds = o->build });
		seconds += o->build;
		if (broken)
			return seconds;
		run->world.built[commit] = true;
	}
	sim_world_boot(&run->world, commit, nr, values);
	run->boots++;
	for (size_t i = 0; i < nr; i++)
		record(run, (struct bisect_event){ .kind = BISECT_SAMPLE,
						   .commit = commit,
						   .machine = machine,
						   .boot = run->boots,
						   .value = values[i],
						   .seconds = o->sample });
	record(run, (struct bisect_event){ .kind = BISECT_BOOT_END,
					   .commit = commit,
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
		machines[i].until = now + run->world.o->boot + (double)action.samples * run->world.o->sample +
				    (run->world.built[action.commit] ? 0 : run->world.o->build);
		record(run,
		       (struct bisect_event){ .kind = BISECT_ISSUED, .commit = action.commit, .machine = i });
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
	out->not_reproduced = answer.verdict == BISECT_NOT_REPRODUCED;
	out->confidence = answer.verdict == BISECT_NAMED ? answer.confidence : 0;
	out->set = (double)answer.nset;
	out->builds = (double)answer.builds;
	out->boots = (double)answer.boots;
	out->samples = (double)answer.samples;
	bisect_answer_release(&answer);
}

static void run_trial(const struct sim_options *o, const struct sim_graph *graph,
		      struct bisect_options *options, size_t trial, struct outcome *out)
{
	struct run run = { 0 };
	struct bisect_problem problem = { .nr = graph->nr,
					  .parent_at = graph->parent_at,
					  .parents = graph->parents };

	sim_world_init(&run.world, o, graph, trial);
	problem.stored_good = run.world.stored_good;
	problem.stored_bad = run.world.stored_bad;
	problem.nstored_good = problem.nstored_bad = run.world.nstored;
	run.bisect = bisect_new(&problem, options);
	bisect_world(&run);
	judge(&run);
	*out = run.out;
	bisect_free(run.bisect);
	sim_world_release(&run.world);
	free(run.touched);
}

static void run_all(const struct sim_options *o, const struct sim_graph *graph,
		    struct bisect_options *options, struct outcome *outcomes)
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

/* Bits that one observation tells of a label that is as likely good as bad, `d` deviations apart. */
static double information(double d)
{
	double sum = 0, step = 0.01;

	for (double x = -8; x < 8 + d; x += step) {
		double a = exp(-0.5 * x * x), b = exp(-0.5 * (x - d) * (x - d)), m = (a + b) / 2;

		if (m > 1e-300)
			sum -= m * log2(m / sqrt(2 * M_PI)) / sqrt(2 * M_PI) * step;
	}
	return fmax(0, sum - 0.5 * log2(2 * M_PI * M_E));
}

/* No bisection that is right in 95 % costs less: each label is worth a bit at most, each boot its information. */
static double least_cost(const struct sim_options *o, size_t nr)
{
	double delta = 0.05, best = INFINITY;
	double bits = (1 - delta) * log2((double)(nr - 1)) + delta * log2(delta) +
		      (1 - delta) * log2(1 - delta);

	for (double n = 1; n < 200; n++) {
		double d = o->effect / sqrt(o->rho + (1 - o->rho) / n);

		best = fmin(best, (o->boot + n * o->sample) / information(d));
	}
	return bits * (o->build + best);
}

static int compare_doubles(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double percentile(const struct outcome *outcomes, size_t nr, size_t offset, double share)
{
	double *values = xreallocarray(NULL, nr, sizeof(*values)), value;

	for (size_t i = 0; i < nr; i++)
		values[i] = *(const double *)((const char *)&outcomes[i] + offset);
	qsort(values, nr, sizeof(*values), compare_doubles);
	value = values[(size_t)(share * (double)(nr - 1) + 0.5)];
	free(values);
	return value;
}

static double mean_of(const struct outcome *outcomes, size_t nr, size_t offset)
{
	double sum = 0;

	for (size_t i = 0; i < nr; i++)
		sum += *(const double *)((const char *)&outcomes[i] + offset);
	return sum / (double)nr;
}

#define MEAN(field) mean_of(outcomes, nr, offsetof(struct outcome, field))

static const char *const strategy_names[] = { "adaptive", "sequential", "bayes" };

static void print_row(const struct sim_options *o, const struct sim_graph *graph, const char *strategy,
		      const char *what, const struct outcome *outcomes)
{
	size_t nr = (size_t)o->trials;
	double named = MEAN(named), cost = MEAN(cost);

	printf("| %s | %zu | %g | %s | %zu | %.3f | %.3f | %.3f | %.3f | %.1f | %.1f | %.1f | %.0f | %.0f | %.0f "
	       "| %.0f | %.2f |\n",
	       strategy, graph->nr - 1, o->effect, what, nr, MEAN(right), named > 0 ? MEAN(right) / named : 0,
	       named - MEAN(right), MEAN(holds), MEAN(builds), MEAN(boots), MEAN(samples),
	       percentile(outcomes, nr, offsetof(struct outcome, samples), 0.95), cost,
	       percentile(outcomes, nr, offsetof(struct outcome, cost), 0.95), MEAN(wall),
	       cost / least_cost(o, graph->nr));
	if (MEAN(not_reproduced) > 0)
		printf("<!-- not reproduced: %.3f, boots %.1f, at most %.0f -->\n", MEAN(not_reproduced),
		       MEAN(boots), percentile(outcomes, nr, offsetof(struct outcome, boots), 1));
}

static void print_header(void)
{
	puts("| strategy | N | effect | world | trials | named right | right of named | wrong name | set holds | builds "
	     "| boots | samples | p95 | cost | p95 | wall | cost / bound |");
	puts("|--|--|--|--|--|--|--|--|--|--|--|--|--|--|--|--|--|");
}

/* Of the names that were claimed with such a confidence, how many were right. */
static void print_bins(const struct outcome *outcomes, size_t nr)
{
	static const double edges[] = { 0, 0.5, 0.9, 0.95, 0.99, 0.999, 1.1 };

	for (size_t k = 0; k + 1 < ARRAY_SIZE(edges); k++) {
		size_t claimed = 0, right = 0;

		for (size_t i = 0; i < nr; i++) {
			double c = outcomes[i].confidence;

			if (c > 0 && c >= edges[k] && c < edges[k + 1]) {
				claimed++;
				right += outcomes[i].right > 0;
			}
		}
		if (claimed)
			printf("<!-- claimed %g to %g: %zu, of which right %.3f -->\n", edges[k],
			       fmin(1, edges[k + 1]), claimed, (double)right / (double)claimed);
	}
}

struct setting {
	const char *name;
	double *value;
};

static bool set_number(const struct setting *settings, size_t nr, const char *word)
{
	size_t len = strcspn(word, "=");

	for (size_t i = 0; i < nr && word[len]; i++)
		if (strlen(settings[i].name) == len && !strncmp(settings[i].name, word, len)) {
			*settings[i].value = strtod(word + len + 1, NULL);
			return true;
		}
	return false;
}

static bool set_strategy(struct bisect_options *options, const char *word)
{
	if (!starts_with(word, "strategy="))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(strategy_names); i++)
		if (!strcmp(word + strlen("strategy="), strategy_names[i])) {
			options->strategy = (enum bisect_strategy)i;
			return true;
		}
	return false;
}

int main(int argc, char **argv)
{
	struct sim_options o = { .n = 72482,
				 .effect = 2,
				 .rho = 0.25,
				 .outlier = 0.02,
				 .bootout = 0.005,
				 .broken = 0.03,
				 .cluster = 5,
				 .today = 1,
				 .sessions = 2,
				 .repeats = 3,
				 .build = 8,
				 .boot = 2,
				 .sample = 1,
				 .machines = 1,
				 .base = 100,
				 .sigma = 1,
				 .better = -1,
				 .trials = 200,
				 .seed = 1 };
	struct bisect_options options = BISECT_OPTIONS_INIT;
	double repeats = 3, confidence = options.confidence, force = 0, budget = 0, least = 0.0005;
	const struct setting settings[] = {
		{ "n", &o.n },
		{ "effect", &o.effect },
		{ "rho", &o.rho },
		{ "outlier", &o.outlier },
		{ "bootout", &o.bootout },
		{ "broken", &o.broken },
		{ "cluster", &o.cluster },
		{ "drift", &o.drift },
		{ "walk", &o.walk },
		{ "layout", &o.layout },
		{ "modes", &o.modes },
		{ "modeshift", &o.modeshift },
		{ "split", &o.split },
		{ "today", &o.today },
		{ "sessions", &o.sessions },
		{ "reps", &o.repeats },
		{ "build", &o.build },
		{ "boot", &o.boot },
		{ "sample", &o.sample },
		{ "machines", &o.machines },
		{ "merges", &o.merges },
		{ "base", &o.base },
		{ "sigma", &o.sigma },
		{ "better", &o.better },
		{ "trials", &o.trials },
		{ "seed", &o.seed },
		{ "repeats", &repeats },
		{ "confidence", &confidence },
		{ "force", &force },
		{ "budget", &budget },
		{ "floor", &least },
	};
	const char *what = "plain";
	struct sim_graph graph;
	struct outcome *outcomes;
	bool bins = false;

	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "header"))
			print_header();
		else if (!strcmp(argv[i], "bins"))
			bins = true;
		else if (starts_with(argv[i], "what="))
			what = argv[i] + strlen("what=");
		else if (starts_with(argv[i], "shape="))
			o.shape = argv[i] + strlen("shape=");
		else if (!set_strategy(&options, argv[i]) &&
			 !set_number(settings, ARRAY_SIZE(settings), argv[i])) {
			fprintf(stderr, "usage: bisect-sim [header] [bins] [strategy=<name>] [what=<text>] "
					"[shape=<file>] [<name>=<number>...]\n");
			return 129;
		}
	}
	options.better = o.better > 0 ? 1 : -1;
	options.repeats = (size_t)repeats;
	options.confidence = confidence;
	options.floor = least;
	options.force = force > 0;
	options.budget_seconds = budget;
	options.machines = (size_t)o.machines;
	options.build_seconds = o.build;
	options.boot_seconds = o.boot;
	options.sample_seconds = o.sample;
	sim_graph_init(&graph, &o);
	outcomes = xcalloc((size_t)o.trials, sizeof(*outcomes));
	run_all(&o, &graph, &options, outcomes);
	print_row(&o, &graph, strategy_names[options.strategy], what, outcomes);
	if (bins)
		print_bins(outcomes, (size_t)o.trials);
	free(outcomes);
	sim_graph_release(&graph);
	return 0;
}
