#include "store/private.h"

#include "base/error.h"

#define COLUMNS                                                                               \
	"id, worktree, command, context, context_hash, state, created, finished, runner_pid," \
	" runner_host, runner_since"

static const char *const state_names[] = {
	[STORE_OPEN] = "open",
	[STORE_PAUSED] = "paused",
	[STORE_DONE] = "done",
};

const char *store_state_name(enum store_state state)
{
	if ((size_t)state >= ARRAY_SIZE(state_names))
		BUG("no state %d", (int)state);
	return state_names[state];
}

static enum store_state state_of(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(state_names); i++)
		if (!strcmp(state_names[i], name))
			return (enum store_state)i;
	return STORE_DONE;
}

void store_session_release(struct store_session *session)
{
	free(session->worktree);
	free(session->command);
	free(session->context);
	free(session->context_hash);
	free(session->runner_host);
	*session = (struct store_session)STORE_SESSION_INIT;
}

/* Takes the row, if there is one, and releases the statement. */
static int read_session(struct statement *s, struct store_session *session)
{
	int result = statement_step(s);

	*session = (struct store_session)STORE_SESSION_INIT;
	if (result > 0) {
		session->id = sqlite3_column_int64(s->stmt, 0);
		session->worktree = xstrdup(column_text(s, 1));
		session->command = xstrdup(column_text(s, 2));
		session->context = xstrdup(column_text(s, 3));
		session->context_hash = xstrdup(column_text(s, 4));
		session->state = state_of(column_text(s, 5));
		session->created = sqlite3_column_int64(s->stmt, 6);
		session->finished = sqlite3_column_int64(s->stmt, 7);
		session->runner_pid = sqlite3_column_int64(s->stmt, 8);
		session->runner_host = xstrdup(column_text(s, 9));
		session->runner_since = sqlite3_column_int64(s->stmt, 10);
	}
	statement_release(s);
	return result < 0 ? -1 : result ? 0 : STORE_NONE;
}

static int find(struct store *store, const char *sql, const char *worktree, const char *command,
		struct store_session *session)
{
	struct statement s;

	*session = (struct store_session)STORE_SESSION_INIT;
	if (statement_prepare(&s, store, "read a session", sql))
		return -1;
	statement_text(&s, worktree);
	statement_text(&s, command);
	return read_session(&s, session);
}

int store_session_find(struct store *store, const char *worktree, const char *command,
		       struct store_session *session)
{
	return find(store,
		    "SELECT " COLUMNS " FROM session WHERE worktree = ?1 AND (?2 IS NULL OR command = ?2)"
		    " AND state <> 'done'",
		    worktree, command, session);
}

int store_session_last(struct store *store, const char *worktree, const char *command,
		       struct store_session *session)
{
	return find(store,
		    "SELECT " COLUMNS " FROM session WHERE worktree = ?1 AND (?2 IS NULL OR command = ?2)"
		    " ORDER BY id DESC LIMIT 1",
		    worktree, command, session);
}

int store_session_read(struct store *store, int64_t id, struct store_session *session)
{
	struct statement s;

	*session = (struct store_session)STORE_SESSION_INIT;
	if (statement_prepare(&s, store, "read a session", "SELECT " COLUMNS " FROM session WHERE id = ?"))
		return -1;
	statement_int(&s, id);
	return read_session(&s, session);
}

static int refuse_second(struct store *store, const char *worktree, const char *command)
{
	struct store_session other;
	int result = store_session_find(store, worktree, command, &other);

	if (!result)
		error_set("a session of git %s is under way in '%s' (it is %s); end it with: git %s reset",
			  other.command, worktree, store_state_name(other.state), other.command);
	if (result == STORE_NONE)
		error_set("another session has just been begun and ended in '%s'; run the command again",
			  worktree);
	store_session_release(&other);
	return -1;
}

int store_session_start(struct store *store, const char *worktree, const char *command, const char *context,
			const char *context_hash, int64_t now, int64_t *id)
{
	struct statement s;
	int result;

	if (*worktree != '/')
		BUG("a worktree is named by '%s'", worktree);
	if (statement_prepare_write(&s, store, "begin a session",
				    "INSERT INTO session (worktree, command, context, context_hash, state, created)"
				    " VALUES (?, ?, ?, ?, 'open', ?)"))
		return -1;
	statement_text(&s, worktree);
	statement_text(&s, command);
	statement_text(&s, context);
	statement_text(&s, context_hash);
	statement_int(&s, now);
	result = statement_run_unique(&s);
	if (result > 0)
		return refuse_second(store, worktree, command);
	if (!result)
		*id = sqlite3_last_insert_rowid(store->db);
	return result;
}

/* Runs an update of one session that must not be done. */
static int update(struct statement *s, int64_t id)
{
	sqlite3 *db = s->store->db;

	if (statement_run(s))
		return -1;
	if (!sqlite3_changes(db))
		return error_set("session %" PRId64 " is not there, or is done already", id);
	return 0;
}

int store_session_set_state(struct store *store, int64_t id, enum store_state state)
{
	struct statement s;

	if (state == STORE_DONE)
		BUG("a session is done by store_session_finish()");
	if (statement_prepare_write(&s, store, "store the state of a session",
				    "UPDATE session SET state = ? WHERE id = ? AND state <> 'done'"))
		return -1;
	statement_text(&s, store_state_name(state));
	statement_int(&s, id);
	return update(&s, id);
}

int store_session_finish(struct store *store, int64_t id, int64_t now)
{
	struct statement s;

	if (statement_prepare_write(&s, store, "end a session",
				    "UPDATE session SET state = 'done', finished = ?"
				    " WHERE id = ? AND state <> 'done'"))
		return -1;
	statement_int(&s, now);
	statement_int(&s, id);
	return update(&s, id);
}
