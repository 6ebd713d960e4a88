#include "repo/repo.h"

#include "base/error.h"
#include "repo/objects.h"

struct repo_objects {
	/*
	 * Opened when it is first needed: to start libgit2 takes longer than all
	 * else that opening a repository takes. NULL when it cannot be.
	 */
	struct odb_source *odb;
	/* Reads all, or what libgit2 cannot. */
	struct cat_source cat;
	struct replace_map replace;
};

static void set_plumbing(struct repo *repo, const char *why)
{
	repo->plumbing = true;
	repo->plumbing_why = xstrdup(why);
}

static bool is_set(const char *variable)
{
	const char *value = getenv(variable);

	return value && *value && strcmp(value, "0");
}

static void open_objects(struct repo *repo)
{
	if (is_set("GIT_TEST_PERF_PLUMBING"))
		set_plumbing(repo, "GIT_TEST_PERF_PLUMBING is set");
	else if (repo->rawlen != OID_RAW_SHA1)
		set_plumbing(repo, "libgit2 does not read SHA-256 repositories");
}

int repo_open(struct repo **out)
{
	struct repo *repo = xcalloc(1, sizeof(*repo));

	*out = NULL;
	repo->objects = xcalloc(1, sizeof(*repo->objects));
	repo->objects->cat = (struct cat_source)CAT_SOURCE_INIT;
	if (repo_discover(repo) || replace_load(repo, &repo->objects->replace)) {
		repo_close(repo);
		return -1;
	}
	open_objects(repo);
	*out = repo;
	return 0;
}

void repo_close(struct repo *repo)
{
	if (!repo)
		return;
	cat_source_close(&repo->objects->cat);
	odb_source_close(repo->objects->odb);
	replace_release(&repo->objects->replace);
	free(repo->objects);
	free(repo->git_dir);
	free(repo->common_dir);
	free(repo->object_dir);
	free(repo->work_tree);
	free(repo->plumbing_why);
	free(repo);
}

void repo_forked(struct repo *repo)
{
	struct cat_source *cat = &repo->objects->cat;

	if (cat->running) {
		close(cat->child.in_fd);
		close(cat->child.out_fd);
	}
	/* Its buffers are lost: the child is a short one. */
	*cat = (struct cat_source)CAT_SOURCE_INIT;
}

static bool has_odb(struct repo *repo)
{
	struct repo_objects *objects = repo->objects;

	if (!objects->odb && !repo->plumbing && odb_source_open(&objects->odb, repo->object_dir))
		set_plumbing(repo, error_message());
	return objects->odb;
}

/*
 * What libgit2 does not find or cannot read git may: another copy of a damaged
 * object, a newer format. In a partial clone it is normal that an object is
 * missing, so git is not asked when libgit2 does not find it.
 */
static int read_any(struct repo *repo, const struct oid *id, struct object *object)
{
	struct repo_objects *objects = repo->objects;
	const struct oid *real = replace_find(&objects->replace, id);
	int result;

	if (has_odb(repo)) {
		result = odb_source_read(objects->odb, real, object);
		if (!result || (result > 0 && repo->partial))
			return result;
	}
	return cat_source_read(&objects->cat, repo, id, object);
}

int repo_read(struct repo *repo, const struct oid *id, enum object_kind kind, struct object *object)
{
	char hex[OID_HEX_MAX + 1];
	int result = read_any(repo, id, object);

	oid_to_hex(hex, id, repo->rawlen);
	if (result < 0)
		return error_prefix("object %s", hex);
	if (result > 0) {
		error_set("%s %s is missing%s", kind == OBJECT_NONE ? "object" : object_kind_name(kind), hex,
			  repo->partial ? " from this partial clone; git fetch --refetch --filter=blob:none "
					  "fetches all commits and trees"
					: "; try git fsck");
		return 1;
	}
	if (kind != OBJECT_NONE && object->kind != kind)
		return error_set("object %s is a %s, not a %s", hex, object_kind_name(object->kind),
				 object_kind_name(kind));
	return 0;
}
