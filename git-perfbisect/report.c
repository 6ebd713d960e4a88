/* git perfbisect report: the answer, for a person or for a program. */
#include "report.h"

#include "base/error.h"
#include "base/quote.h"
#include "metrics.h"
#include "perfbisect.h"
#include "show.h"
#include "simple.h"

#define CONTEXT_LIMIT ((size_t)1 << 20)

enum report_format {
	REPORT_TEXT,
	REPORT_JSON,
	REPORT_MAIL,
	REPORT_HTML,
};

static const char *const formats[] = { "text", "json", "mail", "html", NULL };

struct report_options {
	int format;
	bool json;
	bool no_maintainers;
};

static const struct option rows[] = {
	{ .type = OPTION_CHOICE,
	  .name = "format",
	  .at = offsetof(struct report_options, format),
	  .choices = formats,
	  .initial = "text",
	  .help = "for people, for programs, a regression report to send, or a page" },
	{ .type = OPTION_BOOL,
	  .name = "json",
	  .at = offsetof(struct report_options, json),
	  .help = "print JSON: --format=json" },
	{ .type = OPTION_BOOL,
	  .name = "no-maintainers",
	  .at = offsetof(struct report_options, no_maintainers),
	  .help = "do not run scripts/get_maintainer.pl for the mail" },
	OPTION_END,
};

static const char *const usage[] = { "[--format=(text|json|mail|html) | --json] [--no-maintainers]", NULL };

const struct option_set report_set = { .command = "git perfbisect report", .usage = usage, .rows = rows };

static void print_command(const char *title, const char *command)
{
	printf("%-12s ", title);
	show_text(stdout, command);
	putchar('\n');
}

/* The context file may be that of a later session by now. */
static bool has_context(const struct session *s)
{
	struct strbuf text = STRBUF_INIT;
	bool same = strbuf_read_file(&text, s->context_path, CONTEXT_LIMIT) >= 0 &&
		    !strcmp(text.buf, s->row.context);

	error_clear();
	strbuf_release(&text);
	return same;
}

static void print_again(const struct session *s, size_t culprit)
{
	struct strbuf text = STRBUF_INIT;

	printf("\nTo see it again, measure the commit against its parent:\n");
	if (s->row.state != STORE_DONE || has_context(s)) {
		strbuf_addstr(&text, "    git perfbisect test ");
		if (s->row.state == STORE_DONE) {
			strbuf_addstr(&text, "--context=");
			quote_shell_word(&text, s->context_path);
			strbuf_addch(&text, ' ');
		}
		strbuf_addf(&text, "--against %.12s %.12s", session_hex(s, s->parents[s->parent_at[culprit]]),
			    session_hex(s, culprit));
		show_text(stdout, text.buf);
		printf("\nor, without this tool, build and run the two with the commands above.\n");
	} else {
		printf("build and run the two with the commands above.\n");
	}
	strbuf_release(&text);
}

static void print_how(const struct session *s, const struct bisect_answer *answer)
{
	const struct plan_bench *bench = plan_bench(&s->plan, s->plan.benchmark);
	const char *unit, *metric;
	char *named;
	bool higher;

	metric = session_metric(s, &unit, &higher);
	printf("\nHow it was measured:\n");
	if (s->plan.build.command)
		print_command("Build", s->plan.build.command);
	if (bench->command)
		print_command("Benchmark", bench->command);
	named = *unit ? xstrfmt("%s (%s)", metric, unit) : xstrdup(metric);
	print_command("Metric", named);
	free(named);
	printf("%-12s %s\n", "Better", higher ? "higher" : "lower");
	printf("%-12s ", s->plan.sut.nr > 1 ? "Machines" : "Machine");
	show_names(&s->plan.sut);
	putchar('\n');
	if (s->plan.profile.cmdline)
		print_command("Command line", s->plan.profile.cmdline);
	if (answer->verdict == BISECT_NAMED)
		print_again(s, answer->culprit);
}

static int report_text(struct session *s)
{
	struct bisect_answer answer = BISECT_ANSWER_INIT;
	struct finding f;
	int status;

	bisect_answer(s->engine, &answer);
	session_finding(s, &f);
	status = session_status(answer.verdict);
	show_answer(s, &answer, &f);
	show_plot(&f);
	metrics_show(s);
	print_how(s, &answer);
	finding_release(&f);
	bisect_answer_release(&answer);
	return status;
}

static int report(struct session *s, void *values)
{
	const struct report_options *opts = values;

	if (opts->json && opts->format != REPORT_TEXT && opts->format != REPORT_JSON)
		return usage_error(&report_set, "--json is --format=json, and %s is another format",
				   formats[opts->format]);
	if (!s->whole)
		die("there is nothing to report yet: the ends are not known");
	if (opts->json || opts->format == REPORT_JSON)
		return report_json(s);
	if (opts->format == REPORT_MAIL)
		return report_mail(s, !opts->no_maintainers);
	if (opts->format == REPORT_HTML)
		return report_page(s);
	return report_text(s);
}

int cmd_report(int argc, char **argv)
{
	struct report_options opts = { 0 };

	return simple_command(&report_set, SESSION_LAST | SESSION_MUST_EXIST | SESSION_READ_ONLY, true, &opts,
			      report, argc, argv);
}
