#include "session.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/sha256.h"
#include "events.h"
#include "repo/commit.h"
#include "ui/command.h"
#include "ui/term.h"

#define COMMAND "perfbisect"

static char *real_or_same(const char *path)
{
	char *real = realpath(path, NULL);

	return real ? real : xstrdup(path);
}

static void find_paths(struct session *s)
{
	const struct repo *repo = s->repo;

	s->perf_dir = xstrfmt("%s/perf", repo->common_dir);
	s->dir = xstrfmt("%s/perf/bisect", repo->git_dir);
	s->context_path = xstrfmt("%s/context", s->dir);
	s->worktree = real_or_same(repo->work_tree ? repo->work_tree : repo->git_dir);
}

static void find_row(struct session *s, int flags)
{
	int found = store_session_find(s->store, s->worktree, COMMAND, &s->row);

	if (found == STORE_NONE && flags & SESSION_LAST)
		found = store_session_last(s->store, s->worktree, COMMAND, &s->row);
	if (found < 0)
		die_error();
	s->exists = !found;
	if (!s->exists && flags & SESSION_MUST_EXIST)
		die("no bisection is going on here; git perfbisect start <bad> <good> -- <benchmark> begins one");
}

void session_open(struct session *s, int flags)
{
	if (config_load(&s->config) || repo_open(&s->repo))
		die_error();
	color_init(config_get(&s->config, "color.perfbisect", config_get(&s->config, "color.ui", NULL)), -1);
	find_paths(s);
	if (flags & SESSION_MAKE_LATER && access(s->perf_dir, F_OK))
		flags |= SESSION_READ_ONLY;
	if (store_open(&s->store, s->perf_dir, flags & SESSION_READ_ONLY ? STORE_READ_ONLY : 0))
		die_error();
	find_row(s, flags);
	if (s->exists && flags & SESSION_RUN &&
	    store_session_lock(s->store, s->row.id, (int64_t)clock_wall(), &s->lock))
		die_error();
}

void session_reopen(struct session *s)
{
	store_close(s->store);
	if (store_open(&s->store, s->perf_dir, 0))
		die_error();
	find_row(s, 0);
}

/* --- the ends and what is between them --- */

/* What a preset found at the first run holds for all that follow. */
static void add_metrics(struct session *s)
{
	struct plan_bench *bench = plan_bench(&s->plan, s->plan.benchmark);

	if (bench->metric.nr)
		return;
	for (size_t i = 0; i < s->metrics.nr; i++)
		strvec_push(&bench->metric, s->metrics.v[i]);
}

static void add_tip(struct session *s)
{
	bool *has_child = xcalloc(s->nr + 1, sizeof(*has_child));
	size_t edges = s->parent_at[s->nr], leaves = 0;

	for (size_t i = 0; i < edges; i++)
		has_child[s->parents[i]] = true;
	s->parent_at = xreallocarray(s->parent_at, s->nr + 2, sizeof(*s->parent_at));
	s->parents = xreallocarray(s->parents, edges + s->nr, sizeof(*s->parents));
	for (size_t i = 1; i < s->nr; i++)
		if (!has_child[i])
			s->parents[edges + leaves++] = (uint32_t)i;
	s->parent_at[s->nr + 1] = (uint32_t)(edges + leaves);
	s->nr++;
	s->tip_added = true;
	free(has_child);
}

static void make_graph(struct session *s)
{
	size_t edges = 0;

	s->nr = s->range.nr + 1;
	s->parent_at = xcalloc(s->nr + 1, sizeof(*s->parent_at));
	s->parents = xcalloc(s->range.nparents + s->nr, sizeof(*s->parents));
	for (size_t i = 0; i < s->range.nr; i++) {
		const struct range_commit *c = &s->range.commits[i];
		size_t parents = s->plan.first_parent && c->nparents > 1 ? 1 : c->nparents;

		s->parent_at[i + 1] = (uint32_t)edges;
		for (size_t k = 0; k < parents; k++) {
			ssize_t at = range_find(&s->range, &s->range.parents[c->parent + k]);

			s->parents[edges++] = at < 0 ? 0 : (uint32_t)at + 1;
		}
		if (!parents)
			s->parents[edges++] = 0;
	}
	s->parent_at[s->nr] = (uint32_t)edges;
	if (!oid_equal(&s->range.commits[s->range.nr - 1].id, &s->bad))
		add_tip(s);
}

void session_list(struct session *s)
{
	struct range *range = &s->range;

	range->tip = s->bad;
	range->nbase = s->ngood;
	range->base = xcalloc(s->ngood, sizeof(*range->base));
	memcpy(range->base, s->good, s->ngood * sizeof(*range->base));
	range->tip_name = xstrdup(s->plan.bad ? s->plan.bad : "bad");
	range->base_name = xstrdup(s->plan.good ? s->plan.good : "good");
	range->first_parent = s->plan.first_parent;
	range->paths = &s->plan.paths;
	if (range_list(s->repo, range))
		die_error();
	make_graph(s);
	s->problem = (struct bisect_problem){ .nr = s->nr,
					      .parent_at = s->parent_at,
					      .parents = s->parents,
					      .prior = s->prior,
					      .stored_good = s->stored_good,
					      .stored_bad = s->stored_bad,
					      .nstored_good = s->nstored_good,
					      .nstored_bad = s->nstored_bad };
	session_read_prior(s);
}

void session_compare(struct session *s, const struct oid *good, const struct oid *bad)
{
	struct oid ends[2] = { *good, *bad };

	free(s->good);
	free(s->parent_at);
	free(s->parents);
	s->ngood = 1;
	s->good = xcalloc(1, sizeof(*s->good));
	s->good[0] = ends[0];
	s->bad = ends[1];
	s->nr = 2;
	s->parent_at = xcalloc(3, sizeof(*s->parent_at));
	s->parents = xcalloc(1, sizeof(*s->parents));
	s->parent_at[2] = 1;
	s->tip_added = true;
	s->whole = true;
	s->problem = (struct bisect_problem){ .nr = 2, .parent_at = s->parent_at, .parents = s->parents };
}

size_t session_find(const struct session *s, const struct oid *id)
{
	ssize_t at;

	/* A commit that is compared with itself is the one that is tested. */
	if (s->tip_added && oid_equal(id, &s->bad))
		return s->nr - 1;
	for (size_t i = 0; i < s->ngood; i++)
		if (oid_equal(&s->good[i], id))
			return 0;
	at = range_find(&s->range, id);
	return at < 0 ? BISECT_NONE : (size_t)at + 1;
}

const struct oid *session_oid(const struct session *s, size_t commit)
{
	if (!commit)
		return &s->good[0];
	if (commit == s->nr - 1)
		return &s->bad;
	return &s->range.commits[commit - 1].id;
}

const char *session_hex(const struct session *s, size_t commit)
{
	static char hex[4][OID_HEX_MAX + 1];
	static unsigned next;

	next = (next + 1) % 4;
	return oid_to_hex(hex[next], session_oid(s, commit), s->repo->rawlen);
}

char *session_subject(const struct session *s, size_t commit, size_t max)
{
	struct object object;
	struct commit_text text;
	char *subject;

	if (repo_read(s->repo, session_oid(s, commit), OBJECT_COMMIT, &object) ||
	    commit_parse(object.data, object.size, &text))
		return xstrdup("");
	subject = xmemdupz(text.subject, text.subject_len < max ? text.subject_len : max);
	for (char *p = subject; *p; p++)
		if (*p == '\n')
			*p = ' ';
	return subject;
}

/* --- the engine --- */

enum bisect_strategy session_strategy(const struct session *s)
{
	switch (s->plan.strategy) {
	case PLAN_ADAPTIVE:
		return BISECT_ADAPTIVE;
	case PLAN_SEQUENTIAL:
		return BISECT_SEQUENTIAL;
	default:
		return BISECT_BAYES;
	}
}

const char *session_metric(const struct session *s, const char **unit, bool *higher)
{
	static struct metric_list metrics;
	const struct plan_bench *bench = plan_bench(&s->plan, s->plan.benchmark);

	metric_list_release(&metrics);
	*unit = "";
	*higher = false;
	if (!bench || plan_metrics(&s->plan, bench, &metrics) || !metrics.nr) {
		error_clear();
		return s->plan.result_class ? s->plan.result_class : "";
	}
	*unit = metrics.items[0].unit;
	*higher = s->plan.better == PLAN_BETTER_AS_METRIC ? metrics.items[0].higher_is_better
							  : s->plan.better == PLAN_BETTER_HIGHER;
	return metrics.items[0].name;
}

static void set_options(struct session *s, enum bisect_strategy strategy)
{
	const struct plan_bench *bench = plan_bench(&s->plan, s->plan.benchmark);
	const char *unit;
	bool higher;

	session_metric(s, &unit, &higher);
	s->options.strategy = strategy;
	/* What is looked for is the commit that made it better: then better is what the bad end is. */
	s->options.better = higher != s->plan.find_fix ? 1 : -1;
	s->options.repeats = (size_t)bench->repeats;
	s->options.confidence = s->plan.confidence;
	/* Fastpath's baselines are so many boots. */
	if (strategy == BISECT_ADAPTIVE)
		s->options.anchors_min = (size_t)bench->sessions;
	s->options.floor = s->plan.min_effect;
	s->options.budget_boots = (size_t)s->plan.budget_boots;
	s->options.budget_seconds = s->plan.budget_seconds;
	/* The others compare no machine with another: they see what the first one measures. */
	s->options.machines = strategy == BISECT_BAYES ? s->plan.sut.nr : 1;
	/* What several machines measure is built by one process. */
	s->options.builders = 1;
	/* They do not ask how far commits differ by themselves, either. */
	s->options.layouts = strategy == BISECT_BAYES ? (size_t)s->plan.build.layouts : 1;
	s->options.force = s->force;
	s->options.all_steps = s->all_steps;
}

static void touch(struct session *s, size_t commit)
{
	if (commit == BISECT_NONE || s->is_touched[commit])
		return;
	s->is_touched[commit] = true;
	ALLOC_GROW(s->touched, s->ntouched + 1, s->touched_alloc);
	s->touched[s->ntouched++] = commit;
}

static struct session_boot *open_boot_of(struct session *s, size_t machine)
{
	if (machine >= s->nopen) {
		s->open = xreallocarray(s->open, machine + 1, sizeof(*s->open));
		memset(s->open + s->nopen, 0, (machine + 1 - s->nopen) * sizeof(*s->open));
		s->nopen = machine + 1;
	}
	return &s->open[machine];
}

int session_tell(struct session *s, const struct bisect_event *event)
{
	if (bisect_record(s->engine, event))
		return -1;
	touch(s, event->commit);
	if (event->kind == BISECT_SAMPLE)
		*open_boot_of(s, event->machine) = (struct session_boot){ event->boot, event->commit,
									  event->layout };
	else if (event->kind == BISECT_BOOT_END)
		*open_boot_of(s, event->machine) = (struct session_boot){ 0 };
	return 0;
}

static int replay_event(const struct store_event *stored, void *data)
{
	struct session *s = data;
	struct bisect_event event;
	int result;

	if (event_kind_parse(stored->kind) < 0)
		return 0;
	result = event_parse(s, stored->kind, stored->payload, &event);
	if (result < 0)
		return error_prefix("event %" PRId64 " of the session", stored->seq);
	if (result > 0 || event.machine >= s->options.machines)
		return 0;
	return session_tell(s, &event) ? error_prefix("event %" PRId64 " of the session", stored->seq) : 0;
}

void session_replay(struct session *s, enum bisect_strategy strategy)
{
	set_options(s, strategy);
	bisect_free(s->engine);
	s->engine = bisect_new(&s->problem, &s->options);
	s->nopen = 0;
	s->ntouched = 0;
	free(s->is_touched);
	s->is_touched = xcalloc(s->nr, sizeof(*s->is_touched));
	if (s->row.id && store_events_effective(s->store, s->row.id, replay_event, s))
		die_error();
	for (size_t i = 0; i < s->nkept; i++)
		if (session_tell(s, &s->kept[i]))
			die_error();
}

void session_hash(struct session *s)
{
	const struct plan *plan = &s->plan;
	struct strbuf all = STRBUF_INIT;

	free(s->machine_hash);
	s->machine_hash = xcalloc(plan->sut.nr, sizeof(*s->machine_hash));
	for (size_t i = 0; i < plan->sut.nr; i++) {
		plan_hash(plan, plan_machine(plan, plan->sut.v[i]), plan_bench(plan, plan->benchmark),
			  s->machine_hash[i]);
		strbuf_addf(&all, "%s %s\n", s->machine_hash[i], plan->sut.v[i]);
	}
	if (plan->sut.nr == 1)
		memcpy(s->context_hash, s->machine_hash[0], sizeof(s->context_hash));
	else
		sha256_hex(all.buf, all.len, s->context_hash);
	strbuf_release(&all);
}

void session_load(struct session *s)
{
	session_load_plan(s);
	session_read_facts(s);
	session_hash(s);
	add_metrics(s);
	if (!s->whole)
		return;
	session_list(s);
	session_replay(s, session_strategy(s));
}

int session_store(struct session *s, const struct bisect_event *event)
{
	char *payload;
	int result;

	if (!s->row.id) {
		ALLOC_GROW(s->kept, s->nkept + 1, s->kept_alloc);
		s->kept[s->nkept++] = *event;
		return 0;
	}
	payload = event_payload(s, event);
	result = store_event_add(s->store, s->row.id, event_kind_name(event->kind), (int64_t)clock_wall(),
				 payload, NULL);

	free(payload);
	return result;
}

int session_record(struct session *s, const struct bisect_event *event)
{
	/* What the engine refuses must not be there when the session is read again. */
	return session_tell(s, event) || session_store(s, event) ? -1 : 0;
}

const char *session_term(const struct session *s, enum bisect_mark mark)
{
	switch (mark) {
	case BISECT_GOOD:
		return s->plan.term_good ? s->plan.term_good : "good";
	case BISECT_BAD:
		return s->plan.term_bad ? s->plan.term_bad : "bad";
	default:
		return "skip";
	}
}

void session_waiting(const struct session *s, struct strbuf *out)
{
	enum bisect_mark missing = s->plan.bad ? BISECT_GOOD : BISECT_BAD;

	strbuf_addf(out, "the %s end is not known yet; git perfbisect %s <rev>", session_term(s, missing),
		    missing == BISECT_BAD ? "bad" : "good");
}

int session_close_boots(struct session *s)
{
	for (size_t i = 0; i < s->nopen; i++) {
		struct bisect_event event = { .kind = BISECT_BOOT_END,
					      .commit = s->open[i].commit,
					      .layout = s->open[i].layout,
					      .machine = i,
					      .boot = s->open[i].boot };

		if (event.boot && session_record(s, &event))
			return -1;
	}
	return 0;
}

int session_status(enum bisect_verdict verdict)
{
	switch (verdict) {
	case BISECT_NAMED:
		return EXIT_DONE;
	case BISECT_NOT_REPRODUCED:
		return EXIT_NEGATIVE;
	default:
		return EXIT_UNDECIDED;
	}
}

void session_need_context(const struct session *s)
{
	if (strcmp(s->context_hash, s->row.context_hash) != 0)
		die("build, machine or benchmark in %s are not what this session was started with, and results "
		    "could not be compared; put it back, or git perfbisect reset and start anew",
		    s->context_path);
}

void session_need_ends(const struct session *s)
{
	struct strbuf text = STRBUF_INIT;

	if (s->whole)
		return;
	session_waiting(s, &text);
	die("%s", text.buf);
}

void session_release(struct session *s)
{
	bisect_free(s->engine);
	store_unlock(&s->lock);
	store_session_release(&s->row);
	store_close(s->store);
	range_release(&s->range);
	plan_release(&s->plan);
	strvec_release(&s->metrics);
	config_release(&s->config);
	repo_close(s->repo);
	free(s->good);
	free(s->parent_at);
	free(s->parents);
	free(s->prior);
	free(s->prior_text);
	free(s->touched);
	free(s->kept);
	free(s->is_touched);
	free(s->open);
	free(s->machine_hash);
	free(s->stored_good);
	free(s->stored_bad);
	free(s->dir);
	free(s->perf_dir);
	free(s->worktree);
	free(s->context_path);
	*s = (struct session)SESSION_INIT;
}
