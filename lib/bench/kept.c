#include "bench/kept.h"

#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/files.h"
#include "base/strbuf.h"

/* Seconds after which a build that was never finished is of no one. */
#define ABANDONED 86400
#define OPEN_DIRECTORIES 32

char *kept_path(const char *store, const char *hash, const char *name)
{
	/* 64 bits of the hash are enough to keep builds apart, and make short paths. */
	return xstrfmt("%s/kept/%.16s/%s", store, hash, name);
}

static char *ok_path(const char *path)
{
	return xstrfmt("%s.ok", path);
}

bool kept_use(const char *path)
{
	char *ok = ok_path(path);
	struct stat st;
	bool found = !stat(path, &st) && S_ISDIR(st.st_mode) && !utimensat(AT_FDCWD, ok, NULL, 0);

	free(ok);
	return found;
}

int kept_begin(const char *path)
{
	char *ok = ok_path(path);
	int result = remove_tree(ok);

	free(ok);
	if (!result)
		result = remove_tree(path);
	return result ? -1 : make_directories(path);
}

bool kept_is_empty(const char *path)
{
	DIR *dir = opendir(path);
	const struct dirent *entry;
	bool empty = true;

	while (dir && empty && (entry = readdir(dir)))
		empty = !strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..");
	if (dir)
		closedir(dir);
	return empty;
}

/* nftw() hands nothing through. */
static long long tree_size;

static int add_size(const char *path UNUSED, const struct stat *st, int type UNUSED, struct FTW *ftw UNUSED)
{
	tree_size += (long long)st->st_blocks * 512;
	return 0;
}

int kept_finish(const char *path)
{
	char *ok = ok_path(path);
	FILE *fp = fopen(ok, "we");
	int result = 0;

	tree_size = 0;
	nftw(path, add_size, OPEN_DIRECTORIES, FTW_PHYS);
	if (!fp || fprintf(fp, "%lld\n", tree_size) < 0)
		result = error_set("cannot write '%s': %s", ok, strerror(errno));
	if (fp && fclose(fp) && !result)
		result = error_set("cannot write '%s': %s", ok, strerror(errno));
	free(ok);
	return result;
}

struct kept {
	char *path;
	long long size;
	struct timespec used;
	bool whole;
};

struct kept_list {
	struct kept *items;
	size_t nr, alloc;
	long long size;
};

/* Takes "<name>" with what "<name>.ok" says of it. */
static void add_kept(struct kept_list *list, const char *folder, const char *name)
{
	char *path = xstrfmt("%s/%s", folder, name), *ok = ok_path(path);
	struct strbuf size = STRBUF_INIT;
	struct kept kept = { .path = path };
	struct stat st;

	if (!stat(ok, &st) && strbuf_read_file(&size, ok, 64) > 0) {
		kept.whole = true;
		kept.size = strtoll(size.buf, NULL, 10);
	} else if (lstat(path, &st)) {
		st.st_mtim = (struct timespec){ 0 };
	}
	kept.used = st.st_mtim;
	list->size += kept.size;
	ALLOC_GROW(list->items, list->nr + 1, list->alloc);
	list->items[list->nr++] = kept;
	strbuf_release(&size);
	free(ok);
}

static void list_folder(struct kept_list *list, const char *folder, int depth)
{
	DIR *dir = opendir(folder);
	const struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		if (entry->d_name[0] == '.' || ends_with(entry->d_name, ".ok"))
			continue;
		if (depth) {
			char *path = xstrfmt("%s/%s", folder, entry->d_name);

			list_folder(list, path, depth - 1);
			free(path);
		} else {
			add_kept(list, folder, entry->d_name);
		}
	}
	if (dir)
		closedir(dir);
}

static int by_use(const void *a, const void *b)
{
	const struct kept *x = a, *y = b;

	if (x->used.tv_sec != y->used.tv_sec)
		return x->used.tv_sec < y->used.tv_sec ? -1 : 1;
	if (x->used.tv_nsec != y->used.tv_nsec)
		return x->used.tv_nsec < y->used.tv_nsec ? -1 : 1;
	return strcmp(x->path, y->path);
}

/* One that cannot be removed only takes room. */
static void drop(const struct kept *kept)
{
	char *ok = ok_path(kept->path);

	unlink(ok);
	if (remove_tree(kept->path))
		error_clear();
	free(ok);
}

static bool is_in_use(const char *path, const struct strvec *in_use)
{
	for (size_t i = 0; in_use && i < in_use->nr; i++)
		if (!strcmp(in_use->v[i], path))
			return true;
	return false;
}

void kept_limit(const char *store, const char *path, const struct strvec *in_use, long long limit)
{
	char *folder = xstrfmt("%s/kept", store);
	struct kept_list list = { 0 };
	double now = clock_wall();

	list_folder(&list, folder, 1);
	if (list.nr)
		qsort(list.items, list.nr, sizeof(*list.items), by_use);
	for (size_t i = 0; i < list.nr; i++) {
		const struct kept *kept = &list.items[i];
		bool abandoned = !kept->whole && now - (double)kept->used.tv_sec > ABANDONED;

		if (strcmp(kept->path, path) != 0 && !is_in_use(kept->path, in_use) &&
		    (abandoned || (kept->whole && list.size > limit))) {
			list.size -= kept->size;
			drop(kept);
		}
	}
	for (size_t i = 0; i < list.nr; i++)
		free(list.items[i].path);
	free(list.items);
	free(folder);
}
