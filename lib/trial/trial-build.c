#include "trial/trial-private.h"

#include "base/error.h"
#include "base/files.h"
#include "base/tempfile.h"
#include "repo/worktree.h"

/* A build may take five times what the slowest one took, and always so much. */
#define BUILD_FACTOR 5
#define BUILD_SECONDS 900
/* Bytes of the file that has the number of one. */
#define LAYOUT_MAX 32

/* A build that is asked for. */
struct order {
	struct trial_machine *m;
	const struct trial_request *wanted;
	char hex[OID_HEX_MAX + 1], hash[PLAN_HASH_SIZE];
	bench_step_fn *step;
	void *data;
	struct trial_built *built;
};

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

/* Safe from gc; once is enough. */
static int pin(const struct order *order)
{
	struct trial *trial = order->m->trial;
	size_t hexlen = strlen(order->hex);

	if (strmap_find(&trial->pinned, order->hex, hexlen) >= 0)
		return 0;
	if (pin_add(trial->repo, trial->pins, &order->wanted->id))
		return -1;
	strmap_intern(&trial->pinned, order->hex, hexlen);
	return 0;
}

/* The place at the commit, and the commit safe from gc. */
static enum outcome check_out(const struct order *order, struct trial_place *place)
{
	struct trial *trial = order->m->trial;

	if (oid_equal(&order->wanted->id, &place->at))
		return OUTCOME_MEASURED;
	order->step("checking out", order->data);
	if (!place->prepared && worktree_prepare(trial->repo, place->path, &order->wanted->id))
		return OUTCOME_INFRASTRUCTURE;
	place->prepared = true;
	place->at = (struct oid){ 0 };
	if (worktree_switch(trial->repo, place->path, &order->wanted->id) || pin(order))
		return OUTCOME_INFRASTRUCTURE;
	place->at = order->wanted->id;
	return OUTCOME_MEASURED;
}

static int forward_line(const char *line UNUSED, size_t len UNUSED, bool is_err UNUSED, void *data)
{
	const struct order *order = data;

	order->step(NULL, order->data);
	return 0;
}

static void forward_wait(const char *what, void *data)
{
	const struct order *order = data;

	order->step(what, order->data);
}

/* What other machines are at must stay. */
static void list_in_use(const struct trial *trial, struct strvec *in_use)
{
	for (size_t i = 0; i < trial->nmachines; i++)
		if (trial->machines[i].out)
			strvec_push(in_use, trial->machines[i].out);
}

static int write_layout(const char *path, size_t layout)
{
	struct tempfile file = TEMPFILE_INIT;

	if (!layout)
		return remove_tree(path);
	if (tempfile_create(&file, path))
		return -1;
	fprintf(file.fp, "%zu\n", layout);
	return tempfile_commit(&file);
}

char *trial_layout_path(const char *worktree)
{
	return xstrfmt("%s.layout", worktree);
}

/*
 * Another layout is another choice of flags, which make does not see: what is built of one
 * must not become part of the other.
 */
static int clear_place(const struct order *order, struct trial_place *place)
{
	char *path = trial_layout_path(place->path);
	struct strbuf text = STRBUF_INIT;
	size_t had = 0;
	int result = 0;

	if (!access(path, F_OK))
		had = strbuf_read_file(&text, path, LAYOUT_MAX) < 0 ? SIZE_MAX : strtoul(text.buf, NULL, 10);
	if (had != order->wanted->layout) {
		order->step("removing what was built otherwise", order->data);
		result = worktree_clean(order->m->trial->repo, place->path);
		if (!result)
			result = write_layout(path, order->wanted->layout);
	}
	strbuf_release(&text);
	free(path);
	return result;
}

static enum outcome run_build(struct order *order, struct trial_place *place, struct build_result *result)
{
	struct trial *trial = order->m->trial;
	struct strvec in_use = STRVEC_INIT;
	struct build_request request = { .plan = trial->plan,
					 .commit = order->hex,
					 .layout = order->wanted->layout,
					 .worktree = place->path,
					 .store = trial->dir,
					 .context_hash = order->hash,
					 .timeout = build_timeout(trial),
					 .in_use = &in_use,
					 .line = forward_line,
					 .wait = forward_wait,
					 .data = order };
	bool under_way;
	enum outcome outcome = build_resume(&request, &under_way);

	if (outcome == OUTCOME_MEASURED && !under_way)
		outcome = check_out(order, place);
	if (outcome != OUTCOME_MEASURED)
		return outcome;
	if (!build_is_kept(&request)) {
		/* A job that is at it has seen to that. */
		if (!under_way && clear_place(order, place))
			return OUTCOME_INFRASTRUCTURE;
		order->step("building", order->data);
	}
	list_in_use(trial, &in_use);
	outcome = build_run(&request, result);
	strvec_release(&in_use);
	return outcome;
}

static enum outcome build_in(struct order *order, struct trial_place *place)
{
	struct trial *trial = order->m->trial;
	struct trial_built *built = order->built;
	struct build_result result = BUILD_RESULT_INIT;
	enum outcome outcome = run_build(order, place, &result);

	/* Where nothing is built there is nothing to count. */
	if (result.log && !result.kept) {
		built->seconds = result.seconds;
		if (outcome == OUTCOME_MEASURED && result.seconds > trial->build_seconds)
			trial->build_seconds = result.seconds;
	}
	for (size_t i = 0; i < result.notes.nr; i++)
		strvec_push(&built->notes, result.notes.v[i]);
	if (outcome == OUTCOME_MEASURED) {
		free(built->out);
		built->out = result.out ? xstrdup(result.out) : NULL;
	} else {
		strbuf_add(&built->tail, result.tail.buf, result.tail.len);
		built->log = result.log ? xstrdup(result.log) : NULL;
	}
	build_result_release(&result);
	return outcome;
}

static bool is_kept(const struct order *order)
{
	const struct build_request request = { .plan = order->m->trial->plan,
					       .commit = order->hex,
					       .layout = order->wanted->layout,
					       .store = order->m->trial->dir };

	return build_is_kept(&request);
}

/*
 * What is built is built in one place, so that builds stay incremental, as long as a machine
 * with a place of its own can have it from what is kept.
 */
void trial_build(struct trial_machine *m, const struct trial_request *request, bench_step_fn *step,
		 void *data, struct trial_built *built)
{
	struct trial *trial = m->trial;
	struct order order = { .m = m, .wanted = request, .step = step, .data = data, .built = built };

	oid_to_hex(order.hex, &request->id, trial->repo->rawlen);
	plan_layout_hash(m->hash, request->layout, order.hash);
	free(m->out);
	m->out = NULL;
	built->outcome = OUTCOME_MEASURED;
	if (m->place != &trial->place && build_keeps(trial->plan) && !is_kept(&order))
		built->outcome = build_in(&order, &trial->place);
	if (built->outcome == OUTCOME_MEASURED)
		built->outcome = build_in(&order, m->place);
	if (built->outcome != OUTCOME_MEASURED)
		built->why = xstrdup(error_message());
	else if (built->out)
		m->out = xstrdup(built->out);
}

void trial_built_release(struct trial_built *built)
{
	free(built->out);
	free(built->log);
	free(built->why);
	strbuf_release(&built->tail);
	strvec_release(&built->notes);
	*built = (struct trial_built)TRIAL_BUILT_INIT;
}
