/* git perfhunt status: where the hunt stands. */
#include "base/error.h"
#include "journal.h"
#include "perfhunt.h"
#include "profiling.h"
#include "iterate.h"
#include "simple.h"
#include "ui/table.h"

struct status_options {
	bool json;
};

static const struct option rows[] = {
	{ .type = OPTION_BOOL, .name = "json", .at = offsetof(struct status_options, json), .help = "print JSON" },
	OPTION_END,
};

static const char *const usage[] = { "[--json]", NULL };

const struct option_set status_set = { .command = "git perfhunt status", .usage = usage, .rows = rows };

static json_t *candidates_now(const struct hunt *h)
{
	struct strvec noise = STRVEC_INIT;
	struct hot hot = HOT_INIT;
	json_t *list = json_array();

	if (h->state.profile) {
		if (journal_noise(h->journal, &noise))
			die_error();
		hot_read(&hot, h, h->state.profile, &noise);
		json_decref(list);
		list = hot_candidates(&hot, h, h->state.profile);
		hot_release(&hot);
	}
	strvec_release(&noise);
	return list;
}

/* The largest share that a function has in the last profile. */
static double share_now(const struct hunt *h, const char *function, const char *file)
{
	json_t *list = json_object_get(h->state.profile, "functions"), *entry, *share;
	double most = 0;
	size_t i, w;

	json_array_foreach(list, i, entry)
	{
		if (strcmp(json_get(entry, "function"), function) != 0 ||
		    strcmp(json_get(entry, "file"), file) != 0)
			continue;
		json_array_foreach(json_object_get(entry, "self"), w, share)
		{
			if (json_number_value(share) > most)
				most = json_number_value(share);
		}
	}
	return most;
}

/* The keys that the state has always had, whatever the event is called. */
static json_t *investigated(const struct hunt *h)
{
	json_t *list = json_array(), *entry;
	size_t i;

	json_array_foreach(h->state.investigated, i, entry)
	{
		json_t *copy = json_deep_copy(entry), *change = json_object_get(copy, "time_change_pct");

		json_object_set(copy, "compile_time_change_pct", change ? change : json_null());
		if (!change)
			json_object_set(copy, "time_change_pct", json_null());
		if (i < h->state.profile_iteration && h->state.profile)
			json_set_real(copy, "samples_pct_after",
				      share_now(h, json_get(entry, "function"), json_get(entry, "file")));
		else
			json_object_set(copy, "samples_pct_after", json_null());
		json_object_del(copy, "change");
		json_append(list, copy);
	}
	return list;
}

static json_t *benchmark_suite(const struct hunt *h)
{
	json_t *suite = json_object(), *list = json_array();

	for (size_t i = 0; i < h->suite.nr; i++) {
		json_t *entry = json_object();

		json_set_text(entry, "name", h->suite.v[i].name);
		json_set_text(entry, "spec", h->suite.v[i].spec);
		json_set_bool(entry, "held_out", i >= h->suite.nr - h->nheld_out);
		json_append(list, entry);
	}
	json_set(suite, "workloads", list);
	return suite;
}

static json_t *state_json(const struct hunt *h)
{
	const struct state *s = &h->state;
	json_t *root = json_object();

	json_set_int(root, "max_iterations", h->plan.max_iterations);
	json_set_int(root, "iteration", (long long)s->iteration);
	json_set_text(root, "phase", phase_name(s->phase));
	json_set_text(root, "branch", json_get(s->start, "branch"));
	json_set_text(root, "clock", json_get(s->start, "clock"));
	json_object_set(root, "wall_noise", json_object_get(s->start, "wall_noise"));
	json_object_set(root, "cpu_noise", json_object_get(s->start, "cpu_noise"));
	json_set(root, "benchmark_suite", benchmark_suite(h));
	json_object_set(root, "baseline", json_object_get(s->start, "baseline"));
	json_set(root, "candidates", candidates_now(h));
	json_set(root, "investigated", investigated(h));
	json_object_set(root, "current_hotspot", s->picked ? s->picked : json_null());
	json_set_int(root, "suite_generation", (long long)s->generation);
	json_set_int(root, "fixes_since_last_profile", (long long)s->fixes_since_profile);
	json_object_set(root, "history", s->history);
	json_object_set(root, "total", s->final ? s->final : json_null());
	json_object_set(root, "done", s->done ? s->done : json_null());
	return root;
}

static void show_investigated(const struct hunt *h)
{
	struct table table = TABLE_INIT;
	json_t *entry;
	size_t i;

	if (!json_array_size(h->state.investigated))
		return;
	printf("\n");
	table_column(&table, "", TABLE_RIGHT);
	table_column(&table, "OUTCOME", TABLE_LEFT);
	table_column(&table, "FUNCTION", TABLE_LEFT);
	table_column(&table, "TIME", TABLE_LEFT);
	table_column(&table, "COMMIT", TABLE_LEFT);
	table_column(&table, "NOTES", TABLE_FLEX);
	json_array_foreach(h->state.investigated, i, entry)
	{
		struct strbuf change = STRBUF_INIT;

		if (json_object_get(entry, "change"))
			add_change(&change, json_object_get(entry, "change"));
		table_cell(&table, COLOR_RESET, "%zu", i + 1);
		table_cell(&table, COLOR_RESET, "%s", json_get(entry, "outcome"));
		table_cell(&table, COLOR_BOLD, "%s", json_get(entry, "function"));
		table_cell(&table, COLOR_RESET, "%s", change.buf);
		table_cell(&table, COLOR_COMMIT, "%.12s", json_get(entry, "commit"));
		table_cell(&table, COLOR_RESET, "%s", json_get(entry, "notes"));
		strbuf_release(&change);
	}
	table_print(&table, stdout, output_width());
	table_release(&table);
}

static void show_text(const struct hunt *h)
{
	const struct state *s = &h->state;
	struct strbuf line = STRBUF_INIT;

	strbuf_addf(&line, "Hunt %" PRId64 " on branch %s: %zu of %ld iterations, suite generation %zu%s",
		    h->row.id, json_get(s->start, "branch"), s->iteration, h->plan.max_iterations,
		    s->generation, s->done ? "; ended: " : "");
	strbuf_addstr(&line, json_get(s->done, "reason"));
	hunt_show(&line);
	if (s->picked) {
		strbuf_reset(&line);
		strbuf_addf(&line, "Now: %s (%s), %s", json_get(s->picked, "function"),
			    json_get(s->picked, "file"), phase_name(s->phase));
		hunt_show(&line);
	}
	show_investigated(h);
	if (json_object_get(s->final, "total")) {
		strbuf_reset(&line);
		strbuf_addstr(&line, "In all: ");
		add_change(&line, json_object_get(s->final, "total"));
		printf("\n");
		hunt_show(&line);
	}
	strbuf_release(&line);
}

static int status(struct hunt *h, void *values, const struct strvec *words UNUSED)
{
	const struct status_options *opts = values;

	if (!h->row.id)
		die("no hunt was ever begun here; git perfhunt start begins one");
	if (!opts->json)
		show_text(h);
	else if (json_print(state_json(h), stdout))
		die_error();
	return EXIT_DONE;
}

int cmd_status(int argc, char **argv)
{
	struct status_options opts = { .json = false };

	return simple_command(&status_set, HUNT_LAST | HUNT_READ_ONLY, 0, &opts, status, argc, argv);
}
