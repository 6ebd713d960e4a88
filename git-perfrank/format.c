/*
 * --format: git's placeholders are git's business. The format is cut at ours,
 * the pieces go to one `git log` child with a NUL between them, and ours are
 * put back where the NULs come out. No part of a commit can hold a NUL; those
 * that the user asks for with %x00 are counted.
 */
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
	OURS_END,
	/* The user's own NUL. */
	OURS_NUL,
};

static const char *const placeholders[] = {
	[OURS_RANK] = "%(rank)",   [OURS_SCORE] = "%(score)",         [OURS_WEIGHT] = "%(weight)",
	[OURS_CHUNK] = "%(chunk)", [OURS_FUNCTIONS] = "%(functions)", [OURS_SERIES] = "%(series)",
};

struct pieces {
	/* What follows each piece of git's. */
	enum placeholder *after;
	size_t nr, alloc;
	/* git's pieces with %x00 between them. */
	struct strbuf format;
};

/* The placeholder of ours at `at`, or OURS_END. "%%" is git's. */
static enum placeholder ours_at(const char *at)
{
	for (size_t i = 0; i < OURS_END; i++)
		if (starts_with(at, placeholders[i]))
			return (enum placeholder)i;
	return OURS_END;
}

/* "%x00", also "%+x00": git's signs between say what an empty expansion does. */
static bool is_nul(const char *at)
{
	at++;
	at += *at == '+' || *at == '-' || *at == ' ';
	return starts_with(at, "x00");
}

static void add_piece(struct pieces *pieces, enum placeholder after)
{
	ALLOC_GROW(pieces->after, pieces->nr + 1, pieces->alloc);
	pieces->after[pieces->nr++] = after;
}

static void cut(struct pieces *pieces, const char *format)
{
	while (*format) {
		enum placeholder ours = *format == '%' ? ours_at(format) : OURS_END;

		if (ours != OURS_END) {
			add_piece(pieces, ours);
			strbuf_addstr(&pieces->format, "%x00");
			format += strlen(placeholders[ours]);
			continue;
		}
		if (*format == '%' && is_nul(format))
			add_piece(pieces, OURS_NUL);
		if (*format == '%' && format[1])
			strbuf_addch(&pieces->format, *format++);
		strbuf_addch(&pieces->format, *format++);
	}
}

static void print_ours(const struct output *out, size_t commit, enum placeholder ours)
{
	const struct rank_result *result = rank_result(out->query->rank, commit);
	struct strbuf text = STRBUF_INIT;

	switch (ours) {
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
	case OURS_NUL:
		putchar('\0');
		break;
	case OURS_END:
		break;
	}
	output_text(text.buf);
	strbuf_release(&text);
}

static int print_commit(const struct output *out, struct process *p, const struct pieces *pieces, size_t commit)
{
	struct strbuf field = STRBUF_INIT;
	int ret = 1;

	for (size_t i = 0; i <= pieces->nr && ret > 0; i++) {
		ret = process_read_record(p, &field, '\0', FIELD_MAX);
		if (ret <= 0)
			break;
		fwrite(field.buf, 1, field.len, stdout);
		if (i < pieces->nr)
			print_ours(out, commit, pieces->after[i]);
	}
	putchar(out->nul ? '\0' : '\n');
	strbuf_release(&field);
	if (!ret)
		return error_set("git log ended before every commit was printed");
	return ret < 0 ? -1 : 0;
}

static int print_all(const struct output *out, struct process *p, const struct pieces *pieces)
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
		ret = print_commit(out, p, pieces, order[i]);
	strbuf_release(&ids);
	return ret;
}

int output_format(const struct output *out, const char *format)
{
	struct pieces pieces = { .format = STRBUF_INIT };
	struct process p = PROCESS_INIT;
	int ret = 0;

	/* As git log, which prints nothing at all then. */
	if (!out->limit || !*format)
		return 0;
	cut(&pieces, format);
	repo_git(&p);
	strvec_pushl(&p.args, "log", "--no-walk=unsorted", "--stdin", "-z", "-s", "--no-show-signature", NULL);
	strvec_pushf(&p.args, "--color=%s", *color(COLOR_RESET) ? "always" : "never");
	strvec_pushf(&p.args, "--format=tformat:%s", pieces.format.buf);
	p.in = PROCESS_PIPE;
	p.out = PROCESS_PIPE;
	if (process_start(&p)) {
		ret = -1;
	} else if (print_all(out, &p, &pieces)) {
		process_kill(&p);
		ret = -1;
	} else {
		ret = process_finish(&p);
	}
	strbuf_release(&pieces.format);
	free(pieces.after);
	return ret;
}
