#include "events.h"

#include "base/error.h"
#include "base/json.h"

static const char *const kinds[] = {
	[BISECT_BUILT] = "built",
	[BISECT_BUILD_FAILED] = "build-failed",
	[BISECT_BOOT_FAILED] = "boot-failed",
	[BISECT_BENCH_FAILED] = "bench-failed",
	[BISECT_SAMPLE] = "sample",
	[BISECT_BOOT_END] = "boot-end",
	[BISECT_CANDIDATE] = "candidate",
	[BISECT_FIRST_BAD] = "first-bad",
	[BISECT_ONLY_SKIPPED] = "only-skipped",
	[BISECT_USER_GOOD] = "good",
	[BISECT_USER_BAD] = "bad",
	[BISECT_USER_SKIP] = "skip",
	[BISECT_RETRY] = "retry",
	[BISECT_ISSUED] = "issued",
	[BISECT_RETURNED] = "returned",
};

const char *event_kind_name(enum bisect_event_kind kind)
{
	return kinds[kind];
}

int event_kind_parse(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (!strcmp(kinds[i], name))
			return (int)i;
	return -1;
}

static bool has_boot(enum bisect_event_kind kind)
{
	return kind == BISECT_BUILT || kind == BISECT_SAMPLE || kind == BISECT_BOOT_END;
}

static bool has_machine(enum bisect_event_kind kind)
{
	return kind <= BISECT_BOOT_END || kind == BISECT_ISSUED || kind == BISECT_RETURNED;
}

/* Numbers keep all their digits: the engine must see the same ones again. */
char *event_payload(const struct session *s, const struct bisect_event *event)
{
	json_t *root = json_object();
	char *text;

	if (event->commit != BISECT_NONE)
		json_set_text(root, "commit", session_hex(s, event->commit));
	if (event->machine < s->plan.sut.nr && has_machine(event->kind))
		json_set_text(root, "machine", s->plan.sut.v[event->machine]);
	if (has_boot(event->kind))
		json_set_int(root, "boot", (long long)event->boot);
	if (event->layout)
		json_set_int(root, "layout", (long long)event->layout);
	if (event->kind == BISECT_SAMPLE)
		json_set(root, "value", json_real(event->value));
	if (event->kind <= BISECT_BOOT_END)
		json_set(root, "seconds", json_real(event->seconds));
	text = json_dumps(root, JSON_COMPACT | JSON_ENSURE_ASCII);
	json_decref(root);
	if (!text)
		BUG("an event is no JSON");
	return text;
}

static double number_of(json_t *root, const char *key)
{
	return json_number_value(json_object_get(root, key));
}

static size_t machine_index(const struct session *s, const char *name)
{
	for (size_t i = 0; name && i < s->plan.sut.nr; i++)
		if (!strcmp(s->plan.sut.v[i], name))
			return i;
	return 0;
}

static int fill(const struct session *s, json_t *root, struct bisect_event *event)
{
	const char *hex = json_string_value(json_object_get(root, "commit"));
	struct oid id = { 0 };

	event->commit = BISECT_NONE;
	event->machine = machine_index(s, json_string_value(json_object_get(root, "machine")));
	event->boot = (size_t)json_integer_value(json_object_get(root, "boot"));
	event->layout = (size_t)json_integer_value(json_object_get(root, "layout"));
	event->value = number_of(root, "value");
	event->seconds = number_of(root, "seconds");
	if (!hex)
		return 0;
	if (strlen(hex) != 2 * s->repo->rawlen || oid_from_hex(&id, hex, s->repo->rawlen))
		return error_set("'%s' is no id", hex);
	event->commit = session_find(s, &id);
	return event->commit == BISECT_NONE ? 1 : 0;
}

int event_parse(const struct session *s, const char *kind, const char *payload, struct bisect_event *event)
{
	int k = event_kind_parse(kind);
	json_error_t error;
	json_t *root;
	int result;

	if (k < 0)
		return error_set("'%s' is no kind of evidence", kind);
	root = json_loads(payload, JSON_REJECT_DUPLICATES, &error);
	if (!root)
		return error_set("the evidence is no JSON: %s", error.text);
	*event = (struct bisect_event){ .kind = (enum bisect_event_kind)k };
	result = fill(s, root, event);
	json_decref(root);
	return result;
}
