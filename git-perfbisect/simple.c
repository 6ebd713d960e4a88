#include "simple.h"

#include "perfbisect.h"

int simple_command(const struct option_set *set, int flags, bool load, void *values,
		   int (*fn)(struct session *s, void *values), int argc, char **argv)
{
	struct session s = SESSION_INIT;
	struct strvec words = STRVEC_INIT;
	size_t dashes;
	enum options_result result;
	int status;

	options_default(set->rows, values);
	result = options_parse(set, values, argc, argv, &words, &dashes);
	if (result != OPTIONS_OK) {
		status = options_status(result);
	} else if (words.nr) {
		status = usage_error(set, "%s takes no arguments", strrchr(set->command, ' ') + 1);
	} else {
		session_open(&s, flags);
		if (load)
			session_load(&s);
		status = fn(&s, values);
	}
	options_release(set->rows, values);
	strvec_release(&words);
	session_release(&s);
	return status;
}
