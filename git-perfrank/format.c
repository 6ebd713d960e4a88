/* --format: git's placeholders are git's business, ours are put between what `git log` prints. */
#include "repo/format.h"

#include "base/error.h"
#include "base/escape.h"
#include "base/process.h"
#include "output.h"
#include "repo/objects.h"
#include "ui/term.h"

#define FIELD_MAX ((size_t)64 << 20)

enum placeholder {
	OURS_RANK,
	OURS_SCORE,
	OURS_WEIGHT,
	OURS_CHUNK,
	OURS_FUNCTIONS,
	OURS_SERIES,
};

static const char *const placeholders[] = {
	[OURS_RANK] = "%(rank)",   [OURS_SCORE] = "%(score)",         [OURS_WEIGHT] = "%(weight)",
	[OURS_CHUNK] = "%(chunk)", [OURS_FUNCTIONS] = "%(functions)", [OURS_SERIES] = "%(series)",
};

int output_check_format(const char *text)
{
	struct format format = FORMAT_INIT;
	int ret = format_cut(&format, text, placeholders, ARRAY_SIZE(placeholders));

	format_release(&format);
	return ret;
}

static void print_ours(const struct output *out, size_t commit, size_t ours)
{
	const struct rank_result *result = rank_result(out->query->rank, commit);
	struct strbuf text = STRBUF_INIT;

	if (ours == FORMAT_NUL) {
		putchar('\0');
		return;
	}
	switch ((enum placeholder)ours) {
	case OURS_RANK:
		strbuf_addf(&text, "%" PRIu32, result->rank);
		break;
	case OURS_SCORE:
		strbuf_addf(&text, "%.4f", result->score);
		break;
	case OURS_WEIGHT:
		strbuf_addf(&text, "%.6e", result->weight);
		break;
	case OURS_CHUNK:
		output_chunk_name(out->query, commit, &text);
		break;
	case OURS_FUNCTIONS:
		output_functions(out->query, result, 0, &text);
		break;
	case OURS_SERIES:
		strbuf_addf(&text, "%" PRIu32, result->series);
		break;
	}
	output_text(text.buf);
	strbuf_release(&text);
}

/*
 * Length of a colour at `at`, which is what %C of git's prints: ESC, "[",
 * numbers, "m"; 0 when there is none.
 */
static size_t color_length(const char *at, size_t len)
{
	size_t n = 2;

	if (len < 3 || at[0] != '\033' || at[1] != '[')
		return 0;
	while (n < len && ((at[n] >= '0' && at[n] <= '9') || at[n] == ';'))
		n++;
	return n < len && at[n] == 'm' ? n + 1 : 0;
}

/*
 * What git printed, for a terminal. `plain` is the same without colours (NULL:
 * there are none): a colour that is not there as well is git's, any other
 * control character is the commit's.
 */
static void add_shown(struct strbuf *out, const struct strbuf *text, const struct strbuf *plain)
{
	size_t from = 0, at = 0, place = 0;

	while (plain && at < text->len) {
		size_t n = color_length(text->buf + at, text->len - at);

		if (n && (plain->len - place < n || memcmp(plain->buf + place, text->buf + at, n))) {
			escape_terminal(out, text->buf + from, at - from, ESCAPE_KEEP_LINES);
			strbuf_add(out, text->buf + at, n);
			at += n;
			from = at;
		} else if (place < plain->len && plain->buf[place] == text->buf[at]) {
			at++;
			place++;
		} else {
			break;
		}
	}
	escape_terminal(out, text->buf + from, text->len - from, ESCAPE_KEEP_LINES);
}

/* The children that expand git's placeholders. */
struct expander {
	const struct format *format;
	/* The second one prints without colours what the first one prints with them. */
	struct process logs[2];
	size_t nr;
	bool terminal;
};

static int start_log(struct process *p, const char *format, bool colored)
{
	*p = (struct process)PROCESS_INIT;
	repo_git(p);
	strvec_pushl(&p->args, "log", "--no-walk=unsorted", "--stdin", "-z", "-s", "--no-show-signature", NULL);
	strvec_pushf(&p->args, "--color=%s", colored ? "always" : "never");
	strvec_pushf(&p->args, "--format=tformat:%s", format);
	p->in = PROCESS_PIPE;
	p->out = PROCESS_PIPE;
	return process_start(p);
}

static int print_field(struct expander *expander)
{
	struct strbuf fields[2] = { STRBUF_INIT, STRBUF_INIT }, shown = STRBUF_INIT;
	int ret = 1;

	for (size_t i = 0; i < expander->nr && ret > 0; i++)
		ret = process_read_record(&expander->logs[i], &fields[i], '\0', FIELD_MAX);
	if (ret > 0) {
		if (expander->terminal)
			add_shown(&shown, &fields[0], expander->nr > 1 ? &fields[1] : NULL);
		else
			strbuf_add(&shown, fields[0].buf, fields[0].len);
		fwrite(shown.buf, 1, shown.len, stdout);
	}
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
		strbuf_release(&fields[i]);
	strbuf_release(&shown);
	return ret;
}

static int print_commit(const struct output *out, struct expander *expander, size_t commit)
{
	const struct format *format = expander->format;
	int ret = 1;

	for (size_t i = 0; i <= format->nr && ret > 0; i++) {
		ret = print_field(expander);
		if (ret > 0 && i < format->nr)
			print_ours(out, commit, format->after[i]);
	}
	putchar(out->nul ? '\0' : '\n');
	if (!ret)
		return error_set("git log ended before every commit was printed");
	return ret < 0 ? -1 : 0;
}

static int print_all(const struct output *out, struct expander *expander)
{
	const struct query *query = out->query;
	const uint32_t *order = rank_order(query->rank);
	size_t nr = out->limit < rank_nr(query->rank) ? out->limit : rank_nr(query->rank);
	struct strbuf ids = STRBUF_INIT;
	char hex[OID_HEX_MAX + 1];
	int ret = 0;

	for (size_t i = 0; i < nr; i++) {
		oid_to_hex(hex, &query->range.commits[order[i]].id, query->repo->rawlen);
		strbuf_addf(&ids, "%s\n", hex);
	}
	/* git log reads all names before it prints: neither side waits for the other. */
	for (size_t i = 0; i < expander->nr && !ret; i++) {
		ret = process_write(&expander->logs[i], ids.buf, ids.len);
		process_close_in(&expander->logs[i]);
	}
	for (size_t i = 0; i < nr && !ret; i++)
		ret = print_commit(out, expander, order[i]);
	strbuf_release(&ids);
	return ret;
}

/* Starts the children, prints, and ends them. */
static int expand(const struct output *out, struct expander *expander, bool colored)
{
	size_t wanted = expander->terminal && colored ? 2 : 1;
	int ret = 0;

	for (; expander->nr < wanted && !ret; expander->nr += !ret)
		ret = start_log(&expander->logs[expander->nr], expander->format->git.buf,
				colored && !expander->nr);
	if (!ret)
		ret = print_all(out, expander);
	for (size_t i = 0; i < expander->nr; i++) {
		if (ret)
			process_kill(&expander->logs[i]);
		else
			ret = process_finish(&expander->logs[i]);
	}
	return ret;
}

int output_format(const struct output *out, const char *text)
{
	struct format format = FORMAT_INIT;
	struct expander expander = { .format = &format, .terminal = out->width > 0 };
	int ret = 0;

	/* As git log, which prints nothing at all then. */
	if (!out->limit || !*text)
		return 0;
	ret = format_cut(&format, text, placeholders, ARRAY_SIZE(placeholders));
	/* Without %C git has nothing to colour. */
	if (!ret)
		ret = expand(out, &expander, *color(COLOR_RESET) && strstr(text, "%C"));
	format_release(&format);
	return ret;
}
