#include "unit.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "repo/graph.h"

/* A chunk: its name, then what it holds. */
struct chunk_text {
	const char *name;
	struct strbuf text;
};

/* What a graph file is made from. */
struct plan {
	size_t rawlen;
	unsigned nr;
	/* Ids and trees are 20 or 32 times these bytes. */
	unsigned char ids[8];
	unsigned char trees[8];
	/* Filters, NULL for none at all; "" for one that is not there. */
	const char *filters[8];
	uint32_t filter_version, hashes;
	/* Hashes of the layers below. */
	const char *base;
	/* Bytes of a chunk of no meaning, in front. */
	size_t padding;
};

static char dir[] = "/tmp/test-graph-XXXXXX";

static void put_be32(struct strbuf *sb, uint32_t n)
{
	char raw[4] = { (char)(n >> 24), (char)(n >> 16), (char)(n >> 8), (char)n };

	strbuf_add(sb, raw, sizeof(raw));
}

static void put_be64(struct strbuf *sb, uint64_t n)
{
	put_be32(sb, (uint32_t)(n >> 32));
	put_be32(sb, (uint32_t)n);
}

static void fill_ids(const struct plan *plan, struct strbuf *fanout, struct strbuf *ids, struct strbuf *rows)
{
	for (unsigned byte = 0; byte < 256; byte++) {
		uint32_t below = 0;

		for (unsigned i = 0; i < plan->nr; i++)
			below += plan->ids[i] <= byte;
		put_be32(fanout, below);
	}
	for (unsigned i = 0; i < plan->nr; i++) {
		strbuf_addchars(ids, (char)plan->ids[i], plan->rawlen);
		strbuf_addchars(rows, (char)plan->trees[i], plan->rawlen);
		strbuf_addchars(rows, 0x70, 16);
	}
}

static void fill_filters(const struct plan *plan, struct strbuf *index, struct strbuf *data)
{
	put_be32(data, plan->filter_version);
	put_be32(data, plan->hashes);
	put_be32(data, 10);
	for (unsigned i = 0; i < plan->nr; i++) {
		/* The first byte says how long the filter is. */
		if (plan->filters[i][0])
			strbuf_add(data, plan->filters[i] + 1, (unsigned char)plan->filters[i][0]);
		put_be32(index, (uint32_t)data->len - 12);
	}
}

static void write_file(const char *name, const char *data, size_t len)
{
	char *path = xstrfmt("%s/%s", dir, name);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, data, len), (ssize_t)len);
	close(fd);
	free(path);
}

static void make_text(const struct plan *plan, struct strbuf *out)
{
	struct chunk_text chunks[] = { { "none", STRBUF_INIT }, { "OIDF", STRBUF_INIT },
				       { "OIDL", STRBUF_INIT }, { "CDAT", STRBUF_INIT },
				       { "BIDX", STRBUF_INIT }, { "BDAT", STRBUF_INIT },
				       { "BASE", STRBUF_INIT } };
	size_t nr = 0, at;

	strbuf_addchars(&chunks[0].text, 'p', plan->padding);
	fill_ids(plan, &chunks[1].text, &chunks[2].text, &chunks[3].text);
	if (plan->filter_version)
		fill_filters(plan, &chunks[4].text, &chunks[5].text);
	for (const char *hash = plan->base; hash && *hash; hash++)
		strbuf_addchars(&chunks[6].text, *hash, plan->rawlen);
	for (size_t i = 0; i < ARRAY_SIZE(chunks); i++)
		nr += chunks[i].text.len > 0;
	strbuf_reset(out);
	strbuf_addf(out, "CGPH%c%c%c%c", 1, plan->rawlen == 20 ? 1 : 2, (int)nr,
		    plan->base ? (int)strlen(plan->base) : 0);
	at = 8 + (nr + 1) * 12;
	for (size_t i = 0; i < ARRAY_SIZE(chunks); i++) {
		if (!chunks[i].text.len)
			continue;
		strbuf_addstr(out, chunks[i].name);
		put_be64(out, at);
		at += chunks[i].text.len;
	}
	put_be32(out, 0);
	put_be64(out, at);
	for (size_t i = 0; i < ARRAY_SIZE(chunks); i++) {
		strbuf_add(out, chunks[i].text.buf, chunks[i].text.len);
		strbuf_release(&chunks[i].text);
	}
	strbuf_addchars(out, 'z', plan->rawlen);
}

static void write_plan(const char *name, const struct plan *plan)
{
	struct strbuf text = STRBUF_INIT;

	make_text(plan, &text);
	write_file(name, text.buf, text.len);
	strbuf_release(&text);
}

/* An object folder of its own, so that no test sees another's files. */
static char *new_objects(void)
{
	static int nr;
	char *name = xstrfmt("objects%d", ++nr), *path = xstrfmt("%s/%s", dir, name);
	char *info = xstrfmt("%s/info", path), *chain = xstrfmt("%s/info/commit-graphs", path);

	assert_int_equal(mkdir(path, 0777) || mkdir(info, 0777) || mkdir(chain, 0777), 0);
	free(path);
	free(info);
	free(chain);
	return name;
}

static struct graph *open_objects(const char *name, size_t rawlen)
{
	char *path = xstrfmt("%s/%s", dir, name);
	struct graph *graph = graph_open(path, rawlen);

	free(path);
	return graph;
}

static struct oid id_of(unsigned char byte, size_t rawlen)
{
	struct oid id = { { 0 } };

	memset(id.raw, byte, rawlen);
	return id;
}

/* The first byte of the tree of the commit with these bytes; -1 when the graph does not have it. */
static int tree_of(const struct graph *graph, unsigned char byte, size_t rawlen)
{
	struct oid id = id_of(byte, rawlen), tree;
	ssize_t at = graph ? graph_find(graph, &id) : -1;

	if (at < 0)
		return -1;
	graph_tree(graph, (size_t)at, &tree);
	id = id_of(tree.raw[0], rawlen);
	assert_true(oid_equal(&tree, &id));
	return tree.raw[0];
}

static void put_plan(const char *objects, const char *file, const struct plan *plan)
{
	char *name = xstrfmt("%s/info/%s", objects, file);

	write_plan(name, plan);
	free(name);
}

static void put_text(const char *objects, const char *file, const char *data, size_t len)
{
	char *name = xstrfmt("%s/info/%s", objects, file);

	write_file(name, data, len);
	free(name);
}

/* A layer of a chain, whose name is 40 or 64 times this digit. */
static void put_layer(const char *objects, char digit, const struct plan *plan)
{
	struct strbuf name = STRBUF_INIT;

	strbuf_addstr(&name, "commit-graphs/graph-");
	strbuf_addchars(&name, digit, 2 * plan->rawlen);
	strbuf_addstr(&name, ".graph");
	put_plan(objects, name.buf, plan);
	strbuf_release(&name);
}

static void put_chain(const char *objects, const char *digits, size_t rawlen)
{
	struct strbuf text = STRBUF_INIT;

	for (; *digits; digits++) {
		strbuf_addchars(&text, *digits, 2 * rawlen);
		strbuf_addch(&text, '\n');
	}
	put_text(objects, "commit-graphs/commit-graph-chain", text.buf, text.len);
	strbuf_release(&text);
}

static const struct plan simple = {
	.rawlen = 20, .nr = 3, .ids = { 0x00, 0x42, 0xff }, .trees = { 0xa1, 0xa2, 0xa3 }
};

static void test_commits_have_their_trees(void **state UNUSED)
{
	char *objects = new_objects();
	struct graph *graph;

	put_plan(objects, "commit-graph", &simple);
	graph = open_objects(objects, 20);
	assert_non_null(graph);
	assert_int_equal(tree_of(graph, 0x00, 20), 0xa1);
	assert_int_equal(tree_of(graph, 0x42, 20), 0xa2);
	assert_int_equal(tree_of(graph, 0xff, 20), 0xa3);
	assert_int_equal(tree_of(graph, 0x41, 20), -1);
	assert_int_equal(tree_of(graph, 0xfe, 20), -1);
	assert_int_equal(graph_filters(graph), 0);
	graph_close(graph);
	free(objects);
}

static void test_sha256_graphs_are_read(void **state UNUSED)
{
	struct plan plan = simple;
	char *objects = new_objects();
	struct graph *graph;

	plan.rawlen = 32;
	put_plan(objects, "commit-graph", &plan);
	graph = open_objects(objects, 32);
	assert_int_equal(tree_of(graph, 0x42, 32), 0xa2);
	graph_close(graph);
	assert_null(open_objects(objects, 20));
	free(objects);
}

static void test_no_graph_is_no_error(void **state UNUSED)
{
	char *objects = new_objects();

	assert_null(open_objects(objects, 20));
	assert_null(open_objects("not-there", 20));
	put_text(objects, "commit-graph", "", 0);
	assert_null(open_objects(objects, 20));
	free(objects);
}

static void test_a_fifo_does_not_stop_it(void **state UNUSED)
{
	char *objects = new_objects(), *path = xstrfmt("%s/%s/info/commit-graph", dir, objects);

	assert_int_equal(mkfifo(path, 0666), 0);
	alarm(10);
	assert_null(open_objects(objects, 20));
	alarm(0);
	free(path);
	free(objects);
}

static const struct plan lower = { .rawlen = 20, .nr = 2, .ids = { 0x01, 0x80 }, .trees = { 0xb1, 0xb2 } };
static const struct plan upper = {
	.rawlen = 20, .nr = 2, .ids = { 0x02, 0x81 }, .trees = { 0xb3, 0xb4 }, .base = "\x11"
};
static const struct plan top = { .rawlen = 20, .nr = 1, .ids = { 0x03 }, .trees = { 0xb5 }, .base = "\x11\x22" };

static void put_three_layers(const char *objects)
{
	put_layer(objects, '1', &lower);
	put_layer(objects, '2', &upper);
	put_layer(objects, '3', &top);
	put_chain(objects, "123", 20);
}

static void test_chains_are_read_across_layers(void **state UNUSED)
{
	char *objects = new_objects();
	struct graph *graph;

	put_three_layers(objects);
	graph = open_objects(objects, 20);
	assert_int_equal(tree_of(graph, 0x01, 20), 0xb1);
	assert_int_equal(tree_of(graph, 0x80, 20), 0xb2);
	assert_int_equal(tree_of(graph, 0x02, 20), 0xb3);
	assert_int_equal(tree_of(graph, 0x81, 20), 0xb4);
	assert_int_equal(tree_of(graph, 0x03, 20), 0xb5);
	graph_close(graph);
	free(objects);
}

static void test_a_chain_ends_at_an_unusable_layer(void **state UNUSED)
{
	char *objects = new_objects();
	struct graph *graph;
	struct plan wrong = upper;

	put_three_layers(objects);
	/* It names another layer as its base. */
	wrong.base = "\x12";
	put_layer(objects, '2', &wrong);
	graph = open_objects(objects, 20);
	assert_int_equal(tree_of(graph, 0x01, 20), 0xb1);
	assert_int_equal(tree_of(graph, 0x02, 20), -1);
	assert_int_equal(tree_of(graph, 0x03, 20), -1);
	graph_close(graph);
	/* It says that it stands alone. */
	wrong.base = NULL;
	put_layer(objects, '2', &wrong);
	graph = open_objects(objects, 20);
	assert_int_equal(tree_of(graph, 0x02, 20), -1);
	graph_close(graph);
	put_text(objects, "commit-graphs/commit-graph-chain", "../../../etc/passwd\n", 20);
	assert_null(open_objects(objects, 20));
	free(objects);
}

static void test_a_single_file_must_have_no_base(void **state UNUSED)
{
	char *objects = new_objects();

	put_plan(objects, "commit-graph", &upper);
	assert_null(open_objects(objects, 20));
	free(objects);
}

static void test_alternates_are_looked_at(void **state UNUSED)
{
	char *objects = new_objects(), *near = new_objects(), *far = new_objects();
	char *text = xstrfmt("# a comment\n\n../%s\n%s/not-there\n", near, dir),
	     *back = xstrfmt("%s/%s\n%s/%s\n", dir, far, dir, objects);
	struct graph *graph;

	put_plan(far, "commit-graph", &simple);
	put_text(objects, "alternates", text, strlen(text));
	/* One that leads back is no endless loop. */
	put_text(near, "alternates", back, strlen(back));
	graph = open_objects(objects, 20);
	assert_int_equal(tree_of(graph, 0x42, 20), 0xa2);
	graph_close(graph);
	free(text);
	free(back);
	free(objects);
	free(near);
	free(far);
}

static void test_layers_may_lie_in_an_alternate(void **state UNUSED)
{
	char *objects = new_objects(), *other = new_objects(), *text = xstrfmt("%s/%s\n", dir, other);
	struct graph *graph;

	put_text(objects, "alternates", text, strlen(text));
	put_layer(other, '1', &lower);
	put_layer(objects, '2', &upper);
	put_chain(objects, "12", 20);
	graph = open_objects(objects, 20);
	assert_int_equal(tree_of(graph, 0x80, 20), 0xb2);
	assert_int_equal(tree_of(graph, 0x81, 20), 0xb4);
	graph_close(graph);
	free(text);
	free(objects);
	free(other);
}

/* Whether the filter of the commit with these bytes may hold the path. */
static bool maybe(const struct graph *graph, unsigned char byte, const char *path)
{
	struct oid id = id_of(byte, 20);
	struct bloom_filter filter;
	struct bloom_key key;

	graph_filter(graph, (size_t)graph_find(graph, &id), &filter);
	bloom_key_init(&key, path, strlen(path));
	return bloom_maybe(&filter, &key);
}

/* What git itself makes for a commit that adds one file whose name is a cent sign. */
#define CENT "\302\242"
#define CENT_SIGNED "\x02\x52\xa9"
#define CENT_UNSIGNED "\x02\xc0\x1f"

static void test_filters_of_both_versions_are_read(void **state UNUSED)
{
	struct plan plan = { .rawlen = 20,
			     .nr = 2,
			     .ids = { 0x01, 0x02 },
			     .trees = { 0x0a, 0x0b },
			     .filters = { CENT_SIGNED, CENT_UNSIGNED },
			     .filter_version = 2,
			     .hashes = 7 };
	char *objects = new_objects();
	struct graph *graph;

	put_plan(objects, "commit-graph", &plan);
	graph = open_objects(objects, 20);
	assert_int_equal(graph_filters(graph), 2);
	assert_false(maybe(graph, 0x01, CENT));
	assert_true(maybe(graph, 0x02, CENT));
	assert_false(maybe(graph, 0x02, "file.txt"));
	graph_close(graph);

	/* Where char is unsigned, version 1 is written as version 2 is. */
	plan.filter_version = 1;
	put_plan(objects, "commit-graph", &plan);
	graph = open_objects(objects, 20);
	assert_true(maybe(graph, 0x01, CENT));
	assert_true(maybe(graph, 0x02, CENT));
	assert_false(maybe(graph, 0x01, CENT CENT CENT));
	assert_false(maybe(graph, 0x01, "file.txt"));
	graph_close(graph);
	free(objects);
}

static void test_filters_of_one_byte_and_of_none(void **state UNUSED)
{
	struct plan plan = { .rawlen = 20,
			     .nr = 4,
			     .ids = { 0x01, 0x02, 0x03, 0x04 },
			     .trees = { 0x0a, 0x0b, 0x0c, 0x0d },
			     /* No change, too many, not computed, too many. */
			     .filters = { "\x01\0", "\x01\xff", "", "\x01\xff" },
			     .filter_version = 1,
			     .hashes = 7 };
	char *objects = new_objects();
	struct graph *graph;

	put_plan(objects, "commit-graph", &plan);
	graph = open_objects(objects, 20);
	assert_false(maybe(graph, 0x01, "a"));
	assert_true(maybe(graph, 0x02, "a"));
	assert_true(maybe(graph, 0x03, "a"));
	assert_true(maybe(graph, 0x04, "a"));
	assert_int_equal(graph_filters(graph), 3);
	graph_close(graph);
	free(objects);
}

static void test_layers_have_filters_of_their_own(void **state UNUSED)
{
	struct plan one = lower, two = upper, three = top;
	char *objects = new_objects();
	struct graph *graph;

	one.filters[0] = CENT_SIGNED;
	one.filters[1] = "\x01\0";
	one.filter_version = 1;
	one.hashes = 7;
	three.filters[0] = CENT_UNSIGNED;
	three.filter_version = 2;
	three.hashes = 7;
	put_layer(objects, '1', &one);
	put_layer(objects, '2', &two);
	put_layer(objects, '3', &three);
	put_chain(objects, "123", 20);
	graph = open_objects(objects, 20);
	assert_int_equal(graph_filters(graph), 3);
	assert_true(maybe(graph, 0x01, CENT));
	assert_false(maybe(graph, 0x80, CENT));
	/* The layer between has none. */
	assert_true(maybe(graph, 0x02, "anything"));
	assert_true(maybe(graph, 0x03, CENT));
	assert_false(maybe(graph, 0x03, "file.txt"));
	graph_close(graph);
	free(objects);
}

static void expect_no_filters(const struct plan *plan)
{
	char *objects = new_objects();
	struct graph *graph;

	put_plan(objects, "commit-graph", plan);
	graph = open_objects(objects, 20);
	assert_int_equal(tree_of(graph, 0x01, 20), 0x0a);
	assert_int_equal(graph_filters(graph), 0);
	assert_true(maybe(graph, 0x01, "a"));
	graph_close(graph);
	free(objects);
}

static void test_filters_of_unknown_kind_are_left_alone(void **state UNUSED)
{
	struct plan plan = { .rawlen = 20,
			     .nr = 1,
			     .ids = { 0x01 },
			     .trees = { 0x0a },
			     .filters = { "\x01\0" },
			     .filter_version = 3,
			     .hashes = 7 };

	expect_no_filters(&plan);
	plan.filter_version = 1;
	plan.hashes = 0;
	expect_no_filters(&plan);
	plan.hashes = UINT32_MAX;
	expect_no_filters(&plan);
}

static const struct plan rich = { .rawlen = 20,
				  .nr = 3,
				  .ids = { 0x00, 0x42, 0xff },
				  .trees = { 0xa1, 0xa2, 0xa3 },
				  .filters = { CENT_SIGNED, "", "\x01\xff" },
				  .filter_version = 1,
				  .hashes = 7 };

/* Asks a graph for all it has; a damaged one may say anything, but stays within its file. */
static void ask_all(const char *objects)
{
	struct graph *graph = open_objects(objects, 20);

	for (unsigned byte = 0; graph && byte < 256; byte++) {
		struct oid id = id_of((unsigned char)byte, 20), tree;
		ssize_t at = graph_find(graph, &id);

		if (at < 0)
			continue;
		graph_tree(graph, (size_t)at, &tree);
		maybe(graph, (unsigned char)byte, "a/b");
	}
	graph_close(graph);
}

static void test_a_cut_file_is_ignored(void **state UNUSED)
{
	char *objects = new_objects();
	struct strbuf text = STRBUF_INIT;

	make_text(&rich, &text);
	for (size_t len = 0; len < text.len; len++) {
		put_text(objects, "commit-graph", text.buf, len);
		assert_null(open_objects(objects, 20));
	}
	strbuf_release(&text);
	free(objects);
}

static void test_no_wrong_byte_leads_out_of_the_file(void **state UNUSED)
{
	static const unsigned char values[] = { 0x00, 0x01, 0x7f, 0x80, 0xff };
	char *objects = new_objects();
	struct strbuf text = STRBUF_INIT;
	struct plan padded = rich;
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	/* It ends where a page ends, so that whoever reads on meets no memory. */
	make_text(&padded, &text);
	padded.padding = page - (text.len + 12) % page;
	make_text(&padded, &text);
	assert_int_equal(text.len % page, 0);
	for (size_t at = 0; at < text.len; at++) {
		char old;

		if (at == 8 + 7 * 12)
			at += padded.padding;
		old = text.buf[at];

		for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
			text.buf[at] = (char)values[i];
			put_text(objects, "commit-graph", text.buf, text.len);
			ask_all(objects);
		}
		text.buf[at] = old;
	}
	strbuf_release(&text);
	free(objects);
}

/* With four bytes of the file changed, no graph. */
static void expect_refused(const struct strbuf *text, size_t at, uint32_t value)
{
	char *objects = new_objects();
	struct strbuf copy = STRBUF_INIT, raw = STRBUF_INIT;

	strbuf_add(&copy, text->buf, text->len);
	put_be32(&raw, value);
	memcpy(copy.buf + at, raw.buf, 4);
	put_text(objects, "commit-graph", copy.buf, copy.len);
	assert_null(open_objects(objects, 20));
	strbuf_release(&copy);
	strbuf_release(&raw);
	free(objects);
}

static void test_damage_is_seen(void **state UNUSED)
{
	struct strbuf text = STRBUF_INIT;
	/* Behind the header: five chunks and the end, 12 bytes each. */
	size_t fanout = 8 + 6 * 12, index = fanout + 1024 + 3 * 20 + 3 * 36, data = index + 3 * 4;

	make_text(&rich, &text);
	/* Signature; version, hash, chunks, bases. */
	expect_refused(&text, 0, 0x43475058);
	expect_refused(&text, 4, 0x02010500);
	expect_refused(&text, 4, 0x01030500);
	expect_refused(&text, 4, 0x01010400);
	expect_refused(&text, 4, 0x0101ff00);
	expect_refused(&text, 4, 0x01010501);
	/* A chunk twice, out of place, out of order, beyond the end; no chunk of ids. */
	expect_refused(&text, 8 + 12, 0x4f494446);
	expect_refused(&text, 8 + 4, 1);
	expect_refused(&text, 8 + 8, 8);
	expect_refused(&text, 8 + 12 + 8, 80);
	expect_refused(&text, 8 + 5 * 12 + 8, (uint32_t)text.len);
	expect_refused(&text, 8 + 12, 0x41424344);
	/* A fan-out that shrinks, that has more than there is. */
	expect_refused(&text, fanout + 100, 5);
	expect_refused(&text, fanout + 1020, 4);
	expect_refused(&text, fanout + 1020, UINT32_MAX);
	/* Ends of filters that shrink, that lie beyond the data. */
	expect_refused(&text, index, 100);
	expect_refused(&text, index + 8, 100);
	assert_int_equal(get_be32(text.buf + data), 1);
	strbuf_release(&text);
}

static int make_dir(void **state UNUSED)
{
	return mkdtemp(dir) ? 0 : -1;
}

static int remove_dir(void **state UNUSED)
{
	char *const argv[] = { (char *)"rm", (char *)"-rf", dir, NULL };
	pid_t pid = fork();

	if (!pid) {
		execvp(argv[0], argv);
		_exit(127);
	}
	return waitpid(pid, NULL, 0) == pid ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_commits_have_their_trees),
		cmocka_unit_test(test_sha256_graphs_are_read),
		cmocka_unit_test(test_no_graph_is_no_error),
		cmocka_unit_test(test_a_fifo_does_not_stop_it),
		cmocka_unit_test(test_chains_are_read_across_layers),
		cmocka_unit_test(test_a_chain_ends_at_an_unusable_layer),
		cmocka_unit_test(test_a_single_file_must_have_no_base),
		cmocka_unit_test(test_alternates_are_looked_at),
		cmocka_unit_test(test_layers_may_lie_in_an_alternate),
		cmocka_unit_test(test_filters_of_both_versions_are_read),
		cmocka_unit_test(test_filters_of_one_byte_and_of_none),
		cmocka_unit_test(test_layers_have_filters_of_their_own),
		cmocka_unit_test(test_filters_of_unknown_kind_are_left_alone),
		cmocka_unit_test(test_a_cut_file_is_ignored),
		cmocka_unit_test(test_no_wrong_byte_leads_out_of_the_file),
		cmocka_unit_test(test_damage_is_seen),
	};

	return cmocka_run_group_tests_name("graph", tests, make_dir, remove_dir);
}
