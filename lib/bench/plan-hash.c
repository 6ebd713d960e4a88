#include "base/error.h"
#include "base/sha256.h"
#include "bench/plan-keys.h"

/* A version of its own: what is hashed may have to change. */
#define FORM "perf context 1"

/* Of an initramfs. */
#define CONTENT_MAX ((size_t)1 << 30)

/* What the file holds stands for its name; one that cannot be read is told when it is needed. */
static char *content_of(const char *path)
{
	struct strbuf text = STRBUF_INIT;
	char hex[PLAN_HASH_SIZE] = "nothing";

	if (strbuf_read_file(&text, path, CONTENT_MAX) >= 0)
		sha256_hex(text.buf, text.len, hex);
	else
		error_clear();
	strbuf_release(&text);
	return xstrdup(hex);
}

/*
 * What is set of one section, a line for each value, with its length so that
 * no value can look like two.
 */
static void add_section(enum plan_section section, const char *name, const void *object, struct strvec *lines)
{
	if (name)
		strvec_pushf(lines, "%s %s", plan_section_names[section], name);
	for (const struct plan_key *row = plan_key_table; row->name; row++) {
		struct strvec values = STRVEC_INIT;

		if (row->section != section || !row->hashed)
			continue;
		plan_value_get(row, object, &values);
		for (size_t i = 0; i < values.nr; i++) {
			char *value = row->content ? content_of(values.v[i]) : xstrdup(values.v[i]);

			strvec_pushf(lines, "%s.%s %zu %s", plan_section_names[section], row->name,
				     strlen(value), value);
			free(value);
		}
		strvec_release(&values);
	}
}

static void hash_lines(struct strvec *lines, char hex[PLAN_HASH_SIZE])
{
	struct strbuf text = STRBUF_INIT;

	/* The order in which values stand does not count, nor do repetitions. */
	strvec_sort_unique(lines);
	strbuf_addstr(&text, FORM "\n");
	for (size_t i = 0; i < lines->nr; i++)
		strbuf_addf(&text, "%s\n", lines->v[i]);
	sha256_hex(text.buf, text.len, hex);
	strbuf_release(&text);
	strvec_release(lines);
}

void plan_hash(const struct plan *plan, const struct plan_machine *machine, const struct plan_bench *bench,
	       char hex[PLAN_HASH_SIZE])
{
	struct strvec lines = STRVEC_INIT;

	add_section(PLAN_SECTION_BUILD, NULL, &plan->build, &lines);
	add_section(PLAN_SECTION_PROFILE, NULL, &plan->profile, &lines);
	add_section(PLAN_SECTION_MACHINE, machine->name, machine, &lines);
	add_section(PLAN_SECTION_BENCH, bench->name, bench, &lines);
	hash_lines(&lines, hex);
}

void plan_layout_hash(const char *hash, size_t layout, char hex[PLAN_HASH_SIZE])
{
	char *text = xstrfmt("%s\nlayout %zu\n", hash, layout);

	if (layout)
		sha256_hex(text, strlen(text), hex);
	else
		memmove(hex, hash, PLAN_HASH_SIZE);
	free(text);
}

void plan_build_hash(const struct plan *plan, char hex[PLAN_HASH_SIZE])
{
	struct strvec lines = STRVEC_INIT;

	add_section(PLAN_SECTION_BUILD, NULL, &plan->build, &lines);
	hash_lines(&lines, hex);
}
