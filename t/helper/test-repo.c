/*
 * Drives lib/repo/ from shell tests: each subcommand prints, one fact a line,
 * what a function of the library answers about the repository around it.
 * Exits 0, 1 for "there is none", or 128 with the recorded error on stderr.
 */
#include "base/error.h"
#include "repo/chunk.h"
#include "repo/commit.h"
#include "repo/config.h"
#include "repo/range.h"
#include "repo/repo.h"

#define STATUS_ERROR 128

static int fail(void)
{
	fprintf(stderr, "error: %s\n", error_message());
	return STATUS_ERROR;
}

static const char *hex_of(const struct repo *repo, const struct oid *id)
{
	static char hex[OID_HEX_MAX + 1];

	return oid_to_hex(hex, id, repo->rawlen);
}

static int parse_id(const struct repo *repo, const char *hex, struct oid *id)
{
	if (strlen(hex) != 2 * repo->rawlen || oid_from_hex(id, hex, repo->rawlen))
		return error_set("'%s' is no full id", hex);
	return 0;
}

static int cmd_open(struct repo *repo, int argc UNUSED, char **argv UNUSED)
{
	printf("git_dir %s\n", repo->git_dir);
	printf("common_dir %s\n", repo->common_dir);
	printf("object_dir %s\n", repo->object_dir);
	printf("work_tree %s\n", repo->work_tree ? repo->work_tree : "-");
	printf("rawlen %zu\n", repo->rawlen);
	printf("shallow %d\n", repo->shallow);
	printf("partial %d\n", repo->partial);
	printf("rewritten %d\n", repo->rewritten);
	printf("plumbing %d\n", repo->plumbing);
	printf("why %s\n", repo->plumbing_why ? repo->plumbing_why : "-");
	return 0;
}

/* Objects named on standard input, as git cat-file --batch prints them. */
static int cmd_read(struct repo *repo, int argc UNUSED, char **argv UNUSED)
{
	static const char *const names[] = { "none", "commit", "tree", "blob", "tag" };
	char line[OID_HEX_MAX + 2];

	while (fgets(line, sizeof(line), stdin)) {
		struct object object;
		struct oid id;
		int result;

		line[strcspn(line, "\n")] = '\0';
		if (parse_id(repo, line, &id))
			return fail();
		result = repo_read(repo, &id, OBJECT_NONE, &object);
		if (result < 0)
			return fail();
		if (result > 0) {
			printf("%s missing\n", line);
			continue;
		}
		printf("%s %s %zu\n", line, names[object.kind], object.size);
		/* With the NUL that ends it, so that the tests see that it is there. */
		if (fwrite(object.data, 1, object.size + 1, stdout) != object.size + 1)
			return STATUS_ERROR;
		putchar('\n');
	}
	return 0;
}

static int cmd_commit_id(struct repo *repo, int argc, char **argv)
{
	struct oid id;

	for (int i = 0; i < argc; i++) {
		if (range_commit_id(repo, argv[i], &id))
			return fail();
		puts(hex_of(repo, &id));
	}
	return 0;
}

static void print_ends(struct repo *repo, const struct range *range)
{
	printf("tip %s %s\n", hex_of(repo, &range->tip), range->tip_name);
	for (size_t i = 0; i < range->nbase; i++)
		printf("base %s %s\n", hex_of(repo, &range->base[i]), i ? "-" : range->base_name);
}

/* The ends, and with "list" before the words the commits as rev-list --parents prints them. */
static int cmd_range(struct repo *repo, int argc, char **argv)
{
	bool list = argc && !strcmp(argv[0], "list");
	struct range range = RANGE_INIT;
	int result = range_resolve(repo, &range, (const char *const *)argv + list, (size_t)(argc - list));

	if (!result && list)
		result = range_list(repo, &range);
	else if (!result)
		print_ends(repo, &range);
	if (result)
		result = fail();
	for (size_t i = 0; i < range.nr && !result; i++) {
		const struct range_commit *c = &range.commits[i];

		fputs(hex_of(repo, &c->id), stdout);
		for (uint32_t k = 0; k < c->nparents; k++)
			printf(" %s", hex_of(repo, &range.parents[c->parent + k]));
		putchar('\n');
	}
	range_release(&range);
	return result;
}

/* chunks tags|rc|none|<size> <range>...: "<from> <to> <number>" each, then the commits of each. */
static int cmd_chunks(struct repo *repo, int argc, char **argv)
{
	struct range range = RANGE_INIT;
	struct chunks chunks = CHUNKS_INIT;
	enum chunk_mode mode;
	size_t size;
	int result = chunk_parse(argc ? argv[0] : "tags", &mode, &size);

	if (!result)
		result = range_resolve(repo, &range, (const char *const *)argv + 1, (size_t)argc - 1);
	if (!result)
		result = range_list(repo, &range);
	if (!result)
		result = chunks_make(repo, &range, mode, size, &chunks);
	if (result)
		result = fail();
	for (size_t i = 0; !result && i < chunks.nr; i++)
		printf("chunk %s %s %zu\n", chunks.v[i].from, chunks.v[i].to, chunks.v[i].nr);
	for (size_t i = 0; !result && i < range.nr; i++)
		printf("%" PRIu32 " %s\n", chunks.of[i], hex_of(repo, &range.commits[i].id));
	chunks_release(&chunks);
	range_release(&range);
	return result;
}

static int print_path(const char *path, const struct oid *id, unsigned mode, void *data)
{
	const char *kind = (mode & 0170000) == 0160000 ? "commit" : "blob";

	printf("%06o %s %s\t%s", mode, kind, hex_of(data, id), path);
	return putchar('\0') == EOF ? -1 : 0;
}

/* ls-tree <id>: as git ls-tree -r -z. */
static int cmd_ls_tree(struct repo *repo, int argc, char **argv)
{
	struct oid id;

	if (argc != 1 || parse_id(repo, argv[0], &id) || repo_list_tree(repo, &id, print_path, repo))
		return fail();
	return 0;
}

/* entry <id> <path>...: "<mode> <id>", or "none". */
static int cmd_entry(struct repo *repo, int argc, char **argv)
{
	struct oid treeish, id;

	if (argc < 2 || parse_id(repo, argv[0], &treeish))
		return fail();
	for (int i = 1; i < argc; i++) {
		unsigned mode;
		int result = repo_tree_entry(repo, &treeish, argv[i], &id, &mode);

		if (result < 0)
			return fail();
		if (result)
			puts("none");
		else
			printf("%06o %s\n", mode, hex_of(repo, &id));
	}
	return 0;
}

/* config: all entries; config <key>...: each one's scope, value and truth. */
static int cmd_config(struct repo *repo UNUSED, int argc, char **argv)
{
	struct config config = CONFIG_INIT;

	if (config_load(&config))
		return fail();
	for (size_t i = 0; !argc && i < config.nr; i++) {
		const struct config_entry *e = &config.entries[i];

		printf("%s\t%s\t%s\t%s\n", e->scope, e->origin, e->key, e->value ? e->value : "(none)");
	}
	for (int i = 0; i < argc; i++) {
		const struct config_entry *e = config_find(&config, argv[i]);

		printf("%s %s %s %d %d\n", argv[i], e ? e->scope : "-", config_get(&config, argv[i], "unset"),
		       config_bool(&config, argv[i], false), config_bool(&config, argv[i], true));
	}
	config_release(&config);
	return 0;
}

static void print_field(const char *name, const char *text, size_t len)
{
	printf("%s=", name);
	fwrite(text, 1, len, stdout);
	putchar('\n');
}

/* commit <id>...: its parts, one a line. */
static int cmd_commit(struct repo *repo, int argc, char **argv)
{
	for (int i = 0; i < argc; i++) {
		struct commit_text c;
		struct object object;
		struct oid id;

		if (parse_id(repo, argv[i], &id) || repo_read(repo, &id, OBJECT_COMMIT, &object) ||
		    commit_parse(object.data, object.size, &c))
			return fail();
		print_field("tree", c.tree_hex, 2 * repo->rawlen);
		print_field("author", c.author, c.author_len);
		print_field("mail", c.mail, c.mail_len);
		printf("dates=%" PRId64 " %d %" PRId64 "\n", c.author_date, c.author_zone, c.commit_date);
		print_field("subject", c.subject, c.subject_len);
		print_field("body", c.body, c.body_len);
	}
	return 0;
}

static const struct {
	const char *name;
	int (*run)(struct repo *repo, int argc, char **argv);
} commands[] = {
	{ "open", cmd_open },   { "read", cmd_read },     { "commit-id", cmd_commit_id },
	{ "range", cmd_range }, { "chunks", cmd_chunks }, { "ls-tree", cmd_ls_tree },
	{ "entry", cmd_entry }, { "config", cmd_config }, { "commit", cmd_commit },
};

int main(int argc, char **argv)
{
	struct repo *repo;

	for (size_t i = 0; argc > 1 && i < ARRAY_SIZE(commands); i++) {
		int result;

		if (strcmp(argv[1], commands[i].name))
			continue;
		if (repo_open(&repo))
			return fail();
		result = commands[i].run(repo, argc - 2, argv + 2);
		repo_close(repo);
		return fflush(stdout) ? STATUS_ERROR : result;
	}
	fprintf(stderr, "usage: test-repo <subcommand> [<argument>...]\n");
	return 129;
}
