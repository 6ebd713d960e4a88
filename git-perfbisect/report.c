/* git perfbisect report: the answer, for a person or for a program. */
#include "report.h"

#include "base/error.h"
#include "metrics.h"
#include "perfbisect.h"
#include "show.h"
#include "simple.h"

struct report_options {
	bool json;
};

static const struct option rows[] = {
	{ .type = OPTION_BOOL, .name = "json", .at = offsetof(struct report_options, json), .help = "print JSON" },
	OPTION_END,
};

static const char *const usage[] = { "[--json]", NULL };

const struct option_set report_set = { .command = "git perfbisect report", .usage = usage, .rows = rows };

static void print_command(const char *title, const char *command)
{
	printf("%-12s ", title);
	show_text(stdout, command);
	putchar('\n');
}

static void print_how(const struct session *s, const struct bisect_answer *answer)
{
	const struct plan_bench *bench = plan_bench(&s->plan, s->plan.benchmark);
	const char *unit, *metric;
	bool higher;

	metric = session_metric(s, &unit, &higher);
	printf("\nHow it was measured:\n");
	if (s->plan.build.command)
		print_command("Build", s->plan.build.command);
	if (bench->command)
		print_command("Benchmark", bench->command);
	print_command("Metric", metric);
	printf("%-12s %s\n", "Better", higher ? "higher" : "lower");
	print_command("Machine", s->plan.sut.v[0]);
	if (s->plan.profile.cmdline)
		print_command("Command line", s->plan.profile.cmdline);
	if (answer->verdict != BISECT_NAMED)
		return;
	printf("\nTo see it again, measure the commit against its parent:\n");
	printf("    git perfbisect test --against %.12s %.12s\n",
	       session_hex(s, s->parents[s->parent_at[answer->culprit]]), session_hex(s, answer->culprit));
	printf("or, without this tool, build and run the two with the commands above.\n");
}

static int report(struct session *s, void *values)
{
	const struct report_options *opts = values;
	struct bisect_answer answer = BISECT_ANSWER_INIT;
	int status;

	if (!s->whole)
		die("there is nothing to report yet: the ends are not known");
	if (opts->json)
		return report_json(s);
	bisect_answer(s->engine, &answer);
	status = answer.verdict == BISECT_NAMED          ? EXIT_DONE
	       : answer.verdict == BISECT_NOT_REPRODUCED ? EXIT_NEGATIVE
							 : EXIT_UNDECIDED;
	show_answer(s, &answer);
	metrics_show(s);
	print_how(s, &answer);
	bisect_answer_release(&answer);
	return status;
}

int cmd_report(int argc, char **argv)
{
	struct report_options opts = { false };

	return simple_command(&report_set, SESSION_LAST | SESSION_MUST_EXIST | SESSION_READ_ONLY, true, &opts,
			      report, argc, argv);
}
