/*
 * Feeds hostile commit-graph files to repo/graph.h and asks for every commit
 * and filter that they claim to have. The first byte says which hash the
 * repository has. Built and run by `make fuzz`.
 */
#include "repo/graph.h"

#include "fuzz.h"

/* More commits than this are asked for in part. */
#define ASKED 64

static void ask_filter(const struct graph *graph, size_t at)
{
	struct bloom_filter filter;
	struct bloom_key key;

	graph_filter(graph, at, &filter);
	REQUIRE(!filter.nbits || (filter.bits && filter.nhashes && filter.nbits % 8 == 0));
	bloom_key_init(&key, "mm/vmscan\xc3\xa4.c", strlen("mm/vmscan\xc3\xa4.c"));
	bloom_maybe(&filter, &key);
}

/* Every 20 or 32 bytes of the file may be an id. */
static void ask(const struct graph *graph, const char *file, size_t size, size_t rawlen)
{
	size_t step = size / ASKED + 1, found = 0;

	for (size_t from = 0; from + rawlen <= size; from += step) {
		struct oid id = { { 0 } }, tree;
		ssize_t at;

		memcpy(id.raw, file + from, rawlen);
		at = graph_find(graph, &id);
		if (at < 0)
			continue;
		graph_tree(graph, (size_t)at, &tree);
		ask_filter(graph, (size_t)at);
		found++;
	}
	REQUIRE(found <= size);
}

/* The ids lie one behind the other: all that are told of can be looked up. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t rawlen = size && data[0] & 1 ? OID_RAW_SHA256 : OID_RAW_SHA1;
	struct graph *graph;
	char *file;

	if (!size)
		return 0;
	file = fuzz_copy(data + 1, --size);
	graph = graph_from_memory(file, size, rawlen);
	if (graph) {
		REQUIRE(graph_filters(graph) <= size);
		ask(graph, file, size, rawlen);
	}
	graph_close(graph);
	free(file);
	return 0;
}
