#include "bench/plan.h"

#include <strings.h>

#include "base/error.h"
#include "bench/machine/machine.h"
#include "bench/plan-keys.h"

/* What may stand in names. A machine is also called as ssh is told of it, "user@host", a benchmark "suite/name". */
#define NAME_CHARS WORD_CHARS "-.+"
#define MACHINE_CHARS NAME_CHARS "@:"
#define BENCH_CHARS NAME_CHARS "/"
#define NAME_LEN_MAX 200
/* A name further away than that is no hint. */
#define NEAR_MAX 3
#define NEAR_LEN_MAX 40

char *plan_full_key(const struct plan_key *row, const char *sub)
{
	const char *section = plan_section_names[row->section];
	char *key = sub ? xstrfmt("%s.%s.%s", section, sub, row->name) : xstrfmt("%s.%s", section, row->name);

	for (char *at = strrchr(key, '.'); *at; at++)
		if (*at >= 'A' && *at <= 'Z')
			*at = (char)(*at - 'A' + 'a');
	return key;
}

static struct plan_origin *find_origin(const struct plan *plan, const char *key)
{
	for (size_t i = 0; i < plan->origins_nr; i++)
		if (!strcmp(plan->origins[i].key, key))
			return &plan->origins[i];
	return NULL;
}

const struct plan_origin *plan_origin_of(const struct plan *plan, const struct plan_key *row, const char *sub)
{
	char *key = plan_full_key(row, sub);
	const struct plan_origin *found = find_origin(plan, key);

	free(key);
	return found;
}

bool plan_split_key(const char *key, enum plan_section *section, char **sub, char **name)
{
	const char *first = strchr(key, '.'), *last = strrchr(key, '.');

	if (!first)
		return false;
	for (int i = 0; i < PLAN_SECTIONS; i++) {
		size_t len = strlen(plan_section_names[i]);

		if (len != (size_t)(first - key) || strncasecmp(key, plan_section_names[i], len) != 0)
			continue;
		*section = (enum plan_section)i;
		*sub = last > first ? xmemdupz(first + 1, (size_t)(last - first) - 1) : NULL;
		*name = xstrdup(last + 1);
		return true;
	}
	return false;
}

const struct plan_key *plan_key_find(enum plan_section section, const char *name)
{
	for (const struct plan_key *row = plan_key_table; row->name; row++)
		if (row->section == section && !strcasecmp(row->name, name))
			return row;
	return NULL;
}

/* Levenshtein's distance without case; names too long for the table are far away. */
static size_t distance(const char *a, const char *b)
{
	size_t row[NEAR_LEN_MAX + 1], a_len = strlen(a), b_len = strlen(b);

	if (a_len > NEAR_LEN_MAX || b_len > NEAR_LEN_MAX)
		return SIZE_MAX;
	for (size_t j = 0; j <= b_len; j++)
		row[j] = j;
	for (size_t i = 1; i <= a_len; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= b_len; j++) {
			size_t change = diagonal + (strncasecmp(a + i - 1, b + j - 1, 1) != 0);
			size_t best = row[j] < row[j - 1] ? row[j] + 1 : row[j - 1] + 1;

			diagonal = row[j];
			row[j] = change < best ? change : best;
		}
	}
	return row[b_len];
}

static void warn_unknown(struct plan *plan, enum plan_section section, const char *key, const char *name,
			 const char *origin)
{
	const struct plan_key *near = NULL;
	size_t nearest = NEAR_MAX + 1;

	for (const struct plan_key *row = plan_key_table; row->name; row++) {
		size_t far = row->section == section ? distance(name, row->name) : SIZE_MAX;

		if (far < nearest) {
			nearest = far;
			near = row;
		}
	}
	if (near)
		strvec_pushf(&plan->warnings, "%s: '%s' is not known; is it '%s'?", origin, key, near->name);
	else
		strvec_pushf(&plan->warnings, "%s: '%s' is not known", origin, key);
}

static int check_name(enum plan_section section, const char *name)
{
	bool bench = section == PLAN_SECTION_BENCH;
	size_t len = strspn(name, bench ? BENCH_CHARS : MACHINE_CHARS);

	if (len && !name[len] && len <= NAME_LEN_MAX && *name != '-' && *name != '.')
		return 0;
	return error_set("'%s' is no name of a %s: letters, digits and %s, not with '-' or '.' in front",
			 name, bench ? "benchmark" : "machine", bench ? "_-.+/" : "_-.+@:");
}

struct plan_machine *plan_machine(const struct plan *plan, const char *name)
{
	for (size_t i = 0; i < plan->machines_nr; i++)
		if (!strcmp(plan->machines[i].name, name))
			return &plan->machines[i];
	return NULL;
}

struct plan_bench *plan_bench(const struct plan *plan, const char *name)
{
	for (size_t i = 0; i < plan->benches_nr; i++)
		if (!strcmp(plan->benches[i].name, name))
			return &plan->benches[i];
	return NULL;
}

static struct plan_machine *make_machine(struct plan *plan, const char *name)
{
	struct plan_machine *found = plan_machine(plan, name);

	if (found)
		return found;
	ALLOC_GROW(plan->machines, plan->machines_nr + 1, plan->machines_alloc);
	found = &plan->machines[plan->machines_nr++];
	*found = (struct plan_machine){ .name = xstrdup(name) };
	return found;
}

static struct plan_bench *make_bench(struct plan *plan, const char *name)
{
	struct plan_bench *found = plan_bench(plan, name);

	if (found)
		return found;
	ALLOC_GROW(plan->benches, plan->benches_nr + 1, plan->benches_alloc);
	found = &plan->benches[plan->benches_nr++];
	*found = (struct plan_bench){
		.name = xstrdup(name), .metric = STRVEC_INIT, .warmups = 1, .repeats = 3, .sessions = 2
	};
	return found;
}

/* The struct of a section; made when a name is new. */
static void *section_object(struct plan *plan, enum plan_section section, const char *sub)
{
	switch (section) {
	case PLAN_SECTION_BISECT:
		return plan;
	case PLAN_SECTION_BUILD:
		return &plan->build;
	case PLAN_SECTION_PROFILE:
		return &plan->profile;
	case PLAN_SECTION_MACHINE:
		if (sub)
			return make_machine(plan, sub);
		break;
	case PLAN_SECTION_BENCH:
		if (sub)
			return make_bench(plan, sub);
		break;
	case PLAN_SECTIONS:
		break;
	}
	BUG("section %d without a name", section);
}

/* Puts a value to its place unless a higher layer has been there; a higher layer drops a lower one's list. */
static int set_layered(struct plan *plan, enum plan_layer layer, const struct plan_key *row, const char *sub,
		       const char *value)
{
	void *object = section_object(plan, row->section, sub);
	char *key = plan_full_key(row, sub);
	struct plan_origin *origin = find_origin(plan, key);
	int result;

	if (origin && origin->layer > layer) {
		free(key);
		return 0;
	}
	if (origin && origin->layer < layer)
		plan_value_clear(row, object);
	result = plan_value_set(row, object, value);
	if (!origin) {
		ALLOC_GROW(plan->origins, plan->origins_nr + 1, plan->origins_alloc);
		origin = &plan->origins[plan->origins_nr++];
		origin->key = key;
		key = NULL;
	}
	origin->layer = layer;
	free(key);
	return result;
}

/* Of a key that there is; the message does not say where. */
static int set_known(struct plan *plan, enum plan_layer layer, const struct plan_key *row, const char *sub,
		     const char *value)
{
	if (sub && check_name(row->section, sub))
		return -1;
	if (!value && row->type != PLAN_BOOL)
		return error_set("a value is wanted");
	return set_layered(plan, layer, row, sub, value ? value : "true");
}

int plan_set(struct plan *plan, enum plan_layer layer, const char *key, const char *value, const char *origin)
{
	enum plan_section section;
	const struct plan_key *row;
	char *sub, *name;
	int result = 0;

	if (!plan_split_key(key, &section, &sub, &name)) {
		if (layer == PLAN_FILE)
			strvec_pushf(&plan->warnings, "%s: '%s' is not of the context", origin, key);
		return 0;
	}
	row = plan_section_named(section) == !!sub ? plan_key_find(section, name) : NULL;
	if (row && set_known(plan, layer, row, sub, value))
		result = error_prefix("%s: %s", origin, key);
	/* The rest of perfbisect.* in git's configuration belongs to the command. */
	else if (!row && (section != PLAN_SECTION_BISECT || layer != PLAN_CONFIG))
		warn_unknown(plan, section, key, name, origin);
	free(sub);
	free(name);
	return result;
}

static void release_object(enum plan_section section, void *object)
{
	for (const struct plan_key *row = plan_key_table; row->name; row++)
		if (row->section == section)
			plan_value_clear(row, object);
}

void plan_release(struct plan *plan)
{
	release_object(PLAN_SECTION_BISECT, plan);
	release_object(PLAN_SECTION_BUILD, &plan->build);
	release_object(PLAN_SECTION_PROFILE, &plan->profile);
	for (size_t i = 0; i < plan->machines_nr; i++) {
		release_object(PLAN_SECTION_MACHINE, &plan->machines[i]);
		free(plan->machines[i].name);
	}
	for (size_t i = 0; i < plan->benches_nr; i++) {
		release_object(PLAN_SECTION_BENCH, &plan->benches[i]);
		free(plan->benches[i].name);
	}
	for (size_t i = 0; i < plan->origins_nr; i++)
		free(plan->origins[i].key);
	free(plan->machines);
	free(plan->benches);
	free(plan->origins);
	strvec_release(&plan->warnings);
	*plan = (struct plan)PLAN_INIT;
}
