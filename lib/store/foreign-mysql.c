/*
 * MariaDB and MySQL through libmariadb, if it was there when we were built.
 */
#include "store/foreign-private.h"

#include "base/error.h"

#ifndef HAVE_MARIADB

int foreign_open_mysql(struct foreign *foreign, const struct foreign_server *server UNUSED)
{
	return error_set("cannot open '%s': this program was built without libmariadb; install its development "
			 "package and build anew, or export the store as CSV",
			 foreign->name);
}

#else

#include <mysql.h>

#include "base/process.h"
#include "base/strbuf.h"

#define CONNECT_SECONDS 10
#define ANSWER_SECONDS 120
/* Of what git credential says. */
#define ANSWER_MAX 65536
#define PORT 3306

/* foreign->data is the connection. */

static int failed(struct foreign *foreign, const char *what)
{
	MYSQL *db = foreign->data;

	return error_set("cannot %s '%s': %s", what, foreign->name, mysql_error(db));
}

/* What describes the server to git credential; the port belongs to the host there. */
static void describe(struct strbuf *out, const struct foreign_server *server)
{
	bool v6 = strchr(server->host, ':');

	strbuf_addf(out, "protocol=mysql\nhost=%s%s%s", v6 ? "[" : "", server->host, v6 ? "]" : "");
	if (server->port)
		strbuf_addf(out, ":%u", server->port);
	strbuf_addf(out, "\nusername=%s\n", server->user);
}

static int run_credential(const char *action, const struct strbuf *input, struct strbuf *out)
{
	struct process p = PROCESS_INIT;

	strvec_pushl(&p.args, "git", "credential", action, NULL);
	p.err = PROCESS_PIPE;
	return process_capture(&p, input, out, ANSWER_MAX);
}

/* A line of git credential's answer, or NULL; `text` is cut there. */
static char *value_of(char *text, const char *key)
{
	size_t len = strlen(key);
	char *line = text;

	while (line) {
		char *end = strchr(line, '\n');

		if (!strncmp(line, key, len) && line[len] == '=') {
			if (end)
				*end = '\0';
			return line + len + 1;
		}
		line = end ? end + 1 : NULL;
	}
	return NULL;
}

static void wipe(struct strbuf *secret)
{
	explicit_bzero(secret->buf, secret->len);
	strbuf_release(secret);
}

/* One that worked is kept by those helpers that keep any, one that did not is forgotten. */
static void tell_credential(const char *action, const struct foreign_server *server, const char *password)
{
	struct strbuf input = STRBUF_INIT, out = STRBUF_INIT;
	char *message = xstrdup(error_message());

	describe(&input, server);
	strbuf_addf(&input, "password=%s\n\n", password);
	if (run_credential(action, &input, &out) || *message)
		error_set("%s", message);
	free(message);
	wipe(&input);
	strbuf_release(&out);
}

static int set_options(MYSQL *db)
{
	unsigned connect = CONNECT_SECONDS, answer = ANSWER_SECONDS;
	/* A server must not be able to ask for files of ours. */
	unsigned local = 0;

	return mysql_options(db, MYSQL_OPT_CONNECT_TIMEOUT, &connect) ||
	       mysql_options(db, MYSQL_OPT_READ_TIMEOUT, &answer) ||
	       mysql_options(db, MYSQL_OPT_WRITE_TIMEOUT, &answer) ||
	       mysql_options(db, MYSQL_OPT_LOCAL_INFILE, &local) ||
	       mysql_options(db, MYSQL_SET_CHARSET_NAME, "utf8mb4");
}

static int connect_with(struct foreign *foreign, const struct foreign_server *server, const char *password)
{
	MYSQL *db = foreign->data;
	/* "localhost" would mean a socket, whatever the port says. */
	const char *host = !strcmp(server->host, "localhost") && server->port ? "127.0.0.1" : server->host;

	if (!mysql_real_connect(db, host, server->user, password, server->database,
				server->port ? server->port : PORT, NULL, 0))
		return failed(foreign, "connect to");
	if (mysql_query(db, "SET SESSION TRANSACTION READ ONLY") || mysql_query(db, "START TRANSACTION"))
		return failed(foreign, "read");
	return 0;
}

static int log_in(struct foreign *foreign, const struct foreign_server *server)
{
	struct strbuf input = STRBUF_INIT, answer = STRBUF_INIT;
	char *password = NULL;
	int result;

	describe(&input, server);
	strbuf_addch(&input, '\n');
	/* Its room is taken at once, so that no part of the password is left behind by growing. */
	strbuf_grow(&answer, ANSWER_MAX);
	result = run_credential("fill", &input, &answer);
	if (result)
		error_prefix("no password for '%s'", foreign->name);
	else
		password = value_of(answer.buf, "password");
	if (!result && !password)
		result = error_set("git credential has no password for '%s'", foreign->name);
	if (!result) {
		result = connect_with(foreign, server, password);
		tell_credential(result ? "reject" : "approve", server, password);
	}
	strbuf_release(&input);
	wipe(&answer);
	return result;
}

static void add_escaped(struct strbuf *sql, MYSQL *db, const char *text)
{
	size_t len = strlen(text);
	char *out = xmalloc(2 * len + 1);

	strbuf_add(sql, out, mysql_real_escape_string(db, out, text, len));
	free(out);
}

static void add_name(struct strbuf *sql, const char *name)
{
	strbuf_addch(sql, '`');
	for (; *name; name++) {
		if (*name == '`')
			strbuf_addch(sql, '`');
		strbuf_addch(sql, *name);
	}
	strbuf_addch(sql, '`');
}

/* Runs a query whose rows have `nr` columns, and gives them to `fn`. */
static int query(struct foreign *foreign, const char *sql, size_t nr, foreign_row_fn *fn, void *data)
{
	const char *fields[FOREIGN_COLUMNS_MAX];
	MYSQL *db = foreign->data;
	MYSQL_RES *rows = mysql_query(db, sql) ? NULL : mysql_use_result(db);
	MYSQL_ROW row;
	int result = 0;

	if (!rows)
		return failed(foreign, "read");
	if (mysql_num_fields(rows) != nr)
		result = error_set("'%s' answers with other columns than it was asked for", foreign->name);
	while (!result && (row = mysql_fetch_row(rows))) {
		for (size_t i = 0; i < nr; i++)
			fields[i] = row[i] ? row[i] : "";
		result = fn(fields, data);
	}
	if (!result && mysql_errno(db))
		result = failed(foreign, "read");
	mysql_free_result(rows);
	return result;
}

struct table_name {
	char *name;
};

static int take_table(const char *const *fields, void *data)
{
	struct table_name *table = data;

	if (!table->name)
		table->name = xstrdup(fields[0]);
	return 0;
}

/* The table as it is called there, where names may have case: 0, STORE_NONE or -1. */
static int find_table(struct foreign *foreign, const char *table, char **name)
{
	struct strbuf sql = STRBUF_INIT;
	struct table_name found = { .name = NULL };
	int result;

	strbuf_addstr(&sql, "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()"
			    " AND lower(table_name) = lower('");
	add_escaped(&sql, foreign->data, table);
	strbuf_addstr(&sql, "') ORDER BY table_name");
	result = query(foreign, sql.buf, 1, take_table, &found);
	strbuf_release(&sql);
	*name = found.name;
	return result ? result : found.name ? 0 : STORE_NONE;
}

static int take_column(const char *const *fields, void *data)
{
	strvec_push(data, fields[0]);
	return 0;
}

static int mysql_columns(struct foreign *foreign, const char *table, struct strvec *names)
{
	struct strbuf sql = STRBUF_INIT;
	char *name;
	int result = find_table(foreign, table, &name);

	if (!result) {
		strbuf_addstr(&sql, "SELECT column_name FROM information_schema.columns"
				    " WHERE table_schema = DATABASE() AND table_name = '");
		add_escaped(&sql, foreign->data, name);
		strbuf_addstr(&sql, "' ORDER BY ordinal_position");
		result = query(foreign, sql.buf, 1, take_column, names);
	}
	strbuf_release(&sql);
	free(name);
	return result;
}

static void add_conditions(struct strbuf *sql, MYSQL *db, const struct foreign_request *request)
{
	int conditions = 0;

	for (size_t i = 0; i < request->nr; i++) {
		if (!request->columns[i] || !request->equal[i])
			continue;
		strbuf_addstr(sql, conditions++ ? " AND " : " WHERE ");
		add_name(sql, request->columns[i]);
		strbuf_addstr(sql, " = '");
		add_escaped(sql, db, request->equal[i]);
		strbuf_addch(sql, '\'');
	}
}

static int mysql_rows(struct foreign *foreign, const struct foreign_request *request, foreign_row_fn *fn,
		      void *data)
{
	struct strbuf sql = STRBUF_INIT;
	char *name;
	int result = find_table(foreign, request->table, &name);

	if (!result) {
		strbuf_addstr(&sql, "SELECT ");
		for (size_t i = 0; i < request->nr; i++) {
			strbuf_addstr(&sql, i ? ", " : "");
			if (request->columns[i])
				add_name(&sql, request->columns[i]);
			else
				strbuf_addstr(&sql, "NULL");
		}
		strbuf_addstr(&sql, " FROM ");
		add_name(&sql, name);
		add_conditions(&sql, foreign->data, request);
		result = query(foreign, sql.buf, request->nr, fn, data);
	}
	strbuf_release(&sql);
	free(name);
	return result;
}

static void close_server(struct foreign *foreign)
{
	mysql_close(foreign->data);
}

static const struct foreign_kind mysql_kind = { mysql_columns, mysql_rows, close_server };

int foreign_open_mysql(struct foreign *foreign, const struct foreign_server *server)
{
	foreign->data = mysql_init(NULL);
	foreign->kind = &mysql_kind;
	if (!foreign->data || set_options(foreign->data))
		return error_set("cannot set up libmariadb for '%s'", foreign->name);
	return log_in(foreign, server);
}

#endif
