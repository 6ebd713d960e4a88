/*
 * Private to lib/repo/: the sources that repo_read() reads from, each
 * with the same calls. read() answers 0, 1 when the object is not there, or
 * -1 with a recorded error; the data is borrowed until the next read() of
 * that source.
 *
 * odb_source is libgit2's object database on the object folder itself: no
 * repository is opened, so neither refs, extensions nor configuration can
 * stop it; only the hash has to be SHA-1. cat_source is one lasting
 * `git cat-file --batch` child, started by its first read().
 */
#ifndef REPO_OBJECTS_H
#define REPO_OBJECTS_H

#include "base/process.h"
#include "repo/repo.h"

struct odb_source;

int odb_source_open(struct odb_source **source, const char *object_dir) MUST_CHECK;
int odb_source_read(struct odb_source *source, const struct oid *id, struct object *object) MUST_CHECK;
void odb_source_close(struct odb_source *source);

struct cat_source {
	struct process child;
	bool running;
	struct strbuf line;
	struct strbuf data;
};

#define CAT_SOURCE_INIT                                                                           \
	{                                                                                         \
		.child = PROCESS_INIT, .running = false, .line = STRBUF_INIT, .data = STRBUF_INIT \
	}

int cat_source_read(struct cat_source *source, const struct repo *repo, const struct oid *id,
		    struct object *object) MUST_CHECK;
void cat_source_close(struct cat_source *source);

/* Which object stands for which, as refs/replace has it; sorted by `from`. */
struct replacement {
	struct oid from;
	struct oid to;
};

struct replace_map {
	struct replacement *v;
	size_t nr;
	size_t alloc;
};

/* Fills the map; costs no child when there are no replace refs. */
int replace_load(struct repo *repo, struct replace_map *map) MUST_CHECK;
/* What stands for `id` in the end, `id` itself when nothing does. */
const struct oid *replace_find(const struct replace_map *map, const struct oid *id);
void replace_release(struct replace_map *map);

/* Finds the repository; fills the paths and flags of `repo`. */
int repo_discover(struct repo *repo) MUST_CHECK;

/*
 * Begins the arguments of a git child that looks at this repository: "git",
 * and what keeps it from fetching missing objects one by one and from running
 * what the configuration names. What it says on
 * stderr is kept for repo_said().
 */
void repo_git(struct process *p);

const char *object_kind_name(enum object_kind kind);
/* OBJECT_NONE for an unknown word. */
enum object_kind object_kind_from_name(const char *name, size_t len);

#endif
