/*
 * Drives lib/ui and base/tempfile from shell tests, as a command with
 * subcommands: test-ui -h names them.
 */
#include "base/error.h"
#include "base/tempfile.h"
#include "ui/command.h"
#include "ui/progress.h"
#include "ui/table.h"

struct values {
	bool loud;
	int color;
	int progress;
	char *setting;
	char *pager;
	long count;
	int shape;
	char *since;
	struct strvec files;
};

static const char *const shapes[] = { "round", "square", NULL };

static const struct option rows[] = {
	{ .type = OPTION_BOOL, .name = "loud", .at = offsetof(struct values, loud), .help = "more" },
	{ .type = OPTION_TRISTATE, .name = "color", .at = offsetof(struct values, color), .help = "use colour" },
	{ .type = OPTION_TRISTATE,
	  .name = "progress",
	  .at = offsetof(struct values, progress),
	  .help = "report progress" },
	{ .type = OPTION_STRING,
	  .name = "setting",
	  .arg = "<word>",
	  .at = offsetof(struct values, setting),
	  .help = "color.ui" },
	{ .type = OPTION_STRING,
	  .name = "pager",
	  .arg = "<command>",
	  .complete = "file",
	  .at = offsetof(struct values, pager),
	  .help = "core.pager" },
	{ .type = OPTION_INT,
	  .letter = 'n',
	  .name = "count",
	  .at = offsetof(struct values, count),
	  .initial = "1",
	  .help = "how many times" },
	{ .type = OPTION_CHOICE,
	  .name = "shape",
	  .at = offsetof(struct values, shape),
	  .choices = shapes,
	  .help = "don't mind: [it] is for \\ completion" },
	{ .type = OPTION_STRING,
	  .letter = 's',
	  .name = "since",
	  .arg = "<commit>",
	  .complete = "rev",
	  .at = offsetof(struct values, since),
	  .help = "not used" },
	{ .type = OPTION_LIST,
	  .letter = 'f',
	  .name = "file",
	  .arg = "<file>",
	  .complete = "file",
	  .at = offsetof(struct values, files),
	  .help = "not used" },
	OPTION_END
};

#define SET(name, words)                                           \
	static const char *const name##_usage[] = { words, NULL }; \
	static const struct option_set name##_set = { "test-ui " #name, name##_usage, rows }

SET(words, "<range> [<word>...]");
SET(say, "(die | warning | hint) <text>");
SET(fill, "[-n <n>] <line>");
SET(table, "<title>[:right|:flex]... -- <cell>...");
SET(progress, "[-n <steps>] <milliseconds a step>");
SET(write, "[--loud] <file> (keep | drop | die | wait) <text>");

/* Parses, and sets colour up; -1 to go on, else the status. */
static int begin(const struct option_set *set, int argc, char **argv, struct values *values,
		 struct strvec *rest, size_t *dashes)
{
	enum options_result result;

	options_default(rows, values);
	result = options_parse(set, values, argc, argv, rest, dashes);
	if (result != OPTIONS_OK)
		return options_status(result);
	color_init(values->setting, values->color);
	return -1;
}

static int end(struct values *values, struct strvec *rest)
{
	options_release(rows, values);
	strvec_release(rest);
	return EXIT_DONE;
}

static int cmd_words(int argc, char **argv)
{
	struct values values = { 0 };
	struct strvec rest = STRVEC_INIT;
	size_t dashes;
	int status = begin(&words_set, argc, argv, &values, &rest, &dashes);

	if (status >= 0)
		return status;
	printf("%s%s%s:", color(COLOR_BOLD), argv[0], color(COLOR_RESET));
	for (size_t i = 0; i < rest.nr; i++)
		printf(" %s%s", i == dashes ? "| " : "", rest.v[i]);
	printf("\n");
	return end(&values, &rest);
}

static int cmd_say(int argc, char **argv)
{
	struct values values = { 0 };
	struct strvec rest = STRVEC_INIT;
	size_t dashes;
	int status = begin(&say_set, argc, argv, &values, &rest, &dashes);

	if (status >= 0)
		return status;
	printf("before\n");
	if (!strcmp(rest.v[0], "warning"))
		warning("%s", rest.v[1]);
	else if (!strcmp(rest.v[0], "hint"))
		hint("%s", rest.v[1]);
	else
		die("%s", rest.v[1]);
	printf("after\n");
	return end(&values, &rest);
}

static int cmd_fill(int argc, char **argv)
{
	struct values values = { 0 };
	struct strvec rest = STRVEC_INIT;
	size_t dashes;
	int status = begin(&fill_set, argc, argv, &values, &rest, &dashes);

	if (status >= 0)
		return status;
	pager_start(values.pager);
	for (long i = 0; i < values.count; i++)
		printf("%s%s%s\n", color(COLOR_COMMIT), rest.v[0], color(COLOR_RESET));
	if (values.loud)
		die("it ended badly");
	return end(&values, &rest);
}

static void add_column(struct table *table, char *title)
{
	char *colon = strchr(title, ':');
	enum table_align align = TABLE_LEFT;

	if (colon) {
		*colon = '\0';
		align = strcmp(colon + 1, "right") ? TABLE_FLEX : TABLE_RIGHT;
	}
	table_column(table, title, align);
}

static int cmd_table(int argc, char **argv)
{
	struct values values = { 0 };
	struct strvec rest = STRVEC_INIT;
	struct table table = TABLE_INIT;
	size_t dashes;
	int status = begin(&table_set, argc, argv, &values, &rest, &dashes);

	if (status >= 0)
		return status;
	for (size_t i = 0; i < dashes; i++)
		add_column(&table, rest.v[i]);
	for (size_t i = dashes; i < rest.nr; i++)
		table_cell(&table, COLOR_RESET, "%s", rest.v[i]);
	if (values.pager)
		pager_start(values.pager);
	table_print(&table, stdout, output_width());
	table_release(&table);
	return end(&values, &rest);
}

static int cmd_progress(int argc, char **argv)
{
	struct values values = { 0 };
	struct strvec rest = STRVEC_INIT;
	struct progress p;
	size_t dashes;
	int status = begin(&progress_set, argc, argv, &values, &rest, &dashes);

	if (status >= 0)
		return status;
	progress_start(&p, "Working", (size_t)values.count, values.progress);
	for (long i = 1; i <= values.count; i++) {
		usleep((useconds_t)strtoul(rest.v[0], NULL, 10) * 1000);
		progress_update(&p, (size_t)i);
		if (values.loud)
			warning("%ld", i);
	}
	progress_stop(&p);
	return end(&values, &rest);
}

static int cmd_write(int argc, char **argv)
{
	struct values values = { 0 };
	struct strvec rest = STRVEC_INIT;
	struct tempfile file = TEMPFILE_INIT, other = TEMPFILE_INIT;
	size_t dashes;
	int status = begin(&write_set, argc, argv, &values, &rest, &dashes);
	const char *how = rest.nr > 1 ? rest.v[1] : "";

	if (status >= 0)
		return status;
	if (tempfile_create(&file, rest.v[0]))
		die_error();
	fprintf(file.fp, "%s\n", rest.v[2]);
	/* A second one, so that the list of them is seen to hold more. */
	if (values.loud && tempfile_create(&other, rest.v[0]))
		die_error();
	if (!strcmp(how, "die"))
		die("before the end");
	if (!strcmp(how, "wait")) {
		fflush(file.fp);
		printf("waiting\n");
		fflush(stdout);
		pause();
	}
	printf("written\n");
	fflush(stdout);
	if (!strcmp(how, "keep") && tempfile_commit(&file))
		die_error();
	tempfile_abort(&file);
	tempfile_abort(&other);
	return end(&values, &rest);
}

static const struct command commands[] = {
	{ "words", cmd_words, &words_set, true },
	{ "say", cmd_say, &say_set },
	{ "fill", cmd_fill, &fill_set },
	{ "table", cmd_table, &table_set },
	{ "progress", cmd_progress, &progress_set },
	{ "write", cmd_write, &write_set },
};

int main(int argc, char **argv)
{
	return command_main("test-ui", commands, ARRAY_SIZE(commands), argc, argv);
}
