#include "repo/config.h"

#include <strings.h>

#include "base/error.h"
#include "base/process.h"

/* Bytes of all configuration files together. */
#define CONFIG_LIMIT ((size_t)64 << 20)

/* The field at *at, up to its NUL; NULL when the text ends before. */
static const char *next_field(const char **at, const char *end)
{
	const char *field = *at, *nul = memchr(field, '\0', (size_t)(end - field));

	if (!nul)
		return NULL;
	*at = nul + 1;
	return field;
}

/* Entries are "<scope>\0<origin>\0<key>\n<value>\0"; without a value, without "\n". */
static int parse(struct config *config, const char *at, const char *end)
{
	while (at < end) {
		const char *scope = next_field(&at, end);
		const char *origin = scope ? next_field(&at, end) : NULL;
		const char *text = origin ? next_field(&at, end) : NULL;
		struct config_entry *e;
		size_t len;

		if (!text)
			return error_set("git config printed something else than a list");
		ALLOC_GROW(config->entries, config->nr + 1, config->alloc);
		e = &config->entries[config->nr++];
		len = strcspn(text, "\n");
		e->scope = xstrdup(scope);
		e->origin = xstrdup(origin);
		e->key = xmemdupz(text, len);
		e->value = text[len] ? xstrdup(text + len + 1) : NULL;
	}
	return 0;
}

int config_load(struct config *config)
{
	struct process p = PROCESS_INIT;
	struct strbuf out = STRBUF_INIT;
	int result;

	strvec_pushl(&p.args, "git", "config", "--list", "-z", "--show-scope", "--show-origin", NULL);
	p.err = PROCESS_PIPE;
	result = process_capture(&p, NULL, &out, CONFIG_LIMIT);
	if (!result)
		result = parse(config, out.buf, out.buf + out.len);
	strbuf_release(&out);
	return result;
}

/* Section and name compare without case, what is between them with it. */
static bool same_key(const char *a, const char *b)
{
	const char *dot = strchr(a, '.'), *last = strrchr(a, '.');
	size_t len = strlen(a), section = dot ? (size_t)(dot - a) : len;
	size_t name = last ? (size_t)(last - a) : len;

	return strlen(b) == len && !strncasecmp(a, b, section) && !strcasecmp(a + name, b + name) &&
	       !memcmp(a + section, b + section, name - section);
}

const struct config_entry *config_find(const struct config *config, const char *key)
{
	for (size_t i = config->nr; i > 0; i--)
		if (same_key(config->entries[i - 1].key, key))
			return &config->entries[i - 1];
	return NULL;
}

const char *config_get(const struct config *config, const char *key, const char *fallback)
{
	const struct config_entry *e = config_find(config, key);

	return e && e->value ? e->value : fallback;
}

static bool is_one_of(const char *value, const char *const *words)
{
	for (; *words; words++)
		if (!strcasecmp(value, *words))
			return true;
	return false;
}

bool config_bool(const struct config *config, const char *key, bool fallback)
{
	static const char *const yes[] = { "true", "yes", "on", NULL };
	static const char *const no[] = { "false", "no", "off", "", NULL };
	const struct config_entry *e = config_find(config, key);
	char *end;
	long number;

	if (!e)
		return fallback;
	if (!e->value || is_one_of(e->value, yes))
		return true;
	if (is_one_of(e->value, no))
		return false;
	errno = 0;
	number = strtol(e->value, &end, 10);
	if (*end && strchr("kKmMgG", *end))
		end++;
	return errno || *end ? fallback : number != 0;
}

void config_release(struct config *config)
{
	for (size_t i = 0; i < config->nr; i++) {
		free(config->entries[i].key);
		free(config->entries[i].value);
		free(config->entries[i].scope);
		free(config->entries[i].origin);
	}
	free(config->entries);
	*config = (struct config)CONFIG_INIT;
}
