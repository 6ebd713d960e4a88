/* git perfhunt run: goes on until there is nothing left to do. */
#include "base/clock.h"
#include "base/error.h"
#include "fixer/place.h"
#include "guarding.h"
#include "iterate.h"
#include "journal.h"
#include "perfhunt.h"
#include "profiling.h"
#include "repo/worktree.h"
#include "rounds.h"
#include "trial/trial.h"

#define EVOLVE_SECONDS 600
#define GENERATIONS 2

struct run_options {
	bool once, interactive, accept;
};

static const struct option rows[] = {
	{ .type = OPTION_BOOL,
	  .name = "once",
	  .at = offsetof(struct run_options, once),
	  .help = "one iteration only" },
	{ .type = OPTION_BOOL,
	  .name = "interactive",
	  .at = offsetof(struct run_options, interactive),
	  .help = "a shell in the clone in place of the fixer" },
	{ .type = OPTION_BOOL,
	  .name = "accept",
	  .at = offsetof(struct run_options, accept),
	  .help = "configuration and hooks are as they should be" },
	OPTION_END,
};

static const char *const usage[] = { "[--once] [--interactive] [--accept]", NULL };

const struct option_set run_set = { .command = "git perfhunt run", .usage = usage, .rows = rows };

/* --- a larger suite --- */

static bool can_evolve(const struct hunt *h)
{
	if (h->plan.evolve && *h->plan.evolve)
		return true;
	for (size_t i = 0; i < h->state.suite.nr; i++) {
		char *larger = workload_larger(h->state.suite.v[i]);

		if (larger) {
			free(larger);
			return true;
		}
	}
	return false;
}

static void ask_for_suite(struct hunt *h, size_t generation, json_t *suite)
{
	struct job job = JOB_INIT;
	struct strbuf input = STRBUF_INIT, out = STRBUF_INIT, why = STRBUF_INIT;

	rounds_need_base(h);
	if (tree_restore(&h->base, NULL))
		die_error();
	for (size_t i = 0; i < h->state.suite.nr; i++)
		strbuf_addf(&input, "%s\n", h->state.suite.v[i]);
	place_command(&job, h->plan.evolve, h->base.path);
	strvec_pushf(&job.env, "PERF_GENERATION=%zu", generation);
	job.input = &input;
	job.out = &out;
	job.timeout = EVOLVE_SECONDS;
	if (job_run(&job))
		die_error();
	strbuf_rtrim(&job.tail);
	if (job_failed(&job, &why))
		die("perfhunt.evolve %s: %s", why.buf, job.tail.buf);
	for (char *at = out.buf, *end; *at; at = end + (*end == '\n')) {
		end = at + strcspn(at, "\n");
		if (end > at) {
			char *spec = xmemdupz(at, (size_t)(end - at));

			json_append(suite, json_text(spec));
			free(spec);
		}
	}
	job_release(&job);
	strbuf_release(&input);
	strbuf_release(&out);
	strbuf_release(&why);
}

static void evolve(struct hunt *h, size_t generation)
{
	json_t *payload = json_object(), *suite = json_array();
	struct strvec specs = STRVEC_INIT;

	if (h->plan.evolve && *h->plan.evolve)
		ask_for_suite(h, generation, suite);
	for (size_t i = 0; !(h->plan.evolve && *h->plan.evolve) && i < h->state.suite.nr; i++) {
		char *larger = workload_larger(h->state.suite.v[i]);

		json_append(suite, json_text(larger ? larger : h->state.suite.v[i]));
		free(larger);
	}
	if (!json_array_size(suite))
		die("perfhunt.evolve printed no workload; it is to print the specs of the larger suite, one a line");
	for (size_t i = 0; i < json_array_size(suite); i++)
		strvec_push(&specs, json_string_value(json_array_get(suite, i)));
	/* What is wrong with it is said before it is stored. */
	hunt_make_suite(h, &specs);
	json_set_int(payload, "generation", (long long)generation);
	json_set(payload, "suite", suite);
	hunt_record(h, "evolved", payload);
	strvec_release(&specs);
	hunt_say("nothing is left above %g %%: the suite grows (generation %zu)", h->plan.threshold,
		 generation);
}

/* --- the end --- */

static size_t count_fixes(const struct hunt *h)
{
	json_t *entry;
	size_t i, fixes = 0;

	json_array_foreach(h->state.investigated, i, entry)
	{
		fixes += *json_get(entry, "commit") != '\0';
	}
	return fixes;
}

/* What all of it together brought, measured once more. */
static void measure_total(struct hunt *h)
{
	struct oid start = hunt_oid(h, json_get(h->state.start, "base")), end = hunt_oid(h, h->state.head);
	const char *base = json_get(h->state.start, "base");
	char *log;

	if (h->state.final || !count_fixes(h))
		return;
	log = hunt_path(h, "log/total-build.log");
	hunt_say("comparing the start with the end");
	if (!tree_is_built(&h->base, base) &&
	    (tree_checkout(&h->base, h->repo, &start) ||
	     tree_build(&h->base, base, h->plan.build, h->plan.build_timeout, log, NULL)))
		die_error();
	if (!tree_is_built(&h->candidate, h->state.head) &&
	    (tree_checkout(&h->candidate, h->repo, &end) ||
	     tree_build(&h->candidate, h->state.head, h->plan.build, h->plan.build_timeout, log, NULL)))
		die_error();
	hunt_record(h, "final",
		    measure(h, "total", &h->state.total, (uint64_t)h->row.id << 32 | 0xffffffff, true));
	free(log);
}

static void show_total(const struct hunt *h)
{
	struct strbuf line = STRBUF_INIT;
	size_t fixes = count_fixes(h);
	json_t *total = json_object_get(h->state.final, "total");

	if (!fixes) {
		strbuf_addstr(&line, "Nothing was kept.");
	} else if (!total) {
		strbuf_addf(&line, "%zu kept, but start and end could not be compared: %s", fixes,
			    json_get(h->state.final, "notes"));
	} else {
		strbuf_addf(&line, "%zu kept on branch %s: the suite takes ", fixes,
			    json_get(h->state.start, "branch"));
		add_change(&line, total);
		strbuf_addf(&line, " %s time, %.3g s -> %.3g s", state_by_cpu(&h->state) ? "CPU" : "wall",
			    json_get_number(h->state.final, "base_seconds"),
			    json_get_number(h->state.final, "seconds"));
	}
	hunt_show(&line);
	strbuf_reset(&line);
	strbuf_addf(&line, "<promise>PERF_HUNT_DONE</promise> %s", json_get(h->state.done, "reason"));
	hunt_show(&line);
	strbuf_release(&line);
}

/* The reason goes first: what is measured for the total is measured of this end. */
static void finish(struct hunt *h, enum hunt_reason reason)
{
	json_t *payload = json_object();
	char *pins = xstrfmt("hunt/%" PRId64, h->row.id);

	if (!h->state.ending)
		hunt_record(h, "ending", json_pack("{s:s}", "reason", hunt_reason_text(reason)));
	measure_total(h);
	json_set_text(payload, "reason", json_get(h->state.ending, "reason"));
	if (store_begin(h->store))
		die_error();
	hunt_record(h, "done", payload);
	if (store_session_finish(h->store, h->row.id, (int64_t)clock_wall()) || store_commit(h->store) ||
	    pin_drop(h->repo, pins))
		die_error();
	free(pins);
	show_total(h);
}

/* --- the loop --- */

static void choose(struct hunt *h, struct hunt_action *action)
{
	struct state *s = &h->state;
	struct hunt_state state = HUNT_STATE_INIT;
	struct strvec noise = STRVEC_INIT;
	struct hot hot = HOT_INIT;
	json_t *candidates;

	if (journal_noise(h->journal, &noise))
		die_error();
	state.iteration = s->iteration;
	state.max_iterations = (size_t)h->plan.max_iterations;
	state.generation = s->generation;
	state.max_generations = GENERATIONS;
	state.can_evolve = can_evolve(h);
	state.threshold = h->plan.threshold;
	if (s->profile) {
		hot_read(&hot, h, s->profile, &noise);
		state.profile_iteration = s->profile_iteration;
		state.profile_generation = s->profile_generation;
		state.functions = hot.functions;
		state.nfunctions = hot.nr;
		state.nworkloads = json_array_size(json_object_get(s->profile, "workloads"));
	}
	hunt_next(&state, action);
	if (action->kind == HUNT_FIX) {
		candidates = hot_candidates(&hot, h, s->profile);
		iteration_pick(h, json_array_get(candidates, 0));
		json_decref(candidates);
	}
	hot_release(&hot);
	strvec_release(&noise);
}

/* True when the hunt is over. */
static bool step(struct hunt *h, const struct iterate_options *options)
{
	struct hunt_action action;

	if (h->state.picked) {
		iteration_step(h, options);
		return false;
	}
	if (h->state.ending)
		action = (struct hunt_action){ .kind = HUNT_DONE };
	else
		choose(h, &action);
	if (action.kind == HUNT_PROFILE)
		hunt_record(h, "profiled", profile_round(h));
	else if (action.kind == HUNT_EVOLVE)
		evolve(h, action.generation);
	else if (action.kind == HUNT_DONE)
		finish(h, action.reason);
	return action.kind == HUNT_DONE;
}

int cmd_run(int argc, char **argv)
{
	struct run_options opts = { .once = false };
	struct iterate_options options;
	struct hunt h = HUNT_INIT;
	struct strvec words = STRVEC_INIT;
	size_t dashes, before;
	enum options_result result = options_parse(&run_set, &opts, argc, argv, &words, &dashes);
	bool done = false;
	int lock, status;

	if (result != OPTIONS_OK || words.nr) {
		status = result != OPTIONS_OK ? options_status(result)
					      : usage_error(&run_set, "run takes no arguments");
		strvec_release(&words);
		return status;
	}
	hunt_open(&h, HUNT_MUST_EXIST | HUNT_LOCK);
	hunt_load(&h);
	hunt_make_folders(&h);
	if (trial_lock(h.dir, &lock))
		die_error();
	guarding_check(&h, opts.accept);
	/* Interrupted among runs of what is tried, which may have written there. */
	if (h.state.phase == PHASE_FIXED || h.state.phase == PHASE_CHECKED)
		rounds_forget_inputs(&h);
	options.interactive = opts.interactive;
	before = h.state.iteration;
	while (!done && !(opts.once && h.state.iteration > before))
		done = step(&h, &options);
	/* Kept one by one, but not to be compared in the end: nothing that is proven. */
	status = done && (!count_fixes(&h) || !json_object_get(h.state.final, "total")) ? EXIT_NEGATIVE
											: EXIT_DONE;
	close(lock);
	hunt_release(&h);
	return status;
}
