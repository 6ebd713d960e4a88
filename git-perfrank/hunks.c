#include "hunks.h"

#include "base/error.h"
#include "base/escape.h"
#include "base/process.h"
#include "repo/function.h"
#include "repo/objects.h"
#include "ui/command.h"
#include "ui/term.h"

#define LINE_LIMIT ((size_t)1 << 20)

/* A version of the file: its text, its functions, and which of these are hot. */
struct side {
	struct strbuf text;
	struct function_range *ranges;
	bool *hot;
	size_t nranges;
	/* The line, from 1, that comes next in the hunk. */
	unsigned long line;
};

struct diff {
	struct query *query;
	size_t commit;
	/* Before and after. */
	struct side sides[2];
	/* The lines before its first hunk, printed with the first one that is shown. */
	struct strbuf header;
	/* The hunk in hand, newlines included. */
	struct strbuf hunk;
	/* It is one of the profile's files; a changed line of the hunk is in a hot function. */
	bool wanted, meets;
	/* Print all hunks, hot or not. */
	bool all;
	size_t left_out;
};

static void release_side(struct side *side)
{
	strbuf_release(&side->text);
	free(side->ranges);
	free(side->hot);
	*side = (struct side){ .text = STRBUF_INIT };
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

static int read_side(struct diff *diff, struct side *side, const struct oid *id)
{
	struct object object;
	int found = oid_is_zero(id) ? 1 : repo_read(diff->query->repo, id, OBJECT_NONE, &object);

	release_side(side);
	if (found < 0)
		return -1;
	if (!found && object.kind == OBJECT_BLOB && object.size <= QUERY_BLOB_MAX)
		strbuf_add(&side->text, object.data, object.size);
	side->nranges = function_ranges(side->text.buf, side->text.len, &side->ranges);
	side->hot = xcalloc(side->nranges, sizeof(*side->hot));
	for (size_t i = 0; i < side->nranges; i++)
		side->hot[i] = is_hot(diff->query, &side->ranges[i]);
	return 0;
}

static bool is_in_hot_function(const struct side *side)
{
	for (size_t i = 0; i < side->nranges; i++)
		if (side->hot[i] && side->line > side->ranges[i].from && side->line <= side->ranges[i].to)
			return true;
	return false;
}

static void print_line(enum color_slot slot, const char *text, size_t len)
{
	struct strbuf shown = STRBUF_INIT;

	escape_terminal(&shown, text, len, ESCAPE_KEEP_LINES);
	printf("%s%s%s\n", color(slot), shown.buf, color(COLOR_RESET));
	strbuf_release(&shown);
}

static enum color_slot slot_of(const char *line)
{
	switch (*line) {
	case '@':
		return COLOR_FRAG;
	case '+':
		return COLOR_NEW;
	case '-':
		return COLOR_OLD;
	default:
		return COLOR_RESET;
	}
}

/* Prints the lines and empties the text. */
static void print_lines(struct strbuf *text, bool header)
{
	const char *end = text->buf + text->len;

	for (const char *at = text->buf, *eol; at < end && (eol = memchr(at, '\n', (size_t)(end - at)));
	     at = eol + 1)
		print_line(header ? COLOR_BOLD : slot_of(at), at, (size_t)(eol - at));
	strbuf_reset(text);
}

static void end_hunk(struct diff *diff)
{
	if (!diff->hunk.len)
		return;
	if (diff->all || diff->meets) {
		print_lines(&diff->header, true);
		print_lines(&diff->hunk, false);
	} else {
		diff->left_out++;
	}
	strbuf_reset(&diff->hunk);
	diff->meets = false;
}

/* "@@ -12,3 +12,4 @@" */
static void begin_hunk(struct diff *diff, const char *line)
{
	const char *at = line + strlen("@@ -");
	char *end;

	for (size_t i = 0; i < 2; i++) {
		diff->sides[i].line = strtoul(at, &end, 10);
		at = end + strcspn(end, " +");
		at += strspn(at, " +");
	}
}

/* Lines that are only the surroundings of a change do not make a hunk hot. */
static void take_hunk_line(struct diff *diff, const struct strbuf *line)
{
	bool before = *line->buf != '+', after = *line->buf != '-';

	if (*line->buf != '\\' && before != after)
		diff->meets |= is_in_hot_function(&diff->sides[after]);
	if (*line->buf != '\\') {
		diff->sides[0].line += before;
		diff->sides[1].line += after;
	}
}

static void keep_line(struct strbuf *text, const struct strbuf *line)
{
	strbuf_add(text, line->buf, line->len);
	strbuf_addch(text, '\n');
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
	return read_side(diff, &diff->sides[0], &before) || read_side(diff, &diff->sides[1], &after) ? -1 : 0;
}

static int take_line(struct diff *diff, const struct strbuf *line)
{
	if (starts_with(line->buf, "diff --git ")) {
		end_hunk(diff);
		diff->wanted = false;
		strbuf_reset(&diff->header);
	} else if (!diff->hunk.len && starts_with(line->buf, "index ")) {
		return begin_file(diff, line->buf + strlen("index "));
	} else if (diff->wanted && starts_with(line->buf, "@@ -")) {
		end_hunk(diff);
		begin_hunk(diff, line->buf);
		keep_line(&diff->hunk, line);
	} else if (diff->hunk.len) {
		take_hunk_line(diff, line);
		keep_line(&diff->hunk, line);
	} else if (diff->wanted) {
		keep_line(&diff->header, line);
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

	repo_git(&p);
	strvec_pushl(&p.args, "diff-tree", "--root", "-r", "-p", "-M", "--full-index", "--no-color",
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
	end_hunk(diff);
	strbuf_release(&line);
	if (more < 0) {
		process_kill(&p);
		return -1;
	}
	return process_finish(&p);
}

int hunks_print(struct query *query, size_t commit)
{
	struct diff diff = { .query = query, .commit = commit, .header = STRBUF_INIT, .hunk = STRBUF_INIT };
	int ret;

	for (size_t i = 0; i < 2; i++)
		diff.sides[i].text = (struct strbuf)STRBUF_INIT;
	diff.all = !rank_result(query->rank, commit)->nhits;
	ret = read_diff(&diff);
	/* git refuses to show what it may not fetch, before it shows anything. */
	if (ret && query->repo->partial) {
		error_clear();
		warning("the hunks are not shown, as versions are missing from this partial clone; "
			"git show %s fetches them",
			query_hex(query, commit));
		ret = 0;
	}
	if (!ret && diff.left_out)
		printf("\n%s%zu hunk%s outside hot functions not shown; git show %s%s\n", color(COLOR_DIM),
		       diff.left_out, diff.left_out == 1 ? "" : "s", query_hex(query, commit),
		       color(COLOR_RESET));
	for (size_t i = 0; i < 2; i++)
		release_side(&diff.sides[i]);
	strbuf_release(&diff.header);
	strbuf_release(&diff.hunk);
	return ret;
}
