/*
 * A machine that is made up: what t/perf/bench-command builds, boots and runs
 * in place of a real one, through the real command.
 *
 *	fake-machine build <world>	fails for the commits that do not build; begins a boot,
 *					which has an offset of its own
 *	fake-machine run <world>	prints "time <value> s"
 *	fake-machine broken <world> <number>...
 *					prints which of these commits do not build
 *
 * The number of the commit is in the file "number" of the current directory.
 * Nothing is kept of a build, so that each boot builds, and one child does for both.
 * <world> holds "seed culprit effect broken last"; the ends, 1 and last, always build. <world>.boot the boot that is
 * going on. Values are 100 plus what the simulator's world adds (sigma 1, a
 * quarter of the variance between boots, 2 % outliers, 0.5 % bad boots, broken
 * commits in runs of five). All follows from the seed and from how many
 * numbers were drawn before.
 */
#include <math.h>

#include "base/rng.h"

#define CLUSTER 5

struct world {
	unsigned long seed, culprit, last;
	double effect, broken;
	unsigned long boots, runs;
	double offset;
};

static int fail(const char *what)
{
	fprintf(stderr, "fake-machine: %s: %s\n", what, strerror(errno));
	return 1;
}

__attribute__((format(scanf, 2, 3))) static int read_file(const char *path, const char *format, ...)
{
	FILE *fp = fopen(path, "r");
	va_list ap;
	int got;

	if (!fp)
		return -1;
	va_start(ap, format);
	got = vfscanf(fp, format, ap);
	va_end(ap);
	fclose(fp);
	return got;
}

static bool is_broken(const struct world *w, unsigned long number)
{
	for (unsigned long k = 0; k < CLUSTER && k < number && number > 1 && number < w->last; k++) {
		struct rng rng;

		rng_seed(&rng, w->seed, 1000000 + number - k);
		if (rng_double(&rng) < w->broken / CLUSTER)
			return true;
	}
	return false;
}

static int write_boot(const struct world *w, const char *path)
{
	FILE *fp = fopen(path, "w");

	if (!fp)
		return fail(path);
	fprintf(fp, "%lu %lu %.17g\n", w->boots, w->runs, w->offset);
	return fclose(fp) ? fail(path) : 0;
}

static int boot(struct world *w, const char *path)
{
	struct rng rng;

	w->boots++;
	w->runs = 0;
	rng_seed(&rng, w->seed, 2 * w->boots);
	w->offset = 0.5 * rng_normal(&rng);
	if (rng_double(&rng) < 0.005)
		w->offset += 4;
	return write_boot(w, path);
}

static int run(struct world *w, unsigned long number, const char *path)
{
	double value = 100 + w->offset + (number >= w->culprit ? w->effect : 0);
	struct rng rng;

	w->runs++;
	rng_seed(&rng, w->seed + 1000003 * w->runs, 2 * w->boots + 1);
	value += sqrt(0.75) * rng_normal(&rng);
	if (rng_double(&rng) < 0.02)
		value += fabs(5 * rng_normal(&rng));
	printf("time %.9f s\n", value);
	return write_boot(w, path);
}

static int print_broken(const struct world *w, char **numbers)
{
	for (; *numbers; numbers++)
		if (is_broken(w, strtoul(*numbers, NULL, 10)))
			printf("%s\n", *numbers);
	return 0;
}

int main(int argc, char **argv)
{
	struct world w = { 0 };
	unsigned long number = 0;
	char *path;
	int status = 1;

	if (argc < 3 ||
	    read_file(argv[2], "%lu %lu %lf %lf %lu", &w.seed, &w.culprit, &w.effect, &w.broken, &w.last) != 5 ||
	    read_file("number", "%lu", &number) != 1)
		return fail("build|run|broken <world>, in a worktree");
	if (!strcmp(argv[1], "broken"))
		return print_broken(&w, argv + 3);
	path = xstrfmt("%s.boot", argv[2]);
	if (read_file(path, "%lu %lu %lf", &w.boots, &w.runs, &w.offset) != 3)
		w.boots = 0;
	if (!strcmp(argv[1], "build"))
		status = is_broken(&w, number) ? 1 : boot(&w, path);
	else if (!strcmp(argv[1], "run"))
		status = run(&w, number, path);
	free(path);
	return status;
}
