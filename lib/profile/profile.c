#include "profile/profile.h"

#include <fcntl.h>

#include "base/csv.h"
#include "base/error.h"
#include "base/strbuf.h"
#include "profile/build.h"
#include "profile/calls.h"
#include "profile/clean.h"
#include "profile/folded.h"
#include "profile/input.h"
#include "profile/perfdata.h"
#include "profile/report.h"
#include "profile/symbol.h"
#include "profile/table.h"

/* A row of the text of perf report on its way into the profile. */
struct report_reading {
	struct build *build;
	struct report report;
	struct strbuf name;
	struct strbuf path;
};

static int take_report_row(const struct report_row *row, void *data)
{
	struct report_reading *r = data;
	struct profile *profile = r->build->profile;
	struct profile_row add = { .samples = row->samples, .percent = row->percent, .line = row->line };

	/* Of functions that only called others, the table has a share of none of their own. */
	if (!row->is_known || (!row->samples && row->percent <= 0))
		return 0;
	/* The first row decides, should there be more tables of other columns. */
	if (!profile->nr)
		profile->has_percent = row->percent >= 0;
	if (!profile->has_percent)
		add.percent = -1;
	else if (add.percent < 0)
		return 0;
	/* Without debug information perf has the program's name for the file's, or an absolute path. */
	if (!row->file || !strchr(row->file, '/') || clean_path(&r->path, row->file))
		strbuf_reset(&r->path);
	error_clear();
	symbol_name(&r->name, row->function, strlen(row->function));
	if (build_row(r->build, r->name.buf, r->name.len, r->path.buf, &add))
		return error_prefix("line %zu", row->line);
	return 0;
}

static int take_report_line(const char *line, size_t len, size_t number, void *data)
{
	struct report_reading *r = data;

	return report_line(&r->report, line, len, number);
}

static int read_report(struct build *build, struct input *input)
{
	struct report_reading r = {
		.build = build, .report = REPORT_INIT, .name = STRBUF_INIT, .path = STRBUF_INIT
	};
	int result;

	r.report.fn = take_report_row;
	r.report.data = &r;
	result = input_lines(input, take_report_line, &r);
	if (!result && !build->profile->nr)
		result = error_set("no functions in it; expected what perf report --stdio prints, "
				   "with columns like Overhead and Symbol");
	report_release(&r.report);
	strbuf_release(&r.name);
	strbuf_release(&r.path);
	return result;
}

/* perf report begins with comments; a CSV has its names first. */
static bool is_report(const char *text, size_t len)
{
	while (len && (*text == '\n' || *text == '\r')) {
		text++;
		len--;
	}
	return len && *text == '#';
}

static int check_text(const struct profile_options *options)
{
	if (options && (options->vmlinux || options->modules || options->time || options->kernel_only))
		return error_set("--vmlinux, --modules, --time and --kernel-only are for what perf record wrote; "
				 "this is no perf.data");
	return 0;
}

static int read_text(struct build *build, struct input *input, const char *text, size_t len,
		     const struct profile_options *options)
{
	if (check_text(options))
		return -1;
	if (len > 3 && !memcmp(text, "\xef\xbb\xbf", 3)) {
		text += 3;
		len -= 3;
	}
	if (is_report(text, len))
		return read_report(build, input);
	return folded_is(text, len) ? folded_read(build, input) : table_read(build, input);
}

/* By what it begins with; `path` is NULL where there is no file. */
static int read_profile(struct profile *profile, struct input *input, const char *path, const char *name,
			const struct profile_options *options)
{
	struct build build = { .profile = profile };
	const char *text;
	ssize_t len = input_peek(input, &text);
	bool is_perfdata = len > 0 && perfdata_is(text, (size_t)len);
	int result = -1;

	profile->name = xstrdup(name);
	if (is_perfdata && !path)
		error_set("perf wants a file of its own data; give its name");
	else if (is_perfdata)
		result = perfdata_read(&build, path, options);
	else if (len >= 0)
		result = read_text(&build, input, text, (size_t)len, options);
	/* Those of a perf.data name what they are about. */
	if (result && !(is_perfdata && path))
		error_prefix("%s", name);
	build_release(&build);
	return result;
}

int profile_parse(struct profile *profile, const char *text, size_t len, const char *name)
{
	struct input input;
	int result;

	input_memory(&input, text, len);
	result = read_profile(profile, &input, NULL, name, NULL);
	input_release(&input);
	return result;
}

int profile_read(struct profile *profile, const char *path, const struct profile_options *options)
{
	bool is_stdin = !strcmp(path, "-");
	struct input input;
	int fd = STDIN_FILENO, result;

	if (!is_stdin) {
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			return error_set("cannot open %s: %s", path, strerror(errno));
	}
	input_file(&input, fd);
	result = read_profile(profile, &input, is_stdin ? NULL : path, is_stdin ? "standard input" : path,
			      options);
	input_release(&input);
	if (!is_stdin)
		close(fd);
	return result;
}

void profile_release(struct profile *profile)
{
	for (size_t i = 0; i < profile->nr; i++) {
		free(profile->rows[i].function);
		free(profile->rows[i].symbol);
		profile_calls_free(profile->rows[i].calls);
	}
	free(profile->rows);
	strmap_release(&profile->paths);
	free(profile->name);
	*profile = (struct profile)PROFILE_INIT;
}

double profile_share(const struct profile *profile, size_t i)
{
	const struct profile_row *row = &profile->rows[i];

	if (profile->has_percent)
		return row->percent;
	return profile->samples ? 100 * ((double)row->samples / (double)profile->samples) : 0;
}

static bool has_calls(const struct profile *profile)
{
	for (size_t i = 0; i < profile->nr; i++)
		if (profile->rows[i].calls)
			return true;
	return false;
}

static void add_calls(const struct profile_calls *calls, struct strbuf *out)
{
	struct strbuf cell = STRBUF_INIT;

	strbuf_addch(out, ',');
	if (calls)
		calls_add_cell(&cell, calls->callers, calls->ncallers);
	csv_add_field(out, cell.buf);
	strbuf_addch(out, ',');
	strbuf_reset(&cell);
	if (calls)
		calls_add_cell(&cell, calls->callees, calls->ncallees);
	csv_add_field(out, cell.buf);
	strbuf_release(&cell);
}

void profile_add_csv(const struct profile *profile, struct strbuf *out)
{
	bool calls = has_calls(profile);

	strbuf_addf(out, "function,samples,sys_percent,file_path%s\n", calls ? ",callers,callees" : "");
	for (size_t i = 0; i < profile->nr; i++) {
		const struct profile_row *row = &profile->rows[i];

		csv_add_field(out, row->function);
		strbuf_addf(out, ",%" PRIu64 ",%.3f,", row->samples, profile_share(profile, i));
		csv_add_field(out, row->path);
		if (calls)
			add_calls(row->calls, out);
		strbuf_addch(out, '\n');
	}
}
