/* git perfbisect status: what is known, what is left, what it cost and will cost. */
#include "base/error.h"
#include "metrics.h"
#include "perfbisect.h"
#include "report.h"
#include "show.h"
#include "simple.h"

struct status_options {
	bool json;
};

static const struct option rows[] = {
	{ .type = OPTION_BOOL, .name = "json", .at = offsetof(struct status_options, json), .help = "print JSON" },
	OPTION_END,
};

static const char *const usage[] = { "[--json]", NULL };

const struct option_set status_set = { .command = "git perfbisect status", .usage = usage, .rows = rows };

static void print_runner(const struct session *s)
{
	int running = store_session_running(s->store, s->row.id);

	if (running < 0)
		die_error();
	if (running)
		printf("Running as pid %" PRId64 " on %s\n", s->row.runner_pid, s->row.runner_host);
	else if (s->row.state == STORE_PAUSED)
		printf("Paused; git perfbisect run goes on\n");
	else if (s->row.state == STORE_DONE)
		printf("Ended\n");
}

/* Good and bad commits nearest to each other: what is left lies between them. */
static void print_marks(const struct session *s)
{
	printf("\n%-9s %-12s  %12s  %-28s %-11s %s\n", "", "COMMIT", "LEVEL", "AGAINST THE GOOD END", "",
	       "SUBJECT");
	show_commit(s, 0, "", NULL);
	for (size_t i = 1; i + 1 < s->nr; i++)
		if (s->is_touched[i])
			show_commit(s, i, "", NULL);
	show_commit(s, s->nr - 1, "", NULL);
}

static int status(struct session *s, void *values)
{
	const struct status_options *opts = values;
	struct bisect_answer answer = BISECT_ANSWER_INIT;
	struct strbuf range = STRBUF_INIT;
	struct finding f;

	if (!s->whole) {
		show_waiting(s);
		return EXIT_DONE;
	}
	if (opts->json) {
		report_json(s);
		return EXIT_DONE;
	}
	bisect_answer(s->engine, &answer);
	print_runner(s);
	show_range(s, &range);
	show_text(stdout, range.buf);
	putchar('\n');
	strbuf_release(&range);
	session_finding(s, &f);
	show_answer(s, &answer, &f);
	show_plot(&f);
	print_marks(s);
	metrics_show(s);
	finding_release(&f);
	bisect_answer_release(&answer);
	return EXIT_DONE;
}

int cmd_status(int argc, char **argv)
{
	struct status_options opts = { false };

	return simple_command(&status_set, SESSION_MUST_EXIST | SESSION_READ_ONLY, true, &opts, status, argc,
			      argv);
}
