/*
 * Decisions between a base and a candidate whose difference is known, by the code
 * that decides in a hunt:
 *
 *	hunt-sim effect=-5 noise=5 trials=2000 "keep>=.9"
 *
 * prints a row of a table. Every name of the table below may be given, with "="
 * and a number; "header" prints the head of the table, "thorough" takes the rule
 * of --thorough, "what=<text>" names the row. A run of workload w takes
 *
 *	size(w) exp(effect(w) + noise(w) N(0, 1) + outlier + machine)
 *
 * in an order that is random. The noises of the workloads are equal, and such that
 * the suite's total has `noise`. The machine is common to all runs: it drifts as an
 * AR(1) process from run to run.
 */
#include <math.h>

#include "base/error.h"
#include "base/rng.h"
#include "engine/hunt.h"
#include "sim-setting.h"

#define WORKLOADS_MAX 32
#define VERDICTS (HUNT_REGRESSED + 1)
#define SEEN_ROUNDS 4000

struct sim_options {
	/* Percent, of candidate / base; of the last workload alone, NAN: the same. */
	double effect, last;
	/* Percent: SD of one run of the suite. */
	double noise;
	double workloads, heldout;
	/* Size of each workload over that of the one before. */
	double sizes;
	/* Percent: SD of the machine's drift, and its correlation from one run to the next. */
	double drift, rho;
	/* Percent: SD of what a build's placement alone adds to the candidate. */
	double layout;
	/* Share of runs that take exp(|N(0, 0.3)|) times as long. */
	double outlier;
	double trials, seed;
};

struct sim_world {
	const struct sim_options *o;
	size_t nr;
	double size[WORKLOADS_MAX], effect[WORKLOADS_MAX], noise;
	struct rng rng;
	uint64_t order;
	double machine;
};

static void world_init(struct sim_world *world, const struct sim_options *o, size_t trial)
{
	double size = 1, sum = 0, squares = 0, luck;

	*world = (struct sim_world){ .o = o, .nr = (size_t)o->workloads };
	rng_seed(&world->rng, (uint64_t)o->seed, trial);
	world->order = rng_next(&world->rng);
	world->machine = o->drift / 100 * rng_normal(&world->rng);
	luck = o->layout / 100 * rng_normal(&world->rng);
	for (size_t w = 0; w < world->nr; w++, size *= o->sizes) {
		world->size[w] = size;
		world->effect[w] = log1p(o->effect / 100) + luck;
		/* What is held out is not in the total. */
		if (w + (size_t)o->heldout >= world->nr)
			continue;
		sum += size;
		squares += size * size;
	}
	if (!isnan(o->last))
		world->effect[world->nr - 1] = log1p(o->last / 100) + luck;
	world->noise = o->noise / 100 * sum / sqrt(squares);
}

static double one_run(struct sim_world *world, const struct hunt_run *run)
{
	const struct sim_options *o = world->o;
	double x = world->noise * rng_normal(&world->rng) + (run->candidate ? world->effect[run->workload] : 0);

	if (rng_double(&world->rng) < o->outlier)
		x += fabs(0.3 * rng_normal(&world->rng));
	world->machine = o->rho * world->machine +
			 o->drift / 100 * sqrt(1 - o->rho * o->rho) * rng_normal(&world->rng);
	return world->size[run->workload] * exp(x + world->machine);
}

static void one_round(struct sim_world *world, struct hunt_pairs *pairs)
{
	double seconds[2][WORKLOADS_MAX];
	struct hunt_run runs[2 * WORKLOADS_MAX];

	hunt_order(world->order, pairs->nr, world->nr, runs);
	for (size_t i = 0; i < 2 * world->nr; i++)
		seconds[runs[i].candidate][runs[i].workload] = one_run(world, &runs[i]);
	if (hunt_pairs_add(pairs, seconds[0], seconds[1]) < 0)
		BUG("%s", error_message());
}

/* As a hunt does it. Returns the rounds that it took. */
static size_t decide(const struct sim_options *o, const struct hunt_rule *rule, size_t trial,
		     enum hunt_verdict *verdict)
{
	struct hunt_answer answer = HUNT_ANSWER_INIT;
	struct hunt_pairs pairs;
	struct sim_world world;
	size_t nr;

	world_init(&world, o, trial);
	hunt_pairs_init(&pairs, world.nr, (size_t)o->heldout);
	while ((*verdict = hunt_decide(&pairs, rule, &answer)) == HUNT_MORE)
		while (pairs.nr < answer.next)
			one_round(&world, &pairs);
	nr = pairs.nr;
	hunt_answer_release(&answer);
	hunt_pairs_release(&pairs);
	return nr;
}

/* Percent: what calibration calls the noise of this world, had it many rounds. */
static double noise_seen(const struct sim_options *o, const struct hunt_rule *rule)
{
	struct sim_options same = *o;
	struct hunt_calibration c;
	struct hunt_pairs pairs;
	struct sim_world world;

	same.effect = 0;
	same.last = NAN;
	same.layout = 0;
	world_init(&world, &same, SIZE_MAX);
	hunt_pairs_init(&pairs, world.nr, (size_t)o->heldout);
	while (pairs.nr < SEEN_ROUNDS)
		one_round(&world, &pairs);
	if (hunt_calibrate(&pairs, &pairs, rule, &c) < 0)
		BUG("%s", error_message());
	hunt_pairs_release(&pairs);
	return 100 * c.wall_noise;
}

struct command {
	struct sim_options world;
	struct hunt_rule rule;
	const char *what;
	const char *expected[8];
	size_t nexpected;
};

static bool set_any_number(struct sim_options *o, const char *word)
{
	const struct sim_setting settings[] = {
		{ "effect", &o->effect },       { "last", &o->last },       { "noise", &o->noise },
		{ "workloads", &o->workloads }, { "heldout", &o->heldout }, { "sizes", &o->sizes },
		{ "drift", &o->drift },         { "rho", &o->rho },         { "layout", &o->layout },
		{ "outlier", &o->outlier },     { "trials", &o->trials },   { "seed", &o->seed },
	};

	return sim_set(settings, ARRAY_SIZE(settings), word);
}

static void print_header(void)
{
	puts("| world | noise | seen | effect | keep | reject | marginal | regressed | pairs | p90 |");
	puts("|--|--|--|--|--|--|--|--|--|--|");
}

static bool read_word(struct command *c, const char *word)
{
	if (!strcmp(word, "header"))
		print_header();
	else if (!strcmp(word, "thorough"))
		c->rule = (struct hunt_rule)HUNT_RULE_THOROUGH_INIT;
	else if (starts_with(word, "what="))
		c->what = word + strlen("what=");
	else if (set_any_number(&c->world, word))
		return true;
	else if (strpbrk(word, "<>") && c->nexpected < ARRAY_SIZE(c->expected))
		c->expected[c->nexpected++] = word;
	else
		return false;
	return true;
}

static int compare_sizes(const void *a, const void *b)
{
	size_t x = *(const size_t *)a, y = *(const size_t *)b;

	return (x > y) - (x < y);
}

static int run(const struct command *c)
{
	size_t nr = (size_t)c->world.trials, *pairs = xcalloc(nr, sizeof(*pairs));
	double share[VERDICTS] = { 0 }, mean = 0;
	int missed = 0;

	for (size_t trial = 0; trial < nr; trial++) {
		enum hunt_verdict verdict;

		pairs[trial] = decide(&c->world, &c->rule, trial, &verdict);
		mean += (double)pairs[trial] / (double)nr;
		share[verdict] += 1 / (double)nr;
	}
	qsort(pairs, nr, sizeof(*pairs), compare_sizes);
	printf("| %s | %g %% | %.1f %% | %s%g %% | %.3f | %.3f | %.3f | %.3f | %.1f | %zu |\n", c->what,
	       c->world.noise, noise_seen(&c->world, &c->rule), c->world.effect > 0 ? "+" : "",
	       c->world.effect, share[HUNT_KEEP], share[HUNT_REJECT], share[HUNT_MARGINAL],
	       share[HUNT_REGRESSED], mean, pairs[(size_t)(0.9 * (double)(nr - 1) + 0.5)]);
	for (size_t i = 0; i < c->nexpected; i++) {
		const struct sim_figure figures[] = {
			{ "keep", share[HUNT_KEEP] },
			{ "keeps", share[HUNT_KEEP] * c->world.trials },
			{ "reject", share[HUNT_REJECT] },
			{ "marginal", share[HUNT_MARGINAL] },
			{ "regressed", share[HUNT_REGRESSED] },
			{ "pairs", mean },
		};

		missed |= sim_hold(figures, ARRAY_SIZE(figures), c->expected[i]) != 0;
	}
	free(pairs);
	return missed;
}

int main(int argc, char **argv)
{
	struct command c = {
		.world = { .last = NAN, .noise = 5, .workloads = 1, .sizes = 1, .rho = 0.9, .trials = 2000, .seed = 1 },
		.rule = HUNT_RULE_INIT,
		.what = "plain",
	};
	bool known = true;

	for (int i = 1; i < argc; i++)
		known &= read_word(&c, argv[i]);
	if (!known || !(c.world.trials >= 1) || !(c.world.workloads >= 1) || c.world.workloads > WORKLOADS_MAX ||
	    !(c.world.heldout >= 0 && c.world.heldout < c.world.workloads)) {
		fprintf(stderr, "usage: hunt-sim [header] [thorough] [what=<text>] [<name>=<number>...] "
				"[<figure>>=<number>...]\n");
		return 129;
	}
	if (argc == 2 && !strcmp(argv[1], "header"))
		return 0;
	return run(&c);
}
