#include "hunks.h"

#include "base/error.h"
#include "base/escape.h"
#include "base/process.h"
#include "repo/function.h"
#include "ui/term.h"

#define LINE_LIMIT ((size_t)1 << 20)

struct diff {
	struct query *query;
	size_t commit;
	/* Functions of the file after and before the change, and their texts. */
	struct strbuf text[2];
	struct function_range *ranges[2];
	size_t nranges[2];
	/* The lines before its first hunk, printed with the first one that is shown. */
	struct strbuf header;
	/* It is one of the profile's files; a hunk has begun; that one is shown. */
	bool wanted, in_hunk, printing;
	/* Print all hunks, hot or not. */
	bool all;
	size_t left_out;
};

static void release_file(struct diff *diff)
{
	for (size_t side = 0; side < 2; side++) {
		free(diff->ranges[side]);
		diff->ranges[side] = NULL;
		diff->nranges[side] = 0;
	}
}

static int read_side(struct diff *diff, size_t side, const struct oid *id)
{
	struct object object;
	int found;

	strbuf_reset(&diff->text[side]);
	found = oid_is_zero(id) ? 1 : repo_read(diff->query->repo, id, OBJECT_NONE, &object);
	if (found < 0)
		return -1;
	if (!found && object.kind == OBJECT_BLOB)
		strbuf_add(&diff->text[side], object.data, object.size);
	diff->nranges[side] = function_ranges(diff->text[side].buf, diff->text[side].len, &diff->ranges[side]);
	return 0;
}

static bool is_hot(const struct query *query, const struct function_range *range)
{
	for (size_t i = 0; i < query->hot.nfunctions; i++) {
		const char *name = query->hot.functions[i].name;

		if (strlen(name) == range->len && !memcmp(name, range->name, range->len))
			return true;
	}
	return false;
}

/* Do the lines [from, from + nr), counted from 1, meet a hot function? */
static bool meets_hot(const struct diff *diff, size_t side, unsigned long from, unsigned long nr)
{
	for (size_t i = 0; i < diff->nranges[side]; i++) {
		const struct function_range *range = &diff->ranges[side][i];

		if (from <= range->to && from + (nr ? nr : 1) > range->from + 1 && is_hot(diff->query, range))
			return true;
	}
	return false;
}

/* "@@ -12,3 +12,4 @@": the changed lines without context, as -U0 has them. */
static bool hunk_is_hot(const struct diff *diff, const char *line)
{
	unsigned long from[2], nr[2] = { 1, 1 };
	const char *at = line + strlen("@@ -");
	char *end;

	for (size_t side = 0; side < 2; side++) {
		from[side] = strtoul(at, &end, 10);
		if (*end == ',')
			nr[side] = strtoul(end + 1, &end, 10);
		at = end + strlen(" +");
		if (*end != ' ')
			return false;
	}
	return meets_hot(diff, 0, from[0], nr[0]) || meets_hot(diff, 1, from[1], nr[1]);
}

static void print_line(enum color_slot slot, const char *text, size_t len)
{
	struct strbuf shown = STRBUF_INIT;

	escape_terminal(&shown, text, len, ESCAPE_KEEP_LINES);
	printf("%s%s%s\n", color(slot), shown.buf, color(COLOR_RESET));
	strbuf_release(&shown);
}

static void begin_hunk(struct diff *diff, const struct strbuf *line)
{
	diff->in_hunk = true;
	diff->printing = diff->all || hunk_is_hot(diff, line->buf);
	if (!diff->printing) {
		diff->left_out++;
		return;
	}
	for (char *at = diff->header.buf, *eol; (eol = strchr(at, '\n')); at = eol + 1)
		print_line(COLOR_BOLD, at, (size_t)(eol - at));
	strbuf_reset(&diff->header);
	print_line(COLOR_FRAG, line->buf, line->len);
}

/* "index <before>..<after> 100644": is it one of the changes that we know, under whatever name? */
static int begin_file(struct diff *diff, const char *ids)
{
	struct query *query = diff->query;
	size_t rawlen = query->repo->rawlen, end, i = query_changes_of(query, diff->commit, &end);
	struct oid before, after;

	if (strlen(ids) < 4 * rawlen + 2 || oid_from_hex(&before, ids, rawlen) ||
	    oid_from_hex(&after, ids + 2 * rawlen + 2, rawlen))
		return 0;
	for (; i < end; i++)
		if (oid_equal(&query->changes[i].before, &before) && oid_equal(&query->changes[i].after, &after))
			break;
	diff->wanted = i < end;
	if (!diff->wanted)
		return 0;
	return read_side(diff, 0, &before) || read_side(diff, 1, &after) ? -1 : 0;
}

static int take_line(struct diff *diff, const struct strbuf *line)
{
	if (starts_with(line->buf, "diff --git ")) {
		release_file(diff);
		diff->wanted = diff->in_hunk = diff->printing = false;
		strbuf_reset(&diff->header);
	} else if (!diff->in_hunk && starts_with(line->buf, "index ")) {
		return begin_file(diff, line->buf + strlen("index "));
	} else if (diff->wanted && starts_with(line->buf, "@@ -")) {
		begin_hunk(diff, line);
	} else if (diff->in_hunk && diff->printing) {
		print_line(*line->buf == '+'   ? COLOR_NEW
			   : *line->buf == '-' ? COLOR_OLD
					       : COLOR_RESET,
			   line->buf, line->len);
	} else if (diff->wanted && !diff->in_hunk) {
		strbuf_add(&diff->header, line->buf, line->len);
		strbuf_addch(&diff->header, '\n');
	}
	return 0;
}

static int read_diff(struct diff *diff)
{
	const struct query *query = diff->query;
	struct process p = PROCESS_INIT;
	struct strbuf line = STRBUF_INIT;
	char hex[OID_HEX_MAX + 1];
	int more;

	strvec_pushl(&p.args, "git", "diff-tree", "--root", "-r", "-p", "-M", "--full-index", "--no-color",
		     "--no-ext-diff", "--no-textconv", "--no-commit-id",
		     oid_to_hex(hex, &query->range.commits[diff->commit].id, query->repo->rawlen), "--", NULL);
	p.out = PROCESS_PIPE;
	if (process_start(&p))
		return -1;
	while ((more = process_read_record(&p, &line, '\n', LINE_LIMIT)) > 0) {
		if (take_line(diff, &line)) {
			more = -1;
			break;
		}
	}
	strbuf_release(&line);
	if (more < 0) {
		process_kill(&p);
		return -1;
	}
	return process_finish(&p);
}

int hunks_print(struct query *query, size_t commit)
{
	struct diff diff = { .query = query, .commit = commit, .header = STRBUF_INIT };
	int ret;

	diff.text[0] = diff.text[1] = (struct strbuf)STRBUF_INIT;
	diff.all = !rank_result(query->rank, commit)->nhits;
	ret = read_diff(&diff);
	if (!ret && diff.left_out)
		printf("\n%s%zu hunk%s outside hot functions not shown; git show %s%s\n", color(COLOR_DIM),
		       diff.left_out, diff.left_out == 1 ? "" : "s", query_hex(query, commit),
		       color(COLOR_RESET));
	release_file(&diff);
	strbuf_release(&diff.text[0]);
	strbuf_release(&diff.text[1]);
	strbuf_release(&diff.header);
	return ret;
}
