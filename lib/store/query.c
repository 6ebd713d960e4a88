#include "store/private.h"

#include "base/error.h"
#include "base/strbuf.h"

#define BOOT_COLUMNS                                                                                    \
	"b.id, b.commit_id, b.context_hash, b.machine, b.swprofile, b.benchmark, b.boot_id, b.session," \
	" b.started, b.class, b.build_seconds, b.boot_seconds, b.bench_seconds, b.detail"
#define BOOT_COLUMNS_NR 14
#define SAMPLE_COLUMNS "s.id, s.boot, s.run, s.resultclass, s.value, s.unit, s.better, s.seconds"

struct condition {
	const char *sql;
	/* One of the two. */
	const char *text;
	int64_t number;
};

#define CONDITIONS 8

/* Those that are asked for, in the order of their parameters. */
static size_t conditions_of(const struct store_query *query, bool samples, struct condition *out)
{
	const struct condition all[CONDITIONS] = {
		{ "b.commit_id = ?", query->commit, 0 },
		{ "b.context_hash = ?", query->context, 0 },
		{ "b.machine = ?", query->machine, 0 },
		{ "b.swprofile = ?", query->swprofile, 0 },
		{ "b.benchmark = ?", query->benchmark, 0 },
		{ "s.resultclass = ?", samples ? query->resultclass : NULL, 0 },
		{ "b.session = ?", NULL, query->session },
		{ "b.id = ?", NULL, query->boot },
	};
	size_t nr = 0;

	for (size_t i = 0; i < CONDITIONS; i++)
		if (all[i].text || all[i].number)
			out[nr++] = all[i];
	return nr;
}

/* The newest `last` are taken from the end, and come oldest first. */
static int prepare(struct statement *s, struct store *store, const struct store_query *query, bool samples)
{
	struct condition conditions[CONDITIONS];
	size_t nr = conditions_of(query, samples, conditions);
	struct strbuf sql = STRBUF_INIT;
	int result;

	strbuf_addstr(&sql, samples ? "SELECT * FROM (SELECT " BOOT_COLUMNS ", " SAMPLE_COLUMNS ", s.id AS place"
				      " FROM sample AS s JOIN boot AS b ON b.id = s.boot"
				    : "SELECT * FROM (SELECT " BOOT_COLUMNS ", b.id AS place FROM boot AS b");
	for (size_t i = 0; i < nr; i++)
		strbuf_addf(&sql, "%s%s", i ? " AND " : " WHERE ", conditions[i].sql);
	strbuf_addstr(&sql, " ORDER BY place DESC LIMIT ?) ORDER BY place");
	result = statement_prepare(s, store, "read results", sql.buf);
	strbuf_release(&sql);
	if (result)
		return -1;
	for (size_t i = 0; i < nr; i++) {
		if (conditions[i].text)
			statement_text(s, conditions[i].text);
		else
			statement_int(s, conditions[i].number);
	}
	statement_int(s, query->last ? (int64_t)query->last : -1);
	return 0;
}

static struct store_boot boot_of(struct statement *s)
{
	int class = store_class_parse(column_text(s, 9));

	return (struct store_boot){
		.id = sqlite3_column_int64(s->stmt, 0),
		.commit = column_text(s, 1),
		.context = column_text(s, 2),
		.machine = column_text(s, 3),
		.swprofile = column_text(s, 4),
		.benchmark = column_text(s, 5),
		.boot_id = column_text(s, 6),
		.session = sqlite3_column_int64(s->stmt, 7),
		.started = sqlite3_column_int64(s->stmt, 8),
		/* Of a name that the table does not allow. */
		.class = class < 0 ? STORE_UNFINISHED : (enum store_class) class,
		.build_seconds = column_seconds(s, 10),
		.boot_seconds = column_seconds(s, 11),
		.bench_seconds = column_seconds(s, 12),
		.detail = column_text(s, 13),
	};
}

static struct store_sample sample_of(struct statement *s)
{
	const int at = BOOT_COLUMNS_NR;

	return (struct store_sample){
		.id = sqlite3_column_int64(s->stmt, at),
		.boot = sqlite3_column_int64(s->stmt, at + 1),
		.run = sqlite3_column_int(s->stmt, at + 2),
		.resultclass = column_text(s, at + 3),
		.value = sqlite3_column_double(s->stmt, at + 4),
		.unit = column_text(s, at + 5),
		.better = column_text(s, at + 6),
		.seconds = column_seconds(s, at + 7),
	};
}

int store_boots(struct store *store, const struct store_query *query, store_boot_fn *fn, void *data)
{
	struct statement s;
	int result;

	if (prepare(&s, store, query, false))
		return -1;
	while ((result = statement_step(&s)) > 0) {
		const struct store_boot boot = boot_of(&s);

		result = fn(&boot, data);
		if (result)
			break;
	}
	statement_release(&s);
	return result;
}

int store_samples(struct store *store, const struct store_query *query, store_sample_fn *fn, void *data)
{
	struct statement s;
	int result;

	if (prepare(&s, store, query, true))
		return -1;
	while ((result = statement_step(&s)) > 0) {
		const struct store_boot boot = boot_of(&s);
		const struct store_sample sample = sample_of(&s);

		result = fn(&sample, &boot, data);
		if (result)
			break;
	}
	statement_release(&s);
	return result;
}
