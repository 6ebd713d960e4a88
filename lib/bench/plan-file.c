#include <strings.h>

#include "base/configfile.h"
#include "base/error.h"
#include "base/tempfile.h"
#include "bench/plan-keys.h"

/* Would a comment behind this value hide a part of it? */
static bool is_delicate(const char *section, const char *name)
{
	for (int i = 0; i < PLAN_SECTIONS; i++) {
		const struct plan_key *row;

		if (strcasecmp(section, plan_section_names[i]) != 0)
			continue;
		row = plan_key_find((enum plan_section)i, name);
		return row && (row->type == PLAN_COMMAND || row->type == PLAN_LINES ||
			       row->section == PLAN_SECTION_PROFILE);
	}
	return false;
}

int plan_read(struct plan *plan, const char *path)
{
	struct strbuf list = STRBUF_INIT;
	int result = configfile_read(path, is_delicate, &list);

	for (const char *at = list.buf; !result && at < list.buf + list.len; at += strlen(at) + 1) {
		size_t len = strcspn(at, "\n");
		char *key = xmemdupz(at, len);

		result = plan_set(plan, PLAN_FILE, key, at[len] ? at + len + 1 : NULL, path);
		free(key);
	}
	strbuf_release(&list);
	return result;
}

/* What git will say of it is noted in `expected`, as `git config --list -z` prints it. */
static void add_section(const struct plan *plan, enum plan_section section, const char *sub,
			const void *object, struct strbuf *out, struct strbuf *expected)
{
	struct strvec values = STRVEC_INIT;
	bool begun = false;

	for (const struct plan_key *row = plan_key_table; row->name; row++) {
		char *key;

		if (row->section != section || !plan_origin_of(plan, row, sub))
			continue;
		if (!begun)
			strbuf_addf(out, sub ? "\n[%s \"%s\"]\n" : "\n[%s]\n", plan_section_names[section],
				    sub);
		begun = true;
		key = plan_full_key(row, sub);
		plan_value_get(row, object, &values);
		for (size_t i = 0; i < values.nr; i++) {
			strbuf_addf(out, "\t%s = ", row->name);
			configfile_add_value(out, values.v[i]);
			strbuf_addch(out, '\n');
			strbuf_addf(expected, "%s\n%s", key, values.v[i]);
			strbuf_addch(expected, '\0');
		}
		strvec_release(&values);
		free(key);
	}
}

/* Is it one that this plan uses? What else git's configuration knows is not this context's. */
static bool uses_machine(const struct plan *plan, const char *name)
{
	for (size_t i = 0; i < plan->sut.nr; i++) {
		const struct plan_machine *m = plan_machine(plan, plan->sut.v[i]);

		if (!strcmp(plan->sut.v[i], name) || (m && m->load_host && !strcmp(m->load_host, name)))
			return true;
	}
	return !plan->sut.nr;
}

static void compose(const struct plan *plan, struct strbuf *out, struct strbuf *expected)
{
	strbuf_addstr(out,
		      "# The context of a git perfbisect: what is measured, how, and between which commits.\n"
		      "# It is git's configuration syntax, and may be edited, copied and handed on; values\n"
		      "# that hold ; or # or \\ stand between double quotes. See gitperf-context(5).\n");
	add_section(plan, PLAN_SECTION_BISECT, NULL, plan, out, expected);
	add_section(plan, PLAN_SECTION_BUILD, NULL, &plan->build, out, expected);
	add_section(plan, PLAN_SECTION_PROFILE, NULL, &plan->profile, out, expected);
	for (size_t i = 0; i < plan->machines_nr; i++)
		if (uses_machine(plan, plan->machines[i].name))
			add_section(plan, PLAN_SECTION_MACHINE, plan->machines[i].name, &plan->machines[i],
				    out, expected);
	for (size_t i = 0; i < plan->benches_nr; i++)
		if (!plan->benchmark || !strcmp(plan->benchmark, plan->benches[i].name))
			add_section(plan, PLAN_SECTION_BENCH, plan->benches[i].name, &plan->benches[i], out,
				    expected);
}

/* git itself must read back, value by value, what was meant. */
static int check_written(const char *path, const struct strbuf *expected)
{
	struct strbuf list = STRBUF_INIT;
	int result = configfile_list(path, &list);

	if (!result && (list.len != expected->len || memcmp(list.buf, expected->buf, list.len) != 0))
		result = error_set("git does not read back from '%s' what was written", path);
	strbuf_release(&list);
	return result;
}

int plan_write(const struct plan *plan, const char *path)
{
	struct strbuf text = STRBUF_INIT, expected = STRBUF_INIT;
	struct tempfile file = TEMPFILE_INIT;
	int result = tempfile_create(&file, path);

	compose(plan, &text, &expected);
	if (!result) {
		fwrite(text.buf, 1, text.len, file.fp);
		if (fflush(file.fp))
			result = error_set("cannot write '%s': %s", path, strerror(errno));
	}
	if (!result && file.path)
		result = check_written(file.path, &expected);
	if (!result)
		result = tempfile_commit(&file);
	tempfile_abort(&file);
	strbuf_release(&text);
	strbuf_release(&expected);
	return result;
}
