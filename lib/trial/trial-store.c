#include "trial/trial-private.h"

#include "base/error.h"

struct trial_event trial_event_of(const struct trial_current *now)
{
	return (struct trial_event){ .id = &now->request.id,
				     .layout = now->request.layout,
				     .machine = now->request.machine,
				     .boot = now->boot.id };
}

int trial_store_both(struct trial *trial, enum trial_moment moment, const struct trial_event *event,
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

/* How many values of this metric the boot has given, this one included. */
static size_t count_value(struct trial_current *now, const char *metric)
{
	size_t at = strmap_intern(&now->others, metric, strlen(metric));

	ALLOC_GROW(now->counts, at + 1, now->counts_alloc);
	if (at == now->ncounts)
		now->counts[now->ncounts++] = 0;
	return ++now->counts[at];
}

int trial_take_sample(struct trial_machine *m, const struct bench_sample *sample)
{
	struct trial *trial = m->trial;
	struct trial_current *now = m->current;
	struct trial_event event = trial_event_of(now);
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
	result = sample->decides ? trial_store_both(trial, TRIAL_SAMPLE, &event, write_sample, &w)
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

static enum store_class class_of(enum outcome outcome)
{
	int class = store_class_parse(outcome_name(outcome));

	if (class < 0)
		BUG("outcome %d has no class", (int)outcome);
	return (enum store_class) class;
}

enum outcome trial_store_end(struct trial_machine *m, enum outcome outcome)
{
	struct trial_current *now = m->current;
	struct trial_event event = trial_event_of(now);
	char *why = xstrdup(outcome == OUTCOME_MEASURED ? "" : error_message());

	now->boot.class = class_of(outcome);
	now->boot.build_seconds = now->result->build_seconds;
	now->boot.boot_seconds = now->result->boot_seconds;
	now->boot.bench_seconds = now->result->bench_seconds;
	now->boot.detail = why;
	event.seconds = now->result->boot_seconds > 0 ? now->result->boot_seconds : 0;
	if (trial_store_both(m->trial, TRIAL_END, &event, write_end, &now->boot))
		outcome = OUTCOME_INFRASTRUCTURE;
	else if (*why)
		(void)error_set("%s", why);
	now->boot.detail = NULL;
	free(why);
	return outcome;
}
