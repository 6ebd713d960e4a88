/*
 * Bisections of made-up regressions, over the engine's public interface:
 *
 *	bisect-sim strategy=sequential n=72482 effect=2 trials=200
 *
 * prints a row of a table. Every name of the table below may be given, with "="
 * and a number; "shape=FILE" reads the range from a file, "header" prints the
 * head of the table, "bins" how often what was claimed was right.
 */
#include "sim-run.h"
#include "sim-setting.h"

static const char *const strategy_names[] = { "adaptive", "sequential", "bayes" };

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

struct command {
	struct sim_options world;
	struct bisect_options options;
	double repeats, force, all_steps, mostboots;
	const char *what;
	bool bins;
	const char *expected[16];
	size_t nexpected;
};

static bool set_any_number(struct command *c, const char *word)
{
	struct sim_options *o = &c->world;
	const struct sim_setting settings[] = {
		{ "n", &o->n },
		{ "effect", &o->effect },
		{ "rho", &o->rho },
		{ "outlier", &o->outlier },
		{ "bootout", &o->bootout },
		{ "broken", &o->broken },
		{ "cluster", &o->cluster },
		{ "drift", &o->drift },
		{ "walk", &o->walk },
		{ "layout", &o->layout },
		{ "layouts", &o->layouts },
		{ "own", &o->own },
		{ "shifted", &o->shifted },
		{ "modes", &o->modes },
		{ "modeshift", &o->modeshift },
		{ "split", &o->split },
		{ "zigzag", &o->zigzag },
		{ "top", &o->top },
		{ "today", &o->today },
		{ "sessions", &o->sessions },
		{ "stored", &o->repeats },
		{ "build", &o->build },
		{ "boot", &o->boot },
		{ "sample", &o->sample },
		{ "machines", &o->machines },
		{ "builders", &o->builders },
		{ "apart", &o->apart },
		{ "merges", &o->merges },
		{ "base", &o->base },
		{ "sigma", &o->sigma },
		{ "better", &o->better },
		{ "trials", &o->trials },
		{ "seed", &o->seed },
		{ "repeats", &c->repeats },
		{ "force", &c->force },
		{ "allsteps", &c->all_steps },
		{ "mostboots", &c->mostboots },
		{ "confidence", &c->options.confidence },
		{ "budget", &c->options.budget_seconds },
		{ "floor", &c->options.floor },
	};

	return sim_set(settings, ARRAY_SIZE(settings), word);
}

static bool read_word(struct command *c, const char *word)
{
	if (!strcmp(word, "header"))
		sim_print_header();
	else if (!strcmp(word, "bins"))
		c->bins = true;
	else if (starts_with(word, "what="))
		c->what = word + strlen("what=");
	else if (starts_with(word, "shape="))
		c->world.shape = word + strlen("shape=");
	else if (set_strategy(&c->options, word) || set_any_number(c, word))
		return true;
	else if (strpbrk(word, "<>") && c->nexpected < ARRAY_SIZE(c->expected))
		c->expected[c->nexpected++] = word;
	else
		return false;
	return true;
}

static void finish_options(struct command *c)
{
	c->options.better = c->world.better > 0 ? 1 : -1;
	c->options.repeats = (size_t)c->repeats;
	c->options.force = c->force > 0;
	c->options.all_steps = c->all_steps > 0;
	c->options.budget_boots = (size_t)c->mostboots;
	c->options.machines = (size_t)c->world.machines;
	c->options.layouts = (size_t)c->world.layouts;
	c->options.builders = (size_t)c->world.builders;
	c->options.build_seconds = c->world.build;
	c->options.boot_seconds = c->world.boot;
	c->options.sample_seconds = c->world.sample;
}

static int run(struct command *c)
{
	struct outcome *outcomes = xcalloc((size_t)c->world.trials, sizeof(*outcomes));
	struct sim_summary summary;
	struct sim_graph graph;
	int missed = 0;

	sim_graph_init(&graph, &c->world);
	c->world.n = (double)(graph.nr - 1);
	sim_run(&c->world, &graph, &c->options, outcomes);
	sim_summarise(&c->world, &graph, outcomes, &summary);
	sim_print_row(&c->world, strategy_names[c->options.strategy], c->what, &summary);
	if (c->bins)
		sim_print_bins(outcomes, (size_t)c->world.trials);
	for (size_t i = 0; i < c->nexpected; i++)
		missed |= sim_expect(&summary, c->expected[i]) != 0;
	free(outcomes);
	sim_graph_release(&graph);
	return missed;
}

int main(int argc, char **argv)
{
	struct command c = {
		.world = { .n = 72482,
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
			   .layouts = 1,
			   .base = 100,
			   .sigma = 1,
			   .better = -1,
			   .trials = 200,
			   .seed = 1 },
		.options = BISECT_OPTIONS_INIT,
		.repeats = 3,
		.what = "plain",
	};

	/* The published model has no floor. */
	c.options.floor = 0.0005;
	for (int i = 1; i < argc; i++)
		if (!read_word(&c, argv[i])) {
			fprintf(stderr, "usage: bisect-sim [header] [bins] [strategy=<name>] [what=<text>] "
					"[shape=<file>] [<name>=<number>...] [<figure>>=<number>...]\n");
			return 129;
		}
	if (argc == 2 && !strcmp(argv[1], "header"))
		return 0;
	finish_options(&c);
	return run(&c);
}
