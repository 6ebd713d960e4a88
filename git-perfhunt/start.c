/* git perfhunt start: everything that must hold before the first change, and how noisy the machine is. */
#include <math.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/files.h"
#include "base/process.h"
#include "base/sha256.h"
#include "base/tempfile.h"
#include "iterate.h"
#include "journal.h"
#include "perfhunt.h"
#include "profiling.h"
#include "rounds.h"
#include "stats/summary.h"
#include "trial/trial.h"
#include "ui/table.h"

/* Below this, CPU time may not be all that the user waits for. */
#define CPU_SHARE_WANTED 0.5
#define SAID_LIMIT ((size_t)1 << 20)

static const char *const usage[] = { "[<max iterations>] [<options>]", NULL };

const struct option_set start_set = { .command = "git perfhunt start", .usage = usage, .rows = hunt_plan_rows };

/* What git prints of these words, without the line's end; dies when it fails. */
static char *ask_git(const char *const *words)
{
	struct process p = PROCESS_INIT;
	struct strbuf out = STRBUF_INIT;

	strvec_push(&p.args, "git");
	for (; *words; words++)
		strvec_push(&p.args, *words);
	p.err = PROCESS_PIPE;
	if (process_capture(&p, NULL, &out, SAID_LIMIT))
		die_error();
	strbuf_rtrim(&out);
	return strbuf_detach(&out, NULL);
}

static char *read_head(void)
{
	static const char *const words[] = { "rev-parse", "--verify", "-q", "HEAD^{commit}", NULL };
	struct process p = PROCESS_INIT;
	struct strbuf out = STRBUF_INIT;

	strvec_push(&p.args, "git");
	for (size_t i = 0; words[i]; i++)
		strvec_push(&p.args, words[i]);
	p.err = PROCESS_PIPE;
	if (process_capture(&p, NULL, &out, SAID_LIMIT))
		die("there is no commit here yet; a hunt begins at HEAD");
	strbuf_rtrim(&out);
	return strbuf_detach(&out, NULL);
}

static void warn_of_changes(const struct hunt *h)
{
	/* Which does not write the index anew. */
	static const char *const words[] = { "--no-optional-locks", "status", "--porcelain",
					     "--untracked-files=no", NULL };
	char *out;

	if (!h->repo->work_tree)
		return;
	out = ask_git(words);
	if (*out)
		hint("the hunt begins at HEAD; what is changed and not committed here is not part of it");
	free(out);
}

/* perfhunt/<n>: by the number of the hunt, the first from there on that no branch has. */
static char *new_branch(const struct hunt *h)
{
	static const char *const words[] = { "for-each-ref", "--format=%(refname)", "refs/heads/perfhunt",
					     NULL };
	char *refs = ask_git(words), *branch = NULL;

	/* The first, as it is the shortest. */
	if (starts_with(refs, "refs/heads/perfhunt") && strchr("\n", refs[strlen("refs/heads/perfhunt")]))
		die("a branch 'perfhunt' is in the way of perfhunt/1; git branch -m gives it another name");

	for (int64_t n = h->row.id; !branch; n++) {
		char *ref = xstrfmt("refs/heads/perfhunt/%" PRId64, n);
		size_t len = strlen(ref);
		const char *at = refs;

		while ((at = strstr(at, ref)) && at[len] && at[len] != '\n')
			at += len;
		if (!at)
			branch = xstrdup(ref + strlen("refs/heads/"));
		free(ref);
	}
	free(refs);
	return branch;
}

/* Who commits what is kept? Better known before the night. */
static void check_identity(void)
{
	static const char *const author[] = { "var", "GIT_AUTHOR_IDENT", NULL };
	static const char *const committer[] = { "var", "GIT_COMMITTER_IDENT", NULL };

	free(ask_git(author));
	free(ask_git(committer));
}

static void check_programs(void)
{
	struct process p = PROCESS_INIT;
	struct strbuf out = STRBUF_INIT;

	strvec_pushl(&p.args, "perf", "--version", NULL);
	p.err = PROCESS_PIPE;
	if (process_capture(&p, NULL, &out, SAID_LIMIT))
		die("perf cannot be run, by which functions are found; install linux-perf (Debian) or "
		    "linux-tools-generic (Ubuntu)");
	strbuf_release(&out);
}

/* --- the plan --- */

static void clear_list(struct strvec *list, const struct strvec *typed)
{
	if (typed->nr)
		strvec_release(list);
}

/* A list on the command line replaces that of the configuration. */
static void make_plan(struct hunt *h, struct hunt_plan *typed, int argc, char **argv)
{
	struct hunt_plan *plan = &h->plan;
	struct strvec words = STRVEC_INIT;
	size_t dashes;

	hunt_plan_defaults(plan);
	hunt_plan_configure(plan, &h->config);
	if (typed->from)
		hunt_plan_read(plan, typed->from);
	clear_list(&plan->workloads, &typed->workloads);
	clear_list(&plan->held_out, &typed->held_out);
	clear_list(&plan->ab, &typed->ab);
	clear_list(&plan->own, &typed->own);
	clear_list(&plan->skip, &typed->skip);
	clear_list(&plan->protect, &typed->protect);
	if (options_parse(&start_set, plan, argc, argv, &words, &dashes) != OPTIONS_OK)
		BUG("options parse once only");
	if (words.nr)
		plan->max_iterations = typed->max_iterations;
	strvec_release(&words);
	hunt_plan_check(plan);
}

static void write_context(const struct hunt *h, const struct strbuf *text)
{
	char *own = hunt_path(h, "context");
	const char *paths[] = { own, h->plan.context };

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		struct tempfile file = TEMPFILE_INIT;

		if (!paths[i])
			continue;
		if (tempfile_create(&file, paths[i]))
			die_error();
		fwrite(text->buf, 1, text->len, file.fp);
		if (tempfile_commit(&file))
			die_error();
	}
	free(own);
}

/* --- noise --- */

static void calibrate(struct hunt *h, struct rounds *rounds, struct hunt_calibration *calibration)
{
	struct hunt_rule rule = HUNT_RULE_INIT;

	/* On a busy machine the share says as much of the others as of the suite: it warns, no more. */
	rule.cpu_bound = 0;
	hunt_say("measuring the machine's noise: the suite %ld times, twice each", h->plan.calibration);
	for (size_t i = 0; i < (size_t)h->plan.calibration; i++) {
		struct round round = { .base = &h->base, .candidate = &h->base, .round = i, .seed = 1 };
		json_t *payload;

		if (round_run(h, &round, &payload))
			die("%s: two runs of the same program differ; let it print what is the same every time",
			    error_message());
		if (rounds_add(rounds, payload))
			die_error();
		json_decref(payload);
	}
	if (hunt_calibrate(&rounds->wall, &rounds->cpu, &rule, calibration))
		die_error();
	if (calibration->clock == HUNT_REFUSE)
		die("this machine is too noisy to tell what is faster: the suite's time varies by %.1f %% (wall) and "
		    "%.1f %% (CPU), more than %.0f %%; quiet it, or give workloads that run longer",
		    100 * calibration->wall_noise, 100 * calibration->cpu_noise, 100 * rule.too_noisy);
	if (calibration->clock == HUNT_CPU && calibration->cpu_share < CPU_SHARE_WANTED)
		warning("wall time is too noisy, and the suite was on a CPU for %.0f %% of it; what it waits for is "
			"not in the CPU time that decides",
			100 * calibration->cpu_share);
}

/* The median of a workload's seconds over all rounds, both sides. */
static double typical(const struct hunt_pairs *pairs, size_t workload)
{
	double *values = xcalloc(2 * pairs->nr, sizeof(*values)), result;

	for (size_t i = 0; i < pairs->nr; i++) {
		values[2 * i] = pairs->base[i * pairs->nworkloads + workload];
		values[2 * i + 1] = pairs->candidate[i * pairs->nworkloads + workload];
	}
	result = stats_median(values, 2 * pairs->nr);
	free(values);
	return result;
}

static json_t *baseline(const struct hunt *h, const struct rounds *rounds)
{
	json_t *object = json_object(), *timings = json_object();
	size_t *index = xcalloc(h->suite.nr, sizeof(*index)), nheld_out;
	size_t nr = rounds_workloads(h, false, index, &nheld_out);

	json_set_int(object, "timestamp", (long long)clock_wall());
	json_set_text(object, "commit", h->state.head);
	for (size_t i = 0; i < nr; i++) {
		json_t *timing = json_object();

		json_set_real(timing, "wall", typical(&rounds->wall, i));
		json_set_real(timing, "cpu", typical(&rounds->cpu, i));
		json_set(timings, h->suite.v[index[i]].name, timing);
	}
	json_set(object, "timings", timings);
	free(index);
	return object;
}

/* --- what is said --- */

static double suite_seconds(const json_t *timings)
{
	const char *name;
	json_t *timing;
	double sum = 0;

	json_object_foreach((json_t *)(uintptr_t)timings, name, timing)
	{
		sum += json_get_number(timing, "wall");
	}
	return sum;
}

static void show_start(const struct hunt *h, const struct hunt_calibration *c)
{
	json_t *timings = json_object_get(json_object_get(h->state.start, "baseline"), "timings"), *timing;
	double seconds = suite_seconds(timings);
	struct table table = TABLE_INIT;
	const char *name;

	table_column(&table, "WORKLOAD", TABLE_LEFT);
	table_column(&table, "WALL", TABLE_RIGHT);
	table_column(&table, "CPU", TABLE_RIGHT);
	json_object_foreach(timings, name, timing)
	{
		table_cell(&table, COLOR_RESET, "%s", name);
		table_cell(&table, COLOR_RESET, "%.3f s", json_get_number(timing, "wall"));
		table_cell(&table, COLOR_RESET, "%.3f s", json_get_number(timing, "cpu"));
	}
	table_print(&table, stdout, output_width());
	table_release(&table);
	printf("\nNoise of one run of the suite: %.1f %% wall, %.1f %% CPU; decides by %s time.\n",
	       100 * c->wall_noise, 100 * c->cpu_noise, c->clock == HUNT_CPU ? "CPU" : "wall");
	printf("A decision takes 10 to %d pairs, %.1f to %.1f minutes%s.\n", h->plan.thorough ? 96 : 48,
	       20 * seconds / 60, (h->plan.thorough ? 192 : 96) * seconds / 60,
	       seconds > 60 ? "; --ab <name> compares by some of the workloads only" : "");
}

static void show_candidates(const struct hunt *h, const json_t *candidates)
{
	struct table table = TABLE_INIT;
	json_t *entry;
	size_t i;

	if (!json_array_size(candidates)) {
		printf("\nNo function of your own takes more than %g %% of any workload.\n", h->plan.threshold);
		return;
	}
	printf("\n");
	table_column(&table, "SELF", TABLE_RIGHT);
	table_column(&table, "WORKLOAD", TABLE_LEFT);
	table_column(&table, "FUNCTION", TABLE_LEFT);
	table_column(&table, "WHERE", TABLE_FLEX);
	json_array_foreach((json_t *)(uintptr_t)candidates, i, entry)
	{
		table_cell(&table, COLOR_RESET, "%.1f %%", json_get_number(entry, "max_self_pct"));
		table_cell(&table, COLOR_RESET, "%s", json_get(entry, "workload"));
		table_cell(&table, COLOR_BOLD, "%s", json_get(entry, "function"));
		table_cell(&table, COLOR_RESET, "%s:%.0f", json_get(entry, "file"),
			   json_get_number(entry, "line"));
	}
	table_print(&table, stdout, output_width());
	table_release(&table);
}

/* Functions of the program itself must have files: else nothing can be handed to anybody. */
static void need_symbols(const json_t *round)
{
	json_t *list = json_object_get(round, "functions"), *entry;
	size_t i;

	json_array_foreach(list, i, entry)
	{
		if (*json_get(entry, "file"))
			return;
	}
	die("no hot function is known to be in a file of this repository; build with debug information (-g), "
	    "and let the workloads run what was built");
}

/* --- the order of things --- */

/* What an earlier hunt built was perhaps built by another command. */
static void forget_builds(const struct hunt *h)
{
	if (tree_forget(&h->base) || tree_forget(&h->candidate))
		die_error();
}

static void prepare(struct hunt *h)
{
	char *check = hunt_path(h, "log/preflight.log"), *old = hunt_path(h, "profile");
	const char *command = h->plan.preflight ? h->plan.preflight : h->plan.check;

	if (remove_tree(old))
		die_error();
	rounds_forget_inputs(h);
	hunt_make_folders(h);
	forget_builds(h);
	rounds_need_base(h);
	if (command && *command) {
		hunt_say("checking the start");
		if (tree_check(&h->base, command, h->plan.check_timeout, check, NULL))
			die("%s; a hunt begins where the checks pass", error_message());
	}
	free(old);
	free(check);
}

static json_t *start_payload(const struct hunt *h, const struct rounds *rounds,
			     const struct hunt_calibration *c)
{
	json_t *payload = json_object(), *suite = json_array();

	for (size_t i = 0; i < h->plan.workloads.nr; i++)
		json_append(suite, json_text(h->plan.workloads.v[i]));
	json_set_text(payload, "base", h->state.head);
	json_set_text(payload, "clock", c->clock == HUNT_CPU ? "cpu" : "wall");
	json_set_real(payload, "wall_noise", c->wall_noise);
	json_set_real(payload, "cpu_noise", c->cpu_noise);
	json_set(payload, "suite", suite);
	json_set(payload, "baseline", baseline(h, rounds));
	return payload;
}

static void begin_session(struct hunt *h, json_t *start, json_t *round)
{
	struct strbuf text = STRBUF_INIT;
	char hash[SHA256_HEX_SIZE], *branch;

	hunt_plan_text(&h->plan, &text);
	sha256_hex(text.buf, text.len, hash);
	write_context(h, &text);
	free(h->state.head);
	h->state.head = NULL;
	if (store_begin(h->store) || store_session_start(h->store, h->worktree, "perfhunt", text.buf, hash,
							 (int64_t)clock_wall(), &h->row.id))
		die_error();
	branch = new_branch(h);
	json_set_text(start, "branch", branch);
	free(branch);
	hunt_record(h, "start", start);
	hunt_record(h, "profiled", round);
	if (store_commit(h->store))
		die_error();
	strbuf_release(&text);
}

static void start(struct hunt *h)
{
	struct rounds rounds = { .fresh = NULL };
	struct hunt_calibration calibration;
	struct strvec noise = STRVEC_INIT;
	struct hot hot = HOT_INIT;
	json_t *round, *candidates;
	int lock;

	check_programs();
	check_identity();
	h->state.head = read_head();
	/* That none can be made is better known now. */
	free(new_branch(h));
	warn_of_changes(h);
	hunt_make_suite(h, &h->plan.workloads);
	hunt_find_journal(h);
	if (make_directories(h->dir) || trial_lock(h->dir, &lock) || journal_noise(h->journal, &noise))
		die_error();
	prepare(h);
	calibrate(h, &rounds, &calibration);
	hunt_say("profiling");
	round = profile_round(h);
	profile_check_lengths(round);
	need_symbols(round);
	begin_session(h, start_payload(h, &rounds, &calibration), json_incref(round));
	hot_read(&hot, h, round, &noise);
	candidates = hot_candidates(&hot, h, round);
	show_start(h, &calibration);
	show_candidates(h, candidates);
	printf("\ngit perfhunt run goes on from here; it keeps what is faster on the branch %s.\n",
	       json_get(h->state.start, "branch"));
	hot_release(&hot);
	strvec_release(&noise);
	json_decref(candidates);
	json_decref(round);
	rounds_release(&rounds);
	close(lock);
}

int cmd_start(int argc, char **argv)
{
	struct hunt h = HUNT_INIT;
	struct hunt_plan typed = HUNT_PLAN_INIT;
	struct strvec words = STRVEC_INIT;
	size_t dashes;
	enum options_result result;
	int status = EXIT_DONE;
	char *end;

	options_default(hunt_plan_rows, &typed);
	result = options_parse(&start_set, &typed, argc, argv, &words, &dashes);
	if (result != OPTIONS_OK) {
		status = options_status(result);
	} else if (words.nr > 1) {
		status = usage_error(&start_set, "start takes one number at most");
	} else {
		if (words.nr) {
			errno = 0;
			typed.max_iterations = strtol(words.v[0], &end, 10);
			if (errno || *end || typed.max_iterations < 1)
				die("'%s' is no number of iterations", words.v[0]);
		}
		hunt_open(&h, 0);
		if (h.exists)
			die("a hunt is going on here; git perfhunt run goes on with it, git perfhunt reset ends it");
		make_plan(&h, &typed, argc, argv);
		start(&h);
	}
	hunt_plan_release(&typed);
	strvec_release(&words);
	hunt_release(&h);
	return status;
}
