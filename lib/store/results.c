#include "store/private.h"

#include <math.h>

#include "base/error.h"
#include "base/strbuf.h"

static const char *const class_names[] = {
	[STORE_UNFINISHED] = "unfinished",     [STORE_MEASURED] = "measured",
	[STORE_BUILD_FAILED] = "build-failed", [STORE_BOOT_FAILED] = "boot-failed",
	[STORE_BENCH_FAILED] = "bench-failed", [STORE_INFRASTRUCTURE] = "infrastructure",
};

const char *store_class_name(enum store_class class)
{
	if ((size_t) class >= ARRAY_SIZE(class_names))
		BUG("no outcome class %d", (int)class);
	return class_names[class];
}

int store_class_parse(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(class_names); i++)
		if (!strcmp(class_names[i], name))
			return (int)i;
	return -1;
}

static bool is_empty(const char *text)
{
	return !text || !*text;
}

static int check_boot(const struct store_boot *boot)
{
	const char *commit = boot->commit ? boot->commit : "";
	size_t len = strlen(commit);

	if ((len != 40 && len != 64) || strspn(commit, "0123456789abcdef") != len)
		return error_set("cannot store a boot of '%s': that is not the full id of a commit", commit);
	if (is_empty(boot->context) || is_empty(boot->machine) || is_empty(boot->benchmark))
		return error_set("cannot store a boot of %s: context, machine and benchmark have to be named",
				 commit);
	return 0;
}

static int refuse_second(const char *commit, const char *machine, const char *boot_id)
{
	return error_set("boot '%s' of machine '%s' is stored already for %s: each boot is stored once",
			 boot_id, machine, commit);
}

int store_boot_begin(struct store *store, struct store_boot *boot)
{
	struct statement s;
	char *swprofile;
	int result;

	if (check_boot(boot) ||
	    statement_prepare_write(&s, store, "store a boot",
				    "INSERT INTO boot (commit_id, context_hash, machine, swprofile, benchmark,"
				    " boot_id, session, started, class)"
				    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'unfinished')"))
		return -1;
	swprofile = is_empty(boot->swprofile) ? xstrfmt("bisect-%.12s", boot->commit)
					      : xstrdup(boot->swprofile);
	statement_text(&s, boot->commit);
	statement_text(&s, boot->context);
	statement_text(&s, boot->machine);
	statement_text(&s, swprofile);
	statement_text(&s, boot->benchmark);
	statement_text_or_null(&s, boot->boot_id);
	statement_int_or_null(&s, boot->session);
	statement_int(&s, boot->started);
	result = statement_run_unique(&s);
	free(swprofile);
	if (result > 0)
		return refuse_second(boot->commit, boot->machine, boot->boot_id);
	if (!result)
		boot->id = sqlite3_last_insert_rowid(store->db);
	return result;
}

int store_boot_identify(struct store *store, int64_t boot, const char *boot_id)
{
	struct statement s;
	int result;

	if (is_empty(boot_id))
		return error_set("a boot id is empty");
	if (statement_prepare_write(&s, store, "store a boot id",
				    "UPDATE boot SET boot_id = ? WHERE id = ? AND boot_id IS NULL"))
		return -1;
	statement_text(&s, boot_id);
	statement_int(&s, boot);
	result = statement_run_unique(&s);
	if (result > 0)
		return error_set("boot id '%s' is stored already for the same commit and machine: "
				 "each boot is stored once",
				 boot_id);
	if (!result && !sqlite3_changes(store->db))
		return error_set("boot %" PRId64 " is not stored, or has a boot id already", boot);
	return result;
}

int store_boot_end(struct store *store, const struct store_boot *boot)
{
	struct statement s;

	if (boot->class == STORE_UNFINISHED)
		BUG("a boot ends without an outcome");
	if (statement_prepare_write(&s, store, "store the outcome of a boot",
				    "UPDATE boot SET class = ?, build_seconds = ?, boot_seconds = ?,"
				    " bench_seconds = ?, detail = ? WHERE id = ? AND class = 'unfinished'"))
		return -1;
	statement_text(&s, store_class_name(boot->class));
	statement_seconds(&s, boot->build_seconds);
	statement_seconds(&s, boot->boot_seconds);
	statement_seconds(&s, boot->bench_seconds);
	statement_text_or_null(&s, boot->detail);
	statement_int(&s, boot->id);
	if (statement_run(&s))
		return -1;
	if (!sqlite3_changes(store->db))
		return error_set("boot %" PRId64 " is not stored, or has ended already", boot->id);
	return 0;
}

static int check_sample(const struct store_sample *sample)
{
	if (!isfinite(sample->value))
		return error_set("cannot store a sample: its value is no finite number");
	if (is_empty(sample->resultclass))
		return error_set("cannot store a sample: its resultclass is not named");
	if (sample->run < 1)
		return error_set("cannot store a sample: runs are counted from 1, this is %d", sample->run);
	if (!sample->better || (strcmp(sample->better, "higher") && strcmp(sample->better, "lower")))
		return error_set("cannot store a sample: better is \"%s\", expected higher or lower",
				 sample->better ? sample->better : "");
	return 0;
}

int store_sample_add(struct store *store, struct store_sample *sample)
{
	struct statement s;
	int result;

	if (check_sample(sample) ||
	    statement_prepare_write(&s, store, "store a sample",
				    "INSERT INTO sample (boot, run, resultclass, value, unit, better, seconds)"
				    " VALUES (?, ?, ?, ?, ?, ?, ?)"))
		return -1;
	statement_int(&s, sample->boot);
	statement_int(&s, sample->run);
	statement_text(&s, sample->resultclass);
	statement_real(&s, sample->value);
	statement_text_or_null(&s, sample->unit);
	statement_text(&s, sample->better);
	statement_seconds(&s, sample->seconds);
	result = statement_run_unique(&s);
	if (result > 0)
		return error_set("run %d of '%s' is stored already for boot %" PRId64, sample->run,
				 sample->resultclass, sample->boot);
	if (!result)
		sample->id = sqlite3_last_insert_rowid(store->db);
	return result;
}
