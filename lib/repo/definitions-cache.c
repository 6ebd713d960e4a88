#include "repo/definitions-cache.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/tempfile.h"

#define PREFIX "functions-"
#define SUFFIX ".index"

static char *cache_dir(const struct repo *repo)
{
	return xstrfmt("%s/perf", repo->common_dir);
}

static bool is_ours(const char *dir)
{
	struct stat st;

	return !lstat(dir, &st) && S_ISDIR(st.st_mode) && st.st_uid == geteuid() &&
	       !(st.st_mode & (S_IWGRP | S_IWOTH));
}

static char *cache_path(const struct repo *repo, const struct oid *tree)
{
	char hex[OID_HEX_MAX + 1];

	return xstrfmt("%s/perf/" PREFIX "%s" SUFFIX, repo->common_dir, oid_to_hex(hex, tree, repo->rawlen));
}

struct kept {
	char *path;
	struct timespec used;
};

static bool is_later(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec != b->tv_sec ? a->tv_sec > b->tv_sec : a->tv_nsec > b->tv_nsec;
}

static int latest_first(const void *a, const void *b)
{
	const struct kept *x = a, *y = b;

	if (is_later(&x->used, &y->used))
		return -1;
	return is_later(&y->used, &x->used) ? 1 : strcmp(x->path, y->path);
}

/* All indexes that are kept, the one that was used last first. */
static struct kept *list_kept(const struct repo *repo, size_t *nr)
{
	char *dir = cache_dir(repo);
	DIR *d = is_ours(dir) ? opendir(dir) : NULL;
	struct kept *kept = NULL;
	struct dirent *entry;
	size_t alloc = 0;

	*nr = 0;
	while (d && (entry = readdir(d))) {
		struct stat st;
		char *path;

		if (!starts_with(entry->d_name, PREFIX) || !ends_with(entry->d_name, SUFFIX))
			continue;
		path = xstrfmt("%s/%s", dir, entry->d_name);
		if (lstat(path, &st) || !S_ISREG(st.st_mode)) {
			free(path);
			continue;
		}
		ALLOC_GROW(kept, *nr + 1, alloc);
		kept[(*nr)++] = (struct kept){ path, st.st_mtim };
	}
	if (d)
		closedir(d);
	if (*nr)
		qsort(kept, *nr, sizeof(*kept), latest_first);
	free(dir);
	return kept;
}

static void free_kept(struct kept *kept, size_t nr)
{
	for (size_t i = 0; i < nr; i++)
		free(kept[i].path);
	free(kept);
}

/*
 * The file's time says when it was used last. The system's clock moves in ticks, in which
 * several may be used: so it is later than that of all others.
 */
static void mark_used(const struct repo *repo, int fd)
{
	double now = clock_wall();
	struct timespec times[2] = { { .tv_nsec = UTIME_OMIT }, { .tv_sec = (time_t)now } };
	struct timespec *used = &times[1];
	size_t nr;
	struct kept *kept = list_kept(repo, &nr);

	used->tv_nsec = (long)((now - (double)used->tv_sec) * 1e9);
	if (nr && !is_later(used, &kept[0].used)) {
		*used = kept[0].used;
		used->tv_nsec += 1000;
		used->tv_sec += used->tv_nsec / 1000000000;
		used->tv_nsec %= 1000000000;
	}
	futimens(fd, times);
	free_kept(kept, nr);
}

static bool open_path(const struct repo *repo, const char *path, struct map *map, struct image *image)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	bool ok = fd >= 0 && !map_fd(map, fd);

	ok = ok && image_open(image, map->data, map->len) && image->header->rawlen == repo->rawlen;
	if (ok)
		mark_used(repo, fd);
	else if (fd >= 0)
		map_release(map);
	if (fd >= 0)
		close(fd);
	return ok;
}

bool cache_open(const struct repo *repo, const struct oid *tree, struct map *map, struct image *image)
{
	char *dir = cache_dir(repo), *path = cache_path(repo, tree);
	bool ok = is_ours(dir) && open_path(repo, path, map, image);

	/* A file under another's name tells of another tree. */
	if (ok && memcmp(image->header->tree, tree->raw, repo->rawlen)) {
		map_release(map);
		ok = false;
	}
	free(dir);
	free(path);
	return ok;
}

bool cache_open_last(const struct repo *repo, struct map *map, struct image *image)
{
	size_t nr;
	struct kept *kept = list_kept(repo, &nr);
	bool ok = false;

	for (size_t i = 0; i < nr && !ok; i++)
		ok = open_path(repo, kept[i].path, map, image);
	free_kept(kept, nr);
	return ok;
}

static void remove_oldest(const struct repo *repo)
{
	size_t nr;
	struct kept *kept = list_kept(repo, &nr);

	for (size_t i = DEFINITIONS_KEPT; i < nr; i++)
		unlink(kept[i].path);
	free_kept(kept, nr);
}

int cache_file(const struct repo *repo)
{
	char *dir = cache_dir(repo);
	int fd = -1;

	if ((!mkdir(dir, 0700) || errno == EEXIST) && is_ours(dir))
		fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (fd < 0)
		fd = memfd_create("functions", MFD_CLOEXEC);
	free(dir);
	return fd < 0 ? error_set("no file for the index of functions: %s", strerror(errno)) : fd;
}

/* Where a file without a name cannot be given one, a copy gets it. */
static void keep_copy(const char *path, int fd)
{
	struct tempfile file = TEMPFILE_INIT;
	struct map map;

	if (map_fd(&map, fd))
		return;
	if (!tempfile_create(&file, path)) {
		if (fwrite(map.data, 1, map.len, file.fp) != map.len || tempfile_commit(&file))
			tempfile_abort(&file);
	}
	map_release(&map);
	error_clear();
}

void cache_keep(const struct repo *repo, const struct oid *tree, int fd)
{
	char *dir = cache_dir(repo), *path = cache_path(repo, tree), *name = xstrfmt("/proc/self/fd/%d", fd);

	if (is_ours(dir)) {
		mark_used(repo, fd);
		/* What stands there is damaged, or another process was quicker: one is as good as the other. */
		unlink(path);
		if (linkat(AT_FDCWD, name, AT_FDCWD, path, AT_SYMLINK_FOLLOW) && errno != EEXIST)
			keep_copy(path, fd);
		remove_oldest(repo);
	}
	free(dir);
	free(path);
	free(name);
}
