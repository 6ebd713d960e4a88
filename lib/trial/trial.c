#include "trial/trial.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/error.h"
#include "repo/worktree.h"

/* A build may take five times what the slowest one took, and always so much. */
#define BUILD_FACTOR 5
#define BUILD_SECONDS 900
/* A run likewise. */
#define RUN_FACTOR 10
#define RUN_SECONDS 60
/* Before the first run is known. */
#define FIRST_RUN_SECONDS 3600

/* The boot that is going on. */
struct trial_current {
	const struct trial_request *request;
	struct trial_machine *machine;
	struct trial_result *result;
	struct store_boot boot;
	char hex[OID_HEX_MAX + 1];
	bool identified;
	/* Metrics that do not decide, and how many values each has given. */
	struct strmap others;
	size_t *counts;
	size_t ncounts, counts_alloc;
};

static void say(struct trial *trial, const char *what)
{
	if (trial->step)
		trial->step(what, trial->data);
}

static int open_machine(struct trial *trial, size_t i)
{
	struct trial_machine *m = &trial->machines[i];
	char *log = xstrfmt("%s/log", trial->dir);

	m->found = (struct strvec)STRVEC_INIT;
	m->conf = plan_machine(trial->plan, trial->plan->sut.v[i]);
	m->bench = plan_bench(trial->plan, trial->plan->benchmark);
	m->machine = machine_open(trial->plan, m->conf, log);
	free(log);
	if (!m->machine || plan_metrics(trial->plan, m->bench, &m->metrics))
		return -1;
	if (trial->context_hash)
		snprintf(m->hash, sizeof(m->hash), "%s", trial->context_hash);
	else
		plan_hash(trial->plan, m->conf, m->bench, m->hash);
	return 0;
}

static int make_dir(const char *path)
{
	if (mkdir(path, 0700) && errno != EEXIST)
		return error_set("cannot make %s: %s", path, strerror(errno));
	return 0;
}

/* The folder above is there in the main worktree; of a linked one it may not be. */
static int make_dirs(const struct trial *trial)
{
	char *log = xstrfmt("%s/log", trial->dir), *above = xstrdup(trial->dir);
	char *slash = strrchr(above, '/');
	int result;

	if (slash)
		*slash = '\0';
	result = make_dir(above) || make_dir(trial->dir) || make_dir(log) ? -1 : 0;
	free(above);
	free(log);
	return result;
}

int trial_lock(const char *dir, int *fd)
{
	char *path = xstrfmt("%s/lock", dir);
	int result = 0;

	*fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (*fd < 0) {
		result = error_set("cannot make %s: %s", path, strerror(errno));
	} else if (flock(*fd, LOCK_EX | LOCK_NB)) {
		result = error_set("another git perfbisect measures in %s; wait for it, or end it", dir);
		close(*fd);
		*fd = -1;
	}
	free(path);
	return result;
}

int trial_open(struct trial *trial)
{
	trial->worktree = xstrfmt("%s/worktree", trial->dir);
	trial->nmachines = trial->plan->sut.nr;
	trial->machines = xcalloc(trial->nmachines, sizeof(*trial->machines));
	plan_build_hash(trial->plan, trial->build_hash);
	if (make_dirs(trial) || trial_lock(trial->dir, &trial->lock))
		return -1;
	for (size_t i = 0; i < trial->nmachines; i++)
		if (open_machine(trial, i))
			return -1;
	return 0;
}

void trial_close(struct trial *trial)
{
	for (size_t i = 0; i < trial->nmachines; i++) {
		metric_list_release(&trial->machines[i].metrics);
		strvec_release(&trial->machines[i].found);
		if (trial->machines[i].machine)
			machine_close(trial->machines[i].machine);
	}
	if (trial->lock >= 0)
		close(trial->lock);
	trial->lock = -1;
	strmap_release(&trial->pinned);
	free(trial->machines);
	free(trial->worktree);
	trial->machines = NULL;
	trial->nmachines = 0;
	trial->worktree = NULL;
}

enum outcome trial_check(struct trial *trial, size_t machine)
{
	struct trial_machine *m = &trial->machines[machine];
	enum outcome outcome;

	if (m->checked)
		return OUTCOME_MEASURED;
	outcome = machine_check(m->machine);
	m->checked = outcome == OUTCOME_MEASURED;
	return outcome;
}

enum outcome trial_power(struct trial *trial, size_t machine)
{
	return machine_power(trial->machines[machine].machine);
}

static struct trial_event event_of(const struct trial_current *now)
{
	return (struct trial_event){ .id = &now->request->id,
				     .machine = now->request->machine,
				     .boot = now->boot.id };
}

/* Stores what `write` stores and what the caller records, both or neither. */
static int store_both(struct trial *trial, enum trial_moment moment, const struct trial_event *event,
		      int (*write)(struct store *, void *), void *what)
{
	if (store_begin(trial->store))
		return -1;
	if ((write && write(trial->store, what)) ||
	    (trial->record && trial->record(moment, event, trial->data))) {
		store_rollback(trial->store);
		return -1;
	}
	if (store_commit(trial->store)) {
		store_rollback(trial->store);
		return -1;
	}
	return 0;
}

/* A sample, and before the first one of a boot which boot of the machine's it is. */
struct sample_write {
	struct store_sample row;
	/* NULL: said already. */
	const char *boot_id;
};

static int write_sample(struct store *store, void *what)
{
	struct sample_write *w = what;

	if (w->boot_id && store_boot_identify(store, w->row.boot, w->boot_id))
		return -1;
	return store_sample_add(store, &w->row);
}

static int write_end(struct store *store, void *what)
{
	return store_boot_end(store, what);
}

/* The metric that decides when the plan has none was found by the first run. */
static int keep_found(struct trial *trial, const struct bench_result *found)
{
	struct trial_machine *m = trial->current->machine;

	if (m->metrics.nr || !found->found.nr)
		return 0;
	for (size_t i = 0; i < found->found.nr; i++) {
		if (metric_add(&m->metrics, found->found.v[i]))
			return -1;
		strvec_push(&m->found, found->found.v[i]);
	}
	return 0;
}

/* How many values of this metric the boot has given, this one included. */
static size_t count_value(struct trial_current *now, const char *metric)
{
	size_t at = strmap_intern(&now->others, metric, strlen(metric));

	ALLOC_GROW(now->counts, at + 1, now->counts_alloc);
	if (at == now->ncounts)
		now->counts[now->ncounts++] = 0;
	return ++now->counts[at];
}

static int take_sample(const struct bench_sample *sample, void *data)
{
	struct trial *trial = data;
	struct trial_current *now = trial->current;
	struct trial_event event = event_of(now);
	struct sample_write w = { .row = { .boot = now->boot.id,
					   .run = (int)now->result->samples + 1,
					   .resultclass = sample->metric,
					   .value = sample->value,
					   .unit = sample->unit,
					   .better = sample->higher_is_better ? "higher" : "lower",
					   .seconds = sample->seconds },
				  .boot_id = now->identified ? NULL : sample->boot_id };
	int result;

	if (!sample->decides)
		w.row.run = (int)count_value(now, sample->metric);
	event.value = sample->value;
	event.seconds = sample->seconds;
	result = sample->decides ? store_both(trial, TRIAL_SAMPLE, &event, write_sample, &w)
				 : store_sample_add(trial->store, &w.row);
	if (result)
		return -1;
	now->identified |= sample->decides && w.boot_id;
	if (sample->decides)
		now->result->samples++;
	if (trial->show)
		trial->show(sample, &event, trial->data);
	return 0;
}

static void forward_step(const char *what, void *data)
{
	say(data, what);
}

static int forward_line(const char *line UNUSED, size_t len UNUSED, bool is_err UNUSED, void *data)
{
	say(data, NULL);
	return 0;
}

static double build_timeout(const struct trial *trial)
{
	double seconds = BUILD_FACTOR * trial->build_seconds;

	if (trial->plan->build.timeout > 0)
		return trial->plan->build.timeout;
	/* Nothing is known of the first one, which starts from nothing. */
	if (trial->build_seconds <= 0)
		return 0;
	return seconds > BUILD_SECONDS ? seconds : BUILD_SECONDS;
}

static double run_timeout(const struct trial_machine *m)
{
	double seconds = RUN_FACTOR * m->run_seconds;

	if (m->bench->timeout > 0)
		return m->bench->timeout;
	if (m->run_seconds <= 0)
		return FIRST_RUN_SECONDS;
	return seconds > RUN_SECONDS ? seconds : RUN_SECONDS;
}

/* Safe from gc; once is enough. */
static int pin(struct trial *trial, const struct trial_current *now)
{
	size_t hexlen = strlen(now->hex);

	if (strmap_find(&trial->pinned, now->hex, hexlen) >= 0)
		return 0;
	if (pin_add(trial->repo, trial->pins, &now->request->id))
		return -1;
	strmap_intern(&trial->pinned, now->hex, hexlen);
	return 0;
}

/* The worktree at the commit, and the commit safe from gc. */
static enum outcome check_out(struct trial *trial)
{
	const struct oid *id = &trial->current->request->id;

	if (oid_equal(id, &trial->at))
		return OUTCOME_MEASURED;
	say(trial, "checking out");
	if (!trial->prepared && worktree_prepare(trial->repo, trial->worktree, id))
		return OUTCOME_INFRASTRUCTURE;
	trial->prepared = true;
	trial->at = (struct oid){ 0 };
	if (worktree_switch(trial->repo, trial->worktree, id) || pin(trial, trial->current))
		return OUTCOME_INFRASTRUCTURE;
	trial->at = *id;
	return OUTCOME_MEASURED;
}

static int record_build(struct trial *trial, double seconds)
{
	struct trial_event event = event_of(trial->current);

	event.seconds = seconds;
	return store_both(trial, TRIAL_BUILT, &event, NULL, NULL);
}

static enum outcome build(struct trial *trial, struct build_result *built)
{
	struct trial_current *now = trial->current;
	struct build_request request = { .plan = trial->plan,
					 .commit = now->hex,
					 .worktree = trial->worktree,
					 .store = trial->dir,
					 .context_hash = now->machine->hash,
					 .timeout = build_timeout(trial),
					 .line = forward_line,
					 .data = trial };
	enum outcome outcome;

	outcome = check_out(trial);
	if (outcome != OUTCOME_MEASURED)
		return outcome;
	if (!build_is_kept(trial->plan, now->hex, trial->dir))
		say(trial, "building");
	outcome = build_run(&request, built);
	for (size_t i = 0; i < built->notes.nr && trial->note; i++)
		trial->note(built->notes.v[i], trial->data);
	now->result->build_seconds = built->kept ? 0 : built->seconds;
	if (outcome != OUTCOME_MEASURED) {
		strbuf_add(&now->result->tail, built->tail.buf, built->tail.len);
		now->result->log = built->log ? xstrdup(built->log) : NULL;
		return outcome;
	}
	/* Where nothing is built there is nothing to count. */
	if (built->kept || !trial->plan->build.command)
		return outcome;
	if (built->seconds > trial->build_seconds)
		trial->build_seconds = built->seconds;
	return record_build(trial, built->seconds) ? OUTCOME_INFRASTRUCTURE : OUTCOME_MEASURED;
}

/* What the user is shown of a failure: the end of the console where there is one, else what the benchmark said. */
static void keep_last_words(struct trial_current *now, enum outcome outcome, const struct bench_result *result)
{
	const char *console = machine_console(now->machine->machine);
	const char *log = machine_console_log(now->machine->machine);

	if (outcome != OUTCOME_BOOT_FAILED && outcome != OUTCOME_BENCH_FAILED)
		return;
	if (console)
		strbuf_addstr(&now->result->tail, console);
	else if (outcome == OUTCOME_BENCH_FAILED)
		strbuf_add(&now->result->tail, result->output.buf, result->output.len);
	now->result->log = log ? xstrdup(log) : NULL;
}

static enum outcome measure(struct trial *trial, const struct machine_software *software)
{
	struct trial_current *now = trial->current;
	struct trial_machine *m = now->machine;
	struct bench_request request = { .plan = trial->plan,
					 .bench = m->bench,
					 .machine = m->machine,
					 .metrics = m->metrics.nr ? &m->metrics : NULL,
					 .timeout = run_timeout(m),
					 .sample = take_sample,
					 .step = forward_step,
					 .data = trial };
	struct bench_result result = BENCH_RESULT_INIT;
	double start = clock_monotonic();
	enum outcome outcome;

	machine_use(m->machine, software);
	outcome = bench_boot(&request, &result);
	now->result->boot_seconds = clock_monotonic() - start;
	start = clock_monotonic();
	if (outcome == OUTCOME_MEASURED)
		outcome = bench_measure(&request, now->request->samples, &result);
	now->result->bench_seconds = clock_monotonic() - start;
	keep_last_words(now, outcome, &result);
	if (outcome == OUTCOME_MEASURED && keep_found(trial, &result))
		outcome = OUTCOME_INFRASTRUCTURE;
	if (outcome == OUTCOME_MEASURED && result.run_seconds > m->run_seconds)
		m->run_seconds = result.run_seconds;
	bench_result_release(&result);
	return outcome;
}

static enum store_class class_of(enum outcome outcome)
{
	int class = store_class_parse(outcome_name(outcome));

	if (class < 0)
		BUG("outcome %d has no class", (int)outcome);
	return (enum store_class) class;
}

/* The boot's end is stored whatever came before; the first error stays the one to tell. */
static enum outcome end_boot(struct trial *trial, enum outcome outcome)
{
	struct trial_current *now = trial->current;
	struct trial_event event = event_of(now);
	char *why = xstrdup(outcome == OUTCOME_MEASURED ? "" : error_message());

	now->boot.class = class_of(outcome);
	now->boot.build_seconds = now->result->build_seconds;
	now->boot.boot_seconds = now->result->boot_seconds;
	now->boot.bench_seconds = now->result->bench_seconds;
	now->boot.detail = why;
	event.seconds = now->result->boot_seconds > 0 ? now->result->boot_seconds : 0;
	if (store_both(trial, TRIAL_END, &event, write_end, &now->boot))
		outcome = OUTCOME_INFRASTRUCTURE;
	else if (*why)
		(void)error_set("%s", why);
	now->boot.detail = NULL;
	free(why);
	return outcome;
}

static enum outcome run_boot(struct trial *trial)
{
	struct trial_current *now = trial->current;
	struct build_result built = BUILD_RESULT_INIT;
	struct machine_software software = { .commit = now->hex, .context_hash = now->machine->hash };
	enum outcome outcome = OUTCOME_MEASURED;

	software.runs = (size_t)now->machine->bench->warmups + now->request->samples;
	if (now->request->built) {
		software.worktree = now->request->built;
		software.out = now->request->built;
	} else {
		outcome = build(trial, &built);
		software.worktree = trial->worktree;
		software.out = built.out;
	}
	if (outcome == OUTCOME_MEASURED)
		outcome = measure(trial, &software);
	build_result_release(&built);
	return end_boot(trial, outcome);
}

enum outcome trial_boot(struct trial *trial, const struct trial_request *request, struct trial_result *result)
{
	struct trial_machine *m = &trial->machines[request->machine];
	struct trial_current now = { .request = request, .machine = m, .result = result };
	enum outcome outcome = trial_check(trial, request->machine);

	if (outcome != OUTCOME_MEASURED)
		return outcome;
	oid_to_hex(now.hex, &request->id, trial->repo->rawlen);
	now.boot = (struct store_boot){ .commit = now.hex,
					.context = m->hash,
					.machine = m->conf->name,
					.benchmark = m->bench->name,
					.session = trial->session,
					.started = (int64_t)clock_wall(),
					.build_seconds = -1,
					.boot_seconds = -1,
					.bench_seconds = -1 };
	result->build_seconds = result->boot_seconds = result->bench_seconds = -1;
	if (store_boot_begin(trial->store, &now.boot))
		return OUTCOME_INFRASTRUCTURE;
	result->boot = now.boot.id;
	trial->current = &now;
	outcome = run_boot(trial);
	trial->current = NULL;
	strmap_release(&now.others);
	free(now.counts);
	return outcome;
}

void trial_result_release(struct trial_result *result)
{
	free(result->log);
	result->log = NULL;
	strbuf_release(&result->tail);
}
