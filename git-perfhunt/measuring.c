/* The gates that need a build, and the comparison. */
#include "base/clock.h"
#include "base/error.h"
#include "base/files.h"
#include "iterate.h"
#include "rounds.h"
#include "ticket.h"
#include "ui/command.h"

/* Inputs of new seeds must show at least this part of the gain, or their own range must reach it. */
#define FRESH_PART 0.5
/* Standard errors at which the interval of five pairs is all their averages. */
#define FRESH_Z 1.6
#define OUTPUT_MAX 4096

/* --- build and check --- */

/* What failed, to the fixer once more, when there is time for it; a person has all of it. */
static json_t *failed_payload(const struct hunt *h, const struct iterate_options *options, const char *output)
{
	double left = h->plan.fixer_timeout - h->state.fixer_seconds;
	bool has_fixer = h->plan.fixer && *h->plan.fixer && left >= 1;
	bool again = h->state.attempt < 2 && (options->interactive || has_fixer);
	struct strbuf text = STRBUF_INIT;
	json_t *payload;

	if (again) {
		payload = json_object();
		json_set_bool(payload, "again", true);
	} else {
		payload = outcome_payload("failed", "%s", error_message());
	}
	strbuf_addf(&text, "%s\n", error_message());
	strbuf_addstr(&text, output);
	json_set_text(payload, "output", text.buf);
	strbuf_release(&text);
	return payload;
}

/* Builds the candidate unless it is there. 0, or 1 with a recorded error. */
static int need_candidate(struct hunt *h, struct strbuf *output)
{
	const char *hex = json_get(h->state.fixed, "commit");
	struct oid id = hunt_oid(h, hex);
	char *log = hunt_path(h, "log/candidate-%zu-build.log", h->state.iteration + 1);
	int result;

	if (tree_is_built(&h->candidate, hex)) {
		free(log);
		return 0;
	}
	hunt_say("building the candidate");
	if (remove_tree(log) || tree_checkout(&h->candidate, h->repo, &id))
		die_error();
	result = tree_build(&h->candidate, hex, h->plan.build, h->plan.build_timeout, log, output);
	if (result < 0)
		die_error();
	free(log);
	return result;
}

void step_check(struct hunt *h, const struct iterate_options *options)
{
	struct strbuf output = STRBUF_INIT;
	char *log = hunt_path(h, "log/candidate-%zu-check.log", h->state.iteration + 1);
	char inputs[SHA256_HEX_SIZE];
	int result;
	json_t *payload;

	rounds_stamp_inputs(h, inputs);
	result = need_candidate(h, &output);
	if (!result && h->plan.check) {
		hunt_say("checking the candidate");
		result = tree_check(&h->candidate, h->plan.check, h->plan.check_timeout, log, &output);
		if (result < 0)
			die_error();
	}
	if (!rounds_keep_inputs(h, inputs)) {
		error_set("the build or the check changed the inputs of the workloads");
		result = 1;
	}
	payload = result ? failed_payload(h, options, output.buf) : json_object();
	if (result)
		ticket_note(h, json_get(h->state.picked, "ticket_id"), error_message());
	hunt_record(h, "checked", payload);
	strbuf_release(&output);
	free(log);
}

/* --- the comparison --- */

static const struct hunt_rule plain_rule = HUNT_RULE_INIT, thorough_rule = HUNT_RULE_THOROUGH_INIT;

static json_t *change(const struct hunt_change *c)
{
	json_t *object = json_object();

	json_set_real(object, "value", c->value);
	json_set_real(object, "low", c->low);
	json_set_real(object, "high", c->high);
	return object;
}

static json_t *answer_payload(struct hunt *h, const struct hunt_answer *answer, const struct rounds *rounds,
			      bool whole)
{
	bool by_cpu = state_by_cpu(&h->state);
	struct hunt_answer other = HUNT_ANSWER_INIT;
	size_t *index = xcalloc(h->suite.nr, sizeof(*index)), nheld_out;
	size_t nr = rounds_workloads(h, whole, index, &nheld_out);
	json_t *payload = json_object(), *workloads = json_object();

	hunt_summarise(rounds_deciding(rounds, !by_cpu), plain_rule.z, &other);
	json_set_text(payload, "clock", by_cpu ? "cpu" : "wall");
	json_set_int(payload, "pairs", (long long)answer->nr);
	json_set(payload, "total", change(&answer->total));
	json_set(payload, by_cpu ? "wall" : "cpu", change(&other.total));
	json_set_real(payload, "base_seconds", answer->base_seconds);
	json_set_real(payload, "seconds", answer->candidate_seconds);
	for (size_t i = 0; i < nr; i++)
		json_set(workloads, h->suite.v[index[i]].name, change(&answer->workloads[i]));
	json_set(payload, "workloads", workloads);
	hunt_answer_release(&other);
	free(index);
	return payload;
}

/* Do inputs that nobody had seen show the gain as well? */
static bool is_fresh_gain(const struct rounds *rounds, bool by_cpu, const struct hunt_answer *answer)
{
	const struct hunt_pairs *all = rounds_deciding(rounds, by_cpu);
	struct hunt_pairs fresh;
	struct hunt_answer seen = HUNT_ANSWER_INIT;
	bool gain = true;

	hunt_pairs_init(&fresh, all->nworkloads, all->nheld_out);
	for (size_t i = 0; i < all->nr; i++)
		if (rounds->fresh[i] && hunt_pairs_add(&fresh, all->base + i * all->nworkloads,
						       all->candidate + i * all->nworkloads))
			BUG("%s", error_message());
	if (fresh.nr) {
		hunt_summarise(&fresh, FRESH_Z, &seen);
		gain = seen.total.value <= FRESH_PART * answer->total.value ||
		       seen.total.low <= answer->total.value;
	}
	hunt_answer_release(&seen);
	hunt_pairs_release(&fresh);
	return gain;
}

static void say_so_far(const struct hunt_answer *answer)
{
	hunt_say("after %zu pairs: %+.1f %% [%+.1f, %+.1f]; going on to %zu", answer->nr,
		 100 * answer->total.value, 100 * answer->total.low, 100 * answer->total.high, answer->next);
}

/* What speaks against a gain. */
struct doubts {
	/* Inputs of new seeds do not show it. */
	bool stale;
	/* It is one of CPU time, and wall time is longer. */
	bool longer;
};

/* The words for a verdict; the payload gets them. */
static void set_outcome(struct hunt *h, json_t *payload, enum hunt_verdict verdict,
			const struct hunt_answer *answer, const struct doubts *doubts)
{
	bool keep = verdict == HUNT_KEEP || (verdict == HUNT_MARGINAL && h->plan.keep_marginal &&
					     !doubts->stale && answer->total.value < 0);
	const char *outcome = "marginal", *notes = "neither clearly faster nor slower";
	struct strbuf text = STRBUF_INIT;

	if (verdict == HUNT_KEEP && doubts->stale) {
		outcome = "refused";
		notes = "the gain is there on inputs that were seen before only";
	} else if (keep && doubts->longer) {
		outcome = "reverted";
		notes = "less CPU time, but the suite takes longer";
	} else if (keep) {
		outcome = "fixed";
		notes = verdict == HUNT_KEEP ? "faster" : "kept, though not clearly faster";
	} else if (verdict == HUNT_REGRESSED) {
		size_t *index = xcalloc(h->suite.nr, sizeof(*index)), nheld_out;

		outcome = "reverted";
		rounds_workloads(h, false, index, &nheld_out);
		strbuf_addf(&text, "%s got slower", rounds_workload_words(h, index[answer->regressed]));
		notes = text.buf;
		free(index);
	} else if (answer->total.low > 0 || answer->total.value >= plain_rule.gain) {
		outcome = "reverted";
		notes = "slower";
	}
	json_set_text(payload, "verdict", hunt_verdict_name(verdict));
	json_set_text(payload, "outcome", outcome);
	json_set_text(payload, "notes", notes);
	strbuf_release(&text);
}

json_t *measure(struct hunt *h, const char *kind, struct rounds *rounds, uint64_t seed, bool whole)
{
	const struct hunt_rule *rule = h->plan.thorough ? &thorough_rule : &plain_rule;
	bool by_cpu = state_by_cpu(&h->state);
	struct hunt_answer answer = HUNT_ANSWER_INIT;
	struct doubts doubts;
	enum hunt_verdict verdict;
	size_t said = 0;
	json_t *payload;

	for (;;) {
		struct round round = { .base = &h->base,
				       .candidate = &h->candidate,
				       .round = rounds->wall.nr,
				       .seed = seed,
				       .whole = whole };

		verdict = rounds->wall.nr ? hunt_decide(rounds_deciding(rounds, by_cpu), rule, &answer)
					  : HUNT_MORE;
		if (verdict != HUNT_MORE)
			break;
		if (answer.next != said && rounds->wall.nr && said)
			say_so_far(&answer);
		said = answer.next ? answer.next : rule->looks[0];
		if (round_run(h, &round, &payload)) {
			hunt_answer_release(&answer);
			return outcome_payload("refused", "%s", error_message());
		}
		hunt_record(h, kind, payload);
	}
	payload = answer_payload(h, &answer, rounds, whole);
	doubts.stale = !is_fresh_gain(rounds, by_cpu, &answer);
	doubts.longer = by_cpu && hunt_takes_longer(&rounds->wall, answer.nr, rule);
	set_outcome(h, payload, verdict, &answer, &doubts);
	hunt_answer_release(&answer);
	return payload;
}

/* Where some workloads are compared only, do the others answer as before? 0, or 1 with a recorded error. */
static int check_answers(struct hunt *h)
{
	struct round round = { .base = &h->base,
			       .candidate = &h->candidate,
			       .seed = (uint64_t)h->row.id << 32 | h->state.iteration,
			       .whole = true };
	json_t *payload = NULL;
	int result = h->plan.ab.nr && !h->state.pairs.wall.nr ? round_run(h, &round, &payload) : 0;

	json_decref(payload);
	return result;
}

void step_measure(struct hunt *h)
{
	struct strbuf output = STRBUF_INIT;
	json_t *payload;

	rounds_need_base(h);
	if (need_candidate(h, &output))
		die_error();
	hunt_say("comparing");
	if (check_answers(h))
		payload = outcome_payload("refused", "%s", error_message());
	else
		payload = measure(h, "pair", &h->state.pairs, (uint64_t)h->row.id << 32 | h->state.iteration,
				  false);
	json_set_int(payload, "time", (long long)clock_wall());
	if (h->plan.callgrind && !strcmp(json_get(payload, "outcome"), "fixed"))
		json_set(payload, "instructions", count_instructions(h));
	hunt_record(h, "measured", payload);
	strbuf_release(&output);
}
