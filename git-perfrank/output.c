#include "output.h"

#include "base/error.h"
#include "base/escape.h"
#include "base/json.h"
#include "repo/commit.h"
#include "ui/command.h"
#include "ui/table.h"

static size_t shown(const struct output *out)
{
	size_t nr = rank_nr(out->query->rank);

	return out->limit < nr ? out->limit : nr;
}

void output_text(const char *text)
{
	struct strbuf shown = STRBUF_INIT;

	escape_terminal(&shown, text, strlen(text), ESCAPE_ALL);
	fwrite(shown.buf, 1, shown.len, stdout);
	strbuf_release(&shown);
}

void output_range(const struct query *query)
{
	output_text(query->range.base_name);
	printf("..");
	output_text(query->range.tip_name);
}

/* The commit object's text, taken apart; dies when it cannot be read. */
static void commit_text(const struct query *query, size_t commit, struct commit_text *text)
{
	struct object object;

	if (repo_read(query->repo, &query->range.commits[commit].id, OBJECT_COMMIT, &object) ||
	    commit_parse(object.data, object.size, text))
		die_error();
}

void output_subject(const struct query *query, size_t commit, struct strbuf *out)
{
	struct commit_text text;

	commit_text(query, commit, &text);
	strbuf_reset(out);
	for (size_t i = 0; i < text.subject_len; i++)
		strbuf_addch(out, text.subject[i] == '\n' ? ' ' : text.subject[i]);
}

void output_functions(const struct query *query, const struct rank_result *result, size_t width,
		      struct strbuf *text)
{
	struct strbuf one = STRBUF_INIT;
	uint32_t i;

	strbuf_reset(text);
	for (i = 0; i < result->nhits; i++) {
		const struct rank_hit *hit = &result->hits[i];

		strbuf_reset(&one);
		strbuf_addf(&one, "%s%s %.3g%%", i ? ", " : "", query->hot.functions[hit->function].name,
			    query->hot.functions[hit->function].share);
		if (width && i && text->len + one.len + (i + 1 < result->nhits ? 5 : 0) > width)
			break;
		strbuf_add(text, one.buf, one.len);
	}
	if (i < result->nhits)
		strbuf_addf(text, ", +%u", result->nhits - i);
	strbuf_release(&one);
}

void output_chunk_name(const struct query *query, size_t commit, struct strbuf *text)
{
	const struct chunk *chunk = &query->chunks.v[query->chunks.of[commit]];

	strbuf_reset(text);
	strbuf_addf(text, "%s..%s", chunk->from, chunk->to);
}

/* The best `nr` commits, the members of a series right below its best one. */
static uint32_t *order_with_series(const struct query *query, const uint32_t *order, size_t nr)
{
	uint32_t *gathered = xcalloc(nr, sizeof(*gathered));
	/* By series: its first place in `order` and its last so far; by place: the next one; all plus one. */
	uint32_t *first = xcalloc(query->range.nr, sizeof(*first));
	uint32_t *last = xcalloc(query->range.nr, sizeof(*last));
	uint32_t *next = xcalloc(nr, sizeof(*next));
	size_t at = 0;

	for (uint32_t i = 0; i < nr; i++) {
		uint32_t series = rank_result(query->rank, order[i])->series;

		if (last[series])
			next[last[series] - 1] = i + 1;
		else
			first[series] = i + 1;
		last[series] = i + 1;
	}
	for (uint32_t i = 0; i < nr; i++) {
		if (first[rank_result(query->rank, order[i])->series] != i + 1)
			continue;
		for (uint32_t place = i + 1; place; place = next[place - 1])
			gathered[at++] = order[place - 1];
	}
	free(first);
	free(last);
	free(next);
	return gathered;
}

static void add_row(const struct output *out, struct table *table, size_t commit, bool continues)
{
	const struct rank_result *result = rank_result(out->query->rank, commit);
	struct strbuf subject = STRBUF_INIT, functions = STRBUF_INIT;

	output_subject(out->query, commit, &subject);
	output_functions(out->query, result, out->width ? out->width / 3 : 0, &functions);
	table_cell(table, COLOR_RESET, "%" PRIu32, result->rank);
	table_cell(table, COLOR_RESET, "%.2f", result->score);
	table_cell(table, COLOR_COMMIT, "%s", query_hex(out->query, commit));
	table_cell(table, COLOR_RESET, "%s%s", continues ? "  + " : "", subject.buf);
	table_cell(table, COLOR_RESET, "%s", functions.buf);
	strbuf_release(&subject);
	strbuf_release(&functions);
}

static bool continues_series(const struct output *out, const uint32_t *rows, size_t i)
{
	const struct rank *rank = out->query->rank;

	return i && rank_result(rank, rows[i])->series == rank_result(rank, rows[i - 1])->series;
}

static void print_table(const struct output *out, const uint32_t *order, size_t nr)
{
	uint32_t *rows = order_with_series(out->query, order, nr);
	struct table table = TABLE_INIT;

	table_column(&table, "RANK", TABLE_RIGHT);
	table_column(&table, "SCORE", TABLE_RIGHT);
	table_column(&table, "COMMIT", TABLE_LEFT);
	table_column(&table, "SUBJECT", TABLE_FLEX);
	table_column(&table, "HOT FUNCTIONS", TABLE_LEFT);
	for (size_t i = 0; i < nr; i++)
		add_row(out, &table, rows[i], continues_series(out, rows, i));
	table_print(&table, stdout, out->width);
	table_release(&table);
	free(rows);
}

/* The list with the reasons of each commit below it. */
static void print_explained(const struct output *out, const uint32_t *order, size_t nr)
{
	uint32_t *rows = order_with_series(out->query, order, nr);
	struct strbuf subject = STRBUF_INIT, line = STRBUF_INIT;

	for (size_t i = 0; i < nr; i++) {
		const struct rank_result *result = rank_result(out->query->rank, rows[i]);

		output_subject(out->query, rows[i], &subject);
		strbuf_reset(&line);
		escape_terminal(&line, subject.buf, subject.len, ESCAPE_ALL);
		printf("%s%3" PRIu32 ". %s%s%s %s%s\n", i ? "\n" : "", result->rank, color(COLOR_COMMIT),
		       query_hex(out->query, rows[i]), color(COLOR_RESET),
		       continues_series(out, rows, i) ? "+ " : "", line.buf);
		output_evidence(out, rows[i], "     ");
	}
	strbuf_release(&subject);
	strbuf_release(&line);
	free(rows);
}

static void print_list(const struct output *out, const uint32_t *order, size_t nr)
{
	if (out->explain)
		print_explained(out, order, nr);
	else
		print_table(out, order, nr);
}

void output_evidence(const struct output *out, size_t commit, const char *indent)
{
	const struct rank_result *result = rank_result(out->query->rank, commit);
	struct strbuf reason = STRBUF_INIT, text = STRBUF_INIT;

	printf(result->weight < 0.1 ? "%sscore %.2f, %.2g%% of the prior\n"
				    : "%sscore %.2f, %.0f%% of the prior\n",
	       indent, result->score, 100 * result->weight);
	for (size_t i = 0; i < RANK_PARTS; i++) {
		const struct rank_part_info *info = rank_part_info((enum rank_part)i);

		if (result->parts[i] > -0.005 && result->parts[i] < 0.005)
			continue;
		strbuf_reset(&reason);
		strbuf_reset(&text);
		rank_reason(out->query->rank, commit, (enum rank_part)i, &reason);
		escape_terminal(&text, reason.buf, reason.len, ESCAPE_ALL);
		printf("%s%+5.2f %s%s%s\n", indent, result->parts[i], info->text, text.len ? ": " : "",
		       text.buf);
	}
	strbuf_release(&reason);
	strbuf_release(&text);
}

void output_ranking(const struct output *out)
{
	print_list(out, rank_order(out->query->rank), shown(out));
}

/* The commits of each chunk in the order of the whole ranking. */
void output_chunks(const struct output *out)
{
	const struct query *query = out->query;
	const uint32_t *order = rank_order(query->rank);
	uint32_t *list = xcalloc(query->range.nr, sizeof(*list));

	for (size_t k = 0; k < query->chunks.nr; k++) {
		const struct chunk *chunk = &query->chunks.v[k];
		size_t nr = 0;

		for (size_t i = 0; i < rank_nr(query->rank) && nr < out->limit; i++)
			if (query->chunks.of[order[i]] == k)
				list[nr++] = order[i];
		printf("%s%s", k ? "\n" : "", color(COLOR_BOLD));
		output_text(chunk->from);
		printf("..");
		output_text(chunk->to);
		printf("%s: the likeliest of %zu commits\n", color(COLOR_RESET), chunk->nr);
		print_list(out, list, nr);
	}
	free(list);
}

void output_merges(const struct output *out)
{
	const struct query *query = out->query;
	struct table table = TABLE_INIT;
	struct strbuf subject = STRBUF_INIT;

	printf("\nMerges that change a file of the profile in a way of their own:\n");
	table_column(&table, "COMMIT", TABLE_LEFT);
	table_column(&table, "SUBJECT", TABLE_FLEX);
	table_column(&table, "FILE", TABLE_LEFT);
	for (size_t i = 0; i < query->nmerges; i++) {
		const struct change *merge = &query->merges[i];

		output_subject(query, merge->commit, &subject);
		table_cell(&table, COLOR_COMMIT, "%s", query_hex(query, merge->commit));
		table_cell(&table, COLOR_RESET, "%s", subject.buf);
		table_cell(&table, COLOR_RESET, "%s", query->hot.paths[merge->path]);
	}
	if (query->nmerges)
		table_print(&table, stdout, out->width);
	else
		printf("none\n");
	table_release(&table);
	strbuf_release(&subject);
}

void output_prior(const struct output *out)
{
	const struct query *query = out->query;
	char hex[OID_HEX_MAX + 1];

	for (size_t i = 0; i < query->range.nr; i++)
		printf("%s %.9e%c", oid_to_hex(hex, &query->range.commits[i].id, query->repo->rawlen),
		       rank_result(query->rank, i)->weight, out->nul ? '\0' : '\n');
}

void output_porcelain(const struct output *out)
{
	const struct query *query = out->query;
	const uint32_t *order = rank_order(query->rank);
	struct strbuf chunk = STRBUF_INIT, functions = STRBUF_INIT, subject = STRBUF_INIT, line = STRBUF_INIT;
	char hex[OID_HEX_MAX + 1];

	for (size_t i = 0; i < shown(out); i++) {
		const struct rank_result *result = rank_result(query->rank, order[i]);

		output_chunk_name(query, order[i], &chunk);
		output_functions(query, result, 0, &functions);
		output_subject(query, order[i], &subject);
		strbuf_reset(&line);
		strbuf_addf(&line, "%" PRIu32 "\t%.4f\t%.6e\t%s\t", result->rank, result->score, result->weight,
			    oid_to_hex(hex, &query->range.commits[order[i]].id, query->repo->rawlen));
		escape_terminal(&line, chunk.buf, chunk.len, ESCAPE_ALL);
		strbuf_addch(&line, '\t');
		escape_terminal(&line, functions.buf, functions.len, ESCAPE_ALL);
		strbuf_addch(&line, '\t');
		escape_terminal(&line, subject.buf, subject.len, ESCAPE_ALL);
		strbuf_addch(&line, out->nul ? '\0' : '\n');
		fwrite(line.buf, 1, line.len, stdout);
	}
	strbuf_release(&chunk);
	strbuf_release(&functions);
	strbuf_release(&subject);
	strbuf_release(&line);
}
