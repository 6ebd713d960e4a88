#include "repo/graph.h"
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include "base/error.h"
#include "base/strbuf.h"
#include "repo/object-dirs.h"

#define HEADER_SIZE 8
#define TABLE_ENTRY_SIZE 12
#define FANOUT_SIZE ((size_t)256 * 4)
#define FILTER_HEADER_SIZE 12
/* Parents, generation and date behind the tree id in a CDAT row. */
#define COMMIT_EXTRA_SIZE 16
/* git writes 7; more than this is damage, and would only cost time. */
#define HASHES_MAX 64
#define TEXT_FILE_MAX ((size_t)1 << 20)

#define CHUNK_FANOUT 0x4f494446
#define CHUNK_IDS 0x4f49444c
#define CHUNK_DATA 0x43444154
#define CHUNK_BASE 0x42415345
#define CHUNK_FILTER_INDEX 0x42494458
#define CHUNK_FILTER_DATA 0x42444154

struct span {
	const unsigned char *at;
	size_t size;
};

struct layer {
	const unsigned char *map;
	size_t size;
	/* The bytes are the caller's, not a mapping of ours. */
	bool borrowed;
	/* Checked: 256 growing numbers; `nr` ids; `nr` rows; `nr` growing numbers. */
	const unsigned char *fanout, *ids, *rows, *filter_ends;
	/* Behind the chunk's header. */
	const unsigned char *filters;
	uint32_t nr;
	uint32_t filter_version, filter_hashes;
	/* Commits of this layer with a filter. */
	size_t filtered;
	/* Hashes of the layers below, as the file has them. */
	struct span base;
	/* Places of this layer's commits begin here. */
	size_t first;
};

struct graph {
	struct layer *layers;
	size_t nr;
	size_t alloc;
	size_t rawlen;
};

static void layer_release(struct layer *layer)
{
	if (layer->map && !layer->borrowed)
		munmap((void *)layer->map, layer->size);
	*layer = (struct layer){ 0 };
}

static int layer_map(struct layer *layer, const char *path)
{
	/* O_NONBLOCK: a FIFO of that name must not stop us. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	int status = -1;

	if (fd < 0)
		return -1;
	if (!fstat(fd, &st) && S_ISREG(st.st_mode) && st.st_size > 0) {
		void *map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);

		if (map != MAP_FAILED) {
			layer->map = map;
			layer->size = (size_t)st.st_size;
			status = 0;
		}
	}
	close(fd);
	return status;
}

/* Finds the chunks that we use; every chunk must lie between the table and the trailing checksum. */
static int layer_chunks(const struct layer *layer, size_t rawlen, struct span *chunks, const uint32_t *wanted,
			size_t nwanted)
{
	size_t count = layer->map[6], table_end = HEADER_SIZE + (count + 1) * TABLE_ENTRY_SIZE;
	uint64_t previous = table_end;

	if (layer->size < table_end + rawlen)
		return -1;
	for (size_t i = 0; i < count; i++) {
		const unsigned char *entry = layer->map + HEADER_SIZE + i * TABLE_ENTRY_SIZE;
		uint32_t name = get_be32(entry);
		uint64_t from = get_be64(entry + 4), to = get_be64(entry + TABLE_ENTRY_SIZE + 4);

		if (from < previous || to < from || to > layer->size - rawlen)
			return -1;
		previous = to;
		for (size_t w = 0; w < nwanted; w++) {
			if (name != wanted[w])
				continue;
			if (chunks[w].at)
				return -1;
			chunks[w].at = layer->map + from;
			chunks[w].size = (size_t)(to - from);
		}
	}
	return get_be32(layer->map + table_end - TABLE_ENTRY_SIZE) ? -1 : 0;
}

static bool growing(const unsigned char *numbers, size_t nr)
{
	for (size_t i = 1; i < nr; i++)
		if (get_be32(numbers + i * 4) < get_be32(numbers + (i - 1) * 4))
			return false;
	return true;
}

/* Unknown kinds of filters are left alone; -1 stands for damage. */
static int layer_filters(struct layer *layer, struct span index, struct span data)
{
	uint32_t version, hashes, end = 0;

	if (!index.at || !data.at)
		return 0;
	if (index.size != (size_t)layer->nr * 4 || data.size < FILTER_HEADER_SIZE ||
	    !growing(index.at, layer->nr))
		return -1;
	if (layer->nr && get_be32(index.at + index.size - 4) > data.size - FILTER_HEADER_SIZE)
		return -1;
	version = get_be32(data.at);
	hashes = get_be32(data.at + 4);
	if (version < 1 || version > 2 || !hashes || hashes > HASHES_MAX)
		return 0;
	layer->filter_version = version;
	layer->filter_hashes = hashes;
	layer->filter_ends = index.at;
	layer->filters = data.at + FILTER_HEADER_SIZE;
	for (uint32_t i = 0; i < layer->nr; i++) {
		uint32_t next = get_be32(index.at + (size_t)i * 4);

		layer->filtered += next > end;
		end = next;
	}
	return 0;
}

static int layer_check(struct layer *layer, size_t rawlen)
{
	static const uint32_t wanted[] = { CHUNK_FANOUT, CHUNK_IDS,          CHUNK_DATA,
					   CHUNK_BASE,   CHUNK_FILTER_INDEX, CHUNK_FILTER_DATA };
	struct span chunks[ARRAY_SIZE(wanted)] = { { NULL, 0 } };
	const unsigned char *map = layer->map;
	uint64_t nr;

	if (layer->size < HEADER_SIZE || memcmp(map, "CGPH", 4) || map[4] != 1)
		return -1;
	if (map[5] != (rawlen == OID_RAW_SHA1 ? 1 : 2) ||
	    layer_chunks(layer, rawlen, chunks, wanted, ARRAY_SIZE(wanted)))
		return -1;
	if (chunks[0].size != FANOUT_SIZE || !growing(chunks[0].at, 256))
		return -1;
	nr = get_be32(chunks[0].at + FANOUT_SIZE - 4);
	if (chunks[1].size != nr * rawlen || chunks[2].size != nr * (rawlen + COMMIT_EXTRA_SIZE))
		return -1;
	if (chunks[3].size != map[7] * rawlen)
		return -1;
	layer->fanout = chunks[0].at;
	layer->ids = chunks[1].at;
	layer->rows = chunks[2].at;
	layer->base = chunks[3];
	layer->nr = (uint32_t)nr;
	return layer_filters(layer, chunks[4], chunks[5]);
}

/* Takes the layer; returns -1, and adds nothing, when it cannot be used. */
static int add_layer(struct graph *graph, struct layer *layer, const char *below, size_t nbelow)
{
	struct layer *last = graph->nr ? &graph->layers[graph->nr - 1] : NULL;
	size_t rawlen = graph->rawlen;

	if (layer_check(layer, rawlen) || layer->base.size != nbelow * rawlen ||
	    (nbelow && memcmp(layer->base.at, below, nbelow * rawlen))) {
		layer_release(layer);
		return -1;
	}
	layer->first = last ? last->first + last->nr : 0;
	ALLOC_GROW(graph->layers, graph->nr + 1, graph->alloc);
	graph->layers[graph->nr++] = *layer;
	return 0;
}

/* The same with one file. */
static int graph_add(struct graph *graph, const char *path, const char *below, size_t nbelow)
{
	struct layer layer = { 0 };

	return layer_map(&layer, path) ? -1 : add_layer(graph, &layer, below, nbelow);
}

static char *cut_line(char **text)
{
	char *line = *text, *end = strchrnul(line, '\n');

	*text = *end ? end + 1 : end;
	*end = '\0';
	return line;
}

/* The base layer stands first; as in git, what stands above an unusable layer is not used. */
static void graph_add_chain(struct graph *graph, const struct strvec *dirs, const char *dir)
{
	struct strbuf text = STRBUF_INIT, below = STRBUF_INIT;
	char *path = xstrfmt("%s/info/commit-graphs/commit-graph-chain", dir), *rest;
	size_t rawlen = graph->rawlen;
	bool usable = strbuf_read_file(&text, path, TEXT_FILE_MAX) >= 0;

	for (rest = text.buf; usable && *rest;) {
		const char *hash = cut_line(&rest);
		struct oid id;

		usable = strlen(hash) == 2 * rawlen && !oid_from_hex(&id, hash, rawlen) &&
			 below.len / rawlen < 255;
		if (!usable)
			break;
		usable = false;
		for (size_t i = 0; i < dirs->nr && !usable; i++) {
			char *file = xstrfmt("%s/info/commit-graphs/graph-%s.graph", dirs->v[i], hash);

			usable = !graph_add(graph, file, below.buf, below.len / rawlen);
			free(file);
		}
		strbuf_add(&below, id.raw, rawlen);
	}
	free(path);
	strbuf_release(&text);
	strbuf_release(&below);
}

struct graph *graph_open(const char *object_dir, size_t rawlen)
{
	struct graph *graph = xcalloc(1, sizeof(*graph));
	struct strvec dirs = STRVEC_INIT;

	graph->rawlen = rawlen;
	object_dirs(&dirs, object_dir);
	for (size_t i = 0; i < dirs.nr; i++) {
		char *file = xstrfmt("%s/info/commit-graph", dirs.v[i]);

		/* As in git, a single file stands in for the chain beside it. */
		if (graph_add(graph, file, NULL, 0))
			graph_add_chain(graph, &dirs, dirs.v[i]);
		free(file);
	}
	strvec_release(&dirs);
	/* Missing files and the like have been recorded; they are no errors here. */
	error_clear();
	if (graph->nr)
		return graph;
	graph_close(graph);
	return NULL;
}

struct graph *graph_from_memory(const void *file, size_t size, size_t rawlen)
{
	struct graph *graph = xcalloc(1, sizeof(*graph));
	struct layer layer = { .map = file, .size = size, .borrowed = true };

	graph->rawlen = rawlen;
	if (!add_layer(graph, &layer, NULL, 0))
		return graph;
	graph_close(graph);
	return NULL;
}

void graph_close(struct graph *graph)
{
	if (!graph)
		return;
	for (size_t i = 0; i < graph->nr; i++)
		layer_release(&graph->layers[i]);
	free(graph->layers);
	free(graph);
}

static ssize_t layer_find(const struct layer *layer, const unsigned char *raw, size_t rawlen)
{
	uint32_t from = raw[0] ? get_be32(layer->fanout + ((size_t)raw[0] - 1) * 4) : 0;
	uint32_t to = get_be32(layer->fanout + (size_t)raw[0] * 4);

	while (from < to) {
		uint32_t middle = from + (to - from) / 2;
		int order = memcmp(raw, layer->ids + middle * rawlen, rawlen);

		if (!order)
			return middle;
		if (order < 0)
			to = middle;
		else
			from = middle + 1;
	}
	return -1;
}

ssize_t graph_find(const struct graph *graph, const struct oid *id)
{
	for (size_t i = 0; i < graph->nr; i++) {
		ssize_t at = layer_find(&graph->layers[i], id->raw, graph->rawlen);

		if (at >= 0)
			return at + (ssize_t)graph->layers[i].first;
	}
	return -1;
}

/* The layer that holds a place, which becomes the place within the layer. */
static const struct layer *layer_of(const struct graph *graph, size_t *at)
{
	for (size_t i = 0; i < graph->nr; i++) {
		const struct layer *layer = &graph->layers[i];

		if (*at - layer->first < layer->nr) {
			*at -= layer->first;
			return layer;
		}
	}
	BUG("no commit-graph layer holds place %zu", *at);
}

void graph_tree(const struct graph *graph, size_t at, struct oid *tree)
{
	const struct layer *layer = layer_of(graph, &at);

	memset(tree, 0, sizeof(*tree));
	memcpy(tree->raw, layer->rows + at * (graph->rawlen + COMMIT_EXTRA_SIZE), graph->rawlen);
}

size_t graph_filters(const struct graph *graph)
{
	size_t nr = 0;

	for (size_t i = 0; i < graph->nr; i++)
		nr += graph->layers[i].filtered;
	return nr;
}

void graph_filter(const struct graph *graph, size_t at, struct bloom_filter *filter)
{
	const struct layer *layer = layer_of(graph, &at);
	uint32_t from, to;

	*filter = (struct bloom_filter){ 0 };
	if (!layer->filters)
		return;
	from = at ? get_be32(layer->filter_ends + (at - 1) * 4) : 0;
	to = get_be32(layer->filter_ends + at * 4);
	/* Beyond this git's own 32-bit arithmetic would not hold either. */
	if (to - from > UINT32_MAX / 8)
		return;
	filter->bits = layer->filters + from;
	filter->nbits = (to - from) * 8;
	filter->nhashes = layer->filter_hashes;
	filter->version = layer->filter_version;
}
