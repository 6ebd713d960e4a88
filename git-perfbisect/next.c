/* git perfbisect next: what would be measured next; view: the commits that are left. */
#include "base/error.h"
#include "base/process.h"
#include "driver.h"
#include "perfbisect.h"
#include "show.h"
#include "simple.h"
#include "ui/term.h"

static const struct option no_rows[] = { OPTION_END };

static const char *const next_usage[] = { "", NULL };

const struct option_set next_set = { .command = "git perfbisect next", .usage = next_usage, .rows = no_rows };

static int next(struct session *s, void *values UNUSED)
{
	struct git_bisect_answer said = GIT_BISECT_ANSWER_INIT;
	struct bisect_action action;

	session_need_ends(s);
	bisect_next(s->engine, 0, &action);
	if (action.kind == BISECT_CHOOSE) {
		if (driver_choose(s, &said))
			die_error();
		bisect_next(s->engine, 0, &action);
	}
	git_bisect_answer_release(&said);
	if (action.kind == BISECT_STOP) {
		printf("There is an answer: git perfbisect report\n");
		return EXIT_DONE;
	}
	show_commit(s, action.commit, action.reason, NULL);
	return EXIT_DONE;
}

int cmd_next(int argc, char **argv)
{
	char none = 0;

	return simple_command(&next_set, SESSION_MUST_EXIST | SESSION_RUN, true, &none, next, argc, argv);
}

/* --- view --- */

static const char *const view_usage[] = { "", NULL };

const struct option_set view_set = { .command = "git perfbisect view", .usage = view_usage, .rows = no_rows };

/* Of a line of git's: an id, refs, a subject. */
#define LINE_LIMIT ((size_t)1 << 20)

/* What git itself still has to look at, as git bisect view has it; our own pager, since git's output is not escaped. */
static int view(struct session *s, void *values UNUSED)
{
	struct process p = PROCESS_INIT;
	struct strbuf line = STRBUF_INIT;
	int got;

	session_need_ends(s);
	strvec_pushl(&p.args, "git", "bisect", "view", "--oneline", "--no-color", NULL);
	p.out = PROCESS_PIPE;
	p.dir = s->repo->work_tree ? s->repo->work_tree : s->repo->git_dir;
	if (process_start(&p))
		die_error();
	pager_start(config_get(&s->config, "core.pager", NULL));
	while ((got = process_read_record(&p, &line, '\n', LINE_LIMIT)) > 0) {
		show_text(stdout, line.buf);
		putchar('\n');
	}
	strbuf_release(&line);
	if (got < 0)
		die_error();
	fflush(stdout);
	if (process_finish(&p))
		die_error();
	return EXIT_DONE;
}

int cmd_view(int argc, char **argv)
{
	char none = 0;

	return simple_command(&view_set, SESSION_MUST_EXIST | SESSION_READ_ONLY, true, &none, view, argc, argv);
}
