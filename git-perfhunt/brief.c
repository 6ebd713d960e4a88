#include "brief.h"

#include "base/error.h"
#include "base/job.h"
#include "fixer/place.h"

#define ANNOTATE_LINES 120
#define ANNOTATE_SECONDS 120

static const char patterns[] =
	"| Pattern | Look for | What helps |\n"
	"|---|---|---|\n"
	"| Redundant work | the same result computed again, in a loop or on every call | compute it once, earlier |\n"
	"| Needless copies | buffers, strings or structures copied to be read only | borrow, move, pass a pointer |\n"
	"| Hot allocations | malloc and free in the loop | reuse, a pool, the stack |\n"
	"| Quadratic loops | a search or a walk from the start within a loop | remember the place, an index, sort once |\n"
	"| Reference counts | atomic counts up and down on a short path | borrow for the call |\n"
	"| Missing caching | an expensive answer asked for again and again | keep it in memory, with its key |\n"
	"| Wrong data structure | a list that is searched, a tree that is only scanned | a hash, an array |\n"
	"| Needless formatting | printf, string building for what nobody reads | do it when it is needed |\n"
	"| Hashing | a strong or slow hash where a cheap one does; hashing twice | a cheaper hash, keep the value |\n"
	"| Branch prediction | unlikely cases tested first, data-dependent branches | reorder, hoist, table |\n";

static void add_shares(struct strbuf *out, const json_t *picked)
{
	const char *name;
	json_t *value;

	strbuf_addstr(out, "| Workload | Self time |\n|---|---|\n");
	json_object_foreach(json_object_get(picked, "by_workload"), name, value)
	{
		strbuf_addf(out, "| %s | %.1f %% |\n", name, json_number_value(value));
	}
}

static void add_calls(struct strbuf *out, const char *title, const json_t *list)
{
	json_t *call;
	size_t i;

	if (!json_array_size(list))
		return;
	strbuf_addf(out, "\n%s:", title);
	json_array_foreach(list, i, call)
	{
		strbuf_addf(out, "%s %s (%.1f %%)", i ? "," : "", json_get(call, "function"),
			    json_get_number(call, "percent"));
	}
	strbuf_addch(out, '\n');
}

/* The perf data of the workload where it is hottest. */
static const char *data_of(const struct hunt *h, const char *workload)
{
	json_t *entry;
	size_t i;

	json_array_foreach(json_object_get(h->state.profile, "workloads"), i, entry)
	{
		if (!strcmp(json_get(entry, "workload"), workload))
			return json_get(entry, "perf_data");
	}
	return "";
}

/* With -v perf also prints counts by address. */
static bool is_listing(const char *line, size_t len)
{
	return memmem(line, len, " :", 2) || memchr(line, '|', len) || memmem(line, len, "---", 3);
}

static void add_listing(struct strbuf *out, const char *text)
{
	int lines = 0;

	strbuf_addstr(out, "\n## Where in the function (perf annotate)\n\n```\n");
	for (const char *at = text; *at && lines < ANNOTATE_LINES;) {
		size_t len = strcspn(at, "\n");

		if (is_listing(at, len)) {
			strbuf_add(out, at, len);
			strbuf_addch(out, '\n');
			lines++;
		}
		at += len + (at[len] == '\n');
	}
	strbuf_addstr(out, lines == ANNOTATE_LINES ? "...\n```\n" : "```\n");
}

static void add_annotation(struct hunt *h, struct strbuf *out)
{
	struct job job = JOB_INIT;
	struct strbuf text = STRBUF_INIT;
	const char *symbol = json_get(h->state.picked, "symbol");
	const char *data = data_of(h, json_get(h->state.picked, "workload"));

	/* The name is that of perf report -v; without -v perf has another one, without parameters. */
	strvec_pushl(&job.args, "perf", "annotate", "-v", "--stdio", "--stdio-color", "never", "-i", data,
		     "-s", *symbol ? symbol : json_get(h->state.picked, "function"), NULL);
	job.dir = h->base.path;
	job.out = &text;
	job.timeout = ANNOTATE_SECONDS;
	/* A help, no more. */
	if (!*data || job_run(&job) || job.status)
		strbuf_reset(&text);
	error_clear();
	job_release(&job);
	if (text.len)
		add_listing(out, text.buf);
	strbuf_release(&text);
}

static void add_attempts(struct strbuf *out, const json_t *investigated)
{
	json_t *entry;
	size_t i;

	if (!json_array_size(investigated))
		return;
	strbuf_addstr(out, "\n## What was tried before\n\n");
	json_array_foreach(investigated, i, entry)
	{
		strbuf_addf(out, "- %s: %s. %s\n", json_get(entry, "function"), json_get(entry, "outcome"),
			    json_get(entry, "notes"));
	}
}

static void add_limits(const struct hunt *h, struct strbuf *out)
{
	strbuf_addf(
		out,
		"\n## Limits\n\n"
		"- %.0f seconds in all, after which everything that was started is ended.\n"
		"- At most %ld files. Exit with status 10 when it takes more: the function is then deferred.\n"
		"- The workloads must answer exactly what they answer now, also on inputs that nobody has seen.\n"
		"- Not to be touched:",
		h->plan.fixer_timeout, h->plan.max_files);
	for (size_t i = 0; i < h->plan.protect.nr; i++)
		strbuf_addf(out, " `%s`", h->plan.protect.v[i]);
	strbuf_addstr(out,
		      "; no links, no file modes; no configuration or hooks of git.\n"
		      "- New files are to be added to the index (`git add`); what is tracked is seen anyway.\n"
		      "- No commit is needed; the one that is kept is made once the gain is proven.\n");
	if (h->plan.build)
		strbuf_addf(out, "- Build: `%s`\n", h->plan.build);
	if (h->plan.check)
		strbuf_addf(out, "- Check: `%s`\n", h->plan.check);
}

static void add_data(const struct hunt *h, struct strbuf *out)
{
	json_t *entry;
	size_t i;

	strbuf_addstr(out, "\n## Profiles\n\n");
	json_array_foreach(json_object_get(h->state.profile, "workloads"), i, entry)
	{
		strbuf_addf(out, "- %s (%.3f s): `perf report -i %s`\n", json_get(entry, "workload"),
			    json_get_number(entry, "time_s"), json_get(entry, "perf_data"));
	}
}

void brief_text(struct hunt *h, const char *failed, struct strbuf *out)
{
	const json_t *picked = h->state.picked;
	const char *file = json_get(picked, "file");
	double line = json_get_number(picked, "line");

	strbuf_addf(out, "# Make `%s` faster\n\n", json_get(picked, "function"));
	strbuf_addf(out, "It takes %.1f %% of the time of workload %s itself. It is in `%s`",
		    json_get_number(picked, "max_self_pct"), json_get(picked, "workload"), file);
	if (line > 0)
		strbuf_addf(out, ", line %.0f", line);
	strbuf_addstr(out,
		      ".\nChange the sources in this folder, so that the workloads take less time and answer the "
		      "same.\nWrite to $PERF_RESULT: a line that says what was done (it becomes the commit's "
		      "subject), then why it is faster.\n\n");
	if (failed)
		strbuf_addf(
			out,
			"## The last attempt failed its check\n\nIt is still here. Mend it.\n\n```\n%s```\n\n",
			failed);
	add_shares(out, picked);
	add_calls(out, "Called by", json_object_get(picked, "callers"));
	add_calls(out, "Calls", json_object_get(picked, "callees"));
	add_annotation(h, out);
	strbuf_addf(out, "\n## What is often found\n\n%s", patterns);
	add_limits(h, out);
	add_attempts(out, h->state.investigated);
	add_data(h, out);
}
