#include "repo/objects.h"

#include <git2.h>

#include "base/error.h"

/*
 * Bytes of packs that may be mapped at a time: mapped pages count as resident
 * memory, and a whole kernel pack would be 450 MB of it.
 */
#define WINDOW_SIZE ((size_t)32 << 20)
#define MAPPED_LIMIT ((size_t)192 << 20)

struct odb_source {
	git_odb *odb;
	/* The object that was read last: its owner while the caller looks at it. */
	git_odb_object *held;
};

static int record_git2(const char *what)
{
	const git_error *e = git_error_last();

	return error_set("%s: %s", what, e && e->message ? e->message : "unknown error of libgit2");
}

static enum object_kind kind_of(git_object_t type)
{
	switch (type) {
	case GIT_OBJECT_COMMIT:
		return OBJECT_COMMIT;
	case GIT_OBJECT_TREE:
		return OBJECT_TREE;
	case GIT_OBJECT_BLOB:
		return OBJECT_BLOB;
	case GIT_OBJECT_TAG:
		return OBJECT_TAG;
	default:
		return OBJECT_NONE;
	}
}

/* libgit2 looks at GIT_ALTERNATE_OBJECT_DIRECTORIES only when it opens a repository. */
static int add_alternates(git_odb *odb)
{
	const char *at = getenv("GIT_ALTERNATE_OBJECT_DIRECTORIES");

	while (at && *at) {
		size_t len = strcspn(at, ":");
		char *dir = xmemdupz(at, len);
		int result = len ? git_odb_add_disk_alternate(odb, dir) : 0;

		free(dir);
		if (result)
			return record_git2("cannot open an alternate object folder");
		at += len + (at[len] == ':');
	}
	return 0;
}

int odb_source_open(struct odb_source **source, const char *object_dir)
{
	struct odb_source *s;

	if (git_libgit2_init() < 0)
		return record_git2("cannot start libgit2");
	/* Objects are read once each: no cache; their hashes are git's to verify (git fsck). */
	git_libgit2_opts(GIT_OPT_ENABLE_CACHING, 0);
	git_libgit2_opts(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION, 0);
	git_libgit2_opts(GIT_OPT_SET_MWINDOW_SIZE, WINDOW_SIZE);
	git_libgit2_opts(GIT_OPT_SET_MWINDOW_MAPPED_LIMIT, MAPPED_LIMIT);
	s = xcalloc(1, sizeof(*s));
	*source = s;
	if (git_odb_open(&s->odb, object_dir))
		record_git2("cannot open the objects");
	else if (!add_alternates(s->odb))
		return 0;
	odb_source_close(s);
	*source = NULL;
	return -1;
}

int odb_source_read(struct odb_source *source, const struct oid *id, struct object *object)
{
	git_oid oid;
	int result;

	git_odb_object_free(source->held);
	source->held = NULL;
	git_oid_fromraw(&oid, id->raw);
	result = git_odb_read(&source->held, source->odb, &oid);
	if (result == GIT_ENOTFOUND)
		return 1;
	if (result)
		return record_git2("cannot read an object");
	object->kind = kind_of(git_odb_object_type(source->held));
	object->data = git_odb_object_data(source->held);
	object->size = git_odb_object_size(source->held);
	return 0;
}

void odb_source_close(struct odb_source *source)
{
	if (!source)
		return;
	git_odb_object_free(source->held);
	git_odb_free(source->odb);
	free(source);
	git_libgit2_shutdown();
}
