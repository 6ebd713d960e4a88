/* --format: git's placeholders are git's business, ours are put between what `git log` prints. */
#include "repo/format.h"

#include "base/error.h"
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

static int print_commit(const struct output *out, struct process *p, const struct format *format, size_t commit)
{
	struct strbuf field = STRBUF_INIT;
	int ret = 1;

	for (size_t i = 0; i <= format->nr && ret > 0; i++) {
		ret = process_read_record(p, &field, '\0', FIELD_MAX);
		if (ret <= 0)
			break;
		fwrite(field.buf, 1, field.len, stdout);
		if (i < format->nr)
			print_ours(out, commit, format->after[i]);
	}
	putchar(out->nul ? '\0' : '\n');
	strbuf_release(&field);
	if (!ret)
		return error_set("git log ended before every commit was printed");
	return ret < 0 ? -1 : 0;
}

static int print_all(const struct output *out, struct process *p, const struct format *format)
{
	const struct query *query = out->query;
	const uint32_t *order = rank_order(query->rank);
	size_t nr = out->limit < rank_nr(query->rank) ? out->limit : rank_nr(query->rank);
	struct strbuf ids = STRBUF_INIT;
	char hex[OID_HEX_MAX + 1];
	int ret;

	for (size_t i = 0; i < nr; i++) {
		oid_to_hex(hex, &query->range.commits[order[i]].id, query->repo->rawlen);
		strbuf_addf(&ids, "%s\n", hex);
	}
	/* git log reads all names before it prints: neither side waits for the other. */
	ret = process_write(p, ids.buf, ids.len);
	process_close_in(p);
	for (size_t i = 0; i < nr && !ret; i++)
		ret = print_commit(out, p, format, order[i]);
	strbuf_release(&ids);
	return ret;
}

int output_format(const struct output *out, const char *text)
{
	struct format format = FORMAT_INIT;
	struct process p = PROCESS_INIT;
	int ret = 0;

	/* As git log, which prints nothing at all then. */
	if (!out->limit || !*text)
		return 0;
	if (format_cut(&format, text, placeholders, ARRAY_SIZE(placeholders))) {
		format_release(&format);
		return -1;
	}
	repo_git(&p);
	strvec_pushl(&p.args, "log", "--no-walk=unsorted", "--stdin", "-z", "-s", "--no-show-signature", NULL);
	strvec_pushf(&p.args, "--color=%s", *color(COLOR_RESET) ? "always" : "never");
	strvec_pushf(&p.args, "--format=tformat:%s", format.git.buf);
	p.in = PROCESS_PIPE;
	p.out = PROCESS_PIPE;
	if (process_start(&p)) {
		ret = -1;
	} else if (print_all(out, &p, &format)) {
		process_kill(&p);
		ret = -1;
	} else {
		ret = process_finish(&p);
	}
	format_release(&format);
	return ret;
}
