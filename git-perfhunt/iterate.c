#include "iterate.h"

#include "brief.h"
#include "ticket.h"

void add_change(struct strbuf *out, const json_t *change)
{
	strbuf_addf(out, "%+.1f %% [%+.1f, %+.1f]", 100 * json_get_number(change, "value"),
		    100 * json_get_number(change, "low"), 100 * json_get_number(change, "high"));
}

json_t *outcome_payload(const char *outcome, const char *fmt, ...)
{
	struct strbuf text = STRBUF_INIT;
	json_t *payload = json_object();
	va_list ap;

	va_start(ap, fmt);
	strbuf_vaddf(&text, fmt, ap);
	va_end(ap);
	json_set_text(payload, "outcome", outcome);
	json_set_text(payload, "notes", text.buf);
	strbuf_release(&text);
	return payload;
}

const char *iteration_outcome(const struct state *state)
{
	const json_t *steps[] = { state->fixed, state->checked, state->measured };

	for (size_t i = 0; i < ARRAY_SIZE(steps); i++)
		if (*json_get(steps[i], "outcome"))
			return json_get(steps[i], "outcome");
	return "";
}

void iteration_pick(struct hunt *h, const json_t *candidate)
{
	json_t *payload = json_deep_copy(candidate);
	const char *function = json_get(candidate, "function");
	struct strbuf text = STRBUF_INIT;
	char *ticket;

	strbuf_addf(&text, "%s in %s takes %.1f %% of the time of workload %s itself.\n", function,
		    json_get(candidate, "file"), json_get_number(candidate, "max_self_pct"),
		    json_get(candidate, "workload"));
	ticket = ticket_open(h, h->state.iteration, function, text.buf);
	json_set_int(payload, "iteration", (long long)h->state.iteration + 1);
	json_set_text(payload, "ticket_id", ticket);
	hunt_say("iteration %zu: %s (%s), %.1f %% of %s", h->state.iteration + 1, function,
		 json_get(candidate, "file"), json_get_number(candidate, "max_self_pct"),
		 json_get(candidate, "workload"));
	hunt_record(h, "picked", payload);
	free(ticket);
	strbuf_release(&text);
}

void iteration_step(struct hunt *h, const struct iterate_options *options)
{
	switch (h->state.phase) {
	case PHASE_PICKED:
	case PHASE_FIXING:
		step_fix(h, options);
		break;
	case PHASE_FIXED:
		if (*iteration_outcome(&h->state))
			step_record(h);
		else
			step_check(h, options);
		break;
	case PHASE_CHECKED:
		if (*iteration_outcome(&h->state))
			step_record(h);
		else
			step_measure(h);
		break;
	case PHASE_MEASURED:
		if (!strcmp(iteration_outcome(&h->state), "fixed"))
			step_commit(h);
		else
			step_record(h);
		break;
	case PHASE_COMMITTED:
		step_record(h);
		break;
	default:
		BUG("no iteration is going on in phase %s", phase_name(h->state.phase));
	}
}
