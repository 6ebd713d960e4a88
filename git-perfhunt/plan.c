#include "plan.h"

#include <math.h>
#include <strings.h>

#include "base/configfile.h"
#include "base/error.h"
#include "ui/command.h"

#define SECTION "perfhunt"
#define AT(field) .at = offsetof(struct hunt_plan, field)
#define COMMAND(field) .type = OPTION_STRING, .arg = "<command>", AT(field)
#define LIST(field, word) .type = OPTION_LIST, .arg = (word), AT(field)
#define SECONDS(field) .type = OPTION_REAL, .arg = "<seconds>", AT(field), .min = 0.01, .max = INFINITY

static const char *const call_graphs[] = { "fp", "dwarf", "none", NULL };

const struct option hunt_plan_rows[] = {
	{ .type = OPTION_GROUP, .help = "What is built and run" },
	{ COMMAND(build), .name = "build", .config = "build",
	  .help = "builds the program, optimised, with debug information" },
	{ COMMAND(preflight), .name = "preflight", .config = "preflight",
	  .help = "a check that must pass before the hunt begins" },
	{ COMMAND(check), .name = "check", .config = "check", .help = "the tests that every change must pass" },
	{ LIST(workloads, "<name[:seed[:params]]>"), .name = "workload", .config = "workload",
	  .help = "a workload; may be given several times" },
	{ .type = OPTION_LIST,
	  .name = "held-out",
	  .arg = "<name[:seed[:params]]>",
	  AT(held_out),
	  .config = "heldOut",
	  .help = "a workload that the fixer is not told of" },
	{ COMMAND(run), .name = "run", .config = "run",
	  .help = "runs a workload; what it prints is its answer" },
	{ COMMAND(generate), .name = "generate", .config = "generate",
	  .help = "makes the input of a workload at $PERF_INPUT" },
	{ COMMAND(evolve), .name = "evolve", .config = "evolve",
	  .help = "prints the specs of a larger suite, one a line" },
	{ LIST(ab, "<name>"), .name = "ab", .config = "ab",
	  .help = "compare by these workloads only, where the suite is long" },
	{ .type = OPTION_GROUP, .help = "What is hunted" },
	{ LIST(own, "<prefix>"), .name = "own", .config = "own",
	  .help = "only functions whose name or file begins so" },
	{ LIST(skip, "<pattern>"), .name = "skip", .config = "skip",
	  .help = "no functions, files or libraries that match" },
	{ .type = OPTION_REAL,
	  .name = "threshold",
	  .arg = "<percent>",
	  AT(threshold),
	  .config = "threshold",
	  .min = 0.01,
	  .max = 100,
	  .initial = "2",
	  .help = "self time that makes a function a candidate" },
	{ .type = OPTION_INT,
	  .name = "frequency",
	  .arg = "<hertz>",
	  AT(frequency),
	  .config = "frequency",
	  .min = 1,
	  .max = 100000,
	  .initial = "1999",
	  .help = "samples a second" },
	{ .type = OPTION_CHOICE,
	  .name = "call-graph",
	  AT(call_graph),
	  .config = "callGraph",
	  .choices = call_graphs,
	  .initial = "fp",
	  .help = "how callers are recorded" },
	{ .type = OPTION_INT,
	  .name = "max-iterations",
	  .arg = "<n>",
	  AT(max_iterations),
	  .config = "maxIterations",
	  .min = 1,
	  .max = LONG_MAX,
	  .initial = "10",
	  .help = "functions that are worked on" },
	{ .type = OPTION_GROUP, .help = "Who makes it faster, and the limits" },
	{ COMMAND(fixer), .name = "fixer", .config = "fixer",
	  .help = "makes one function faster: exit status 0 done, 10 deferred" },
	{ COMMAND(ticket), .name = "ticket", .config = "ticket",
	  .help = "opens, notes and closes tickets elsewhere" },
	{ .type = OPTION_STRING,
	  .name = "journal",
	  .arg = "<file>",
	  AT(journal),
	  .config = "journal",
	  .complete = "file",
	  .help = "the journal (default: journal.md in the hunt's folder)" },
	{ LIST(protect, "<pathspec>"), .name = "protect", .config = "protect",
	  .help = "paths that no change may touch, in place of the usual ones" },
	{ .type = OPTION_INT,
	  .name = "max-files",
	  .arg = "<n>",
	  AT(max_files),
	  .config = "maxFiles",
	  .min = 1,
	  .max = LONG_MAX,
	  .initial = "15",
	  .help = "a change of more files is deferred" },
	{ SECONDS(fixer_timeout), .name = "fixer-timeout", .config = "fixerTimeout", .initial = "900",
	  .help = "for one function, tests included once" },
	{ SECONDS(build_timeout), .name = "build-timeout", .config = "buildTimeout", .initial = "3600",
	  .help = "for a build" },
	{ SECONDS(check_timeout), .name = "check-timeout", .config = "checkTimeout", .initial = "3600",
	  .help = "for a check" },
	{ SECONDS(run_timeout), .name = "run-timeout", .config = "runTimeout", .initial = "600",
	  .help = "for one run of a workload" },
	{ .type = OPTION_GROUP, .help = "How it is decided" },
	{ .type = OPTION_INT,
	  .name = "calibration",
	  .arg = "<rounds>",
	  AT(calibration),
	  .config = "calibration",
	  .min = 3,
	  .max = 100,
	  .initial = "5",
	  .help = "runs of the suite that tell the machine's noise" },
	{ .type = OPTION_BOOL,
	  .name = "thorough",
	  AT(thorough),
	  .config = "thorough",
	  .help = "up to 96 pairs in place of 48" },
	{ .type = OPTION_BOOL,
	  .name = "keep-marginal",
	  AT(keep_marginal),
	  .config = "keepMarginal",
	  .help = "keep what is neither clearly faster nor slower after all pairs" },
	{ .type = OPTION_BOOL,
	  .name = "callgrind",
	  AT(callgrind),
	  .config = "callgrind",
	  .help = "count instructions by valgrind beside it" },
	{ .type = OPTION_GROUP, .help = "The context" },
	{ .type = OPTION_STRING,
	  .name = "context",
	  .arg = "<file>",
	  AT(context),
	  .complete = "file",
	  .help = "write the context there as well" },
	{ .type = OPTION_STRING,
	  .name = "from",
	  .arg = "<file>",
	  AT(from),
	  .complete = "file",
	  .help = "start from this context" },
	OPTION_END,
};

/* Tests, and what says how things are built. */
static const char *const usual_protect[] = {
	":(glob,icase)**/makefile*",
	":(glob,icase)**/gnumakefile*",
	":(glob)**/Kbuild*",
	":(glob)**/Kconfig*",
	":(glob)**/*.mk",
	":(glob)**/*.m4",
	":(glob)**/*.cmake",
	":(glob)**/CMakeLists.txt",
	":(glob)**/CMakePresets.json",
	":(glob)**/meson.build",
	":(glob)**/meson*.options",
	":(glob)**/meson_options.txt",
	":(glob)**/configure",
	":(glob)**/configure.ac",
	":(glob)**/Cargo.toml",
	":(glob)**/Cargo.lock",
	":(glob)**/build.rs",
	":(glob)**/.cargo/**",
	":(glob)**/.git*",
	":(glob)**/.git*/**",
	":(glob)**/.ci/**",
	":(glob)**/t/**",
	":(glob)**/test/**",
	":(glob)**/tests/**",
	":(glob)**/testsuite/**",
	":(glob)**/bench/**",
	":(glob)**/benchmarks/**",
};

void hunt_plan_defaults(struct hunt_plan *plan)
{
	options_default(hunt_plan_rows, plan);
	for (size_t i = 0; i < ARRAY_SIZE(usual_protect); i++)
		strvec_push(&plan->protect, usual_protect[i]);
}

/* "perfhunt.<name>.run": the name, or NULL. */
static char *subsection(const char *key)
{
	const char *dot = strchr(key, '.'), *last = strrchr(key, '.');

	return dot && dot != last && !strcasecmp(last, ".run") ? xmemdupz(dot + 1, (size_t)(last - dot - 1))
							       : NULL;
}

static const char *const own_lists[] = { "workload", "heldOut", "ab", "own", "skip", "protect" };

/* The first value of a layer replaces the list of the layer below. */
static void begin_lists(struct hunt_plan *plan, const char *name, bool *begun)
{
	for (size_t i = 0; i < ARRAY_SIZE(own_lists); i++)
		if (!strcasecmp(name, own_lists[i]) && !begun[i]) {
			begun[i] = true;
			if (options_set_config(hunt_plan_rows, plan, name, "") < 0)
				die_error();
		}
}

static void set(struct hunt_plan *plan, const char *key, const char *value, const char *origin, bool *begun)
{
	char *sub;
	int taken;

	if (strncasecmp(key, SECTION ".", strlen(SECTION) + 1) != 0)
		return;
	sub = subsection(key);
	if (sub) {
		strvec_push_owned(&plan->commands, sub);
		strvec_push(&plan->commands, value ? value : "");
		return;
	}
	key += strlen(SECTION) + 1;
	begin_lists(plan, key, begun);
	taken = options_set_config(hunt_plan_rows, plan, key, value);
	if (taken < 0)
		die("%s: %s", origin, error_message());
	if (!taken) {
		const char *near = options_nearest_config(hunt_plan_rows, key);

		warning("%s: there is no key " SECTION ".%s%s%s", origin, key,
			near ? "; is it " SECTION "." : "", near ? near : "");
	}
}

void hunt_plan_configure(struct hunt_plan *plan, const struct config *config)
{
	bool begun[ARRAY_SIZE(own_lists)] = { false };

	for (size_t i = 0; i < config->nr; i++)
		set(plan, config->entries[i].key, config->entries[i].value, config->entries[i].origin, begun);
}

void hunt_plan_parse(struct hunt_plan *plan, const struct strbuf *list, const char *path)
{
	bool begun[ARRAY_SIZE(own_lists)] = { false };

	for (const char *at = list->buf; at < list->buf + list->len; at += strlen(at) + 1) {
		size_t len = strcspn(at, "\n");
		char *key = xmemdupz(at, len);

		set(plan, key, at[len] ? at + len + 1 : NULL, path, begun);
		free(key);
	}
}

static bool is_delicate(const char *section, const char *name UNUSED)
{
	return !strcasecmp(section, SECTION);
}

void hunt_plan_read(struct hunt_plan *plan, const char *path)
{
	struct strbuf list = STRBUF_INIT;

	if (configfile_read(path, is_delicate, &list))
		die_error();
	hunt_plan_parse(plan, &list, path);
	strbuf_release(&list);
}

const char *hunt_plan_command(const struct hunt_plan *plan, const char *name)
{
	for (size_t i = plan->commands.nr; i >= 2; i -= 2)
		if (!strcmp(plan->commands.v[i - 2], name))
			return plan->commands.v[i - 1];
	return plan->run;
}

const char *hunt_plan_call_graph(const struct hunt_plan *plan)
{
	return call_graphs[plan->call_graph];
}

static void need(const char *value, const char *name, const char *what)
{
	if (!value || !*value)
		die("%s is not known; give --%s or set " SECTION ".%s", what, name, name);
}

void hunt_plan_check(const struct hunt_plan *plan)
{
	need(plan->build, "build", "how the program is built");
	if (!plan->workloads.nr)
		die("there is no workload; give --workload <name[:seed[:params]]> and --run <command>, "
		    "or set " SECTION ".workload and " SECTION ".run");
	for (size_t i = 0; i < plan->workloads.nr; i++) {
		char *name = xmemdupz(plan->workloads.v[i], strcspn(plan->workloads.v[i], ":"));

		need(hunt_plan_command(plan, name), "run", "the command that runs a workload");
		free(name);
	}
}

static void add_values(struct strbuf *out, const char *key, const char *const *values, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		strbuf_addf(out, "\t%s = ", key);
		configfile_add_value(out, values[i]);
		strbuf_addch(out, '\n');
	}
}

/* What is as it would be without a file is left out; lists and commands are not. */
static void add_row(const struct option *row, const struct hunt_plan *plan, struct strbuf *out)
{
	const void *at = (const char *)plan + row->at;
	struct strbuf text = STRBUF_INIT;

	if (row->type == OPTION_STRING)
		strbuf_addstr(&text, *(char *const *)at ? *(char *const *)at : "");
	else if (row->type == OPTION_LIST)
		add_values(out, row->config, (const char *const *)((const struct strvec *)at)->v,
			   ((const struct strvec *)at)->nr);
	else if (row->type == OPTION_INT)
		strbuf_addf(&text, "%ld", *(const long *)at);
	else if (row->type == OPTION_REAL)
		strbuf_addf(&text, "%g", *(const double *)at);
	else if (row->type == OPTION_CHOICE)
		strbuf_addstr(&text, row->choices[*(const int *)at]);
	else if (row->type == OPTION_BOOL && *(const bool *)at)
		strbuf_addstr(&text, "true");
	if (text.len && !(row->initial && !strcmp(row->initial, text.buf)))
		add_values(out, row->config, (const char *const[]){ text.buf }, 1);
	strbuf_release(&text);
}

void hunt_plan_text(const struct hunt_plan *plan, struct strbuf *out)
{
	strbuf_addstr(out,
		      "# The context of a git perfhunt: what is built, run, and made faster, and by whom.\n"
		      "# It is git's configuration syntax, and may be edited, copied and handed on; values\n"
		      "# that hold ; or # or \\ stand between double quotes. See git-perfhunt(1).\n"
		      "\n[" SECTION "]\n");
	for (const struct option *row = hunt_plan_rows; row->type != OPTION_LAST; row++)
		if (row->config)
			add_row(row, plan, out);
	for (size_t i = 0; i + 1 < plan->commands.nr; i += 2) {
		strbuf_addf(out, "\n[" SECTION " \"%s\"]\n", plan->commands.v[i]);
		add_values(out, "run", (const char *const *)&plan->commands.v[i + 1], 1);
	}
}

void hunt_plan_release(struct hunt_plan *plan)
{
	options_release(hunt_plan_rows, plan);
	strvec_release(&plan->commands);
	*plan = (struct hunt_plan)HUNT_PLAN_INIT;
}
