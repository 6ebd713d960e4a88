#include "profiling.h"

#include <fnmatch.h>

#include "base/error.h"
#include "base/files.h"
#include "profile/profile.h"
#include "rounds.h"
#include "ui/command.h"

/* Percent below which a function is not told of. */
#define SELF_MIN 0.5
#define CHILDREN_MIN 2.0
#define HOTSPOTS_MAX 40
#define FUNCTIONS_MAX 200
/* Fewer say little of a function with 2 %. */
#define SAMPLES_WANTED 1000

/* --- recording --- */

/* Runs a workload below perf record. Seconds. */
static double record(struct hunt *h, size_t workload, const char *data)
{
	struct strvec by = STRVEC_INIT;
	char *scratch = hunt_path(h, "scratch");
	struct run_request request = { .workload = &h->suite.v[workload],
				       .tree = &h->base,
				       .seed = h->suite.v[workload].seed,
				       .input = rounds_input(h, workload),
				       .scratch = scratch,
				       .timeout = h->plan.run_timeout,
				       .by = &by };
	struct run run;

	/* Its cache would link the program into a HOME that is gone at once, and touch it thereby. */
	strvec_pushl(&by, "perf", "record", "-q", "--no-buildid-cache", "-o", data, "-F", NULL);
	strvec_pushf(&by, "%ld", h->plan.frequency);
	if (strcmp(hunt_plan_call_graph(&h->plan), "none") != 0) {
		strvec_push(&by, "--call-graph");
		strvec_push(&by, hunt_plan_call_graph(&h->plan));
	}
	strvec_push(&by, "--");
	if (workload_run(&request, &run))
		die("%s", error_message());
	strvec_release(&by);
	free(scratch);
	return run.wall;
}

/* --- from rows to JSON --- */

static int by_children(const void *a, const void *b)
{
	const struct profile_row *const *x = a, *const *y = b;

	if ((*x)->children != (*y)->children)
		return (*x)->children > (*y)->children ? -1 : 1;
	if ((*x)->percent != (*y)->percent)
		return (*x)->percent > (*y)->percent ? -1 : 1;
	return strcmp((*x)->function, (*y)->function);
}

/* Without stacks it is what the function did itself. */
static double children_of(const struct profile_row *row)
{
	return row->children > row->percent ? row->children : row->percent;
}

static json_t *hotspots(struct profile *profile)
{
	const struct profile_row **rows = xcalloc(profile->nr + 1, sizeof(*rows));
	json_t *list = json_array();

	for (size_t i = 0; i < profile->nr; i++) {
		profile->rows[i].children = children_of(&profile->rows[i]);
		rows[i] = &profile->rows[i];
	}
	if (profile->nr)
		qsort(rows, profile->nr, sizeof(*rows), by_children);
	for (size_t i = 0; i < profile->nr && json_array_size(list) < HOTSPOTS_MAX; i++) {
		json_t *spot;

		if (rows[i]->percent < SELF_MIN && rows[i]->children < CHILDREN_MIN)
			continue;
		spot = json_object();
		json_set_text(spot, "symbol", rows[i]->function);
		json_set_real(spot, "children_pct", rows[i]->children);
		json_set_real(spot, "self_pct", rows[i]->percent);
		json_append(list, spot);
	}
	free(rows);
	return list;
}

static json_t *zeros(size_t nr)
{
	json_t *list = json_array();

	for (size_t i = 0; i < nr; i++)
		json_append(list, json_real(0));
	return list;
}

static json_t *calls(const struct profile_call *v, size_t nr)
{
	json_t *list = json_array();

	for (size_t i = 0; i < nr; i++) {
		json_t *call = json_object();

		json_set_text(call, "function", v[i].function);
		json_set_real(call, "percent", v[i].percent);
		json_append(list, call);
	}
	return list;
}

static bool is_own(const struct hunt *h, const struct profile_row *row)
{
	if (!*row->path)
		return false;
	for (size_t i = 0; i < h->plan.own.nr; i++)
		if (starts_with(row->path, h->plan.own.v[i]) || starts_with(row->function, h->plan.own.v[i]))
			return true;
	return !h->plan.own.nr;
}

/* The entry of a function in the round's list, made at first sight. */
static json_t *function_entry(const struct hunt *h, json_t *functions, const struct profile_row *row)
{
	size_t nworkloads = h->suite.nr - h->nheld_out, i;
	json_t *entry;

	json_array_foreach(functions, i, entry)
	{
		if (!strcmp(json_get(entry, "function"), row->function) &&
		    !strcmp(json_get(entry, "file"), row->path))
			return entry;
	}
	if (json_array_size(functions) == FUNCTIONS_MAX)
		return NULL;
	entry = json_object();
	json_set_text(entry, "function", row->function);
	json_set_text(entry, "file", row->path);
	json_set_bool(entry, "own", is_own(h, row));
	json_set(entry, "self", zeros(nworkloads));
	json_set(entry, "children", zeros(nworkloads));
	json_append(functions, entry);
	return entry;
}

static void add_row(const struct hunt *h, json_t *functions, const struct profile_row *row, size_t workload)
{
	json_t *entry = function_entry(h, functions, row), *self = json_object_get(entry, "self");
	double most = 0;

	if (!entry)
		return;
	for (size_t i = 0; i < json_array_size(self); i++)
		if (json_number_value(json_array_get(self, i)) > most)
			most = json_number_value(json_array_get(self, i));
	json_array_set_new(self, workload, json_real_rounded(row->percent));
	json_array_set_new(json_object_get(entry, "children"), workload, json_real_rounded(children_of(row)));
	/* Those of the workload where it is hottest. */
	if (row->percent >= most)
		json_set_text(entry, "symbol", row->symbol ? row->symbol : row->function);
	if (row->percent >= most && row->calls) {
		json_set(entry, "callers", calls(row->calls->callers, row->calls->ncallers));
		json_set(entry, "callees", calls(row->calls->callees, row->calls->ncallees));
	}
}

/* Is this "name(" at a word's begin, on a line that does not end a statement? */
static bool defines(const char *line, size_t len, const char *name, bool strictly)
{
	size_t n = strlen(name);

	for (const char *at = line; (at = memmem(at, len - (size_t)(at - line), name, n)); at++) {
		const char *after = at + n;

		if ((at > line && is_word_char(at[-1])) || (after < line + len && is_word_char(*after)))
			continue;
		while (after < line + len && (*after == ' ' || *after == '\t'))
			after++;
		if (after < line + len && *after != '(')
			continue;
		if (!strictly || (len && *line != ' ' && *line != '\t' && line[len - 1] != ';'))
			return true;
	}
	return false;
}

/* The line of a file on which a function seems to begin; 0: not found. */
static long find_line(const char *text, size_t size, const char *name, bool strictly)
{
	long number = 1;

	for (const char *at = text, *end = text + size; at < end; number++) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		size_t len = (size_t)((stop ? stop : end) - at);

		if (defines(at, len, name, strictly))
			return number;
		at += len + 1;
	}
	return 0;
}

static void set_line(const struct hunt *h, json_t *entry)
{
	struct oid commit = hunt_oid(h, h->state.head), id;
	const char *file = json_get(entry, "file"), *name = json_get(entry, "function");
	const char *colons = strrchr(name, ':');
	struct object object;
	unsigned mode;
	long line;

	if (!*file || repo_tree_entry(h->repo, &commit, file, &id, &mode) ||
	    repo_read(h->repo, &id, OBJECT_BLOB, &object)) {
		error_clear();
		return;
	}
	name = colons ? colons + 1 : name;
	line = find_line(object.data, object.size, name, true);
	if (!line)
		line = find_line(object.data, object.size, name, false);
	if (line)
		json_set_int(entry, "line", line);
}

static json_t *read_workload(struct hunt *h, size_t workload, const char *data, double seconds,
			     json_t *functions)
{
	struct oid commit = hunt_oid(h, h->state.head);
	struct profile profile = PROFILE_INIT;
	struct profile_options options = { .repo = h->repo, .commit = &commit };
	json_t *entry = json_object();

	if (profile_read(&profile, data, &options))
		die_error();
	json_set_text(entry, "workload", h->suite.v[workload].name);
	json_set_real(entry, "time_s", seconds);
	json_set_text(entry, "perf_data", data);
	json_set_int(entry, "samples", (long long)profile.samples);
	json_set(entry, "hotspots", hotspots(&profile));
	for (size_t i = 0; i < profile.nr; i++)
		if (profile.rows[i].percent >= SELF_MIN)
			add_row(h, functions, &profile.rows[i], workload);
	profile_release(&profile);
	return entry;
}

json_t *profile_round(struct hunt *h)
{
	char *dir = hunt_path(h, "profile/%zu-%zu", h->state.generation, h->state.iteration);
	json_t *round = json_object(), *workloads = json_array(), *functions = json_array();
	size_t i;
	json_t *entry;

	rounds_need_base(h);
	if (remove_tree(dir) || make_directories(dir))
		die_error();
	json_set_int(round, "generation", (long long)h->state.generation);
	json_set_int(round, "iteration", (long long)h->state.iteration);
	for (size_t w = 0; w + h->nheld_out < h->suite.nr; w++) {
		char *data = xstrfmt("%s/%s.data", dir, h->suite.v[w].name);

		json_append(workloads, read_workload(h, w, data, record(h, w, data), functions));
		free(data);
	}
	json_array_foreach(functions, i, entry)
	{
		set_line(h, entry);
	}
	json_set(round, "workloads", workloads);
	json_set(round, "functions", functions);
	free(dir);
	return round;
}

void profile_check_lengths(const json_t *round)
{
	json_t *list = json_object_get(round, "workloads"), *entry;
	size_t i;

	json_array_foreach(list, i, entry)
	{
		double samples = json_get_number(entry, "samples");

		if (samples < SAMPLES_WANTED)
			warning("workload '%s' gives %.0f samples; a profile wants thousands: make it %.0f times "
				"longer, or raise --frequency",
				json_get(entry, "workload"), samples,
				1 + SAMPLES_WANTED / (samples > 1 ? samples : 1));
	}
}

/* --- for the engine --- */

static bool matches(const char *pattern, const char *text)
{
	return !fnmatch(pattern, text, 0);
}

static bool is_listed(const struct strvec *patterns, const char *function, const char *file)
{
	for (size_t i = 0; i < patterns->nr; i++)
		if (matches(patterns->v[i], function) || matches(patterns->v[i], file))
			return true;
	return false;
}

static bool is_investigated(const struct hunt *h, const char *function, const char *file)
{
	json_t *entry;
	size_t i;

	json_array_foreach(h->state.investigated, i, entry)
	{
		if (!strcmp(json_get(entry, "function"), function) && !strcmp(json_get(entry, "file"), file))
			return true;
	}
	return false;
}

void hot_read(struct hot *hot, const struct hunt *h, const json_t *round, const struct strvec *noise)
{
	json_t *list = json_object_get(round, "functions"), *entry;
	size_t nworkloads = json_array_size(json_object_get(round, "workloads")), i;
	double *at;

	hot->nr = json_array_size(list);
	hot->functions = xcalloc(hot->nr + 1, sizeof(*hot->functions));
	at = hot->numbers = xcalloc(hot->nr * nworkloads + 1, sizeof(*hot->numbers));
	json_array_foreach(list, i, entry)
	{
		const char *name = json_get(entry, "function"), *file = json_get(entry, "file");

		for (size_t w = 0; w < nworkloads; w++)
			at[w] = json_number_value(json_array_get(json_object_get(entry, "self"), w));
		hot->functions[i] = (struct hunt_function){ .name = name,
							    .file = *file ? file : NULL,
							    .self_pct = at,
							    .is_own = json_is_true(
								    json_object_get(entry, "own")),
							    .skipped = is_listed(&h->plan.skip, name, file),
							    .noise = is_listed(noise, name, file),
							    .investigated = is_investigated(h, name, file) };
		at += nworkloads;
	}
}

void hot_release(struct hot *hot)
{
	free(hot->functions);
	free(hot->numbers);
	*hot = (struct hot)HOT_INIT;
}

/* The folder that its file is in, by which people know parts of a program. */
static void set_module(json_t *entry, const char *file)
{
	const char *slash = strrchr(file, '/');

	json_set_textn(entry, "module", file, slash ? (size_t)(slash - file) : 0);
}

json_t *hot_candidates(const struct hot *hot, const struct hunt *h, const json_t *round)
{
	json_t *workloads = json_object_get(round, "workloads"), *list = json_array();
	size_t nworkloads = json_array_size(workloads);
	struct hunt_candidate *candidates = xcalloc(hot->nr + 1, sizeof(*candidates));
	size_t nr = hunt_pick(hot->functions, hot->nr, nworkloads, h->plan.threshold, candidates);

	for (size_t i = 0; i < nr; i++) {
		json_t *source = json_array_get(json_object_get(round, "functions"), candidates[i].function);
		json_t *entry = json_object(), *shares = json_object();

		json_set_text(entry, "function", json_get(source, "function"));
		json_set_text(entry, "symbol", json_get(source, "symbol"));
		json_set_text(entry, "file", json_get(source, "file"));
		set_module(entry, json_get(source, "file"));
		json_object_set(entry, "line", json_object_get(source, "line"));
		json_set_real(entry, "max_self_pct", candidates[i].share);
		json_set_text(entry, "workload",
			      json_get(json_array_get(workloads, candidates[i].workload), "workload"));
		for (size_t w = 0; w < nworkloads; w++)
			json_set_real(shares, json_get(json_array_get(workloads, w), "workload"),
				      json_number_value(json_array_get(json_object_get(source, "self"), w)));
		json_set(entry, "by_workload", shares);
		json_object_set(entry, "callers", json_object_get(source, "callers"));
		json_object_set(entry, "callees", json_object_get(source, "callees"));
		json_append(list, entry);
	}
	free(candidates);
	return list;
}
