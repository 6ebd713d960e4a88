/* Events that say what a session is, rather than what was found. */
#include "base/error.h"
#include "base/json.h"
#include "events.h"
#include "session.h"
#include "ui/command.h"

static int read_id(const struct session *s, json_t *value, struct oid *id)
{
	const char *hex = json_string_value(value);

	if (!hex || strlen(hex) != 2 * s->repo->rawlen || oid_from_hex(id, hex, s->repo->rawlen))
		return error_set("the session's ends are no ids; git perfbisect reset, and start anew");
	return 0;
}

static int take_ends(struct session *s, json_t *root)
{
	json_t *list = json_object_get(root, "good");
	int result = read_id(s, json_object_get(root, "bad"), &s->bad);

	free(s->good);
	s->ngood = json_array_size(list);
	s->good = xcalloc(s->ngood + 1, sizeof(*s->good));
	for (size_t i = 0; i < s->ngood && !result; i++)
		result = read_id(s, json_array_get(list, i), &s->good[i]);
	s->whole = !result && s->ngood;
	return result;
}

static int take_metrics(struct session *s, json_t *root)
{
	json_t *list = json_object_get(root, "lines");

	strvec_release(&s->metrics);
	for (size_t i = 0; i < json_array_size(list); i++)
		strvec_push(&s->metrics, json_string_value(json_array_get(list, i)));
	return 0;
}

static void take_values(json_t *list, double **values, size_t *nr)
{
	free(*values);
	*nr = json_array_size(list);
	*values = xcalloc(*nr + 1, sizeof(**values));
	for (size_t i = 0; i < *nr; i++)
		(*values)[i] = json_number_value(json_array_get(list, i));
}

static int take_baselines(struct session *s, json_t *root)
{
	take_values(json_object_get(root, "good"), &s->stored_good, &s->nstored_good);
	take_values(json_object_get(root, "bad"), &s->stored_bad, &s->nstored_bad);
	return 0;
}

static int take_prior(struct session *s, json_t *root)
{
	const char *text = json_string_value(json_object_get(root, "text"));

	if (!text)
		return error_set("the session's prior has no text; git perfbisect reset, and start anew");
	free(s->prior_text);
	s->prior_text = xstrdup(text);
	return 0;
}

static int take_force(struct session *s, json_t *root UNUSED)
{
	s->force = true;
	return 0;
}

static int take_all_steps(struct session *s, json_t *root UNUSED)
{
	s->all_steps = true;
	return 0;
}

/* Events that are no evidence of the engine's; of each kind the newest counts. */
static int take_event(const struct store_event *event, void *data)
{
	static const struct {
		const char *kind;
		int (*take)(struct session *s, json_t *root);
	} takers[] = {
		{ "ends", take_ends },   { "metrics", take_metrics },     { "baselines", take_baselines },
		{ "force", take_force }, { "all-steps", take_all_steps }, { EVENT_PRIOR, take_prior },
	};
	json_error_t error;
	json_t *root;
	int result = 0;

	for (size_t i = 0; i < ARRAY_SIZE(takers); i++) {
		if (strcmp(event->kind, takers[i].kind) != 0)
			continue;
		root = json_loads(event->payload, JSON_REJECT_DUPLICATES, &error);
		if (!root)
			return error_set("event %" PRId64 " of the session is no JSON: %s", event->seq,
					 error.text);
		result = takers[i].take(data, root);
		json_decref(root);
	}
	return result;
}

void session_read_facts(struct session *s)
{
	if (store_events_effective(s->store, s->row.id, take_event, s))
		die_error();
}
