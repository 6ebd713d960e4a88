/*
 * Baselines of a result store, as Fastpath keeps them: both software profiles
 * must have results of the same benchmark on the same machine, and be alike in
 * everything but the kernel's commit. The store is only read; what is taken
 * from it is copied into ours.
 */
#include "base/clock.h"
#include "base/error.h"
#include "base/json.h"
#include "start.h"
#include "store/foreign.h"
#include "ui/command.h"

struct baselines {
	struct foreign_swprofile good, bad;
	struct foreign_results good_results, bad_results;
};

static struct baselines baselines;

static void set(struct session *s, const char *key, const char *value)
{
	if (value && *value && plan_set(&s->plan, PLAN_OPTION, key, value, "the result store"))
		die_error();
}

/* One "name=value" a line. */
static void set_lines(struct session *s, const char *key, const char *text)
{
	while (*text) {
		size_t n = strcspn(text, "\n");
		char *line = xmemdupz(text, n);

		set(s, key, line);
		free(line);
		text += n + (text[n] == '\n');
	}
}

static void check_profiles(const struct session *s)
{
	const char *field = foreign_profiles_differ(&baselines.good, &baselines.bad);

	if (field)
		die("the software profiles %s and %s differ in their %s ('%s' and '%s'); "
		    "only their kernel_git_sha may differ, or something else may be the cause",
		    s->plan.good_swprofile, s->plan.bad_swprofile, field,
		    foreign_profile_field(&baselines.good, field),
		    foreign_profile_field(&baselines.bad, field));
	if (!s->plan.good && !*baselines.good.kernel_git_sha)
		die("the software profile %s has no kernel_git_sha; give the revision with --good",
		    s->plan.good_swprofile);
	if (!s->plan.bad && !*baselines.bad.kernel_git_sha)
		die("the software profile %s has no kernel_git_sha; give the revision with --bad",
		    s->plan.bad_swprofile);
}

static void read_results(struct session *s, struct foreign *foreign, const char *profile,
			 struct foreign_results *results)
{
	struct foreign_query query = { .sut = s->plan.sut.nr ? s->plan.sut.v[0] : NULL,
				       .swprofile = profile,
				       .benchmark = s->plan.benchmark,
				       .resultclass = s->plan.result_class };

	if (!query.sut || !query.resultclass)
		die("which results? name the machine with --sut and the metric with --resultclass");
	if (foreign_single_node(foreign, &query) || foreign_results_read(foreign, &query, results))
		die_error();
	if (!results->nr)
		die("%s has no results of %s for '%s' on %s with the software profile %s; measure it first",
		    s->plan.source, query.benchmark, query.resultclass, query.sut, profile);
}

static void count(const struct foreign_results *results, double **values, size_t *nr)
{
	for (size_t i = 0; i < results->nr; i++) {
		*values = xreallocarray(*values, *nr + results->groups[i].nr, sizeof(**values));
		memcpy(*values + *nr, results->groups[i].values, results->groups[i].nr * sizeof(**values));
		*nr += results->groups[i].nr;
	}
}

void start_read_baselines(struct session *s)
{
	const struct plan *plan = &s->plan;
	struct foreign *foreign;

	if (!plan->good_swprofile && !plan->bad_swprofile)
		return;
	if (!plan->good_swprofile || !plan->bad_swprofile || !plan->source)
		die("--good-swprofile, --bad-swprofile and --resultstore belong together; give all three");
	if (foreign_open(&foreign, plan->source, s->store) ||
	    foreign_swprofile_find(foreign, plan->good_swprofile, &baselines.good) ||
	    foreign_swprofile_find(foreign, plan->bad_swprofile, &baselines.bad))
		die_error();
	check_profiles(s);
	read_results(s, foreign, plan->good_swprofile, &baselines.good_results);
	read_results(s, foreign, plan->bad_swprofile, &baselines.bad_results);
	foreign_close(foreign);
	if (!plan->good)
		set(s, "perfbisect.good", baselines.good.kernel_git_sha);
	if (!plan->bad)
		set(s, "perfbisect.bad", baselines.bad.kernel_git_sha);
	set(s, "perfprofile.cmdline", baselines.good.cmdline);
	set_lines(s, "perfprofile.sysctl", baselines.good.sysctl);
	set(s, "perfprofile.bootscript", baselines.good.bootscript);
	count(&baselines.good_results, &s->stored_good, &s->nstored_good);
	count(&baselines.bad_results, &s->stored_bad, &s->nstored_bad);
}

/* Copies of the baselines, as boots and samples of ours. */
static void copy_results(struct session *s, const struct foreign_results *results, const char *profile,
			 const char *commit)
{
	for (size_t i = 0; i < results->nr; i++) {
		const struct foreign_group *group = &results->groups[i];
		char *boot_id = xstrfmt("%s#%" PRId64, group->session_uuid, s->row.id);
		struct store_boot boot = { .commit = commit,
					   .context = "baseline",
					   .machine = s->plan.sut.v[0],
					   .swprofile = profile,
					   .benchmark = s->plan.benchmark,
					   .boot_id = boot_id,
					   .session = s->row.id,
					   .started = (int64_t)clock_wall(),
					   .class = STORE_MEASURED,
					   .build_seconds = -1,
					   .boot_seconds = -1,
					   .bench_seconds = -1 };

		if (store_boot_begin(s->store, &boot))
			die_error();
		for (size_t k = 0; k < group->nr; k++) {
			struct store_sample sample = { .boot = boot.id,
						       .run = (int)k + 1,
						       .resultclass = s->plan.result_class,
						       .value = group->values[k],
						       .unit = results->unit,
						       .better = *results->better ? results->better : "lower",
						       .seconds = -1 };

			if (store_sample_add(s->store, &sample))
				die_error();
		}
		if (store_boot_end(s->store, &boot))
			die_error();
		free(boot_id);
	}
}

static json_t *values_array(const double *values, size_t nr)
{
	json_t *array = json_array();

	for (size_t i = 0; i < nr; i++)
		json_append(array, json_real(values[i]));
	return array;
}

void start_store_baselines(struct session *s)
{
	json_t *root;
	char *text;

	if (!s->nstored_good)
		return;
	if (store_begin(s->store))
		die_error();
	copy_results(s, &baselines.good_results, s->plan.good_swprofile, session_hex(s, 0));
	copy_results(s, &baselines.bad_results, s->plan.bad_swprofile, session_hex(s, s->nr - 1));
	root = json_object();
	json_set(root, "good", values_array(s->stored_good, s->nstored_good));
	json_set(root, "bad", values_array(s->stored_bad, s->nstored_bad));
	json_set_text(root, "from", s->plan.source);
	text = json_dumps(root, JSON_COMPACT);
	json_decref(root);
	if (store_event_add(s->store, s->row.id, "baselines", (int64_t)clock_wall(), text, NULL) ||
	    store_commit(s->store))
		die_error();
	free(text);
	foreign_results_release(&baselines.good_results);
	foreign_results_release(&baselines.bad_results);
	foreign_swprofile_release(&baselines.good);
	foreign_swprofile_release(&baselines.bad);
}
