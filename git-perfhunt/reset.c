/* git perfhunt reset: ends the hunt; branch, journal, tickets and database stay. */
#include "base/clock.h"
#include "base/error.h"
#include "base/files.h"
#include "perfhunt.h"
#include "repo/worktree.h"
#include "simple.h"
#include "trial/trial.h"

static const struct option rows[] = { OPTION_END };

static const char *const usage[] = { "", NULL };

const struct option_set reset_set = { .command = "git perfhunt reset", .usage = usage, .rows = rows };

/* What can be made again. */
static void remove_made(const struct hunt *h)
{
	static const char *const names[] = { "tree-a",       "tree-a.spare", "tree-a.built", "tree-b",
					     "tree-b.spare", "tree-b.built", "clone",        "inputs",
					     "scratch",      "profile" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		char *path = hunt_path(h, "%s", names[i]);

		if (remove_tree(path))
			die_error();
		free(path);
	}
}

static int reset(struct hunt *h, void *values UNUSED, const struct strvec *words UNUSED)
{
	char *pins;
	int lock;

	if (!access(h->dir, F_OK)) {
		if (trial_lock(h->dir, &lock))
			die_error();
		remove_made(h);
		close(lock);
	}
	if (!h->exists) {
		printf("No hunt is going on here.\n");
		return EXIT_DONE;
	}
	pins = xstrfmt("hunt/%" PRId64, h->row.id);
	if (pin_drop(h->repo, pins))
		die_error();
	free(pins);
	if (store_session_finish(h->store, h->row.id, (int64_t)clock_wall()))
		die_error();
	printf("The hunt has ended; its branch, journal and tickets stay.\n");
	return EXIT_DONE;
}

int cmd_reset(int argc, char **argv)
{
	char none = 0;

	return simple_command(&reset_set, HUNT_LOCK | HUNT_UNREAD, 0, &none, reset, argc, argv);
}
