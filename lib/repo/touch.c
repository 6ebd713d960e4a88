#include "repo/touch.h"

#include "repo/walk.h"

struct touch {
	struct repo *repo;
	const struct touch_path *paths;
	size_t npaths;
	struct trie *trie;
	struct blocks blocks;
	struct graph *graph;
	bool use_graph;
	void (*progress)(size_t done, void *data);
	void *progress_data;
	struct touch_stats stats;
};

struct touch *touch_new(struct repo *repo, const struct touch_path *paths, size_t nr)
{
	struct touch *touch = xcalloc(1, sizeof(*touch));
	const char **names = xcalloc(nr + 1, sizeof(*names));

	for (size_t i = 0; i < nr; i++)
		names[i] = paths[i].path;
	touch->repo = repo;
	touch->paths = paths;
	touch->npaths = nr;
	touch->trie = trie_new(names, nr);
	touch->use_graph = !repo->rewritten && !repo->shallow;
	blocks_init(&touch->blocks, repo, touch->trie);
	free(names);
	return touch;
}

void touch_free(struct touch *touch)
{
	if (!touch)
		return;
	blocks_release(&touch->blocks);
	trie_free(touch->trie);
	graph_close(touch->graph);
	free(touch);
}

void touch_ignore_graph(struct touch *touch)
{
	touch->use_graph = false;
	graph_close(touch->graph);
	touch->graph = NULL;
}

void touch_on_progress(struct touch *touch, void (*fn)(size_t done, void *data), void *data)
{
	touch->progress = fn;
	touch->progress_data = data;
}

const struct touch_stats *touch_stats(const struct touch *touch)
{
	return &touch->stats;
}

static void unpack_entry(const unsigned char *entry, size_t rawlen, enum touch_kind *kind, struct oid *id)
{
	*kind = (enum touch_kind)entry[0];
	memset(id, 0, sizeof(*id));
	memcpy(id->raw, entry + 1, rawlen);
}

/* Hands out what was found, commit by commit. */
static int deliver(struct touch *touch, const struct walk *walk, touch_fn *fn, void *data)
{
	struct touch_change *changes = xcalloc(touch->npaths + 1, sizeof(*changes));
	size_t rawlen = touch->repo->rawlen, nr = 0;
	int result = 0;

	for (size_t i = 0; i < walk->nfound && !result; i++) {
		const struct found *found = &walk->found[i];
		struct touch_change *change = &changes[nr++];

		change->path = found->path;
		unpack_entry(found->before, rawlen, &change->before_kind, &change->before);
		unpack_entry(found->after, rawlen, &change->after_kind, &change->after);
		if (i + 1 < walk->nfound && found[1].commit == found->commit)
			continue;
		touch->stats.touching++;
		result = fn(found->commit, changes, nr, data);
		nr = 0;
	}
	free(changes);
	return result;
}

int touch_walk(struct touch *touch, const struct range *range, touch_fn *fn, void *data)
{
	struct walk walk = { .blocks = &touch->blocks,
			     .range = range,
			     .paths = touch->paths,
			     .progress = touch->progress,
			     .progress_data = touch->progress_data,
			     .stats = &touch->stats,
			     .outer = STRMAP_INIT };
	int result;

	if (touch->use_graph && !touch->graph) {
		touch->graph = graph_open(touch->repo->object_dir, touch->repo->rawlen);
		touch->use_graph = touch->graph != NULL;
	}
	walk.graph = touch->graph;
	result = walk_run(&walk);
	touch->stats.commits += range->nr;
	touch->stats.trees_read = touch->blocks.trees_read;
	touch->stats.commits_read = touch->blocks.commits_read;
	if (!result)
		result = deliver(touch, &walk, fn, data);
	walk_release(&walk);
	return result;
}
