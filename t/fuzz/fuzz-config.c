/*
 * Feeds hostile output of `git config --list -z` to repo/config.h. Built and
 * run by `make fuzz`.
 */
#include "repo/config.h"

#include "fake-process.h"

/* Look-ups are linear: so many entries are looked for. */
#define ASKED_MAX 32

/* Every entry is found by its key, whatever the case of section and name. */
static void check(const struct config *config)
{
	for (size_t i = 0; i < config->nr && i < ASKED_MAX; i++) {
		const struct config_entry *e = &config->entries[i], *found;

		REQUIRE(e->key && e->scope && e->origin && !strchr(e->key, '\n'));
		found = config_find(config, e->key);
		REQUIRE(found && found >= e);
		REQUIRE(found->value == config_get(config, e->key, NULL));
		REQUIRE(config_bool(config, e->key, true) || !config_bool(config, e->key, false));
	}
	REQUIRE(config_find(config, "perfrank.limit") || config_bool(config, "perfrank.limit", true));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct config config = CONFIG_INIT;

	fake_outputs[0].text = (const char *)data;
	fake_outputs[0].len = size;
	fake_nr = 1;
	fake_next = 0;
	error_clear();
	if (config_load(&config))
		REQUIRE(*error_message());
	else
		REQUIRE(!size || config.nr);
	check(&config);
	config_release(&config);
	return 0;
}
