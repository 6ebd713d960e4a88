/* git perfbisect reset: ends the session; what was measured stays in the database. */
#include "base/clock.h"
#include "base/error.h"
#include "base/files.h"
#include "perfbisect.h"
#include "repo/bisect.h"
#include "repo/worktree.h"
#include "simple.h"
#include "trial/trial.h"

struct reset_options {
	bool keep_worktree;
};

static const struct option rows[] = {
	{ .type = OPTION_BOOL,
	  .name = "keep-worktree",
	  .at = offsetof(struct reset_options, keep_worktree),
	  .help = "leave the worktree that commits were built in, for the next bisection" },
	OPTION_END,
};

static const char *const usage[] = { "[--keep-worktree]", NULL };

const struct option_set reset_set = { .command = "git perfbisect reset", .usage = usage, .rows = rows };

/* Not under somebody who measures in them. */
static void remove_worktrees(struct session *s)
{
	struct strvec paths = STRVEC_INIT;
	int lock;

	trial_worktrees(s->dir, &paths);
	if (paths.nr) {
		if (trial_lock(s->dir, &lock))
			die_error();
		for (size_t i = 0; i < paths.nr; i++) {
			char *layout = trial_layout_path(paths.v[i]);

			if (worktree_remove(s->repo, paths.v[i]) || remove_tree(layout))
				die_error();
			free(layout);
		}
		close(lock);
	}
	strvec_release(&paths);
}

/* Each part may be gone already: a reset that was cut off can be repeated. */
static int reset(struct session *s, void *values)
{
	const struct reset_options *opts = values;
	char *pins = xstrfmt("bisect/%" PRId64, s->row.id);

	/* A git bisect of the user's own is not ours to end. */
	if (s->exists && git_bisect_detached(s->repo) && git_bisect_reset(s->repo))
		die_error();
	if (!opts->keep_worktree)
		remove_worktrees(s);
	if (!s->exists) {
		printf("No bisection is going on here.\n");
	} else {
		if (pin_drop(s->repo, pins) || store_session_finish(s->store, s->row.id, (int64_t)clock_wall()))
			die_error();
		printf("The bisection has ended; what was measured stays in %s/perf.db\n", s->perf_dir);
	}
	free(pins);
	return EXIT_DONE;
}

int cmd_reset(int argc, char **argv)
{
	struct reset_options opts = { false };

	return simple_command(&reset_set, SESSION_RUN, false, &opts, reset, argc, argv);
}
