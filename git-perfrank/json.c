/* The ranking as JSON: schema "git-perfrank/1", described in git-perfrank(1). */
#include "output.h"

#include "base/error.h"
#include "base/json.h"
#include "repo/commit.h"

static json_t *parts_json(const struct query *query, size_t commit)
{
	const struct rank_result *result = rank_result(query->rank, commit);
	struct strbuf reason = STRBUF_INIT;
	json_t *parts = json_array();

	for (size_t i = 0; i < RANK_PARTS; i++) {
		json_t *part;

		if (result->parts[i] == 0)
			continue;
		part = json_object();
		strbuf_reset(&reason);
		rank_reason(query->rank, commit, (enum rank_part)i, &reason);
		json_set_text(part, "kind", rank_part_info((enum rank_part)i)->name);
		json_set_real(part, "score", result->parts[i]);
		json_set_textn(part, "reason", reason.buf, reason.len);
		json_append(parts, part);
	}
	strbuf_release(&reason);
	return parts;
}

static json_t *functions_json(const struct query *query, const struct rank_result *result)
{
	json_t *functions = json_array();

	for (uint32_t i = 0; i < result->nhits; i++) {
		const struct rank_function *f = &query->hot.functions[result->hits[i].function];
		json_t *function = json_object();

		json_set_text(function, "function", f->name);
		json_set_real(function, "percent", f->share);
		json_set_int(function, "lines", result->hits[i].lines);
		json_append(functions, function);
	}
	return functions;
}

static json_t *commit_json(const struct query *query, size_t commit)
{
	const struct rank_result *result = rank_result(query->rank, commit);
	struct strbuf text = STRBUF_INIT;
	char hex[OID_HEX_MAX + 1];
	json_t *object = json_object();

	json_set_int(object, "rank", result->rank);
	json_set_real(object, "score", result->score);
	json_set_real(object, "weight", result->weight);
	json_set_text(object, "id", oid_to_hex(hex, &query->range.commits[commit].id, query->repo->rawlen));
	output_chunk_name(query, commit, &text);
	json_set_textn(object, "chunk", text.buf, text.len);
	output_subject(query, commit, &text);
	json_set_textn(object, "subject", text.buf, text.len);
	json_set_text(object, "series",
		      oid_to_hex(hex, &query->range.commits[result->series].id, query->repo->rawlen));
	json_set(object, "functions", functions_json(query, result));
	json_set(object, "parts", parts_json(query, commit));
	strbuf_release(&text);
	return object;
}

static json_t *chunks_json(const struct query *query)
{
	json_t *chunks = json_array();

	for (size_t i = 0; i < query->chunks.nr; i++) {
		json_t *chunk = json_object();

		json_set_text(chunk, "from", query->chunks.v[i].from);
		json_set_text(chunk, "to", query->chunks.v[i].to);
		json_set_int(chunk, "commits", (long long)query->chunks.v[i].nr);
		json_append(chunks, chunk);
	}
	return chunks;
}

int output_json(const struct output *out)
{
	const struct query *query = out->query;
	const uint32_t *order = rank_order(query->rank);
	size_t nr = out->limit < rank_nr(query->rank) ? out->limit : rank_nr(query->rank);
	json_t *root = json_object(), *commits = json_array();
	char hex[OID_HEX_MAX + 1];

	json_set_text(root, "schema", "git-perfrank/1");
	json_set_text(root, "tip", oid_to_hex(hex, &query->range.tip, query->repo->rawlen));
	json_set_int(root, "commits", (long long)query->range.nr);
	json_set(root, "chunks", chunks_json(query));
	for (size_t i = 0; i < nr; i++)
		json_append(commits, commit_json(query, order[i]));
	json_set(root, "ranking", commits);
	return json_print(root, stdout);
}
