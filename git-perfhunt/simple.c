#include "simple.h"

#include "perfhunt.h"

int simple_command(const struct option_set *set, int flags, size_t nwords, void *values,
		   int (*fn)(struct hunt *h, void *values, const struct strvec *words), int argc, char **argv)
{
	struct hunt h = HUNT_INIT;
	struct strvec words = STRVEC_INIT;
	size_t dashes;
	enum options_result result;
	int status;

	options_default(set->rows, values);
	result = options_parse(set, values, argc, argv, &words, &dashes);
	if (result != OPTIONS_OK) {
		status = options_status(result);
	} else if (words.nr > nwords) {
		status = usage_error(set, "%s takes no '%s'", strrchr(set->command, ' ') + 1, words.v[nwords]);
	} else {
		hunt_open(&h, flags);
		if (h.row.id && !(flags & HUNT_UNREAD))
			hunt_load(&h);
		status = fn(&h, values, &words);
	}
	options_release(set->rows, values);
	strvec_release(&words);
	hunt_release(&h);
	return status;
}
