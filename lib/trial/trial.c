#include "trial/trial-private.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/error.h"

/* More worktrees than this no session has had. */
#define PLACES_MAX 4096

void trial_say(const struct trial_machine *m, const char *what)
{
	if (m->trial->step)
		m->trial->step(what, m->index, m->trial->data);
}

static char *place_path(const char *dir, size_t machine)
{
	return xstrfmt("%s/worktree-%zu", dir, machine + 1);
}

static int open_machine(struct trial *trial, size_t i)
{
	struct trial_machine *m = &trial->machines[i];

	m->log = xstrfmt("%s/log", trial->dir);
	m->trial = trial;
	m->index = i;
	m->process = (struct trial_process){ JOB_INIT, -1 };
	m->place = &trial->place;
	if (trial->nmachines > 1) {
		m->own_place.path = place_path(trial->dir, i);
		m->place = &m->own_place;
	}
	m->found = (struct strvec)STRVEC_INIT;
	m->conf = plan_machine(trial->plan, trial->plan->sut.v[i]);
	m->bench = plan_bench(trial->plan, trial->plan->benchmark);
	m->machine = machine_open(trial->plan, m->conf, m->log);
	if (!m->machine || plan_metrics(trial->plan, m->bench, &m->metrics))
		return -1;
	if (trial->context_hash)
		snprintf(m->hash, sizeof(m->hash), "%s", trial->context_hash[i]);
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
	trial->place.path = xstrfmt("%s/worktree", trial->dir);
	trial->builder = (struct trial_process){ JOB_INIT, -1 };
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

void trial_worktrees(const char *dir, struct strvec *paths)
{
	char *path = xstrfmt("%s/worktree", dir);

	for (size_t i = 0; i < PLACES_MAX && (!i || !access(path, F_OK)); i++) {
		if (!access(path, F_OK))
			strvec_push(paths, path);
		free(path);
		path = place_path(dir, i);
	}
	free(path);
}

void trial_close(struct trial *trial)
{
	trial_close_processes(trial);
	for (size_t i = 0; i < trial->nmachines; i++) {
		free(trial->machines[i].out);
		metric_list_release(&trial->machines[i].metrics);
		strvec_release(&trial->machines[i].found);
		free(trial->machines[i].own_place.path);
		if (trial->machines[i].machine)
			machine_close(trial->machines[i].machine);
		free(trial->machines[i].log);
	}
	if (trial->lock >= 0)
		close(trial->lock);
	trial->lock = -1;
	strmap_release(&trial->pinned);
	free(trial->machines);
	free(trial->place.path);
	trial->machines = NULL;
	trial->nmachines = 0;
	trial->place = (struct trial_place){ 0 };
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

/* In this process; a sample is stored at once. */
static int take_sample(const struct bench_sample *sample, void *data)
{
	return trial_take_sample(data, sample);
}

static void forward_step(const char *what, void *data)
{
	trial_say(data, what);
}

int trial_start(struct trial_machine *m, const struct trial_request *request, struct trial_result *result)
{
	struct trial_current *now = xcalloc(1, sizeof(*now));

	now->request = *request;
	now->machine = m;
	now->result = result;
	now->built = (struct trial_built)TRIAL_BUILT_INIT;
	now->measured = (struct trial_measured)TRIAL_MEASURED_INIT;
	oid_to_hex(now->hex, &request->id, m->trial->repo->rawlen);
	plan_layout_hash(m->hash, request->layout, now->hash);
	now->boot = (struct store_boot){ .commit = now->hex,
					 .context = now->hash,
					 .machine = m->conf->name,
					 .benchmark = m->bench->name,
					 .session = m->trial->session,
					 .started = (int64_t)clock_wall(),
					 .build_seconds = -1,
					 .boot_seconds = -1,
					 .bench_seconds = -1 };
	result->build_seconds = result->boot_seconds = result->bench_seconds = -1;
	m->current = now;
	if (store_boot_begin(m->trial->store, &now->boot))
		return -1;
	result->boot = now->boot.id;
	return 0;
}

enum outcome trial_take_built(struct trial_machine *m)
{
	struct trial_current *now = m->current;
	struct trial_built *built = &now->built;
	struct trial_event event = trial_event_of(now);

	if (built->seconds >= 0 || built->outcome == OUTCOME_MEASURED)
		now->result->build_seconds = built->seconds > 0 ? built->seconds : 0;
	for (size_t i = 0; i < built->notes.nr && m->trial->note; i++)
		m->trial->note(built->notes.v[i], m->index, m->trial->data);
	strbuf_add(&now->result->tail, built->tail.buf, built->tail.len);
	if (built->log)
		now->result->log = xstrdup(built->log);
	if (built->why)
		error_set("%s", built->why);
	if (built->outcome != OUTCOME_MEASURED)
		return built->outcome;
	event.seconds = built->seconds;
	if (built->seconds >= 0 && trial_store_both(m->trial, TRIAL_BUILT, &event, NULL, NULL))
		return OUTCOME_INFRASTRUCTURE;
	return OUTCOME_MEASURED;
}

enum outcome trial_take_measured(struct trial_machine *m)
{
	struct trial_current *now = m->current;
	struct trial_measured *measured = &now->measured;

	now->result->boot_seconds = measured->boot_seconds;
	now->result->bench_seconds = measured->bench_seconds;
	strbuf_add(&now->result->tail, measured->output.buf, measured->output.len);
	if (measured->log) {
		free(now->result->log);
		now->result->log = xstrdup(measured->log);
	}
	if (measured->run_seconds > m->run_seconds)
		m->run_seconds = measured->run_seconds;
	if (measured->why)
		error_set("%s", measured->why);
	if (measured->outcome == OUTCOME_MEASURED && trial_keep_found(m, &measured->found))
		return OUTCOME_INFRASTRUCTURE;
	return measured->outcome;
}

enum outcome trial_end(struct trial_machine *m, enum outcome outcome)
{
	struct trial_current *now = m->current;

	if (now->boot.id)
		outcome = trial_store_end(m, outcome);
	m->current = NULL;
	trial_built_release(&now->built);
	trial_measured_release(&now->measured);
	strmap_release(&now->others);
	free(now->counts);
	free(now->why);
	free(now);
	return outcome;
}

/* All of it in this process, which does nothing else meanwhile. */
static enum outcome run_boot(struct trial_machine *m)
{
	struct trial_current *now = m->current;
	const char *built = now->request.built;
	struct trial_work work = { .software = { .commit = now->hex, .context_hash = now->hash },
				   .samples = now->request.samples };
	enum outcome outcome = OUTCOME_MEASURED;

	if (!built) {
		trial_build(m, &now->request, forward_step, m, &now->built);
		outcome = trial_take_built(m);
	}
	if (outcome != OUTCOME_MEASURED)
		return outcome;
	work.software.worktree = built ? built : m->place->path;
	work.software.out = built ? built : now->built.out;
	trial_measure(m, &work, take_sample, forward_step, m, &now->measured);
	return trial_take_measured(m);
}

enum outcome trial_boot(struct trial *trial, const struct trial_request *request, struct trial_result *result)
{
	struct trial_machine *m = &trial->machines[request->machine];
	enum outcome outcome = trial_check(trial, request->machine);

	if (outcome != OUTCOME_MEASURED)
		return outcome;
	return trial_end(m, trial_start(m, request, result) ? OUTCOME_INFRASTRUCTURE : run_boot(m));
}

void trial_result_release(struct trial_result *result)
{
	free(result->log);
	result->log = NULL;
	strbuf_release(&result->tail);
}
