#include "sim-setting.h"

static bool is_name(const char *name, const char *word, size_t len)
{
	return strlen(name) == len && !strncmp(name, word, len);
}

bool sim_set(const struct sim_setting *settings, size_t nr, const char *word)
{
	size_t len = strcspn(word, "=");

	for (size_t i = 0; i < nr && word[len]; i++)
		if (is_name(settings[i].name, word, len)) {
			*settings[i].value = strtod(word + len + 1, NULL);
			return true;
		}
	return false;
}

int sim_hold(const struct sim_figure *figures, size_t nr, const char *word)
{
	size_t len = strcspn(word, "<>");

	for (size_t i = 0; i < nr && word[len]; i++) {
		double limit;

		if (!is_name(figures[i].name, word, len) || word[len + 1] != '=')
			continue;
		limit = strtod(word + len + 2, NULL);
		if (word[len] == '>' ? figures[i].value >= limit : figures[i].value <= limit)
			return 0;
		printf("<!-- MISSED: %s, is %g -->\n", word, figures[i].value);
		return 1;
	}
	return -1;
}
