#include "store/private.h"

#include "base/error.h"
#include "base/json.h"
#include "base/strbuf.h"

/* So that a damaged number does not become an allocation. */
#define EVENTS_MAX 100000000

static int check_payload(const char *kind, const char *payload)
{
	json_t *root = json_loads(payload, JSON_REJECT_DUPLICATES, NULL);
	int result = json_is_object(root)
			   ? 0
			   : error_set("cannot store an event '%s': its payload is no JSON object", kind);

	json_decref(root);
	return result;
}

int store_event_add(struct store *store, int64_t session, const char *kind, int64_t time, const char *payload,
		    int64_t *seq)
{
	struct statement s;
	int result;

	payload = payload ? payload : "{}";
	if (check_payload(kind, payload) ||
	    statement_prepare_write(&s, store, "store an event",
				    "INSERT INTO event (session, seq, kind, time, payload) SELECT ?1,"
				    " coalesce(max(seq), 0) + 1, ?2, ?3, ?4 FROM event WHERE session = ?1"
				    " RETURNING seq"))
		return -1;
	statement_int(&s, session);
	statement_text(&s, kind);
	statement_int(&s, time);
	statement_text(&s, payload);
	result = statement_step(&s);
	if (result > 0 && seq)
		*seq = sqlite3_column_int64(s.stmt, 0);
	/* A row is promised only when the statement has ended. */
	if (result > 0)
		result = statement_step(&s);
	statement_release(&s);
	return result;
}

/* Which events were taken back: a byte for each, by seq. */
struct taken {
	unsigned char *back;
	int64_t last;
};

static int damaged(struct store *store, int64_t session, int64_t seq)
{
	return error_set("'%s' is damaged: event %" PRId64 " of session %" PRId64
			 " is no undo of earlier events",
			 store->path, seq, session);
}

/* Notes what one undo takes back. Those after it were looked at before, so it counts by itself. */
static int apply_undo(struct taken *taken, int64_t seq, const char *payload)
{
	json_t *root = json_loads(payload, JSON_REJECT_DUPLICATES, NULL), *list, *item;
	int result = 0;
	size_t i;

	list = json_object_get(root, "seq");
	if (!json_is_array(list))
		result = -1;
	json_array_foreach(list, i, item)
	{
		json_int_t target = json_integer_value(item);

		if (target < 1 || target >= seq)
			result = -1;
		else
			taken->back[target] = 1;
	}
	json_decref(root);
	return result;
}

static int count_events(struct store *store, int64_t session, int64_t *last)
{
	struct statement s;
	int result;

	if (statement_prepare(&s, store, "read events", "SELECT max(seq) FROM event WHERE session = ?"))
		return -1;
	statement_int(&s, session);
	result = statement_step(&s);
	*last = result > 0 ? sqlite3_column_int64(s.stmt, 0) : 0;
	statement_release(&s);
	if (result >= 0 && (*last < 0 || *last > EVENTS_MAX))
		return damaged(store, session, *last);
	return result < 0 ? -1 : 0;
}

/* From the newest undo to the oldest, so that one which was itself taken back does nothing. */
static int taken_read(struct taken *taken, struct store *store, int64_t session)
{
	struct statement s;
	int result;

	*taken = (struct taken){ .back = NULL };
	if (count_events(store, session, &taken->last) ||
	    statement_prepare(&s, store, "read events",
			      "SELECT seq, payload FROM event WHERE session = ? AND kind = '" STORE_UNDO
			      "' AND seq <= ? ORDER BY seq DESC"))
		return -1;
	taken->back = xcalloc((size_t)taken->last + 1, 1);
	statement_int(&s, session);
	statement_int(&s, taken->last);
	while ((result = statement_step(&s)) > 0) {
		int64_t seq = sqlite3_column_int64(s.stmt, 0);

		if (seq < 1 || (!taken->back[seq] && apply_undo(taken, seq, column_text(&s, 1)))) {
			result = damaged(store, session, seq);
			break;
		}
	}
	statement_release(&s);
	return result;
}

static int add_undo(struct store *store, int64_t session, int64_t time, const int64_t *seqs, size_t nr,
		    int64_t *seq)
{
	struct strbuf payload = STRBUF_INIT;
	struct taken taken;
	int result = taken_read(&taken, store, session);

	for (size_t i = 0; !result && i < nr; i++) {
		if (seqs[i] < 1 || seqs[i] > taken.last)
			result = error_set("there is no event %" PRId64 " to take back", seqs[i]);
		else if (taken.back[seqs[i]])
			result = error_set("event %" PRId64 " was taken back already", seqs[i]);
		else
			taken.back[seqs[i]] = 1;
		strbuf_addf(&payload, "%s%" PRId64, i ? "," : "{\"seq\":[", seqs[i]);
	}
	strbuf_addstr(&payload, "]}");
	if (!result)
		result = store_event_add(store, session, STORE_UNDO, time, payload.buf, seq);
	free(taken.back);
	strbuf_release(&payload);
	return result;
}

int store_event_undo(struct store *store, int64_t session, int64_t time, const int64_t *seqs, size_t nr,
		     int64_t *seq)
{
	bool own = !store->in_transaction;
	int result;

	if (!nr)
		return error_set("there is nothing to take back");
	if (own && store_begin(store))
		return -1;
	result = add_undo(store, session, time, seqs, nr, seq);
	if (own && result)
		store_rollback(store);
	else if (own)
		result = store_commit(store);
	return result;
}

/* `taken` NULL: all events. */
static int read_events(struct store *store, int64_t session, const struct taken *taken, store_event_fn *fn,
		       void *data)
{
	struct statement s;
	int result;

	if (statement_prepare(&s, store, "read events",
			      "SELECT seq, kind, time, payload FROM event WHERE session = ?"
			      " AND seq BETWEEN 1 AND ? ORDER BY seq"))
		return -1;
	statement_int(&s, session);
	statement_int(&s, taken ? taken->last : INT64_MAX);
	while ((result = statement_step(&s)) > 0) {
		const struct store_event event = {
			.session = session,
			.seq = sqlite3_column_int64(s.stmt, 0),
			.kind = column_text(&s, 1),
			.time = sqlite3_column_int64(s.stmt, 2),
			.payload = column_text(&s, 3),
		};

		if (taken && (taken->back[event.seq] || !strcmp(event.kind, STORE_UNDO)))
			continue;
		result = fn(&event, data);
		if (result)
			break;
	}
	statement_release(&s);
	return result;
}

int store_events_read(struct store *store, int64_t session, store_event_fn *fn, void *data)
{
	return read_events(store, session, NULL, fn, data);
}

int store_events_effective(struct store *store, int64_t session, store_event_fn *fn, void *data)
{
	struct taken taken;
	int result = taken_read(&taken, store, session);

	if (!result)
		result = read_events(store, session, &taken, fn, data);
	free(taken.back);
	return result;
}
