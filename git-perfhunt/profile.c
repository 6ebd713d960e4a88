/* git perfhunt profile: one profile round, as JSON. */
#include "base/error.h"
#include "perfhunt.h"
#include "profiling.h"
#include "simple.h"
#include "trial/trial.h"

static const struct option rows[] = { OPTION_END };

static const char *const usage[] = { "", NULL };

const struct option_set profile_set = { .command = "git perfhunt profile", .usage = usage, .rows = rows };

static int profile(struct hunt *h, void *values UNUSED, const struct strvec *words UNUSED)
{
	json_t *round;
	int lock;

	hunt_make_folders(h);
	if (trial_lock(h->dir, &lock))
		die_error();
	round = profile_round(h);
	if (json_print(json_incref(json_object_get(round, "workloads")), stdout))
		die_error();
	json_decref(round);
	close(lock);
	return EXIT_DONE;
}

int cmd_profile(int argc, char **argv)
{
	char none = 0;

	return simple_command(&profile_set, HUNT_MUST_EXIST | HUNT_LOCK, 0, &none, profile, argc, argv);
}
