#include "profile/perfdata.h"

#include "base/error.h"
#include "profile/calls.h"
#include "profile/clean.h"
#include "profile/binaries.h"
#include "profile/perfchild.h"
#include "profile/report.h"
#include "profile/script.h"
#include "profile/stacks.h"
#include "profile/symbol.h"

/* Frames further out say little of a function, and cost much time. */
#define STACK_FRAMES "24"

/* A function of a path: what became of it. */
struct function {
	uint64_t samples;
	double period;
	/* Of its hottest row of the report, and what that has. Owned. */
	char *symbol;
	uint64_t symbol_samples;
};

struct reading {
	const char *path;
	const struct profile_options *options;
	struct binaries binaries;
	struct report report;
	struct script script;
	/* "<function>\0<path>"; rows of the report come first. */
	struct strmap keys;
	struct function *functions;
	size_t alloc;
	size_t nrows;
	/* Of all samples, also of those whose function is not known or not wanted. */
	double period;
	uint64_t samples;
	/* What the header says was recorded. */
	size_t nevents;
	bool has_stacks;
	struct strbuf name;
	struct strbuf key;
};

bool perfdata_is(const char *text, size_t len)
{
	return len >= 8 && (!memcmp(text, "PERFILE2", 8) || !memcmp(text, "2ELIFREP", 8));
}

/* The number of a function by its name as perf has it, and of its file; and the name without the rest. */
static uint32_t function_of(struct reading *r, const struct place *place)
{
	const char *source_name = NULL, *path;
	size_t id;

	path = binaries_path(&r->binaries, place, &source_name);
	/* What perf could not demangle. */
	if (source_name && (starts_with(place->function, "_Z") || starts_with(place->function, "_R")))
		symbol_name(&r->name, source_name, strlen(source_name));
	else
		symbol_name(&r->name, place->function, strlen(place->function));
	strbuf_reset(&r->key);
	strbuf_add(&r->key, r->name.buf, clean_function(r->name.buf, r->name.len));
	strbuf_addch(&r->key, '\0');
	strbuf_addstr(&r->key, path);
	id = strmap_intern(&r->keys, r->key.buf, r->key.len);
	if (r->alloc <= id) {
		r->alloc = alloc_grown(r->alloc, id + 1);
		r->functions = xreallocarray(r->functions, r->alloc, sizeof(*r->functions));
	}
	if (id == r->nrows)
		r->functions[r->nrows++] = (struct function){ .samples = 0 };
	return (uint32_t)id;
}

static int take_row(const struct report_row *row, void *data)
{
	struct reading *r = data;
	struct place place = { .object = row->object ? row->object : "",
			       .function = row->function,
			       .address = row->address };
	struct function *f;
	uint32_t id;

	r->period += (double)row->period;
	r->samples += row->samples;
	if (!row->is_known || (r->options->kernel_only && row->level != 'k'))
		return 0;
	id = function_of(r, &place);
	f = &r->functions[id];
	f->samples += row->samples;
	f->period += (double)row->period;
	if (!f->symbol || row->samples > f->symbol_samples) {
		free(f->symbol);
		f->symbol = xstrdup(row->function);
		f->symbol_samples = row->samples;
	}
	return 0;
}

static void take_header_line(const char *line, size_t len UNUSED, void *data)
{
	struct reading *r = data;

	if (!starts_with(line, "# event : "))
		return;
	r->nevents++;
	if (strstr(line, "CALLCHAIN") || strstr(line, "BRANCH_STACK"))
		r->has_stacks = true;
}

static int read_header(struct reading *r)
{
	struct perfchild child = PERFCHILD_INIT;
	int result;

	perfchild_args(&child, "report", r->path);
	strvec_pushl(&child.process.args, "--stdio", "--header-only", NULL);
	result = perfchild_run(&child, take_header_line, r);
	if (!result && child.status)
		result = perfchild_explain(&child, NULL);
	perfchild_release(&child);
	return result;
}

static void take_build_id(const char *line, size_t len UNUSED, void *data)
{
	struct reading *r = data;
	size_t n = strspn(line, "0123456789abcdef");
	char *hex;

	if (!n || line[n] != ' ')
		return;
	hex = xmemdupz(line, n);
	binaries_add_build_id(&r->binaries, line + n + strspn(line + n, " "), hex);
	free(hex);
}

static int read_build_ids(struct reading *r)
{
	struct perfchild child = PERFCHILD_INIT;
	int result;

	perfchild_args(&child, "buildid-list", r->path);
	result = perfchild_run(&child, take_build_id, r);
	perfchild_release(&child);
	return result ? result : binaries_check_kernel(&r->binaries, r->path);
}

static void add_choices(struct perfchild *child, const struct profile_options *options)
{
	if (options->vmlinux)
		strvec_pushl(&child->process.args, "-k", options->vmlinux, NULL);
	if (options->time)
		strvec_pushl(&child->process.args, "--time", options->time, NULL);
}

static void take_report_line(const char *line, size_t len, void *data)
{
	struct reading *r = data;

	/* take_row() never fails. */
	if (report_line(&r->report, line, len, 0))
		BUG("a row was refused");
}

static int read_report(struct reading *r)
{
	struct perfchild child = PERFCHILD_INIT;
	int result;

	r->report.fn = take_row;
	r->report.data = r;
	r->report.same_events = true;
	perfchild_args(&child, "report", r->path);
	/* Addresses are printed with -v only, and are right without children only. */
	strvec_pushl(&child.process.args, "--stdio", "--stdio-color", "never", "-v", "--no-children", "-g",
		     "none", "--no-group", "--percent-limit", "0", "-F", "sample,period,dso,sym", "-t", "\t",
		     NULL);
	add_choices(&child, r->options);
	result = perfchild_run(&child, take_report_line, r);
	if (!result && (child.status || !r->report.rows))
		result = perfchild_explain(&child, r->options->time);
	perfchild_release(&child);
	return result;
}

static void take_script_line(const char *line, size_t len, void *data)
{
	script_line(data, line, len);
}

static int read_stacks(struct reading *r)
{
	struct perfchild child = PERFCHILD_INIT;
	int result;

	r->script.event = r->nevents > 1 ? r->report.event.buf : NULL;
	perfchild_args(&child, "script", r->path);
	strvec_pushl(&child.process.args, "--no-inline", "--max-stack", STACK_FRAMES, "-F",
		     r->script.event ? "event,period,ip,sym,symoff,dso" : "period,ip,sym,symoff,dso", NULL);
	add_choices(&child, r->options);
	result = perfchild_run(&child, take_script_line, &r->script);
	script_end(&r->script);
	/* Stacks are weaker evidence: what perf cannot unwind leaves the rows as they are. */
	perfchild_release(&child);
	return result;
}

/* From frames of perf script to our functions, which may be new ones. */
static void name_edges(struct reading *r)
{
	struct script *script = &r->script;
	uint32_t *to = xcalloc(script->keys.nr, sizeof(*to));

	for (size_t i = 0; i < script->keys.nr; i++) {
		struct place place = { .object = script_object(script, i),
				       .function = script_function(script, i),
				       .address = script->frames[i].begin,
				       .is_begin = true };

		to[i] = r->options->kernel_only && !binary_is_kernel(place.object) ? EDGES_UNKNOWN
										   : function_of(r, &place);
	}
	edges_rename(&script->edges, to);
	free(to);
}

static int hottest_first(const void *a, const void *b, void *data)
{
	const struct reading *r = data;
	uint32_t i = *(const uint32_t *)a, j = *(const uint32_t *)b;
	const struct function *x = &r->functions[i], *y = &r->functions[j];
	int order;

	if (x->period != y->period)
		return x->period > y->period ? -1 : 1;
	if (x->samples != y->samples)
		return x->samples > y->samples ? -1 : 1;
	order = strcmp(strmap_key(&r->keys, i), strmap_key(&r->keys, j));
	return order ? order : (i > j) - (i < j);
}

static int add_rows(struct reading *r, struct build *build, const uint32_t *order, size_t nr)
{
	struct stacks_function *functions = xcalloc(r->nrows, sizeof(*functions));
	struct edges by_caller;
	int result = 0;

	for (size_t i = 0; i < r->nrows; i++) {
		functions[i].name = strmap_key(&r->keys, i);
		functions[i].path = functions[i].name + strlen(functions[i].name) + 1;
	}
	stacks_copy(&by_caller, &r->script.edges);
	edges_sort(&by_caller, false);
	edges_sort(&r->script.edges, true);
	build->profile->has_percent = true;
	for (size_t i = 0; !result && i < nr; i++) {
		const struct function *f = &r->functions[order[i]];
		struct profile_row add = { .samples = f->samples, .symbol = f->symbol };

		add.percent = r->period > 0 ? 100 * f->period / r->period
					    : 100 * (double)f->samples / (double)(r->samples ? r->samples : 1);
		add.children = r->script.edges.total
				     ? 100 * (double)edges_on_stack(&r->script.edges, order[i]) /
					       (double)r->script.edges.total
				     : 0;
		if (add.children > 100)
			add.children = 100;
		add.calls = stacks_calls(&r->script.edges, &by_caller, order[i], functions,
					 r->script.edges.total);
		result = build_row(build, functions[order[i]].name, strlen(functions[order[i]].name),
				   functions[order[i]].path, &add);
	}
	edges_release(&by_caller);
	free(functions);
	return result ? error_prefix("%s", r->path) : 0;
}

static int make_rows(struct reading *r, struct build *build)
{
	uint32_t *order = xcalloc(r->nrows, sizeof(*order));
	size_t nr = 0;
	int result;

	for (size_t i = 0; i < r->nrows; i++)
		if (r->functions[i].samples)
			order[nr++] = (uint32_t)i;
	qsort_r(order, nr, sizeof(*order), hottest_first, r);
	if (nr)
		result = add_rows(r, build, order, nr);
	else if (r->options->kernel_only)
		result = error_set("%s has no samples in kernel functions whose names are known; "
				   "was it recorded with -a, as root?",
				   r->path);
	else
		result = error_set("perf knows the name of no function in %s; "
				   "read it where it was recorded, or give it the programs with perf archive",
				   r->path);
	free(order);
	return result;
}

static int read_all(struct reading *r, struct build *build)
{
	if (binaries_prepare(&r->binaries, r->options) || read_header(r) || read_build_ids(r) || read_report(r))
		return -1;
	if (r->has_stacks) {
		if (read_stacks(r))
			return -1;
		name_edges(r);
	}
	return make_rows(r, build);
}

int perfdata_read(struct build *build, const char *path, const struct profile_options *options)
{
	static const struct profile_options none;
	struct reading r = { .path = path,
			     .options = options ? options : &none,
			     .binaries = BINARIES_INIT,
			     .report = REPORT_INIT,
			     .script = SCRIPT_INIT,
			     .keys = STRMAP_INIT,
			     .name = STRBUF_INIT,
			     .key = STRBUF_INIT };
	int result = read_all(&r, build);

	binaries_release(&r.binaries);
	report_release(&r.report);
	script_release(&r.script);
	strmap_release(&r.keys);
	strbuf_release(&r.name);
	strbuf_release(&r.key);
	for (size_t i = 0; i < r.nrows; i++)
		free(r.functions[i].symbol);
	free(r.functions);
	return result;
}
